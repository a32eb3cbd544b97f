#include "fakes/device/file-connection.h"

#define PATIENCE SECONDS(60)         /* for an answer, or the next octets */
#define CONNECT_PATIENCE SECONDS(10) /* then the next address is tried */

static void try_address(struct file_connection *connection);

static void stop_timer(struct file_connection *connection)
{
	loop_cancel(connection->timer);
	connection->timer = NULL;
}

static void hang_up(struct file_connection *connection)
{
	stop_timer(connection);
	stream_close(connection->stream);
	connection->stream = NULL;
}

static void silent(void *context)
{
	struct file_connection *connection = context;

	connection->timer = NULL;
	connection->events->over(connection->context, "the file server is silent");
}

void file_connection_patience(struct file_connection *connection)
{
	stop_timer(connection);
	connection->timer = loop_after(connection->http->loop, PATIENCE, silent, connection);
}

static void opened(void *context, struct stream *stream)
{
	struct file_connection *connection = context;

	(void)stream;
	connection->connected = true;
	file_connection_patience(connection);
	connection->events->opened(connection->context);
}

static void octets_came(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct file_connection *connection = context;

	(void)stream;
	connection->events->octets(connection->context, octets, length);
}

static void lost(struct file_connection *connection, const char *why)
{
	if (!connection->connected && connection->address + 1 < connection->addresses.count) {
		connection->address++;
		hang_up(connection);
		try_address(connection);
		return;
	}
	connection->events->over(connection->context, why);
}

static void ended(void *context, struct stream *stream, enum stream_end how,
		  const struct problem *problem)
{
	(void)stream;
	(void)how;
	lost(context, *problem->text ? problem->text : "the file server closed the connection");
}

static void connect_late(void *context)
{
	struct file_connection *connection = context;

	connection->timer = NULL;
	lost(connection, "no connection could be opened in time");
}

static void try_address(struct file_connection *connection)
{
	static const struct stream_events events = { opened, octets_came, ended };
	const struct http_client_options *http = connection->http;
	struct address remote = connection->addresses.addresses[connection->address];
	struct address local = http->local;

	remote.port = connection->port;
	local.port = 0;
	connection->stream = stream_connect(http->loop, &local, &remote, NULL, NULL, NULL,
					    connection->transport, &events, connection);
	if (connection->events->connecting)
		connection->events->connecting(connection->context);
	stop_timer(connection);
	connection->timer = loop_after(http->loop, CONNECT_PATIENCE, connect_late, connection);
}

static void resolved(void *context, const struct resolver_answer *answer,
		     const struct problem *problem)
{
	struct file_connection *connection = context;

	connection->lookup = NULL;
	if (!answer) {
		connection->events->over(connection->context, problem->text);
		return;
	}
	connection->addresses = *answer;
	try_address(connection);
}

void file_connection_begin(struct file_connection *connection, const char *host)
{
	const struct http_client_options *http = connection->http;

	connection->lookup = resolver_ask(http->loop, http->dns_local.family ? &http->dns_local
									     : &http->local,
					  &http->dns, host, &http->way, http->random, resolved,
					  connection);
}

void file_connection_close(struct file_connection *connection)
{
	hang_up(connection);
	resolver_cancel(connection->lookup);
	connection->lookup = NULL;
}
