/*
 * file-message: what is said when a file is fetched or delivered, whatever the protocol: HTTP,
 * HTTPS, FTP, FTPS or SFTP.
 *
 *   <SshHostKey transport="sftp" algorithm= fingerprint="SHA256:..."/>
 *   <FileLogin transport= user= method="password|public-key|basic|digest|anonymous"/>
 *   <FileLoginResponse transport= user= accepted="true|false" status= text=/>
 *   <FileGet transport= path= user= offset= method=/>       user="" before or without a login
 *   <FileGetResponse transport= path= outcome= status= text= announced= CONTENTS>...
 *   <FilePut transport= path= user= offset= method="PUT|POST|STOR|APPE|..." append="false"/>
 *   <FileContents transport= path= user= announced= CONTENTS>...
 *   <FilePutResponse transport= path= outcome= status= text=/>
 *
 * transport is http, https, ftp, ftps or sftp; path is the one on the server, with a query when
 * there is one; outcome is ok, not-found, no-permission, login, full, cut or failed; status and text
 * are the protocol's own (404, 550, 2). announced= is the size that the sender told before (Content-
 * Length, SIZE), when it did.
 *
 * CONTENTS: size= octets that came, whole="true|false" (did the sender end it in order), sha256=
 * (lower-case hexadecimal, of what came), format= xml, text, binary, empty or form (a multipart form
 * of HTTP around it, which is not the file: RFC 7578), compressed= "gzip" or "no", why= when it is not
 * XML that was to be. The document of an XML file is the one child element, its namespace in ns=: a
 * check says "measCollecFile/fileHeader/@fileFormatVersion".
 * Octets beyond LIMIT_FILE_KEPT count and are hashed, and are not read: kept="false".
 *
 * By FTP, FileGet and FilePut say type="I|A" and, where the control connection is private, protected=
 * "true|false": are the data to be? FileContents and FileGetResponse say protected= of how they went.
 *
 * A PUT is told when it begins, its contents when they are complete or broken off. FileGet and
 * FilePut are told of what an HTTP server did not challenge: what answers 401 is a FileLogin, or
 * nothing when it has no credentials.
 */
#ifndef PROTOCOLS_FILE_MESSAGE_H
#define PROTOCOLS_FILE_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "protocols/message.h"

enum file_outcome {
	FILE_OK, FILE_NOT_FOUND, FILE_NO_PERMISSION, FILE_LOGIN, FILE_FULL, FILE_CUT, FILE_FAILED,
};

const char *file_outcome_name(enum file_outcome outcome); /* "not-found" */

struct file_request { /* a FileGet or FilePut; texts are the caller's, NULL = "" */
	const char *transport, *path, *user, *method;
	uint64_t offset;
	bool append;
};

struct file_answer {
	enum file_outcome outcome;
	int status;
	const char *text; /* NULL = "" */
};

struct file_contents; /* octets of a file as they come */

struct file_contents *file_contents_new(void);
void file_contents_free(struct file_contents *contents); /* NULL is fine */
void file_contents_add(struct file_contents *contents, const void *octets, size_t length);
/* Octets at a place (SFTP writes where it likes); what lies between is zero until it comes. */
void file_contents_put(struct file_contents *contents, uint64_t offset, const void *octets,
		       size_t length);
/* So many more octets came that nobody kept: they count, and nothing is known of them. */
void file_contents_skip(struct file_contents *contents, uint64_t count);
uint64_t file_contents_size(const struct file_contents *contents);
/* What is kept of it, at most LIMIT_FILE_KEPT octets; the contents' own. */
const struct buffer *file_contents_kept(const struct file_contents *contents);

/* Each a new message without addresses and time. announced: -1 = no size was told. */
struct message *file_message_login(const char *transport, const char *user, const char *method);
struct message *file_message_login_response(const char *transport, const char *user, bool accepted,
					    int status, const char *text);
struct message *file_message_host_key(const char *algorithm, const char *fingerprint);
struct message *file_message_get(const struct file_request *request);
struct message *file_message_get_response(const struct file_request *request,
					  const struct file_answer *answer,
					  const struct file_contents *contents, bool whole,
					  int64_t announced);
struct message *file_message_put(const struct file_request *request);
struct message *file_message_contents(const struct file_request *request,
				      const struct file_contents *contents, bool whole,
				      int64_t announced);
struct message *file_message_put_response(const struct file_request *request,
					  const struct file_answer *answer);

#endif
