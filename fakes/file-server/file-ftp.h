/*
 * file-ftp: what the files of the FTP service share. Of no interest to others.
 *
 *   file-ftp.c           the service: ports, settings, who is connected
 *   file-ftp-session.c   a control connection: lines, replies, TLS, idleness
 *   file-ftp-command.c   what each command does
 *   file-ftp-data.c      the data connection of a session, and how it comes about
 *   file-ftp-transfer.c  a transfer, and the faults of the cue in it
 */
#ifndef FAKES_FILE_SERVER_FILE_FTP_H
#define FAKES_FILE_SERVER_FILE_FTP_H

#include "fakes/file-server/file-server.h"
#include "fakes/file-server/file-store.h"
#include "protocols/ftp.h"
#include "protocols/limits.h"

struct file_ftp { /* the service: FTP with AUTH TLS, and FTP over TLS */
	struct file_server *server;
	struct ftp_port { /* [0] FTP, [1] TLS from the first octet on */
		struct file_ftp *ftp;
		bool tls;
		struct listener *listeners[BENCH_FACES_MOST];
		size_t count;
	} ports[2];
	struct ftp_session *sessions;
	unsigned session_count;
	bool reuse; /* a data connection must take up the control connection's TLS session */
	int64_t idle, handshake; /* limits */
	struct file_store store;
};

enum ftp_errand { ERRAND_NONE, ERRAND_GET, ERRAND_PUT, ERRAND_LIST };

struct ftp_data { /* the data connection of a session */
	struct listener *listener; /* passive */
	struct address lent;       /* by the bench; family 0: nothing */
	struct address active;     /* where to connect to; family 0: passive */
	struct stream *stream;
	bool open, ended, reset;
	struct buffer early; /* came before it was asked for */
};

struct ftp_errand_state { /* a transfer that is under way */
	enum ftp_errand errand;
	struct file_order order;
	char *path;
	uint64_t offset;
	bool append;
	bool begun;   /* 150 was said */
	bool flowing; /* octets may pass */
	bool stalled;
	struct buffer octets; /* to be sent; received */
	size_t sent;
	uint64_t received;
	int64_t start;
	struct timer *timer; /* a delay, the next piece, or how long the data connection may take */
};

struct ftp_session { /* a control connection; owned by the service */
	struct file_ftp *ftp;
	struct ftp_session *next, **link;
	struct stream *stream;
	struct ftp_lines lines;
	struct address remote;
	bool implicit, greeted, secure;
	char *user; /* NULL: none was said */
	bool logged_in;
	char *folder, *from; /* from: to be renamed */
	bool ascii;
	bool sized, private; /* PBSZ, PROT P */
	bool extended_only;  /* EPSV ALL */
	uint64_t rest;
	struct ftp_data data;
	struct ftp_errand_state errand;
	struct buffer waiting; /* lines that came in the meantime */
	struct timer *turn, *idle;
	int64_t used;
	bool mute;
	unsigned busy; /* calls that are under way: it is not freed before they are over */
	bool dead;
};

/* file-ftp-session.c */
void ftp_session_accept(void *context, struct stream *stream); /* context: struct ftp_port */
void ftp_session_close(struct ftp_session *session, bool reset);
void ftp_session_hold(struct ftp_session *session);
void ftp_session_release(struct ftp_session *session);
void ftp_session_reply(struct ftp_session *session, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void ftp_session_start_tls(struct ftp_session *session);
void ftp_session_idle(struct ftp_session *session); /* the errand is done: goes on with what waits */

/* file-ftp-command.c */
void ftp_command_do(struct ftp_session *session, const char *line);

/* file-ftp-data.c */
/* Listens for a data connection; its address, or NULL when it cannot. */
const struct address *ftp_data_listen(struct ftp_session *session);
void ftp_data_active(struct ftp_session *session, const struct address *address);
/* Is there one, or a way to one? */
bool ftp_data_announced(const struct ftp_session *session);
void ftp_data_connect(struct ftp_session *session); /* active: goes there now */
void ftp_data_close(struct ftp_session *session, bool reset);

/* file-ftp-transfer.c */
void ftp_errand_begin(struct ftp_session *session, enum ftp_errand errand, const char *method,
		      const char *name);
void ftp_errand_abort(struct ftp_session *session);
void ftp_errand_clear(struct ftp_session *session);
/* The data connection: TCP is there; it may be used; these octets came; it has ended. */
void ftp_errand_connected(struct ftp_session *session);
void ftp_errand_open(struct ftp_session *session);
void ftp_errand_octets(struct ftp_session *session, const void *octets, size_t length);
void ftp_errand_ended(struct ftp_session *session);

#endif
