/*
 * dissector-ssh: what the files of the dissector that read SSH and SFTP share. Of no interest to
 * others.
 *
 *   dissector-ssh.c   the host key, from the wire; a connection's clear octets, packet by packet
 *   dissector-sftp.c  what becomes of a file
 */
#ifndef PROTOCOLS_DISSECTOR_SSH_H
#define PROTOCOLS_DISSECTOR_SSH_H

#include "protocols/dissector-parts.h"
#include "protocols/file-message.h"
#include "protocols/sftp.h"
#include "protocols/ssh.h"

struct sftp_file { /* one that is open, or is being opened */
	struct sftp_file *next;
	char *path;
	struct buffer handle; /* empty: it is not open yet */
	bool put, append;
	bool ended;           /* get: its end was reached */
	bool fell_short;      /* get: the last answer had less than was asked for */
	bool told;            /* all is said of it */
	unsigned reads;       /* that are not answered */
	uint64_t offset;      /* SFTP says none when it opens a file: 0 */
	int64_t announced;    /* its size, when it was told; else -1 */
	struct file_contents *contents;
	uint64_t first_packet;
};

struct sftp_asked { /* a request without its answer */
	struct sftp_asked *next;
	uint8_t type;
	uint32_t id;
	struct sftp_file *file; /* or NULL */
	uint64_t offset;
	uint32_t length;        /* READ */
	char *path;
};

struct ssh_talk {
	struct ssh_server_side server;
	bool keyed;            /* the host key was read, or will not be */
	struct buffer clear[2]; /* [1] from the client: SFTP octets of a packet that is not complete */
	bool broken;           /* it is no SFTP */
	bool begun;            /* INIT came */
	char *user;            /* logged in; NULL = nobody is */
	struct sftp_file *files;
	struct sftp_asked *first, *last;
	size_t asked_count, file_count;
	char *size_of; /* the file whose size was told last, while it was not open */
	int64_t size;
};

/* dissector-sftp.c */
void dissector_sftp_packet(struct dissector *dissector, const struct moment *moment,
			   const struct sftp_packet *packet);
/* The connection ended; by_server: the server ended it. */
void dissector_sftp_end(struct dissector *dissector, const struct moment *moment, bool by_server);
void dissector_sftp_clear(struct ssh_talk *talk);

#endif
