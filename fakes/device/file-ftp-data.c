#include "fakes/device/file-ftp.h"

#include "protocols/limits.h"

void ftp_transfer_data_close(struct ftp_transfer *transfer)
{
	listener_close(transfer->listener);
	transfer->listener = NULL;
	stream_close(transfer->data);
	transfer->data = NULL;
}

static void opened(void *context, struct stream *stream)
{
	struct ftp_transfer *transfer = context;
	bool waiting = transfer->private && !stream_tls(stream);

	file_connection_patience(&transfer->control);
	if (transfer->step != STEP_FILE) {
		ftp_transfer_ask(transfer);
		return;
	}
	if (waiting)
		return;
	transfer->data_open = true;
	ftp_transfer_data_send(transfer);
}

static void octets_came(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct ftp_transfer *transfer = context;

	(void)stream;
	if (transfer->put)
		return;
	if (transfer->octets.length + length > LIMIT_FILE_KEPT) {
		ftp_transfer_fail(transfer, 9018, "the file is larger than any configuration file");
		return;
	}
	file_connection_patience(&transfer->control);
	buffer_add(&transfer->octets, octets, length);
}

static void over(void *context, struct stream *stream, enum stream_end how,
		 const struct problem *problem)
{
	struct ftp_transfer *transfer = context;

	(void)stream;
	if (transfer->step != STEP_FILE) {
		ftp_transfer_fail(transfer, 9015, problem->text);
		return;
	}
	stream_close(transfer->data);
	transfer->data = NULL;
	if (transfer->refused) {
		ftp_transfer_fail(transfer, transfer->refused, "the file server broke off");
		return;
	}
	/* TLS without its last word is the rule with FTP; a failed handshake, or a reset, is none. */
	if (how != STREAM_CLOSED || !transfer->data_open) {
		ftp_transfer_fail(transfer, transfer->data_open ? 9017 : 9015,
				  *problem->text ? problem->text
						 : "the data connection was broken off");
		return;
	}
	transfer->data_ended = true;
	ftp_transfer_look(transfer);
}

static const struct stream_events events = { opened, octets_came, over };

void ftp_transfer_data_secure(struct ftp_transfer *transfer)
{
	const struct stream_tls_wish wish = {
		.context = transfer->options.http.tls,
		.client = true,
		.server_name = transfer->url.host,
		.unverified = transfer->options.ftp.unverified,
		.session = transfer->options.ftp.own_sessions ? NULL : transfer->control.stream,
	};

	if (!transfer->data)
		return;
	if (transfer->private)
		stream_start_tls(transfer->data, &wish);
	else
		transfer->data_open = true;
}

void ftp_transfer_data_send(struct ftp_transfer *transfer)
{
	if (!transfer->put || !transfer->begun || !transfer->data || !transfer->data_open)
		return;
	struct stream *data = transfer->data;
	size_t length = transfer->octets.length / (transfer->options.ftp.half ? 2 : 1);

	transfer->data = NULL;
	transfer->data_ended = true;
	stream_write(data, transfer->octets.octets, length);
	stream_close(data);
}

/* The host of the control connection, whatever a reply 227 says (RFC 2577 3). */
void ftp_transfer_data_connect(struct ftp_transfer *transfer, uint16_t port)
{
	const struct http_client_options *http = &transfer->options.http;
	struct address remote = *stream_remote(transfer->control.stream), local = http->local;

	remote.port = port;
	local.port = 0;
	file_connection_patience(&transfer->control);
	transfer->data = stream_connect(http->loop, &local, &remote, NULL, NULL, NULL,
					TRANSPORT_GUESS, &events, transfer);
}

static void accepted(void *context, struct stream *stream)
{
	struct ftp_transfer *transfer = context;

	if (transfer->data || transfer->data_ended ||
	    !address_same_host(stream_remote(stream), stream_remote(transfer->control.stream))) {
		stream_reset(stream);
		return;
	}
	transfer->data = stream;
	stream_set_events(stream, &events, transfer);
	ftp_transfer_data_secure(transfer);
}

void ftp_transfer_data_listen(struct ftp_transfer *transfer)
{
	struct address address = *stream_local(transfer->control.stream);
	struct problem problem = { "" };
	struct buffer text = { 0 };
	bool ipv4 = address.family == 4;

	address.port = 0;
	transfer->listener = listener_new(transfer->options.http.loop, &address, NULL, NULL,
					  TRANSPORT_GUESS, accepted, transfer, &problem);
	if (!transfer->listener) {
		ftp_transfer_fail(transfer, 9010, problem.text);
		return;
	}
	if (ipv4)
		ftp_port_write(&text, listener_address(transfer->listener));
	else
		ftp_eprt_write(&text, listener_address(transfer->listener));
	ftp_transfer_command(transfer, STEP_PORT, ipv4 ? "PORT" : "EPRT", buffer_text(&text));
	buffer_free(&text);
}
