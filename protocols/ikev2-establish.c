/* IKE_AUTH (RFC 7296 1.2, 2.15, 2.19): who is there, an inner address, and the first Child SA. */
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-auth.h"
#include "protocols/ikev2-state.h"
#include "protocols/memory.h"

static void write_certificate(struct ikev2_writer *writer, X509 *certificate)
{
	uint8_t *der = NULL;
	int length = i2d_X509(certificate, &der);

	if (length > 0)
		ikev2_typed_write(writer, IKEV2_CERT, IKEV2_CERT_X509_SIGNATURE,
				  octets_of(der, (size_t)length));
	OPENSSL_free(der);
}

static void write_revocations(struct ikev2_writer *writer, X509_CRL *list)
{
	uint8_t *der = NULL;
	int length = i2d_X509_CRL(list, &der);

	if (length > 0)
		ikev2_typed_write(writer, IKEV2_CERT, IKEV2_CERT_CRL,
				  octets_of(der, (size_t)length));
	OPENSSL_free(der);
}

static void write_certificates(struct ikev2_sa *sa, struct ikev2_writer *writer)
{
	const struct ikev2_settings *settings = sa->node->settings;

	if (!settings->certificate)
		return;
	write_certificate(writer, settings->certificate);
	for (int i = 0; i < sk_X509_num(settings->chain); i++)
		write_certificate(writer, sk_X509_value(settings->chain, i));
	if (settings->revocations)
		write_revocations(writer, settings->revocations);
}

static void add_attribute(struct ikev2_cp *cp, uint16_t type, struct octets value)
{
	if (cp->count == IKEV2_ATTRIBUTES)
		return;
	cp->list[cp->count].type = type;
	cp->list[cp->count++].value = value;
}

static void write_cp_request(struct ikev2_sa *sa, struct ikev2_writer *writer)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct ikev2_cp cp = { .type = IKEV2_CFG_REQUEST };
	struct octets none = octets_of(NULL, 0);

	if (settings->ask_address4) {
		add_attribute(&cp, IKEV2_INTERNAL_IP4_ADDRESS, none);
		add_attribute(&cp, IKEV2_INTERNAL_IP4_DNS, none);
	}
	if (settings->ask_address6) {
		add_attribute(&cp, IKEV2_INTERNAL_IP6_ADDRESS, none);
		add_attribute(&cp, IKEV2_INTERNAL_IP6_DNS, none);
	}
	if (cp.count > 0)
		ikev2_cp_write(writer, &cp);
}

/* RFC 7296 2.4: INITIAL_CONTACT says that this is the only IKE SA between the two. */
static bool is_first_contact(const struct ikev2_sa *sa)
{
	const struct ikev2_calls *calls = &sa->node->calls;

	if (sa->node->settings->flaws & IKEV2_FLAW_ALWAYS_FIRST)
		return true;
	for (const struct ikev2_sa *other = sa->node->first; other; other = other->next)
		if (other != sa && other->state == SA_ESTABLISHED &&
		    address_same_host(&other->path.remote, &sa->path.remote))
			return false;
	return !calls->has_other || !calls->has_other(calls->context, sa);
}

void ikev2_auth_request(struct ikev2_sa *sa)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct ikev2_writer writer = { 0 };
	struct ikev2_child *child = ikev2_child_begin(sa);
	struct problem problem = { "" };

	ikev2_child_wishes(sa, child);
	sa->pending.child = child;
	ikev2_id_write(&writer, IKEV2_IDI, &settings->local_id);
	write_certificates(sa, &writer);
	if (is_first_contact(sa))
		ikev2_status_write(&writer, IKEV2_INITIAL_CONTACT);
	if (settings->usim && sa->peer_multiple) {
		ikev2_status_write(&writer, IKEV2_MULTIPLE_AUTH_SUPPORTED);
		ikev2_status_write(&writer, IKEV2_ANOTHER_AUTH_FOLLOWS);
	}
	if (!(settings->flaws & IKEV2_FLAW_NO_CERTREQ))
		ikev2_write_certreq(sa, &writer);
	if (settings->remote_id.type)
		ikev2_id_write(&writer, IKEV2_IDR, &settings->remote_id);
	if (ikev2_prove(sa, &writer, &problem) < 0) {
		ikev2_sa_end(sa, 0, false, problem.text);
	} else {
		write_cp_request(sa, &writer);
		ikev2_child_offer(sa, child, &writer, false);
		ikev2_child_selectors(child, true, &writer);
		sa->current.kind = TASK_AUTH;
		ikev2_send_request(sa, IKEV2_AUTH, &writer);
	}
	ikev2_writer_free(&writer);
}

static void take_address(struct address *address, uint8_t family, struct octets value)
{
	size_t length = family == 4 ? 4 : 16;

	if (value.length < length)
		return;
	memset(address, 0, sizeof(*address));
	address->family = family;
	memcpy(address->octets, value.at, length);
}

static void read_cp_reply(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_CP);
	struct ikev2_inner *inner = &sa->inner;
	struct ikev2_cp cp;

	if (!payload || ikev2_cp_read(payload->body, &cp, NULL) < 0 ||
	    cp.type != IKEV2_CFG_REPLY)
		return;
	for (size_t i = 0; i < cp.count; i++) {
		struct octets value = cp.list[i].value;
		uint16_t type = cp.list[i].type;

		if (type == IKEV2_INTERNAL_IP4_ADDRESS && inner->address4.family == 0)
			take_address(&inner->address4, 4, value);
		if (type == IKEV2_INTERNAL_IP6_ADDRESS && inner->address6.family == 0) {
			take_address(&inner->address6, 6, value);
			inner->prefix6 = value.length > 16 ? value.at[16] : 128;
		}
		if ((type == IKEV2_INTERNAL_IP4_DNS || type == IKEV2_INTERNAL_IP6_DNS) &&
		    inner->dns_count < sizeof(inner->dns) / sizeof(inner->dns[0]) &&
		    value.length >= (type == IKEV2_INTERNAL_IP4_DNS ? 4u : 16u))
			take_address(&inner->dns[inner->dns_count++],
				     type == IKEV2_INTERNAL_IP4_DNS ? 4 : 6, value);
	}
}

/* RFC 7296 2.21.2: who does not believe the responder tells it, and is gone. */
static void tell_and_end(struct ikev2_sa *sa, uint16_t notify, const char *why)
{
	struct ikev2_writer writer = { 0 };

	ikev2_status_write(&writer, notify);
	ikev2_send_only(sa, IKEV2_INFORMATIONAL, &writer);
	ikev2_writer_free(&writer);
	ikev2_sa_end(sa, notify, false, why);
}

static void take_first_child(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct ikev2_child *child = sa->pending.child;
	uint16_t error = ikev2_notify_error(chain);
	struct problem problem = { "" };

	sa->pending.child = NULL;
	if (error) {
		ikev2_tell(sa, IKEV2_EVENT_CHILD_REFUSED, NULL, error, true,
			   ikev2_name(IKEV2_NOTIFIES, error));
		ikev2_child_free(child);
		return;
	}
	/* RFC 7296 2.21.2 leaves to us what becomes of the peer's half: it is deleted. */
	if (ikev2_child_take(sa, chain, false, child, &problem) < 0 ||
	    ikev2_child_key(sa, child, true, ikev2_nonce_octets(&sa->initiator_nonce),
			    ikev2_nonce_octets(&sa->responder_nonce), octets_of(NULL, 0)) < 0) {
		ikev2_tell(sa, IKEV2_EVENT_CHILD_REFUSED, NULL, 0, false, problem.text);
		ikev2_child_free(child);
		ikev2_queue(sa, TASK_DELETE, 0);
		return;
	}
	ikev2_child_up(sa, child, false);
}

static void finish_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	ikev2_sa_state(sa, SA_ESTABLISHED);
	read_cp_reply(sa, chain);
	ikev2_tell(sa, IKEV2_EVENT_ESTABLISHED, NULL, 0, false, "");
	take_first_child(sa, chain);
}

void ikev2_auth_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	uint16_t error = ikev2_notify_error(chain);
	struct problem problem = { "" };

	if (sa->hosting) {
		if (ikev2_hosting_answered(sa, chain))
			finish_answered(sa, chain);
		return;
	}
	if (!ikev2_chain_find(chain, IKEV2_AUTHENTICATION)) {
		ikev2_sa_end(sa, error, true,
			     error ? ikev2_name(IKEV2_NOTIFIES, error) : "there is no AUTH");
		return;
	}
	if (ikev2_check_peer(sa, chain, &problem) < 0)
		tell_and_end(sa, IKEV2_AUTHENTICATION_FAILED, problem.text);
	else if (sa->node->settings->usim && sa->peer_multiple)
		ikev2_hosting_request(sa, chain);
	else
		finish_answered(sa, chain);
}

/* --- responder --- */

void ikev2_auth_refuse(struct ikev2_sa *sa, uint16_t notify, const char *why)
{
	struct ikev2_writer writer = { 0 };

	ikev2_status_write(&writer, notify);
	ikev2_send_response(sa, IKEV2_AUTH, &writer);
	ikev2_writer_free(&writer);
	ikev2_sa_linger(sa, notify, false, why);
}

/* RFC 7296 2.4: what it had here before is of no use to it any more. */
static void forget_others(struct ikev2_sa *sa)
{
	for (struct ikev2_sa *other = sa->node->first; other; other = other->next)
		if (other != sa && other->state == SA_ESTABLISHED &&
		    other->peer_id.type == sa->peer_id.type &&
		    octets_same(other->peer_id.data, sa->peer_id.data))
			ikev2_sa_end(other, 0, true, "the peer begins anew");
}

static void write_cp_reply(const struct ikev2_inner *inner, struct ikev2_writer *writer)
{
	struct ikev2_cp cp = { .type = IKEV2_CFG_REPLY };
	uint8_t six[17];

	if (inner->address4.family)
		add_attribute(&cp, IKEV2_INTERNAL_IP4_ADDRESS,
			      octets_of(inner->address4.octets, 4));
	if (inner->address6.family) {
		memcpy(six, inner->address6.octets, 16);
		six[16] = inner->prefix6;
		add_attribute(&cp, IKEV2_INTERNAL_IP6_ADDRESS, octets_of(six, sizeof(six)));
	}
	for (size_t i = 0; i < inner->dns_count; i++)
		add_attribute(&cp,
			      inner->dns[i].family == 4 ? IKEV2_INTERNAL_IP4_DNS :
							  IKEV2_INTERNAL_IP6_DNS,
			      octets_of(inner->dns[i].octets, inner->dns[i].family == 4 ? 4 : 16));
	ikev2_cp_write(writer, &cp);
}

/* 0, or the notify that says why there is no inner address. */
static uint16_t hand_out_address(struct ikev2_sa *sa, const struct ikev2_chain *chain,
				 struct ikev2_writer *writer)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_CP);
	struct ikev2_calls *calls = &sa->node->calls;
	struct ikev2_cp cp;

	if (!payload || ikev2_cp_read(payload->body, &cp, NULL) < 0 ||
	    cp.type != IKEV2_CFG_REQUEST || !calls->assign)
		return 0;
	if (calls->assign(calls->context, sa, &cp, &sa->inner) < 0)
		return IKEV2_INTERNAL_ADDRESS_FAILURE;
	write_cp_reply(&sa->inner, writer);
	return 0;
}

/* The first Child SA in the response, or the notify that there is none (RFC 7296 1.2). */
static struct ikev2_child *give_child(struct ikev2_sa *sa, const struct ikev2_chain *chain,
				      struct ikev2_writer *writer, uint16_t *error)
{
	struct ikev2_child *child = ikev2_child_begin(sa);
	struct ikev2_proposal chosen;

	*error = hand_out_address(sa, chain, writer);
	ikev2_child_wishes(sa, child);
	if (!*error)
		*error = ikev2_child_choose(sa, chain, false, child, &chosen);
	if (!*error &&
	    ikev2_child_key(sa, child, false, ikev2_nonce_octets(&sa->initiator_nonce),
			    ikev2_nonce_octets(&sa->responder_nonce), octets_of(NULL, 0)) < 0)
		*error = IKEV2_NO_PROPOSAL_CHOSEN;
	if (*error) {
		ikev2_status_write(writer, *error);
		ikev2_child_free(child);
		return NULL;
	}
	ikev2_child_answer(writer, child, &chosen);
	ikev2_child_selectors(child, false, writer);
	return child;
}

/* All are authenticated: the answer gets what the first request asked for, and the SA is there. */
static void finish_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			   struct ikev2_writer *writer)
{
	struct ikev2_notify notify;
	struct ikev2_child *child;
	uint16_t error = 0;

	if (ikev2_notify_find(chain, IKEV2_INITIAL_CONTACT, &notify))
		forget_others(sa);
	child = give_child(sa, chain, writer, &error);
	ikev2_sa_state(sa, SA_ESTABLISHED);
	sa->expires = INT64_MAX;
	ikev2_send_response(sa, IKEV2_AUTH, writer);
	ikev2_tell(sa, IKEV2_EVENT_ESTABLISHED, NULL, 0, false, "");
	if (child)
		ikev2_child_up(sa, child, true);
	else
		ikev2_tell(sa, IKEV2_EVENT_CHILD_REFUSED, NULL, error, false,
			   ikev2_name(IKEV2_NOTIFIES, error));
}

static void respond_first(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			  struct ikev2_writer *writer)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct ikev2_notify notify;
	struct problem problem = { "" };

	if (ikev2_check_peer(sa, chain, &problem) < 0) {
		ikev2_auth_refuse(sa, IKEV2_AUTHENTICATION_FAILED, problem.text);
		return;
	}
	if (settings->refuse_auth) {
		ikev2_auth_refuse(sa, settings->refuse_auth, "as the lab wants it");
		return;
	}
	if (settings->hosting_party &&
	    !ikev2_notify_find(chain, IKEV2_ANOTHER_AUTH_FOLLOWS, &notify)) {
		ikev2_auth_refuse(sa, IKEV2_AUTHENTICATION_FAILED, "no hosting party follows");
		return;
	}
	ikev2_id_write(writer, IKEV2_IDR, &settings->local_id);
	write_certificates(sa, writer);
	if (ikev2_prove(sa, writer, &problem) < 0) {
		ikev2_auth_refuse(sa, IKEV2_AUTHENTICATION_FAILED, problem.text);
	} else if (settings->hosting_party) {
		ikev2_hosting_begin(sa, chain);
		ikev2_send_response(sa, IKEV2_AUTH, writer);
	} else {
		finish_respond(sa, chain, writer);
	}
}

void ikev2_auth_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct ikev2_writer writer = { 0 };
	struct ikev2_chain first;

	if (!sa->hosting)
		respond_first(sa, chain, &writer);
	else if (ikev2_hosting_respond(sa, chain, &first, &writer))
		finish_respond(sa, &first, &writer);
	ikev2_writer_free(&writer);
}
