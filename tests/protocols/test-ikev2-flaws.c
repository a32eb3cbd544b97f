/* The flaws of a simulated device: each shows, and without it the same goes as it should. */
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-state.h"
#include "tests/protocols/ikev2-parts.h"
#include "tests/protocols/ikev2-wire.h"
#include "tests/suite.h"

#define DAY 86400

/* The gateway's certificate, and the flaw that takes it. */
static const struct {
	const char *name;
	bool other_root, other_key;
	int from, days;
	unsigned flaw;
} gateways[] = {
	{ "segw.lab.example", true, false, -1, 10, IKEV2_FLAW_ANY_ROOT },
	{ "evil.lab.example", false, false, -1, 10, IKEV2_FLAW_ANY_IDENTITY },
	{ "segw.lab.example", false, false, -9, 3, IKEV2_FLAW_EXPIRED },
	{ "segw.lab.example", false, false, 2, 3, IKEV2_FLAW_NOT_YET_VALID },
	{ "segw.lab.example", false, true, -1, 10, IKEV2_FLAW_ANY_AUTH },
};

static bool comes_up(X509 *leaf, EVP_PKEY *key, STACK_OF(X509) *roots, unsigned flaws)
{
	struct wire wire;

	wire_init(&wire);
	wire.b.settings.certificate = leaf;
	wire.b.settings.key = key;
	wire.a.settings.roots = roots;
	wire.a.settings.flaws = flaws;
	wire_start(&wire);
	wire_connect(&wire);
	bool up = wire.a.sa && wire.b.sa;
	wire_end(&wire);
	return up;
}

START_TEST(a_bad_certificate_is_taken)
{
	int64_t time = WIRE_START / 1000000;
	EVP_PKEY *root_key = new_ec_key("P-256"), *key = new_ec_key("P-256");
	EVP_PKEY *other = new_ec_key("P-256");
	X509 *root = new_certificate(root_key, "root", NULL, NULL, NULL, time - 9 * DAY, 30, 1);
	X509 *wrong = new_certificate(other, "other", NULL, NULL, NULL, time - 9 * DAY, 30, 1);
	X509 *leaf = new_certificate(key, gateways[_i].name, gateways[_i].name,
				     gateways[_i].other_root ? wrong : root,
				     gateways[_i].other_root ? other : root_key,
				     time + gateways[_i].from * DAY, gateways[_i].days, 0);
	STACK_OF(X509) *roots = sk_X509_new_null();

	sk_X509_push(roots, root);
	for (size_t i = 0; i < sizeof(gateways) / sizeof(gateways[0]); i++)
		ck_assert_int_eq(comes_up(leaf, gateways[_i].other_key ? other : key, roots,
					  gateways[i].flaw),
				 i == (size_t)_i);
	sk_X509_free(roots);
	X509_free(root);
	X509_free(wrong);
	X509_free(leaf);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}
END_TEST

/* What the gateway asks for, with what flaw the device says nothing right. */
static const struct {
	unsigned flaw;
	void (*ask)(struct ikev2_sa *sa, uint32_t spi, int64_t now);
} questions[] = {
	{ IKEV2_FLAW_NO_PROBE_ANSWER, NULL },
	{ IKEV2_FLAW_WRONG_ANSWER_ID, NULL },
	{ IKEV2_FLAW_NO_REKEY_ANSWER, ikev2_rekey_child },
	{ IKEV2_FLAW_IGNORES_DELETE, ikev2_delete_child },
};

START_TEST(an_answer_stays_away)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	wire.a.settings.flaws = questions[_i].flaw;
	if (questions[_i].ask)
		questions[_i].ask(wire.b.sa, wire.b.child.spi_in, wire.now);
	else
		ikev2_probe(wire.b.sa, wire.now);
	wire_run(&wire);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_ALIVE), 0);
	ck_assert_uint_eq(wire_count(&wire.b, IKEV2_EVENT_CHILD_UP), 1);
	while (wire.b.sa && wire_wait(&wire, INT64_MAX - 1))
		;
	ck_assert_str_eq(wire_event(&wire.b, IKEV2_EVENT_CLOSED)->why, "the peer does not answer");
	wire_end(&wire);
}
END_TEST

START_TEST(a_deleted_sa_is_kept)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	wire.a.settings.flaws = IKEV2_FLAW_KEEPS_DELETED;
	ikev2_delete_sa(wire.b.sa, wire.now);
	wire_run(&wire);
	ck_assert_ptr_null(wire.b.sa);
	ck_assert_ptr_nonnull(wire.a.sa);
	wire_end(&wire);
}
END_TEST

START_TEST(an_id_comes_again)
{
	struct wire wire;

	wire_init(&wire);
	wire_start(&wire);
	wire_connect(&wire);
	wire.a.settings.flaws = IKEV2_FLAW_REPEATS_ID;
	ikev2_probe(wire.a.sa, wire.now);
	wire_run(&wire);
	ck_assert_uint_eq(wire_count(&wire.a, IKEV2_EVENT_ALIVE), 0);
	wire.a.settings.flaws = 0;
	wire_end(&wire);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ikev2-flaws");
	TCase *tests = tcase_create("flaws");

	tcase_add_loop_test(tests, a_bad_certificate_is_taken, 0,
			    sizeof(gateways) / sizeof(gateways[0]));
	tcase_add_loop_test(tests, an_answer_stays_away, 0,
			    sizeof(questions) / sizeof(questions[0]));
	tcase_add_test(tests, a_deleted_sa_is_kept);
	tcase_add_test(tests, an_id_comes_again);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
