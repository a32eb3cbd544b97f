/* The tap of a run: octets of the played elements' sockets go to the recording, and, read by
 * the dissector, as messages to the scene. */
#include "harness/run-bench.h"
#include "harness/run-scene.h"

#include <stdlib.h>
#include <string.h>

#include "harness/capture-roles.h"
#include "harness/chart/roles.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

#define CLEAR_PIECE ((size_t)32 << 10)
#define RECORDED_EACH 80 /* octets that a packet's headers and its block take in a recording */

/* Where the server belongs: what the profile says, else on which side the bench has it. */
static void name_side(const struct run *run, struct message *message, const char *role)
{
	char name[ROLE_NAME + 16];
	const char *side;
	struct address main_face;

	if (!role || strcmp(role, profile_device(run->profile)) == 0)
		return;
	snprintf(name, sizeof(name), "%s.side", role);
	bench_address(run->bench, role, &main_face);
	side = profile_variable(run->profile, name);
	if (!side && main_face.place == PLACE_CORE)
		side = "inside";
	if (!side && main_face.place == PLACE_INTERNET)
		side = "outside";
	if (side)
		message_attribute(message->body->parent, "side", "%s", side);
}

void run_name_roles(const struct run *run, struct message *message)
{
	const char *device = profile_device(run->profile);
	const char *from = bench_speaker(run->bench, &message->source, message->protocol);
	const char *to = bench_speaker(run->bench, &message->destination, message->protocol);

	snprintf(message->from, sizeof(message->from), "%s", from ? from : device);
	snprintf(message->to, sizeof(message->to), "%s", to ? to : device);
	capture_roles_port(run->profile, message, to);
	name_side(run, message, to && strcmp(to, device) != 0 ? to : from);
}

/* --- what is bounded --- */

/* Is there room in the scene's recording for so many octets more? Says so once when not. */
static bool room(struct run *run, size_t length, const struct connection *ends)
{
	run->recorded += length;
	if (!run->recorder || run->recorded <= LIMIT_RUN_RECORDING)
		return run->recorder != NULL;
	run_limit(run, "run.recording", "no more of this scenario is recorded", ends);
	return false;
}

void run_limit(struct run *run, const char *limit, const char *why, const struct connection *ends)
{
	const struct bound *bound = bound_find(limit);

	if (!run->scene || !bound || run->limits_said[bound_index(bound)])
		return;
	run->limits_said[bound_index(bound)] = true;
	struct message *message = bound_reached(bound, why);

	message->time = loop_now(run->loop);
	message->first_packet = message->last_packet = run->last_packet;
	if (ends) {
		message->source = ends->client;
		message->destination = ends->server;
	}
	scene_limit(run->scene, message);
}

static uint64_t tap_open(void *context, const struct address *client, const struct address *server,
			 int64_t time, enum transport transport)
{
	struct run *run = context;

	if (!run->dissector)
		return 0;
	if (transport != TRANSPORT_GUESS)
		dissector_listener(run->dissector, server, transport, false);
	const struct connection ends = { .client = *client, .server = *server };
	if (run->connection_count == LIMIT_RUN_CONNECTIONS) {
		run_limit(run, "run.connections", "no more are followed in this scenario", &ends);
		return 0;
	}
	uint64_t number = dissector_open(run->dissector, client, server, time);
	while (run->connection_count < number) {
		run->connections = memory_resize(run->connections, run->connection_count + 1,
						 sizeof(*run->connections));
		run->connections[run->connection_count++] = (struct connection){ 0 };
	}
	run->connections[number - 1] = ends;
	if (room(run, 3 * RECORDED_EACH, &ends))
		recorder_tcp_open(run->recorder, run->recorded_before + number, client, server,
				  time);
	/* The number stays unique over all scenes, so that a connection that outlives its scene is
	 * not taken for one of the next. */
	return run->recorded_before + number;
}

/* The dissector's number of a connection of this scene; 0 = of an earlier one. */
static uint64_t scene_connection(const struct run *run, uint64_t connection)
{
	if (!run->dissector || connection <= run->recorded_before ||
	    connection - run->recorded_before > run->connection_count)
		return 0;
	return connection - run->recorded_before;
}

static void tap_wire(void *context, uint64_t connection, bool from_client, int64_t time,
		     const void *octets, size_t length)
{
	struct run *run = context;
	uint64_t number = scene_connection(run, connection);

	if (!number || !room(run, length + RECORDED_EACH, &run->connections[number - 1]))
		return;
	run->last_packet = recorder_tcp_octets(run->recorder, connection, from_client, time, octets,
					       length);
	run->connections[number - 1].packets[from_client] = run->last_packet;
}

/* Where in the recording this end of a connection has spoken last: not the last packet of all,
 * for TLS answers (tickets) before it gives what it has read. */
static uint64_t spoken(const struct run *run, uint64_t number, bool from_client)
{
	uint64_t packet = run->connections[number - 1].packets[from_client];

	return packet ? packet : run->last_packet;
}

static void tap_plain(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct run *run = context;
	uint64_t number = scene_connection(run, connection);

	run->tapped++;
	if (number)
		dissector_octets(run->dissector, number, from_client, time,
				 spoken(run, number, from_client), octets, length);
}

static void tap_end(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how)
{
	struct run *run = context;
	uint64_t number = scene_connection(run, connection);

	if (!number)
		return;
	if (room(run, RECORDED_EACH, &run->connections[number - 1]))
		run->last_packet =
			recorder_tcp_end(run->recorder, connection, from_client, time, how);
	dissector_end(run->dissector, number, from_client, time, run->last_packet, how);
	if (run->scene)
		scene_wake(run->scene);
}

/* Datagrams of played elements are DNS and IPsec, on whatever port; their roles tell which. */
static bool name_listener(const struct run *run, const struct address *address)
{
	static const struct {
		const char *protocol;
		enum role_kind kind;
		enum transport transport;
	} services[] = { { "dns", ROLE_DNS, TRANSPORT_DNS }, { "ike", ROLE_SEGW, TRANSPORT_IKE } };

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		const char *name = bench_speaker(run->bench, address, services[i].protocol);
		const struct role *role = name ? role_find(name) : NULL;

		if (!role || role->kind != services[i].kind)
			continue;
		dissector_listener(run->dissector, address, services[i].transport, false);
		return true;
	}
	return false;
}

static void tap_datagram(void *context, const struct address *source,
			 const struct address *destination, int64_t time, const void *octets,
			 size_t length)
{
	struct run *run = context;

	run->tapped++;
	if (!run->dissector)
		return;
	const struct connection ends = { .client = *source, .server = *destination };
	if (room(run, length + RECORDED_EACH, &ends))
		run->last_packet = recorder_udp(run->recorder, source, destination, time, octets,
						length);
	if (!name_listener(run, destination))
		name_listener(run, source);
	dissector_datagram(run->dissector, source, destination, time, run->last_packet, octets,
			   length);
}

static void tap_packet(void *context, const struct address *source,
		       const struct address *destination, uint8_t protocol, int64_t time,
		       const void *octets, size_t length)
{
	struct run *run = context;

	run->tapped++;
	if (!run->dissector)
		return;
	const struct connection ends = { .client = *source, .server = *destination };
	if (room(run, length + RECORDED_EACH, &ends))
		run->last_packet = recorder_packet(run->recorder, source, destination, protocol,
						   time, octets, length);
	dissector_packet(run->dissector, source, destination, protocol, time, run->last_packet,
			 octets, length);
}

/* Kept for the scenes to come, too: a tunnel may outlive the scene that it was built in. */
static void keep_key(struct run *run, const char *row)
{
	if (run->key_count == LIMIT_DISSECTOR_KEYS)
		return;
	run->keys = memory_resize(run->keys, run->key_count + 1, sizeof(*run->keys));
	run->keys[run->key_count++] = memory_text(row);
	if (run->dissector)
		dissector_key(run->dissector, row, NULL);
}

static void tap_ike_key(void *context, const char *row)
{
	struct run *run = context;

	if (run->recorder)
		recorder_ike_key(run->recorder, row);
	keep_key(run, row);
}

static void tap_esp_key(void *context, const char *row)
{
	struct run *run = context;

	if (run->recorder)
		recorder_esp_key(run->recorder, row);
	keep_key(run, row);
}

static void tap_tls(void *context, uint64_t connection, bool from_client, int64_t time,
		    const char *name, const char *const *attributes)
{
	struct run *run = context;
	uint64_t number = scene_connection(run, connection);

	if (!number || !run->scene)
		return;
	if (strcmp(name, "TlsEstablished") == 0)
		dissector_tls(run->dissector, number, attributes);
	struct message *message = message_new("tls", name);
	const struct connection *ends = &run->connections[number - 1];

	message->time = time;
	message->connection = number;
	message->source = from_client ? ends->client : ends->server;
	message->destination = from_client ? ends->server : ends->client;
	message->first_packet = message->last_packet = spoken(run, number, from_client);
	for (; attributes && attributes[0]; attributes += 2)
		if (attributes[1])
			message_attribute(message->body, attributes[0], "%s", attributes[1]);
	message_set_path(message);
	scene_message(run->scene, message);
}

static void tap_limit(void *context, uint64_t connection, bool from_client, int64_t time,
		      const char *limit, const char *why)
{
	struct run *run = context;
	uint64_t number = scene_connection(run, connection);
	struct connection ends = { 0 };

	(void)time;
	if (number)
		ends = run->connections[number - 1];
	if (!from_client)
		ends = (struct connection){ .client = ends.server, .server = ends.client };
	/* A connection of an earlier scene does not concern this one. */
	if (number || !connection)
		run_limit(run, limit, why, &ends);
}

static void tap_admitted(void *context, uint64_t connection, int64_t time)
{
	struct run *run = context;
	uint64_t number = scene_connection(run, connection);
	char client[ADDRESS_TEXT], server[ADDRESS_TEXT];

	if (!number)
		return;
	const struct connection *ends = &run->connections[number - 1];

	if (run->recorder) {
		char *mark = memory_format("femtoproof: admitted %s at %s",
					   address_text(&ends->client, client),
					   address_text(&ends->server, server));

		recorder_mark(run->recorder, time, mark);
		free(mark);
	}
	dissector_admitted(run->dissector, number, time);
}

/* In datagrams: each is a piece of what one end says. */
static void tap_clear(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length)
{
	struct run *run = context;
	uint64_t number = scene_connection(run, connection);
	const uint8_t *at = octets;

	run->tapped++;
	if (!number)
		return;
	const struct connection *ends = &run->connections[number - 1];
	const struct address *source = from_client ? &ends->client : &ends->server;
	const struct address *destination = from_client ? &ends->server : &ends->client;

	for (size_t part; length; at += part, length -= part) {
		part = length < CLEAR_PIECE ? length : CLEAR_PIECE;
		if (room(run, part + RECORDED_EACH, ends))
			run->last_packet = recorder_clear(run->recorder, source, destination, time,
							  at, part);
		dissector_clear(run->dissector, source, destination, time, run->last_packet, at,
				part);
	}
}

static void tap_key(void *context, const char *line)
{
	struct run *run = context;

	if (run->recorder)
		recorder_tls_key(run->recorder, line);
}

const struct tap run_tap = {
	.open = tap_open,
	.wire = tap_wire,
	.plain = tap_plain,
	.end = tap_end,
	.datagram = tap_datagram,
	.packet = tap_packet,
	.ike_key = tap_ike_key,
	.esp_key = tap_esp_key,
	.tls = tap_tls,
	.limit = tap_limit,
	.admitted = tap_admitted,
	.clear = tap_clear,
	.key = tap_key,
};
