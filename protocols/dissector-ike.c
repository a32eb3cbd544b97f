/* IKE messages in a recording: which SA they belong to, opened when there are keys, once each. */
#include "protocols/dissector-ipsec.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-document.h"
#include "protocols/ikev2-nat.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

/* A message being looked at. */
struct look {
	struct dissector *dissector;
	const struct ipsec_place *place;
	struct octets octets;
	struct ikev2_message ike;
	struct ike_sa *sa;
	struct ike_said *said;
	bool initiator, answer; /* who says it, and what */
	enum ike_again again;
	bool retried;           /* an IKE_SA_INIT with what the responder asked for */
};

/* --- IKE SAs --- */

const char *dissector_ike_progress(enum ike_progress progress)
{
	static const char *const names[] = {
		[IKE_HALF_OPEN] = "half-open", [IKE_HIDDEN] = "hidden",
		[IKE_ESTABLISHED] = "established", [IKE_REFUSED] = "refused",
		[IKE_DELETED] = "deleted",
	};

	return names[progress];
}

static void sa_free(struct ike_sa *sa)
{
	for (int initiator = 0; initiator < 2; initiator++)
		for (int answer = 0; answer < 2; answer++)
			ikev2_reassembly_clear(&sa->said[initiator][answer].pieces);
	free(sa);
}

void dissector_ike_clear(struct dissector *dissector)
{
	struct dissector_ipsec *ipsec = dissector->ipsec;

	while (ipsec->newest) {
		struct ike_sa *sa = ipsec->newest;

		ipsec->newest = sa->older;
		sa_free(sa);
	}
	ipsec->sa_count = 0;
}

static void end_sa(struct ike_sa *sa, int64_t time)
{
	if (sa->progress != IKE_DELETED)
		sa->deleted = time;
	sa->progress = IKE_DELETED;
}

static void forget_oldest(struct dissector_ipsec *ipsec)
{
	struct ike_sa **link = &ipsec->newest;

	while ((*link)->older)
		link = &(*link)->older;
	sa_free(*link);
	*link = NULL;
	ipsec->sa_count--;
}

static bool joins(const struct ike_sa *sa, const struct address *a, const struct address *b)
{
	return (address_same_host(&sa->initiator, a) && address_same_host(&sa->responder, b)) ||
	       (address_same_host(&sa->initiator, b) && address_same_host(&sa->responder, a));
}

/* The one to tell of: an established one, else one that may be, else the newest. */
static bool is_better(const struct ike_sa *found, const struct ike_sa *sa)
{
	if (!found || found->progress == IKE_ESTABLISHED)
		return !found;
	return sa->progress == IKE_ESTABLISHED ||
	       (sa->progress == IKE_HIDDEN && found->progress != IKE_HIDDEN);
}

static struct ike_sa *find_between(struct dissector_ipsec *ipsec, const struct address *a,
				   const struct address *b)
{
	struct ike_sa *found = NULL;

	for (struct ike_sa *sa = ipsec->newest; sa; sa = sa->older)
		if (joins(sa, a, b) && is_better(found, sa))
			found = sa;
	return found;
}

struct ike_sa *dissector_ike_between(const struct dissector *dissector,
				     const struct address *a, const struct address *b)
{
	return find_between(dissector->ipsec, a, b);
}

const struct ike_sa *dissector_ike_of(const struct dissector *dissector,
				      const struct address *host)
{
	const struct ike_sa *found = NULL;

	for (const struct ike_sa *sa = dissector->ipsec->newest; sa; sa = sa->older)
		if (address_same_host(&sa->client, host) && is_better(found, sa))
			found = sa;
	return found;
}

static struct ike_sa *sa_new(const struct look *look)
{
	struct dissector_ipsec *ipsec = look->dissector->ipsec;
	const struct ipsec_place *place = look->place;
	struct ike_sa *sa = memory_new(sizeof(*sa));
	struct ike_sa *before;

	if (ipsec->sa_count == LIMIT_DISSECTOR_IKE_SAS)
		forget_oldest(ipsec);
	sa->number = ++ipsec->sa_number;
	sa->initiator_spi = look->ike.header.initiator_spi;
	sa->responder_spi = look->ike.header.responder_spi;
	sa->initiator = *(look->initiator ? place->source : place->destination);
	sa->responder = *(look->initiator ? place->destination : place->source);
	sa->client = sa->initiator;
	sa->from_start = look->ike.header.exchange == IKEV2_SA_INIT && look->initiator;
	before = find_between(ipsec, place->source, place->destination);
	sa->beside = sa->from_start && before && before->progress == IKE_ESTABLISHED &&
		     address_same_host(&before->client, &sa->client);
	before = sa->from_start ? NULL : before;
	/* One that begins in the middle replaces another (RFC 7296 2.18), or is older than the
	 * recording. */
	sa->progress = sa->from_start ? IKE_HALF_OPEN : before ? before->progress : IKE_HIDDEN;
	if (before) {
		memcpy(sa->inner, before->inner, sizeof(sa->inner));
		memcpy(sa->identities, before->identities, sizeof(sa->identities));
		sa->nat = before->nat;
		sa->disowned = before->disowned;
		sa->succeeded = before->succeeded;
		sa->client = before->client;
	}
	if (before && before->replaced)
		end_sa(before, place->time);
	sa->older = ipsec->newest;
	ipsec->newest = sa;
	ipsec->sa_count++;
	return sa;
}

static struct ike_sa *sa_find(const struct look *look)
{
	const struct ikev2_header *header = &look->ike.header;
	struct ike_sa *sa = look->dissector->ipsec->newest;

	for (; sa; sa = sa->older) {
		if (sa->initiator_spi != header->initiator_spi)
			continue;
		if (sa->responder_spi == header->responder_spi || sa->responder_spi == 0 ||
		    header->exchange == IKEV2_SA_INIT)
			break;
	}
	/* Who asks for a cookie or another group may give another SPI later (RFC 7296 2.6). */
	if (sa && (sa->responder_spi == 0 ||
		   (header->exchange == IKEV2_SA_INIT && header->flags & IKEV2_FLAG_RESPONSE)))
		sa->responder_spi = header->responder_spi;
	return sa;
}

/* --- what a message says of its SA --- */

static struct ipsec_cipher *cipher_of(const struct look *look)
{
	const struct dissector_ipsec *ipsec = look->dissector->ipsec;
	const struct ikev2_header *header = &look->ike.header;

	for (size_t i = ipsec->ike_key_count; i-- > 0;)
		if (ipsec->ike_keys[i].initiator_spi == header->initiator_spi &&
		    ipsec->ike_keys[i].responder_spi == header->responder_spi)
			return ipsec->ike_keys[i].ciphers[look->initiator];
	return NULL;
}

static void take_inner(struct ike_sa *sa, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_CP);
	struct ikev2_cp cp;

	if (!payload || ikev2_cp_read(payload->body, &cp, NULL) < 0 || cp.type != IKEV2_CFG_REPLY)
		return;
	for (size_t i = 0; i < cp.count; i++) {
		bool six = cp.list[i].type == IKEV2_INTERNAL_IP6_ADDRESS;
		size_t length = six ? 16 : 4;

		if ((!six && cp.list[i].type != IKEV2_INTERNAL_IP4_ADDRESS) ||
		    cp.list[i].value.length < length)
			continue;
		sa->inner[six].family = six ? 6 : 4;
		memcpy(sa->inner[six].octets, cp.list[i].value.at, length);
	}
}

static bool deletes_ike(const struct ikev2_chain *chain)
{
	struct ikev2_delete list;

	for (size_t i = 0; i < chain->count; i++)
		if (chain->payloads[i].type == IKEV2_DELETE &&
		    ikev2_delete_read(chain->payloads[i].body, &list, NULL) == 0 &&
		    list.protocol == IKEV2_PROTOCOL_IKE)
			return true;
	return false;
}

/* RFC 7296 1.4.1: each end says by which SPIs it receives no more; the one who is asked agrees by its
 * answer, and says its own. */
static void take_deleted_children(struct look *look, const struct ikev2_chain *chain)
{
	const struct ipsec_place *place = look->place;
	struct ike_sa *sa = look->sa;
	struct ikev2_delete list;

	for (size_t i = 0; look->answer && i < sa->closing_count; i++)
		dissector_esp_deleted(look->dissector, sa->closing[i], place->destination,
				      place->time);
	sa->closing_count = 0;
	for (size_t i = 0; i < chain->count; i++) {
		if (chain->payloads[i].type != IKEV2_DELETE ||
		    ikev2_delete_read(chain->payloads[i].body, &list, NULL) < 0 ||
		    list.protocol != IKEV2_PROTOCOL_ESP)
			continue;
		for (uint32_t spi; octets_u32(&list.spis, &spi) == 0;) {
			if (look->answer)
				dissector_esp_deleted(look->dissector, spi, place->source,
						      place->time);
			else if (sa->closing_count < IKE_CLOSING)
				sa->closing[sa->closing_count++] = spi;
		}
	}
}

static void take_nat(struct look *look)
{
	const struct ikev2_chain *chain = &look->ike.chain;
	struct ikev2_notify notify;

	if (!ikev2_notify_find(chain, IKEV2_NAT_DETECTION_SOURCE_IP, &notify))
		return;
	bool source = ikev2_nat_translated(chain, &look->ike.header, IKEV2_NAT_DETECTION_SOURCE_IP,
					   look->place->source);
	bool destination = ikev2_nat_translated(chain, &look->ike.header,
						IKEV2_NAT_DETECTION_DESTINATION_IP,
						look->place->destination);
	look->sa->nat = source && destination ? "both" : source ? "source"
			: destination ? "destination" : "none";
}

static void take_init(struct look *look)
{
	uint16_t error = ikev2_notify_error(&look->ike.chain);
	struct ikev2_notify notify;

	if (!look->answer) {
		take_nat(look);
		look->sa->asked_again = false;
		return;
	}
	look->sa->asked_again = error == IKEV2_INVALID_KE_PAYLOAD ||
				ikev2_notify_find(&look->ike.chain, IKEV2_COOKIE, &notify);
	if (look->sa->asked_again)
		return;
	if (error)
		look->sa->progress = IKE_REFUSED;
	else if (look->sa->progress == IKE_REFUSED)
		look->sa->progress = IKE_HALF_OPEN; /* anybody could have refused in clear */
	/* A responder that says nothing of NATs lets none be found (RFC 7296 2.23). */
	if (!error && !ikev2_notify_find(&look->ike.chain, IKEV2_NAT_DETECTION_SOURCE_IP, &notify))
		look->sa->nat = NULL;
}

void dissector_ike_alive(struct ike_sa *sa)
{
	if (sa->progress == IKE_HALF_OPEN)
		sa->progress = IKE_HIDDEN;
}

/* What comes of an exchange that only authenticated ends have. */
static void take_child(struct look *look, const struct ikev2_chain *chain)
{
	struct ike_sa *sa = look->sa;

	dissector_ike_alive(sa);
	if (!look->answer || !ikev2_chain_find(chain, IKEV2_SA))
		return;
	if (!ikev2_chain_find(chain, IKEV2_TSI))
		sa->replaced = true;
	else if (sa->progress != IKE_DELETED) /* its first Child SA may come late (RFC 6023) */
		sa->progress = IKE_ESTABLISHED;
}

static void take_identity(struct look *look, const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload =
		ikev2_chain_find(chain, look->answer ? IKEV2_IDR : IKEV2_IDI);
	uint64_t *identity = &look->sa->identities[look->answer];

	if (payload && *identity == 0) /* a hosting party names itself behind the device */
		*identity = dissector_hash(0, payload->body.at, payload->body.length) | 1;
}

/* RFC 7296 2.4: the client says that this is its only IKE SA with the responder. That makes those
 * that were up then a thing of the past, once the responder believes it. */
static void take_claim(struct look *look, const struct ikev2_chain *chain)
{
	const struct ike_sa *sa = look->sa;
	struct ike_sa *other = look->dissector->ipsec->newest;
	struct ikev2_notify notify;
	bool claims = ikev2_notify_find(chain, IKEV2_INITIAL_CONTACT, &notify);

	for (; other; other = other->older)
		if (other != sa && claims && other->progress == IKE_ESTABLISHED &&
		    joins(other, &sa->initiator, &sa->responder))
			other->claimed_by = sa->number;
}

static bool same_ends(const struct ike_sa *a, const struct ike_sa *b)
{
	return joins(a, &b->initiator, &b->responder) &&
	       address_same_host(&a->client, &b->client) && a->identities[0] &&
	       a->identities[0] == b->identities[0] && a->identities[1] == b->identities[1];
}

static void succeed(struct look *look)
{
	struct ike_sa *other = look->dissector->ipsec->newest;

	for (; other; other = other->older) {
		if (other == look->sa || other->progress != IKE_ESTABLISHED ||
		    !same_ends(other, look->sa))
			continue;
		other->succeeded = true;
		other->disowned |= other->claimed_by == look->sa->number;
	}
}

static void take_auth(struct look *look, const struct ikev2_chain *chain)
{
	uint16_t error = ikev2_notify_error(chain);
	struct ike_sa *sa = look->sa;

	take_identity(look, chain);
	if (!look->answer) {
		take_claim(look, chain);
		return;
	}
	if (ikev2_chain_find(chain, IKEV2_SA)) {
		sa->progress = IKE_ESTABLISHED;
		succeed(look);
	} else if (error && sa->progress != IKE_ESTABLISHED) {
		sa->progress = IKE_REFUSED;
	}
	take_inner(sa, chain);
}

/* chain: what was said, opened. */
static void take_progress(struct look *look, const struct ikev2_chain *chain)
{
	uint16_t error = ikev2_notify_error(chain);
	uint8_t exchange = look->ike.header.exchange;
	struct ike_sa *sa = look->sa;

	if (exchange == IKEV2_AUTH)
		take_auth(look, chain);
	if (exchange == IKEV2_CREATE_CHILD_SA)
		take_child(look, chain);
	if (exchange == IKEV2_INFORMATIONAL && chain->count == 0)
		dissector_ike_alive(sa);
	if (exchange == IKEV2_INFORMATIONAL)
		take_deleted_children(look, chain);
	if (exchange == IKEV2_INFORMATIONAL && deletes_ike(chain) && !sa->replaced &&
	    sa->progress != IKE_REFUSED)
		end_sa(sa, look->place->time);
	if (exchange == IKEV2_INFORMATIONAL && error == IKEV2_AUTHENTICATION_FAILED)
		sa->progress = IKE_REFUSED;
}

/* --- giving it out --- */

static void describe(const struct look *look, struct message *message)
{
	xmlNode *facet = message_facet(message, "ike");
	const struct ike_sa *sa = look->sa;
	const struct ike_said *asked = sa ? &sa->said[!look->initiator][false] : NULL;

	message_attribute(facet, "encapsulated", "%s",
			  look->place->encapsulated ? "true" : "false");
	if (!sa)
		return;
	message_number(facet, "sa", sa->number);
	message_attribute(facet, "from-client", "%s",
			  address_same_host(&sa->client, look->place->source) ? "true" : "false");
	message_attribute(facet, "progress", "%s", dissector_ike_progress(sa->progress));
	if (sa->nat)
		message_attribute(facet, "nat", "%s", sa->nat);
	if (sa->replaced || sa->succeeded)
		message_attribute(facet, "replaced", "true");
	if (sa->beside)
		message_attribute(facet, "beside", "true");
	if (sa->disowned && !look->answer)
		message_attribute(facet, "disowned", "true");
	if (look->again == IKE_ALTERED)
		message_attribute(facet, "again", "altered");
	if (!look->answer && look->said->expected != UINT64_MAX)
		message_number(facet, "next-id", look->said->expected);
	if (look->answer && asked->any && asked->message_id == look->ike.header.message_id) {
		message_number(facet, "request-packet", asked->packet);
		message_number(facet, "tries", asked->times);
	} else if (look->answer && sa->from_start) {
		message_attribute(facet, "unasked", "true");
	}
	if (sa->asked_again && look->answer)
		message_attribute(facet, "asks-again", "true");
}

static void give(const struct look *look, struct message *message)
{
	message->time = look->place->time;
	message->source = *look->place->source;
	message->destination = *look->place->destination;
	message->last_packet = look->place->packet;
	message->first_packet = look->said && look->said->fragments ? look->said->packet
								    : look->place->packet;
	describe(look, message);
	dissector_tell(look->dissector, message);
}

static void tell(struct look *look, enum ikev2_encrypted state, const struct ikev2_chain *inner)
{
	struct message *message = ikev2_document(look->octets, state, inner,
						 look->said->fragments);

	if (state == IKEV2_CLOSED)
		message_rename(message, "IkeEncrypted");
	message->repeat = look->retried;
	look->said->told = true;
	give(look, message);
}

static void tell_malformed(struct look *look, const struct problem *problem)
{
	struct message *message = message_new("ike", "IkeMalformed");

	message_attribute(message->body, "why", "%s", problem->text);
	message_number(message->body, "length", look->octets.length);
	give(look, message);
}

/* What could be opened: the chain inside. */
static void tell_opened(struct look *look, uint8_t first, const struct buffer *plain)
{
	struct problem problem = { "" };
	struct ikev2_chain *chain = memory_new(sizeof(*chain));

	if (ikev2_chain_decode(first, octets_of(plain->octets, plain->length), chain,
			       &problem) < 0) {
		tell_malformed(look, &problem);
	} else {
		take_progress(look, chain);
		tell(look, IKEV2_OPENED, chain);
	}
	free(chain);
}

static void open_whole(struct look *look, struct ipsec_cipher *cipher)
{
	struct buffer plain = { 0 };
	struct problem problem = { "" };
	int result = ikev2_open(look->octets, &look->ike, cipher, &plain, &problem);

	if (result == 0)
		tell_opened(look, look->ike.chain.inner, &plain);
	else if (result == -2)
		tell(look, IKEV2_WRONG, NULL);
	else
		tell_malformed(look, &problem);
	buffer_free(&plain);
}

static void open_fragment(struct look *look, struct ipsec_cipher *cipher)
{
	struct buffer plain = { 0 };
	struct problem problem = { "" };
	uint8_t first = 0;
	int result = ikev2_reassemble(&look->said->pieces, look->octets, &look->ike, cipher,
				      &plain, &first, &problem);

	if (result == 1)
		tell_opened(look, first, &plain);
	else if (result == -2)
		tell(look, IKEV2_WRONG, NULL);
	else if (result < 0)
		tell_malformed(look, &problem);
	buffer_free(&plain);
}

/* The keys are not known: what the exchange is can be seen, and no more. */
static void tell_closed(struct look *look)
{
	struct ike_sa *sa = look->sa;

	if (look->ike.header.exchange == IKEV2_AUTH && look->answer &&
	    (sa->progress == IKE_HALF_OPEN || sa->progress == IKE_REFUSED))
		sa->progress = IKE_HIDDEN;
	if (look->ike.header.exchange == IKEV2_CREATE_CHILD_SA)
		dissector_ike_alive(sa);
	tell(look, IKEV2_CLOSED, NULL);
}

static uint8_t last_type(const struct ikev2_chain *chain)
{
	return chain->count ? chain->payloads[chain->count - 1].type : IKEV2_NO_PAYLOAD;
}

static void tell_message(struct look *look)
{
	uint8_t last = last_type(&look->ike.chain);
	struct ipsec_cipher *cipher;

	if (last != IKEV2_SK && last != IKEV2_SKF) {
		if (look->ike.header.exchange == IKEV2_SA_INIT)
			take_init(look);
		tell(look, IKEV2_NOT_ENCRYPTED, NULL);
		return;
	}
	cipher = cipher_of(look);
	if (!cipher)
		tell_closed(look);
	else if (last == IKEV2_SK)
		open_whole(look, cipher);
	else
		open_fragment(look, cipher);
}

/* The number of a request that is not the last one again: they go up by one (RFC 7296 2.2). */
static uint64_t next_number(const struct look *look, const struct ike_said *before)
{
	if (!look->sa->from_start)
		return UINT64_MAX;
	return !before->any || look->retried ? 0 : (uint64_t)before->message_id + 1;
}

static void look_at(struct look *look)
{
	const struct ikev2_header *header = &look->ike.header;
	struct ike_sa *sa = look->sa;
	struct ike_said *said = look->said = &sa->said[look->initiator][look->answer];
	struct ike_said *asked = &sa->said[!look->initiator][false];
	bool other = !said->any || said->message_id != header->message_id;

	look->retried = header->exchange == IKEV2_SA_INIT && !look->answer &&
			((said->answered && sa->asked_again) || ike_said_obeys(said, &look->ike));
	uint64_t number = next_number(look, said);
	look->again = ike_said_look(sa, &look->ike, look->octets, look->place->packet);
	if (look->again == IKE_SAME)
		return;
	look->retried &= look->again == IKE_NEW;
	if (other || look->retried)
		said->expected = number;
	tell_message(look);
	if (look->answer && asked->message_id == header->message_id)
		asked->answered = true;
}

void dissector_ike_datagram(struct dissector *dissector, const struct ipsec_place *place,
			    struct octets octets)
{
	struct look *look = memory_new(sizeof(*look));
	struct problem problem = { "" };

	look->dissector = dissector;
	look->place = place;
	look->octets = octets;
	dissector_ipsec(dissector);
	if (ikev2_decode(octets, &look->ike, &problem) < 0) {
		tell_malformed(look, &problem);
	} else {
		look->initiator = look->ike.header.flags & IKEV2_FLAG_INITIATOR;
		look->answer = look->ike.header.flags & IKEV2_FLAG_RESPONSE;
		look->sa = sa_find(look);
		if (!look->sa)
			look->sa = sa_new(look);
		look_at(look);
	}
	free(look);
}
