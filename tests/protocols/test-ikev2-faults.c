/* Two of our own halves: all that must not come about, and what is told of it. */
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-state.h"
#include "protocols/memory.h"
#include "tests/protocols/ikev2-parts.h"
#include "tests/protocols/ikev2-wire.h"
#include "tests/suite.h"

#define MINUTE (60 * 1000000LL)

static void no_tunnel(const struct wire *wire, uint16_t notify, const char *why_of_b)
{
	const struct ikev2_event *a = wire_event(&wire->a, IKEV2_EVENT_FAILED);
	const struct ikev2_event *b = wire_event(&wire->b, IKEV2_EVENT_FAILED);

	ck_assert(!wire->a.sa && !wire->b.sa);
	ck_assert_ptr_nonnull(a);
	ck_assert_uint_eq(a->notify, notify);
	ck_assert(a->by_peer);
	if (why_of_b) {
		ck_assert_ptr_nonnull(b);
		ck_assert_msg(strstr(b->why, why_of_b) != NULL, "%s", b->why);
	}
	ck_assert_uint_eq(wire->a.child.spi_in, 0);
	ck_assert_uint_eq(wire->b.child.spi_in, 0);
}

static void another_secret(struct wire *wire)
{
	wire->a.settings.shared_secret = octets_of("secreT", 6);
}

static void another_identity(struct wire *wire)
{
	wire->b.settings.remote_id =
		(struct ikev2_id){ IKEV2_ID_FQDN, octets_of("other.lab.example", 17) };
}

static void a_turned_bit(struct wire *wire)
{
	wire->a.settings.wrong_auth = true;
}

static void no_secret_there(struct wire *wire)
{
	wire->b.settings.shared_secret = octets_of(NULL, 0);
}

static void refused_in_init(struct wire *wire)
{
	wire->b.settings.refuse_init = IKEV2_NO_PROPOSAL_CHOSEN;
}

static void refused_in_auth(struct wire *wire)
{
	wire->b.settings.refuse_auth = IKEV2_AUTHENTICATION_FAILED;
}

static void other_algorithms(struct wire *wire)
{
	wire_offer(&wire->b, "aes256-sha384-ecp384", "aes128-sha256");
}

static const struct {
	void (*change)(struct wire *wire);
	uint16_t notify;
	const char *why;
} refusals[] = {
	{ another_secret, IKEV2_AUTHENTICATION_FAILED, "the shared secret is another" },
	{ another_identity, IKEV2_AUTHENTICATION_FAILED, "identity is hnb.lab.example" },
	{ a_turned_bit, IKEV2_AUTHENTICATION_FAILED, "the shared secret is another" },
	{ no_secret_there, IKEV2_AUTHENTICATION_FAILED, "there is no shared secret" },
	{ refused_in_init, IKEV2_NO_PROPOSAL_CHOSEN, NULL },
	{ refused_in_auth, IKEV2_AUTHENTICATION_FAILED, "as the lab wants it" },
	{ other_algorithms, IKEV2_NO_PROPOSAL_CHOSEN, NULL },
};

START_TEST(the_gateway_refuses)
{
	struct wire wire;

	wire_init(&wire);
	refusals[_i].change(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	no_tunnel(&wire, refusals[_i].notify, refusals[_i].why);
	while (wire_wait(&wire, wire.now + MINUTE))
		;
	ck_assert_uint_eq(ikev2_node_count(wire.a.node), 0);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 0);
	ck_assert_uint_eq(ikev2_node_half_open(wire.b.node), 0);
	wire_end(&wire);
}
END_TEST

/* The device does not believe the gateway: it says so, and the gateway knows. */
static void device_refuses(struct wire *wire, const char *why)
{
	wire_start(wire);
	wire_connect(wire);
	const struct ikev2_event *a = wire_event(&wire->a, IKEV2_EVENT_FAILED);
	ck_assert_ptr_nonnull(a);
	ck_assert_msg(strstr(a->why, why) != NULL, "%s", a->why);
	ck_assert(!a->by_peer);
	ck_assert_uint_eq(wire->a.child.spi_in, 0);
	ck_assert_ptr_null(wire->b.sa);
	ck_assert_uint_eq(wire_event(&wire->b, IKEV2_EVENT_CLOSED)->notify,
			  IKEV2_AUTHENTICATION_FAILED);
	ck_assert_uint_eq(wire_count(&wire->b, IKEV2_EVENT_CHILD_DOWN), 1);
	wire_end(wire);
}

START_TEST(the_gateway_authenticates_wrongly)
{
	struct wire wire;

	wire_init(&wire);
	wire.b.settings.wrong_auth = true;
	device_refuses(&wire, "the shared secret is another");
}
END_TEST

START_TEST(the_gateway_is_somebody_else)
{
	struct wire wire;

	wire_init(&wire);
	wire.b.settings.local_id =
		(struct ikev2_id){ IKEV2_ID_FQDN, octets_of("evil.lab.example", 16) };
	device_refuses(&wire, "the peer's identity is evil.lab.example");
}
END_TEST

/* R1 to R4 of a device: its gateway's certificate. */
struct bad_gateway {
	const char *name;
	bool other_root, other_key;
	int from, days; /* of validity, in days from now */
	const char *why;
};

static const struct bad_gateway bad_gateways[] = {
	{ "segw.lab.example", true, false, -1, 10, "unable to get local issuer" },
	{ "evil.lab.example", false, false, -1, 10, "is not that of the identity" },
	{ "segw.lab.example", false, false, -9, 3, "has expired" },
	{ "segw.lab.example", false, false, 2, 3, "is not yet valid" },
	{ "segw.lab.example", false, true, -1, 10, "does not verify" },
	{ "segw.lab.example", false, false, -1, 10, NULL },
};

START_TEST(the_gateway_has_a_bad_certificate)
{
	const struct bad_gateway *bad = &bad_gateways[_i];
	int64_t time = WIRE_START / 1000000;
	EVP_PKEY *root_key = new_ec_key("P-256"), *key = new_ec_key("P-256");
	EVP_PKEY *other = new_ec_key("P-256");
	X509 *root = new_certificate(root_key, "root", NULL, NULL, NULL, time - 9, 30, 1);
	X509 *wrong_root = new_certificate(other, "other", NULL, NULL, NULL, time - 9, 30, 1);
	X509 *leaf = new_certificate(key, bad->name, bad->name,
				     bad->other_root ? wrong_root : root,
				     bad->other_root ? other : root_key,
				     time + bad->from * 86400, bad->days, 0);
	STACK_OF(X509) *roots = sk_X509_new_null();
	struct wire wire;

	sk_X509_push(roots, root);
	wire_init(&wire);
	wire.b.settings.certificate = leaf;
	wire.b.settings.key = bad->other_key ? other : key;
	wire.a.settings.roots = roots;
	if (bad->why) {
		device_refuses(&wire, bad->why);
	} else { /* the twin that is in order */
		wire_start(&wire);
		wire_connect(&wire);
		wire_agree(&wire);
		wire_end(&wire);
	}
	if (_i == 1) { /* any name will do: it comes up */
		wire_init(&wire);
		wire.b.settings.certificate = leaf;
		wire.b.settings.key = key;
		wire.a.settings.roots = roots;
		wire.a.settings.any_name = true;
		wire_start(&wire);
		wire_connect(&wire);
		wire_agree(&wire);
		wire_end(&wire);
	}
	sk_X509_free(roots);
	X509_free(root);
	X509_free(wrong_root);
	X509_free(leaf);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}
END_TEST

static void no_address(struct wire *wire)
{
	wire->b.no_address = true;
}

static void no_child(struct wire *wire)
{
	wire->b.settings.refuse_child = IKEV2_TS_UNACCEPTABLE;
}

static void other_esp(struct wire *wire)
{
	wire_offer(&wire->b, "aes128-sha256-ecp256", "aes256-sha256");
}

static void other_traffic(struct wire *wire)
{
	address_parse("10.1.0.0", &wire->a.settings.remote.list[0].first);
	address_parse("10.1.255.255", &wire->a.settings.remote.list[0].last);
}

static const struct {
	void (*change)(struct wire *wire);
	uint16_t notify;
} childless[] = {
	{ no_address, IKEV2_INTERNAL_ADDRESS_FAILURE },
	{ no_child, IKEV2_TS_UNACCEPTABLE },
	{ other_esp, IKEV2_NO_PROPOSAL_CHOSEN },
	{ other_traffic, IKEV2_TS_UNACCEPTABLE },
};

/* RFC 7296 1.2: the IKE SA stands, and the Child SA does not. */
START_TEST(no_child_sa_comes_of_it)
{
	struct wire wire;

	wire_init(&wire);
	childless[_i].change(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	ck_assert(wire.a.sa && wire.b.sa);
	ck_assert_uint_eq(wire.a.child.spi_in + wire.b.child.spi_in, 0);
	ck_assert_uint_eq(wire_event(&wire.a, IKEV2_EVENT_CHILD_REFUSED)->notify,
			  childless[_i].notify);
	ck_assert(wire_event(&wire.a, IKEV2_EVENT_CHILD_REFUSED)->by_peer);
	ck_assert_uint_eq(wire_event(&wire.b, IKEV2_EVENT_CHILD_REFUSED)->notify,
			  childless[_i].notify);
	wire_end(&wire);
}
END_TEST

START_TEST(nobody_is_there)
{
	struct wire wire;

	wire_init(&wire);
	wire.silent = true;
	wire.a.settings.tries = 3;
	wire_start(&wire);
	wire_connect(&wire);
	while (wire_wait(&wire, INT64_MAX - 1))
		;
	ck_assert_uint_eq(wire.a.sent, 3);
	ck_assert_int_eq(wire.now, WIRE_START + 14 * 1000000LL); /* 2 + 4 + 8 s */
	ck_assert_uint_eq(ikev2_node_count(wire.a.node), 0);
	wire_end(&wire);
}
END_TEST

/* Any bit turned in what the device sends: no tunnel of one end only, none with other keys. */
START_TEST(a_bit_is_turned_on_the_way)
{
	for (size_t bit = (size_t)_i; bit < 8 * 600; bit += 29) {
		struct wire wire;

		wire_init(&wire);
		wire.flip_bit = bit;
		wire.flip_datagram = 1 + (size_t)_i % 2;
		wire_start(&wire);
		wire_connect(&wire);
		for (int i = 0; i < 5 && !wire.a.sa && wire_wait(&wire, wire.now + MINUTE); i++)
			;
		if (wire.a.sa && wire.a.child.spi_in)
			wire_agree(&wire);
		if (_i % 2 == 1) /* the encrypted one is dropped, and sent again */
			ck_assert_ptr_nonnull(wire.a.sa);
		wire_end(&wire);
	}
}
END_TEST

/* A datagram of the device, kept. */
struct kept {
	struct ikev2_path path;
	struct buffer octets;
};

static struct kept first_of(struct wire *wire)
{
	struct ikev2_path path = { wire->a.address, wire->b.address, false };
	struct kept kept;
	size_t at;

	path.local.port = path.remote.port = IKEV2_PORT;
	ikev2_connect(wire->a.node, &path, wire->now);
	at = wire->head % 512;
	kept.path = (struct ikev2_path){ path.remote, path.local, false };
	memset(&kept.octets, 0, sizeof(kept.octets));
	buffer_add(&kept.octets, wire->queue[at].octets, wire->queue[at].length);
	return kept;
}

START_TEST(a_flood_of_half_open_sas)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	struct kept kept = first_of(&wire);
	wire_run(&wire);
	wire_agree(&wire);
	wire.silent = true;
	for (uint32_t i = 1; i <= 100000; i++) {
		memcpy(kept.octets.octets, &i, sizeof(i)); /* another initiator's SPI */
		ikev2_receive(wire.b.node, &kept.path,
			      octets_of(kept.octets.octets, kept.octets.length), wire.now);
	}
	ck_assert_uint_eq(ikev2_node_half_open(wire.b.node), 16);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 17);
	wire.silent = false;
	wire_connect(&wire); /* with a cookie the device still gets in */
	wire_agree(&wire);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_ESTABLISHED), 2);
	while (wire_wait(&wire, wire.now + MINUTE))
		;
	ck_assert_uint_eq(ikev2_node_half_open(wire.b.node), 0);
	buffer_free(&kept.octets);
	wire_end(&wire);
}
END_TEST

/* They can give back their cookies: then the oldest of that address has to go. */
START_TEST(a_flood_that_knows_its_cookies)
{
	struct wire wire;

	wire_init(&wire);
	wire.b.settings.cookie_from = 100000;
	wire.b.settings.half_open_per_address = 8;
	wire_start(&wire);
	struct kept kept = first_of(&wire);
	wire_run(&wire);
	wire.silent = true;
	for (uint32_t i = 1; i <= 100; i++) {
		memcpy(kept.octets.octets, &i, sizeof(i));
		ikev2_receive(wire.b.node, &kept.path,
			      octets_of(kept.octets.octets, kept.octets.length), wire.now);
	}
	ck_assert_uint_eq(ikev2_node_half_open(wire.b.node), 8);
	kept.path.remote.octets[3] = 77; /* another address has room of its own */
	kept.octets.octets[7] ^= 1;
	ikev2_receive(wire.b.node, &kept.path,
		      octets_of(kept.octets.octets, kept.octets.length), wire.now);
	ck_assert_uint_eq(ikev2_node_half_open(wire.b.node), 9);
	wire.silent = false;
	wire_connect(&wire);
	wire_agree(&wire);
	buffer_free(&kept.octets);
	wire_end(&wire);
}
END_TEST

/* What is not protected by the keys is not believed once they are there. */
START_TEST(unauthenticated_words_change_nothing)
{
	struct wire wire;
	struct ikev2_writer writer = { 0 };
	struct buffer out = { 0 };

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	struct ikev2_header header = { ikev2_sa_initiator_spi(wire.a.sa),
				       ikev2_sa_responder_spi(wire.a.sa), 0, IKEV2_VERSION,
				       IKEV2_INFORMATIONAL, IKEV2_FLAG_INITIATOR, 2, 0 };
	struct ikev2_path path = { wire.b.address, wire.a.address, false };
	path.local.port = path.remote.port = IKEV2_PORT;
	ikev2_delete_write(&writer, IKEV2_PROTOCOL_IKE, NULL, 0);
	ikev2_status_write(&writer, IKEV2_AUTHENTICATION_FAILED);
	for (uint8_t exchange = IKEV2_SA_INIT; exchange <= IKEV2_INFORMATIONAL; exchange++)
		for (uint8_t flags = 0; flags < 64; flags += 8) {
			header.exchange = exchange;
			header.flags = flags;
			buffer_clear(&out);
			ikev2_encode(&header, &writer, &out);
			ikev2_receive(wire.b.node, &path, octets_of(out.octets, out.length),
				      wire.now);
			ikev2_receive(wire.a.node, &path, octets_of(out.octets, out.length),
				      wire.now);
		}
	wire_run(&wire);
	ck_assert(wire.a.sa && wire.b.sa);
	ikev2_probe(wire.a.sa, wire.now);
	wire_run(&wire);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_ALIVE), 1);
	ikev2_writer_free(&writer);
	buffer_free(&out);
	wire_end(&wire);
}
END_TEST

/* A copy of the first request that comes late makes no second SA. */
START_TEST(an_old_request)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	struct kept kept = first_of(&wire);
	wire_run(&wire);
	size_t sent = wire.b.sent;
	ikev2_receive(wire.b.node, &kept.path, octets_of(kept.octets.octets, kept.octets.length),
		      wire.now);
	ck_assert_uint_eq(wire.b.sent, sent);
	ck_assert_uint_eq(ikev2_node_count(wire.b.node), 1);
	buffer_free(&kept.octets);
	wire_end(&wire);
}
END_TEST

START_TEST(another_version)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	struct kept kept = first_of(&wire);
	wire_run(&wire);
	size_t sent = wire.b.sent;
	kept.octets.octets[17] = 0x30;
	ikev2_receive(wire.b.node, &kept.path, octets_of(kept.octets.octets, kept.octets.length),
		      wire.now);
	ck_assert_uint_eq(wire.b.sent, sent + 1); /* INVALID_MAJOR_VERSION */
	kept.octets.octets[17] = 0x10;
	ikev2_receive(wire.b.node, &kept.path, octets_of(kept.octets.octets, kept.octets.length),
		      wire.now);
	ck_assert_uint_eq(wire.b.sent, sent + 1);
	buffer_free(&kept.octets);
	wire_end(&wire);
}
END_TEST

/* 0: an unknown critical payload is refused and the SA lives; 1: an unknown one without the bit is
 * passed over; 2: what is authentic and malformed is the end. */
START_TEST(strange_words_inside)
{
	struct wire wire;
	struct ikev2_writer writer = { 0 };
	struct ikev2_sa *sa;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	sa = wire.a.sa;
	if (_i < 2) {
		ikev2_octets_write(&writer, 99, octets_of("strange", 7));
		writer.out.octets[1] = _i == 0 ? 0x80 : 0;
	} else {
		ikev2_octets_write(&writer, IKEV2_DELETE, octets_of("strange", 7));
	}
	sa->current.kind = TASK_PROBE;
	ikev2_send_request(sa, IKEV2_INFORMATIONAL, &writer);
	wire_run(&wire);
	if (_i < 2) {
		ck_assert(wire.a.sa && wire.b.sa);
		ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_ALIVE), 1);
	} else {
		ck_assert_ptr_null(wire.b.sa);
		ck_assert_uint_eq(wire_event(&wire.b, IKEV2_EVENT_CLOSED)->notify,
				  IKEV2_INVALID_SYNTAX);
	}
	ikev2_writer_free(&writer);
	wire_end(&wire);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ikev2-faults");
	TCase *refused = tcase_create("refused"), *attacked = tcase_create("attacked");

	tcase_add_loop_test(refused, the_gateway_refuses, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(refused, the_gateway_authenticates_wrongly);
	tcase_add_test(refused, the_gateway_is_somebody_else);
	tcase_add_loop_test(refused, the_gateway_has_a_bad_certificate, 0,
			    sizeof(bad_gateways) / sizeof(bad_gateways[0]));
	tcase_add_loop_test(refused, no_child_sa_comes_of_it, 0,
			    sizeof(childless) / sizeof(childless[0]));
	tcase_add_test(refused, nobody_is_there);
	tcase_add_loop_test(attacked, a_bit_is_turned_on_the_way, 0, 6);
	tcase_add_test(attacked, a_flood_of_half_open_sas);
	tcase_add_test(attacked, a_flood_that_knows_its_cookies);
	tcase_add_test(attacked, unauthenticated_words_change_nothing);
	tcase_add_test(attacked, an_old_request);
	tcase_add_test(attacked, another_version);
	tcase_add_loop_test(attacked, strange_words_inside, 0, 3);
	suite_add_tcase(suite, refused);
	suite_add_tcase(suite, attacked);
	return suite_run(suite);
}
