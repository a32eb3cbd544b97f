/*
 * The HMS fake as the runner sees it: settings, listening, actions.
 *
 * Variables of the profile, each with ROLE. in front: scheme (http, https), address, port,
 * host, path; tls-oldest, tls-newest (1.0 .. 1.3); client-certificate (none, asked, required);
 * authentication (none, basic, digest), username, password, realm, algorithm (MD5, SHA-256),
 * authenticate (each-post, once-a-session); cwmp (1.0, 1.1, 1.2: answer in that namespace
 * whatever the Inform had); close-each (yes: no keep-alive). Of the device: device.username,
 * device.password, device.connection-request-url, -username, -password, -authentication
 * (digest, basic, none). Limits: limit.idle-connection,
 * limit.handshake, limit.request.
 */
#include "fakes/hms/hms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "protocols/memory.h"

const struct cue *hms_cue(struct hms *hms, const char *peer,
			  bool (*accept)(void *context, const struct arrow *arrow), void *context)
{
	const struct stage *stage = hms->stage;

	return stage->cue ? stage->cue(stage->context, hms->role, peer, accept, context) : NULL;
}

static const char *variable(const struct hms *hms, const char *name, const char *otherwise)
{
	return fake_variable(hms->stage, hms->role, name, otherwise);
}

static int choose_word(const struct hms *hms, const char *name, const char *otherwise,
		       const char *const *words, struct problem *problem)
{
	return fake_choose_word(hms->stage, hms->role, name, otherwise, words, problem);
}

static int set_authentication(struct hms *hms, struct problem *problem)
{
	static const char *const schemes[] = { "none", "basic", "digest", NULL };
	static const char *const algorithms[] = { "MD5", "SHA-256", NULL };
	static const char *const scopes[] = { "each-post", "once-a-session", NULL };
	const struct profile *profile = hms->stage->profile;
	struct hms_settings *settings = &hms->settings;
	const char *username = profile_variable(profile, "device.username");
	const char *password = profile_variable(profile, "device.password");
	int scheme = choose_word(hms, "authentication", "none", schemes, problem);
	int algorithm = choose_word(hms, "algorithm", "MD5", algorithms, problem);
	int scope = choose_word(hms, "authenticate", "each-post", scopes, problem);

	if (scheme < 0 || algorithm < 0 || scope < 0)
		return -1;
	settings->authentication = (enum http_auth_scheme)scheme;
	settings->once_a_session = scope == 1;
	settings->algorithm = memory_text(algorithms[algorithm]);
	settings->username =
		memory_text(variable(hms, "username", username ? username : "femtocell"));
	settings->password =
		memory_text(variable(hms, "password", password ? password : "secret"));
	settings->realm = memory_text(variable(hms, "realm", hms->role));
	return 0;
}

static int set_tls(struct hms *hms, struct problem *problem)
{
	static const char *const schemes[] = { "http", "https", NULL };
	/* The serving one is inside the tunnel, the initial one is met on the open Internet. */
	bool initial = !strncmp(hms->role, "initial-", 8);
	int scheme = choose_word(hms, "scheme", initial ? "https" : "http", schemes, problem);

	if (scheme < 0)
		return -1;
	hms->settings.tls = scheme == 1;
	return fake_tls_configure(&hms->tls, problem);
}

static int configure(struct hms *hms, struct problem *problem)
{
	static const char *const versions[] = { "", "1.0", "1.1", "1.2", NULL };
	static const char *const namespaces[] = { NULL, CWMP_1_0, CWMP_1_1, CWMP_1_2 };
	struct hms_settings *settings = &hms->settings;
	int version = choose_word(hms, "cwmp", "", versions, problem);
	const char *path = variable(hms, "path", hms->role);

	settings->host = memory_text(bench_host(hms->stage->bench, hms->role));
	hms->tls = (struct fake_tls){ .stage = hms->stage, .role = hms->role,
				      .host = settings->host };
	if (version < 0 || set_tls(hms, problem) || set_authentication(hms, problem))
		return -1;
	http_guard_start(&hms->guard, hms->stage->loop, settings->realm, settings->algorithm);
	settings->ns = namespaces[version];
	settings->path = memory_format("%s%s", path[0] == '/' ? "" : "/", path);
	settings->close_each = fake_flag(hms->stage, hms->role, "close-each");
	settings->idle = fake_time_limit(hms->stage, "limit.idle-connection", LIMIT_HMS_IDLE);
	settings->handshake = fake_time_limit(hms->stage, "limit.handshake", LIMIT_HMS_HANDSHAKE);
	settings->request = fake_time_limit(hms->stage, "limit.request", LIMIT_HMS_REQUEST);
	return 0;
}

static void publish(struct hms *hms)
{
	const struct hms_settings *settings = &hms->settings;
	const struct address *address = listener_address(hms->listeners[0]);
	struct bench *bench = hms->stage->bench;
	const char *scheme = settings->tls ? "https" : "http";
	char text[ADDRESS_TEXT], port[8];
	struct address host;
	bool literal6 = address_parse(settings->host, &host) == 0 && host.family == 6;

	snprintf(port, sizeof(port), "%u", address->port);
	hms->settings.url = memory_format("%s://%s%s%s:%s%s", scheme, literal6 ? "[" : "",
					  settings->host, literal6 ? "]" : "", port,
					  settings->path);
	bench_publish(bench, hms->role, "url", settings->url);
	bench_publish(bench, hms->role, "host", settings->host);
	bench_publish(bench, hms->role, "address", address_host(address, text));
	bench_publish(bench, hms->role, "port", port);
	bench_publish(bench, hms->role, "path", settings->path);
	bench_publish(bench, hms->role, "scheme", scheme);
	if (settings->authentication == HTTP_AUTH_NONE)
		return;
	bench_publish(bench, hms->role, "username", settings->username);
	bench_publish(bench, hms->role, "password", settings->password);
}

static int listen_at(struct hms *hms, const struct address *place, SSL_CTX *tls,
		     struct problem *problem)
{
	const struct stage *stage = hms->stage;
	struct listener *listener = listener_new(stage->loop, place, tls, stage->tap,
						 TRANSPORT_HTTP, hms_accept, hms, problem);

	if (!listener)
		return -1;
	if (tls)
		listener_choose_tls(listener, fake_tls_choose, &hms->tls);
	hms->listeners[hms->listener_count++] = listener;
	return 0;
}

static int hms_listen(struct hms *hms, struct problem *problem)
{
	const char *service = hms->settings.tls ? "https" : "http";
	struct address faces[HMS_FACES];
	size_t count = bench_faces(hms->stage->bench, hms->role, service, faces, HMS_FACES);
	SSL_CTX *tls = NULL;

	if (hms->settings.tls) {
		tls = fake_tls_context(&hms->tls, problem);
		if (!tls)
			return -1;
	}
	for (size_t i = 0; i < count; i++)
		if (listen_at(hms, &faces[i], tls, problem) < 0)
			return -1;
	return count ? 0 : problem_set(problem, "it is nowhere on this bench");
}

static void hms_reset(struct fake *fake)
{
	struct hms *hms = (struct hms *)fake;

	connection_requests_end(hms);
	hms_connections_close(hms);
	hms_sessions_clear(hms);
	hms_devices_clear(hms);
	http_guard_reset(&hms->guard);
	hms->challenged = HTTP_AUTH_NONE;
	hms->last_redirect = 0;
}

static void hms_stop(struct fake *fake)
{
	struct hms *hms = (struct hms *)fake;
	struct hms_settings *settings;

	if (!hms)
		return;
	hms_reset(fake);
	for (size_t i = 0; i < hms->listener_count; i++)
		listener_close(hms->listeners[i]);
	settings = &hms->settings;
	free(settings->host);
	free(settings->path);
	free(settings->url);
	free(settings->username);
	free(settings->password);
	free(settings->realm);
	free(settings->algorithm);
	free(hms->role);
	free(hms);
}

static struct fake *hms_start(const struct stage *stage, const char *role, struct problem *problem)
{
	const struct role *known = role_find(role);
	struct hms *hms;

	if (!known || known->kind != ROLE_HMS) {
		problem_set(problem, "%s is no HMS", role);
		return NULL;
	}
	hms = memory_new(sizeof(*hms));
	hms->stage = stage;
	hms->role = memory_text(role);
	if (configure(hms, problem) || hms_listen(hms, problem)) {
		problem_in(problem, "%s", role);
		hms_stop((struct fake *)hms);
		return NULL;
	}
	publish(hms);
	return (struct fake *)hms;
}

static void hms_turn(struct fake *fake)
{
	connection_request_cue((struct hms *)fake);
}

static int hms_act(struct fake *fake, const char *action,
		   char *(*argument)(void *context, const char *name), void *context,
		   struct problem *problem)
{
	struct hms *hms = (struct hms *)fake;

	(void)argument;
	(void)context;
	if (strcmp(action, "close-connection"))
		return problem_set(problem, "%s cannot do %s", hms->role, action);
	hms_connections_close(hms);
	return 0;
}

const struct fake_kind hms_fake = {
	.name = "hms",
	.start = hms_start,
	.cue = hms_turn,
	.act = hms_act,
	.reset = hms_reset,
	.stop = hms_stop,
};
