/*
 * Faults: what a cue's arrow says with "with". A table says where each one strikes: at what
 * is said, at the envelope's text, or at the octets.
 */
#include "fakes/hms/hms.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

enum { PADDED_MOST = 1 << 20 };

static void wrong_id(struct hms_exchange *exchange, const struct fault *fault)
{
	char *id = memory_format("%s-wrong", exchange->id ? exchange->id : "0");

	(void)fault;
	free(exchange->id);
	exchange->id = id;
	exchange->style.id = id;
}

static void no_id(struct hms_exchange *exchange, const struct fault *fault)
{
	(void)fault;
	exchange->style.id = NULL;
}

/* The number 1.3 has no namespace of its own: nothing may be in this one. */
static void wrong_namespace(struct hms_exchange *exchange, const struct fault *fault)
{
	(void)fault;
	exchange->style.ns = "urn:dslforum-org:cwmp-1-3";
}

static void wrong_envelope(struct hms_exchange *exchange, const struct fault *fault)
{
	(void)fault;
	exchange->style.envelope_ns = "http://www.w3.org/2003/05/soap-envelope"; /* SOAP 1.2 */
}

/* An HTTP answer without a body takes the place of what would have been said. */
static void bare_status(struct hms_exchange *exchange, int status)
{
	/* The device may well come with the same Inform again. */
	if (exchange->session && exchange->body &&
	    !strcmp((const char *)exchange->body->name, "InformResponse"))
		exchange->session->informed = false;
	if (exchange->body)
		xmlFreeDoc(exchange->body->doc);
	exchange->body = NULL;
	exchange->about_to_end = false;
	exchange->status = status >= 100 && status <= 999 ? status : 500;
	if (status == 401)
		hms_challenge(exchange, false);
	if (status >= 300 && status < 400 && !exchange->location)
		exchange->location = memory_text(exchange->hms->settings.url);
}

static void http_status(struct hms_exchange *exchange, const struct fault *fault)
{
	bare_status(exchange, (int)(fault->number > 999 ? 500 : fault->number));
}

/* To the same element, by a target that shows whether it was followed, and kept. */
static void redirect(struct hms_exchange *exchange, const struct fault *fault)
{
	free(exchange->location);
	exchange->location = memory_format("%s?redirect=%u", exchange->hms->settings.url,
					   ++exchange->hms->last_redirect);
	bare_status(exchange, fault->text ? atoi(fault->text) : 302);
}

static void close_behind(struct hms_exchange *exchange, const struct fault *fault)
{
	(void)fault;
	exchange->close = true;
}

static const struct {
	const char *name;
	void (*strike)(struct hms_exchange *exchange, const struct fault *fault);
} said[] = {
	{ "wrong-id", wrong_id },
	{ "no-id", no_id },
	{ "wrong-namespace", wrong_namespace },
	{ "wrong-envelope", wrong_envelope },
	{ "http-status", http_status },
	{ "redirect", redirect },
	{ "close", close_behind },
	{ "no-length", close_behind },
};

void hms_faults_before(struct hms_exchange *exchange)
{
	if (!exchange->arrow || !exchange->arrow->fault_count)
		return;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		const struct fault *fault = fake_fault(exchange->arrow, said[i].name);

		if (fault)
			said[i].strike(exchange, fault);
	}
}

static bool has(const struct hms_exchange *exchange, const char *name)
{
	return exchange->arrow && exchange->arrow->fault_count &&
	       fake_fault(exchange->arrow, name);
}

/* Blanks before the end tag of the Body. */
static void pad(struct buffer *envelope, size_t wanted)
{
	size_t at = envelope->length, end = envelope->length;
	struct buffer tail = { 0 };

	for (int tags = 0; at > 0; at--) /* </Body></Envelope> */
		if (envelope->octets[at - 1] == '<' && ++tags == 2)
			break;
	if (at == 0 || wanted > PADDED_MOST || envelope->length >= wanted)
		return;
	at--;
	buffer_add(&tail, envelope->octets + at, end - at);
	envelope->length = at;
	while (envelope->length + tail.length < wanted)
		buffer_add(envelope, " ", 1);
	buffer_add(envelope, tail.octets, tail.length);
	buffer_free(&tail);
}

/* All of it a second time. */
static void twice(struct buffer *envelope)
{
	struct buffer copy = { 0 };

	buffer_add(&copy, envelope->octets, envelope->length);
	buffer_add(envelope, copy.octets, copy.length);
	buffer_free(&copy);
}

/* The end tag of the Body gets another name, so that it closes nothing. */
void hms_faults_envelope(const struct hms_exchange *exchange, struct buffer *envelope)
{
	static const char tag[] = "Body>";
	size_t length = sizeof(tag) - 1;

	if (has(exchange, "padded"))
		pad(envelope, (size_t)fake_fault(exchange->arrow, "padded")->number);
	if (has(exchange, "two-envelopes"))
		twice(envelope);
	if (!has(exchange, "malformed-xml"))
		return;
	for (size_t at = envelope->length; at >= length; at--) {
		if (memcmp(envelope->octets + at - length, tag, length))
			continue;
		memcpy(envelope->octets + at - length, "Bode>", length);
		return;
	}
	buffer_add_text(envelope, "<");
}

/* A Content-Length that is not the body's own. */
static void false_length(struct http_message *response, int64_t difference,
			 struct hms_reply *reply)
{
	int64_t length = (int64_t)response->body.length + difference;
	char *text = memory_format("%lld", (long long)(length > 0 ? length : 0));

	response->chunked = false;
	http_header_add(response, "Content-Length", text);
	free(text);
	http_write(response, &reply->octets);
	reply->after = AFTER_CLOSE; /* nobody knows where the next answer would begin */
}

/* Its end is that of the connection: the line that tells its length is taken out. */
static void without_length(struct http_message *response, struct hms_reply *reply)
{
	static const char name[] = "\r\nContent-Length:";
	struct buffer octets = { 0 };

	response->chunked = false;
	http_write(response, &octets);
	char *line = strstr(buffer_text(&octets), name);
	size_t before = line ? (size_t)(line - buffer_text(&octets)) : octets.length;
	const char *after = line ? strstr(line + 2, "\r\n") : NULL;

	buffer_add(&reply->octets, octets.octets, before);
	if (after)
		buffer_add(&reply->octets, after,
			   octets.length - (size_t)(after - buffer_text(&octets)));
	buffer_free(&octets);
	reply->after = AFTER_CLOSE;
}

/* TR-069 3.4.2: a device keeps cookies of 512 octets at least. */
static void more_cookies(struct http_message *response)
{
	char value[512];

	memset(value, 'c', sizeof(value));
	memcpy(value, "load=", 5);
	value[400] = '\0';
	http_header_add(response, "Set-Cookie", value);
	memcpy(value, "part=", 5);
	value[100] = '\0';
	http_header_add(response, "Set-Cookie", value);
}

/* Cuts in the middle of the body. */
static void cut_body(const struct http_message *response, struct hms_reply *reply)
{
	http_write(response, &reply->octets);
	size_t length = reply->octets.length, half = response->body.length / 2;

	/* What stands behind the head is at least as long as the body, chunk sizes and all. */
	reply->octets.length = length - (half ? half : 1);
}

void hms_faults_message(const struct hms_exchange *exchange, struct http_message *response,
			struct hms_reply *reply)
{
	const struct fault *delay;
	int64_t length = (int64_t)response->body.length;

	if (!exchange->arrow || !exchange->arrow->fault_count)
		return;
	delay = fake_fault(exchange->arrow, "delay");
	if (delay)
		reply->delay = delay->number;
	reply->silent = has(exchange, "no-answer");
	if (has(exchange, "cookies"))
		more_cookies(response);
	if (has(exchange, "chunked") && exchange->request->minor > 0 && length > 0)
		response->chunked = true;
	if (has(exchange, "no-length") && length > 0) {
		without_length(response, reply);
	} else if (has(exchange, "content-length-short")) {
		false_length(response, length > 20 ? -20 : -length, reply);
	} else if (has(exchange, "content-length-long")) {
		false_length(response, 20, reply);
	} else if (has(exchange, "reset")) {
		cut_body(response, reply);
		reply->after = AFTER_RESET;
	} else if (has(exchange, "truncated-body")) {
		cut_body(response, reply);
		reply->after = AFTER_CLOSE;
	}
}
