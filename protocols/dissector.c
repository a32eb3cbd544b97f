#include "protocols/dissector.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/dissector-parts.h"
#include "protocols/dns.h"
#include "protocols/esp.h"
#include "protocols/ftp.h"
#include "protocols/ikev2.h"
#include "protocols/sctp-read.h"
#include "protocols/ssh.h"
#include "protocols/memory.h"

#define DNS_PORT 53

struct dissector *dissector_new(dissector_sink sink, void *context)
{
	struct dissector *dissector = memory_new(sizeof(*dissector));

	dissector->sink = sink;
	dissector->context = context;
	dissector->sessions.deadline = INT64_MAX;
	dissector->buckets = memory_new(CONNECTION_BUCKETS * sizeof(*dissector->buckets));
	return dissector;
}

static struct connection **bucket_of(struct dissector *dissector, uint64_t number)
{
	return &dissector->buckets[number % CONNECTION_BUCKETS];
}

struct connection *dissector_connection(struct dissector *dissector, uint64_t number)
{
	struct connection *connection = *bucket_of(dissector, number);

	while (connection && connection->number != number)
		connection = connection->chain;
	return connection;
}

static void stream_clear(struct dissector *dissector, struct stream *stream)
{
	dissector->unfinished -= stream->unfinished;
	http_parser_free(stream->parser);
	stream->parser = NULL;
	buffer_free(&stream->held);
}

static void tls_clear(struct connection *connection)
{
	char **text;

	for (text = connection->tls; text && *text; text++)
		free(*text);
	free(connection->tls);
	connection->tls = NULL;
}

static void connection_unlink(struct dissector *dissector, struct connection *connection)
{
	struct connection **link = bucket_of(dissector, connection->number);

	while (*link != connection)
		link = &(*link)->chain;
	*link = connection->chain;
	if (connection->newer)
		connection->newer->older = connection->older;
	else
		dissector->newest = connection->older;
	if (connection->older)
		connection->older->newer = connection->newer;
	else
		dissector->oldest = connection->newer;
	dissector->connection_count--;
}

static void connection_free(struct dissector *dissector, struct connection *connection)
{
	struct exchange *exchange, *next;

	connection_unlink(dissector, connection);
	if (connection->veiled)
		dissector_veiled(dissector, connection);
	stream_clear(dissector, &connection->streams[0]);
	stream_clear(dissector, &connection->streams[1]);
	for (exchange = connection->first; exchange; exchange = next) {
		next = exchange->next;
		dissector_request_forgotten(dissector, exchange, connection->lossy);
		exchange_free(exchange);
	}
	cwmp_session_drop(connection->session);
	dissector_ftp_free(connection->ftp);
	dissector_ssh_free(connection->ssh);
	tls_clear(connection);
	free(connection);
}

void dissector_free(struct dissector *dissector)
{
	if (!dissector)
		return;
	while (dissector->oldest)
		connection_free(dissector, dissector->oldest);
	while (dissector->sessions.first)
		cwmp_session_close(&dissector->sessions, dissector->sessions.first);
	cwmp_sessions_clear(&dissector->sessions);
	free(dissector->buckets);
	free(dissector->listeners);
	free(dissector->devices);
	dissector_ipsec_free(dissector);
	dissector_sctp_free(dissector);
	dissector_ftp_forget(dissector);
	free(dissector);
}

void dissector_listener(struct dissector *dissector, const struct address *server,
			enum transport transport, bool connection_requests)
{
	struct listener *listener;
	size_t index;

	for (index = 0; index < dissector->listener_count; index++)
		if (address_same(&dissector->listeners[index].server, server))
			break;
	if (index == LIMIT_DISSECTOR_LISTENERS)
		return;
	if (index == dissector->listener_count) {
		dissector->listeners = memory_resize(dissector->listeners, index + 1,
						     sizeof(*dissector->listeners));
		dissector->listener_count++;
	}
	listener = &dissector->listeners[index];
	listener->server = *server;
	listener->transport = transport;
	listener->connection_requests = connection_requests;
}

/* The listener of an address; one with port 0 stands for every port of its host. */
static const struct listener *listener_find(const struct dissector *dissector,
					    const struct address *server)
{
	const struct listener *any = NULL;
	size_t index;

	for (index = 0; index < dissector->listener_count; index++) {
		const struct listener *listener = &dissector->listeners[index];

		if (!address_same_host(&listener->server, server))
			continue;
		if (listener->server.port == server->port)
			return listener;
		if (!listener->server.port)
			any = listener;
	}
	return any;
}

static enum reading reading_of(enum transport transport, const struct address *server)
{
	switch (transport) {
	case TRANSPORT_HTTP:
	case TRANSPORT_FILES:
		return READING_HTTP;
	case TRANSPORT_DNS:
		return READING_DNS;
	case TRANSPORT_FTP:
		return READING_FTP;
	case TRANSPORT_SFTP:
		return READING_SSH;
	case TRANSPORT_OPAQUE:
	case TRANSPORT_IKE:
		return READING_NOTHING;
	default:
		return server->port == DNS_PORT	 ? READING_DNS
		       : server->port == SSH_PORT ? READING_SSH
		       : server->port == FTP_PORT || server->port == FTPS_PORT ? READING_FTP
									      : READING_SEEK;
	}
}

uint64_t dissector_open(struct dissector *dissector, const struct address *client,
			const struct address *server, int64_t time)
{
	const struct listener *listener = listener_find(dissector, server);
	enum transport transport = listener ? listener->transport : TRANSPORT_GUESS;
	struct connection *connection, **bucket;

	if (dissector->connection_count == LIMIT_DISSECTOR_CONNECTIONS)
		connection_free(dissector, dissector->oldest);
	connection = memory_new(sizeof(*connection));
	connection->number = ++dissector->opened;
	connection->client = *client;
	connection->server = *server;
	connection->client_left = LEFT_NOT;
	connection->opened = time;
	connection->connection_requests = listener && listener->connection_requests;
	connection->files = transport == TRANSPORT_FILES;
	connection->guessed = transport == TRANSPORT_GUESS;
	connection->streams[0].reading = reading_of(transport, server);
	connection->streams[1].reading = connection->streams[0].reading;
	bucket = bucket_of(dissector, connection->number);
	connection->chain = *bucket;
	*bucket = connection;
	connection->older = dissector->newest;
	if (dissector->newest)
		dissector->newest->newer = connection;
	else
		dissector->oldest = connection;
	dissector->newest = connection;
	dissector->connection_count++;
	if (connection->streams[0].reading == READING_FTP)
		dissector_ftp_control(connection);
	else if (connection->streams[0].reading == READING_SSH)
		dissector_ssh_begin(connection);
	else if (!listener || !listener->server.port)
		dissector_ftp_opened(dissector, connection);
	return connection->number;
}

void dissector_set_told(struct dissector *dissector)
{
	dissector->told = true;
}

static void admitted(struct dissector *dissector, struct connection *connection, int64_t time)
{
	const struct moment moment = { connection, true, time, 0, 0 };

	dissector_file_admit(dissector, &moment);
}

void dissector_admitted(struct dissector *dissector, uint64_t number, int64_t time)
{
	struct connection *connection = dissector_connection(dissector, number);

	if (connection)
		admitted(dissector, connection, time);
}

void dissector_admitted_between(struct dissector *dissector, const struct address *client,
				const struct address *server, int64_t time)
{
	struct connection *connection = dissector->newest;

	while (connection && (!address_same(&connection->client, client) ||
			      !address_same(&connection->server, server)))
		connection = connection->older;
	if (connection)
		admitted(dissector, connection, time);
}

void dissector_tls(struct dissector *dissector, uint64_t number, const char *const *attributes)
{
	struct connection *connection = dissector_connection(dissector, number);
	size_t count = 0, index;

	if (!connection)
		return;
	tls_clear(connection);
	while (attributes[count])
		count++;
	connection->tls = memory_new((count + 1) * sizeof(*connection->tls));
	for (index = 0; index < count; index++)
		connection->tls[index] = memory_text(attributes[index]);
}

void dissector_set_one_sided(struct dissector *dissector, bool one_sided)
{
	dissector->one_sided = one_sided;
}

void dissector_tell(struct dissector *dissector, struct message *message)
{
	bool inside = message_is_inside(message);
	const char *tunnel = inside ? NULL
				    : dissector_ipsec_tunnel(dissector, &message->source);

	if (dissector->one_sided && !inside && !tunnel &&
	    !dissector_ipsec_tunnel(dissector, &message->destination))
		message_attribute(message->body->parent, "path", "unknown");
	message_set_path(message);
	if (tunnel && message->connection)
		message_attribute(message->body->parent, "tunnel", "%s", tunnel);
	pm_past_look(&dissector->measurements, message);
	if (!strcmp(message->name, "Download"))
		dissector_file_ordered(dissector, message);
	dissector->sink(dissector->context, message);
}

void dissector_give(struct dissector *dissector, const struct moment *moment,
		    struct message *message)
{
	const struct connection *connection = moment->connection;
	xmlNode *facet;
	char **text;

	message->time = moment->time;
	message->source = moment->from_client ? connection->client : connection->server;
	message->destination = moment->from_client ? connection->server : connection->client;
	message->connection = connection->number;
	message->first_packet = moment->first_packet;
	message->last_packet = moment->last_packet;
	facet = message_facet(message, "tcp");
	message_number(facet, "connection", connection->number);
	if (connection->tls) {
		facet = message_facet(message, "tls");
		for (text = connection->tls; text[0] && text[1]; text += 2)
			message_attribute(facet, text[0], "%s", text[1]);
	}
	dissector_tell(dissector, message);
}

void dissector_octets(struct dissector *dissector, uint64_t number, bool from_client, int64_t time,
		      uint64_t packet, const void *octets, size_t length)
{
	struct connection *connection = dissector_connection(dissector, number);
	struct moment moment = {connection, from_client, time, packet, packet};

	if (!connection || !length || connection->streams[from_client].ended)
		return;
	switch (connection->streams[from_client].reading) {
	case READING_DNS:
		dissector_dns_feed(dissector, &moment, octets, length);
		break;
	case READING_FTP:
		dissector_ftp_feed(dissector, &moment, octets, length);
		break;
	case READING_FTP_DATA:
		dissector_ftp_data(dissector, &moment, octets, length);
		break;
	case READING_SSH:
		dissector_ssh_feed(dissector, &moment, octets, length);
		break;
	case READING_NOTHING:
		break;
	default:
		dissector_http_feed(dissector, &moment, octets, length);
		break;
	}
}

void dissector_end(struct dissector *dissector, uint64_t number, bool from_client, int64_t time,
		   uint64_t packet, enum stream_end how)
{
	struct connection *connection = dissector_connection(dissector, number);
	struct moment moment = {connection, from_client, time, packet, packet};

	if (!connection || connection->streams[from_client].ended)
		return;
	if (how != STREAM_LOST && from_client && !connection->streams[0].ended)
		connection->client_left = time;
	if (connection->ftp)
		dissector_ftp_end(dissector, &moment, how);
	else if (connection->control)
		dissector_ftp_data_end(dissector, &moment, how);
	else if (connection->ssh)
		dissector_ssh_end(dissector, &moment, how);
	else
		dissector_http_end(dissector, &moment, how);
	if (how == STREAM_LOST) {
		connection->lossy = true;
		return;
	}
	dissector_cwmp_left(dissector, connection, time, packet);
	connection->streams[from_client].ended = true;
	if (how == STREAM_RESET || connection->streams[!from_client].ended)
		connection_free(dissector, connection);
}

/* Does an IKE end listen there? listener: what is known of it, or NULL. */
static bool is_ike(const struct listener *listener, const struct address *address)
{
	if (listener)
		return listener->transport == TRANSPORT_IKE;
	return address->port == IKEV2_PORT || address->port == IKEV2_NAT_PORT;
}

void dissector_datagram(struct dissector *dissector, const struct address *source,
			const struct address *destination, int64_t time, uint64_t packet,
			const void *octets, size_t length)
{
	const struct listener *there = listener_find(dissector, destination);
	const struct listener *here = listener_find(dissector, source);
	bool known = (there && there->transport == TRANSPORT_DNS) ||
		     (here && here->transport == TRANSPORT_DNS);
	bool ike = is_ike(there, destination) || is_ike(here, source);
	struct message *message;

	if (ike && !known) {
		dissector_ipsec_datagram(dissector, source, destination, time, packet, octets,
					 length);
		return;
	}
	if (!known && source->port != DNS_PORT && destination->port != DNS_PORT)
		return;
	message = dns_message_decode(octets, length, "udp");
	message->time = time;
	message->source = *source;
	message->destination = *destination;
	message->first_packet = packet;
	message->last_packet = packet;
	dissector_tell(dissector, message);
}

void dissector_packet(struct dissector *dissector, const struct address *source,
		      const struct address *destination, uint8_t protocol, int64_t time,
		      uint64_t packet, const void *octets, size_t length)
{
	if (protocol == ESP_PROTOCOL)
		dissector_ipsec_packet(dissector, source, destination, time, packet, octets,
				       length);
	else if (protocol == SCTP_PROTOCOL)
		dissector_sctp_packet(dissector, source, destination, time, packet, octets,
				      length);
}

int64_t dissector_deadline(const struct dissector *dissector)
{
	return dissector->sessions.deadline;
}

void dissector_time(struct dissector *dissector, int64_t now)
{
	if (now >= dissector->sessions.deadline)
		dissector_cwmp_time(dissector, now);
}

void dissector_finish(struct dissector *dissector, int64_t time)
{
	struct connection *connection, *newer;

	dissector_time(dissector, time);
	for (connection = dissector->oldest; connection; connection = newer) {
		uint64_t number = connection->number;

		newer = connection->newer;
		for (int from_client = 1; from_client >= 0; from_client--) {
			struct moment moment = {connection, from_client, time, 0, 0};

			if (dissector_connection(dissector, number) == connection &&
			    !connection->streams[from_client].ended)
				dissector_http_cut(dissector, &moment, "the input ended");
		}
	}
	while (dissector->oldest)
		connection_free(dissector, dissector->oldest);
	dissector_cwmp_finish(dissector);
}
