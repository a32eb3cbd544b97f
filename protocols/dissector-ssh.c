#include "protocols/dissector-ssh.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"

void dissector_ssh_begin(struct connection *connection)
{
	if (connection->ssh)
		return;
	connection->ssh = memory_new(sizeof(*connection->ssh));
	connection->ssh->size = -1;
	connection->streams[0].reading = connection->streams[1].reading = READING_SSH;
}

void dissector_ssh_feed(struct dissector *dissector, const struct moment *moment,
			const uint8_t *octets, size_t length)
{
	struct connection *connection = moment->connection;
	struct ssh_talk *talk = connection->ssh;
	struct ssh_host_key key;
	int result;

	if (talk->keyed || moment->from_client)
		return;
	result = ssh_server_feed(&talk->server, octets, length, &key);
	if (result == 0)
		return;
	talk->keyed = true;
	ssh_server_clear(&talk->server);
	if (result > 0)
		dissector_give(dissector, moment,
			       file_message_host_key(key.algorithm, key.fingerprint));
}

void dissector_ssh_end(struct dissector *dissector, const struct moment *moment, enum stream_end how)
{
	struct ssh_talk *talk = moment->connection->ssh;

	if (how == STREAM_LOST)
		talk->keyed = true; /* nothing can be read from the middle on */
	else if (how == STREAM_RESET || !moment->connection->streams[!moment->from_client].ended)
		dissector_sftp_end(dissector, moment, !moment->from_client);
}

/* --- what it says behind its encryption --- */

static void read_packet(struct dissector *dissector, const struct moment *moment,
			struct octets octets)
{
	struct sftp_packet packet;

	if (sftp_read(octets, &packet, NULL) == 0)
		dissector_sftp_packet(dissector, moment, &packet);
}

static void read_clear(struct dissector *dissector, const struct moment *moment,
		       const void *octets, size_t length)
{
	struct ssh_talk *talk = moment->connection->ssh;
	struct buffer *held = &talk->clear[moment->from_client];
	struct octets stream, packet;
	int taken;

	buffer_add(held, octets, length);
	stream = octets_of(held->octets, held->length);
	while ((taken = sftp_take(&stream, &packet)) > 0)
		read_packet(dissector, moment, packet);
	buffer_consume(held, held->length - stream.length);
	talk->broken = taken < 0;
}

/* The newest connection between the two, whoever opened it; whatever side of the network it was seen
 * on. */
static struct connection *between(struct dissector *dissector, const struct address *source,
				  const struct address *destination)
{
	struct connection *at = dissector->newest;

	while (at && !(address_same(&at->client, source) && address_same(&at->server, destination)) &&
	       !(address_same(&at->server, source) && address_same(&at->client, destination)))
		at = at->older;
	return at;
}

void dissector_clear(struct dissector *dissector, const struct address *source,
		     const struct address *destination, int64_t time, uint64_t packet,
		     const void *octets, size_t length)
{
	struct connection *connection = between(dissector, source, destination);

	if (!connection || !connection->ssh || connection->ssh->broken)
		return;
	const struct moment moment = {
		.connection = connection,
		.from_client = address_same(&connection->client, source),
		.time = time, .first_packet = packet, .last_packet = packet,
	};

	read_clear(dissector, &moment, octets, length);
}

void dissector_ssh_free(struct ssh_talk *talk)
{
	if (!talk)
		return;
	ssh_server_clear(&talk->server);
	buffer_free(&talk->clear[0]);
	buffer_free(&talk->clear[1]);
	dissector_sftp_clear(talk);
	free(talk->user);
	free(talk->size_of);
	free(talk);
}
