/* EAP-AKA: packets. The keys are in eap-aka-keys. */
#include "protocols/eap-aka.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define MAC 16
#define HEADER 8 /* code, identifier, length, type, subtype, reserved */

enum attribute {
	AT_RAND = 1, AT_AUTN = 2, AT_RES = 3, AT_AUTS = 4, AT_PERMANENT_ID_REQ = 10, AT_MAC = 11,
	AT_NOTIFICATION = 12, AT_ANY_ID_REQ = 13, AT_IDENTITY = 14, AT_FULLAUTH_ID_REQ = 17,
	AT_CLIENT_ERROR_CODE = 22,
};

/* An octet string whose length is told behind the attribute's own. */
static int read_sized(struct octets value, unsigned unit, struct octets *to, uint16_t *told)
{
	if (octets_u16(&value, told) < 0)
		return -1;
	return octets_take(&value, (*told + unit - 1u) / unit, to);
}

/* Behind two reserved octets. */
static int read_fixed(struct octets value, size_t length, struct octets *to)
{
	struct octets reserved;

	if (octets_take(&value, 2, &reserved) < 0 || value.length != length)
		return -1;
	*to = value;
	return 0;
}

static int read_value(struct eap_aka_message *message, uint8_t type, struct octets value)
{
	uint16_t told;

	switch (type) {
	case AT_RAND:
		return read_fixed(value, 16, &message->rand);
	case AT_AUTN:
		return read_fixed(value, 16, &message->autn);
	case AT_MAC:
		return read_fixed(value, MAC, &message->mac);
	case AT_RES: /* RFC 4187 10.8: the length is in bits */
		return read_sized(value, 8, &message->res, &message->res_bits);
	case AT_IDENTITY:
		return read_sized(value, 1, &message->identity, &told);
	case AT_AUTS: /* 14 octets, with nothing reserved before them */
		message->auts = value;
		return value.length == 14 ? 0 : -1;
	case AT_NOTIFICATION:
		message->has_notification = true;
		return octets_u16(&value, &message->notification);
	case AT_CLIENT_ERROR_CODE:
		message->has_client_error = true;
		return octets_u16(&value, &message->client_error);
	case AT_ANY_ID_REQ:
		message->any_id = true;
		return 0;
	case AT_FULLAUTH_ID_REQ:
		message->full_auth_id = true;
		return 0;
	case AT_PERMANENT_ID_REQ:
		message->permanent_id = true;
		return 0;
	default:
		if (type < 128 && message->unknown == 0)
			message->unknown = type;
		return 0;
	}
}

static int read_attributes(struct octets rest, struct octets packet,
			   struct eap_aka_message *message, struct problem *problem)
{
	while (rest.length > 0) {
		struct octets value;
		uint8_t type, words;

		if (octets_u8(&rest, &type) < 0 || octets_u8(&rest, &words) < 0 || words == 0 ||
		    octets_take(&rest, words * 4u - 2u, &value) < 0)
			return problem_set(problem, "an attribute of EAP-AKA is cut");
		if (read_value(message, type, value) < 0)
			return problem_set(problem, "attribute %u of EAP-AKA has %zu octets", type,
					   value.length);
		if (type == AT_MAC)
			message->mac_at = (size_t)(message->mac.at - packet.at);
	}
	return 0;
}

int eap_aka_decode(struct octets packet, struct eap_aka_message *message,
		   struct problem *problem)
{
	struct octets rest = packet;
	uint16_t length, reserved;
	uint8_t type;

	memset(message, 0, sizeof(*message));
	if (octets_u8(&rest, &message->code) < 0 || octets_u8(&rest, &message->identifier) < 0 ||
	    octets_u16(&rest, &length) < 0 || octets_u8(&rest, &type) < 0 ||
	    octets_u8(&rest, &message->subtype) < 0 || octets_u16(&rest, &reserved) < 0)
		return problem_set(problem, "%zu octets are no EAP-AKA packet", packet.length);
	if (length != packet.length || type != EAP_AKA ||
	    (message->code != EAP_REQUEST && message->code != EAP_RESPONSE))
		return problem_set(problem, "an EAP packet of code %u, type %u, %u octets",
				   message->code, type, length);
	return read_attributes(rest, packet, message, problem);
}

/* HMAC-SHA1-128 over the packet with a MAC of zeros (RFC 4187 10.15). */
static void make_mac(struct octets packet, size_t at, const struct eap_aka_keys *keys,
		     uint8_t mac[MAC])
{
	uint8_t whole[EVP_MAX_MD_SIZE];
	struct buffer copy = { 0 };
	size_t length = 0;

	buffer_add(&copy, packet.at, packet.length);
	memset(copy.octets + at, 0, MAC);
	memset(whole, 0, sizeof(whole));
	EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, keys->authentication,
		  sizeof(keys->authentication), copy.octets, copy.length, whole, sizeof(whole),
		  &length);
	memcpy(mac, whole, MAC);
	buffer_free(&copy);
}

bool eap_aka_mac_is_good(struct octets packet, const struct eap_aka_message *message,
			 const struct eap_aka_keys *keys)
{
	uint8_t mac[MAC];

	if (message->mac.length != MAC)
		return false;
	make_mac(packet, message->mac_at, keys, mac);
	return octets_same_secret(message->mac, octets_of(mac, MAC));
}

static size_t begin(struct buffer *out, enum eap_code code, uint8_t identifier,
		    enum eap_aka_subtype subtype)
{
	size_t at = out->length;

	buffer_add_u8(out, (uint8_t)code);
	buffer_add_u8(out, identifier);
	buffer_add_u16(out, 0);
	buffer_add_u8(out, EAP_AKA);
	buffer_add_u8(out, (uint8_t)subtype);
	buffer_add_u16(out, 0);
	return at;
}

/* Two octets (reserved, or a length), then the value; a whole number of words. */
static void add(struct buffer *out, enum attribute type, uint16_t two, struct octets value)
{
	buffer_add_u8(out, (uint8_t)type);
	buffer_add_u8(out, (uint8_t)((value.length + 4) / 4));
	buffer_add_u16(out, two);
	buffer_add(out, value.at, value.length);
}

/* Sets the length, and with keys adds the MAC over all. */
static void finish(struct buffer *out, size_t at, const struct eap_aka_keys *keys)
{
	static const uint8_t zeros[MAC];
	size_t length;

	if (keys)
		add(out, AT_MAC, 0, octets_of(zeros, MAC));
	length = out->length - at;
	out->octets[at + 2] = (uint8_t)(length >> 8);
	out->octets[at + 3] = (uint8_t)length;
	if (keys)
		make_mac(octets_of(out->octets + at, length), length - MAC, keys,
			 out->octets + out->length - MAC);
}

void eap_aka_challenge(uint8_t identifier, const uint8_t rand[16], const uint8_t autn[16],
		       const struct eap_aka_keys *keys, struct buffer *out)
{
	size_t at = begin(out, EAP_REQUEST, identifier, EAP_AKA_CHALLENGE);

	add(out, AT_RAND, 0, octets_of(rand, 16));
	add(out, AT_AUTN, 0, octets_of(autn, 16));
	finish(out, at, keys);
}

void eap_aka_response(uint8_t identifier, const uint8_t res[8], const struct eap_aka_keys *keys,
		      struct buffer *out)
{
	size_t at = begin(out, EAP_RESPONSE, identifier, EAP_AKA_CHALLENGE);

	add(out, AT_RES, 64, octets_of(res, 8));
	finish(out, at, keys);
}

void eap_aka_synchronization_failure(uint8_t identifier, const uint8_t auts[14],
				     struct buffer *out)
{
	size_t at = begin(out, EAP_RESPONSE, identifier, EAP_AKA_SYNCHRONIZATION_FAILURE);

	buffer_add_u8(out, AT_AUTS);
	buffer_add_u8(out, 4);
	buffer_add(out, auts, 14);
	finish(out, at, NULL);
}

void eap_aka_refusal(uint8_t identifier, enum eap_aka_subtype subtype, struct buffer *out)
{
	size_t at = begin(out, EAP_RESPONSE, identifier, subtype);

	if (subtype == EAP_AKA_CLIENT_ERROR)
		add(out, AT_CLIENT_ERROR_CODE, 0, octets_of(NULL, 0));
	finish(out, at, NULL);
}

void eap_result(enum eap_code code, uint8_t identifier, struct buffer *out)
{
	buffer_add_u8(out, (uint8_t)code);
	buffer_add_u8(out, identifier);
	buffer_add_u16(out, 4);
}

/* A challenge with all that belongs to it. */
static enum eap_aka_outcome answer(struct eap_aka_usim *usim, struct octets identity,
				   struct octets packet, const struct eap_aka_message *request,
				   struct eap_aka_keys *keys, struct buffer *out)
{
	uint64_t highest = usim->highest_sqn;
	struct milenage values;
	uint8_t auts[14];
	int checked = milenage_usim(usim->k, usim->opc, request->rand.at, request->autn.at,
				    &highest, &values, auts);
	enum eap_aka_outcome outcome = EAP_AKA_ANSWERED;

	if ((checked == MILENAGE_WRONG_MAC && usim->any_network) ||
	    (checked == MILENAGE_OLD_SQN && usim->any_sqn))
		checked = MILENAGE_GOOD;
	if (checked == MILENAGE_OLD_SQN) {
		eap_aka_synchronization_failure(request->identifier, auts, out);
		outcome = EAP_AKA_RESYNC;
	} else if (checked != MILENAGE_GOOD) {
		eap_aka_refusal(request->identifier, EAP_AKA_AUTHENTICATION_REJECT, out);
		outcome = EAP_AKA_REJECTED;
	} else {
		eap_aka_keys(identity, values.ck, values.ik, keys);
		if (eap_aka_mac_is_good(packet, request, keys)) {
			usim->highest_sqn = highest;
			eap_aka_response(request->identifier, values.res, keys, out);
		} else {
			eap_aka_refusal(request->identifier, EAP_AKA_CLIENT_ERROR, out);
			outcome = EAP_AKA_REJECTED;
		}
	}
	OPENSSL_cleanse(&values, sizeof(values));
	return outcome;
}

enum eap_aka_outcome eap_aka_peer(struct eap_aka_usim *usim, struct octets identity,
				  struct octets packet, struct eap_aka_keys *keys,
				  struct buffer *out)
{
	struct eap_aka_message request;
	bool decoded = eap_aka_decode(packet, &request, NULL) == 0 &&
		       request.code == EAP_REQUEST;

	/* RFC 4187 6.3.1: what cannot be processed is told so; 10: so is an unknown attribute. */
	if (decoded && request.subtype == EAP_AKA_CHALLENGE && request.unknown == 0 &&
	    request.rand.length && request.autn.length && request.mac.length)
		return answer(usim, identity, packet, &request, keys, out);
	eap_aka_refusal(decoded || packet.length > 1 ? packet.at[1] : 0, EAP_AKA_CLIENT_ERROR,
			out);
	return EAP_AKA_UNUSABLE;
}
