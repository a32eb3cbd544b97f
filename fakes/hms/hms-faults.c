/*
 * Faults: what a cue's arrow says with "with". A table says where each one strikes: at what
 * is said, at the envelope's text, or at the octets.
 */
#include "fakes/hms/hms.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

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

static void redirect(struct hms_exchange *exchange, const struct fault *fault)
{
	bare_status(exchange, fault->text ? atoi(fault->text) : 302);
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

/* The end tag of the Body gets another name, so that it closes nothing. */
void hms_faults_envelope(const struct hms_exchange *exchange, struct buffer *envelope)
{
	static const char tag[] = "Body>";
	size_t length = sizeof(tag) - 1;

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
	if (has(exchange, "chunked") && exchange->request->minor > 0 && length > 0)
		response->chunked = true;
	if (has(exchange, "content-length-short")) {
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

bool hms_faults_certificate(const struct arrow *arrow, enum pki_flaw *flaw)
{
	static const struct {
		const char *word;
		enum pki_flaw flaw;
	} flaws[] = {
		{ "untrusted", PKI_UNTRUSTED },   { "expired", PKI_EXPIRED },
		{ "not-yet-valid", PKI_NOT_YET_VALID }, { "misnamed", PKI_MISNAMED },
		{ "self-signed", PKI_SELF_SIGNED },
	};
	const struct fault *fault = fake_fault(arrow, "wrong-certificate");

	for (size_t i = 0; fault && fault->text && i < sizeof(flaws) / sizeof(flaws[0]); i++)
		if (!strcmp(flaws[i].word, fault->text))
			*flaw = flaws[i].flaw;
	return fake_fault(arrow, "no-answer") || fake_fault(arrow, "reset");
}
