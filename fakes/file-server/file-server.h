/*
 * file-server: the played server of files; what the files of this room share.
 *
 * One fake for the role, with a service for each protocol: HTTP and HTTPS, FTP and FTPS, SFTP. A
 * service knows its protocol; what is to become of a login or of a transfer it asks here, once the
 * judge has seen the request: the cue of the chart says it, else the good behaviour. So a chart says
 * "device <- file-server : FileGetResponse with not-found" and means each of them.
 *
 *   file-server.c    start, settings, what is published, stop
 *   file-order.c     a cue -> what a service is to do
 *   file-contents.c  a cue -> the octets of a CM file
 *   file-http.c      HTTP and HTTPS: a request, and what is answered to it
 *   file-http-connection.c  HTTP on a stream: one request at a time, pieces, limits
 *   file-ftp.h, file-sftp.h say the files of FTP and SFTP
 *   file-store.c     what was delivered in a scenario
 *
 * Variables of the role: username, password (profile; else made up), http-url, https-url, ftp-url,
 * ftpes-url, ftps-url (implicit TLS), sftp-url (each ends in "/"; an FTP server that takes AUTH TLS is
 * at the ftp-url, too), host-key ("SHA256:..."), address, host.
 */
#ifndef FAKES_FILE_SERVER_FILE_SERVER_H
#define FAKES_FILE_SERVER_FILE_SERVER_H

#include "fakes/fake-tls.h"
#include "harness/loop/stream.h"
#include "protocols/buffer.h"
#include "protocols/file-message.h"

struct file_server;

struct file_service_kind { /* a protocol */
	const char *name; /* "http" */
	/* Listens at each face of the role for its services and publishes its URLs. */
	struct file_service *(*start)(struct file_server *server, struct problem *problem);
	void (*reset)(struct file_service *service); /* a new scenario: connections go */
	void (*stop)(struct file_service *service);  /* NULL is fine */
};

extern const struct file_service_kind file_http_service, file_ftp_service, file_sftp_service;

struct file_server {
	const struct stage *stage;
	char *role;
	char *username, *password; /* "" and "": whoever comes is let in */
	char *host;                /* its name */
	struct fake_tls tls;       /* of HTTPS, FTPS: its certificates, and what cues make of them */
	struct file_service *services[3];
};

struct file_order { /* what a service is to do with one request */
	enum file_outcome outcome; /* FILE_OK: serve it; else refuse it so, by the protocol's own code */
	struct buffer contents;    /* of a get; the order's */
	/* Octets of the file after which that happens; -1 = never. */
	int64_t cut_off, stalled, disk_full;
	int64_t announced;         /* the size to tell; -1 = the right one */
	int64_t delay;             /* microseconds before the answer begins */
	int64_t slow;              /* microseconds that the contents are to take */
	int redirect;              /* an HTTP status that leads to the same place; 0 = none */
	bool silent;               /* nothing is ever answered */
};

/* The order for a FileGet or FilePut that the judge has seen: the cue's, which is taken. Without one
 * a get finds nothing, and a put is welcome. file_order_clear gives its memory back. */
void file_order_get(struct file_server *server, const struct file_request *request,
		    struct file_order *order);
void file_order_put(struct file_server *server, const struct file_request *request,
		    struct file_order *order);
void file_order_clear(struct file_order *order);
/* Is this login good? The cue of a FileLoginResponse may refuse it; compared in constant time. Call it
 * when the judge has seen the FileLogin. */
bool file_server_login(struct file_server *server, const char *user, const char *password);
/* Is this user name right? For proofs other than a password (a digest, a public key), which the
 * service verifies itself; a cue may refuse it. */
bool file_server_user(struct file_server *server, const char *user);
/* Says where a service is: file-server.NAME-url, "SCHEME://HOST:PORT/", and NAME-port. */
void file_server_publish(struct file_server *server, const char *name, const char *scheme,
			 const struct address *address);

#endif
