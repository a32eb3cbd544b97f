/* IKE messages that are sent again (RFC 7296 2.1): the same octets, or they should be. */
#include "protocols/dissector-ipsec.h"

#include <string.h>

static void begin(struct ike_said *said, uint32_t message_id, uint64_t packet)
{
	ikev2_reassembly_clear(&said->pieces);
	memset(said, 0, sizeof(*said));
	said->any = true;
	said->message_id = message_id;
	said->packet = packet;
	said->times = 1;
	said->expected = UINT64_MAX;
}

static uint16_t group_of(const struct ikev2_chain *chain)
{
	const struct ikev2_payload *payload = ikev2_chain_find(chain, IKEV2_KE);
	struct ikev2_ke ke;

	return payload && ikev2_ke_read(payload->body, &ke, NULL) == 0 ? ke.group : 0;
}

bool ike_said_obeys(const struct ike_said *said, const struct ikev2_message *message)
{
	struct ikev2_notify notify;
	bool request = message->header.exchange == IKEV2_SA_INIT &&
		       !(message->header.flags & IKEV2_FLAG_RESPONSE);

	return request && said->any &&
	       ((!said->cookie && ikev2_notify_find(&message->chain, IKEV2_COOKIE, &notify)) ||
		said->group != group_of(&message->chain));
}

static void take_init(struct ike_said *said, const struct ikev2_message *message)
{
	struct ikev2_notify notify;

	if (message->header.exchange != IKEV2_SA_INIT)
		return;
	said->cookie = ikev2_notify_find(&message->chain, IKEV2_COOKIE, &notify);
	said->group = group_of(&message->chain);
}

/* The number of a fragment, from 0, and into how many the message was cut; false: it is whole, or
 * makes no sense. */
static bool fragment_of(const struct ikev2_message *message, size_t *index, uint16_t *total)
{
	const struct ikev2_chain *chain = &message->chain;
	struct ikev2_fragment fragment;

	if (chain->count == 0 || chain->payloads[chain->count - 1].type != IKEV2_SKF ||
	    ikev2_fragment_read(chain->payloads[chain->count - 1].body, &fragment, NULL) < 0 ||
	    fragment.total > IKEV2_FRAGMENTS || fragment.number == 0 ||
	    fragment.number > fragment.total)
		return false;
	*index = fragment.number - 1u;
	*total = fragment.total;
	return true;
}

/* Cut in more pieces than before: the sender tries smaller ones (RFC 7383 2.5.1). */
static void cut_anew(struct ike_said *said, uint16_t total)
{
	memset(said->digests, 0, sizeof(said->digests));
	said->fragments = total;
	said->times++;
}

static enum ike_again look_again(struct ike_said *said, size_t index, uint16_t total,
				 uint64_t digest)
{
	if (total != said->fragments) {
		bool smaller = total > said->fragments;

		cut_anew(said, total);
		said->digests[index] = digest;
		if (said->told && smaller)
			return IKE_SAME;
		return smaller ? IKE_NEW : IKE_ALTERED;
	}
	if (said->digests[index] == 0) {
		said->digests[index] = digest;
		return said->told ? IKE_SAME : IKE_NEW;
	}
	if (said->digests[index] != digest) {
		said->digests[index] = digest;
		return IKE_ALTERED;
	}
	said->times += index == 0;
	return IKE_SAME;
}

enum ike_again ike_said_look(struct ike_sa *sa, const struct ikev2_message *message,
			     struct octets octets, uint64_t packet)
{
	bool initiator = message->header.flags & IKEV2_FLAG_INITIATOR;
	bool answer = message->header.flags & IKEV2_FLAG_RESPONSE;
	struct ike_said *said = &sa->said[initiator][answer];
	uint64_t digest = dissector_hash(0, octets.at, octets.length) | 1;
	uint16_t total = 0;
	size_t index = 0;

	fragment_of(message, &index, &total);
	/* An IKE_SA_INIT with a cookie, or with another group, has the same number (RFC 7296 2.6);
	 * that it was asked for may be what a capture lacks. */
	bool init_again = message->header.exchange == IKEV2_SA_INIT && !answer &&
			  said->digests[0] != digest &&
			  (said->answered || ike_said_obeys(said, message));
	if (!said->any || said->message_id != message->header.message_id || init_again) {
		begin(said, message->header.message_id, packet);
		said->fragments = total;
		said->digests[index] = digest;
		take_init(said, message);
		if (!answer && sa->said[!initiator][true].message_id == said->message_id)
			sa->said[!initiator][true].any = false;
		return IKE_NEW;
	}
	return look_again(said, index, total, digest);
}
