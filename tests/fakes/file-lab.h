/*
 * file-lab: the file server's fake and the device's file client in one loop, on virtual time; what the
 * tap makes of their talk is kept as text. For tests, which it fails when something is amiss.
 */
#ifndef TESTS_FAKES_FILE_LAB_H
#define TESTS_FAKES_FILE_LAB_H

#include "fakes/device/file-client.h"
#include "fakes/fake.h"
#include "protocols/memory.h"
#include "tests/fakes/hms-script.h"
#include "tests/suite.h"

#define ROLE "file-server"

struct file_lab {
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct script script; /* the cues of the server */
	struct tap tap;
	struct stage stage;
	struct dissector *dissector;
	struct fake *fake;
	struct generator random;
	struct file_client_options options;
	struct file_client *client;
	struct buffer said;     /* by the dissector: "FileGet transport path ..." */
	struct buffer contents; /* fetched */
	int fault;              /* -1 = nobody called back */
	char text[256];
	bool got;
	struct address ends[2]; /* of the last connection: client, server */
	uint64_t connection;
};

/* name: of an ixit that is to be other than in hms.profile, or NULL. */
void file_lab_start(struct file_lab *lab, const char *name, const char *value);
void file_lab_stop(struct file_lab *lab);
void file_lab_run(struct file_lab *lab, int64_t time);
/* To the server's address by the scheme (ftp, ftpes, ftps, sftp), path behind it, and to the end. */
void file_lab_put(struct file_lab *lab, const char *scheme, const char *path, const char *text);
void file_lab_get(struct file_lab *lab, const char *scheme, const char *path);
/* The same from any URL. */
void file_lab_fetch(struct file_lab *lab, const char *url);
/* A delivery that begins; time does not pass yet. */
void file_lab_begin_put(struct file_lab *lab, const char *scheme, const char *path,
			const char *text);
/* The dissector said so; it did not. */
void file_lab_said(const struct file_lab *lab, const char *text);
void file_lab_said_not(const struct file_lab *lab, const char *text);

#endif
