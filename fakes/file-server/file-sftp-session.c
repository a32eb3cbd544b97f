/*
 * A connection of SFTP. libssh answers within ssh_pump_run; its callbacks only take note of what came:
 * requests are served by the pump's step, outside of them.
 */
#include "fakes/file-server/file-sftp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakes/fake-settings.h"
#include "protocols/memory.h"

static struct loop *loop_of(const struct sftp_session *session)
{
	return session->sftp->server->stage->loop;
}

/* --- its life --- */

static void hold(struct sftp_session *session)
{
	session->busy++;
}

static void release(struct sftp_session *session)
{
	if (--session->busy || !session->dead)
		return;
	for (size_t i = 0; i < LIMIT_SFTP_HANDLES; i++)
		sftp_request_close(&session->opens[i]);
	ssh_pump_close(&session->pump);
	buffer_free(&session->in);
	buffer_free(&session->out);
	free(session->user);
	free(session);
}

/* Nothing happens on it any more; gives its stream, which is the caller's to close. */
static struct stream *leave(struct sftp_session *session)
{
	struct stream *stream = session->stream;

	session->dead = true;
	session->stream = NULL;
	*session->link = session->next;
	if (session->next)
		session->next->link = session->link;
	session->sftp->session_count--;
	loop_cancel(session->idle);
	loop_cancel(session->pause.timer);
	session->pause.timer = NULL;
	return stream;
}

void sftp_session_close(struct sftp_session *session, bool reset)
{
	if (session->dead)
		return;
	hold(session);
	struct stream *stream = leave(session);

	if (reset)
		stream_reset(stream);
	else
		stream_close(stream);
	release(session);
}

/* Whatever happened, libssh may have something to do, or to say. */
static void pump(struct sftp_session *session, const void *octets, size_t length)
{
	struct buffer wire = { 0 };

	hold(session);
	ssh_pump_run(&session->pump, octets, length, &wire);
	if (!session->dead && session->ending == SFTP_RESETS)
		stream_write_and_reset(leave(session), wire.octets, wire.length);
	else if (!session->dead && wire.length)
		stream_write(session->stream, wire.octets, wire.length);
	if (!session->dead &&
	    (session->ending == SFTP_CLOSES || ssh_pump_ended(&session->pump)))
		sftp_session_close(session, false);
	buffer_free(&wire);
	release(session);
}

/* --- what is said behind the encryption --- */

static void show(const struct sftp_session *session, bool from_client, const void *octets,
		 size_t length)
{
	const struct tap *tap = session->sftp->server->stage->tap;

	if (tap && tap->clear)
		tap->clear(tap->context, stream_connection(session->stream), from_client,
			   loop_now(loop_of(session)), octets, length);
}

void sftp_session_answer(struct sftp_session *session, const struct sftp_packet *packet)
{
	struct buffer octets = { 0 };

	if (session->dead || session->mute)
		return;
	sftp_write(&octets, packet);
	show(session, false, octets.octets, octets.length);
	buffer_add(&session->out, octets.octets, octets.length);
	buffer_free(&octets);
}

void sftp_session_status(struct sftp_session *session, uint32_t id, enum sftp_status status,
			 const char *text)
{
	const struct sftp_packet packet = { .type = SFTP_STATUS, .id = id, .value = status,
					    .path = octets_of(text, strlen(text)) };

	sftp_session_answer(session, &packet);
}

static void pause_over(void *context)
{
	struct sftp_session *session = context;

	session->pause.timer = NULL;
	session->used = loop_now(loop_of(session));
	hold(session);
	session->pause.then(session);
	pump(session, NULL, 0);
	release(session);
}

void sftp_session_pause(struct sftp_session *session, int64_t delay, const struct sftp_pause *pause)
{
	session->pause = *pause;
	if (delay > 0)
		session->pause.timer = loop_after(loop_of(session), delay, pause_over, session);
	else
		session->pause.then(session);
}

/* --- what is done outside of libssh's callbacks --- */

static bool serve(struct sftp_session *session)
{
	struct octets stream = octets_of(session->in.octets, session->in.length), packet;
	int taken = 0;

	while (!session->mute && !session->pause.timer && session->ending == SFTP_GOES_ON &&
	       (taken = sftp_take(&stream, &packet)) > 0)
		sftp_request_do(session, packet);
	if (taken < 0) {
		stream_tell_limit(session->stream, "sftp.packet", "it is no packet of SFTP");
		session->ending = SFTP_RESETS;
	}
	bool some = stream.length < session->in.length;

	buffer_consume(&session->in, session->in.length - stream.length);
	return some;
}

static bool send_out(struct sftp_session *session)
{
	bool some = false;

	while (session->channel && session->out.length > session->withheld) {
		uint32_t length = (uint32_t)(session->out.length - session->withheld);
		int sent = ssh_channel_write(session->channel, session->out.octets, length);

		if (sent <= 0) /* its window is full */
			break;
		buffer_consume(&session->out, (size_t)sent);
		some = true;
	}
	return some;
}

static bool step(void *context)
{
	struct sftp_session *session = context;

	if (session->dead)
		return false;
	if (!session->keyed) {
		session->keyed = ssh_handle_key_exchange(session->pump.session) != SSH_AGAIN;
		return session->keyed;
	}
	bool served = serve(session);

	return send_out(session) || served;
}

/* --- who it is (RFC 4252) --- */

static void tell_login(struct sftp_session *session, const char *user, const char *method)
{
	const char *const texts[] = { user, method, NULL };
	struct buffer octets = { 0 };

	sftp_write_own(&octets, SFTP_LOGIN, texts);
	show(session, true, octets.octets, octets.length);
	buffer_free(&octets);
}

static int answer_login(struct sftp_session *session, const char *user, bool accepted)
{
	const char *const texts[] = { user, accepted ? "true" : "false",
				      accepted ? "Welcome" : "That is no login of this server",
				      NULL };
	struct buffer octets = { 0 };

	sftp_write_own(&octets, SFTP_LOGIN_ANSWER, texts);
	show(session, false, octets.octets, octets.length);
	buffer_free(&octets);
	session->logged_in = accepted;
	free(session->user);
	session->user = memory_text(user);
	if (!accepted && ++session->attempts == LIMIT_SFTP_LOGINS)
		session->ending = SFTP_CLOSES;
	return accepted ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

/* Also how a client asks for the methods: that is no login, but where everybody is let in. */
static int auth_none(ssh_session ssh, const char *user, void *context)
{
	struct sftp_session *session = context;
	struct file_server *server = session->sftp->server;

	(void)ssh;
	if (session->dead || *server->username)
		return SSH_AUTH_DENIED;
	tell_login(session, user, "anonymous");
	return answer_login(session, user, file_server_user(server, user));
}

static int auth_password(ssh_session ssh, const char *user, const char *password, void *context)
{
	struct sftp_session *session = context;

	(void)ssh;
	if (session->dead)
		return SSH_AUTH_DENIED;
	tell_login(session, user, "password");
	return answer_login(session, user,
			    file_server_login(session->sftp->server, user, password));
}

/* A key that is only shown is asked about: whether it would do. */
static int auth_public_key(ssh_session ssh, const char *user, ssh_key key, char state,
			   void *context)
{
	struct sftp_session *session = context;
	ssh_key authorized = session->sftp->authorized;
	bool known = authorized && ssh_key_cmp(key, authorized, SSH_KEY_CMP_PUBLIC) == 0;

	(void)ssh;
	if (session->dead)
		return SSH_AUTH_DENIED;
	if (known && state == SSH_PUBLICKEY_STATE_NONE)
		return SSH_AUTH_SUCCESS;
	tell_login(session, user, "public-key");
	bool welcome = known && state == SSH_PUBLICKEY_STATE_VALID &&
		       file_server_user(session->sftp->server, user);

	return answer_login(session, user, welcome);
}

/* Without this libssh lets the request lie. */
static int accept_service(ssh_session ssh, const char *service, void *context)
{
	(void)ssh;
	(void)service;
	(void)context;
	return 0;
}

/* --- the channel (RFC 4254) --- */

static int take_octets(ssh_session ssh, ssh_channel channel, void *octets, uint32_t length,
		       int is_stderr, void *context)
{
	struct sftp_session *session = context;

	(void)ssh;
	(void)channel;
	if (is_stderr || session->dead || session->mute || !session->subsystem)
		return (int)length;
	if (session->in.length + length > LIMIT_SFTP_WAITING) {
		stream_tell_limit(session->stream, "sftp.waiting", "it does not wait for answers");
		session->ending = SFTP_RESETS;
		return (int)length;
	}
	show(session, true, octets, length);
	buffer_add(&session->in, octets, length);
	return (int)length;
}

static int take_subsystem(ssh_session ssh, ssh_channel channel, const char *name, void *context)
{
	struct sftp_session *session = context;

	(void)ssh;
	(void)channel;
	session->subsystem = session->subsystem || !strcmp(name, "sftp");
	return strcmp(name, "sftp") == 0 ? 0 : 1;
}

static void channel_ended(ssh_session ssh, ssh_channel channel, void *context)
{
	struct sftp_session *session = context;

	(void)ssh;
	if (session->dead || !session->channel || session->mute)
		return;
	ssh_channel_request_send_exit_status(channel, 0);
	ssh_channel_close(channel);
	session->channel = NULL; /* libssh frees it with the session */
}

static ssh_channel open_channel(ssh_session ssh, void *context)
{
	struct sftp_session *session = context;

	if (session->dead || session->channel || !session->logged_in)
		return NULL;
	session->channel = ssh_channel_new(ssh);
	session->channel_callbacks = (struct ssh_channel_callbacks_struct){
		.userdata = session,
		.channel_data_function = take_octets,
		.channel_eof_function = channel_ended,
		.channel_close_function = channel_ended,
		.channel_subsystem_request_function = take_subsystem,
	};
	ssh_callbacks_init(&session->channel_callbacks);
	ssh_set_channel_callbacks(session->channel, &session->channel_callbacks);
	return session->channel;
}

/* --- the stream --- */

static void stream_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct sftp_session *session = context;

	(void)stream;
	session->used = loop_now(loop_of(session));
	pump(session, octets, length);
}

static void stream_ended(void *context, struct stream *stream, enum stream_end how,
			 const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	sftp_session_close(context, false);
}

/* For how long it may be silent. */
static int64_t patience(const struct sftp_session *session)
{
	int64_t rest = SECONDS(LIMIT_SFTP_REST), idle = session->sftp->idle;

	if (!session->logged_in)
		return session->sftp->handshake;
	for (size_t i = 0; i < LIMIT_SFTP_HANDLES; i++)
		if (session->opens[i].used)
			return idle;
	return session->mute || idle < rest ? idle : rest;
}

static void idle_over(void *context)
{
	struct sftp_session *session = context;
	const struct file_sftp *sftp = session->sftp;
	int64_t until = session->used + patience(session);

	session->idle = NULL;
	if (session->pause.timer) /* a delay may be longer than any idleness */
		until = loop_now(loop_of(session)) + sftp->idle;
	if (loop_now(loop_of(session)) < until) {
		session->idle = loop_at(loop_of(session), until, idle_over, session);
		return;
	}
	if (!session->logged_in)
		stream_tell_limit(session->stream, "sftp.handshake", "nobody logged in in time");
	sftp_session_close(session, false);
}

/* --- the beginning --- */

static bool is_host_key(void *context, const struct arrow *arrow)
{
	(void)context;
	return !strcmp(arrow->message, "SshHostKey");
}

/* Are the keys to be others than the device was told? The cue, which is taken, says so. */
static bool is_stranger(const struct file_server *server)
{
	const struct stage *stage = server->stage;
	const struct cue *cue = stage->cue ? stage->cue(stage->context, server->role, NULL,
							is_host_key, NULL)
					   : NULL;

	if (!cue)
		return false;
	const struct arrow *arrow = cue->arrow; /* the cue goes with the next call */

	if (stage->cue_taken)
		stage->cue_taken(stage->context, arrow);
	return fake_fault(arrow, "unknown-host-key") != NULL;
}

static int offer_keys(struct file_sftp *sftp, ssh_bind bind)
{
	struct sftp_keys strange = { { NULL } };
	bool stranger = is_stranger(sftp->server);
	struct pki *pki = sftp->server->stage->pki;
	int result;

	if (!sftp->given)
		sftp_keys_complete(&sftp->keys, pki_host_key(pki, false, NULL));
	if (stranger)
		sftp_keys_complete(&strange, pki_host_key(pki, true, NULL));
	result = sftp_keys_offer(stranger ? &strange : &sftp->keys, bind);
	sftp_keys_clear(&strange);
	return result;
}

/* The SSH of the session: its keys, and what it is to be told of. */
static int begin_ssh(struct sftp_session *session, struct problem *problem)
{
	ssh_bind bind = ssh_bind_new();
	bool no = false;
	int inner = -1, result = -1;

	ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
	ssh_bind_options_set(bind, SSH_BIND_OPTIONS_BANNER, "femtoproof");
	if (ssh_pump_open(&session->pump, &inner, problem) == 0 &&
	    offer_keys(session->sftp, bind) == 0)
		result = ssh_bind_accept_fd(bind, session->pump.session, inner) == SSH_OK ? 0 : -1;
	else if (inner >= 0)
		close(inner);
	ssh_bind_free(bind);
	if (result < 0)
		return problem_set(problem, "libssh does not begin");
	session->callbacks = (struct ssh_server_callbacks_struct){
		.userdata = session,
		.auth_none_function = auth_none,
		.auth_password_function = auth_password,
		.auth_pubkey_function = auth_public_key,
		.service_request_function = accept_service,
		.channel_open_request_session_function = open_channel,
	};
	ssh_callbacks_init(&session->callbacks);
	ssh_set_server_callbacks(session->pump.session, &session->callbacks);
	ssh_set_auth_methods(session->pump.session,
			     SSH_AUTH_METHOD_PASSWORD |
				     (session->sftp->authorized ? SSH_AUTH_METHOD_PUBLICKEY : 0));
	ssh_set_blocking(session->pump.session, 0);
	session->pump.step = step;
	session->pump.context = session;
	return 0;
}

void sftp_session_accept(void *context, struct stream *stream)
{
	static const struct stream_events events = { NULL, stream_octets, stream_ended };
	struct file_sftp *sftp = context;
	struct sftp_session *session;
	struct problem problem = { "" };

	if (sftp->session_count == LIMIT_SFTP_CONNECTIONS) {
		stream_tell_limit(stream, "sftp.connections", "one more was refused");
		stream_reset(stream);
		return;
	}
	session = memory_new(sizeof(*session));
	session->sftp = sftp;
	session->stream = stream;
	session->used = loop_now(loop_of(session));
	session->idle = loop_after(loop_of(session), sftp->handshake, idle_over, session);
	session->next = sftp->sessions;
	session->link = &sftp->sessions;
	if (session->next)
		session->next->link = &session->next;
	sftp->sessions = session;
	sftp->session_count++;
	stream_set_events(stream, &events, session);
	if (begin_ssh(session, &problem) < 0)
		sftp_session_close(session, true);
	else
		pump(session, NULL, 0);
}
