/*
 * file-ftp: a device's files by FTP (RFC 959, 2428), FTP with AUTH TLS ("ftpes") and FTP over TLS
 * ("ftps") (RFC 4217).
 *
 *   file-ftp.c       the control connection: one command after the other
 *   file-ftp-login.c  from the greeting up to the login
 *   file-ftp-ways.c  what some say before they ask for the file
 *   file-ftp-data.c  the data connection
 */
#ifndef FAKES_DEVICE_FILE_FTP_H
#define FAKES_DEVICE_FILE_FTP_H

#include "fakes/device/file-client.h"
#include "fakes/device/file-connection.h"
#include "fakes/device/url.h"
#include "protocols/ftp.h"

extern const struct file_protocol file_ftp, file_ftpes, file_ftps;

/* --- what the two files share --- */

enum ftp_step { /* what was said last, whose reply is awaited */
	STEP_GREETING, STEP_AUTH, STEP_USER, STEP_PASS, STEP_PBSZ, STEP_PROT, STEP_TYPE, STEP_TALK,
	STEP_FOLDER, STEP_REST, STEP_EPSV, STEP_PASV, STEP_PORT, STEP_FILE,
	STEP_RENAME_FROM, STEP_RENAME_TO,
};

struct ftp_transfer {
	struct file_client_options options;
	char *username, *password;
	struct url url;
	bool implicit; /* TLS from the first octet on */
	bool secure, private; /* the control connection; the data */
	bool put;
	char path[URL_PATH];
	const char *name; /* of the file, in it: from where the control connection stands */
	unsigned prepared; /* so much was said before the file is asked for */
	bool listing;      /* what is under way is a LIST, and no file */
	struct buffer octets; /* to be sent; received */
	struct file_connection control;
	bool opened; /* it was, once */
	struct ftp_replies replies;
	enum ftp_step step;
	/* The data connection. */
	struct listener *listener;
	struct stream *data;
	bool data_open, data_ended;
	int refused; /* the fault of a reply that came while data was still to be read */
	bool begun;   /* a reply 1xx came */
	bool over;    /* a reply 2xx came */
	int64_t announced;
	file_client_callback callback;
	void *context;
};

/* The transfer is over: calls back, which may free it. fault: of a get; a put has 9012 or 9011. */
void ftp_transfer_fail(struct ftp_transfer *transfer, int fault, const char *text);
void ftp_transfer_command(struct ftp_transfer *transfer, enum ftp_step step, const char *verb,
			  const char *argument);
/* The data connection is there: the file may be asked for. */
void ftp_transfer_ask(struct ftp_transfer *transfer);
/* Is it all done? Then it says so. */
void ftp_transfer_look(struct ftp_transfer *transfer);

/* Says who it is: behind the greeting, and behind AUTH. */
void ftp_transfer_greeted(struct ftp_transfer *transfer);
void ftp_transfer_login(struct ftp_transfer *transfer);
void ftp_transfer_password(struct ftp_transfer *transfer);
/* The login stands; PBSZ was answered; how the data go is settled. */
void ftp_transfer_logged_in(struct ftp_transfer *transfer);
void ftp_transfer_protect(struct ftp_transfer *transfer);
void ftp_transfer_type(struct ftp_transfer *transfer);
void ftp_transfer_start_tls(struct ftp_transfer *transfer);

/* What comes before the file: the next of it, or the way to a data connection. */
void ftp_transfer_prepare(struct ftp_transfer *transfer);
/* The LIST is over. */
void ftp_transfer_listed(struct ftp_transfer *transfer);

/* Goes to the server's port. */
void ftp_transfer_data_connect(struct ftp_transfer *transfer, uint16_t port);
/* Listens, and tells the server where. */
void ftp_transfer_data_listen(struct ftp_transfer *transfer);
/* TLS may begin, octets may go. */
void ftp_transfer_data_secure(struct ftp_transfer *transfer);
void ftp_transfer_data_send(struct ftp_transfer *transfer);
void ftp_transfer_data_close(struct ftp_transfer *transfer);

#endif
