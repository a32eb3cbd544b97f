/*
 * dissector-file: HTTP and HTTPS of a file server -> FileLogin, FileGet, FilePut and what answers
 * them (file-message.h; RFC 9110, TR-069 3.4.3).
 *
 * Whether a request is let in HTTP says only with its answer: 401, or another. What asks for a file
 * or delivers it is therefore kept back until then, but for a server that is ours: it says so before
 * (dissector_admitted), so that it can ask the judge what to answer.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/dissector-parts.h"
#include "protocols/file-message.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

struct file_exchange {
	char *path, *user, *method;
	const char *transport;
	bool put, login, admitted;
	struct message *asked, *contents; /* kept back; NULL when given out, or not there yet */
	uint64_t first_packet, last_packet; /* of the request */
};

void file_exchange_free(struct file_exchange *file)
{
	if (!file)
		return;
	free(file->path);
	free(file->user);
	free(file->method);
	message_free(file->asked);
	message_free(file->contents);
	free(file);
}

/* --- what is a file --- */

static bool is(const struct http_message *http, const char *method)
{
	return !strcmp(http->method, method);
}

/* "host:port" and "/path" in one hash, so that a GET can be known as that of a Download. */
static uint64_t place_hash(const char *authority, size_t length, const char *path)
{
	uint64_t hash = dissector_hash(0, authority, length);

	return dissector_hash(hash, path, strlen(path));
}

void dissector_file_ordered(struct dissector *dissector, const struct message *download)
{
	char *url = xml_child_text(download->body, "URL");
	const char *authority = url && !strncmp(url, "http", 4) ? strstr(url, "://") : NULL;

	if (authority) {
		size_t length = strcspn(authority + 3, "/");
		const char *path = authority[3 + length] ? authority + 3 + length : "/";

		dissector->ordered[dissector->ordered_next++ % FILES_ORDERED] =
			place_hash(authority + 3, length, path);
	}
	free(url);
}

static bool is_ordered(const struct dissector *dissector, const struct http_message *http)
{
	const char *host = http_header_get(http, "Host");
	uint64_t hash = host ? place_hash(host, strlen(host), http->target) : 0;

	for (size_t i = 0; host && i < FILES_ORDERED; i++)
		if (dissector->ordered[i] == hash)
			return true;
	return false;
}

/* In a capture from elsewhere: a PUT; a GET that a Download ordered; and one that a device sends to
 * where it never sent an Inform. */
static bool looks_like_file(const struct dissector *dissector, const struct connection *connection,
			    const struct http_message *http)
{
	if (!connection->guessed || dissector->told || is(http, "POST"))
		return false;
	if (is(http, "PUT") || is_ordered(dissector, http))
		return true;
	return !connection->connection_requests &&
	       !dissector_takes_requests(dissector, &connection->server) &&
	       dissector_device_known(dissector, &connection->client) &&
	       !dissector_is_hms(dissector, &connection->server);
}

static bool is_file(const struct dissector *dissector, const struct connection *connection,
		    const struct http_message *http)
{
	if (!is(http, "GET") && !is(http, "PUT") && !is(http, "POST"))
		return false;
	return connection->files || looks_like_file(dissector, connection, http);
}

/* --- requests --- */

static const char *path_of(const char *target)
{
	const char *host = target[0] != '/' ? strstr(target, "://") : NULL;
	const char *path = host ? strchr(host + 3, '/') : NULL;

	return host ? path ? path : "/" : target;
}

static struct file_request request_of(const struct file_exchange *file)
{
	return (struct file_request){ .transport = file->transport, .path = file->path,
				      .user = file->user, .method = file->method };
}

/* From whom the request says that it is; gives the FileLogin out. */
static void tell_login(struct dissector *dissector, const struct moment *moment,
		       struct file_exchange *file, const char *value)
{
	struct http_credentials *credentials = memory_new(sizeof(*credentials));

	http_credentials_parse(value, credentials, NULL);
	const char *method = credentials->scheme == HTTP_AUTH_DIGEST  ? "digest"
			     : credentials->scheme == HTTP_AUTH_BASIC ? "basic"
								      : "other";
	file->login = true;
	file->user = memory_text(credentials->username);
	dissector_give(dissector, moment,
		       file_message_login(file->transport, file->user, method));
	free(credentials);
}

bool dissector_file_head(struct dissector *dissector, const struct moment *moment,
			 const struct http_message *http, struct exchange *exchange)
{
	const struct connection *connection = moment->connection;
	const char *credentials = http_header_get(http, "Authorization");
	struct file_exchange *file;

	if (!is_file(dissector, connection, http))
		return false;
	file = memory_new(sizeof(*file));
	exchange->kind = EXCHANGE_FILE;
	exchange->file = file;
	exchange->time = moment->time;
	file->transport = connection->tls ? "https" : "http";
	file->path = memory_text(path_of(http->target));
	file->method = memory_text(http->method);
	file->put = !is(http, "GET");
	file->first_packet = moment->first_packet;
	file->last_packet = moment->last_packet;
	if (credentials)
		tell_login(dissector, moment, file, credentials);
	const struct file_request request = request_of(file);

	file->asked = file->put ? file_message_put(&request) : file_message_get(&request);
	dissector_http_facet(file->asked, http);
	return true;
}

static struct file_contents *contents_of(const struct http_message *http)
{
	struct file_contents *contents = file_contents_new();

	file_contents_add(contents, http->body.octets, http->body.length);
	file_contents_skip(contents, http->body_skipped);
	return contents;
}

static int64_t announced_by(const struct http_message *http)
{
	return http->has_length && !http->chunked ? (int64_t)http->content_length : -1;
}

/* What a form of HTML would send (RFC 7578): its parts are not taken out, for the URL of an upload is
 * that of the file itself (TR-069 3.4.3, RFC 9110 9.3.4). A file that is only called so is the file. */
static bool is_form(const struct http_message *http, const struct message *contents)
{
	static const char multipart[] = "multipart/";
	const char *type = http_header_get(http, "Content-Type");

	return type && !strncasecmp(type, multipart, sizeof(multipart) - 1) &&
	       !xml_child(contents->body, NULL);
}

static void give_contents(struct dissector *dissector, const struct moment *given,
			  struct file_exchange *file)
{
	struct moment moment = *given;

	if (!file->contents)
		return;
	moment.from_client = true;
	dissector_give(dissector, &moment, file->contents);
	file->contents = NULL;
}

void dissector_file_body(struct dissector *dissector, const struct moment *moment,
			 const struct http_message *http, struct exchange *exchange, bool whole)
{
	struct file_exchange *file = exchange->file;
	const struct file_request request = request_of(file);
	struct file_contents *contents;

	if (!file->put)
		return;
	contents = contents_of(http);
	file->contents = file_message_contents(&request, contents, whole, announced_by(http));
	if (is_form(http, file->contents))
		message_attribute(file->contents->body, "format", "form");
	file_contents_free(contents);
	if (file->admitted)
		give_contents(dissector, moment, file);
}

/* --- let in --- */

static void give_login_response(struct dissector *dissector, const struct moment *given,
				const struct file_exchange *file, bool accepted, int status,
				const char *text)
{
	struct moment moment = *given;

	if (!file->login)
		return;
	moment.from_client = false;
	dissector_give(dissector, &moment,
		       file_message_login_response(file->transport, file->user, accepted, status,
						   text));
}

/* The request stands: it is given out, with what came of it until now. */
static void admit(struct dissector *dissector, const struct moment *given,
		  struct exchange *exchange)
{
	struct file_exchange *file = exchange->file;
	struct moment moment = *given;

	if (file->admitted)
		return;
	file->admitted = true;
	moment.first_packet = file->first_packet;
	moment.last_packet = file->last_packet;
	give_login_response(dissector, &moment, file, true, 0, "");
	moment.from_client = true;
	dissector_give(dissector, &moment, file->asked);
	file->asked = NULL;
	give_contents(dissector, given, file);
}

void dissector_file_admit(struct dissector *dissector, const struct moment *moment)
{
	struct exchange *exchange = moment->connection->first;

	while (exchange && (exchange->kind != EXCHANGE_FILE || exchange->file->admitted))
		exchange = exchange->next;
	if (exchange)
		admit(dissector, moment, exchange);
}

/* --- answers --- */

static enum file_outcome outcome_of(int status)
{
	if (status >= 200 && status < 300)
		return FILE_OK;
	switch (status) {
	case 401: return FILE_LOGIN;
	case 403: return FILE_NO_PERMISSION;
	case 404:
	case 410: return FILE_NOT_FOUND;
	case 507: return FILE_FULL;
	default: return FILE_FAILED;
	}
}

/* http: its head, or NULL when none came. */
static void give_answer(struct dissector *dissector, const struct moment *given,
			const struct file_exchange *file, const struct http_message *http,
			const struct file_answer *answer, bool whole)
{
	const struct file_request request = request_of(file);
	bool carries = http && !file->put && http->status >= 200 && http->status < 300;
	struct file_contents *contents = carries ? contents_of(http) : NULL;
	struct moment moment = *given;
	struct message *message =
		file->put ? file_message_put_response(&request, answer)
			  : file_message_get_response(&request, answer, contents, whole,
						      http ? announced_by(http) : -1);

	file_contents_free(contents);
	if (http)
		dissector_http_facet(message, http);
	moment.from_client = false;
	dissector_give(dissector, &moment, message);
}

void dissector_file_answered(struct dissector *dissector, const struct moment *moment,
			     const struct http_message *http, struct exchange *exchange)
{
	struct file_exchange *file = exchange->file;
	const struct file_answer answer = { .outcome = outcome_of(http->status),
					    .status = http->status, .text = http->reason };

	if (http->status == 401 && !file->admitted) {
		give_login_response(dissector, moment, file, false, 401, http->reason);
		return;
	}
	admit(dissector, moment, exchange);
	if (http->status > 300 && http->status < 400 && http_header_get(http, "Location")) {
		struct message *message = dissector_http_answer(http);

		dissector_http_facet(message, http);
		dissector_give(dissector, moment, message);
		return;
	}
	give_answer(dissector, moment, file, http, &answer, true);
}

void dissector_file_cut_answer(struct dissector *dissector, const struct moment *moment,
			       const struct http_message *http, struct exchange *exchange)
{
	const struct file_answer answer = { .outcome = FILE_CUT, .status = http->status,
					    .text = http->reason };

	admit(dissector, moment, exchange);
	give_answer(dissector, moment, exchange->file, http, &answer, false);
}

void dissector_file_lost(struct dissector *dissector, const struct moment *moment,
			 struct exchange *exchange, bool by_server)
{
	static const struct file_answer answer = { .outcome = FILE_CUT };

	admit(dissector, moment, exchange);
	if (by_server)
		give_answer(dissector, moment, exchange->file, NULL, &answer, false);
}
