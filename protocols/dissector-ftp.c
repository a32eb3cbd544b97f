#include "protocols/dissector-ftp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/limits.h"
#include "protocols/memory.h"

const char *dissector_ftp_transport(const struct connection *connection)
{
	return connection->tls ? "ftps" : "ftp";
}

struct file_request dissector_ftp_request(const struct connection *connection)
{
	const struct ftp_control *control = connection->ftp;

	return (struct file_request){
		.transport = dissector_ftp_transport(connection),
		.path = control->transfer.path,
		.user = control->logged_in ? control->user : "",
		.method = control->transfer.method,
		.offset = control->transfer.offset,
		.append = control->transfer.append,
	};
}

void dissector_ftp_control(struct connection *connection)
{
	if (connection->ftp)
		return;
	connection->ftp = memory_new(sizeof(*connection->ftp));
	connection->ftp->size = -1;
	connection->streams[0].reading = connection->streams[1].reading = READING_FTP;
}

bool dissector_ftp_greets(const struct connection *connection, const uint8_t *octets, size_t length)
{
	return length > 4 && !connection->streams[1].begun && !connection->first &&
	       connection->streams[1].reading == READING_SEEK &&
	       (!memcmp(octets, "220 ", 4) || !memcmp(octets, "220-", 4));
}

/* --- commands without replies --- */

static void add_pending(struct ftp_control *control, const struct ftp_command *command)
{
	struct ftp_pending *pending = memory_new(sizeof(*pending));

	memory_place(pending->verb, sizeof(pending->verb), command->verb);
	pending->argument = memory_text(command->argument);
	if (control->last)
		control->last->next = pending;
	else
		control->first = pending;
	control->last = pending;
	control->pending_count++;
}

static void pending_free(struct ftp_pending *pending)
{
	free(pending->argument);
	free(pending);
}

static struct ftp_pending *take_pending(struct ftp_control *control)
{
	struct ftp_pending *pending = control->first;

	if (!pending)
		return NULL;
	control->first = pending->next;
	if (!control->first)
		control->last = NULL;
	control->pending_count--;
	return pending;
}

static void forget_pending(struct ftp_control *control)
{
	while (control->first)
		pending_free(take_pending(control));
}

/* --- commands --- */

static void give_login(struct dissector *dissector, const struct moment *moment)
{
	struct connection *connection = moment->connection;
	const char *user = connection->ftp->user ? connection->ftp->user : "";
	/* RFC 1635 */
	bool nobody = !strcasecmp(user, "anonymous") || !strcasecmp(user, "ftp");
	struct moment saying = *moment;

	saying.from_client = true;
	dissector_give(dissector, &saying,
		       file_message_login(dissector_ftp_transport(connection), user,
					  nobody ? "anonymous" : "password"));
}

static void on_port(struct dissector *dissector, const struct moment *moment,
		    const struct ftp_command *command)
{
	struct address address = moment->connection->client;
	bool extended = command->verb[0] == 'E';

	if (!(extended ? ftp_eprt_parse(command->argument, &address)
		       : ftp_port_parse(command->argument, &address)))
		dissector_ftp_announce(dissector, moment, &address, false);
}

static bool is(const char *verb, const char *const *list)
{
	while (*list && strcmp(*list, verb) != 0)
		list++;
	return *list != NULL;
}

static bool is_transfer(const char *verb)
{
	static const char *const verbs[] = { "RETR", "STOR", "APPE", "STOU", "LIST", "NLST", "MLSD",
					     NULL };

	return is(verb, verbs);
}

static void on_command(struct dissector *dissector, const struct moment *moment, const char *line)
{
	struct ftp_control *control = moment->connection->ftp;
	struct ftp_command command;

	if (ftp_command_parse(line, &command))
		command.argument = ""; /* it is answered too */
	if (control->pending_count == LIMIT_FTP_COMMANDS)
		pending_free(take_pending(control));
	add_pending(control, &command);
	if (!strcmp(command.verb, "USER")) {
		free(control->user);
		control->user = memory_text(command.argument);
		control->logged_in = false;
	} else if (!strcmp(command.verb, "PASS")) {
		give_login(dissector, moment);
	} else if (!strcmp(command.verb, "PORT") || !strcmp(command.verb, "EPRT")) {
		on_port(dissector, moment, &command);
	} else if (is_transfer(command.verb)) {
		dissector_ftp_begin(dissector, moment, &command);
	}
}

/* --- replies --- */

/* USER, PASS and ACCT: the last of them that is needed is answered with 230. */
static void on_login(struct dissector *dissector, const struct moment *moment,
		     const struct ftp_pending *pending, int code, const char *text)
{
	struct ftp_control *control = moment->connection->ftp;
	bool user = !strcmp(pending->verb, "USER");

	if (code >= 300 && code < 400) /* more is wanted */
		return;
	if (user)
		give_login(dissector, moment);
	control->logged_in = code < 300;
	dissector_give(dissector, moment,
		       file_message_login_response(dissector_ftp_transport(moment->connection),
						   control->user ? control->user : "",
						   control->logged_in, code, text));
}

static void set_folder(struct ftp_control *control, char *folder)
{
	free(control->folder);
	control->folder = folder;
}

static void on_folder(struct ftp_control *control, const struct ftp_pending *pending,
		      const char *text)
{
	const char *folder = control->folder ? control->folder : "/";
	char *path = NULL;

	if (!strcmp(pending->verb, "CDUP"))
		path = ftp_path(folder, "..");
	else if (!strcmp(pending->verb, "CWD"))
		path = ftp_path(folder, pending->argument);
	else
		path = ftp_quoted_parse(text);
	if (path && *path == '/')
		set_folder(control, path);
	else
		free(path);
}

static void on_passive(struct dissector *dissector, const struct moment *moment, int code,
		       const char *text)
{
	struct address address = moment->connection->server;

	if (code == 229 ? !ftp_epsv_parse(text, &address.port) : !ftp_pasv_parse(text, &address))
		dissector_ftp_announce(dissector, moment, &address, true);
}

static void on_size(struct ftp_control *control, const char *name, const char *text)
{
	free(control->size_of);
	control->size_of = ftp_path(control->folder ? control->folder : "/", name);
	control->size = ftp_number(text);
}

/* RFC 959 3.1.1: L 8 is the same as I. */
static void on_type(struct ftp_control *control, const char *argument)
{
	control->image = !strcasecmp(argument, "I") || !strcasecmp(argument, "L 8");
	control->typed = true;
}

/* A command was carried out. */
static void on_success(struct dissector *dissector, const struct moment *moment,
		       const struct ftp_pending *pending, int code, const char *text)
{
	static const char *const folders[] = { "CWD", "CDUP", "PWD", "XCWD", "XCUP", "XPWD", NULL };
	struct ftp_control *control = moment->connection->ftp;

	if (is(pending->verb, folders))
		on_folder(control, pending, text);
	else if (code == 227 || code == 229)
		on_passive(dissector, moment, code, text);
	else if (!strcmp(pending->verb, "SIZE") && code == 213)
		on_size(control, pending->argument, text);
	else if (!strcmp(pending->verb, "REST") && code == 350 && ftp_number(pending->argument) > 0)
		control->rest = (uint64_t)ftp_number(pending->argument);
	else if (!strcmp(pending->verb, "TYPE"))
		on_type(control, pending->argument);
	else if (!strcmp(pending->verb, "PROT"))
		control->private = !strcasecmp(pending->argument, "P");
	else if (!strcmp(pending->verb, "REIN"))
		control->logged_in = false;
}

/* The last reply to a command for a transfer. */
static void on_result(struct dissector *dissector, const struct moment *moment, int code,
		      const char *text)
{
	struct ftp_transfer *transfer = &moment->connection->ftp->transfer;

	if (!transfer->on || transfer->code)
		return;
	transfer->code = code;
	transfer->text = memory_text(text);
	dissector_ftp_settle(dissector, moment, false);
}

/* A transfer begins: its size may be told. */
static void on_start(struct ftp_control *control, const char *text)
{
	struct ftp_transfer *transfer = &control->transfer;

	transfer->begun = transfer->on;
	if (transfer->on && !transfer->put && ftp_announced(text) >= 0)
		transfer->announced = ftp_announced(text);
}

static void on_reply(struct dissector *dissector, const struct moment *moment,
		     const struct ftp_reply *reply)
{
	static const char *const logins[] = { "USER", "PASS", "ACCT", NULL };
	struct ftp_control *control = moment->connection->ftp;
	const char *text = buffer_text(&reply->text);
	bool greeting = !control->greeted && (reply->code == 220 || reply->code == 120);
	struct ftp_pending *pending;

	control->partial = control->partial || (!control->greeted && !greeting);
	control->greeted = control->greeted || reply->code != 120;
	if (greeting)
		return;
	if (reply->code < 200) {
		if (control->first && is_transfer(control->first->verb))
			on_start(control, text);
		return;
	}
	pending = take_pending(control);
	if (!pending)
		return;
	if (is(pending->verb, logins))
		on_login(dissector, moment, pending, reply->code, text);
	else if (is_transfer(pending->verb))
		on_result(dissector, moment, reply->code, text);
	else if (reply->code < 400)
		on_success(dissector, moment, pending, reply->code, text);
	pending_free(pending);
}

/* --- octets --- */

/* TLS that nobody opened for us (RFC 8446 5.1): nothing is read from here on. */
static bool is_veiled(struct connection *connection, const uint8_t *octets, size_t length)
{
	if (length < 3 || octets[0] != 22 || octets[1] != 3 || octets[2] > 4)
		return false;
	connection->streams[0].reading = connection->streams[1].reading = READING_NOTHING;
	return true;
}

static void feed_commands(struct dissector *dissector, const struct moment *moment,
			  const uint8_t *octets, size_t length)
{
	struct ftp_control *control = moment->connection->ftp;

	for (size_t used; length; octets += used, length -= used) {
		enum ftp_state state = ftp_lines_feed(&control->commands, octets, length, &used);

		if (state != FTP_MORE)
			on_command(dissector, moment,
				   state == FTP_DONE ? ftp_lines_text(&control->commands) : "");
	}
}

static void feed_replies(struct dissector *dissector, const struct moment *moment,
			 const uint8_t *octets, size_t length)
{
	struct ftp_control *control = moment->connection->ftp;

	for (size_t used; length; octets += used, length -= used)
		if (ftp_replies_feed(&control->replies, octets, length, &used, NULL) == FTP_DONE)
			on_reply(dissector, moment, &control->replies.reply);
}

void dissector_ftp_feed(struct dissector *dissector, const struct moment *moment,
			const uint8_t *octets, size_t length)
{
	dissector_ftp_control(moment->connection);
	if (is_veiled(moment->connection, octets, length))
		return;
	if (moment->from_client)
		feed_commands(dissector, moment, octets, length);
	else
		feed_replies(dissector, moment, octets, length);
}

/* --- ends --- */

void dissector_ftp_end(struct dissector *dissector, const struct moment *moment,
		       enum stream_end how)
{
	struct ftp_control *control = moment->connection->ftp;

	if (how == STREAM_LOST) { /* which reply answers what is not known any more */
		forget_pending(control);
		ftp_lines_clear(&control->commands);
		ftp_replies_clear(&control->replies);
		dissector_ftp_clear(control);
		control->greeted = control->partial = true;
		return;
	}
	if (how == STREAM_RESET || !moment->from_client)
		dissector_ftp_settle(dissector, moment, true);
}

void dissector_ftp_free(struct ftp_control *control)
{
	if (!control)
		return;
	forget_pending(control);
	ftp_lines_clear(&control->commands);
	ftp_replies_clear(&control->replies);
	dissector_ftp_clear(control);
	free(control->user);
	free(control->folder);
	free(control->size_of);
	free(control);
}
