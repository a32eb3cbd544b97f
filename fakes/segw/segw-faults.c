/*
 * Faults: what a cue's arrow says with "with" of an answer of the gateway. Some change the settings
 * while the request is dealt with, the others strike the answer's datagrams as they leave.
 */
#include <stdlib.h>
#include <string.h>

#include "fakes/segw/segw.h"
#include "protocols/memory.h"

enum { MARKER = 4, NOISE = 64 }; /* octets before IKE at port 4500; of a garbled answer */

static int read_header(const struct ikev2_path *path, struct octets datagram,
		       struct ikev2_header *header)
{
	struct octets marker;

	if (path->encapsulated && octets_take(&datagram, MARKER, &marker) < 0)
		return -1;
	return ikev2_header_decode(datagram, header, NULL);
}

static const char *answer_name(uint8_t exchange)
{
	switch (exchange) {
	case IKEV2_SA_INIT: return "IkeSaInitResponse";
	case IKEV2_AUTH: return "IkeAuthResponse";
	case IKEV2_CREATE_CHILD_SA: return "CreateChildSaResponse";
	case IKEV2_INFORMATIONAL: return "IkeInformationalResponse";
	default: return "";
	}
}

static bool is_answer(void *context, const struct arrow *arrow)
{
	return strcmp(arrow->message, context) == 0;
}

static const struct arrow *ask_for_cue(const struct segw *segw, uint8_t exchange)
{
	const struct stage *stage = segw->stage;
	char name[40];

	strcpy(name, answer_name(exchange));
	for (size_t i = 0; stage->cue && i < segw->role_count; i++) {
		const struct cue *cue =
			stage->cue(stage->context, segw->roles[i], NULL, is_answer, name);

		if (cue)
			return cue->arrow;
	}
	return NULL;
}

/* --- faults of what is said --- */

static void set_identity(struct segw *segw, enum pki_flaw flaw)
{
	const struct pki_identity *identity =
		pki_identity(segw->stage->pki, bench_host(segw->stage->bench, segw->roles[0]),
			     segw->also_address, segw->rsa, flaw, NULL);

	if (!identity)
		return;
	segw->current.certificate = identity->certificate;
	segw->current.key = identity->key;
	segw->current.chain = identity->chain;
	segw->current.revocations = identity->revocations;
}

static void wrong_certificate(struct segw *segw, const struct fault *fault)
{
	enum pki_flaw flaw = PKI_GOOD;

	if (pki_flaw_find(fault->text, &flaw))
		set_identity(segw, flaw);
}

static void intermediate(struct segw *segw, const struct fault *fault)
{
	(void)fault;
	set_identity(segw, PKI_INTERMEDIATE);
}

static void revoked(struct segw *segw, const struct fault *fault)
{
	(void)fault;
	set_identity(segw, PKI_REVOKED);
}

static void bad_auth(struct segw *segw, const struct fault *fault)
{
	(void)fault;
	segw->current.wrong_auth = true;
}

static void bad_autn(struct segw *segw, const struct fault *fault)
{
	(void)fault;
	segw->current.wrong_autn = true;
}

static void old_sqn(struct segw *segw, const struct fault *fault)
{
	(void)fault;
	segw->current.old_sqn = true;
}

static void cookie(struct segw *segw, const struct fault *fault)
{
	(void)fault;
	segw->current.always_cookie = true;
}

static void invalid_ke(struct segw *segw, const struct fault *fault)
{
	(void)fault;
	segw->current.other_group = true;
}

/* AUTHENTICATION_FAILED ends the IKE SA, the others are about its Child SA (RFC 7296 1.2). */
static void refuse(struct segw *segw, const struct fault *fault)
{
	long notify = fault->text ? ikev2_number(IKEV2_NOTIFIES, fault->text) : -1;

	if (notify < 0)
		return;
	if (segw->answer.exchange == IKEV2_SA_INIT)
		segw->current.refuse_init = (uint16_t)notify;
	else if (notify == IKEV2_AUTHENTICATION_FAILED && segw->answer.exchange == IKEV2_AUTH)
		segw->current.refuse_auth = (uint16_t)notify;
	else if (notify == IKEV2_INTERNAL_ADDRESS_FAILURE)
		segw->no_address = true;
	else
		segw->current.refuse_child = (uint16_t)notify;
}

static const struct {
	const char *name;
	void (*strike)(struct segw *segw, const struct fault *fault);
} said[] = {
	{ "wrong-certificate", wrong_certificate },
	{ "intermediate", intermediate },
	{ "revoked", revoked },
	{ "bad-auth", bad_auth },
	{ "bad-autn", bad_autn },
	{ "old-sqn", old_sqn },
	{ "ike-notify", refuse },
	{ "cookie", cookie },
	{ "invalid-ke", invalid_ke },
};

static void forget_answer(struct segw *segw)
{
	segw->current = segw->good;
	segw->no_address = false;
	segw->answer = (struct segw_answer){ .open = false };
}

static void prepare(struct segw *segw, const struct arrow *arrow)
{
	struct segw_answer *answer = &segw->answer;

	answer->arrow = arrow;
	for (size_t i = 0; arrow && i < sizeof(said) / sizeof(said[0]); i++) {
		const struct fault *fault = fake_fault(arrow, said[i].name);

		if (fault)
			said[i].strike(segw, fault);
	}
	answer->silent = fake_fault(arrow, "drop");
	if (!answer->silent)
		answer->silent = fake_fault(arrow, "no-answer");
	answer->garbage = fake_fault(arrow, "garbage");
	answer->delay = fake_fault(arrow, "delay");
	answer->twice = fake_fault(arrow, "replayed");
	answer->unauthenticated = fake_fault(arrow, "unauthenticated-notify");
}

bool segw_incoming(void *context, const struct ikev2_path *path, struct octets datagram)
{
	struct segw *segw = context;
	struct ikev2_header header;

	forget_answer(segw);
	if (read_header(path, datagram, &header) < 0 || header.flags & IKEV2_FLAG_RESPONSE)
		return false;
	segw->answer.open = true;
	segw->answer.exchange = header.exchange;
	segw->answer.message_id = header.message_id;
	segw->answer.initiator_spi = header.initiator_spi;
	prepare(segw, ask_for_cue(segw, header.exchange));
	return false;
}

/* --- faults of the datagrams --- */

struct late { /* where an answer goes later */
	struct segw *segw;
	struct ikev2_path path;
};

static void send_late(const void *to, struct octets datagram)
{
	const struct late *late = to;

	ipsec_host_send(late->segw->host, &late->path, datagram);
}

static void send_noise(struct segw *segw, const struct ikev2_path *path)
{
	uint8_t noise[NOISE];

	memset(noise, 0xa5, sizeof(noise));
	if (path->encapsulated)
		memset(noise, 0, MARKER);
	ipsec_host_send(segw->host, path, octets_of(noise, sizeof(noise)));
}

/* An answer in clear that anybody could have sent (RFC 7296 2.21.2: it is not to be believed). */
static void send_unauthenticated(struct segw *segw, const struct ikev2_path *path,
				 struct ikev2_header header)
{
	static const uint8_t marker[MARKER];
	struct ikev2_writer writer = { 0 };
	struct buffer message = { 0 };

	ikev2_status_write(&writer, header.exchange == IKEV2_SA_INIT ? IKEV2_NO_PROPOSAL_CHOSEN :
								       IKEV2_AUTHENTICATION_FAILED);
	if (path->encapsulated)
		buffer_add(&message, marker, MARKER);
	ikev2_encode(&header, &writer, &message);
	ipsec_host_send(segw->host, path, octets_of(message.octets, message.length));
	ikev2_writer_free(&writer);
	buffer_free(&message);
}

/* true: the datagram does not leave as it is. */
static bool strike(struct segw *segw, const struct ikev2_path *path, struct octets datagram,
		   const struct ikev2_header *header)
{
	struct segw_answer *answer = &segw->answer;
	bool first = !answer->struck;

	answer->struck = true;
	if (answer->silent)
		return true;
	if (answer->garbage) {
		if (first)
			send_noise(segw, path);
		return true;
	}
	if (answer->unauthenticated && first)
		send_unauthenticated(segw, path, *header);
	if (answer->delay) {
		const struct late late = { segw, *path };

		late_answer_add(&segw->late, segw->stage->loop, answer->delay->number, NULL,
				datagram, send_late, &late, sizeof(late));
		return true;
	}
	if (answer->twice)
		ipsec_host_send(segw->host, path, datagram);
	return false;
}

bool segw_outgoing(void *context, const struct ikev2_path *path, struct octets datagram)
{
	struct segw *segw = context;
	struct segw_answer *answer = &segw->answer;
	const struct stage *stage = segw->stage;
	const struct arrow *arrow = answer->arrow;
	struct ikev2_header header;

	if (!answer->open || read_header(path, datagram, &header) < 0 ||
	    !(header.flags & IKEV2_FLAG_RESPONSE) || header.exchange != answer->exchange ||
	    header.message_id != answer->message_id ||
	    header.initiator_spi != answer->initiator_spi)
		return false;
	answer->arrow = NULL;
	if (arrow && stage->cue_taken)
		stage->cue_taken(stage->context, arrow);
	return strike(segw, path, datagram, &header);
}

void segw_faults_reset(struct segw *segw)
{
	late_answers_forget(&segw->late, NULL);
	forget_answer(segw);
}
