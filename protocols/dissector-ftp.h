/*
 * dissector-ftp: what the files of the dissector that read FTP share. Of no interest to others.
 *
 *   dissector-ftp.c           control connections: commands and replies
 *   dissector-ftp-transfer.c  data connections, and what becomes of a transfer
 */
#ifndef PROTOCOLS_DISSECTOR_FTP_H
#define PROTOCOLS_DISSECTOR_FTP_H

#include "protocols/dissector-parts.h"
#include "protocols/file-message.h"
#include "protocols/ftp.h"

struct ftp_pending { /* a command whose reply has not come */
	struct ftp_pending *next;
	char verb[FTP_VERB];
	char *argument;
};

/* The data connection that was announced last. Directions: [1] from the FTP client, whoever connected. */
struct ftp_channel {
	uint64_t number; /* 0: it is not open yet */
	bool secure, ended[2], reset, lost;
	struct file_contents *contents[2];
	uint64_t first_packet[2], last_packet[2];
};

struct ftp_transfer {
	bool on;
	bool put, append, list; /* list: no file, but a listing */
	char *path, method[FTP_VERB];
	uint64_t offset;
	int64_t announced;   /* -1 = nothing was */
	bool begun;          /* the server said that it begins: 125 or 150 */
	bool told;           /* the contents of a put were */
	int code;            /* of the last reply; 0 = it has not come */
	char *text;
};

struct ftp_control {
	struct ftp_lines commands;
	struct ftp_replies replies;
	struct ftp_pending *first, *last;
	size_t pending_count;
	bool greeted, logged_in;
	bool partial;         /* not all of it was seen: what was agreed on before is not known */
	bool typed, image;    /* TYPE, TYPE I */
	bool private;         /* PROT P */
	char *user, *folder;
	uint64_t rest;
	char *size_of; /* the file whose size was told last */
	int64_t size;
	struct ftp_channel channel;
	struct ftp_transfer transfer;
};

/* dissector-ftp.c */
const char *dissector_ftp_transport(const struct connection *connection);
struct file_request dissector_ftp_request(const struct connection *connection);

/* dissector-ftp-transfer.c */

/* A data connection will be opened there: to the server (passive), or to the client. */
void dissector_ftp_announce(struct dissector *dissector, const struct moment *moment,
			    const struct address *address, bool passive);
/* A command asks for a transfer. */
void dissector_ftp_begin(struct dissector *dissector, const struct moment *moment,
			 const struct ftp_command *command);
/* Says of the transfer what can be said now. over: nothing more will come of it. */
void dissector_ftp_settle(struct dissector *dissector, const struct moment *moment, bool over);
void dissector_ftp_clear(struct ftp_control *control);

#endif
