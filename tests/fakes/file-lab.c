#include "tests/fakes/file-lab.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/xml.h"

/* --- the tap --- */

static void add_attribute(struct buffer *out, const xmlNode *body, const char *name)
{
	char *value = xml_attribute(body, name);

	if (value && *value)
		buffer_format(out, " %s=%s", name, value);
	free(value);
}

static void keep(void *context, struct message *message)
{
	static const char *const names[] = { "transport", "user", "method", "path", "accepted",
					     "outcome", "status", "size", "whole", "protected" };
	struct file_lab *lab = context;

	buffer_format(&lab->said, "%s", message->name);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_attribute(&lab->said, message->body, names[i]);
	buffer_add_text(&lab->said, "; ");
	message_free(message);
}

static uint64_t tap_open(void *context, const struct address *client, const struct address *server,
			 int64_t time, enum transport transport)
{
	struct file_lab *lab = context;

	if (transport != TRANSPORT_GUESS)
		dissector_listener(lab->dissector, server, transport, false);
	lab->ends[0] = *client;
	lab->ends[1] = *server;
	lab->connection = dissector_open(lab->dissector, client, server, time);
	return lab->connection;
}

static void tap_plain(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct file_lab *lab = context;

	dissector_octets(lab->dissector, connection, from_client, time, 1, octets, length);
}

static void tap_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how)
{
	struct file_lab *lab = context;

	dissector_end(lab->dissector, connection, from_client, time, 1, how);
}

static void tap_clear(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct file_lab *lab = context;
	const struct address *client = &lab->ends[0], *server = &lab->ends[1];

	ck_assert_uint_eq(connection, lab->connection);
	dissector_clear(lab->dissector, from_client ? client : server, from_client ? server : client,
			time, 1, octets, length);
}

static void tap_tls(void *context, uint64_t connection, bool from_client, int64_t time,
		    const char *message, const char *const *attributes)
{
	struct file_lab *lab = context;

	(void)from_client;
	(void)time;
	if (strcmp(message, "TlsEstablished") != 0)
		return;
	dissector_tls(lab->dissector, connection, attributes);
	for (; attributes[0]; attributes += 2)
		if (!strcmp(attributes[0], "resumed"))
			buffer_format(&lab->said, "Tls resumed=%s; ", attributes[1]);
}

/* --- the lab --- */

static struct profile *load_profile(void)
{
	const char *source = getenv("FEMTOPROOF_SOURCE");
	char *file = memory_format("%s/tests/fakes/hms.profile", source ? source : ".");
	char *maps = memory_format("%s/scenarios/maps", source ? source : ".");
	struct diagnostics diagnostics = { 0 };
	struct profile *profile = profile_load(file, maps, &diagnostics);

	diagnostics_clear(&diagnostics);
	free(file);
	free(maps);
	ck_assert_ptr_nonnull(profile);
	profile_set(profile, ROLE ".username", "cell");
	profile_set(profile, ROLE ".password", "secret");
	return profile;
}

void file_lab_start(struct file_lab *lab, const char *name, const char *value)
{
	struct problem problem = { "" };

	*lab = (struct file_lab){ .fault = -1 };
	lab->profile = load_profile();
	if (name)
		profile_set(lab->profile, name, value);
	lab->loop = loop_new(CLOCK_VIRTUAL_TIME);
	lab->bench = bench_new("loopback", lab->profile, &problem);
	lab->pki = pki_new(loop_now(lab->loop) / SECONDS(1), &problem);
	lab->dissector = dissector_new(keep, lab);
	lab->tap = (struct tap){ .context = lab, .open = tap_open, .plain = tap_plain,
				 .end = tap_end, .clear = tap_clear,
				 .tls = tap_tls };
	lab->script.from = ROLE;
	lab->script.to = "henb";
	lab->stage = (struct stage){ .loop = lab->loop, .bench = lab->bench, .pki = lab->pki,
				     .profile = lab->profile, .tap = &lab->tap, .cue = script_cue,
				     .cue_taken = script_cue_taken, .context = &lab->script };
	lab->fake = file_server_fake.start(&lab->stage, ROLE, &problem);
	ck_assert_msg(lab->fake != NULL, "%s", problem.text);
	generator_seed(&lab->random, 1);
	lab->options.http = (struct http_client_options){
		.loop = lab->loop, .username = "cell", .password = "secret", .random = &lab->random,
		.local = { .family = 4, .octets = { 127, 0, 1, 1 } },
		.tls = pki_client(lab->pki, NULL, true, lab->loop, &problem),
	};
	lab->options.host_key = bench_variable(lab->bench, ROLE ".host-key");
	ck_assert_ptr_nonnull(lab->options.host_key);
	buffer_add_text(&lab->said, "");
}

void file_lab_run(struct file_lab *lab, int64_t time)
{
	loop_after(lab->loop, time, (timer_callback)loop_stop, lab->loop);
	loop_run(lab->loop);
}

void file_lab_stop(struct file_lab *lab)
{
	file_client_free(lab->client);
	file_server_fake.stop(lab->fake);
	file_lab_run(lab, SECONDS(60));
	ck_assert_uint_eq(loop_lost(lab->loop), 0);
	dissector_free(lab->dissector);
	pki_free(lab->pki);
	bench_free(lab->bench);
	loop_free(lab->loop);
	profile_free(lab->profile);
	buffer_free(&lab->said);
	buffer_free(&lab->contents);
}

static void done(void *context, const struct file_client_result *result)
{
	struct file_lab *lab = context;

	ck_assert_int_eq(lab->fault, -1);
	lab->fault = result->fault;
	lab->got = result->contents != NULL;
	snprintf(lab->text, sizeof(lab->text), "%s", result->text);
	if (result->contents)
		buffer_add(&lab->contents, result->contents->octets, result->contents->length);
	file_client_free(lab->client);
	lab->client = NULL;
}

/* The server's URL for a scheme, by its address, with a path behind it. */
static char *url_of(struct file_lab *lab, const char *scheme, const char *path)
{
	bool auth_tls = !strcmp(scheme, "ftpes");
	char *name = memory_format("%s.%s-port", ROLE, auth_tls ? "ftp" : scheme);
	const char *port = bench_variable(lab->bench, name);
	const char *address = bench_variable(lab->bench, ROLE ".address");
	bool ipv6 = strchr(address, ':') != NULL;
	char *url = memory_format("%s://%s%s%s:%s/%s", scheme, ipv6 ? "[" : "", address,
				  ipv6 ? "]" : "", port, path);

	free(name);
	return url;
}

void file_lab_begin_put(struct file_lab *lab, const char *scheme, const char *path, const char *text)
{
	struct buffer octets = { 0 };
	char *url = url_of(lab, scheme, path);
	struct problem problem = { "" };

	buffer_add_text(&octets, text);
	lab->fault = -1;
	lab->client = file_client_put(&lab->options, url, "name", &octets, done, lab, &problem);
	ck_assert_msg(lab->client != NULL, "%s", problem.text);
	buffer_free(&octets);
	free(url);
}

void file_lab_put(struct file_lab *lab, const char *scheme, const char *path, const char *text)
{
	file_lab_begin_put(lab, scheme, path, text);
	file_lab_run(lab, SECONDS(600));
}

void file_lab_fetch(struct file_lab *lab, const char *url)
{
	struct problem problem = { "" };

	lab->fault = -1;
	buffer_clear(&lab->contents);
	lab->client = file_client_get(&lab->options, url, done, lab, &problem);
	ck_assert_msg(lab->client != NULL, "%s", problem.text);
	file_lab_run(lab, SECONDS(600));
}

void file_lab_get(struct file_lab *lab, const char *scheme, const char *path)
{
	char *url = url_of(lab, scheme, path);

	file_lab_fetch(lab, url);
	free(url);
}

void file_lab_said(const struct file_lab *lab, const char *text)
{
	ck_assert_msg(strstr(buffer_text(&lab->said), text) != NULL, "\"%s\" is not in: %s", text,
		      buffer_text(&lab->said));
}

void file_lab_said_not(const struct file_lab *lab, const char *text)
{
	ck_assert_msg(strstr(buffer_text(&lab->said), text) == NULL, "\"%s\" is in: %s", text,
		      buffer_text(&lab->said));
}
