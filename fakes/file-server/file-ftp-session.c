/*
 * A control connection of FTP. While an errand is under way only ABOR is heard (RFC 959 4.1.3); other
 * lines wait.
 */
#include "fakes/file-server/file-ftp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"

static void idle_over(void *context);

void ftp_session_hold(struct ftp_session *session)
{
	session->busy++;
}

void ftp_session_release(struct ftp_session *session)
{
	if (--session->busy || !session->dead)
		return;
	ftp_errand_clear(session);
	ftp_lines_clear(&session->lines);
	buffer_free(&session->waiting);
	buffer_free(&session->data.early);
	free(session->user);
	free(session->folder);
	free(session->from);
	free(session);
}

void ftp_session_close(struct ftp_session *session, bool reset)
{
	struct stream *stream = session->stream;

	if (session->dead)
		return;
	ftp_session_hold(session);
	session->dead = true;
	session->stream = NULL;
	*session->link = session->next;
	if (session->next)
		session->next->link = session->link;
	session->ftp->session_count--;
	loop_cancel(session->turn);
	loop_cancel(session->idle);
	ftp_errand_clear(session);
	ftp_data_close(session, reset);
	if (reset)
		stream_reset(stream);
	else
		stream_close(stream);
	ftp_session_release(session);
}

void ftp_session_reply(struct ftp_session *session, int code, const char *format, ...)
{
	struct buffer out = { 0 };
	char text[1024];
	va_list arguments;

	if (session->dead || session->mute)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	ftp_reply_write(&out, code, text);
	stream_write(session->stream, out.octets, out.length);
	buffer_free(&out);
}

void ftp_session_start_tls(struct ftp_session *session)
{
	const struct stream_tls_wish wish = {
		.choose = fake_tls_choose,
		.choose_context = &session->ftp->server->tls,
		.resumable = true,
	};

	session->secure = true;
	loop_cancel(session->idle);
	session->idle = loop_after(session->ftp->server->stage->loop, session->ftp->handshake,
				   idle_over, session);
	stream_start_tls(session->stream, &wish);
}

/* --- lines --- */

static bool is_busy(const struct ftp_session *session)
{
	return session->errand.errand != ERRAND_NONE || session->turn;
}

static void take_line(struct ftp_session *session, const char *line)
{
	struct ftp_command command;

	if (!is_busy(session)) {
		ftp_command_do(session, line);
	} else if (!ftp_command_parse(line, &command) && !strcmp(command.verb, "ABOR")) {
		ftp_errand_abort(session);
	} else if (session->waiting.length + strlen(line) < LIMIT_FTP_WAITING) {
		buffer_format(&session->waiting, "%s\n", line);
	} else {
		stream_tell_limit(session->stream, "ftp.waiting", "it does not wait for replies");
		ftp_session_close(session, true);
	}
}

static void read_octets(struct ftp_session *session, const uint8_t *octets, size_t length)
{
	bool was_secure = session->secure;

	for (size_t used; length && !session->dead; octets += used, length -= used) {
		enum ftp_state state = ftp_lines_feed(&session->lines, octets, length, &used);

		if (state == FTP_DONE) {
			char *line = memory_text(ftp_lines_text(&session->lines));

			take_line(session, line);
			free(line);
		} else if (state == FTP_BAD) {
			stream_tell_limit(session->stream, "ftp.line", "a line is too long");
			ftp_session_reply(session, 500, "That line is too long");
		}
		if (session->secure != was_secure) /* what stands behind AUTH in clear is dropped */
			break;
	}
}

/* The lines that have waited, up to the next errand. */
static void take_waiting(void *context)
{
	struct ftp_session *session = context;
	struct buffer *waiting = &session->waiting;

	session->turn = NULL;
	ftp_session_hold(session);
	while (!session->dead && !is_busy(session) && waiting->length) {
		char *end = memchr(waiting->octets, '\n', waiting->length);
		char *line;

		*end = '\0';
		line = memory_text((const char *)waiting->octets);
		buffer_consume(waiting, strlen(line) + 1);
		take_line(session, line);
		free(line);
	}
	ftp_session_release(session);
}

void ftp_session_idle(struct ftp_session *session)
{
	struct loop *loop = session->ftp->server->stage->loop;

	session->used = loop_now(loop);
	if (!session->dead && session->waiting.length && !session->turn)
		session->turn = loop_after(loop, 0, take_waiting, session);
}

/* --- the stream --- */

static void stream_opened(void *context, struct stream *stream)
{
	struct ftp_session *session = context;

	(void)stream;
	ftp_session_hold(session);
	session->used = loop_now(session->ftp->server->stage->loop);
	if (!session->greeted) {
		session->greeted = true;
		ftp_session_reply(session, 220, "femtoproof file server");
	}
	ftp_session_release(session);
}

static void stream_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct ftp_session *session = context;

	(void)stream;
	ftp_session_hold(session);
	session->used = loop_now(session->ftp->server->stage->loop);
	read_octets(session, octets, length);
	ftp_session_release(session);
}

static void stream_ended(void *context, struct stream *stream, enum stream_end how,
			 const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	ftp_session_close(context, false);
}

static const struct stream_events events = { stream_opened, stream_octets, stream_ended };

/* Nothing was said for long, or the handshake is not over. */
static void idle_over(void *context)
{
	struct ftp_session *session = context;
	const struct file_ftp *ftp = session->ftp;
	struct loop *loop = ftp->server->stage->loop;
	const SSL *ssl = stream_tls(session->stream);
	bool shaking = session->secure && (!ssl || !SSL_is_init_finished(ssl));
	int64_t until = session->used + (shaking ? ftp->handshake : ftp->idle);

	session->idle = NULL;
	if (session->errand.timer) /* a delay may be longer than any idleness */
		until = loop_now(loop) + ftp->idle;
	if (loop_now(loop) < until) {
		session->idle = loop_at(loop, until, idle_over, session);
		return;
	}
	ftp_session_hold(session);
	if (shaking)
		stream_tell_limit(session->stream, "ftp.handshake",
				  "the TLS handshake is not complete in time");
	else
		ftp_session_reply(session, 421, "Nothing was said for too long");
	ftp_session_close(session, false);
	ftp_session_release(session);
}

void ftp_session_accept(void *context, struct stream *stream)
{
	struct ftp_port *port = context;
	struct file_ftp *ftp = port->ftp;
	struct loop *loop = ftp->server->stage->loop;
	struct ftp_session *session;

	if (ftp->session_count == LIMIT_FTP_CONNECTIONS) {
		stream_tell_limit(stream, "ftp.connections", "one more was refused");
		stream_reset(stream);
		return;
	}
	session = memory_new(sizeof(*session));
	session->ftp = ftp;
	session->stream = stream;
	session->remote = *stream_remote(stream);
	session->folder = memory_text("/");
	session->implicit = port->tls;
	session->used = loop_now(loop);
	session->idle = loop_after(loop, ftp->idle, idle_over, session);
	session->next = ftp->sessions;
	session->link = &ftp->sessions;
	if (session->next)
		session->next->link = &session->next;
	ftp->sessions = session;
	ftp->session_count++;
	stream_set_events(stream, &events, session);
	if (port->tls)
		ftp_session_start_tls(session);
}
