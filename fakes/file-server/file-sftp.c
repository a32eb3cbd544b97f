/*
 * SFTP of the file server: SSH (RFC 4251 to 4254) by libssh, and version 3 of the SSH File Transfer
 * Protocol (draft-ietf-secsh-filexfer-02).
 *
 * Variables of the profile: file-server.sftp-port; host-keys, a folder with ssh_host_ed25519_key,
 * ssh_host_ecdsa_key and ssh_host_rsa_key, or some of them (else keys are made up for the run);
 * public-key, a line as in authorized_keys: who has its private key is let in. Limits:
 * limit.idle-connection, limit.handshake.
 */
#include "fakes/file-server/file-sftp.h"

#include <stdlib.h>

#include "fakes/fake-settings.h"
#include "protocols/memory.h"

static void sftp_reset(struct file_service *service)
{
	struct file_sftp *sftp = (struct file_sftp *)service;

	while (sftp->sessions)
		sftp_session_close(sftp->sessions, false);
	file_store_clear(&sftp->store);
}

static void sftp_stop(struct file_service *service)
{
	struct file_sftp *sftp = (struct file_sftp *)service;

	if (!sftp)
		return;
	sftp_reset(service);
	while (sftp->listener_count)
		listener_close(sftp->listeners[--sftp->listener_count]);
	sftp_keys_clear(&sftp->keys);
	ssh_key_free(sftp->authorized);
	free(sftp);
}

/* Listens at each face of the role. */
static int listen_everywhere(struct file_sftp *sftp, struct problem *problem)
{
	const struct stage *stage = sftp->server->stage;
	struct address faces[BENCH_FACES_MOST];
	size_t count = bench_faces(stage->bench, sftp->server->role, "sftp", faces,
				   BENCH_FACES_MOST);

	for (size_t i = 0; i < count; i++) {
		struct listener *listener;

		if (i > 0) /* the same port everywhere: a URL has but one */
			faces[i].port = listener_address(sftp->listeners[0])->port;
		listener = listener_new(stage->loop, &faces[i], NULL, stage->tap, TRANSPORT_SFTP,
					sftp_session_accept, sftp, problem);
		if (!listener)
			return -1;
		sftp->listeners[sftp->listener_count++] = listener;
	}
	return sftp->listener_count ? 0 : problem_set(problem, "it is nowhere on this bench");
}

static int configure(struct file_sftp *sftp, struct problem *problem)
{
	const struct stage *stage = sftp->server->stage;
	const char *role = sftp->server->role;
	const char *folder = fake_variable(stage, role, "host-keys", NULL);
	const char *authorized = fake_variable(stage, role, "public-key", NULL);

	sftp->given = folder != NULL;
	if (sftp_keys_load(&sftp->keys, folder, problem) < 0)
		return problem_in(problem, "%s.host-keys", role);
	if (authorized) {
		sftp->authorized = sftp_key_authorized(authorized, problem);
		if (!sftp->authorized)
			return problem_in(problem, "%s.public-key", role);
	}
	sftp->idle = fake_time_limit(stage, "limit.idle-connection", LIMIT_SFTP_IDLE);
	sftp->handshake = fake_time_limit(stage, "limit.handshake", LIMIT_SFTP_HANDSHAKE);
	return 0;
}

static struct file_service *sftp_start(struct file_server *server, struct problem *problem)
{
	struct file_sftp *sftp = memory_new(sizeof(*sftp));
	char *fingerprint;

	sftp->server = server;
	if (configure(sftp, problem) || listen_everywhere(sftp, problem)) {
		sftp_stop((struct file_service *)sftp);
		return NULL;
	}
	file_server_publish(server, "sftp", "sftp", listener_address(sftp->listeners[0]));
	fingerprint = sftp_keys_fingerprint(&sftp->keys);
	bench_publish(server->stage->bench, server->role, "host-key", fingerprint);
	free(fingerprint);
	return (struct file_service *)sftp;
}

const struct file_service_kind file_sftp_service = {
	.name = "sftp",
	.start = sftp_start,
	.reset = sftp_reset,
	.stop = sftp_stop,
};
