/*
 * FTP and FTPS of the file server (RFC 959, 2228, 2389, 2428, 3659, 4217): explicit TLS on the port of
 * FTP, implicit TLS on one of its own.
 *
 * Variables of the profile: file-server.ftp-port, ftps-port, ftpes-scheme (of the URL for AUTH TLS:
 * nothing standardises it), ftps-reuse (required, not: must a data connection take up the TLS session
 * of its control connection?). Limits: limit.idle-connection,
 * limit.handshake.
 */
#include "fakes/file-server/file-ftp.h"

#include <stdlib.h>

#include "fakes/fake-settings.h"
#include "protocols/memory.h"

static void ftp_reset(struct file_service *service)
{
	struct file_ftp *ftp = (struct file_ftp *)service;

	while (ftp->sessions)
		ftp_session_close(ftp->sessions, false);
	file_store_clear(&ftp->store);
}

static void ftp_stop(struct file_service *service)
{
	struct file_ftp *ftp = (struct file_ftp *)service;

	if (!ftp)
		return;
	ftp_reset(service);
	for (size_t i = 0; i < 2; i++)
		while (ftp->ports[i].count)
			listener_close(ftp->ports[i].listeners[--ftp->ports[i].count]);
	free(ftp);
}

/* Listens at each face of the role. */
static int listen_at(struct file_ftp *ftp, struct ftp_port *port, struct problem *problem)
{
	const struct stage *stage = ftp->server->stage;
	struct address faces[BENCH_FACES_MOST];
	size_t count = bench_faces(stage->bench, ftp->server->role, port->tls ? "ftps" : "ftp",
				   faces, BENCH_FACES_MOST);

	for (size_t i = 0; i < count; i++) {
		struct listener *listener;

		if (i > 0) /* the same port everywhere: a URL has but one */
			faces[i].port = listener_address(port->listeners[0])->port;
		listener = listener_new(stage->loop, &faces[i], NULL, stage->tap, TRANSPORT_FTP,
					ftp_session_accept, port, problem);
		if (!listener)
			return -1;
		port->listeners[port->count++] = listener;
	}
	return port->count ? 0 : problem_set(problem, "it is nowhere on this bench");
}

static int configure(struct file_ftp *ftp, struct problem *problem)
{
	static const char *const words[] = { "not", "required", NULL };
	const struct stage *stage = ftp->server->stage;
	int reuse = fake_choose_word(stage, ftp->server->role, "ftps-reuse", "not", words, problem);

	if (reuse < 0)
		return -1;
	ftp->reuse = reuse == 1;
	ftp->idle = fake_time_limit(stage, "limit.idle-connection", LIMIT_FTP_IDLE);
	ftp->handshake = fake_time_limit(stage, "limit.handshake", LIMIT_FTP_HANDSHAKE);
	return 0;
}

static struct file_service *ftp_start(struct file_server *server, struct problem *problem)
{
	struct file_ftp *ftp = memory_new(sizeof(*ftp));

	ftp->server = server;
	for (size_t i = 0; i < 2; i++)
		ftp->ports[i] = (struct ftp_port){ .ftp = ftp, .tls = i == 1 };
	if (configure(ftp, problem) || listen_at(ftp, &ftp->ports[0], problem) ||
	    listen_at(ftp, &ftp->ports[1], problem)) {
		ftp_stop((struct file_service *)ftp);
		return NULL;
	}
	file_server_publish(server, "ftp", "ftp", listener_address(ftp->ports[0].listeners[0]));
	file_server_publish(server, "ftpes",
			    fake_variable(server->stage, server->role, "ftpes-scheme", "ftpes"),
			    listener_address(ftp->ports[0].listeners[0]));
	file_server_publish(server, "ftps", "ftps", listener_address(ftp->ports[1].listeners[0]));
	return (struct file_service *)ftp;
}

const struct file_service_kind file_ftp_service = {
	.name = "ftp",
	.start = ftp_start,
	.reset = ftp_reset,
	.stop = ftp_stop,
};
