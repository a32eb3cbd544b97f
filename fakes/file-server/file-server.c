/*
 * The file server as the runner sees it. Variables of the profile, each with file-server. in front:
 * username, password (both or neither; else "femtocell" and a password made up for the run; an empty
 * user name lets everybody in), host;
 * cm-namespace, cm-version, cm-local-dn (what stands about the values of a configuration file); tls-oldest, tls-newest, client-certificate (fake-tls.h); those of a
 * service stand in its file.
 */
#include "fakes/file-server/file-server.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/fake-settings.h"
#include "harness/chart/roles.h"
#include "harness/loop/bench-plan.h"
#include "protocols/memory.h"

static const struct file_service_kind *const kinds[] = { &file_http_service,
							&file_ftp_service,
							&file_sftp_service };

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static int configure(struct file_server *server, struct problem *problem)
{
	const struct stage *stage = server->stage;
	const char *username = fake_variable(stage, server->role, "username", NULL);
	const char *password = fake_variable(stage, server->role, "password", NULL);
	char made_up[17];

	fake_random_text(made_up, sizeof(made_up));
	if (!username && password)
		return problem_set(problem, "%s.password is said without a username", server->role);
	if (username && *username && !password)
		return problem_set(problem, "%s.username is said without a password", server->role);
	server->username = memory_text(username ? username : "femtocell");
	server->password = memory_text(password ? password : username ? "" : made_up);
	server->host = memory_text(bench_host(stage->bench, server->role));
	server->tls = (struct fake_tls){ .stage = stage, .role = server->role,
					 .host = server->host };
	return fake_tls_configure(&server->tls, problem);
}

/* HTTP at its address on the Internet, beside the operator's network, where it has both. */
static void publish_outside(struct file_server *server, uint16_t port)
{
	struct address faces[BENCH_FACES], *outside = &faces[0];
	size_t count = bench_faces(server->stage->bench, server->role, "http", faces, BENCH_FACES);
	char text[ADDRESS_TEXT], *url;

	for (size_t i = count; i-- > 0;)
		if (faces[i].family == 4 && faces[i].place == PLACE_INTERNET &&
		    !bench_plan_is_inside(&faces[i]))
			outside = &faces[i];
	if (!count)
		return;
	outside->port = port;
	url = memory_format("http://%s/", address_text(outside, text));
	bench_publish(server->stage->bench, server->role, "outside-url", url);
	free(url);
}

void file_server_publish(struct file_server *server, const char *name, const char *scheme,
			 const struct address *address)
{
	struct bench *bench = server->stage->bench;
	struct address host;
	bool literal6 = address_parse(server->host, &host) == 0 && host.family == 6;
	char *url = memory_format("%s://%s%s%s:%u/", scheme, literal6 ? "[" : "", server->host,
				  literal6 ? "]" : "", address->port);
	char *url_name = memory_format("%s-url", name), *port_name = memory_format("%s-port", name);
	char *port = memory_format("%u", address->port);

	bench_publish(bench, server->role, url_name, url);
	bench_publish(bench, server->role, port_name, port);
	if (strcmp(name, "http") == 0)
		publish_outside(server, address->port);
	free(url);
	free(url_name);
	free(port_name);
	free(port);
}

static void publish(struct file_server *server)
{
	struct bench *bench = server->stage->bench;
	struct address address;
	char text[ADDRESS_TEXT];

	bench_address(bench, server->role, &address);
	bench_publish(bench, server->role, "host", server->host);
	bench_publish(bench, server->role, "address", address_host(&address, text));
	bench_publish(bench, server->role, "username", server->username);
	bench_publish(bench, server->role, "password", server->password);
}

static bool is_login_response(void *context, const struct arrow *arrow)
{
	(void)context;
	return !strcmp(arrow->message, "FileLoginResponse");
}

static const struct cue *login_cue(struct file_server *server)
{
	const struct stage *stage = server->stage;

	return stage->cue ? stage->cue(stage->context, server->role, NULL, is_login_response, NULL)
			  : NULL;
}

/* Does the cue, which is taken, let the login stand? */
static bool is_welcome(struct file_server *server)
{
	const struct stage *stage = server->stage;
	const struct cue *cue = login_cue(server);

	if (!cue)
		return true;
	const struct arrow *arrow = cue->arrow; /* the cue goes with the next call */

	if (stage->cue_taken)
		stage->cue_taken(stage->context, arrow);
	return !fake_fault(arrow, "login-refused");
}

/* Takes as long wherever the two differ. */
static bool same(const char *a, const char *b)
{
	size_t length = strlen(b);

	return strlen(a) == length && CRYPTO_memcmp(a, b, length) == 0;
}

bool file_server_user(struct file_server *server, const char *user)
{
	bool welcome = is_welcome(server);

	return welcome && (!*server->username || same(user, server->username));
}

bool file_server_login(struct file_server *server, const char *user, const char *password)
{
	bool known = file_server_user(server, user);

	return (!*server->username || same(password, server->password)) && known;
}

static void server_reset(struct fake *fake)
{
	struct file_server *server = (struct file_server *)fake;

	for (size_t i = 0; i < KINDS; i++)
		if (server->services[i])
			kinds[i]->reset(server->services[i]);
}

static void server_stop(struct fake *fake)
{
	struct file_server *server = (struct file_server *)fake;

	if (!server)
		return;
	for (size_t i = 0; i < KINDS; i++)
		if (server->services[i])
			kinds[i]->stop(server->services[i]);
	free(server->role);
	free(server->username);
	free(server->password);
	free(server->host);
	free(server);
}

static int start_services(struct file_server *server, struct problem *problem)
{
	for (size_t i = 0; i < KINDS; i++) {
		server->services[i] = kinds[i]->start(server, problem);
		if (!server->services[i])
			return problem_in(problem, "%s", kinds[i]->name);
	}
	return 0;
}

static struct fake *server_start(const struct stage *stage, const char *role,
				 struct problem *problem)
{
	const struct role *known = role_find(role);
	struct file_server *server;

	if (!known || known->kind != ROLE_FILE_SERVER) {
		problem_set(problem, "%s is no file server", role);
		return NULL;
	}
	server = memory_new(sizeof(*server));
	server->stage = stage;
	server->role = memory_text(role);
	if (configure(server, problem) || start_services(server, problem)) {
		problem_in(problem, "%s", role);
		server_stop((struct fake *)server);
		return NULL;
	}
	publish(server);
	return (struct fake *)server;
}

/* It begins nothing by itself. */
static void server_cue(struct fake *fake)
{
	(void)fake;
}

static int server_act(struct fake *fake, const char *action,
		      char *(*argument)(void *context, const char *name), void *context,
		      struct problem *problem)
{
	const struct file_server *server = (const struct file_server *)fake;

	(void)argument;
	(void)context;
	return problem_set(problem, "%s cannot do %s", server->role, action);
}

const struct fake_kind file_server_fake = {
	.name = "file-server",
	.start = server_start,
	.cue = server_cue,
	.act = server_act,
	.reset = server_reset,
	.stop = server_stop,
};
