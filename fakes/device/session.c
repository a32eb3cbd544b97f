/*
 * session: one CWMP session from its Inform to its end (TR-069 3.7).
 *
 * The device is asked only after its own requests: Inform, then TransferComplete and such, then
 * the empty POST; from then on each answer of the HMS is a request, or the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/device-tls.h"
#include "fakes/device/misshapen.h"
#include "fakes/device/misstated.h"
#include "fakes/device/spelling.h"
#include "fakes/device/spoiled-post.h"
#include "fakes/device/state.h"
#include "fakes/device/transfers.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

enum session_state {
	AWAITS_INFORM_RESPONSE,
	AWAITS_RESPONSE, /* to another request of its own */
	AWAITS_REQUEST,  /* its empty POST or its answer is out */
};

struct session {
	struct device *device;
	struct http_client *client;
	enum session_state state;
	char *greets;             /* the value of ManagementServer.URL that it began with */
	const char *ns;
	unsigned next_id;
	char id[32];              /* of the request that is out; "" = none */
	struct buffer request;    /* its envelope, for a repeat after fault 8005 */
	char name[MESSAGE_NAME];  /* its name */
	bool held;                /* HoldRequests kept own requests back */
	bool asks_anew;           /* a defect: what is to be repeated gets a new ID */
	bool informed_twice, asked_methods, spoiled;
	int repeats;
	xmlNode *answer;          /* to a Download that is being done (variant), or NULL */
	char *answer_id;
	bool waits;               /* for a transfer that it will tell of (variant) */
};

#define REPEATS_MOST 5 /* of one request after fault 8005 */

static void session_free(struct session *session)
{
	http_client_free(session->client);
	buffer_free(&session->request);
	free(session->greets);
	if (session->answer)
		xmlFreeDoc(session->answer->doc);
	free(session->answer_id);
	free(session);
}

/* A defect: the URL that redirects led to is the HMS's from now on. */
static void store_redirect(struct session *session)
{
	struct device *device = session->device;
	char url[512];

	if (!http_client_redirected(session->client, url, sizeof(url)))
		return;
	device_set(device, "ManagementServer.URL", url);
	free(device->bootstrapped);
	device->bootstrapped = memory_text(url);
}

static void over(struct session *session, bool success)
{
	struct device *device = session->device;

	if (!success)
		transfers_failed(device);
	if (success && device_has(device, DEFECT_STORES_REDIRECT))
		store_redirect(session);
	if (success && device_has(device, VARIANT_KEEP_OPEN)) {
		device->idle = session->client;
		session->client = NULL;
	}
	session_free(session);
	device_session_over(device, success);
}

void device_session_abandon(struct device *device)
{
	if (device->session)
		session_free(device->session);
	device->session = NULL;
}

static struct http_message *post_new(const struct session *session)
{
	struct http_message *post = http_request_new("POST", "/");

	(void)session;
	http_header_add(post, "User-Agent", "femtoproof-device");
	return post;
}

/* An envelope: name NULL for an answer, whose SOAPAction has no value; so may a request's. */
static void post_envelope(struct session *session, const struct buffer *envelope,
			  const char *name)
{
	struct device *device = session->device;
	struct http_message *post = post_new(session);

	http_header_add(post, "SOAPAction", name ? spell_action(device, name) : "");
	http_header_add(post, "Content-Type", device_has(device, DEFECT_CONTENT_TYPE_WRONG)
			? "application/soap+xml" : spell_type(device));
	post->chunked = device_has(device, VARIANT_CHUNKED);
	buffer_add(&post->body, envelope->octets, envelope->length);
	if (device_has(device, DEFECT_TWO_FRAMINGS)) {
		char length[24];

		snprintf(length, sizeof(length), "%zu", envelope->length);
		http_header_add(post, "Content-Length", length);
		post->chunked = true;
	}
	http_client_send(session->client, post);
}

/* Neither SOAPAction nor Content-Type (TR-069 3.4.1). */
static void post_empty(struct session *session)
{
	session->state = AWAITS_REQUEST;
	if (device_has(session->device, DEFECT_NO_SESSION_END)) {
		over(session, true);
		return;
	}
	http_client_send(session->client, post_new(session));
}

/* The defect shows once in a session. */
static bool spoils(struct session *session, enum trait defect)
{
	bool spoils = device_has(session->device, defect) && !session->spoiled;

	session->spoiled |= spoils;
	return spoils;
}

static void encode(const struct session *session, xmlNode *body, const char *id,
		   struct buffer *out)
{
	struct cwmp_style style = { .ns = session->ns, .id = id };

	misstate(session->device, body);
	misshape(session->device, body);
	spell_envelope(session->device, &style);
	cwmp_encode(body, &style, out);
	xmlFreeDoc(body->doc);
}

static void send_request(struct session *session, xmlNode *body, enum session_state state)
{
	spell_id(session->device, ++session->next_id, session->id, sizeof(session->id));
	snprintf(session->name, sizeof(session->name), "%s", (const char *)body->name);
	session->state = state;
	session->repeats = 0;
	buffer_clear(&session->request);
	encode(session, body, *session->id ? session->id : NULL, &session->request);
	post_envelope(session, &session->request, session->name);
}

/* The next request of its own, if there is one. */
static bool send_own(struct session *session)
{
	struct device *device = session->device;
	xmlNode *body = NULL;

	if (device_has(device, DEFECT_TWO_INFORMS) && !session->informed_twice) {
		session->informed_twice = true;
		send_request(session, device_inform(device), AWAITS_INFORM_RESPONSE);
		return true;
	}
	if (device_has(device, VARIANT_GET_RPC_METHODS) && !session->asked_methods) {
		session->asked_methods = true;
		body = cwmp_body_new("GetRPCMethods");
	} else {
		body = transfers_complete_new(device);
	}
	if (!body)
		body = upload_reports_new(device);
	if (body)
		send_request(session, body, AWAITS_RESPONSE);
	return body != NULL;
}

static void send_unasked_answer(struct session *session)
{
	struct buffer envelope = {0};

	session->state = AWAITS_REQUEST;
	encode(session, cwmp_body_new("RebootResponse"), "unasked", &envelope);
	post_envelope(session, &envelope, NULL);
	buffer_free(&envelope);
}

/* After an answer to a request of its own. */
static void go_on(struct session *session, bool hold)
{
	session->held = hold;
	if (!hold && send_own(session))
		return;
	if (spoils(session, DEFECT_UNASKED_ANSWER))
		send_unasked_answer(session);
	else
		post_empty(session);
}

/* The HMS has nothing more to ask: the end, unless own requests were kept back. */
static void handle_empty(struct session *session)
{
	if (session->state == AWAITS_INFORM_RESPONSE &&
	    device_has(session->device, DEFECT_EMPTY_ANSWER_WILL_DO)) {
		post_empty(session);
		return;
	}
	if (session->state != AWAITS_REQUEST) {
		over(session, false);
		return;
	}
	if (session->held) {
		session->held = false;
		if (send_own(session))
			return;
	}
	session->waits = transfers_in_session(session->device, false);
	if (session->waits)
		return;
	if (spoils(session, DEFECT_SPEAKS_AFTER_END))
		send_request(session, cwmp_body_new("GetRPCMethods"), AWAITS_RESPONSE);
	else
		over(session, true);
}

static bool holds(const struct session *session, const struct message *message)
{
	if (device_has(session->device, DEFECT_IGNORES_HOLD_REQUESTS))
		return false;
	const xmlNode *root = xmlDocGetRootElement(message->document);
	const xmlNode *soap = xml_child(root, "soap");
	char *text = xml_child_text(soap ? xml_child(soap, "Header") : NULL, "HoldRequests");
	bool hold = text && (!strcmp(text, "1") || !strcmp(text, "true"));

	free(text);
	return hold;
}

/* The HMS speaks an older CWMP: so does the device from now on (1.1 of clause 3.5). */
static void follow_version(struct session *session, const struct message *message)
{
	static const char *const versions[] = {CWMP_1_0, CWMP_1_1, CWMP_1_2};
	char *ns = xml_attribute(message->body, "ns");

	for (size_t i = 0; ns && i < 3; i++) {
		if (!strcmp(versions[i], session->ns))
			break;
		if (!strcmp(versions[i], ns))
			session->ns = versions[i];
	}
	free(ns);
}

static bool says_one_envelope(const struct message *message)
{
	char *most = xml_child_text(message->body, "MaxEnvelopes");
	bool one = most && !strcmp(most, "1");

	free(most);
	return one;
}

static void handle_inform_response(struct session *session, const struct message *message)
{
	struct device *device = session->device;

	if (device_has(device, DEFECT_BREAKS_AT_MAX_ENVELOPES) && !says_one_envelope(message)) {
		over(session, false);
		return;
	}
	follow_version(session, message);
	free(device->bootstrapped);
	device->bootstrapped = memory_text(session->greets);
	bool again = device_has(device, DEFECT_SAYS_REBOOT_TWICE) &&
		     events_have(&device->events, "1 BOOT") &&
		     events_have(&device->events, "M Reboot");
	events_delivered(&device->events);
	if (again) {
		events_add(&device->events, "M Reboot", "again");
		device->events.list[device->events.count - 1].sent = true;
	}
	tree_changes_delivered(device->tree);
	device->change_session = false;
	go_on(session, holds(session, message));
}

static bool is_response_to(const struct message *message, const char *request)
{
	size_t length = strlen(request);

	return !strncmp(message->name, request, length) &&
	       !strcmp(message->name + length, "Response");
}

/* A Fault to a request of its own: 8005 asks for the same again; to an Inform any other ends the
 * session, to another request it does not (TR-069 3.7.1.6). */
static void handle_fault(struct session *session, const struct message *message)
{
	char *code = xml_child_text(message->body, "FaultCode");
	bool again = code && !strcmp(code, "8005") && session->repeats++ < REPEATS_MOST &&
		     !device_has(session->device, DEFECT_NO_REPEAT_AT_8005);

	free(code);
	session->device->failure = FAILED_BY_FAULT;
	if (again && device_has(session->device, DEFECT_OTHER_REQUEST_AT_8005))
		session->asks_anew = true;
	if (again && session->asks_anew && session->state == AWAITS_INFORM_RESPONSE) {
		send_request(session, device_inform(session->device), AWAITS_INFORM_RESPONSE);
	} else if (again && session->asks_anew && send_own(session)) {
		return;
	} else if (again) {
		post_envelope(session, &session->request, session->name);
	} else if (session->state == AWAITS_INFORM_RESPONSE ||
		   device_has(session->device, DEFECT_REFUSAL_ENDS_SESSION)) {
		over(session, false);
	} else {
		if (!strcmp(session->name, "TransferComplete"))
			transfers_told(session->device, false);
		if (!strcmp(session->name, "AutonomousTransferComplete"))
			upload_reports_told(session->device, false);
		go_on(session, holds(session, message));
	}
}

static void handle_answer(struct session *session, const struct message *message)
{
	char *id = cwmp_id(message);
	bool mine = !strcmp(id ? id : "", session->id) ||
		    device_has(session->device, DEFECT_TAKES_ANY_ID);

	free(id);
	if (!mine) {
		over(session, false);
	} else if (!strcmp(message->name, "Fault")) {
		handle_fault(session, message);
	} else if (!is_response_to(message, session->name)) {
		over(session, false);
	} else if (session->state == AWAITS_INFORM_RESPONSE) {
		handle_inform_response(session, message);
	} else {
		if (!strcmp(session->name, "TransferComplete"))
			transfers_told(session->device, true);
		if (!strcmp(session->name, "AutonomousTransferComplete"))
			upload_reports_told(session->device, true);
		go_on(session, holds(session, message));
	}
}

/* Does something else where its answer is due: true when it did. */
static bool leaves_unanswered(struct session *session)
{
	if (device_has(session->device, DEFECT_SILENT_AFTER_REQUEST))
		return true;
	if (spoils(session, DEFECT_EMPTY_ANSWER))
		post_empty(session);
	else if (spoils(session, DEFECT_REQUEST_BEFORE_ANSWER))
		send_request(session, cwmp_body_new("GetRPCMethods"), AWAITS_RESPONSE);
	else
		return false;
	return true;
}

static void answer_request(struct session *session, xmlNode *answer, char *id)
{
	struct buffer envelope = {0};

	spell_fault(session->device, answer);
	if (device_has(session->device, DEFECT_WRONG_ID_ECHO) && id) {
		char *other = memory_format("%s0", id);
		free(id);
		id = other;
	}
	encode(session, answer, id, &envelope);
	post_envelope(session, &envelope, NULL);
	buffer_free(&envelope);
	free(id);
}

static void handle_request(struct session *session, const struct message *message)
{
	xmlNode *answer = rpc_answer(session->device, message->body);

	if (holds(session, message))
		session->held = true;
	if (!strcmp((const char *)answer->name, "DownloadResponse") &&
	    transfers_in_session(session->device, true)) {
		session->answer = answer;
		session->answer_id = cwmp_id(message);
		return;
	}
	answer_request(session, answer, cwmp_id(message));
}

void device_session_resume(struct device *device)
{
	struct session *session = device->session;
	xmlNode *answer = session ? session->answer : NULL;

	if (answer) {
		char *id = session->answer_id;

		session->answer = NULL;
		session->answer_id = NULL;
		answer_request(session, transfers_into_response(device, answer), id);
	} else if (session && session->waits) {
		session->waits = false;
		if (!send_own(session))
			over(session, true);
	} else {
		device_want_session(device, 0);
	}
}

/* Up to where the body is read: a defect sees only the first of two envelopes. */
static size_t readable_length(const struct session *session, const struct http_message *response)
{
	static const char end[] = "Envelope>";
	const struct buffer *body = &response->body;

	if (device_has(session->device, DEFECT_TAKES_FIRST_ENVELOPE))
		for (size_t at = 0; at + sizeof(end) - 1 < body->length; at++)
			if (!memcmp(body->octets + at, end, sizeof(end) - 1) &&
			    memchr(body->octets, '<', at) && body->octets[at + 9] == '<')
				return at + sizeof(end) - 1;
	return body->length;
}

static void handle_envelope(struct session *session, const struct http_message *response)
{
	struct message *message =
		cwmp_decode(response->body.octets, readable_length(session, response));
	size_t length = strlen(message->name);
	bool answers = !strcmp(message->name, "Fault") ||
		       (length > 8 && !strcmp(message->name + length - 8, "Response"));

	if (!strcmp(message->name, "Unreadable"))
		over(session, false);
	else if (session->state != AWAITS_REQUEST)
		handle_answer(session, message);
	else if (answers)
		over(session, false); /* nothing was asked */
	else if (!leaves_unanswered(session))
		handle_request(session, message);
	message_free(message);
}

/* Does it not wait for the end of the session (defects)? */
static bool goes_down(const struct device *device)
{
	return (device->reboot_due && device_has(device, DEFECT_REBOOTS_AT_ONCE)) ||
	       (device->reset_due && device_has(device, DEFECT_RESETS_IN_MID_SESSION));
}

/* Why a session failed, if it does now: for defects that do not bear everything. */
static void note_failure(struct device *device, const struct http_message *response,
			 const struct problem *problem)
{
	if (response)
		device->failure = response->status == 500 ? FAILED_BY_STATUS :
				  response->status / 100 == 3 ? FAILED_BY_REDIRECT :
								FAILED_OTHERWISE;
	else if (strstr(problem->text, "answers with an error"))
		device->failure = FAILED_BY_DNS;
	else if (strstr(problem->text, "onnection refused"))
		device->failure = FAILED_BY_CONNECTION;
	else if (strstr(problem->text, "in the TLS handshake"))
		device->failure = FAILED_BY_CUT;
	else if (strstr(problem->text, "wrong version number") ||
		 strstr(problem->text, "packet length too long"))
		device->failure = FAILED_BY_CLEAR;
	else if (strstr(problem->text, "certificate"))
		device->failure = FAILED_BY_TLS;
	else
		device->failure = FAILED_OTHERWISE;
}

static bool is_too_large(const struct session *session, const struct http_message *response)
{
	return response->body.length > 16384 &&
	       device_has(session->device, DEFECT_BREAKS_AT_LARGE_ENVELOPE);
}

static void answered(void *context, const struct http_message *response,
		     const struct problem *problem)
{
	struct session *session = context;

	note_failure(session->device, response, problem);
	if (!response || (response->status != 200 && response->status != 204) ||
	    is_too_large(session, response))
		over(session, false);
	else if (goes_down(session->device) && response->body.length > 0)
		device_restart(session->device);
	else if (response->body.length == 0)
		handle_empty(session);
	else
		handle_envelope(session, response);
}

static struct http_client *client_new(struct session *session, const char *url)
{
	struct device *device = session->device;
	bool later = device_has(device, DEFECT_INNER_DNS_LATER) && device->bootstrapped;
	bool wrong_dns = (device_has(device, DEFECT_WRONG_DNS) || later) &&
			 device->factory.wrong_dns.family;
	bool blind = device_has(device, DEFECT_ACCEPTS_BAD_CERTIFICATE) &&
		     device->factory.tls_blind;
	struct http_client_options options = {
		.loop = device->loop,
		.local = uplink_hms_local(device->uplink),
		.other_local = uplink_other_local(device->uplink),
		.dns_local = uplink_dns_local(device->uplink),
		.dns = wrong_dns ? device->factory.wrong_dns : uplink_hms_dns(device->uplink),
		.tls = blind ? device->factory.tls_blind : device->factory.tls,
		.clear = device_has(device, DEFECT_PLAIN_HTTP) ||
			 (device_has(device, DEFECT_CLEAR_TO_SERVING) && device->bootstrapped) ||
			 (device_has(device, DEFECT_CLEAR_FALLBACK) &&
			  device->failure == FAILED_BY_TLS) ||
			 (device_has(device, DEFECT_FOLLOWS_IN_CLEAR) &&
			  device->failure == FAILED_BY_CLEAR),
		.username = device_value(device, "ManagementServer.Username"),
		.password = device_value(device, "ManagementServer.Password"),
		.mangle_cookie = device_has(device, DEFECT_MANGLED_COOKIE),
		.spoil = spoil_post,
		.spoil_context = device,
		.one_cookie = device_has(device, DEFECT_FORGETS_SECOND_COOKIE),
		.basic_in_clear = device_has(device, DEFECT_BASIC_IN_CLEAR),
		.no_basic = device_has(device, DEFECT_KNOWS_NO_BASIC),
		.one_challenge = device_has(device, DEFECT_GIVES_UP_AT_STALE),
		.needs_length = device_has(device, DEFECT_NEEDS_CONTENT_LENGTH),
		.first_address_only = device_has(device, DEFECT_FIRST_ADDRESS_ONLY),
		.patience = device_has(device, DEFECT_WAITS_TEN_SECONDS) ? SECONDS(10) : 0,
		.redirects = device_has(device, DEFECT_FOLLOWS_NO_REDIRECT) ? -1 :
			     device_has(device, DEFECT_FOLLOWS_TWO_REDIRECTS) ? 2 : 0,
		.random = &device->random,
	};
	struct http_client *client = device->idle;

	device->idle = NULL;
	if (client && http_client_serves(client, url)) {
		http_client_renew(client, answered, session);
		return client;
	}
	http_client_free(client);
	device_tls_adjust(device);
	if (!*options.username)
		options.username = options.password = NULL;
	spell_http(device, &options);
	options.way.any_answer = device_has(device, DEFECT_TAKES_ANY_DNS_ANSWER);
	client = http_client_new(&options, url, answered, session, NULL);
	if (client && device_has(device, VARIANT_PROBE_CONNECTION))
		http_client_probe(client);
	return client;
}

/* The way to the HMS is open: the Inform. */
static void begin(struct session *session)
{
	struct device *device = session->device;
	const char *url = device_value(device, "ManagementServer.URL");

	if (device_has(device, DEFECT_WRONG_SERVING))
		url = device->factory.hms_url;
	if (device_has(device, DEFECT_STARTS_ELSEWHERE) && !device->bootstrapped &&
	    device->factory.other_url)
		url = device->factory.other_url;
	session->client = client_new(session, url);
	if (!session->client)
		over(session, false); /* no usable URL: the retry table goes on */
	else
		send_request(session, device_inform(device), AWAITS_INFORM_RESPONSE);
}

static void prepared(void *context, const struct problem *why)
{
	struct session *session = context;

	if (why && !device_has(session->device, DEFECT_GOES_ON_WITHOUT_TUNNEL)) {
		session->device->failure = FAILED_BY_TUNNEL;
		over(session, false);
	} else {
		begin(session);
	}
}

void device_uplink_lost(struct device *device, const struct problem *why)
{
	(void)why;
	device_leave_address(device);
	if (!device->session)
		return;
	device->failure = FAILED_BY_TUNNEL;
	over(device->session, false);
}

void device_session_start(struct device *device)
{
	struct session *session = device->session = memory_new(sizeof(*session));
	char up[24];

	snprintf(up, sizeof(up), "%lld",
		 (long long)(loop_now(device->loop) - device->booted) / 1000000);
	device_set(device, "DeviceInfo.UpTime", up);
	session->device = device;
	transfers_session(device);
	upload_reports_session(device);
	session->greets = memory_text(device_value(device, "ManagementServer.URL"));
	session->ns = spell_namespace(device);
	if (uplink_prepare(device->uplink, prepared, session))
		begin(session);
}
