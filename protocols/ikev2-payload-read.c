/* Bodies of payloads -> structs. */
#include <string.h>

#include "protocols/ikev2-payload.h"

#define KEY_LENGTH 14            /* the one transform attribute, RFC 7296 3.3.5 */
#define ATTRIBUTE_FIXED 0x8000   /* attribute format: the value stands in the length's place */
#define MORE_PROPOSALS 2
#define MORE_TRANSFORMS 3

static int cut(struct problem *problem, const char *what)
{
	return problem_set(problem, "%s is cut", what);
}

/* RFC 7296 3.3.5 */
static int read_transform_attributes(struct octets octets, struct ikev2_transform *transform,
				     struct problem *problem)
{
	while (octets.length > 0) {
		struct octets skipped;
		uint16_t type, value;

		if (octets_u16(&octets, &type) < 0 || octets_u16(&octets, &value) < 0)
			return cut(problem, "a transform attribute");
		if (type == (ATTRIBUTE_FIXED | KEY_LENGTH) && transform->key_bits == 0)
			transform->key_bits = value;
		else
			transform->strange = true;
		if (!(type & ATTRIBUTE_FIXED) && octets_take(&octets, value, &skipped) < 0)
			return cut(problem, "a transform attribute");
	}
	return 0;
}

static int read_transform(struct octets *from, struct ikev2_transform *transform, bool last,
			  struct problem *problem)
{
	struct octets rest;
	uint8_t more, reserved;
	uint16_t length;

	memset(transform, 0, sizeof(*transform));
	if (octets_u8(from, &more) < 0 || octets_u8(from, &reserved) < 0 ||
	    octets_u16(from, &length) < 0)
		return cut(problem, "a transform");
	if (length < 8 || octets_take(from, length - 4u, &rest) < 0)
		return problem_set(problem, "a transform of %u octets does not fit", length);
	if (more != (last ? 0 : MORE_TRANSFORMS))
		return problem_set(problem, "%s transform says %u in its first octet",
				   last ? "the last" : "a middle", more);
	octets_u8(&rest, &transform->type);
	octets_u8(&rest, &reserved);
	octets_u16(&rest, &transform->id);
	return read_transform_attributes(rest, transform, problem);
}

static int read_spi(struct octets *from, struct ikev2_proposal *proposal,
		    struct problem *problem)
{
	uint32_t small;

	switch (proposal->spi_length) {
	case 0:
		return 0;
	case 4:
		if (octets_u32(from, &small) < 0)
			return cut(problem, "the SPI of a proposal");
		proposal->spi = small;
		return 0;
	case 8:
		return octets_u64(from, &proposal->spi) < 0 ?
			       cut(problem, "the SPI of a proposal") : 0;
	default:
		return problem_set(problem, "an SPI of %u octets", proposal->spi_length);
	}
}

static int read_proposal(struct octets *from, struct ikev2_proposal *proposal, uint8_t *more,
			 struct problem *problem)
{
	struct octets rest;
	uint8_t reserved, count;
	uint16_t length;

	if (octets_u8(from, more) < 0 || octets_u8(from, &reserved) < 0 ||
	    octets_u16(from, &length) < 0)
		return cut(problem, "a proposal");
	if (length < 8 || octets_take(from, length - 4u, &rest) < 0)
		return problem_set(problem, "a proposal of %u octets does not fit", length);
	octets_u8(&rest, &proposal->number);
	octets_u8(&rest, &proposal->protocol);
	octets_u8(&rest, &proposal->spi_length);
	octets_u8(&rest, &count);
	if (read_spi(&rest, proposal, problem) < 0)
		return -1;
	if (count > IKEV2_TRANSFORMS)
		return problem_set(problem, "%u transforms, more than %d", count,
				   IKEV2_TRANSFORMS);
	for (proposal->count = 0; proposal->count < count; proposal->count++)
		if (read_transform(&rest, &proposal->transforms[proposal->count],
				   proposal->count + 1u == count, problem) < 0)
			return -1;
	if (rest.length > 0)
		return problem_set(problem, "%zu octets behind the last transform", rest.length);
	return 0;
}

int ikev2_offer_read(struct octets body, struct ikev2_offer *offer, struct problem *problem)
{
	uint8_t more = MORE_PROPOSALS;

	memset(offer, 0, sizeof(*offer));
	while (more == MORE_PROPOSALS) {
		if (offer->count == IKEV2_PROPOSALS)
			return problem_set(problem, "more than %d proposals", IKEV2_PROPOSALS);
		if (read_proposal(&body, &offer->proposals[offer->count], &more, problem) < 0)
			return problem_in(problem, "proposal %zu", offer->count + 1);
		offer->count++;
	}
	if (more != 0)
		return problem_set(problem, "a proposal says %u in its first octet", more);
	if (body.length > 0)
		return problem_set(problem, "%zu octets behind the last proposal", body.length);
	return 0;
}

int ikev2_ke_read(struct octets body, struct ikev2_ke *ke, struct problem *problem)
{
	uint16_t reserved;

	memset(ke, 0, sizeof(*ke));
	if (octets_u16(&body, &ke->group) < 0 || octets_u16(&body, &reserved) < 0)
		return cut(problem, "KE");
	ke->data = body;
	return 0;
}

int ikev2_id_read(struct octets body, struct ikev2_id *id, struct problem *problem)
{
	struct octets reserved;

	memset(id, 0, sizeof(*id));
	if (octets_u8(&body, &id->type) < 0 || octets_take(&body, 3, &reserved) < 0)
		return cut(problem, "an identity");
	id->data = body;
	if ((id->type == IKEV2_ID_IPV4_ADDR && body.length != 4) ||
	    (id->type == IKEV2_ID_IPV6_ADDR && body.length != 16))
		return problem_set(problem, "%s of %zu octets",
				   ikev2_name(IKEV2_ID_TYPES, id->type), body.length);
	return 0;
}

int ikev2_typed_read(struct octets body, struct ikev2_typed *typed, struct problem *problem)
{
	memset(typed, 0, sizeof(*typed));
	if (octets_u8(&body, &typed->type) < 0)
		return cut(problem, "the payload");
	typed->data = body;
	return 0;
}

int ikev2_auth_read(struct octets body, struct ikev2_typed *auth, struct problem *problem)
{
	struct octets reserved;

	memset(auth, 0, sizeof(*auth));
	if (octets_u8(&body, &auth->type) < 0 || octets_take(&body, 3, &reserved) < 0)
		return cut(problem, "AUTH");
	auth->data = body;
	return 0;
}

/* RFC 7296 3.9: 16 to 256 octets */
int ikev2_nonce_read(struct octets body, struct octets *nonce, struct problem *problem)
{
	*nonce = body;
	if (body.length < 16 || body.length > 256)
		return problem_set(problem, "a nonce of %zu octets", body.length);
	return 0;
}

int ikev2_notify_read(struct octets body, struct ikev2_notify *notify, struct problem *problem)
{
	uint8_t spi_length;

	memset(notify, 0, sizeof(*notify));
	if (octets_u8(&body, &notify->protocol) < 0 || octets_u8(&body, &spi_length) < 0 ||
	    octets_u16(&body, &notify->type) < 0)
		return cut(problem, "a notify");
	if (octets_take(&body, spi_length, &notify->spi) < 0)
		return problem_set(problem, "%s says an SPI of %u octets, there are %zu",
				   ikev2_name(IKEV2_NOTIFIES, notify->type), spi_length,
				   body.length);
	notify->data = body;
	return 0;
}

int ikev2_delete_read(struct octets body, struct ikev2_delete *list, struct problem *problem)
{
	memset(list, 0, sizeof(*list));
	if (octets_u8(&body, &list->protocol) < 0 || octets_u8(&body, &list->spi_length) < 0 ||
	    octets_u16(&body, &list->count) < 0)
		return cut(problem, "a delete");
	if (list->protocol == IKEV2_PROTOCOL_IKE ? list->spi_length != 0 || list->count != 0 :
						   list->spi_length != 4)
		return problem_set(problem, "a delete of %s with %u SPIs of %u octets",
				   ikev2_name(IKEV2_PROTOCOLS, list->protocol), list->count,
				   list->spi_length);
	if (body.length != (size_t)list->count * list->spi_length)
		return problem_set(problem, "a delete of %u SPIs has %zu octets of them",
				   list->count, body.length);
	list->spis = body;
	return 0;
}

static void set_address(struct address *address, struct octets octets)
{
	memset(address, 0, sizeof(*address));
	address->family = octets.length == 4 ? 4 : 6;
	memcpy(address->octets, octets.at, octets.length);
}

/* RFC 7296 3.13.1 */
static int read_selector(struct octets *from, struct ikev2_selector *selector,
			 struct problem *problem)
{
	struct octets rest, first, last;
	uint16_t length;

	memset(selector, 0, sizeof(*selector));
	if (octets_u8(from, &selector->type) < 0 || octets_u8(from, &selector->protocol) < 0 ||
	    octets_u16(from, &length) < 0)
		return cut(problem, "a traffic selector");
	if (length < 4 || octets_take(from, length - 4u, &rest) < 0)
		return problem_set(problem, "a traffic selector of %u octets does not fit", length);
	if (selector->type != IKEV2_TS_IPV4 && selector->type != IKEV2_TS_IPV6)
		return 0;
	size_t size = selector->type == IKEV2_TS_IPV4 ? 4 : 16;
	if (octets_u16(&rest, &selector->first_port) < 0 ||
	    octets_u16(&rest, &selector->last_port) < 0 || octets_take(&rest, size, &first) < 0 ||
	    octets_take(&rest, size, &last) < 0 || rest.length > 0)
		return problem_set(problem, "a traffic selector %s of %u octets",
				   ikev2_name(IKEV2_TS_TYPES, selector->type), length);
	set_address(&selector->first, first);
	set_address(&selector->last, last);
	return 0;
}

int ikev2_selectors_read(struct octets body, struct ikev2_selectors *selectors,
			 struct problem *problem)
{
	struct octets reserved;
	uint8_t count;

	memset(selectors, 0, sizeof(*selectors));
	if (octets_u8(&body, &count) < 0 || octets_take(&body, 3, &reserved) < 0)
		return cut(problem, "the traffic selectors' header");
	if (count == 0) /* IKEV2_SELECTORS are as many as an octet says */
		return problem_set(problem, "no traffic selectors");
	for (; selectors->count < count; selectors->count++)
		if (read_selector(&body, &selectors->list[selectors->count], problem) < 0)
			return -1;
	if (body.length > 0)
		return problem_set(problem, "%zu octets behind the last traffic selector",
				   body.length);
	return 0;
}

/* RFC 7296 3.15 */
int ikev2_cp_read(struct octets body, struct ikev2_cp *cp, struct problem *problem)
{
	struct octets reserved;

	memset(cp, 0, sizeof(*cp));
	if (octets_u8(&body, &cp->type) < 0 || octets_take(&body, 3, &reserved) < 0)
		return cut(problem, "CP");
	while (body.length > 0) {
		struct ikev2_attribute *attribute = &cp->list[cp->count];
		uint16_t length;

		if (cp->count == IKEV2_ATTRIBUTES)
			return problem_set(problem, "more than %d attributes", IKEV2_ATTRIBUTES);
		if (octets_u16(&body, &attribute->type) < 0 || octets_u16(&body, &length) < 0 ||
		    octets_take(&body, length, &attribute->value) < 0)
			return cut(problem, "an attribute of CP");
		attribute->type &= 0x7fff;
		cp->count++;
	}
	return 0;
}

/* RFC 3748 clause 4 */
int ikev2_eap_read(struct octets body, struct ikev2_eap *eap, struct problem *problem)
{
	uint16_t length;

	memset(eap, 0, sizeof(*eap));
	eap->whole = body;
	if (octets_u8(&body, &eap->code) < 0 || octets_u8(&body, &eap->identifier) < 0 ||
	    octets_u16(&body, &length) < 0)
		return cut(problem, "EAP");
	if (length != eap->whole.length)
		return problem_set(problem, "EAP says %u octets, there are %zu", length,
				   eap->whole.length);
	if ((eap->code == 1 || eap->code == 2) && octets_u8(&body, &eap->type) < 0)
		return cut(problem, "EAP");
	eap->data = body;
	return 0;
}

int ikev2_fragment_read(struct octets body, struct ikev2_fragment *fragment,
			struct problem *problem)
{
	memset(fragment, 0, sizeof(*fragment));
	if (octets_u16(&body, &fragment->number) < 0 || octets_u16(&body, &fragment->total) < 0)
		return cut(problem, "SKF");
	if (fragment->number == 0 || fragment->number > fragment->total)
		return problem_set(problem, "fragment %u of %u", fragment->number,
				   fragment->total);
	fragment->data = body;
	return 0;
}

/* Any of the bodies: only read to be checked. */
union body {
	struct ikev2_offer offer;
	struct ikev2_ke ke;
	struct ikev2_id id;
	struct ikev2_typed typed;
	struct octets nonce;
	struct ikev2_notify notify;
	struct ikev2_delete list;
	struct ikev2_selectors selectors;
	struct ikev2_cp cp;
	struct ikev2_eap eap;
	struct ikev2_fragment fragment;
};

static int check_body(const struct ikev2_payload *payload, struct problem *problem)
{
	union body value;

	switch (payload->type) {
	case IKEV2_SA:
		return ikev2_offer_read(payload->body, &value.offer, problem);
	case IKEV2_KE:
		return ikev2_ke_read(payload->body, &value.ke, problem);
	case IKEV2_IDI:
	case IKEV2_IDR:
		return ikev2_id_read(payload->body, &value.id, problem);
	case IKEV2_CERT:
	case IKEV2_CERTREQ:
		return ikev2_typed_read(payload->body, &value.typed, problem);
	case IKEV2_AUTHENTICATION:
		return ikev2_auth_read(payload->body, &value.typed, problem);
	case IKEV2_NONCE:
		return ikev2_nonce_read(payload->body, &value.nonce, problem);
	case IKEV2_NOTIFY:
		return ikev2_notify_read(payload->body, &value.notify, problem);
	case IKEV2_DELETE:
		return ikev2_delete_read(payload->body, &value.list, problem);
	case IKEV2_TSI:
	case IKEV2_TSR:
		return ikev2_selectors_read(payload->body, &value.selectors, problem);
	case IKEV2_CP:
		return ikev2_cp_read(payload->body, &value.cp, problem);
	case IKEV2_EAP:
		return ikev2_eap_read(payload->body, &value.eap, problem);
	case IKEV2_SKF:
		return ikev2_fragment_read(payload->body, &value.fragment, problem);
	default:
		return 0;
	}
}

int ikev2_payload_check(const struct ikev2_payload *payload, struct problem *problem)
{
	if (check_body(payload, problem) < 0)
		return problem_in(problem, "payload %s",
				  ikev2_name(IKEV2_PAYLOAD_TYPES, payload->type));
	return 0;
}

bool ikev2_notify_find(const struct ikev2_chain *chain, uint16_t type,
		       struct ikev2_notify *notify)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->payloads[i].type == IKEV2_NOTIFY &&
		    ikev2_notify_read(chain->payloads[i].body, notify, NULL) == 0 &&
		    notify->type == type)
			return true;
	return false;
}

uint16_t ikev2_notify_error(const struct ikev2_chain *chain)
{
	struct ikev2_notify notify;

	for (size_t i = 0; i < chain->count; i++)
		if (chain->payloads[i].type == IKEV2_NOTIFY &&
		    ikev2_notify_read(chain->payloads[i].body, &notify, NULL) == 0 &&
		    notify.type != 0 && notify.type < IKEV2_FIRST_STATUS)
			return notify.type;
	return 0;
}
