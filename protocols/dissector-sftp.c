/*
 * SFTP -> FileLogin, FileGet, FilePut and what answers them. A file is asked for when it is opened. It
 * has come when the server says that it is at its end and all reads are answered, or when the client
 * closes it; it is delivered when the client closes it, and the server answers that.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/dissector-ssh.h"
#include "protocols/ftp.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

enum { USUAL_READ = 32768 }; /* so many octets a server gives at once (draft 3), whatever is asked for */

static char *text_of(struct octets octets)
{
	return memory_format("%.*s", (int)octets.length, (const char *)octets.at);
}

static bool is(struct octets octets, const char *text)
{
	return octets_same(octets, octets_of(text, strlen(text)));
}

/* --- files that are open --- */

static struct file_request request_of(const struct ssh_talk *talk, const struct sftp_file *file)
{
	return (struct file_request){
		.transport = "sftp", .path = file->path, .user = talk->user,
		.method = file->put ? "WRITE" : "READ", .offset = file->offset,
		.append = file->append,
	};
}

static void file_free(struct sftp_file *file)
{
	free(file->path);
	buffer_free(&file->handle);
	file_contents_free(file->contents);
	free(file);
}

static void forget_file(struct ssh_talk *talk, struct sftp_file *file)
{
	for (struct sftp_asked *at = talk->first; at; at = at->next)
		if (at->file == file)
			at->file = NULL;
	for (struct sftp_file **at = &talk->files; *at; at = &(*at)->next)
		if (*at == file) {
			*at = file->next;
			talk->file_count--;
			break;
		}
	file_free(file);
}

static struct sftp_file *file_of(const struct ssh_talk *talk, struct octets handle)
{
	struct sftp_file *at = talk->files;

	while (at && (!at->handle.length ||
		      !octets_same(handle, octets_of(at->handle.octets, at->handle.length))))
		at = at->next;
	return at;
}

/* --- requests without answers --- */

static struct sftp_asked *add_asked(struct ssh_talk *talk, const struct sftp_packet *packet,
				    struct sftp_file *file)
{
	struct sftp_asked *asked = memory_new(sizeof(*asked));

	*asked = (struct sftp_asked){ .type = packet->type, .id = packet->id, .file = file,
				      .offset = packet->offset, .length = packet->length };
	if (talk->last)
		talk->last->next = asked;
	else
		talk->first = asked;
	talk->last = asked;
	talk->asked_count++;
	return asked;
}

static void asked_free(struct sftp_asked *asked)
{
	free(asked->path);
	free(asked);
}

/* Takes the request with this id out of the list; NULL = there is none. */
static struct sftp_asked *take_asked(struct ssh_talk *talk, uint32_t id)
{
	struct sftp_asked *before = NULL, *at = talk->first;

	while (at && at->id != id) {
		before = at;
		at = at->next;
	}
	if (!at)
		return NULL;
	if (before)
		before->next = at->next;
	else
		talk->first = at->next;
	if (talk->last == at)
		talk->last = before;
	talk->asked_count--;
	return at;
}

void dissector_sftp_clear(struct ssh_talk *talk)
{
	while (talk->files)
		forget_file(talk, talk->files);
	while (talk->first)
		asked_free(take_asked(talk, talk->first->id));
}

/* --- what is said of a file --- */

static void give(struct dissector *dissector, const struct moment *moment, bool from_client,
		 struct message *message)
{
	struct moment saying = *moment;

	saying.from_client = from_client;
	dissector_give(dissector, &saying, message);
}

/* The draft has but few codes: the words say the rest. */
static enum file_outcome outcome_of(uint32_t status, struct octets words)
{
	char *text = text_of(words);
	enum file_outcome outcome = FILE_FAILED;

	if (status == SFTP_OK)
		outcome = FILE_OK;
	else if (status == SFTP_NO_SUCH_FILE)
		outcome = FILE_NOT_FOUND;
	else if (status == SFTP_PERMISSION_DENIED)
		outcome = strcasestr(text, "login") ? FILE_LOGIN : FILE_NO_PERMISSION;
	else if (status == SFTP_FAILURE && (strcasestr(text, "full") || strcasestr(text, "space") ||
					    strcasestr(text, "quota")))
		outcome = FILE_FULL;
	free(text);
	return outcome;
}

/* Its size was told, and came. */
static bool is_there(const struct sftp_file *file)
{
	return !file->put && file->announced >= 0 &&
	       file_contents_size(file->contents) >= (uint64_t)file->announced;
}

/* The server's last word on a get or a put. */
static void tell_answer(struct dissector *dissector, const struct moment *moment,
			struct sftp_file *file, enum file_outcome outcome, uint32_t status,
			struct octets words)
{
	const struct file_request request = request_of(moment->connection->ssh, file);
	char *text = text_of(words);
	const struct file_answer answer = { outcome, (int)status, text };
	bool whole = outcome == FILE_OK && (file->ended || is_there(file));
	struct moment saying = *moment;

	file->told = true;
	if (file->put) {
		give(dissector, moment, false, file_message_put_response(&request, &answer));
	} else {
		if (file->handle.length && file->first_packet)
			saying.first_packet = file->first_packet;
		give(dissector, &saying, false,
		     file_message_get_response(&request, &answer,
					       file->handle.length ? file->contents : NULL, whole,
					       file->announced));
	}
	free(text);
}

static void tell_contents(struct dissector *dissector, const struct moment *moment,
			  const struct sftp_file *file, bool whole)
{
	const struct file_request request = request_of(moment->connection->ssh, file);
	struct moment saying = *moment;

	if (file->first_packet)
		saying.first_packet = file->first_packet;
	give(dissector, &saying, true,
	     file_message_contents(&request, file->contents, whole, file->announced));
}

void dissector_sftp_end(struct dissector *dissector, const struct moment *moment, bool by_server)
{
	struct ssh_talk *talk = moment->connection->ssh;

	for (struct sftp_file *at = talk->files; at; at = at->next) {
		if (at->told)
			continue;
		if (at->put && at->handle.length)
			tell_contents(dissector, moment, at, false);
		if (by_server) /* a client may go when it has all, without closing it */
			tell_answer(dissector, moment, at, is_there(at) ? FILE_OK : FILE_CUT, 0,
				    octets_of(NULL, 0));
	}
	dissector_sftp_clear(talk);
}

/* --- from the client --- */

static void on_open(struct dissector *dissector, const struct moment *moment,
		    const struct sftp_packet *packet)
{
	struct ssh_talk *talk = moment->connection->ssh;
	char *name = text_of(packet->path);
	struct sftp_file *file = memory_new(sizeof(*file));

	file->path = ftp_path("/", name);
	free(name);
	file->put = (packet->value & (SFTP_FOR_WRITE | SFTP_FOR_APPEND)) != 0;
	file->append = (packet->value & SFTP_FOR_APPEND) != 0;
	file->announced = -1;
	if (!file->put && talk->size_of && !strcmp(talk->size_of, file->path))
		file->announced = talk->size;
	file->contents = file_contents_new();
	file->next = talk->files;
	talk->files = file;
	talk->file_count++;
	add_asked(talk, packet, file);
	const struct file_request request = request_of(talk, file);

	give(dissector, moment, true,
	     file->put ? file_message_put(&request) : file_message_get(&request));
}

static void on_write(const struct moment *moment, const struct sftp_packet *packet,
		     struct sftp_file *file)
{
	if (file->told)
		return;
	if (!file->first_packet)
		file->first_packet = moment->first_packet;
	file_contents_put(file->contents, packet->offset, packet->data.at, packet->data.length);
}

static void on_close(struct dissector *dissector, const struct moment *moment,
		     const struct sftp_file *file)
{
	if (file->put && !file->told)
		tell_contents(dissector, moment, file, true);
}

static void on_login(struct dissector *dissector, const struct moment *moment,
		     struct octets rest)
{
	struct octets user, method;

	if (sftp_read_string(&rest, &user) < 0 || sftp_read_string(&rest, &method) < 0)
		return;
	char *user_text = text_of(user), *method_text = text_of(method);

	give(dissector, moment, true, file_message_login("sftp", user_text, method_text));
	free(user_text);
	free(method_text);
}

static void on_request(struct dissector *dissector, const struct moment *moment,
		       const struct sftp_packet *packet)
{
	struct ssh_talk *talk = moment->connection->ssh;
	struct sftp_file *file = file_of(talk, packet->handle);

	if (talk->asked_count == LIMIT_SFTP_ASKED)
		asked_free(take_asked(talk, talk->first->id));
	if (packet->type == SFTP_OPEN) {
		if (talk->file_count < LIMIT_SFTP_HANDLES)
			on_open(dissector, moment, packet);
		return;
	}
	if (file && packet->type == SFTP_WRITE)
		on_write(moment, packet, file);
	else if (file && packet->type == SFTP_CLOSE)
		on_close(dissector, moment, file);
	else if (file && packet->type == SFTP_READ)
		file->reads++;
	struct sftp_asked *asked = add_asked(talk, packet, file);

	if (packet->type == SFTP_STAT || packet->type == SFTP_LSTAT) {
		char *name = text_of(packet->path);

		asked->path = ftp_path("/", name);
		free(name);
	}
}

/* --- from the server --- */

static void on_login_answer(struct dissector *dissector, const struct moment *moment,
			    struct octets rest)
{
	enum { USERAUTH_FAILURE = 51, USERAUTH_SUCCESS = 52 }; /* RFC 4252 6 */
	struct ssh_talk *talk = moment->connection->ssh;
	struct octets user, accepted, words;

	if (sftp_read_string(&rest, &user) < 0 || sftp_read_string(&rest, &accepted) < 0 ||
	    sftp_read_string(&rest, &words) < 0)
		return;
	bool good = is(accepted, "true");
	char *user_text = text_of(user), *text = text_of(words);

	if (good) {
		free(talk->user);
		talk->user = memory_text(user_text);
	}
	give(dissector, moment, false,
	     file_message_login_response("sftp", user_text, good,
					 good ? USERAUTH_SUCCESS : USERAUTH_FAILURE, text));
	free(user_text);
	free(text);
}

static void on_status(struct dissector *dissector, const struct moment *moment,
		      const struct sftp_packet *packet, const struct sftp_asked *asked)
{
	struct sftp_file *file = asked->file;
	bool good = packet->value == SFTP_OK ||
		    (packet->value == SFTP_EOF && asked->type == SFTP_READ);

	if (asked->type != SFTP_OPEN && asked->type != SFTP_READ && asked->type != SFTP_WRITE &&
	    asked->type != SFTP_CLOSE)
		return;
	/* A client that reads ahead may ask for what is far behind the end. */
	if (asked->type == SFTP_READ && packet->value == SFTP_EOF &&
	    asked->offset <= file_contents_size(file->contents))
		file->ended = true;
	if (!file->told && !good) {
		if (file->put && asked->type == SFTP_WRITE)
			tell_contents(dissector, moment, file, false);
		tell_answer(dissector, moment, file, outcome_of(packet->value, packet->path),
			    packet->value, packet->path);
	}
	/* What was closed before its end was asked for is whole when its size was told, and came; or when
	 * less came than was asked for, which is how a file ends (draft-ietf-secsh-filexfer-02 6.4). */
	if (asked->type == SFTP_CLOSE && file->announced < 0 && file->fell_short)
		file->ended = true;
	if (!file->told && asked->type == SFTP_CLOSE)
		tell_answer(dissector, moment, file, FILE_OK, SFTP_OK, packet->path);
	if (asked->type == SFTP_CLOSE || (asked->type == SFTP_OPEN && !good))
		forget_file(moment->connection->ssh, file);
}

static void on_data(const struct moment *moment, const struct sftp_packet *packet,
		    const struct sftp_asked *asked)
{
	struct sftp_file *file = asked->file;

	if (file->told)
		return;
	if (!file->first_packet)
		file->first_packet = moment->first_packet;
	file_contents_put(file->contents, asked->offset, packet->data.at, packet->data.length);
	file->fell_short = packet->data.length < asked->length && packet->data.length < USUAL_READ &&
			   asked->offset + packet->data.length == file_contents_size(file->contents);
}

static void on_size(struct ssh_talk *talk, const struct sftp_packet *packet,
		    const struct sftp_asked *asked)
{
	bool has = (packet->attributes.has & SFTP_HAS_SIZE) && packet->attributes.size <= INT64_MAX;
	int64_t size = has ? (int64_t)packet->attributes.size : -1;

	if (asked->file && !asked->file->put) {
		asked->file->announced = size;
	} else if (asked->path) {
		free(talk->size_of);
		talk->size_of = memory_text(asked->path);
		talk->size = size;
	}
}

static void on_answer(struct dissector *dissector, const struct moment *moment,
		      const struct sftp_packet *packet)
{
	struct ssh_talk *talk = moment->connection->ssh;
	struct sftp_asked *asked = take_asked(talk, packet->id);
	struct sftp_file *file = asked ? asked->file : NULL;

	if (!asked)
		return;
	if (file && asked->type == SFTP_READ)
		file->reads--;
	if (packet->type == SFTP_HANDLE && file && asked->type == SFTP_OPEN)
		buffer_add(&file->handle, packet->handle.at, packet->handle.length);
	else if (packet->type == SFTP_DATA && file && asked->type == SFTP_READ)
		on_data(moment, packet, asked);
	else if (packet->type == SFTP_ATTRS)
		on_size(talk, packet, asked);
	else if (packet->type == SFTP_STATUS && file)
		on_status(dissector, moment, packet, asked);
	/* All that was asked for is there, and the end was seen. */
	if (file && asked->type == SFTP_READ && file->ended && !file->reads && !file->told)
		tell_answer(dissector, moment, file, FILE_OK, SFTP_OK, octets_of(NULL, 0));
	asked_free(asked);
}

void dissector_sftp_packet(struct dissector *dissector, const struct moment *moment,
			   const struct sftp_packet *packet)
{
	struct ssh_talk *talk = moment->connection->ssh;
	bool own = packet->type == SFTP_EXTENDED && !talk->begun;

	if (packet->type == SFTP_INIT || packet->type == SFTP_VERSION_PACKET)
		talk->begun = true;
	else if (own && moment->from_client && is(packet->path, SFTP_LOGIN))
		on_login(dissector, moment, packet->rest);
	else if (own && !moment->from_client && is(packet->path, SFTP_LOGIN_ANSWER))
		on_login_answer(dissector, moment, packet->rest);
	else if (moment->from_client)
		on_request(dissector, moment, packet);
	else
		on_answer(dissector, moment, packet);
}
