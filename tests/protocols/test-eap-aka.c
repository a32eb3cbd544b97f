#include <stdlib.h>
#include <string.h>

#include "protocols/eap-aka.h"
#include "protocols/memory.h"
#include "tests/protocols/ikev2-parts.h"
#include "tests/suite.h"

static void is_octets(const uint8_t *got, const char *expected)
{
	char *text = octets_hexadecimal(octets_of(got, strlen(expected) / 2));

	ck_assert_str_eq(text, expected);
	free(text);
}

/* The example of FIPS 186-2 with change notice 1 */
START_TEST(published_prf)
{
	struct octets key = octets_from_text("bd029bbe7f51960bcf9edb2b61f06f0feb5a38b6");
	uint8_t out[40];

	eap_aka_prf(key.at, out, sizeof(out));
	is_octets(out, "2070b3223dba372fde1c0ffc7b2e3b498b2606143c6c18bacb0f6c55babb13788e20d737a3"
		       "275116");
	free((void *)key.at);
}
END_TEST

/* RFC 4186 appendix B.5: EAP-SIM derives its keys from a master key in the same way. */
START_TEST(published_keys)
{
	struct octets key = octets_from_text("e576d5ca332e9930018bf1baee2763c795b3c712");
	uint8_t out[160];

	eap_aka_prf(key.at, out, sizeof(out));
	is_octets(out, "536e5ebc4465582aa6a8ec9986ebb620");
	is_octets(out + 16, "25af1942efcbf4bc72b3943421f2a974");
	is_octets(out + 32, "39d45aeaf4e30601983e972b6cfd46d1c363773365690d09cd44976b525f47d3"
			    "a60a985e955c53b090b2e4b73719196a402542968fd14a888f46b9a7886e4488");
	is_octets(out + 96, "5949eab0fff69d52315c6c634fd14a7f0d52023d56f79698fa6596abeed4f93f"
			    "bb48eb534d985414ceed0d9a8ed33c387c9dfdab92ffbdf240fcecf65a2c93b9");
	free((void *)key.at);
}
END_TEST

static const char identity[] = "0001010000000001@wlan.mnc001.mcc001.3gppnetwork.org";

struct network {
	struct eap_aka_usim usim;
	struct milenage values;
	uint8_t rand[16], autn[16];
	struct eap_aka_keys keys;
	struct buffer challenge;
};

static struct octets who(void)
{
	return octets_of(identity, sizeof(identity) - 1);
}

static struct network network_of(uint64_t sqn)
{
	static const uint8_t amf[2] = { 0x80, 0 };
	struct network network = { .usim = { .k = { 1, 2, 3 }, .opc = { 4, 5, 6 } } };
	uint8_t octets[6];

	for (int i = 0; i < 6; i++)
		octets[i] = (uint8_t)(sqn >> 8 * (5 - i));
	memset(network.rand, 0x5a, sizeof(network.rand));
	milenage(network.usim.k, network.usim.opc, network.rand, octets, amf, &network.values);
	milenage_autn(&network.values, octets, amf, network.autn);
	eap_aka_keys(who(), network.values.ck, network.values.ik, &network.keys);
	eap_aka_challenge(7, network.rand, network.autn, &network.keys, &network.challenge);
	return network;
}

static enum eap_aka_outcome ask(struct network *network, struct buffer *out,
				struct eap_aka_message *answer, struct eap_aka_keys *keys)
{
	enum eap_aka_outcome outcome;

	buffer_clear(out);
	outcome = eap_aka_peer(&network->usim, who(),
			       octets_of(network->challenge.octets, network->challenge.length),
			       keys, out);
	ck_assert_int_eq(eap_aka_decode(octets_of(out->octets, out->length), answer, NULL), 0);
	ck_assert_uint_eq(answer->code, EAP_RESPONSE);
	return outcome;
}

START_TEST(a_full_authentication)
{
	struct network network = network_of(33);
	struct eap_aka_message answer;
	struct eap_aka_keys keys;
	struct buffer out = { 0 };

	ck_assert_int_eq(ask(&network, &out, &answer, &keys), EAP_AKA_ANSWERED);
	ck_assert_uint_eq(answer.identifier, 7);
	ck_assert_uint_eq(answer.res_bits, 64);
	ck_assert_mem_eq(answer.res.at, network.values.res, 8);
	ck_assert(eap_aka_mac_is_good(octets_of(out.octets, out.length), &answer, &network.keys));
	ck_assert_mem_eq(&keys, &network.keys, sizeof(keys));
	out.octets[out.length - 1] ^= 1;
	ck_assert(!eap_aka_mac_is_good(octets_of(out.octets, out.length), &answer,
				       &network.keys));
	/* once more the same challenge: AUTS, with which the network finds its place again */
	ck_assert_int_eq(ask(&network, &out, &answer, &keys), EAP_AKA_RESYNC);
	ck_assert_uint_eq(answer.subtype, EAP_AKA_SYNCHRONIZATION_FAILURE);
	ck_assert_int_eq(milenage_resynchronise(network.usim.k, network.usim.opc, network.rand,
						answer.auts.at), 33);
	buffer_free(&out);
	buffer_free(&network.challenge);
}
END_TEST

START_TEST(a_network_that_knows_no_key)
{
	struct network network = network_of(33);
	struct eap_aka_message answer;
	struct eap_aka_keys keys;
	struct buffer out = { 0 };

	network.usim.k[0] ^= 1;
	ck_assert_int_eq(ask(&network, &out, &answer, &keys), EAP_AKA_REJECTED);
	ck_assert_uint_eq(answer.subtype, EAP_AKA_AUTHENTICATION_REJECT);
	ck_assert_uint_eq(network.usim.highest_sqn, 0);
	buffer_free(&out);
	buffer_free(&network.challenge);
}
END_TEST

/* Whatever bit is turned in the challenge, or wherever it is cut: never an answer with RES. */
START_TEST(a_challenge_that_was_tampered_with)
{
	struct network network = network_of(33);
	struct eap_aka_keys keys;
	struct buffer out = { 0 };
	size_t length = network.challenge.length;

	for (size_t bit = 16; bit < 8 * length; bit++) {
		network.challenge.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
		buffer_clear(&out);
		ck_assert_int_ne(eap_aka_peer(&network.usim, who(),
					      octets_of(network.challenge.octets, length), &keys,
					      &out), EAP_AKA_ANSWERED);
		network.challenge.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t cut = 0; cut < length; cut++) {
		uint8_t *exact = memory_new(cut);

		memcpy(exact, network.challenge.octets, cut);
		if (cut > 3)
			exact[3] = (uint8_t)cut;
		ck_assert_int_ne(eap_aka_peer(&network.usim, who(), octets_of(exact, cut), &keys,
					      &out), EAP_AKA_ANSWERED);
		free(exact);
	}
	ck_assert_uint_eq(network.usim.highest_sqn, 0);
	buffer_free(&out);
	buffer_free(&network.challenge);
}
END_TEST

START_TEST(other_attributes)
{
	static const uint8_t packet[] = { 1, 9, 0, 28, 23, 5, 0, 0, 13, 1, 0, 0, 17, 1, 0, 0,
					  12, 1, 0x40, 0, 200, 2, 1, 2, 3, 4, 5, 6 };
	struct eap_aka_message message;
	uint8_t copy[sizeof(packet)];

	ck_assert_int_eq(eap_aka_decode(octets_of(packet, sizeof(packet)), &message, NULL), 0);
	ck_assert(message.any_id && message.full_auth_id && !message.permanent_id);
	ck_assert(message.has_notification);
	ck_assert_uint_eq(message.notification, 0x4000);
	ck_assert_uint_eq(message.unknown, 0); /* 200 may be passed over */
	memcpy(copy, packet, sizeof(copy));
	copy[20] = 100;
	ck_assert_int_eq(eap_aka_decode(octets_of(copy, sizeof(copy)), &message, NULL), 0);
	ck_assert_uint_eq(message.unknown, 100);
	copy[21] = 0;
	ck_assert_int_lt(eap_aka_decode(octets_of(copy, sizeof(copy)), &message, NULL), 0);
}
END_TEST

START_TEST(success_and_failure)
{
	struct buffer out = { 0 };

	eap_result(EAP_SUCCESS, 7, &out);
	is_octets(out.octets, "03070004");
	buffer_free(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("eap-aka");
	TCase *keys = tcase_create("keys"), *packets = tcase_create("packets");

	tcase_add_test(keys, published_prf);
	tcase_add_test(keys, published_keys);
	tcase_add_test(packets, a_full_authentication);
	tcase_add_test(packets, a_network_that_knows_no_key);
	tcase_add_test(packets, a_challenge_that_was_tampered_with);
	tcase_add_test(packets, other_attributes);
	tcase_add_test(packets, success_and_failure);
	suite_add_tcase(suite, keys);
	suite_add_tcase(suite, packets);
	return suite_run(suite);
}
