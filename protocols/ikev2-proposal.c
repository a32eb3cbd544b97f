#include "protocols/ikev2-proposal.h"

#include <stdlib.h>
#include <string.h>

static bool add(struct ikev2_proposal *proposal, uint8_t type, uint16_t id, uint16_t key_bits)
{
	struct ikev2_transform transform = { type, false, id, key_bits };

	for (size_t i = 0; i < proposal->count; i++)
		if (proposal->transforms[i].type == type && proposal->transforms[i].id == id &&
		    proposal->transforms[i].key_bits == key_bits)
			return true;
	if (proposal->count == IKEV2_TRANSFORMS)
		return false;
	proposal->transforms[proposal->count++] = transform;
	return true;
}

static size_t count_type(const struct ikev2_proposal *proposal, uint8_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < proposal->count; i++)
		count += proposal->transforms[i].type == type;
	return count;
}

static int add_keyword(struct ikev2_proposal *proposal, const char *word, size_t length,
		       bool allow_weak, struct problem *problem)
{
	struct ipsec_keyword found = ipsec_keyword_find(word, length);
	bool weak = (found.encryption && found.encryption->weak) ||
		    (found.group && found.group->weak);
	bool added = false;

	if (weak && !allow_weak)
		return problem_set(problem, "%.*s is too weak unless weak algorithms are allowed",
				   (int)length, word);
	if (found.encryption)
		added = add(proposal, IKEV2_ENCR, found.encryption->id,
			    found.encryption->key_bits);
	else if (found.integrity)
		added = add(proposal, IKEV2_INTEG, found.integrity->id, 0);
	else if (found.prf)
		added = add(proposal, IKEV2_PRF, found.prf->id, 0);
	else if (found.group)
		added = add(proposal, IKEV2_DH, found.group->id, 0);
	else if (found.esn >= 0)
		added = add(proposal, IKEV2_ESN, (uint16_t)found.esn, 0);
	else
		return problem_set(problem, "no algorithm is called \"%.*s\"", (int)length, word);
	return added ? 0 : problem_set(problem, "more than %d algorithms", IKEV2_TRANSFORMS);
}

/* How many of the encryption transforms are AEAD. */
static size_t count_aead(const struct ikev2_proposal *proposal)
{
	size_t count = 0;

	for (size_t i = 0; i < proposal->count; i++) {
		const struct ikev2_transform *transform = &proposal->transforms[i];
		const struct ipsec_encryption *known =
			transform->type != IKEV2_ENCR ?
				NULL : ipsec_encryption_find(transform->id, transform->key_bits);

		count += known && known->icv_octets > 0;
	}
	return count;
}

/* The PRF that shares its digest with each integrity algorithm. */
static void add_understood_prfs(struct ikev2_proposal *proposal)
{
	static const struct {
		uint16_t integrity, prf;
	} pairs[] = {
		{ IKEV2_AUTH_HMAC_SHA1_96, IKEV2_PRF_HMAC_SHA1 },
		{ IKEV2_AUTH_HMAC_SHA2_256_128, IKEV2_PRF_HMAC_SHA2_256 },
		{ IKEV2_AUTH_HMAC_SHA2_384_192, IKEV2_PRF_HMAC_SHA2_384 },
		{ IKEV2_AUTH_HMAC_SHA2_512_256, IKEV2_PRF_HMAC_SHA2_512 },
	};
	size_t count = proposal->count;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
			if (proposal->transforms[i].type == IKEV2_INTEG &&
			    proposal->transforms[i].id == pairs[k].integrity)
				add(proposal, IKEV2_PRF, pairs[k].prf, 0);
}

static int complete(struct ikev2_proposal *proposal, struct problem *problem)
{
	size_t aead = count_aead(proposal), encryptions = count_type(proposal, IKEV2_ENCR);

	if (encryptions == 0)
		return problem_set(problem, "no encryption algorithm is named");
	/* RFC 7296 3.3: algorithms with and without integrity of their own need two proposals */
	if (aead > 0 && (aead < encryptions || count_type(proposal, IKEV2_INTEG) > 0))
		return problem_set(problem, "an algorithm with integrity of its own stands beside "
				   "others");
	if (aead == 0 && count_type(proposal, IKEV2_INTEG) == 0)
		return problem_set(problem, "no integrity algorithm is named");
	if (proposal->protocol == IKEV2_PROTOCOL_ESP) {
		if (count_type(proposal, IKEV2_PRF) > 0)
			return problem_set(problem, "ESP has no PRF");
		if (count_type(proposal, IKEV2_ESN) == 0)
			add(proposal, IKEV2_ESN, 0, 0);
		return 0;
	}
	if (count_type(proposal, IKEV2_PRF) == 0)
		add_understood_prfs(proposal);
	if (count_type(proposal, IKEV2_PRF) == 0)
		return problem_set(problem, "no PRF is named");
	if (count_type(proposal, IKEV2_DH) == 0)
		return problem_set(problem, "no Diffie-Hellman group is named");
	if (count_type(proposal, IKEV2_ESN) > 0)
		return problem_set(problem, "IKE has no extended sequence numbers");
	return 0;
}

static int parse_one(const char *text, size_t length, bool allow_weak,
		     struct ikev2_proposal *proposal, struct problem *problem)
{
	size_t at = 0;

	while (at <= length) {
		size_t word = 0;

		while (at + word < length && text[at + word] != '-')
			word++;
		if (add_keyword(proposal, text + at, word, allow_weak, problem) < 0)
			return -1;
		at += word + 1;
	}
	return complete(proposal, problem);
}

int ikev2_offer_parse(const char *text, enum ikev2_protocol protocol, bool allow_weak,
		      struct ikev2_offer *offer, struct problem *problem)
{
	memset(offer, 0, sizeof(*offer));
	for (;;) {
		size_t length = strcspn(text, ",");
		struct ikev2_proposal *proposal = &offer->proposals[offer->count];

		if (offer->count == IKEV2_PROPOSALS)
			return problem_set(problem, "more than %d proposals", IKEV2_PROPOSALS);
		proposal->number = (uint8_t)++offer->count;
		proposal->protocol = (uint8_t)protocol;
		if (parse_one(text, length, allow_weak, proposal, problem) < 0)
			return problem_in(problem, "proposal \"%.*s\"", (int)length, text);
		if (text[length] == '\0')
			return 0;
		text += length + 1;
	}
}

char *ikev2_proposal_text(const struct ikev2_proposal *proposal)
{
	struct buffer text = { 0 };

	buffer_add_text(&text, ikev2_name(IKEV2_PROTOCOLS, proposal->protocol));
	for (size_t i = 0; i < proposal->count; i++) {
		const struct ikev2_transform *transform = &proposal->transforms[i];
		enum ikev2_registry registry = ikev2_transform_registry(transform->type);

		buffer_format(&text, "%s%s", i ? "/" : ":", ikev2_name(registry, transform->id));
		if (transform->key_bits)
			buffer_format(&text, "-%u", transform->key_bits);
	}
	return (char *)text.octets;
}

static bool same(const struct ikev2_transform *a, const struct ikev2_transform *b)
{
	return a->type == b->type && a->id == b->id && a->key_bits == b->key_bits &&
	       !a->strange && !b->strange;
}

static const struct ikev2_transform *find(const struct ikev2_proposal *proposal,
					  const struct ikev2_transform *wanted)
{
	for (size_t i = 0; i < proposal->count; i++)
		if (same(&proposal->transforms[i], wanted))
			return &proposal->transforms[i];
	return NULL;
}

/* 0 of a type (no integrity, no group, no ESN) is the same as not naming the type, RFC 7296
 * 3.3.3. */
static bool allows_none(const struct ikev2_proposal *proposal, uint8_t type)
{
	struct ikev2_transform none = { type, false, 0, 0 };

	return count_type(proposal, type) == 0 || find(proposal, &none);
}

static bool choose_type(const struct ikev2_proposal *offered, const struct ikev2_proposal *ours,
			uint8_t type, struct ikev2_proposal *chosen)
{
	for (size_t i = 0; i < ours->count; i++)
		if (ours->transforms[i].type == type && find(offered, &ours->transforms[i])) {
			chosen->transforms[chosen->count++] = ours->transforms[i];
			return true;
		}
	if (type == IKEV2_ENCR || type == IKEV2_PRF)
		return count_type(offered, type) == 0 && count_type(ours, type) == 0;
	if (!allows_none(ours, type) || !allows_none(offered, type))
		return false;
	if (count_type(offered, type) > 0) {
		struct ikev2_transform none = { type, false, 0, 0 };

		chosen->transforms[chosen->count++] = none;
	}
	return true;
}

static bool choose_one(const struct ikev2_proposal *offered, const struct ikev2_proposal *ours,
		       bool with_group, struct ikev2_proposal *chosen)
{
	if (offered->protocol != ours->protocol)
		return false;
	memset(chosen, 0, sizeof(*chosen));
	chosen->number = offered->number;
	chosen->protocol = offered->protocol;
	chosen->spi_length = offered->spi_length;
	chosen->spi = offered->spi;
	for (size_t i = 0; i < offered->count; i++) /* a type that nobody knows: RFC 7296 3.3.6 */
		if (offered->transforms[i].type == 0 ||
		    offered->transforms[i].type >= IKEV2_TRANSFORM_TYPES)
			return false;
	for (uint8_t type = IKEV2_ENCR; type < IKEV2_TRANSFORM_TYPES; type++)
		if ((type != IKEV2_DH || with_group) && !choose_type(offered, ours, type, chosen))
			return false;
	return true;
}

int ikev2_offer_choose(const struct ikev2_offer *offered, const struct ikev2_offer *ours,
		       bool with_group, struct ikev2_proposal *chosen)
{
	for (size_t own = 0; own < ours->count; own++)
		for (size_t i = 0; i < offered->count; i++)
			if (choose_one(&offered->proposals[i], &ours->proposals[own], with_group,
				       chosen))
				return 0;
	return -1;
}

int ikev2_choice_check(const struct ikev2_proposal *chosen, const struct ikev2_offer *ours,
		       bool with_group, struct problem *problem)
{
	const struct ikev2_proposal *offered = NULL;

	for (size_t i = 0; i < ours->count; i++)
		if (ours->proposals[i].number == chosen->number)
			offered = &ours->proposals[i];
	if (!offered || offered->protocol != chosen->protocol)
		return problem_set(problem, "proposal %u of %s was not offered", chosen->number,
				   ikev2_name(IKEV2_PROTOCOLS, chosen->protocol));
	for (size_t i = 0; i < chosen->count; i++) {
		const struct ikev2_transform *transform = &chosen->transforms[i];

		if (count_type(chosen, transform->type) > 1)
			return problem_set(problem, "more than one transform %s was chosen",
					   ikev2_name(IKEV2_TRANSFORM_TYPE_NAMES,
						      transform->type));
		if (!find(offered, transform) &&
		    (transform->id != 0 || !allows_none(offered, transform->type)))
			return problem_set(
				problem, "transform %s %s was chosen and not offered",
				ikev2_name(IKEV2_TRANSFORM_TYPE_NAMES, transform->type),
				ikev2_name(ikev2_transform_registry(transform->type),
					   transform->id));
	}
	for (uint8_t type = IKEV2_ENCR; type < IKEV2_TRANSFORM_TYPES; type++)
		if ((type != IKEV2_DH || with_group) && count_type(chosen, type) == 0 &&
		    !allows_none(offered, type))
			return problem_set(problem, "no transform %s was chosen",
					   ikev2_name(IKEV2_TRANSFORM_TYPE_NAMES, type));
	return 0;
}

int ikev2_suite_of(const struct ikev2_proposal *chosen, struct ikev2_suite *suite)
{
	memset(suite, 0, sizeof(*suite));
	for (size_t i = 0; i < chosen->count; i++) {
		const struct ikev2_transform *transform = &chosen->transforms[i];

		switch (transform->type) {
		case IKEV2_ENCR:
			suite->encryption =
				ipsec_encryption_find(transform->id, transform->key_bits);
			break;
		case IKEV2_PRF:
			suite->prf = ikev2_prf_find(transform->id);
			break;
		case IKEV2_INTEG:
			suite->integrity = ipsec_integrity_find(transform->id);
			break;
		case IKEV2_DH:
			suite->group = ikev2_dh_group_find(transform->id);
			if (!suite->group && transform->id != IKEV2_GROUP_NONE)
				return -1;
			break;
		default:
			suite->esn = transform->id == 1;
		}
	}
	if (!suite->encryption ||
	    (suite->encryption->icv_octets > 0) == (suite->integrity != NULL))
		return -1;
	if (chosen->protocol == IKEV2_PROTOCOL_IKE)
		return suite->prf && suite->group ? 0 : -1;
	return 0;
}

bool ikev2_offer_has_group(const struct ikev2_offer *offer, uint16_t group)
{
	struct ikev2_transform wanted = { IKEV2_DH, false, group, 0 };

	for (size_t i = 0; i < offer->count; i++)
		if (find(&offer->proposals[i], &wanted))
			return true;
	return false;
}

uint16_t ikev2_offer_first_group(const struct ikev2_offer *offer)
{
	for (size_t i = 0; i < offer->count; i++)
		for (size_t k = 0; k < offer->proposals[i].count; k++)
			if (offer->proposals[i].transforms[k].type == IKEV2_DH &&
			    offer->proposals[i].transforms[k].id != IKEV2_GROUP_NONE)
				return offer->proposals[i].transforms[k].id;
	return 0;
}
