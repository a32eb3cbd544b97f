#include "fakes/device/file-sftp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/memory.h"

static void pump(struct sftp_transfer *transfer, const void *octets, size_t length);

/* --- the end --- */

void sftp_transfer_over(struct sftp_transfer *transfer, int fault, const char *text)
{
	if (transfer->over)
		return;
	transfer->over = true;
	/* TR-069 A.5.1: 9010 and 9015 to 9018 are about downloads. */
	transfer->fault = fault && transfer->put && fault != 9012 ? 9011 : fault;
	problem_set(&transfer->why, "%s", text);
}

/* Says goodbye, where there is somebody (RFC 4253 11.1), and calls back, which may free it. */
static void finish(struct sftp_transfer *transfer)
{
	const struct file_client_result result = {
		.fault = transfer->fault, .text = transfer->why.text,
		.contents = !transfer->put && !transfer->fault && transfer->begun
				    ? &transfer->octets : NULL,
		.part = transfer->put ? NULL : &transfer->octets,
	};
	struct buffer wire = { 0 };

	if (transfer->pump.session && !ssh_pump_ended(&transfer->pump) &&
	    !transfer->options.sftp.no_goodbye) {
		ssh_disconnect(transfer->pump.session);
		ssh_pump_run(&transfer->pump, NULL, 0, &wire);
	}
	if (transfer->connection.stream && wire.length)
		stream_write(transfer->connection.stream, wire.octets, wire.length);
	buffer_free(&wire);
	file_connection_close(&transfer->connection);
	transfer->callback(transfer->context, &result);
}

/* --- SSH, one thing after the other --- */

static bool fails(struct sftp_transfer *transfer, int fault)
{
	sftp_transfer_over(transfer, fault, ssh_pump_why(&transfer->pump));
	return true;
}

static bool connect_ssh(struct sftp_transfer *transfer)
{
	int result = ssh_connect(transfer->pump.session);

	if (result == SSH_AGAIN)
		return false;
	if (result != SSH_OK)
		return fails(transfer, 9015);
	transfer->stage = STAGE_KEY;
	return true;
}

/* Nothing is said to a server that is not the one that was told (RFC 4251 4.1). */
static bool check_key(struct sftp_transfer *transfer)
{
	unsigned char *hash = NULL;
	char *fingerprint = NULL;
	size_t length = 0;
	ssh_key key = NULL;

	if (ssh_get_server_publickey(transfer->pump.session, &key) == SSH_OK &&
	    ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0)
		fingerprint = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
	if (transfer->host_key &&
	    (!fingerprint || strcmp(fingerprint, transfer->host_key) != 0))
		sftp_transfer_over(transfer, 9015, "the host key is not that of the file server");
	ssh_string_free_char(fingerprint);
	ssh_clean_pubkey_hash(&hash);
	ssh_key_free(key);
	transfer->stage = STAGE_LOGIN;
	return true;
}

/* Would the server let it in with its key? Nobody told the server of it. */
static bool try_key(struct sftp_transfer *transfer)
{
	if (ssh_userauth_try_publickey(transfer->pump.session, NULL, transfer->key) ==
	    SSH_AUTH_AGAIN)
		return false;
	ssh_key_free(transfer->key);
	transfer->key = NULL;
	return true;
}

static bool log_in(struct sftp_transfer *transfer)
{
	ssh_session session = transfer->pump.session;
	const char *password = transfer->password ? transfer->password : "";

	if (transfer->key && !try_key(transfer))
		return false;
	int result = transfer->username ? ssh_userauth_password(session, NULL, password)
					: ssh_userauth_none(session, NULL);

	if (result == SSH_AUTH_AGAIN)
		return false;
	if (result != SSH_AUTH_SUCCESS)
		return fails(transfer, result == SSH_AUTH_ERROR ? 9015 : 9012);
	transfer->stage = STAGE_CHANNEL;
	return true;
}

static int take_octets(ssh_session ssh, ssh_channel channel, void *octets, uint32_t length,
		       int is_stderr, void *context)
{
	struct sftp_transfer *transfer = context;

	(void)ssh;
	(void)channel;
	if (is_stderr || transfer->over)
		return (int)length;
	buffer_add(&transfer->in, octets, length);
	file_connection_patience(&transfer->connection); /* part of an answer is no silence */
	return (int)length;
}

static bool open_channel(struct sftp_transfer *transfer)
{
	int result;

	if (!transfer->channel) {
		transfer->channel = ssh_channel_new(transfer->pump.session);
		transfer->callbacks = (struct ssh_channel_callbacks_struct){
			.userdata = transfer, .channel_data_function = take_octets,
		};
		ssh_callbacks_init(&transfer->callbacks);
		ssh_set_channel_callbacks(transfer->channel, &transfer->callbacks);
	}
	result = ssh_channel_open_session(transfer->channel);
	if (result == SSH_AGAIN)
		return false;
	if (result != SSH_OK)
		return fails(transfer, 9010);
	transfer->stage = STAGE_SUBSYSTEM;
	return true;
}

static bool ask_subsystem(struct sftp_transfer *transfer)
{
	int result = ssh_channel_request_sftp(transfer->channel);

	if (result == SSH_AGAIN)
		return false;
	if (result != SSH_OK)
		return fails(transfer, 9010);
	transfer->stage = STAGE_TALK;
	sftp_talk_begin(transfer);
	return true;
}

static bool talk(struct sftp_transfer *transfer)
{
	bool some = sftp_talk_read(transfer);

	while (!transfer->over && transfer->out.length) {
		int sent = ssh_channel_write(transfer->channel, transfer->out.octets,
					     (uint32_t)transfer->out.length);

		if (sent <= 0) /* its window is full */
			break;
		buffer_consume(&transfer->out, (size_t)sent);
		some = true;
	}
	return some;
}

static bool step(void *context)
{
	static bool (*const stages[])(struct sftp_transfer *transfer) = {
		[STAGE_CONNECT] = connect_ssh, [STAGE_KEY] = check_key,
		[STAGE_LOGIN] = log_in, [STAGE_CHANNEL] = open_channel,
		[STAGE_SUBSYSTEM] = ask_subsystem, [STAGE_TALK] = talk,
	};
	struct sftp_transfer *transfer = context;

	return !transfer->over && stages[transfer->stage](transfer);
}

static int begin_ssh(struct sftp_transfer *transfer, struct problem *problem)
{
	const char *user = transfer->username ? transfer->username : "anonymous";
	bool no = false;
	int inner;

	if (ssh_pump_open(&transfer->pump, &inner, problem) < 0)
		return -1;
	ssh_session session = transfer->pump.session;

	/* Nothing of who runs this program, and of what he knows. */
	ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
	ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
	ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
	ssh_options_set(session, SSH_OPTIONS_HOST, transfer->url.host);
	ssh_options_set(session, SSH_OPTIONS_USER, transfer->options.sftp.other_user ? "root" : user);
	ssh_options_set(session, SSH_OPTIONS_FD, &inner);
	transfer->pump.step = step;
	transfer->pump.context = transfer;
	return 0;
}

static void pump(struct sftp_transfer *transfer, const void *octets, size_t length)
{
	struct buffer wire = { 0 };

	ssh_pump_run(&transfer->pump, octets, length, &wire);
	if (wire.length)
		stream_write(transfer->connection.stream, wire.octets, wire.length);
	buffer_free(&wire);
	if (!transfer->over && ssh_pump_ended(&transfer->pump))
		sftp_transfer_over(transfer, transfer->begun ? 9017 : 9015,
				   ssh_pump_why(&transfer->pump));
	if (transfer->over)
		finish(transfer);
}

/* --- the connection --- */

static void opened(void *context)
{
	struct sftp_transfer *transfer = context;

	if (begin_ssh(transfer, &transfer->why) == 0) {
		pump(transfer, NULL, 0);
		return;
	}
	transfer->over = true;
	transfer->fault = 9010;
	finish(transfer);
}

static void octets_came(void *context, const void *octets, size_t length)
{
	pump(context, octets, length);
}

/* Login attempts without end are answered so, too. */
static void over(void *context, const char *why)
{
	struct sftp_transfer *transfer = context;

	sftp_transfer_over(transfer, transfer->begun ? 9017 : 9015, why);
	finish(transfer);
}

/* --- beginning --- */

static void stop(void *context)
{
	struct sftp_transfer *transfer = context;

	file_connection_close(&transfer->connection);
	ssh_pump_close(&transfer->pump);
	buffer_free(&transfer->in);
	buffer_free(&transfer->out);
	buffer_free(&transfer->handle);
	buffer_free(&transfer->octets);
	ssh_key_free(transfer->key);
	free(transfer->username);
	free(transfer->password);
	free(transfer->host_key);
	free(transfer);
}

static char *copy_of(const char *text)
{
	return text ? memory_text(text) : NULL;
}

static void *start(const struct file_client_options *options, const char *url,
		   const struct buffer *octets, file_client_callback callback, void *context,
		   struct problem *problem)
{
	static const struct file_connection_events events = { NULL, opened, octets_came, over };
	struct sftp_transfer *transfer = memory_new(sizeof(*transfer));
	const struct http_client_options *http = &options->http;

	transfer->options = *options;
	transfer->callback = callback;
	transfer->context = context;
	transfer->put = octets != NULL;
	transfer->announced = -1;
	transfer->pump.outer = -1;
	transfer->username = copy_of(http->username);
	transfer->password = copy_of(http->password);
	transfer->host_key = copy_of(options->host_key);
	if (options->sftp.key_first)
		ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &transfer->key);
	if (url_parse_file(url, &transfer->url, problem) ||
	    url_path(&transfer->url, transfer->path, problem)) {
		stop(transfer);
		return NULL;
	}
	if (octets)
		buffer_add(&transfer->octets, octets->octets, octets->length);
	transfer->connection = (struct file_connection){
		.http = &transfer->options.http, .port = transfer->url.port,
		.transport = TRANSPORT_SFTP, .events = &events, .context = transfer,
	};
	file_connection_begin(&transfer->connection, transfer->url.host);
	return transfer;
}

const struct file_protocol file_sftp = { "sftp", start, stop };
