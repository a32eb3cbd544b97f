/*
 * file-client: a device fetches or delivers one file, by the protocol that the URL names (TS 32.583
 * 5.3.1 B, 5.6.2; TR-069 A.3.2.8): http, https, ftp, ftps, sftp.
 */
#ifndef FAKES_DEVICE_FILE_CLIENT_H
#define FAKES_DEVICE_FILE_CLIENT_H

#include "fakes/device/http-client.h"
#include "protocols/buffer.h"

struct file_client;

struct file_client_options {
	/* loop, local, dns, tls, username, password, random and how its HTTP is spelled; what the
	 * other protocols need of it they take from there. */
	struct http_client_options http;
	bool head; /* HTTP: HEAD before GET */
	bool post; /* HTTP: a defect: POST where TR-069 3.4.3 has PUT */
	bool form; /* HTTP: a defect: the file is in a multipart form (RFC 7578); it goes with post */
	const char *host_key; /* SFTP: the server's "SHA256:..."; NULL = any is taken, a defect */
	struct file_ftp_way {
		/* Lawful: PORT or EPRT; PASV without asking for EPSV; each data connection has a TLS
		 * session of its own; FEAT, SYST and their like; CWD to the file's folder; SIZE, LIST
		 * and REST before; APPE to deliver; another name until
		 * the file is there; no QUIT. */
		bool active, pasv_only, own_sessions, asks, folders, sizes, lists, rests, appends,
			renames, no_quit;
		/* Defects: no credentials; TYPE A; any certificate; PROT C; PROT P, and data in clear
		 * all the same; no AUTH; AUTH behind the password; the file's folder left out; a
		 * refused file counts; half of what is to be delivered; HTTP instead. */
		bool anonymous, ascii, unverified, clear_data, broken_word, in_clear,
			password_first, no_folder, refusal_counts, half, http;
		bool drains; /* lawful: data is read up to its end, whatever a reply says before */
	} ftp;
	struct file_sftp_way {
		/* Lawful: REALPATH and STAT before; small reads and writes; several writes on their
		 * way; another name until the file is there; a key before the password; the
		 * connection closed without a word. */
		bool looks, small_blocks, ahead, renames, key_first, no_goodbye;
		/* Defects: another user; the first answer to a read is taken for the file; a file is
		 * not closed; its folder left out; a refused file counts. */
		bool other_user, first_read, left_open, no_folder, refusal_counts;
	} sftp;
	/* Further ways and defects of a protocol stand here. */
};

struct file_client_result {
	int fault;          /* 0, or a fault code of TR-069 A.5.1: 9010 to 9018 */
	const char *text;   /* why */
	const struct buffer *contents; /* of a fetched file; NULL when there is none (a defect) */
	const struct buffer *part; /* of a file that is to be fetched, what came before it failed; or NULL */
};

/* Called once, at the end; the client may be freed from inside. */
typedef void (*file_client_callback)(void *context, const struct file_client_result *result);

/* 0, or the fault code with which a Download or Upload from or to this URL is refused: 9003 it is
 * none, or holds a user name or password (A.3.2.8), 9013 its protocol is not known. */
int file_client_url_fault(const char *url);
/* Starts to fetch. NULL with problem when it cannot even begin. */
struct file_client *file_client_get(const struct file_client_options *options, const char *url,
				    file_client_callback callback, void *context,
				    struct problem *problem);
/* Starts to deliver; the octets are copied. Where the URL's path ends in "/", name is appended. */
struct file_client *file_client_put(const struct file_client_options *options, const char *url,
				    const char *name, const struct buffer *octets,
				    file_client_callback callback, void *context,
				    struct problem *problem);
void file_client_free(struct file_client *client); /* breaks it off; NULL is fine */

/* A protocol's part: file-client.c chooses by the scheme. */
struct file_protocol {
	const char *scheme; /* "ftp" */
	/* octets NULL: fetch. */
	void *(*start)(const struct file_client_options *options, const char *url,
		       const struct buffer *octets, file_client_callback callback, void *context,
		       struct problem *problem);
	void (*stop)(void *transfer); /* frees it */
};

#endif
