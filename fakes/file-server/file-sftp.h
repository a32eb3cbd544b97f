/*
 * file-sftp: what the files of the SFTP service share. Of no interest to others.
 *
 *   file-sftp.c          the service: port, settings, who is connected
 *   file-sftp-keys.c     its host keys, and the public key that it lets in
 *   file-sftp-session.c  a connection: SSH, who it is, the channel
 *   file-sftp-request.c  what each request does
 *   file-sftp-file.c     a file that is read or written, and the faults of the cue in it
 */
#ifndef FAKES_FILE_SERVER_FILE_SFTP_H
#define FAKES_FILE_SERVER_FILE_SFTP_H

#include "fakes/file-server/file-server.h"
#include "fakes/file-server/file-store.h"
#include "fakes/ssh-pump.h" /* before server.h, for what it says of old names */
#include "protocols/sftp.h"

#include <libssh/server.h>

enum { SFTP_KEYS = 3 }; /* Ed25519, ECDSA, RSA */

struct sftp_keys {
	ssh_key keys[SFTP_KEYS]; /* NULL: there is none of that kind */
};

struct file_sftp { /* the service */
	struct file_server *server;
	struct listener *listeners[BENCH_FACES_MOST];
	size_t listener_count;
	struct sftp_keys keys;
	bool given;         /* the keys are the lab's, all that there are */
	ssh_key authorized; /* this public key is let in; NULL = none */
	struct sftp_session *sessions;
	unsigned session_count;
	int64_t idle, handshake; /* limits */
	struct file_store store;
};

struct sftp_open { /* a file, or a folder */
	bool used, folder, listed, put;
	char *path;
	struct file_order order;
	struct buffer octets; /* to be read; received */
	int64_t start;
};

/* A request whose answer has to wait. */
struct sftp_pause {
	struct timer *timer; /* NULL: none waits */
	void (*then)(struct sftp_session *session);
	struct sftp_open *open;
	uint32_t id;
	uint64_t offset;  /* of a slow answer: its end in the file */
	size_t piece;     /* so much of it goes, */
	int64_t interval; /* after so long */
};

enum sftp_ending { SFTP_GOES_ON, SFTP_CLOSES, SFTP_RESETS };

struct sftp_session { /* a connection; owned by the service */
	struct file_sftp *sftp;
	struct sftp_session *next, **link;
	struct stream *stream;
	struct ssh_pump pump;
	struct ssh_server_callbacks_struct callbacks;
	struct ssh_channel_callbacks_struct channel_callbacks;
	ssh_channel channel;
	bool keyed;     /* the key exchange is over */
	bool logged_in, subsystem;
	char *user;
	unsigned attempts;
	struct buffer in;  /* requests */
	struct buffer out; /* answers that the channel has not taken */
	size_t withheld;   /* so many octets at their end have to wait */
	struct sftp_open opens[LIMIT_SFTP_HANDLES];
	struct sftp_pause pause;
	bool mute;      /* nothing is answered any more */
	enum sftp_ending ending;
	struct timer *idle;
	int64_t used;
	unsigned busy;  /* calls that are under way: it is not freed before they are over */
	bool dead;
};

/* file-sftp-keys.c */
/* Those of a folder (ssh_host_ed25519_key ...), or, where folder is NULL, an Ed25519 key that is
 * made up: the rest is made when somebody comes (sftp_keys_complete). */
int sftp_keys_load(struct sftp_keys *keys, const char *folder, struct problem *problem);
/* rsa: the key of that kind, which takes its time to make; NULL = none */
void sftp_keys_complete(struct sftp_keys *keys, EVP_PKEY *rsa);
void sftp_keys_clear(struct sftp_keys *keys);
/* "SHA256:..." of the first key, in new memory. */
char *sftp_keys_fingerprint(const struct sftp_keys *keys);
/* Gives copies of them to a listening end. */
int sftp_keys_offer(const struct sftp_keys *keys, ssh_bind bind);
/* A line of an authorized_keys file: NULL with problem. */
ssh_key sftp_key_authorized(const char *line, struct problem *problem);

/* file-sftp-session.c */
void sftp_session_accept(void *context, struct stream *stream); /* context: struct file_sftp */
void sftp_session_close(struct sftp_session *session, bool reset);
void sftp_session_answer(struct sftp_session *session, const struct sftp_packet *packet);
void sftp_session_status(struct sftp_session *session, uint32_t id, enum sftp_status status,
			 const char *text);
/* Its answer comes so much later; the requests behind it wait. */
void sftp_session_pause(struct sftp_session *session, int64_t delay,
			const struct sftp_pause *pause);

/* file-sftp-request.c */
void sftp_request_do(struct sftp_session *session, struct octets packet);
struct sftp_open *sftp_request_new_open(struct sftp_session *session); /* NULL: too many */
void sftp_request_handle(struct sftp_session *session, uint32_t id, const struct sftp_open *open);
void sftp_request_close(struct sftp_open *open);

/* file-sftp-file.c */
void sftp_file_open(struct sftp_session *session, const struct sftp_packet *packet);
void sftp_file_read(struct sftp_session *session, const struct sftp_packet *packet,
		    struct sftp_open *open);
void sftp_file_write(struct sftp_session *session, const struct sftp_packet *packet,
		     struct sftp_open *open);
void sftp_file_close(struct sftp_session *session, const struct sftp_packet *packet,
		     struct sftp_open *open);

#endif
