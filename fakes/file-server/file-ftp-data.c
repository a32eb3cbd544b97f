#include "fakes/file-server/file-ftp.h"

#include <stdlib.h>

#include "protocols/memory.h"

/* The bench is told who is at that port: at an IPv6 host of many roles the port tells them apart. */
static void lend(struct ftp_session *session, const struct address *address)
{
	const struct file_server *server = session->ftp->server;

	session->data.lent = *address;
	bench_lend(server->stage->bench, server->role, address);
}

static void return_lent(struct ftp_session *session)
{
	struct ftp_data *data = &session->data;

	if (data->lent.family)
		bench_return(session->ftp->server->stage->bench, &data->lent);
	data->lent = (struct address){ .family = 0 };
}

void ftp_data_close(struct ftp_session *session, bool reset)
{
	struct ftp_data *data = &session->data;
	struct stream *stream = data->stream;

	data->stream = NULL;
	listener_close(data->listener);
	data->listener = NULL;
	if (reset && stream)
		stream_reset(stream);
	else
		stream_close(stream);
	return_lent(session);
	data->open = data->ended = data->reset = false;
	data->active = (struct address){ .family = 0 };
	buffer_clear(&data->early);
}

bool ftp_data_announced(const struct ftp_session *session)
{
	const struct ftp_data *data = &session->data;

	return data->listener || data->stream || data->active.family;
}

/* --- the stream --- */

static void data_opened(void *context, struct stream *stream)
{
	struct ftp_session *session = context;

	(void)stream;
	ftp_session_hold(session);
	session->data.open = true;
	ftp_errand_open(session);
	ftp_session_release(session);
}

static void data_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct ftp_session *session = context;

	(void)stream;
	ftp_session_hold(session);
	session->used = loop_now(session->ftp->server->stage->loop);
	if (session->errand.flowing)
		ftp_errand_octets(session, octets, length);
	else if (session->data.early.length + length <= LIMIT_FTP_WAITING)
		buffer_add(&session->data.early, octets, length);
	else
		ftp_data_close(session, true);
	ftp_session_release(session);
}

static void data_ended(void *context, struct stream *stream, enum stream_end how,
		       const struct problem *problem)
{
	struct ftp_session *session = context;
	struct ftp_data *data = &session->data;

	(void)problem; /* also a TLS that ended without a word: that is usual with FTP */
	ftp_session_hold(session);
	data->ended = true;
	data->reset = how != STREAM_CLOSED || !data->open;
	if (data->stream == stream)
		ftp_errand_ended(session);
	ftp_session_release(session);
}

/* RFC 4217 7: the FTP server is TLS's, whoever connected. */
static void adopt(struct ftp_session *session, struct stream *stream)
{
	static const struct stream_events events = { data_opened, data_octets, data_ended };

	session->data.stream = stream;
	stream_set_events(stream, &events, session);
	if (session->private && stream_tls(session->stream)) {
		const struct stream_tls_wish wish = {
			.context = SSL_get_SSL_CTX(stream_tls(session->stream)),
			.session = session->stream,
		};

		stream_start_tls(stream, &wish);
	}
}

/* --- passive --- */

static void accepted(void *context, struct stream *stream)
{
	struct ftp_session *session = context;
	struct ftp_data *data = &session->data;

	/* Nobody else takes the place of the client (RFC 2577 5). */
	if (data->stream || !address_same_host(stream_remote(stream), &session->remote)) {
		stream_reset(stream);
		return;
	}
	ftp_session_hold(session);
	adopt(session, stream);
	ftp_errand_connected(session);
	ftp_session_release(session);
}

const struct address *ftp_data_listen(struct ftp_session *session)
{
	const struct stage *stage = session->ftp->server->stage;
	struct ftp_data *data = &session->data;
	struct address address = *stream_local(session->stream);

	ftp_data_close(session, false);
	address.port = 0;
	data->listener = listener_new(stage->loop, &address, NULL, stage->tap, TRANSPORT_GUESS,
				      accepted, session, NULL);
	if (!data->listener)
		return NULL;
	lend(session, listener_address(data->listener));
	return listener_address(data->listener);
}

/* --- active --- */

void ftp_data_active(struct ftp_session *session, const struct address *address)
{
	ftp_data_close(session, false);
	session->data.active = *address;
}

void ftp_data_connect(struct ftp_session *session)
{
	const struct stage *stage = session->ftp->server->stage;
	struct address local = *stream_local(session->stream);
	struct stream *stream;

	local.port = 0;
	stream = stream_connect(stage->loop, &local, &session->data.active, NULL, NULL, stage->tap,
				TRANSPORT_GUESS, NULL, NULL);
	lend(session, stream_local(stream));
	adopt(session, stream);
}
