/*
 * file-sftp: a device's files by SFTP (draft-ietf-secsh-filexfer-02, version 3, over RFC 4251 to 4254).
 *
 *   file-sftp.c       the connection, and SSH up to the channel
 *   file-sftp-talk.c  what is said on the channel
 */
#ifndef FAKES_DEVICE_FILE_SFTP_H
#define FAKES_DEVICE_FILE_SFTP_H

#include "fakes/device/file-client.h"
#include "fakes/device/file-connection.h"
#include "fakes/device/url.h"
#include "fakes/ssh-pump.h"
#include "protocols/sftp.h"

extern const struct file_protocol file_sftp;

/* --- what the two files share --- */

enum sftp_stage { /* of SSH: what is being done */
	STAGE_CONNECT, STAGE_KEY, STAGE_LOGIN, STAGE_CHANNEL, STAGE_SUBSYSTEM, STAGE_TALK,
};

enum sftp_step { /* what was said last, whose answer is awaited */
	TALK_INIT, TALK_REALPATH, TALK_STAT, TALK_OPEN, TALK_FSTAT, TALK_FILE, TALK_CLOSE,
	TALK_RENAME,
};

struct sftp_transfer {
	struct file_client_options options;
	char *username, *password, *host_key;
	struct url url;
	char path[URL_PATH];
	bool put;
	struct file_connection connection;
	struct ssh_pump pump;
	struct ssh_channel_callbacks_struct callbacks;
	ssh_channel channel;
	ssh_key key;           /* of its own, to be tried before the password; NULL = none */
	enum sftp_stage stage;
	struct buffer in, out; /* of the channel */
	enum sftp_step step;
	uint32_t id;           /* of the last request */
	unsigned open;         /* reads or writes without an answer */
	struct buffer handle;
	struct buffer octets;  /* to be sent; received */
	uint64_t offset;       /* sent, asked for */
	bool begun;            /* the file is open */
	bool ended;            /* its end was reached */
	int64_t announced;
	/* How it ended, to be told outside of libssh. */
	bool over;
	int fault;
	struct problem why;
	file_client_callback callback;
	void *context;
};

/* It is over; fault: of a get; a put has 9012 or 9011. 0: all went well. */
void sftp_transfer_over(struct sftp_transfer *transfer, int fault, const char *text);

/* The channel is there: begins. */
void sftp_talk_begin(struct sftp_transfer *transfer);
/* Reads what came in; true: it got on. */
bool sftp_talk_read(struct sftp_transfer *transfer);

#endif
