#include "tests/fakes/device-stand.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/grammar/shipped.h"
#include "tests/suite.h"

static void remember(struct tiny_hms *hms, struct http_message *post, int connection,
		     const struct address *from)
{
	ck_assert_uint_lt(hms->heard_count, HEARD_MOST);
	struct heard *heard = &hms->heard[hms->heard_count++];
	heard->post = post;
	heard->time = loop_now(hms->stand->loop);
	heard->connection = connection;
	address_host(from, heard->from);
	if (post->body.length)
		heard->message = cwmp_decode(post->body.octets, post->body.length);
}

static struct http_message *envelope(struct tiny_hms *hms, xmlNode *body, const char *id)
{
	struct cwmp_style style = {.ns = hms->ns, .id = id,
				   .hold_requests = hms->hold &&
				   !strcmp((const char *)body->name, "InformResponse")};
	struct http_message *response = http_response_new(200, "OK");

	http_header_add(response, "Content-Type", "text/xml");
	cwmp_encode(body, &style, &response->body);
	return response;
}

static struct http_message *answer_inform(struct tiny_hms *hms, const struct message *message)
{
	char *id = cwmp_id(message);
	struct http_message *response;

	if (hms->fault > 0) {
		hms->fault--;
		xmlNode *fault = cwmp_fault_new(8005, NULL);
		response = envelope(hms, fault, id);
		xmlFreeDoc(fault->doc);
	} else {
		xmlNode *body = cwmp_body_new("InformResponse");
		message_child(body, "MaxEnvelopes", "1");
		response = envelope(hms, body, id);
		xmlFreeDoc(body->doc);
	}
	if (hms->cookie)
		http_header_add(response, "Set-Cookie", hms->cookie);
	free(id);
	return response;
}

static struct http_message *answer_own(struct tiny_hms *hms, const struct message *message)
{
	char *id = cwmp_id(message), *name = memory_format("%sResponse", message->name);
	xmlNode *body = cwmp_body_new(name);
	if (!strcmp(message->name, "GetRPCMethods"))
		cwmp_array(body, "MethodList", "xsd:string");
	struct http_message *response = envelope(hms, body, id);

	xmlFreeDoc(body->doc);
	free(name);
	free(id);
	return response;
}

static struct http_message *next_request(struct tiny_hms *hms)
{
	char id[32];

	if (hms->sent == hms->queued)
		return http_response_new(204, "No Content");
	snprintf(id, sizeof(id), "hms-%zu", hms->sent);
	return envelope(hms, hms->queue[hms->sent++], id);
}

static struct http_message *challenge(void)
{
	struct http_challenge wanted = {.scheme = HTTP_AUTH_DIGEST, .realm = "hms",
					.nonce = "n1", .qop_auth = true};
	struct http_message *response = http_response_new(401, "Unauthorized");
	struct buffer text = {0};

	http_challenge_write(&wanted, &text);
	http_header_add(response, "WWW-Authenticate", buffer_text(&text));
	buffer_free(&text);
	return response;
}

static struct http_message *answer(struct tiny_hms *hms, const struct heard *heard)
{
	const char *name = heard->message ? heard->message->name : "";
	struct http_message *response;

	if (hms->digest && !http_header_get(heard->post, "Authorization"))
		return challenge();
	if (!strcmp(heard->post->method, "PUT") && hms->full > 0) {
		hms->full--;
		return http_response_new(507, "Insufficient Storage");
	}
	if (!strcmp(name, "Inform") && hms->redirect) {
		response = http_response_new(307, "Temporary Redirect");
		http_header_add(response, "Location", hms->redirect);
		return response;
	}
	if (!strcmp(name, "Inform") && hms->refuse > 0) {
		hms->refuse--;
		return http_response_new(500, "Internal Server Error");
	}
	if (!strcmp(name, "Inform"))
		return answer_inform(hms, heard->message);
	if (!strcmp(name, "GetRPCMethods") || !strcmp(name, "TransferComplete") ||
	    !strcmp(name, "AutonomousTransferComplete"))
		return answer_own(hms, heard->message);
	return next_request(hms);
}

/* false = it was cut, and the connection is to be closed. */
static bool spoil(unsigned number, struct buffer *out)
{
	size_t at = (size_t)number * 7919 % out->length;

	if (number % 4 != 0) {
		out->octets[at] = (uint8_t)(out->octets[at] ^ 1 << number % 8);
		return true;
	}
	out->length = at;
	return false;
}

static void hang_up(struct tiny_caller *caller)
{
	stream_close(caller->stream);
	http_parser_free(caller->parser);
	caller->stream = NULL;
	caller->parser = NULL;
}

/* Of a file; true when it was asked for one. */
static bool give_file(struct tiny_hms *hms, struct stream *stream, struct http_message *get)
{
	int status = hms->file_status ? hms->file_status : 200;
	struct http_message *response;
	struct buffer out = {0};

	if (strcmp(get->method, "GET") != 0)
		return false;
	hms->file_gets++;
	response = http_response_new(status, "As Asked");
	if (hms->file)
		buffer_add(&response->body, hms->file, strlen(hms->file));
	http_write(response, &out);
	stream_write(stream, out.octets, out.length);
	buffer_free(&out);
	http_message_free(response);
	http_message_free(get);
	return true;
}

static void came(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct tiny_caller *caller = context;
	const uint8_t *at = octets;
	size_t used;

	while (length && caller->stream == stream) {
		enum http_state state = http_parser_feed(caller->parser, at, length, &used, NULL);
		ck_assert_int_ne(state, HTTP_BAD);
		if (state == HTTP_MORE)
			return;
		struct http_message *post = http_parser_take(caller->parser);
		struct buffer out = {0};
		at += used;
		length -= used;
		if (give_file(caller->hms, stream, post))
			continue;
		remember(caller->hms, post, (int)(caller - caller->hms->callers),
			 stream_remote(caller->stream));
		if (caller->hms->silent)
			continue;
		struct http_message *response =
			answer(caller->hms, &caller->hms->heard[caller->hms->heard_count - 1]);
		bool keep = http_keep_alive(post);
		http_write(response, &out);
		http_message_free(response);
		if (caller->hms->spoil)
			keep = spoil(caller->hms->spoil++, &out) && keep;
		stream_write(stream, out.octets, out.length);
		buffer_free(&out);
		if (!keep)
			hang_up(caller);
	}
}

static void gone(void *context, struct stream *stream, enum stream_end how,
		 const struct problem *problem)
{
	(void)stream;
	(void)how;
	(void)problem;
	hang_up(context);
}

static void accepted(void *context, struct stream *stream)
{
	static const struct stream_events events = {.octets = came, .ended = gone};
	struct tiny_hms *hms = context;

	hms->connections++;
	for (int i = 0; i < CALLERS_MOST; i++) {
		struct tiny_caller *caller = &hms->callers[i];
		if (caller->stream)
			continue;
		caller->hms = hms;
		caller->stream = stream;
		caller->parser = http_parser_new(HTTP_REQUEST, NULL);
		stream_set_events(stream, &events, caller);
		return;
	}
	ck_abort_msg("the device opened too many connections");
}

static void hms_make(struct stand *stand, struct tiny_hms *hms, const char *host)
{
	struct address address;

	hms->stand = stand;
	ck_assert_int_eq(address_parse(host, &address), 0);
	stand_move(hms, &address);
}

void stand_move(struct tiny_hms *hms, const struct address *address)
{
	struct problem problem;
	char text[ADDRESS_TEXT];

	listener_close(hms->listener);
	hms->listener = listener_new(hms->stand->loop, address, NULL, NULL, TRANSPORT_HTTP,
				     accepted, hms, &problem);
	ck_assert_msg(hms->listener != NULL, "%s", problem.text);
	snprintf(hms->url, sizeof(hms->url), "http://%s/cwmp",
		 address_text(listener_address(hms->listener), text));
}

static void hms_clear(struct tiny_hms *hms)
{
	for (int i = 0; i < CALLERS_MOST; i++)
		if (hms->callers[i].stream)
			hang_up(&hms->callers[i]);
	for (size_t i = 0; i < hms->heard_count; i++) {
		message_free(hms->heard[i].message);
		http_message_free(hms->heard[i].post);
	}
	for (size_t i = 0; i < hms->queued; i++)
		xmlFreeDoc(hms->queue[i]->doc);
	listener_close(hms->listener);
}

void stand_make(struct stand *stand, const char *map)
{
	struct diagnostics diagnostics = {0};
	struct problem problem;
	char *relative = memory_format("scenarios/maps/%s.map", map);
	char *path = suite_path(relative);

	memset(stand, 0, sizeof(*stand));
	stand->map = map_load(path, &diagnostics);
	if (!stand->map)
		diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(stand->map);
	diagnostics_clear(&diagnostics);
	free(relative);
	free(path);
	stand->grammar = shipped_grammar();
	stand->loop = loop_new(CLOCK_VIRTUAL_TIME);
	hms_make(stand, &stand->initial, "127.0.20.1");
	hms_make(stand, &stand->serving, "127.0.21.1");
	stand->factory = (struct device_factory){
		.is_henb = !strncmp(map, "henb", 4), .map = stand->map, .grammar = stand->grammar,
		.manufacturer = "Femto Works", .oui = "00AB12", .product_class = "Cell",
		.serial = "000001", .hms_url = stand->initial.url,
		.username = "00AB12-Cell-000001", .password = "pw",
	};
	ck_assert_int_eq(address_parse("127.0.1.1", &stand->factory.local), 0);
	stand->device = device_new(stand->loop, &stand->factory, &problem);
	ck_assert_ptr_nonnull(stand->device);
}

void stand_clear(struct stand *stand)
{
	device_free(stand->device);
	hms_clear(&stand->initial);
	hms_clear(&stand->serving);
	loop_free(stand->loop);
	grammar_free(stand->grammar);
	map_free(stand->map);
}

static void time_over(void *context)
{
	*(bool *)context = true;
}

void stand_run(struct stand *stand, int64_t time)
{
	bool over = false;

	loop_after(stand->loop, time, time_over, &over);
	while (!over && loop_once(stand->loop))
		;
}

struct arguments {
	const char *names[8], *values[8];
	size_t count;
};

static char *argument(void *context, const char *name)
{
	const struct arguments *arguments = context;

	for (size_t i = 0; i < arguments->count; i++)
		if (!strcmp(arguments->names[i], name))
			return memory_text(arguments->values[i]);
	return NULL;
}

int stand_act(struct stand *stand, const char *action, ...)
{
	struct arguments arguments = {.count = 0};
	struct problem problem;
	const char *name;
	va_list list;

	va_start(list, action);
	while ((name = va_arg(list, const char *))) {
		arguments.names[arguments.count] = name;
		arguments.values[arguments.count++] = va_arg(list, const char *);
	}
	va_end(list);
	return device_act(stand->device, action, argument, &arguments, &problem);
}

void stand_queue(struct tiny_hms *hms, xmlNode *request)
{
	hms->queue[hms->queued++] = request;
}

const char *stand_heard(const struct tiny_hms *hms)
{
	static char text[8192];
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < hms->heard_count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
					   i ? " " : "", hms->heard[i].message
					   ? hms->heard[i].message->name : "-");
	return text;
}

struct message *stand_message(const struct tiny_hms *hms, const char *name, size_t n)
{
	for (size_t i = 0; i < hms->heard_count; i++) {
		struct message *message = hms->heard[i].message;
		if (message && !strcmp(message->name, name) && n-- == 0)
			return message;
	}
	return NULL;
}

const char *stand_events(const struct tiny_hms *hms, size_t n)
{
	static char text[512];
	const struct message *inform = stand_message(hms, "Inform", n);
	size_t length = 0;

	text[0] = '\0';
	if (!inform)
		return "(no such Inform)";
	for (xmlNode *at = xml_child(xml_child(inform->body, "Event"), NULL); at;
	     at = xml_next(at, NULL)) {
		char *code = xml_child_text(at, "EventCode");
		char *key = xml_child_text(at, "CommandKey");
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s%s%s",
					   length ? ", " : "", code, *key ? "=" : "", key);
		free(code);
		free(key);
	}
	return text;
}

const char *response_value(const xmlNode *body, const char *path)
{
	static char text[1024];

	for (xmlNode *at = xml_child(xml_child(body, "ParameterList"), NULL); at;
	     at = xml_next(at, NULL)) {
		char *name = xml_child_text(at, "Name");
		bool found = !strcmp(name, path);
		free(name);
		if (!found)
			continue;
		char *value = xml_child_text(at, "Value");
		snprintf(text, sizeof(text), "%s", value);
		free(value);
		return text;
	}
	return NULL;
}

const char *stand_informed(const struct tiny_hms *hms, size_t n, const char *path)
{
	const struct message *inform = stand_message(hms, "Inform", n);

	ck_assert_ptr_nonnull(inform);
	return response_value(inform->body, path);
}

xmlNode *request_set(const char *key, ...)
{
	xmlNode *body = cwmp_body_new("SetParameterValues");
	xmlNode *array = cwmp_array(body, "ParameterList", "ParameterValueStruct");
	const char *name;
	va_list list;

	va_start(list, key);
	while ((name = va_arg(list, const char *))) {
		const char *value = va_arg(list, const char *);
		cwmp_parameter(array, name, value, va_arg(list, const char *));
	}
	va_end(list);
	message_child(body, "ParameterKey", key);
	return body;
}

xmlNode *request_get(const char *name)
{
	xmlNode *body = cwmp_body_new("GetParameterValues");

	message_child(cwmp_array(body, "ParameterNames", "xsd:string"), "string", name);
	return body;
}

xmlNode *request_attributes(const char *name, int notification)
{
	xmlNode *body = cwmp_body_new("SetParameterAttributes");
	xmlNode *list = cwmp_array(body, "ParameterList", "SetParameterAttributesStruct");
	xmlNode *entry = message_child(list, "SetParameterAttributesStruct", NULL);
	char text[16];

	snprintf(text, sizeof(text), "%d", notification);
	message_child(entry, "Name", name);
	message_child(entry, "NotificationChange", "1");
	message_child(entry, "Notification", text);
	message_child(entry, "AccessListChange", "0");
	cwmp_array(entry, "AccessList", "xsd:string");
	return body;
}

xmlNode *request_text(const char *method, ...)
{
	xmlNode *body = cwmp_body_new(method);
	const char *name;
	va_list list;

	va_start(list, method);
	while ((name = va_arg(list, const char *)))
		message_child(body, name, va_arg(list, const char *));
	va_end(list);
	return body;
}
