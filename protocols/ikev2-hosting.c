/* The hosting party behind a device that is authenticated already: EAP-AKA in further IKE_AUTH
 * exchanges (RFC 4739; RFC 7296 2.16). */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-state.h"
#include "protocols/memory.h"

#define CHALLENGES 2 /* one more after a resynchronisation */

enum hosting_step {
	HOSTING_IDENTITY, /* responder: awaits the second IDi; initiator: has sent it */
	HOSTING_CHALLENGE,
	HOSTING_PROOF,    /* EAP is over; AUTH by the MSK on both sides */
};

struct hosting {
	enum hosting_step step;
	struct buffer first;     /* responder: the first request's payloads */
	uint8_t first_type;
	struct buffer id_body;   /* of the second IDi */
	struct buffer other_body; /* of the responder's IDr */
	struct eap_aka_usim *usim;
	struct milenage values;
	uint8_t rand[16], identifier;
	unsigned challenges;
	struct eap_aka_keys keys;
};

void ikev2_hosting_free(struct ikev2_sa *sa)
{
	struct hosting *hosting = sa->hosting;

	if (!hosting)
		return;
	buffer_free(&hosting->first);
	buffer_free(&hosting->id_body);
	buffer_free(&hosting->other_body);
	OPENSSL_cleanse(hosting, sizeof(*hosting));
	free(hosting);
	sa->hosting = NULL;
}

/* Identity without type and reserved octets. */
static struct octets identity_of(const struct hosting *hosting)
{
	return octets_of(hosting->id_body.octets + 4, hosting->id_body.length - 4);
}

static void write_proof(struct ikev2_sa *sa, bool of_initiator, struct ikev2_writer *writer)
{
	struct hosting *hosting = sa->hosting;
	const struct buffer *body = of_initiator ? &hosting->id_body : &hosting->other_body;
	uint8_t data[IKEV2_PRF_LIMIT] = { 0 };

	ikev2_shared_auth(sa, of_initiator, octets_of(body->octets, body->length),
			  octets_of(hosting->keys.msk, EAP_AKA_MSK), data);
	ikev2_auth_write(writer, IKEV2_AUTH_SHARED_KEY, octets_of(data, sa->suite.prf->octets));
}

static bool proof_is_good(struct ikev2_sa *sa, bool of_initiator,
			  const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_AUTHENTICATION);
	struct hosting *hosting = sa->hosting;
	const struct buffer *body = of_initiator ? &hosting->id_body : &hosting->other_body;
	uint8_t data[IKEV2_PRF_LIMIT];
	struct ikev2_typed auth;

	return payload && ikev2_auth_read(payload->body, &auth, NULL) == 0 &&
	       auth.type == IKEV2_AUTH_SHARED_KEY &&
	       ikev2_shared_auth(sa, of_initiator, octets_of(body->octets, body->length),
				 octets_of(hosting->keys.msk, EAP_AKA_MSK), data) == 0 &&
	       octets_same_secret(auth.data, octets_of(data, sa->suite.prf->octets));
}

/* --- responder --- */

void ikev2_hosting_begin(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct hosting *hosting = memory_new(sizeof(*hosting));
	struct ikev2_writer writer = { 0 };

	for (size_t i = 0; i < chain->count; i++)
		ikev2_octets_write(&writer, chain->payloads[i].type, chain->payloads[i].body);
	ikev2_writer_finish(&writer);
	hosting->first = writer.out;
	hosting->first_type = writer.first;
	hosting->other_body = ikev2_id_body(&sa->node->settings->local_id);
	sa->hosting = hosting;
}

static void send_eap(struct ikev2_sa *sa, struct buffer *eap)
{
	struct ikev2_writer writer = { 0 };

	ikev2_octets_write(&writer, IKEV2_EAP, octets_of(eap->octets, eap->length));
	ikev2_send_response(sa, IKEV2_AUTH, &writer);
	ikev2_writer_free(&writer);
	buffer_free(eap);
}

static void fail(struct ikev2_sa *sa, const char *why)
{
	ikev2_auth_refuse(sa, IKEV2_AUTHENTICATION_FAILED, why);
}

static void challenge(struct ikev2_sa *sa)
{
	static const uint8_t amf[2] = { 0x80, 0 };
	struct hosting *hosting = sa->hosting;
	const struct ikev2_settings *settings = sa->node->settings;
	/* Zero is never further than a USIM (TS 33.102 C.2.1). */
	uint64_t number = settings->old_sqn ? 0 : ++hosting->usim->highest_sqn;
	uint8_t sqn[MILENAGE_SQN], autn[16];
	struct buffer eap = { 0 };

	for (size_t i = 0; i < MILENAGE_SQN; i++)
		sqn[i] = (uint8_t)(number >> 8 * (MILENAGE_SQN - 1 - i));
	if (++hosting->challenges > CHALLENGES ||
	    ikev2_random(hosting->rand, sizeof(hosting->rand)) < 0 ||
	    milenage(hosting->usim->k, hosting->usim->opc, hosting->rand, sqn, amf,
		     &hosting->values) < 0) {
		fail(sa, "the hosting party cannot be challenged");
		return;
	}
	milenage_autn(&hosting->values, sqn, amf, autn);
	if (settings->wrong_autn)
		autn[sizeof(autn) - 1] ^= 1; /* of its MAC */
	eap_aka_keys(identity_of(hosting), hosting->values.ck, hosting->values.ik,
		     &hosting->keys);
	hosting->step = HOSTING_CHALLENGE;
	eap_aka_challenge(++hosting->identifier, hosting->rand, autn, &hosting->keys, &eap);
	send_eap(sa, &eap);
}

static void take_identity(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_IDI);
	struct hosting *hosting = sa->hosting;
	struct ikev2_calls *calls = &sa->node->calls;

	if (!payload || ikev2_chain_find(chain, IKEV2_AUTHENTICATION)) {
		fail(sa, "the hosting party has no identity");
		return;
	}
	buffer_add(&hosting->id_body, payload->body.at, payload->body.length);
	hosting->usim = calls->subscriber ?
				calls->subscriber(calls->context, identity_of(hosting)) : NULL;
	if (hosting->usim)
		challenge(sa);
	else
		fail(sa, "the hosting party is not known");
}

static void take_answer(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_EAP);
	struct hosting *hosting = sa->hosting;
	struct eap_aka_message answer;
	struct buffer eap = { 0 };

	if (!payload || eap_aka_decode(payload->body, &answer, NULL) < 0 ||
	    answer.code != EAP_RESPONSE || answer.identifier != hosting->identifier) {
		fail(sa, "the hosting party's answer is no EAP-AKA");
		return;
	}
	if (answer.subtype == EAP_AKA_SYNCHRONIZATION_FAILURE && answer.auts.length == 14) {
		int64_t sqn = milenage_resynchronise(hosting->usim->k, hosting->usim->opc,
						     hosting->rand, answer.auts.at);

		if (sqn >= 0) {
			hosting->usim->highest_sqn = (uint64_t)sqn;
			challenge(sa);
			return;
		}
	}
	if (answer.subtype != EAP_AKA_CHALLENGE || answer.res_bits != 64 ||
	    !eap_aka_mac_is_good(payload->body, &answer, &hosting->keys) ||
	    !octets_same_secret(answer.res, octets_of(hosting->values.res, 8))) {
		fail(sa, "the hosting party is not authenticated");
		return;
	}
	hosting->step = HOSTING_PROOF;
	eap_result(EAP_SUCCESS, hosting->identifier, &eap);
	send_eap(sa, &eap);
}

bool ikev2_hosting_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			   struct ikev2_chain *first, struct ikev2_writer *writer)
{
	struct hosting *hosting = sa->hosting;

	switch (hosting->step) {
	case HOSTING_IDENTITY:
		take_identity(sa, chain);
		return false;
	case HOSTING_CHALLENGE:
		take_answer(sa, chain);
		return false;
	default:
		break;
	}
	if (!proof_is_good(sa, true, chain) ||
	    ikev2_chain_decode(hosting->first_type,
			       octets_of(hosting->first.octets, hosting->first.length), first,
			       NULL) < 0) {
		fail(sa, "the hosting party's AUTH is wrong");
		return false;
	}
	write_proof(sa, false, writer);
	return true;
}

/* --- initiator --- */

static void ask(struct ikev2_sa *sa, struct ikev2_writer *writer)
{
	ikev2_send_request(sa, IKEV2_AUTH, writer);
	ikev2_writer_free(writer);
}

void ikev2_hosting_request(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_IDR);
	struct ikev2_id id = { IKEV2_ID_RFC822_ADDR, sa->node->settings->usim_identity };
	struct hosting *hosting = memory_new(sizeof(*hosting));
	struct ikev2_writer writer = { 0 };

	hosting->id_body = ikev2_id_body(&id);
	buffer_add(&hosting->other_body, payload->body.at, payload->body.length);
	sa->hosting = hosting;
	ikev2_id_write(&writer, IKEV2_IDI, &id);
	ask(sa, &writer);
}

bool ikev2_hosting_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_EAP);
	struct hosting *hosting = sa->hosting;
	uint16_t error = ikev2_notify_error(chain);
	struct ikev2_writer writer = { 0 };
	struct buffer eap = { 0 };

	if (hosting->step == HOSTING_PROOF && !error && proof_is_good(sa, false, chain))
		return true;
	if (error || !payload || payload->body.length < 4 || hosting->step == HOSTING_PROOF) {
		ikev2_sa_end(sa, error, error != 0,
			     error ? ikev2_name(IKEV2_NOTIFIES, error) :
				     "the gateway does not prove the hosting party's key");
		return false;
	}
	if (payload->body.at[0] == EAP_SUCCESS && hosting->step == HOSTING_CHALLENGE) {
		hosting->step = HOSTING_PROOF;
		write_proof(sa, true, &writer);
	} else {
		enum eap_aka_outcome outcome =
			eap_aka_peer(sa->node->settings->usim, identity_of(hosting),
				     payload->body, &hosting->keys, &eap);

		/* EAP-Success says nothing before a challenge was answered. */
		hosting->step = outcome == EAP_AKA_ANSWERED ? HOSTING_CHALLENGE :
							      HOSTING_IDENTITY;
		ikev2_octets_write(&writer, IKEV2_EAP, octets_of(eap.octets, eap.length));
		buffer_free(&eap);
	}
	ask(sa, &writer);
	return false;
}
