/* The security gateway fake: its faults, its actions, and what it bears. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "fakes/segw/address-pool.h"
#include "harness/loop/stream.h"
#include "protocols/ikev2-proposal.h"
#include "tests/fakes/ipsec-stand.h"
#include "tests/fakes/segw-stand.h"
#include "tests/suite.h"

static struct segw_stand stand;

static const struct {
	const char *cue;
	bool up;
	uint16_t notify;
	const char *why;
} faults[] = {
	{ "IkeAuthResponse", true, 0, "" },
	{ "IkeAuthResponse with wrong-certificate untrusted", false, 24, "not accepted" },
	{ "IkeAuthResponse with wrong-certificate expired", false, 24, "expired" },
	{ "IkeAuthResponse with wrong-certificate not-yet-valid", false, 24, "not yet valid" },
	{ "IkeAuthResponse with wrong-certificate misnamed", false, 24, "not that of" },
	{ "IkeAuthResponse with wrong-certificate name-in-subject", false, 24, "not that of" },
	{ "IkeAuthResponse with wrong-certificate self-signed", false, 24, "not accepted" },
	{ "IkeAuthResponse with wrong-certificate bad-signature", false, 24, "not accepted" },
	{ "IkeAuthResponse with wrong-certificate no-intermediate", false, 24, "not accepted" },
	{ "IkeAuthResponse with intermediate", true, 0, "" },
	{ "IkeAuthResponse with revoked", false, 24, "revoked" },
	{ "IkeAuthResponse with bad-auth", false, 24, "" },
	{ "IkeSaInitResponse with ike-notify NO_PROPOSAL_CHOSEN", false, 14, "" },
	{ "IkeAuthResponse with ike-notify NO_PROPOSAL_CHOSEN", false, 14, "" },
	{ "IkeAuthResponse with ike-notify AUTHENTICATION_FAILED", false, 24, "" },
	{ "IkeAuthResponse with ike-notify INTERNAL_ADDRESS_FAILURE", false, 36, "" },
	{ "IkeAuthResponse with ike-notify TS_UNACCEPTABLE", false, 38, "" },
	{ "IkeSaInitResponse with cookie", true, 0, "" },
	{ "IkeSaInitResponse with invalid-ke", true, 0, "" },
	{ "IkeSaInitResponse with drop", true, 0, "" },
	{ "IkeAuthResponse with no-answer", true, 0, "" },
	{ "IkeSaInitResponse with garbage", true, 0, "" },
	{ "IkeAuthResponse with garbage", true, 0, "" },
	{ "IkeSaInitResponse with replayed", true, 0, "" },
	{ "IkeAuthResponse with replayed", true, 0, "" },
	{ "IkeAuthResponse with delay 1", true, 0, "" },
	{ "IkeAuthResponse with unauthenticated-notify", true, 0, "" },
};

START_TEST(a_fault_by_cue)
{
	segw_stand_init(&stand, NULL);
	ck_assert_int_eq(script_add(&stand.script, faults[_i].cue), 0);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(script_left(&stand.script), 0);
	ck_assert_msg(stand.told[IPSEC_UP] == faults[_i].up, "%s: %s", faults[_i].cue,
		      stand.last.why);
	if (!faults[_i].up) {
		ck_assert_uint_eq(stand.last.notify, faults[_i].notify);
		ck_assert_msg(strstr(stand.last.why, faults[_i].why) != NULL, "%s",
			      stand.last.why);
	}
	/* And the next one goes well. */
	if (stand.tunnel)
		ipsec_tunnel_abandon(stand.tunnel);
	unsigned up = stand.told[IPSEC_UP];
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], up + 1);
	segw_stand_end(&stand);
}
END_TEST

static void address_ends(uint8_t last)
{
	const struct ikev2_inner *inner = ipsec_tunnel_inner(stand.tunnel);

	ck_assert_uint_eq(inner->address4.octets[2], 31);
	ck_assert_uint_eq(inner->address4.octets[3], last);
}

START_TEST(an_inner_address_is_kept_until_it_is_changed)
{
	struct address leased = { .family = 4, .octets = { 10, 99, 31, 1 }, .port = 33333 };

	segw_stand_init(&stand, NULL);
	segw_stand_connect(&stand);
	address_ends(1);
	ck_assert_uint_eq(ipsec_tunnel_inner(stand.tunnel)->dns_count, 1);
	ck_assert_str_eq(bench_role(stand.bench, &leased), "henb");
	ck_assert_int_eq(segw_stand_act(&stand, "delete-sa"), 0);
	segw_stand_pass(&stand, SECONDS(1));
	ck_assert_uint_eq(stand.told[IPSEC_DOWN], 1);
	ck_assert(stand.last.by_peer);
	segw_stand_connect(&stand);
	address_ends(1);
	ck_assert_int_eq(segw_stand_act(&stand, "rekey"), 0);
	ck_assert_int_eq(segw_stand_act(&stand, "rekey-child"), 0);
	segw_stand_pass(&stand, SECONDS(1));
	ck_assert_uint_eq(stand.told[IPSEC_REKEYED], 1);
	ck_assert_uint_eq(stand.told[IPSEC_CHILD_REKEYED], 1);
	address_ends(1);
	ck_assert_int_eq(segw_stand_act(&stand, "change-inner-address"), 0);
	segw_stand_pass(&stand, SECONDS(1));
	ck_assert_uint_eq(stand.told[IPSEC_DOWN], 2);
	segw_stand_connect(&stand);
	address_ends(2);
	segw_fake.reset(stand.fakes[0]);
	ck_assert_int_eq(segw_stand_act(&stand, "delete-sa"), -1);
	ipsec_host_clear(stand.device);
	segw_stand_connect(&stand);
	address_ends(1);
	segw_stand_end(&stand);
}
END_TEST

START_TEST(it_goes_silent_and_answers_again)
{
	segw_stand_init(&stand, NULL);
	stand.ike.dead_peer = SECONDS(20);
	segw_stand_connect(&stand);
	ck_assert_int_eq(segw_stand_act(&stand, "probe"), 0);
	segw_stand_pass(&stand, SECONDS(1));
	ck_assert_int_eq(segw_stand_act(&stand, "replay-packet"), -1);
	ck_assert_int_eq(segw_stand_act(&stand, "go-silent"), 0);
	segw_stand_pass(&stand, SECONDS(300));
	ck_assert_uint_eq(stand.told[IPSEC_DOWN], 1);
	ck_assert_int_eq(segw_stand_act(&stand, "answer-again"), 0);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], 2);
	ck_assert_int_eq(segw_stand_act(&stand, "dance"), -1);
	segw_stand_end(&stand);
}
END_TEST

START_TEST(old_algorithms_are_behind_a_switch)
{
	static const char *const old[] = { "serving-segw.old-algorithms", "yes", NULL };

	segw_stand_init(&stand, _i ? old : NULL);
	ck_assert_int_eq(ikev2_offer_parse("3des-sha1-modp1024", IKEV2_PROTOCOL_IKE, true,
					   &stand.ike.ike, NULL),
			 0);
	ck_assert_int_eq(ikev2_offer_parse("3des-sha1", IKEV2_PROTOCOL_ESP, true, &stand.ike.esp,
					   NULL),
			 0);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], (unsigned)_i);
	segw_stand_end(&stand);
}
END_TEST

START_TEST(certificates_with_rsa_keys)
{
	static const char *const rsa[] = { "serving-segw.certificate", "rsa", NULL };
	const struct pki_identity *identity;

	segw_stand_init(&stand, rsa);
	identity = pki_device_identity(stand.pki, "henb.lab.example", true, NULL);
	stand.ike.certificate = identity->certificate;
	stand.ike.key = identity->key;
	stand.ike.roots = pki_roots(stand.pki, true, NULL);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], 1);
	segw_stand_end(&stand);
}
END_TEST

START_TEST(a_shared_secret)
{
	static const char *const secret[] = { "serving-segw.authentication", "shared-secret",
					      "serving-segw.secret", "the-secret", NULL };

	segw_stand_init(&stand, secret);
	stand.ike.certificate = NULL;
	stand.ike.key = NULL;
	stand.ike.shared_secret = octets_of("the-secret", 10);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], 1);
	segw_stand_end(&stand);
}
END_TEST

/* TS 35.208, test set 1 */
START_TEST(the_hosting_party)
{
	static const char identity[] = "0001010123456789@nai.epc.mnc001.mcc001.3gppnetwork.org";
	static const char *const hosting[] = {
		"serving-segw.hosting-party", "yes", "device.usim-identity", identity,
		"device.usim-k", "465b5ce8b199b49faa5f0a2ee238a6bc", "device.usim-opc",
		"cd63cb71954a9f4e48a5994e37a02baf", NULL };
	static const struct eap_aka_usim usim = {
		.k = { 0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f, 0xaa, 0x5f, 0x0a, 0x2e,
		       0xe2, 0x38, 0xa6, 0xbc },
		.opc = { 0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e, 0x48, 0xa5, 0x99, 0x4e,
			 0x37, 0xa0, 0x2b, 0xaf },
	};
	struct eap_aka_usim ours = usim;

	segw_stand_init(&stand, hosting);
	if (_i)
		ours.k[0] ^= 1;
	stand.ike.usim = &ours;
	stand.ike.usim_identity = octets_of(identity, strlen(identity));
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], _i == 0);
	segw_stand_end(&stand);
}
END_TEST

/* Both roles have one address: one element, which plays both. */
START_TEST(one_element_for_both_roles)
{
	static const char *const same[] = { "initial-segw.address", "same", NULL };

	segw_stand_init(&stand, same);
	segw_stand_play(&stand, "initial-segw");
	stand.script.from = "initial-segw";
	ck_assert_int_eq(script_add(&stand.script, "IkeAuthResponse with bad-auth"), 0);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_REFUSED], 1);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], 1);
	ck_assert_int_eq(segw_fake.act(stand.fakes[1], "delete-sa", NULL, NULL, NULL), 0);
	segw_stand_pass(&stand, SECONDS(1));
	segw_fake.stop(stand.fakes[--stand.fake_count]);
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], 2);
	segw_stand_end(&stand);
}
END_TEST

struct flood {
	struct datagram_socket *socket;
	unsigned answers;
	uint8_t cookie[64];
	size_t cookie_length;
};

static void answer_came(void *context, const struct address *source, const void *octets,
			size_t length)
{
	struct flood *flood = context;
	struct ikev2_message message;
	struct ikev2_notify notify;

	(void)source;
	flood->answers++;
	if (ikev2_decode(octets_of(octets, length), &message, NULL) == 0 &&
	    ikev2_notify_find(&message.chain, IKEV2_COOKIE, &notify)) {
		ck_assert_uint_le(notify.data.length, sizeof(flood->cookie));
		memcpy(flood->cookie, notify.data.at, notify.data.length);
		flood->cookie_length = notify.data.length;
	}
}

/* The device's first message with this number for an SPI, and a cookie before its payloads. */
static void send_request(struct flood *flood, uint32_t number, bool with_cookie)
{
	size_t payload = with_cookie ? 8 + flood->cookie_length : 0;
	uint8_t message[2200];

	memcpy(message, stand.first, IKEV2_HEADER);
	memcpy(message + 4, &number, sizeof(number));
	memcpy(message + IKEV2_HEADER + payload, stand.first + IKEV2_HEADER,
	       stand.first_length - IKEV2_HEADER);
	if (with_cookie) {
		uint8_t *at = message + IKEV2_HEADER;
		const uint8_t head[8] = { message[16], 0, 0, (uint8_t)payload, 0, 0,
					  IKEV2_COOKIE >> 8, IKEV2_COOKIE & 255 };

		memcpy(at, head, sizeof(head));
		memcpy(at + sizeof(head), flood->cookie, flood->cookie_length);
		message[16] = IKEV2_NOTIFY;
	}
	size_t length = stand.first_length + payload;
	message[26] = (uint8_t)(length >> 8);
	message[27] = (uint8_t)length;
	datagram_socket_send(flood->socket, &stand.gateway, message, length);
}

static void drain(struct flood *flood, unsigned answers)
{
	while (flood->answers < answers)
		loop_once(stand.loop);
}

/* 100,000 half-open SAs are begun from one address, some with the cookie that it asks for: what is
 * kept of them stays small, and a device gets in. */
START_TEST(a_flood)
{
	enum { ALL = 100000, AT_ONCE = 50, WITH_COOKIE = 500 };
	struct address here = ipsec_stand_address(2);
	struct flood flood = { 0 };

	segw_stand_init(&stand, NULL);
	segw_stand_connect(&stand); /* for its first message */
	ipsec_tunnel_delete(stand.tunnel);
	segw_stand_pass(&stand, SECONDS(30));
	flood.socket = datagram_socket_new(stand.loop, &here, NULL, answer_came, &flood, NULL);
	ck_assert_ptr_nonnull(flood.socket);
	size_t before = mallinfo2().uordblks;
	for (uint32_t i = 0; i < ALL; i++) {
		send_request(&flood, i, false);
		if (i % AT_ONCE == AT_ONCE - 1)
			drain(&flood, i + 1);
	}
	ck_assert_uint_gt(flood.cookie_length, 0);
	ck_assert_uint_lt(mallinfo2().uordblks - before, 500000);
	for (uint32_t i = 0; i < WITH_COOKIE; i++) {
		send_request(&flood, ALL + i, false);
		drain(&flood, ALL + 2 * i + 1);
		send_request(&flood, ALL + i, true);
		drain(&flood, ALL + 2 * i + 2);
	}
	ck_assert_uint_lt(mallinfo2().uordblks - before, 500000);
	unsigned up = stand.told[IPSEC_UP];
	segw_stand_connect(&stand);
	ck_assert_uint_eq(stand.told[IPSEC_UP], up + 1);
	datagram_socket_close(flood.socket);
	segw_stand_end(&stand);
}
END_TEST

/* One after the other, with certificates, and nothing is kept of them. */
START_TEST(many_tunnels)
{
	size_t before = 0;

	segw_stand_init(&stand, NULL);
	for (unsigned i = 0; i < 240; i++) {
		segw_stand_connect(&stand);
		ipsec_tunnel_delete(stand.tunnel);
		segw_stand_pass(&stand, i % 120 == 119 ? SECONDS(60) : MILLISECONDS(10));
		if (i == 119)
			before = mallinfo2().uordblks;
	}
	ck_assert_uint_eq(stand.told[IPSEC_UP], 240);
	/* What the allocator itself keeps back counts as used: an SA has 20,000 octets. */
	ck_assert_uint_lt(mallinfo2().uordblks, before + 60000);
	segw_stand_end(&stand);
}
END_TEST

START_TEST(a_pool_is_used_up)
{
	struct address_pool *pool = address_pool_new("10.0.0.8/30", "fd00::/126", NULL);
	struct ikev2_cp four = { .count = 1, .list = { { IKEV2_INTERNAL_IP4_ADDRESS, { 0 } } } };
	struct ikev2_cp six = { .count = 1, .list = { { IKEV2_INTERNAL_IP6_ADDRESS, { 0 } } } };
	struct ikev2_cp none = { .count = 0 };
	struct ikev2_inner inner = { 0 };
	char text[ADDRESS_TEXT];

	ck_assert_int_eq(address_pool_assign(pool, "a", &four, &inner), 0);
	ck_assert_str_eq(address_host(&inner.address4, text), "10.0.0.9");
	ck_assert_int_eq(address_pool_assign(pool, "b", &four, &inner), 0);
	ck_assert_str_eq(address_host(&inner.address4, text), "10.0.0.10");
	ck_assert_int_eq(address_pool_assign(pool, "c", &four, &inner), -1);
	ck_assert_int_eq(address_pool_assign(pool, "a", &none, &inner), -1);
	ck_assert_int_eq(address_pool_assign(pool, "a", &six, &inner), 0);
	ck_assert_str_eq(address_host(&inner.address6, text), "fd00::1");
	address_pool_free(pool);
	ck_assert_ptr_null(address_pool_new("10.0.0.0", NULL, NULL));
	ck_assert_ptr_null(address_pool_new("10.0.0.0/31", NULL, NULL));
	ck_assert_ptr_null(address_pool_new("fd00::/64", NULL, NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("segw");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, a_fault_by_cue, 0, (int)(sizeof(faults) / sizeof(faults[0])));
	tcase_add_test(tests, an_inner_address_is_kept_until_it_is_changed);
	tcase_add_test(tests, it_goes_silent_and_answers_again);
	tcase_add_loop_test(tests, old_algorithms_are_behind_a_switch, 0, 2);
	tcase_add_test(tests, certificates_with_rsa_keys);
	tcase_add_test(tests, a_shared_secret);
	tcase_add_loop_test(tests, the_hosting_party, 0, 2);
	tcase_add_test(tests, one_element_for_both_roles);
	tcase_add_test(tests, many_tunnels);
	tcase_add_test(tests, a_pool_is_used_up);
	suite_add_tcase(suite, tests);
	tests = tcase_create("flood");
	tcase_add_test(tests, a_flood);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
