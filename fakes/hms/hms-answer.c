/*
 * The good behaviour of an HMS: what it answers to each request of the device, and when it
 * lets the session end; and the HTTP answer as a whole.
 *
 * The order is that of an HTTP server: method, target, credentials, then the body. What the
 * chart's cue asks for comes in only behind that, so that no cue is spent on a request that a
 * good server would not have let in.
 */
#include "fakes/hms/hms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"
#include "protocols/message-names.h"
#include "protocols/xml.h"

/* The Date field, made anew once a second. */
static const char *date(struct hms *hms)
{
	int64_t now = loop_now(hms->stage->loop) / 1000000;

	if (hms->date_time != now || !hms->date[0])
		fake_date(hms->stage->loop, hms->date);
	hms->date_time = now;
	return hms->date;
}

static struct http_message *response_new(struct hms *hms, int status)
{
	struct http_message *response = http_response_new(status, http_reason(status));

	http_header_add(response, "Date", date(hms));
	http_header_add(response, "Server", "femtoproof");
	return response;
}

void hms_refuse(struct hms *hms, int status, struct hms_reply *reply)
{
	struct http_message *response = response_new(hms, status);

	http_header_add(response, "Connection", "close");
	http_write(response, &reply->octets);
	http_message_free(response);
	reply->after = AFTER_CLOSE;
}

/* Is the request's target our path, in whatever form it comes ("*", absolute, with query)? */
static bool is_our_target(const struct hms *hms, const char *target)
{
	const char *path = hms->settings.path, *after = strstr(target, "://");
	size_t length = strlen(path);

	if (after && target[0] != '/') {
		after = strchr(after + 3, '/');
		target = after ? after : "/";
	}
	return !strncmp(target, path, length) &&
	       (target[length] == '\0' || target[length] == '?' || target[length] == '#');
}

/* What the device's message is to us. */
enum turn { TURN_ANSWER, TURN_REQUEST };

struct wish { /* which arrows would do now */
	enum turn turn;
	char response[MESSAGE_NAME + 16]; /* "InformResponse" */
};

static bool is_http_answer(const char *name)
{
	return !strcmp(name, "HttpChallenge") || !strcmp(name, "HttpRedirect") ||
	       !strcmp(name, "HttpError");
}

static bool has_http_fault(const struct arrow *arrow)
{
	for (size_t i = 0; i < arrow->fault_count; i++)
		if (!strncmp(arrow->faults[i].kind->protocol, "http", 4))
			return true;
	return false;
}

/* Is the arrow one that can be said now? */
static bool accept_arrow(void *context, const struct arrow *arrow)
{
	const struct wish *wish = context;
	const char *name = arrow->message;
	const struct cwmp_method *method;

	if (is_http_answer(name))
		return true;
	if (wish->turn == TURN_ANSWER)
		return !strcmp(name, wish->response) || !strcmp(name, "Fault") ||
		       (!strcmp(name, "EmptyResponse") && has_http_fault(arrow));
	if (!strcmp(name, "EmptyResponse") || !strcmp(name, "UnknownMethod"))
		return true;
	method = cwmp_method_find(name);
	return method && method->device_answers;
}

/* Of a request without good credentials only the challenge can be a cue. */
static bool accept_challenge(void *context, const struct arrow *arrow)
{
	(void)context;
	return !strcmp(arrow->message, "HttpChallenge");
}

/* Asks for the cue and takes it; true when there was one. wish NULL: a challenge was made. */
static bool take_cue(struct hms_exchange *exchange, struct wish *wish)
{
	struct hms *hms = exchange->hms;
	const struct stage *stage = hms->stage;
	const struct cue *cue =
		hms_cue(hms, hms_connection_peer(exchange->connection),
			wish ? accept_arrow : accept_challenge, wish);

	if (!cue)
		return false;
	exchange->arrow = cue->arrow;
	if (wish)
		hms_cue_body(exchange, cue);
	/* The cue itself is good only until the judge is called again. */
	if (stage->cue_taken)
		stage->cue_taken(stage->context, exchange->arrow);
	return true;
}

static void speak(struct hms_exchange *exchange)
{
	if (!exchange->style.ns)
		exchange->style.ns = exchange->session ? exchange->session->ns : CWMP_1_1;
	exchange->style.id = exchange->id;
}

/* The device asked something: it is owed an answer. */
static void answer_device(struct hms_exchange *exchange, const struct message *message)
{
	struct wish wish = { .turn = TURN_ANSWER };
	const struct cwmp_method *method = cwmp_method_find(message->name);
	bool known = method && (!method->device_answers || !strcmp(method->name, "GetRPCMethods"));

	if (!strcmp(message->name, "Inform"))
		hms_session_open(exchange, message);
	snprintf(wish.response, sizeof(wish.response), "%sResponse", message->name);
	exchange->id = cwmp_id(message);
	if (!take_cue(exchange, &wish)) {
		if (!known)
			exchange->body = cwmp_fault_new(8000, NULL);
		else if (!exchange->session)
			exchange->body = cwmp_fault_new(8001, NULL); /* no Inform before it */
		else
			exchange->body = hms_default_body(exchange, wish.response);
	}
	if (exchange->body && !strcmp((const char *)exchange->body->name, "InformResponse"))
		exchange->session->informed = true;
	if (exchange->session)
		exchange->session->held = exchange->style.hold_requests;
	speak(exchange);
}

/* It is our turn: the chart's next request, or the session is over (TR-069 3.7.1.4). */
static void ask_device(struct hms_exchange *exchange)
{
	struct hms *hms = exchange->hms;
	struct hms_session *session = exchange->session;
	struct wish wish = { .turn = TURN_REQUEST };

	exchange->status = 204;
	if (!session)
		return; /* nobody to ask: no Inform came */
	take_cue(exchange, &wish);
	if (exchange->body)
		exchange->id = memory_format("%u", ++hms->last_id);
	else if (exchange->status == 204)
		exchange->about_to_end = !session->held; /* else the device may have been held back */
	session->over = exchange->about_to_end && session->transfers > 0;
	session->held = exchange->style.hold_requests;
	speak(exchange);
}

/* Which transfers the device may tell of in this session. */
static void note_transfer(struct hms_session *session, const struct message *message)
{
	const xmlNode *status = xml_child(message->body, "Status");

	if ((!strcmp(message->name, "DownloadResponse") ||
	     !strcmp(message->name, "UploadResponse")) && status && xml_text_is(status, "1"))
		session->transfers++;
	else if (!strcmp(message->name, "TransferComplete") && session->transfers)
		session->transfers--;
}

static void read_body(struct hms_exchange *exchange)
{
	const struct buffer *body = &exchange->request->body;
	const struct message_name *known;
	struct message *message;

	exchange->status = 200;
	if (body->length == 0) {
		ask_device(exchange);
		return;
	}
	message = cwmp_decode(body->octets, body->length);
	known = message_name_find(message->name);
	if (exchange->session)
		note_transfer(exchange->session, message);
	if (!strcmp(message->name, "Unreadable")) {
		exchange->status = 400;
	} else if (!strcmp(message->name, "UnknownMethod") ||
		   (known && known->kind == KIND_REQUEST)) {
		answer_device(exchange, message);
	} else {
		if (exchange->session)
			hms_device_confirm(exchange->session, strcmp(message->name, "Fault") != 0);
		ask_device(exchange);
	}
	message_free(message);
}

static void think(struct hms_exchange *exchange)
{
	struct hms *hms = exchange->hms;
	const struct http_message *request = exchange->request;

	if (strcmp(request->method, "POST")) {
		exchange->status = 405;
		return;
	}
	if (!is_our_target(hms, request->target)) {
		exchange->status = 404;
		return;
	}
	exchange->session = hms_session_find(hms, exchange->connection, request);
	if (!hms_authenticate(exchange)) {
		take_cue(exchange, NULL);
		return;
	}
	read_body(exchange);
	if (exchange->session)
		hms_connection_bind(exchange->connection, exchange->session);
}

static struct http_message *write_response(struct hms_exchange *exchange)
{
	struct hms *hms = exchange->hms;
	struct http_message *response = response_new(hms, exchange->status);

	response->minor = exchange->request->minor < 1 ? 0 : 1;
	if (exchange->status == 405)
		http_header_add(response, "Allow", "POST");
	if (exchange->challenge.length)
		http_header_add(response, "WWW-Authenticate", buffer_text(&exchange->challenge));
	if (exchange->location)
		http_header_add(response, "Location", exchange->location);
	if (exchange->session && exchange->status < 300)
		hms_session_greet(exchange->session, response);
	if (!http_keep_alive(exchange->request) || hms->settings.close_each)
		exchange->close = true;
	if (exchange->close)
		http_header_add(response, "Connection", "close");
	else if (response->minor == 0)
		http_header_add(response, "Connection", "keep-alive");
	if (exchange->body) {
		http_header_add(response, "Content-Type", "text/xml; charset=utf-8");
		cwmp_encode(exchange->body, &exchange->style, &response->body);
		hms_faults_envelope(exchange, &response->body);
	}
	return response;
}

static void exchange_clear(struct hms_exchange *exchange)
{
	if (exchange->body)
		xmlFreeDoc(exchange->body->doc);
	free(exchange->id);
	free(exchange->location);
	buffer_free(&exchange->challenge);
}

void hms_answer(struct hms_connection *connection, struct hms *hms,
		const struct http_message *request, struct hms_reply *reply)
{
	struct hms_exchange exchange = { .hms = hms, .connection = connection,
					 .request = request };
	struct http_message *response;

	think(&exchange);
	hms_faults_before(&exchange);
	response = write_response(&exchange);
	if (exchange.close)
		reply->after = AFTER_CLOSE;
	hms_faults_message(&exchange, response, reply);
	if (!reply->octets.length && !reply->silent)
		http_write(response, &reply->octets);
	http_message_free(response);
	if (exchange.about_to_end && !exchange.session->over)
		hms_session_end(hms, exchange.session);
	exchange_clear(&exchange);
}
