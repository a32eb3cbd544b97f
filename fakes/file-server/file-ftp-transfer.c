#include "fakes/file-server/file-ftp.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

enum { PIECES = 10 }; /* of a slow file */

#define reply ftp_session_reply

static struct loop *loop_of(const struct ftp_session *session)
{
	return session->ftp->server->stage->loop;
}

static void stop_timer(struct ftp_errand_state *state)
{
	loop_cancel(state->timer);
	state->timer = NULL;
}

void ftp_errand_clear(struct ftp_session *session)
{
	struct ftp_errand_state *state = &session->errand;

	stop_timer(state);
	file_order_clear(&state->order);
	buffer_free(&state->octets);
	free(state->path);
	*state = (struct ftp_errand_state){ .errand = ERRAND_NONE };
}

/* It is over, whatever came of it. */
static void finish(struct ftp_session *session, bool reset, int code, const char *text)
{
	ftp_errand_clear(session);
	ftp_data_close(session, reset);
	if (session->dead)
		return;
	reply(session, code, "%s", text);
	ftp_session_idle(session);
}

static void refuse(struct ftp_session *session, enum file_outcome outcome)
{
	static const struct { int code; const char *text; } replies[] = {
		[FILE_OK] = { 226, "Done" },
		[FILE_NOT_FOUND] = { 550, "No such file or directory" },
		[FILE_NO_PERMISSION] = { 550, "Permission denied" },
		[FILE_LOGIN] = { 530, "This login is not good for that" },
		[FILE_FULL] = { 452, "The disk is full" },
		[FILE_CUT] = { 426, "The data connection was broken off" },
		[FILE_FAILED] = { 451, "It failed here" },
	};

	finish(session, outcome == FILE_CUT, replies[outcome].code, replies[outcome].text);
}

void ftp_errand_abort(struct ftp_session *session)
{
	if (session->errand.errand == ERRAND_NONE) {
		reply(session, 226, "There is nothing to abort");
		return;
	}
	ftp_errand_clear(session);
	ftp_data_close(session, true);
	reply(session, 426, "The transfer is aborted");
	reply(session, 226, "As asked");
	ftp_session_idle(session);
}

/* --- to the client --- */

/* RFC 959 3.1.1.1: lines of text end with CR LF on their way. */
static void to_lines(struct buffer *octets)
{
	struct buffer text = { 0 };

	for (size_t i = 0; i < octets->length; i++) {
		if (octets->octets[i] == '\n' && (i == 0 || octets->octets[i - 1] != '\r'))
			buffer_add_u8(&text, '\r');
		buffer_add_u8(&text, octets->octets[i]);
	}
	buffer_free(octets);
	*octets = text;
}

/* Writes up to there, and does what is then to be done. */
static void send_up_to(struct ftp_session *session, size_t end)
{
	struct ftp_errand_state *state = &session->errand;
	struct ftp_data *data = &session->data;
	const uint8_t *from = state->octets.octets + state->sent;
	size_t length = end - state->sent;
	bool cut = state->order.cut_off >= 0 && (uint64_t)state->order.cut_off == end;

	state->sent = end;
	if (cut) {
		struct stream *stream = data->stream;

		data->stream = NULL;
		stream_write_and_reset(stream, from, length);
		refuse(session, FILE_CUT);
		return;
	}
	if (length)
		stream_write(data->stream, from, length);
	if (session->dead || state->errand == ERRAND_NONE)
		return;
	if (state->order.stalled >= 0 && (uint64_t)state->order.stalled == end)
		state->stalled = true;
	else if (end == state->octets.length)
		refuse(session, FILE_OK);
}

/* How many octets there are to send: all, or as many as the fault allows. */
static size_t goal(const struct ftp_errand_state *state)
{
	const struct file_order *order = &state->order;
	int64_t most = order->cut_off >= 0 ? order->cut_off : order->stalled;

	return most >= 0 && (uint64_t)most < state->octets.length ? (size_t)most
								  : state->octets.length;
}

static void send_piece(void *context)
{
	struct ftp_session *session = context;
	struct ftp_errand_state *state = &session->errand;
	size_t end = state->sent + state->octets.length / PIECES + 1;

	state->timer = NULL;
	session->used = loop_now(loop_of(session));
	if (end >= goal(state))
		end = goal(state);
	else
		state->timer = loop_after(loop_of(session), state->order.slow / PIECES, send_piece,
					  session);
	ftp_session_hold(session);
	send_up_to(session, end);
	ftp_session_release(session);
}

static void send_file(struct ftp_session *session)
{
	struct ftp_errand_state *state = &session->errand;

	/* A fault behind the file's end is none. */
	if (state->order.cut_off >= (int64_t)state->octets.length)
		state->order.cut_off = -1;
	if (state->order.stalled >= (int64_t)state->octets.length)
		state->order.stalled = -1;
	if (state->order.slow > 0)
		state->timer = loop_after(loop_of(session), state->order.slow / PIECES, send_piece,
					  session);
	else
		send_up_to(session, goal(state));
}

/* --- from the client --- */

/* RFC 959 3.1.1.1: lines of text end here with LF. */
static void from_lines(struct buffer *octets)
{
	size_t length = 0;

	for (size_t i = 0; i < octets->length; i++)
		if (octets->octets[i] != '\r' || i + 1 == octets->length ||
		    octets->octets[i + 1] != '\n')
			octets->octets[length++] = octets->octets[i];
	octets->length = length;
}

static void keep_file(struct ftp_session *session)
{
	struct ftp_errand_state *state = &session->errand;
	struct file_store *store = &session->ftp->store;
	const struct stored_file *file = file_store_find(store, state->path);
	size_t offset = state->append ? file ? file->octets.length : 0 : (size_t)state->offset;

	if (session->ascii)
		from_lines(&state->octets);
	/* A file too many is good for a message all the same: nobody asks for it again. */
	file_store_put(store, state->path, offset, &state->octets);
}

static void take_end(void *context)
{
	struct ftp_session *session = context;

	session->errand.timer = NULL;
	ftp_session_hold(session);
	refuse(session, FILE_OK);
	ftp_session_release(session);
}

/* The file is there. */
static void put_over(struct ftp_session *session)
{
	struct ftp_errand_state *state = &session->errand;
	int64_t until = state->start + state->order.slow;

	if (session->data.reset) {
		refuse(session, FILE_CUT);
		return;
	}
	keep_file(session);
	if (until > loop_now(loop_of(session)))
		state->timer = loop_at(loop_of(session), until, take_end, session);
	else
		refuse(session, FILE_OK);
}

static bool reached(uint64_t received, int64_t mark)
{
	return mark >= 0 && received >= (uint64_t)mark;
}

void ftp_errand_octets(struct ftp_session *session, const void *octets, size_t length)
{
	struct ftp_errand_state *state = &session->errand;

	if (state->errand != ERRAND_PUT || state->stalled)
		return;
	state->received += length;
	if (state->octets.length + length <= LIMIT_FILE_KEPT)
		buffer_add(&state->octets, octets, length);
	if (reached(state->received, state->order.cut_off))
		refuse(session, FILE_CUT);
	else if (reached(state->received, state->order.stalled))
		state->stalled = true;
	else if (reached(state->received, state->order.disk_full))
		refuse(session, FILE_FULL);
}

/* --- the data connection --- */

void ftp_errand_ended(struct ftp_session *session)
{
	struct ftp_errand_state *state = &session->errand;

	if (!state->flowing && state->begun && session->data.reset) /* TLS, or TCP, failed */
		finish(session, true, 425, "The data connection could not be opened");
	else if (!state->flowing || state->stalled)
		return;
	else if (state->errand == ERRAND_PUT)
		put_over(session);
	else if (session->data.reset)
		refuse(session, FILE_CUT);
}

static void begin_to_flow(struct ftp_session *session)
{
	struct ftp_errand_state *state = &session->errand;
	struct buffer early = session->data.early;

	if (session->private && session->ftp->reuse && !stream_resumed(session->data.stream)) {
		finish(session, true, 522, "The data connection must take up the TLS session");
		return;
	}
	state->flowing = true;
	state->start = loop_now(loop_of(session));
	if (state->errand != ERRAND_PUT) {
		send_file(session);
		return;
	}
	session->data.early = (struct buffer){ 0 };
	if (early.length)
		ftp_errand_octets(session, early.octets, early.length);
	buffer_free(&early);
	if (state->errand == ERRAND_PUT && session->data.ended)
		ftp_errand_ended(session);
}

void ftp_errand_open(struct ftp_session *session)
{
	if (session->errand.begun && !session->errand.flowing)
		begin_to_flow(session);
}

static void say_begin(struct ftp_session *session)
{
	const struct ftp_errand_state *state = &session->errand;
	long long size = state->order.announced >= 0 ? state->order.announced
						     : (long long)state->octets.length;

	if (state->errand == ERRAND_GET)
		reply(session, 150, "Opening %s mode data connection for %s (%lld bytes)",
		      session->ascii ? "ASCII" : "BINARY", state->path, size);
	else
		reply(session, 150, "%s", state->errand == ERRAND_PUT ? "Go on" : "Here it comes");
}

void ftp_errand_connected(struct ftp_session *session)
{
	struct ftp_errand_state *state = &session->errand;

	/* A delay goes on first; an errand is there when it is over. */
	if (state->errand == ERRAND_NONE || state->begun || !state->timer ||
	    state->order.delay > 0)
		return;
	stop_timer(state);
	state->begun = true;
	say_begin(session);
	if (session->dead)
		return;
	if (session->data.open)
		begin_to_flow(session);
	else if (session->data.ended)
		ftp_errand_ended(session);
}

/* --- the beginning --- */

static void data_late(void *context)
{
	struct ftp_session *session = context;

	session->errand.timer = NULL;
	ftp_session_hold(session);
	stream_tell_limit(session->stream, "ftp.data", "no data connection was opened");
	if (!session->dead)
		finish(session, false, 425, "No data connection came");
	ftp_session_release(session);
}

/* The delay is over, if there was one. */
static void go_on(void *context)
{
	struct ftp_session *session = context;
	struct ftp_errand_state *state = &session->errand;

	state->timer = NULL;
	state->order.delay = 0;
	ftp_session_hold(session);
	if (state->order.outcome != FILE_OK) {
		refuse(session, state->order.outcome);
	} else {
		state->timer = loop_after(loop_of(session), SECONDS(LIMIT_FTP_DATA), data_late,
					  session);
		/* A client that waits for the connection looks for it behind 150. */
		if (!session->data.stream && session->data.active.family)
			ftp_data_connect(session);
		if (session->data.stream)
			ftp_errand_connected(session);
	}
	ftp_session_release(session);
}

/* What the cue says of a file; without a cue, one that was delivered before can be fetched. */
static void take_order(struct ftp_session *session, const char *method)
{
	struct ftp_errand_state *state = &session->errand;
	struct file_server *server = session->ftp->server;
	const struct stored_file *file = file_store_find(&session->ftp->store, state->path);
	const struct file_request request = {
		.transport = session->secure ? "ftps" : "ftp", .path = state->path,
		.user = session->user, .method = method, .offset = state->offset,
		.append = state->append,
	};

	if (state->errand == ERRAND_PUT) {
		file_order_put(server, &request, &state->order);
		return;
	}
	file_order_get(server, &request, &state->order);
	if (state->order.outcome == FILE_NOT_FOUND && !state->order.delay && file) {
		state->order.outcome = FILE_OK;
		buffer_add(&state->order.contents, file->octets.octets, file->octets.length);
	}
	if (state->offset <= state->order.contents.length)
		buffer_add(&state->octets, state->order.contents.octets + state->offset,
			   state->order.contents.length - (size_t)state->offset);
	if (session->ascii)
		to_lines(&state->octets);
}

/* "-la folder": options are no names. */
static void list(struct ftp_session *session, const char *method, const char *name)
{
	struct ftp_errand_state *state = &session->errand;
	char *folder;

	while (*name == '-') {
		name += strcspn(name, " ");
		name += strspn(name, " ");
	}
	folder = ftp_path(session->folder, name);
	file_store_list(&session->ftp->store, folder, !strcmp(method, "NLST"), &state->octets);
	free(folder);
	state->order.cut_off = state->order.stalled = state->order.announced = -1;
}

void ftp_errand_begin(struct ftp_session *session, enum ftp_errand errand, const char *method,
		      const char *name)
{
	struct ftp_errand_state *state = &session->errand;

	ftp_errand_clear(session);
	state->errand = errand;
	state->append = !strcmp(method, "APPE");
	state->path = ftp_path(session->folder, name);
	state->offset = session->rest;
	session->rest = 0;
	if (errand == ERRAND_LIST)
		list(session, method, name);
	else
		take_order(session, method);
	if (state->order.silent)
		session->mute = true;
	else if (!ftp_data_announced(session) && state->order.outcome == FILE_OK)
		finish(session, false, 425, "First PASV, EPSV, PORT or EPRT");
	else if (state->order.delay > 0)
		state->timer = loop_after(loop_of(session), state->order.delay, go_on, session);
	else
		go_on(session);
}
