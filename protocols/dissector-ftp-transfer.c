#include "protocols/dissector-ftp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/limits.h"
#include "protocols/memory.h"

struct expectation { /* a data connection to come */
	uint64_t control; /* the connection; 0 = none */
	struct address address;
	struct address host; /* where it goes, too, when an address was translated on its way */
	bool passive;
};

struct dissector_ftp {
	struct expectation expected[LIMIT_DISSECTOR_DATA];
	size_t next;
};

/* --- data connections --- */

static void clear_channel(struct ftp_channel *channel)
{
	file_contents_free(channel->contents[0]);
	file_contents_free(channel->contents[1]);
	*channel = (struct ftp_channel){ .number = 0 };
}

void dissector_ftp_announce(struct dissector *dissector, const struct moment *moment,
			    const struct address *address, bool passive)
{
	struct connection *connection = moment->connection;
	struct dissector_ftp *ftp = dissector->ftp;

	if (!ftp)
		ftp = dissector->ftp = memory_new(sizeof(*ftp));
	if (connection->ftp->transfer.code || passive) /* what ended the one before was not seen */
		dissector_ftp_settle(dissector, moment, true);
	clear_channel(&connection->ftp->channel);
	for (size_t i = 0; i < LIMIT_DISSECTOR_DATA; i++) /* another one will not come any more */
		if (ftp->expected[i].control == connection->number)
			ftp->expected[i].control = 0;
	ftp->expected[ftp->next++ % LIMIT_DISSECTOR_DATA] = (struct expectation){
		.control = connection->number,
		.address = *address,
		.host = passive ? connection->server : connection->client,
		.passive = passive,
	};
}

static bool leads_there(const struct expectation *expected, const struct address *server)
{
	return expected->control && expected->address.port == server->port &&
	       (address_same_host(&expected->address, server) ||
		address_same_host(&expected->host, server));
}

void dissector_ftp_opened(struct dissector *dissector, struct connection *connection)
{
	struct dissector_ftp *ftp = dissector->ftp;

	for (size_t i = 0; ftp && i < LIMIT_DISSECTOR_DATA; i++) {
		struct expectation *expected = &ftp->expected[i];
		struct connection *control;

		if (!leads_there(expected, &connection->server))
			continue;
		control = dissector_connection(dissector, expected->control);
		if (control && control->ftp) {
			connection->control = expected->control;
			connection->passive = expected->passive;
			connection->streams[0].reading = READING_FTP_DATA;
			connection->streams[1].reading = READING_FTP_DATA;
			control->ftp->channel.number = connection->number;
		}
		expected->control = 0;
		return;
	}
}

/* The control connection that this data connection belongs to now; NULL = none any more. */
static struct connection *control_of(struct dissector *dissector,
				     const struct connection *connection)
{
	struct connection *control = dissector_connection(dissector, connection->control);

	return control && control->ftp && control->ftp->channel.number == connection->number
		       ? control : NULL;
}

void dissector_ftp_data(struct dissector *dissector, const struct moment *moment,
			const uint8_t *octets, size_t length)
{
	struct connection *control = control_of(dissector, moment->connection);
	bool from_client = moment->from_client == moment->connection->passive;
	struct ftp_channel *channel;

	if (!control)
		return;
	channel = &control->ftp->channel;
	channel->secure = moment->connection->tls != NULL;
	if (!channel->contents[from_client]) {
		channel->contents[from_client] = file_contents_new();
		channel->first_packet[from_client] = moment->first_packet;
	}
	channel->last_packet[from_client] = moment->last_packet;
	file_contents_add(channel->contents[from_client], octets, length);
}

void dissector_ftp_data_end(struct dissector *dissector, const struct moment *moment,
			    enum stream_end how)
{
	struct connection *control = control_of(dissector, moment->connection);
	struct moment here = *moment;
	struct ftp_channel *channel;

	if (!control)
		return;
	channel = &control->ftp->channel;
	channel->secure = moment->connection->tls != NULL;
	channel->lost = channel->lost || how == STREAM_LOST;
	channel->reset = channel->reset || how == STREAM_RESET;
	if (how == STREAM_CLOSED)
		channel->ended[moment->from_client == moment->connection->passive] = true;
	here.connection = control;
	dissector_ftp_settle(dissector, &here, false);
}

/* --- transfers --- */

static void clear_transfer(struct ftp_transfer *transfer)
{
	free(transfer->path);
	free(transfer->text);
	*transfer = (struct ftp_transfer){ .on = false };
}

/* The next transfer has a data connection of its own. */
void dissector_ftp_clear(struct ftp_control *control)
{
	clear_transfer(&control->transfer);
	clear_channel(&control->channel);
}

void dissector_ftp_forget(struct dissector *dissector)
{
	free(dissector->ftp);
}

/* How the file is to be transferred: its type (A is RFC 959's 5.1 own), and by TLS whether the data are
 * to be private (C is RFC 4217's own). Of what was agreed on unseen nothing is told. */
static void note_agreement(struct message *message, const struct connection *connection)
{
	const struct ftp_control *control = connection->ftp;

	if (control->typed || !control->partial)
		message_attribute(message->body, "type", "%s", control->image ? "I" : "A");
	if (connection->tls && (control->private || !control->partial))
		message_attribute(message->body, "protected", "%s",
				  control->private ? "true" : "false");
}

void dissector_ftp_begin(struct dissector *dissector, const struct moment *moment,
			 const struct ftp_command *command)
{
	struct ftp_control *control = moment->connection->ftp;
	struct ftp_transfer *transfer = &control->transfer;

	dissector_ftp_settle(dissector, moment, true);
	clear_transfer(transfer);
	transfer->on = true;
	transfer->append = !strcmp(command->verb, "APPE");
	transfer->put = transfer->append || !strncmp(command->verb, "STO", 3);
	transfer->list = !transfer->put && strcmp(command->verb, "RETR") != 0;
	memory_place(transfer->method, sizeof(transfer->method), command->verb);
	transfer->path = ftp_path(control->folder ? control->folder : "/", command->argument);
	transfer->offset = control->rest;
	transfer->announced = -1;
	control->rest = 0;
	if (transfer->list)
		return;
	if (!transfer->put && control->size_of && !strcmp(control->size_of, transfer->path))
		transfer->announced = control->size;
	const struct file_request request = dissector_ftp_request(moment->connection);
	struct message *message =
		transfer->put ? file_message_put(&request) : file_message_get(&request);

	note_agreement(message, moment->connection);
	dissector_give(dissector, moment, message);
}

/* What a reply means; only RFC 959 5.4 and the words say which 550 it is. */
static enum file_outcome outcome_of(const struct ftp_transfer *transfer)
{
	const char *text = transfer->text ? transfer->text : "";

	switch (transfer->code) {
	case 0:
	case 426:
		return FILE_CUT;
	case 530:
	case 532:
		return FILE_LOGIN;
	case 452:
	case 552:
		return FILE_FULL;
	case 553:
		return FILE_NO_PERMISSION;
	case 450:
	case 550:
		if (strcasestr(text, "permission") || strcasestr(text, "denied"))
			return FILE_NO_PERMISSION;
		return transfer->put && !strcasestr(text, "no such") ? FILE_NO_PERMISSION
								     : FILE_NOT_FOUND;
	default:
		return transfer->code < 400 ? FILE_OK : FILE_FAILED;
	}
}

/* A client may wait with TLS until the server says 150: where that never came, and nothing went,
 * nobody knows how the data would have gone. */
static void note_protection(struct message *message, const struct ftp_control *control)
{
	const struct ftp_channel *channel = &control->channel;
	bool went = control->transfer.begun || channel->contents[0] || channel->contents[1];

	if (channel->number && (channel->secure || went))
		message_attribute(message->body, "protected", "%s",
				  channel->secure ? "true" : "false");
}

/* Gives it out, with the packets of the data too. */
static void give(struct dissector *dissector, const struct moment *moment, bool from_client,
		 struct message *message)
{
	const struct ftp_channel *channel = &moment->connection->ftp->channel;
	uint64_t first = channel->first_packet[from_client];
	struct moment saying = *moment;

	saying.from_client = from_client;
	if (first && first < saying.first_packet)
		saying.first_packet = first;
	if (channel->last_packet[from_client] > saying.last_packet)
		saying.last_packet = channel->last_packet[from_client];
	dissector_give(dissector, &saying, message);
}

static bool refused(const struct ftp_transfer *transfer)
{
	return transfer->code >= 400;
}

/* What came of a put: when the data are at their end, or nobody wants more of them. */
static void tell_contents(struct dissector *dissector, const struct moment *moment, bool over)
{
	struct ftp_control *control = moment->connection->ftp;
	struct ftp_channel *channel = &control->channel;
	bool ended = channel->ended[1] || channel->reset;

	if (control->transfer.told || !channel->number ||
	    !(ended || over || (refused(&control->transfer) && channel->contents[1])))
		return;
	control->transfer.told = true;
	if (channel->lost || (!channel->contents[1] && refused(&control->transfer)))
		return;
	struct file_contents *empty = channel->contents[1] ? NULL : file_contents_new();
	const struct file_request request = dissector_ftp_request(moment->connection);
	bool whole = channel->ended[1] && !channel->reset;
	struct message *message = file_message_contents(
		&request, empty ? empty : channel->contents[1], whole, -1);

	file_contents_free(empty);
	note_protection(message, control);
	give(dissector, moment, true, message);
}

static void tell_put(struct dissector *dissector, const struct moment *moment, bool over)
{
	struct ftp_control *control = moment->connection->ftp;
	struct ftp_transfer *transfer = &control->transfer;

	tell_contents(dissector, moment, over);
	if (!over && (!transfer->code || (!refused(transfer) && control->channel.number &&
					  !transfer->told)))
		return;
	if (transfer->code) {
		const struct file_request request = dissector_ftp_request(moment->connection);
		const struct file_answer answer = { outcome_of(transfer), transfer->code,
						    transfer->text };
		struct moment saying = *moment;

		saying.from_client = false;
		dissector_give(dissector, &saying, file_message_put_response(&request, &answer));
	}
	dissector_ftp_clear(control);
}

static void tell_get(struct dissector *dissector, const struct moment *moment, bool over)
{
	struct ftp_control *control = moment->connection->ftp;
	struct ftp_transfer *transfer = &control->transfer;
	struct ftp_channel *channel = &control->channel;
	bool ended = channel->ended[0] || channel->reset;

	if (!over && (!transfer->code || (!refused(transfer) && channel->number && !ended)))
		return;
	const struct file_request request = dissector_ftp_request(moment->connection);
	const struct file_answer answer = { outcome_of(transfer), transfer->code, transfer->text };
	bool whole = transfer->code && !refused(transfer) && channel->ended[0] && !channel->reset;

	if (!channel->contents[0] && whole)
		channel->contents[0] = file_contents_new(); /* an empty file */
	struct message *message = file_message_get_response(
		&request, &answer, channel->lost ? NULL : channel->contents[0], whole,
		transfer->announced);

	note_protection(message, control);
	give(dissector, moment, false, message);
	dissector_ftp_clear(control);
}

void dissector_ftp_settle(struct dissector *dissector, const struct moment *moment, bool over)
{
	struct ftp_control *control = moment->connection->ftp;
	struct ftp_transfer *transfer = &control->transfer;

	if (!transfer->on)
		return;
	if (transfer->list && (transfer->code || over))
		dissector_ftp_clear(control);
	else if (transfer->put && !transfer->list)
		tell_put(dissector, moment, over);
	else if (!transfer->list)
		tell_get(dissector, moment, over);
}
