/* IKE_SA_INIT (RFC 7296 1.2, 2.6, 2.7, 2.23). */
#include <string.h>

#include "protocols/ikev2-auth.h"
#include "protocols/ikev2-nat.h"
#include "protocols/ikev2-state.h"
#include "protocols/memory.h"

#define HALF_OPEN (30 * (int64_t)SECOND)
#define HALF_OPEN_LIMIT 1000
#define HALF_OPEN_PER_ADDRESS 32
#define COOKIE_FROM 16
#define COOKIE_LIFE (60 * (int64_t)SECOND)
#define COOKIE_OCTETS 32
#define INIT_ROUNDS 5 /* cookies and other groups that one peer may ask for */

static void write_nat_detection(struct ikev2_sa *sa, struct ikev2_writer *writer)
{
	const struct ikev2_header header = { .initiator_spi = sa->initiator_spi,
					     .responder_spi = sa->responder_spi };
	uint8_t hash[IKEV2_NAT_HASH];
	struct octets none = octets_of(NULL, 0), data = octets_of(hash, IKEV2_NAT_HASH);

	ikev2_nat_hash(&header, &sa->path.local, hash);
	if (sa->node->settings->encapsulate)
		hash[0] ^= 1;
	ikev2_notify_write(writer, IKEV2_NAT_DETECTION_SOURCE_IP, 0, none, data);
	ikev2_nat_hash(&header, &sa->path.remote, hash);
	ikev2_notify_write(writer, IKEV2_NAT_DETECTION_DESTINATION_IP, 0, none, data);
}

static void write_features(struct ikev2_sa *sa, struct ikev2_writer *writer)
{
	static const uint8_t hashes[] = { 0, IKEV2_HASH_SHA2_256, 0, IKEV2_HASH_SHA2_384,
					  0, IKEV2_HASH_SHA2_512 };
	const struct ikev2_settings *settings = sa->node->settings;

	if (!settings->no_nat_detection)
		write_nat_detection(sa, writer);
	if (!settings->no_fragmentation)
		ikev2_status_write(writer, IKEV2_FRAGMENTATION_SUPPORTED);
	if (settings->hosting_party && !sa->initiator)
		ikev2_status_write(writer, IKEV2_MULTIPLE_AUTH_SUPPORTED);
	if (!settings->no_digital_signature)
		ikev2_notify_write(writer, IKEV2_SIGNATURE_HASH_ALGORITHMS, 0,
				   octets_of(NULL, 0), octets_of(hashes, sizeof(hashes)));
}

static void read_features(struct ikev2_sa *sa, const struct ikev2_message *message)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct ikev2_notify notify;
	uint16_t hash;

	sa->peer_fragments =
		ikev2_notify_find(&message->chain, IKEV2_FRAGMENTATION_SUPPORTED, &notify);
	sa->peer_multiple =
		ikev2_notify_find(&message->chain, IKEV2_MULTIPLE_AUTH_SUPPORTED, &notify);
	sa->peer_hashes = 0;
	if (!settings->no_digital_signature &&
	    ikev2_notify_find(&message->chain, IKEV2_SIGNATURE_HASH_ALGORITHMS, &notify))
		while (octets_u16(&notify.data, &hash) == 0)
			if (hash < 16)
				sa->peer_hashes |= 1u << hash;
	if (settings->no_nat_detection)
		return;
	sa->local_nat = ikev2_nat_translated(&message->chain, &message->header,
					     IKEV2_NAT_DETECTION_DESTINATION_IP,
					     &sa->path.local);
	sa->behind_nat = ikev2_nat_translated(&message->chain, &message->header,
					      IKEV2_NAT_DETECTION_SOURCE_IP,
					      &sa->path.remote) ||
			 sa->local_nat || sa->path.encapsulated || settings->encapsulate;
}

void ikev2_write_certreq(struct ikev2_sa *sa, struct ikev2_writer *writer)
{
	STACK_OF(X509) *roots = sa->node->settings->roots;
	struct buffer hashes = { 0 };
	uint8_t hash[IKEV2_KEY_HASH];

	for (int i = 0; i < sk_X509_num(roots); i++)
		if (ikev2_key_hash(sk_X509_value(roots, i), hash) == 0)
			buffer_add(&hashes, hash, sizeof(hash));
	if (hashes.length > 0)
		ikev2_typed_write(writer, IKEV2_CERTREQ, IKEV2_CERT_X509_SIGNATURE,
				  octets_of(hashes.octets, hashes.length));
	buffer_free(&hashes);
}

/* The initiator's first message, or the same with a cookie or another group. */
void ikev2_init_request(struct ikev2_sa *sa)
{
	const struct ikev2_settings *settings = sa->node->settings;
	struct ikev2_header header = { sa->initiator_spi, 0, 0, IKEV2_VERSION, IKEV2_SA_INIT,
				       IKEV2_FLAG_INITIATOR, 0, 0 };
	struct ikev2_writer writer = { 0 };
	const struct ikev2_dh_group *group;

	if (!sa->group)
		sa->group = ikev2_offer_first_group(&settings->ike);
	group = ikev2_dh_group_find(sa->group);
	if (!sa->dh && group)
		sa->dh = ikev2_dh_new(group);
	if (!sa->dh) {
		ikev2_sa_end(sa, 0, false, "no key pair could be made");
		return;
	}
	if (sa->cookie.length)
		ikev2_notify_write(&writer, IKEV2_COOKIE, 0, octets_of(NULL, 0),
				   octets_of(sa->cookie.octets, sa->cookie.length));
	ikev2_offer_write(&writer, &settings->ike);
	ikev2_ke_write(&writer, sa->group, ikev2_dh_public(sa->dh));
	ikev2_octets_write(&writer, IKEV2_NONCE, ikev2_nonce_octets(&sa->initiator_nonce));
	write_features(sa, &writer);
	buffer_clear(&sa->init_request);
	ikev2_encode(&header, &writer, &sa->init_request);
	ikev2_writer_free(&writer);
	ikev2_datagrams_clear(&sa->request);
	buffer_add(&sa->request.list[0], sa->init_request.octets, sa->init_request.length);
	sa->request.count = 1;
	sa->current.kind = TASK_INIT;
	ikev2_see(sa->node, &sa->path, true,
		  octets_of(sa->init_request.octets, sa->init_request.length),
		  IKEV2_NOT_ENCRYPTED, NULL, 0);
	ikev2_transmit(sa, &sa->request);
	ikev2_start_timer(sa);
}

/* What both roles need of the peer's message. */
struct init_parts {
	struct ikev2_offer offer;
	struct ikev2_ke ke;
	struct octets nonce;
};

static int read_parts(const struct ikev2_chain *chain, struct init_parts *parts,
		      struct problem *problem)
{
	const struct ikev2_payload *sa = ikev2_chain_find(chain, IKEV2_SA);
	const struct ikev2_payload *ke = ikev2_chain_find(chain, IKEV2_KE);
	const struct ikev2_payload *nonce = ikev2_chain_find(chain, IKEV2_NONCE);

	if (!sa || !ke || !nonce)
		return problem_set(problem, "IKE_SA_INIT has no %s",
				   !sa ? "SA" : !ke ? "KE" : "Nonce");
	if (ikev2_offer_read(sa->body, &parts->offer, problem) < 0 ||
	    ikev2_ke_read(ke->body, &parts->ke, problem) < 0 ||
	    ikev2_nonce_read(nonce->body, &parts->nonce, problem) < 0)
		return -1;
	return 0;
}

static int make_keys(struct ikev2_sa *sa, struct octets peer)
{
	uint8_t secret[IKEV2_DH_LIMIT] = { 0 };
	struct ikev2_key_inputs inputs = {
		ikev2_nonce_octets(&sa->initiator_nonce),
		ikev2_nonce_octets(&sa->responder_nonce),
		sa->initiator_spi,
		sa->responder_spi,
		octets_of(secret, sa->suite.group->secret_octets),
	};
	int result = -1;

	if (ikev2_dh_derive(sa->dh, peer, secret) == 0 &&
	    ikev2_keys_derive(&sa->suite, &inputs, NULL, octets_of(NULL, 0), &sa->keys) == 0)
		result = ikev2_make_ciphers(sa);
	OPENSSL_cleanse(secret, sizeof(secret));
	return result;
}

static void drop_key_pair(struct ikev2_sa *sa)
{
	ikev2_dh_free(sa->dh);
	sa->dh = NULL;
}

static bool ask_again(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct ikev2_notify notify;
	uint16_t group;

	if (ikev2_notify_find(chain, IKEV2_COOKIE, &notify) && notify.data.length > 0 &&
	    notify.data.length <= 64) {
		buffer_clear(&sa->cookie);
		buffer_add(&sa->cookie, notify.data.at, notify.data.length);
	} else if (ikev2_notify_find(chain, IKEV2_INVALID_KE_PAYLOAD, &notify) &&
		   octets_u16(&notify.data, &group) == 0 && group != sa->group &&
		   ikev2_offer_has_group(&sa->node->settings->ike, group)) {
		sa->group = group;
		drop_key_pair(sa);
	} else {
		return false;
	}
	if (++sa->init_rounds > INIT_ROUNDS)
		return false;
	ikev2_init_request(sa);
	return true;
}

/* RFC 7296 2.23: with a NAT between, everything goes on at port 4500. */
static void float_port(struct ikev2_sa *sa)
{
	uint16_t port = sa->node->settings->nat_port;

	if (!sa->behind_nat || sa->path.encapsulated ||
	    sa->node->settings->flaws & IKEV2_FLAW_STAYS_AT_500)
		return;
	sa->path.local.port = sa->path.remote.port = port ? port : IKEV2_NAT_PORT;
	sa->path.encapsulated = true;
}

static int take_answer(struct ikev2_sa *sa, struct octets octets,
		       const struct ikev2_message *message, struct problem *problem)
{
	struct init_parts parts;

	if (read_parts(&message->chain, &parts, problem) < 0)
		return -1;
	if (parts.offer.count != 1 || message->header.responder_spi == 0)
		return problem_set(problem, "the answer chooses %zu proposals",
				   parts.offer.count);
	if (ikev2_choice_check(&parts.offer.proposals[0], &sa->node->settings->ike, true,
			       problem) < 0)
		return -1;
	if (ikev2_suite_of(&parts.offer.proposals[0], &sa->suite) < 0 ||
	    sa->suite.group->id != sa->group || parts.ke.group != sa->group)
		return problem_set(problem, "the answer's group is not that of its KE payload");
	sa->responder_spi = message->header.responder_spi;
	ikev2_set_nonce(&sa->responder_nonce, parts.nonce);
	read_features(sa, message);
	buffer_add(&sa->init_response, octets.at, octets.length);
	if (make_keys(sa, parts.ke.data) < 0)
		return problem_set(problem, "no keys come of the peer's KE payload");
	drop_key_pair(sa);
	return 0;
}

void ikev2_init_answered(struct ikev2_sa *sa, const struct ikev2_path *path,
			 struct octets octets, const struct ikev2_message *message)
{
	uint16_t error = ikev2_notify_error(&message->chain);
	struct problem problem = { "" };

	if (message->header.initiator_spi != sa->initiator_spi)
		return;
	ikev2_see(sa->node, path, false, octets, IKEV2_NOT_ENCRYPTED, NULL, 0);
	if (ask_again(sa, &message->chain))
		return;
	sa->due = INT64_MAX;
	sa->current.kind = TASK_NONE;
	if (error) {
		ikev2_sa_end(sa, error, true, ikev2_name(IKEV2_NOTIFIES, error));
		return;
	}
	if (take_answer(sa, octets, message, &problem) < 0) {
		ikev2_sa_end(sa, 0, false, problem.text);
		return;
	}
	ikev2_sa_state(sa, SA_HALF_OPEN);
	sa->heard = sa->node->now;
	float_port(sa);
	sa->next_out = 1;
	ikev2_auth_request(sa);
}

/* --- responder --- */

static void answer_clear(struct ikev2_node *node, const struct ikev2_path *path,
			 const struct ikev2_header *request, uint64_t responder_spi,
			 struct ikev2_writer *writer, struct buffer *whole)
{
	static const uint8_t marker[4];
	struct ikev2_header header = { request->initiator_spi, responder_spi, 0, IKEV2_VERSION,
				       IKEV2_SA_INIT, IKEV2_FLAG_RESPONSE, 0, 0 };
	struct buffer out = { 0 };

	ikev2_encode(&header, writer, whole);
	ikev2_see(node, path, true, octets_of(whole->octets, whole->length), IKEV2_NOT_ENCRYPTED,
		  NULL, 0);
	if (path->encapsulated)
		buffer_add(&out, marker, sizeof(marker));
	buffer_add(&out, whole->octets, whole->length);
	node->calls.send(node->calls.context, path, octets_of(out.octets, out.length));
	buffer_free(&out);
	ikev2_writer_free(writer);
}

static void refuse(struct ikev2_node *node, const struct ikev2_path *path,
		   const struct ikev2_header *request, uint16_t notify, struct octets data)
{
	struct ikev2_writer writer = { 0 };
	struct buffer whole = { 0 };

	ikev2_notify_write(&writer, notify, 0, octets_of(NULL, 0), data);
	answer_clear(node, path, request, 0, &writer, &whole);
	buffer_free(&whole);
}

/* RFC 7296 2.6: nothing is kept; who can be reached at its address can give it back. */
static void make_cookie(struct ikev2_node *node, const struct ikev2_path *path,
			const struct ikev2_header *header, struct octets nonce, int64_t epoch,
			uint8_t cookie[IKEV2_PRF_LIMIT])
{
	struct buffer fixed = { 0 };

	buffer_add_u32(&fixed, (uint32_t)epoch);
	buffer_add_u32(&fixed, (uint32_t)(header->initiator_spi >> 32));
	buffer_add_u32(&fixed, (uint32_t)header->initiator_spi);
	buffer_add(&fixed, path->remote.octets, sizeof(path->remote.octets));
	struct octets parts[2] = { octets_of(fixed.octets, fixed.length), nonce };
	ikev2_prf(ikev2_prf_find(IKEV2_PRF_HMAC_SHA2_256),
		  octets_of(node->cookie_secret, sizeof(node->cookie_secret)), parts, 2, cookie);
	buffer_free(&fixed);
}

static bool cookie_is_good(struct ikev2_node *node, const struct ikev2_path *path,
			   const struct ikev2_message *message, struct octets nonce)
{
	int64_t epoch = node->now / COOKIE_LIFE;
	uint8_t cookie[IKEV2_PRF_LIMIT];
	struct ikev2_notify notify;

	if (!ikev2_notify_find(&message->chain, IKEV2_COOKIE, &notify))
		return false;
	for (int64_t age = 0; age < 2; age++) {
		make_cookie(node, path, &message->header, nonce, epoch - age, cookie);
		if (octets_same_secret(notify.data, octets_of(cookie, COOKIE_OCTETS)))
			return true;
	}
	return false;
}

static bool cookie_wanted(const struct ikev2_node *node)
{
	size_t from = node->settings->cookie_from;

	return node->settings->always_cookie || node->half_open >= (from ? from : COOKIE_FROM);
}

/* Room for one more half-open SA: too many from one address, or in all, and the oldest goes. */
static void make_room(struct ikev2_node *node, const struct ikev2_path *path)
{
	const struct ikev2_settings *settings = node->settings;
	size_t limit = settings->half_open_limit, each = settings->half_open_per_address;
	struct ikev2_sa *oldest = NULL, *oldest_here = NULL;
	size_t here = 0;

	for (struct ikev2_sa *sa = node->first; sa; sa = sa->next) {
		if (sa->initiator || sa->state != SA_HALF_OPEN)
			continue;
		if (!oldest)
			oldest = sa;
		if (!address_same_host(&sa->path.remote, &path->remote))
			continue;
		if (!oldest_here)
			oldest_here = sa;
		here++;
	}
	if (here >= (each ? each : HALF_OPEN_PER_ADDRESS))
		ikev2_sa_end(oldest_here, 0, false, "too many half-open SAs of one address");
	else if (oldest && node->half_open >= (limit ? limit : HALF_OPEN_LIMIT))
		ikev2_sa_end(oldest, 0, false, "too many half-open SAs");
}

/* The same request again: the same answer, or none when the SA has gone on since. */
static bool answered_before(struct ikev2_node *node, const struct ikev2_path *path,
			    struct octets octets)
{
	for (struct ikev2_sa *sa = node->last; sa; sa = sa->previous) {
		if (sa->initiator || sa->state == SA_DEAD ||
		    !octets_same(octets_of(sa->init_request.octets, sa->init_request.length),
				 octets))
			continue;
		if (sa->state == SA_HALF_OPEN && address_same(&sa->path.remote, &path->remote))
			ikev2_transmit(sa, &sa->response);
		return true;
	}
	return false;
}

static void answer(struct ikev2_sa *sa, const struct ikev2_proposal *chosen,
		   const struct ikev2_header *request)
{
	struct ikev2_offer offer = { .count = 1 };
	struct ikev2_writer writer = { 0 };

	offer.proposals[0] = *chosen;
	ikev2_offer_write(&writer, &offer);
	ikev2_ke_write(&writer, sa->suite.group->id, ikev2_dh_public(sa->dh));
	ikev2_octets_write(&writer, IKEV2_NONCE, ikev2_nonce_octets(&sa->responder_nonce));
	write_features(sa, &writer);
	ikev2_write_certreq(sa, &writer);
	answer_clear(sa->node, &sa->path, request, sa->responder_spi, &writer,
		     &sa->init_response);
	buffer_add(&sa->response.list[0], sa->init_response.octets, sa->init_response.length);
	sa->response.count = 1;
}

static void accept_request(struct ikev2_node *node, const struct ikev2_path *path,
			   struct octets octets, const struct ikev2_message *message,
			   const struct init_parts *parts, const struct ikev2_proposal *chosen)
{
	int64_t life = node->settings->half_open;
	struct ikev2_sa *sa;

	make_room(node, path);
	sa = ikev2_sa_new(node, path, false);
	sa->initiator_spi = message->header.initiator_spi;
	sa->responder_spi = ikev2_random_spi();
	ikev2_sa_index(sa);
	ikev2_suite_of(chosen, &sa->suite);
	ikev2_set_nonce(&sa->initiator_nonce, parts->nonce);
	ikev2_new_nonce(&sa->responder_nonce);
	buffer_add(&sa->init_request, octets.at, octets.length);
	sa->next_in = 1;
	sa->expires = node->now + (life ? life : HALF_OPEN);
	read_features(sa, message);
	sa->dh = ikev2_dh_new(sa->suite.group);
	ikev2_sa_state(sa, SA_HALF_OPEN);
	if (!sa->dh) {
		ikev2_sa_end(sa, 0, false, "no key pair could be made");
		return;
	}
	if (make_keys(sa, parts->ke.data) < 0) {
		refuse(node, path, &message->header, IKEV2_INVALID_SYNTAX, octets_of(NULL, 0));
		ikev2_sa_end(sa, 0, false, "no keys come of the peer's KE payload");
		return;
	}
	answer(sa, chosen, &message->header);
	drop_key_pair(sa);
}

/* The lab wants to be asked again: the first group on both sides that is not that of the KE; 0:
 * there is none. */
static uint16_t another_group(const struct ikev2_offer *offered, const struct ikev2_offer *ours,
			      uint16_t group)
{
	for (size_t i = 0; i < ours->count; i++)
		for (size_t k = 0; k < ours->proposals[i].count; k++) {
			const struct ikev2_transform *one = &ours->proposals[i].transforms[k];

			if (one->type == IKEV2_DH && one->id != group &&
			    ikev2_offer_has_group(offered, one->id))
				return one->id;
		}
	return 0;
}

/* Our offer as far as this group goes, so that who guessed a group that we take is not asked for
 * another one (and then, having changed it as the lab wished, for the first again). */
static void with_group_only(const struct ikev2_offer *ours, uint16_t group,
			    struct ikev2_offer *result)
{
	result->count = 0;
	for (size_t i = 0; i < ours->count; i++) {
		const struct ikev2_proposal *from = &ours->proposals[i];
		struct ikev2_proposal *to = &result->proposals[result->count];
		bool has = false;

		*to = *from;
		to->count = 0;
		for (size_t k = 0; k < from->count; k++) {
			if (from->transforms[k].type == IKEV2_DH &&
			    from->transforms[k].id != group)
				continue;
			has = has || from->transforms[k].type == IKEV2_DH;
			to->transforms[to->count++] = from->transforms[k];
		}
		result->count += has;
	}
}

static int choose(const struct ikev2_offer *offered, const struct ikev2_offer *ours,
		  uint16_t group, struct ikev2_proposal *chosen, struct ikev2_suite *suite)
{
	struct ikev2_offer narrowed;

	with_group_only(ours, group, &narrowed);
	if (ikev2_offer_choose(offered, &narrowed, true, chosen) < 0 &&
	    ikev2_offer_choose(offered, ours, true, chosen) < 0)
		return -1;
	return ikev2_suite_of(chosen, suite);
}

static void ask_for_group(struct ikev2_node *node, const struct ikev2_path *path,
			  const struct ikev2_header *request, uint16_t group)
{
	uint8_t data[2] = { (uint8_t)(group >> 8), (uint8_t)group };

	refuse(node, path, request, IKEV2_INVALID_KE_PAYLOAD, octets_of(data, 2));
}

void ikev2_init_respond(struct ikev2_node *node, const struct ikev2_path *path,
			struct octets octets, const struct ikev2_message *message)
{
	const struct ikev2_settings *settings = node->settings;
	struct octets none = octets_of(NULL, 0);
	struct ikev2_proposal chosen;
	struct ikev2_suite suite;
	struct init_parts parts;
	uint8_t cookie[IKEV2_PRF_LIMIT];
	uint16_t other = 0;

	if (message->header.initiator_spi == 0 || answered_before(node, path, octets))
		return;
	ikev2_see(node, path, false, octets, IKEV2_NOT_ENCRYPTED, NULL, 0);
	if (ikev2_chain_critical(&message->chain) ||
	    read_parts(&message->chain, &parts, NULL) < 0) {
		refuse(node, path, &message->header, IKEV2_INVALID_SYNTAX, none);
		return;
	}
	if (cookie_wanted(node) && !cookie_is_good(node, path, message, parts.nonce)) {
		make_cookie(node, path, &message->header, parts.nonce, node->now / COOKIE_LIFE,
			    cookie);
		refuse(node, path, &message->header, IKEV2_COOKIE,
		       octets_of(cookie, COOKIE_OCTETS));
		return;
	}
	if (settings->refuse_init) {
		refuse(node, path, &message->header, settings->refuse_init, none);
		return;
	}
	if (choose(&parts.offer, &settings->ike, parts.ke.group, &chosen, &suite) < 0) {
		refuse(node, path, &message->header, IKEV2_NO_PROPOSAL_CHOSEN, none);
		return;
	}
	if (settings->other_group)
		other = another_group(&parts.offer, &settings->ike, parts.ke.group);
	if (other || suite.group->id != parts.ke.group) {
		ask_for_group(node, path, &message->header, other ? other : suite.group->id);
		return;
	}
	accept_request(node, path, octets, message, &parts, &chosen);
}
