/*
 * ftp: the octets of FTP's control connection <-> lines, commands and replies (RFC 959 4.1, 4.2; 2228
 * 3; 2428; 3659), and the addresses that announce a data connection.
 *
 * A line ends with CR LF; a lone LF ends one too, as most servers have it. Telnet commands (RFC 854)
 * are taken out, for ABOR comes behind some (RFC 959 4.1.3). A line and a reply have limits
 * (limits.h: ftp.line, ftp.reply).
 */
#ifndef PROTOCOLS_FTP_H
#define PROTOCOLS_FTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/buffer.h"
#include "protocols/problem.h"

#define FTP_PORT 21
#define FTPS_PORT 990 /* TLS from its first octet on */

enum ftp_state { FTP_MORE, FTP_DONE, FTP_BAD };

/* Reads the lines of one direction. A zeroed struct is at the beginning of one. */
struct ftp_lines {
	struct buffer line;
	int telnet;    /* how far in a Telnet command */
	bool complete; /* the line was given out: the next octet begins another */
};

/* Reads until a line is whole: FTP_DONE; used says how many octets were taken. FTP_BAD: it is too
 * long (ftp.line), what is fed then begins a new one. */
enum ftp_state ftp_lines_feed(struct ftp_lines *lines, const void *octets, size_t length,
			      size_t *used);
/* The line, without its end; without NULs. Until the next feed. */
const char *ftp_lines_text(const struct ftp_lines *lines);
void ftp_lines_clear(struct ftp_lines *lines);

#define FTP_VERB 8

struct ftp_command {
	char verb[FTP_VERB];  /* in upper case */
	const char *argument; /* in the line; "" = none */
};

/* 0, or -1: it begins with no verb of three letters or more. */
int ftp_command_parse(const char *line, struct ftp_command *command);
/* The command's octets; argument NULL = none. -1, and nothing is written, when the argument would
 * end the line. */
int ftp_command_write(struct buffer *out, const char *verb, const char *argument);

struct ftp_reply {
	int code;
	struct buffer text; /* of all its lines, with \n between them, without the codes */
};

/* Reads replies; a zeroed struct is at the beginning of one. */
struct ftp_replies {
	struct ftp_lines lines;
	struct ftp_reply reply; /* the one that was read last, or is being read */
	bool within;            /* a reply of several lines has begun */
};

/* FTP_BAD, with why: a line that is no reply, or more than ftp.reply: reading goes on behind it. */
enum ftp_state ftp_replies_feed(struct ftp_replies *replies, const void *octets, size_t length,
				size_t *used, struct problem *problem);
void ftp_replies_clear(struct ftp_replies *replies);
/* A text of several lines (\n) becomes a reply of several (RFC 959 4.2). */
void ftp_reply_write(struct buffer *out, int code, const char *text);

/* --- addresses: each 0, or -1 when it is none; the place is left alone --- */

/* "132,235,1,2,24,131" (PORT, RFC 959 4.1.2); in a reply 227 the first number begins it, whatever
 * stands around it (RFC 1123 4.1.2.6). */
int ftp_port_parse(const char *text, struct address *address);
int ftp_pasv_parse(const char *text, struct address *address);
void ftp_port_write(struct buffer *out, const struct address *address); /* IPv4 */
/* "|2|1080::8:800:200C:417A|5282|" (EPRT, RFC 2428 2). */
int ftp_eprt_parse(const char *text, struct address *address);
void ftp_eprt_write(struct buffer *out, const struct address *address);
/* "Entering Extended Passive Mode (|||6446|)" (reply 229, RFC 2428 3). */
int ftp_epsv_parse(const char *text, uint16_t *port);

/* --- names --- */

/* What a name means in a folder: an absolute path without "." and "..", in new memory. */
char *ftp_path(const char *folder, const char *name);
/* The path of a reply 257, its quotes undone (RFC 959, appendix II): new memory, NULL = none. */
char *ftp_quoted_parse(const char *text);
void ftp_quoted_write(struct buffer *out, const char *path);
/* The size in a reply 150, "Opening data connection for x (5120 bytes)"; -1 = it has none. Nobody
 * specifies it, and everybody writes it. */
int64_t ftp_announced(const char *text);
/* A number of octets (SIZE, RFC 3659 4; REST 5); -1 = it is none. */
int64_t ftp_number(const char *text);

#endif
