/* Who is who in IKE_AUTH: the AUTH payload of this end, and the check of the peer's. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocols/ikev2-auth.h"
#include "protocols/ikev2-state.h"
#include "protocols/memory.h"

#define CHAIN_LIMIT 10 /* certificates of a peer that are looked at */

/* What stands in the identity payload: RFC 7296 2.15 authenticates it from the type on. */
struct buffer ikev2_id_body(const struct ikev2_id *id)
{
	struct buffer body = { 0 };

	buffer_add_u8(&body, id->type);
	buffer_add_u8(&body, 0);
	buffer_add_u16(&body, 0);
	buffer_add(&body, id->data.at, id->data.length);
	return body;
}

static int signed_octets(struct ikev2_sa *sa, bool of_initiator, struct octets body,
			 struct buffer *out)
{
	const struct buffer *message = of_initiator ? &sa->init_request : &sa->init_response;
	const struct nonce *nonce = of_initiator ? &sa->responder_nonce : &sa->initiator_nonce;
	const uint8_t *key = of_initiator ? sa->keys.pi : sa->keys.pr;

	return ikev2_signed_octets(sa->suite.prf, octets_of(message->octets, message->length),
				   ikev2_nonce_octets(nonce),
				   octets_of(key, sa->suite.prf->octets), body, out);
}

int ikev2_shared_auth(struct ikev2_sa *sa, bool of_initiator, struct octets id_body,
		      struct octets key, uint8_t data[IKEV2_PRF_LIMIT])
{
	struct buffer said = { 0 };
	int result = signed_octets(sa, of_initiator, id_body, &said);

	if (result == 0)
		result = ikev2_auth_shared_key(sa->suite.prf, key,
					       octets_of(said.octets, said.length), data);
	buffer_free(&said);
	return result;
}

int ikev2_prove(struct ikev2_sa *sa, struct ikev2_writer *writer, struct problem *problem)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct buffer body = ikev2_id_body(&settings->local_id), said = { 0 }, data = { 0 };
	uint8_t method = IKEV2_AUTH_SHARED_KEY, mac[IKEV2_PRF_LIMIT];
	int result;

	result = signed_octets(sa, sa->initiator, octets_of(body.octets, body.length), &said);
	struct octets all = octets_of(said.octets, said.length);
	if (result == 0 && settings->key)
		result = ikev2_auth_sign(settings->key, sa->peer_hashes, all, &method, &data,
					 problem);
	else if (result == 0 && settings->shared_secret.length > 0) {
		result = ikev2_auth_shared_key(sa->suite.prf, settings->shared_secret, all, mac);
		buffer_add(&data, mac, sa->suite.prf->octets);
	} else {
		result = problem_set(problem, "there is neither a key nor a shared secret");
	}
	if (result == 0 && settings->wrong_auth)
		data.octets[data.length - 1] ^= 1;
	if (result == 0)
		ikev2_auth_write(writer, method, octets_of(data.octets, data.length));
	buffer_free(&body);
	buffer_free(&said);
	buffer_free(&data);
	return result;
}

/* Seconds since 1970. */
static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm parts = { 0 };

	return ASN1_TIME_to_tm(time, &parts) == 1 ? timegm(&parts) : 0;
}

/* A node with a flaw looks at a certificate at a time when it is good. */
static int64_t time_of_check(const struct ikev2_settings *settings, X509 *leaf, int64_t seconds)
{
	int64_t begin = seconds_of(X509_get0_notBefore(leaf));
	int64_t end = seconds_of(X509_get0_notAfter(leaf));

	if (seconds > end && (settings->flaws & IKEV2_FLAW_EXPIRED))
		return end - 1;
	if (seconds < begin && (settings->flaws & IKEV2_FLAW_NOT_YET_VALID))
		return begin + 1;
	return seconds;
}

/* A node that trusts whatever comes takes the certificate itself for a root. */
static int verify(const struct ikev2_settings *settings, X509 *leaf, STACK_OF(X509) *chain,
		  int64_t seconds, struct problem *problem)
{
	STACK_OF(X509) *own = sk_X509_new_null();

	sk_X509_push(own, leaf);
	int result = ikev2_certificate_verify(
		leaf, chain, settings->flaws & IKEV2_FLAW_ANY_ROOT ? own : settings->roots,
		time_of_check(settings, leaf, seconds), problem);
	sk_X509_free(own);
	return result;
}

static int check_certificate(struct ikev2_sa *sa, X509 *leaf, STACK_OF(X509) *chain,
			     const struct ikev2_id *id, struct problem *problem)
{
	const struct ikev2_settings *settings = sa->node->settings;
	int64_t seconds = settings->certificate_time ? settings->certificate_time :
						       sa->node->now / SECOND;

	free(sa->peer_subject);
	sa->peer_subject = ikev2_distinguished_name(X509_get_subject_name(leaf));
	if (verify(settings, leaf, chain, seconds, problem) < 0)
		return -1;
	if (!settings->any_name && !(settings->flaws & IKEV2_FLAW_ANY_IDENTITY) &&
	    !ikev2_certificate_is_of(leaf, id))
		return problem_set(problem, "the certificate of %s is not that of the identity %s",
				   sa->peer_subject, sa->peer);
	return 0;
}

/* The certificates of the message: the first is the peer's own (RFC 7296 3.6). */
static STACK_OF(X509) *read_certificates(const struct ikev2_chain *chain)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	struct ikev2_typed cert;

	for (size_t i = 0; i < chain->count && sk_X509_num(list) < CHAIN_LIMIT; i++) {
		if (chain->payloads[i].type != IKEV2_CERT ||
		    ikev2_typed_read(chain->payloads[i].body, &cert, NULL) < 0 ||
		    cert.type != IKEV2_CERT_X509_SIGNATURE)
			continue;
		X509 *certificate = ikev2_certificate_read(cert.data);
		if (certificate)
			sk_X509_push(list, certificate);
	}
	return list;
}

/* Lists that came with it (RFC 7296 3.6: CERT encoding 7). */
static bool is_revoked(struct ikev2_sa *sa, const struct ikev2_chain *chain, X509 *leaf,
		       STACK_OF(X509) *list)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct ikev2_typed cert;

	for (size_t i = 0; i < chain->count && !settings->any_revoked; i++)
		if (chain->payloads[i].type == IKEV2_CERT &&
		    ikev2_typed_read(chain->payloads[i].body, &cert, NULL) == 0 &&
		    cert.type == IKEV2_CERT_CRL &&
		    ikev2_certificate_is_revoked(leaf, cert.data, list, settings->roots))
			return true;
	return false;
}

static int check_signature(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			   const struct ikev2_id *id, const struct ikev2_typed *auth,
			   struct octets said, struct problem *problem)
{
	STACK_OF(X509) *list = read_certificates(chain);
	X509 *leaf = sk_X509_value(list, 0);
	EVP_PKEY *key = leaf ? X509_get0_pubkey(leaf) : NULL;
	const char *how;
	int result = -1;

	if (!sa->node->settings->roots)
		problem_set(problem, "no authority is trusted");
	else if (!key)
		problem_set(problem, "there is no certificate");
	else if (is_revoked(sa, chain, leaf, list))
		problem_set(problem, "the certificate is revoked");
	else if (check_certificate(sa, leaf, list, id, problem) == 0)
		result = sa->node->settings->flaws & IKEV2_FLAW_ANY_AUTH ? 0 :
			 ikev2_auth_verify(key, auth->type, auth->data, said, &how, problem);
	sk_X509_pop_free(list, X509_free);
	return result;
}

static int check_shared_key(struct ikev2_sa *sa, const struct ikev2_typed *auth,
			    struct octets said, struct problem *problem)
{
	struct octets secret = sa->node->settings->shared_secret;
	uint8_t mac[IKEV2_PRF_LIMIT];

	if (secret.length == 0)
		return problem_set(problem, "there is no shared secret");
	if (ikev2_auth_shared_key(sa->suite.prf, secret, said, mac) < 0 ||
	    !octets_same_secret(auth->data, octets_of(mac, sa->suite.prf->octets)))
		return problem_set(problem, "the shared secret is another");
	return 0;
}

static void keep_identity(struct ikev2_sa *sa, const struct ikev2_id *id)
{
	free((void *)sa->peer_id.data.at);
	free(sa->peer);
	sa->peer_id.type = id->type;
	sa->peer_id.data = octets_of(octets_copy(id->data), id->data.length);
	sa->peer = ikev2_id_text(id);
}

static bool same_id(const struct ikev2_id *a, const struct ikev2_id *b)
{
	return a->type == b->type && octets_same(a->data, b->data);
}

/* Which identity the peer's certificate must prove: the one that it says. Whoever was given an
 * address looks for that in the certificate, for a gateway may call itself by its name all the same
 * (RFC 7296 2.15 leaves it to policy). NULL: the peer is not who was wanted. */
static const struct ikev2_id *to_be_proved(const struct ikev2_sa *sa, const struct ikev2_id *said,
					   bool certificate)
{
	const struct ikev2_id *wanted = &sa->node->settings->remote_id;
	bool address = wanted->type == IKEV2_ID_IPV4_ADDR || wanted->type == IKEV2_ID_IPV6_ADDR;

	if (!wanted->type || sa->node->settings->flaws & IKEV2_FLAW_ANY_IDENTITY ||
	    same_id(wanted, said))
		return said;
	return address && certificate ? wanted : NULL;
}

int ikev2_check_peer(struct ikev2_sa *sa, const struct ikev2_chain *chain,
		     struct problem *problem)
{
	const struct ikev2_payload *id_payload =
		ikev2_chain_find(chain, sa->initiator ? IKEV2_IDR : IKEV2_IDI);
	const struct ikev2_payload *auth_payload =
		ikev2_chain_find(chain, IKEV2_AUTHENTICATION);
	const struct ikev2_id *proved;
	struct ikev2_id id;
	struct ikev2_typed auth;
	struct buffer said = { 0 };
	int result;

	if (!id_payload || !auth_payload)
		return problem_set(problem, "the message has no %s",
				   id_payload ? "AUTH" : "identity");
	if (ikev2_id_read(id_payload->body, &id, problem) < 0 ||
	    ikev2_auth_read(auth_payload->body, &auth, problem) < 0)
		return -1;
	keep_identity(sa, &id);
	proved = to_be_proved(sa, &id, auth.type != IKEV2_AUTH_SHARED_KEY);
	if (!proved)
		return problem_set(problem, "the peer's identity is %s", sa->peer);
	if (signed_octets(sa, !sa->initiator, id_payload->body, &said) < 0)
		return problem_set(problem, "what is authenticated cannot be made");
	if (auth.type == IKEV2_AUTH_SHARED_KEY)
		result = check_shared_key(sa, &auth, octets_of(said.octets, said.length),
					  problem);
	else
		result = check_signature(sa, chain, proved, &auth,
					 octets_of(said.octets, said.length), problem);
	buffer_free(&said);
	return result;
}
