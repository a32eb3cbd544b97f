/*
 * sftp: the packets of the SSH File Transfer Protocol, version 3 (draft-ietf-secsh-filexfer-02),
 * which is what is meant by SFTP everywhere.
 *
 * On the wire each packet follows its length in four octets; here a packet is what stands behind
 * them: its type, and what the type has. One struct holds any of them; a table says what stands in
 * which. What a reader gives are views into the octets that it was given.
 */
#ifndef PROTOCOLS_SFTP_H
#define PROTOCOLS_SFTP_H

#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/octets.h"
#include "protocols/problem.h"

#define SFTP_VERSION 3

enum sftp_type { /* 3 */
	SFTP_INIT = 1, SFTP_VERSION_PACKET = 2, SFTP_OPEN = 3, SFTP_CLOSE = 4, SFTP_READ = 5,
	SFTP_WRITE = 6, SFTP_LSTAT = 7, SFTP_FSTAT = 8, SFTP_SETSTAT = 9, SFTP_FSETSTAT = 10,
	SFTP_OPENDIR = 11, SFTP_READDIR = 12, SFTP_REMOVE = 13, SFTP_MKDIR = 14, SFTP_RMDIR = 15,
	SFTP_REALPATH = 16, SFTP_STAT = 17, SFTP_RENAME = 18, SFTP_READLINK = 19, SFTP_SYMLINK = 20,
	SFTP_STATUS = 101, SFTP_HANDLE = 102, SFTP_DATA = 103, SFTP_NAME = 104, SFTP_ATTRS = 105,
	SFTP_EXTENDED = 200, SFTP_EXTENDED_REPLY = 201,
};

enum sftp_status { /* 7 */
	SFTP_OK, SFTP_EOF, SFTP_NO_SUCH_FILE, SFTP_PERMISSION_DENIED, SFTP_FAILURE, SFTP_BAD_MESSAGE,
	SFTP_NO_CONNECTION, SFTP_CONNECTION_LOST, SFTP_UNSUPPORTED,
};

enum { /* what a file is opened for (6.3), or'ed */
	SFTP_FOR_READ = 1, SFTP_FOR_WRITE = 2, SFTP_FOR_APPEND = 4, SFTP_CREATE = 8,
	SFTP_TRUNCATE = 16, SFTP_EXCLUSIVE = 32,
};

enum { /* which attributes are there (5), or'ed */
	SFTP_HAS_SIZE = 1, SFTP_HAS_OWNER = 2, SFTP_HAS_PERMISSIONS = 4, SFTP_HAS_TIMES = 8,
};
#define SFTP_HAS_EXTENDED 0x80000000u

struct sftp_attributes { /* 5 */
	uint32_t has;
	uint64_t size;
	uint32_t owner, group;
	uint32_t permissions; /* with the kind of file, as in POSIX: 0100644, 040755 */
	uint32_t accessed, modified; /* seconds since 1970 */
};

struct sftp_packet {
	uint8_t type;
	uint32_t id;      /* of the request; INIT and VERSION: the version */
	struct octets path;   /* a path; EXTENDED: the name of the request; STATUS: its text */
	struct octets other;  /* RENAME, SYMLINK: the second path; STATUS: the language */
	struct octets handle;
	uint64_t offset;
	uint32_t length;  /* READ: how much */
	uint32_t value;   /* OPEN: what for; STATUS: an sftp_status; NAME: how many */
	struct octets data;   /* DATA, WRITE */
	struct octets rest;   /* INIT, VERSION, EXTENDED...: what stands behind; NAME: the names */
	struct sftp_attributes attributes;
};

struct sftp_name { /* one of a NAME */
	struct octets name, text; /* text: as "ls -l" would show it */
	struct sftp_attributes attributes;
};

/* Takes the first packet of a stream, without its length. 1 there is one; 0 more octets are needed;
 * -1 it is longer than LIMIT_SFTP_PACKET, or empty: no SFTP. */
int sftp_take(struct octets *stream, struct octets *packet);
/* 0, or -1 with why: it is shorter than its type wants. A type that is not known has an id and the
 * rest. What stands behind the fields of a type that is known is not looked at. */
int sftp_read(struct octets packet, struct sftp_packet *read, struct problem *problem);
/* The next name of a NAME's rest: 0, or -1: there is none, or no whole one. */
int sftp_read_name(struct octets *rest, struct sftp_name *name);
int sftp_read_string(struct octets *rest, struct octets *string);
/* Adds the packet with its length. */
void sftp_write(struct buffer *out, const struct sftp_packet *packet);
void sftp_write_name(struct buffer *rest, const struct sftp_name *name);
void sftp_write_string(struct buffer *rest, const char *text);

const char *sftp_type_name(uint8_t type);       /* "OPEN"; NULL = unknown */
const char *sftp_status_name(uint32_t status);  /* "NO_SUCH_FILE"; NULL = unknown */
/* "READ 3 offset 32768 length 32768", for people: at most size octets with the end's NUL. */
void sftp_describe(struct octets packet, char *text, size_t size);

/*
 * A run's clear copy of an encrypted connection begins with what the connection's transport knows
 * and SFTP does not: EXTENDED packets of ours, in either direction, before the INIT.
 */
#define SFTP_LOGIN "login@femtoproof"                   /* user, method */
#define SFTP_LOGIN_ANSWER "login-answer@femtoproof"     /* user, "true" or "false", text */
/* A packet of ours: texts end with NULL. */
void sftp_write_own(struct buffer *out, const char *name, const char *const *texts);

#endif
