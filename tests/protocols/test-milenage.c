#include <stdlib.h>
#include <string.h>

#include "protocols/milenage.h"
#include "protocols/octets.h"
#include "tests/protocols/ikev2-parts.h"
#include "tests/suite.h"

/* Two of the sets of TS 35.208 clause 4.3. */
static const struct {
	const char *k, *rand, *sqn, *amf, *op, *opc;
	const char *f1, *f1_star, *f2, *f3, *f4, *f5, *f5_star;
} sets[] = {
	{ "465b5ce8b199b49faa5f0a2ee238a6bc", "23553cbe9637a89d218ae64dae47bf35", "ff9bb4d0b607",
	  "b9b9", "cdc202d5123e20f62b6d676ac72cb318", "cd63cb71954a9f4e48a5994e37a02baf",
	  "4a9ffac354dfafb3", "01cfaf9ec4e871e9", "a54211d5e3ba50bf",
	  "b40ba9a3c58b2a05bbf0d987b21bf8cb", "f769bcd751044604127672711c6d3441",
	  "aa689c648370", "451e8beca43b" },
	{ "0396eb317b6d1c36f19c1c84cd6ffd16", "c00d603103dcee52c4478119494202e8", "fd8eef40df7d",
	  "af17", "ff53bade17df5d4e793073ce9d7579fa", "53c15671c60a4b731c55b4a441c0bde2",
	  "5df5b31807e258b0", "a8c016e51ef4a343", "d3a628ed988620f0",
	  "58c433ff7a7082acd424220f2b67c556", "21a8c1f929702adb3e738488b9f5c5da",
	  "c47783995f72", "30f1197061c1" },
};

static void take(const char *text, uint8_t *to)
{
	struct octets octets = octets_from_text(text);

	memcpy(to, octets.at, octets.length);
	free((void *)octets.at);
}

static void is_octets(const uint8_t *got, const char *expected)
{
	char *text = octets_hexadecimal(octets_of(got, strlen(expected) / 2));

	ck_assert_str_eq(text, expected);
	free(text);
}

struct subscriber {
	uint8_t k[16], op[16], opc[16], rand[16], sqn[6], amf[2];
};

static struct subscriber subscriber_of(int index)
{
	struct subscriber subscriber;

	take(sets[index].k, subscriber.k);
	take(sets[index].op, subscriber.op);
	take(sets[index].rand, subscriber.rand);
	take(sets[index].sqn, subscriber.sqn);
	take(sets[index].amf, subscriber.amf);
	ck_assert_int_eq(milenage_opc(subscriber.k, subscriber.op, subscriber.opc), 0);
	return subscriber;
}

START_TEST(a_key_is_read_from_its_digits)
{
	static const char *const none[] = { "", "465b", "465b5ce8b199b49g", "465b5ce8b199b49f0", NULL };
	static const uint8_t right[] = { 0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f };
	uint8_t octets[8] = { 7 };

	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(octets_from_hexadecimal(none[i], octets, 8), -1);
	ck_assert_uint_eq(octets[0], 7);
	ck_assert_int_eq(octets_from_hexadecimal("465B5ce8b199B49f", octets, 8), 0);
	ck_assert_mem_eq(octets, right, 8);
}
END_TEST

START_TEST(published_sets)
{
	struct subscriber s = subscriber_of(_i);
	struct milenage out;

	is_octets(s.opc, sets[_i].opc);
	ck_assert_int_eq(milenage(s.k, s.opc, s.rand, s.sqn, s.amf, &out), 0);
	is_octets(out.mac_a, sets[_i].f1);
	is_octets(out.mac_s, sets[_i].f1_star);
	is_octets(out.res, sets[_i].f2);
	is_octets(out.ck, sets[_i].f3);
	is_octets(out.ik, sets[_i].f4);
	is_octets(out.ak, sets[_i].f5);
	is_octets(out.ak_s, sets[_i].f5_star);
}
END_TEST

START_TEST(a_usim_and_its_network)
{
	struct subscriber s = subscriber_of(_i);
	struct milenage network, usim;
	uint8_t autn[16], auts[14];
	uint64_t highest = 0;

	milenage(s.k, s.opc, s.rand, s.sqn, s.amf, &network);
	milenage_autn(&network, s.sqn, s.amf, autn);
	ck_assert_int_eq(milenage_usim(s.k, s.opc, s.rand, autn, &highest, &usim, auts),
			 MILENAGE_GOOD);
	ck_assert_mem_eq(usim.res, network.res, 8);
	ck_assert_mem_eq(usim.ck, network.ck, 16);
	ck_assert_mem_eq(usim.ik, network.ik, 16);
	uint64_t accepted = highest;
	ck_assert_uint_ne(accepted, 0);
	/* the same again is old; the network learns which SQN the USIM is at */
	ck_assert_int_eq(milenage_usim(s.k, s.opc, s.rand, autn, &highest, &usim, auts),
			 MILENAGE_OLD_SQN);
	ck_assert_int_eq(milenage_resynchronise(s.k, s.opc, s.rand, auts), (int64_t)accepted);
	auts[13] ^= 1;
	ck_assert_int_eq(milenage_resynchronise(s.k, s.opc, s.rand, auts), -1);
	for (size_t bit = 0; bit < 128; bit++) {
		autn[bit / 8] ^= (uint8_t)(1u << bit % 8);
		highest = 0;
		ck_assert_int_eq(milenage_usim(s.k, s.opc, s.rand, autn, &highest, &usim, auts),
				 MILENAGE_WRONG_MAC);
		ck_assert_uint_eq(highest, 0);
		autn[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("milenage");
	TCase *functions = tcase_create("functions");

	tcase_add_test(functions, a_key_is_read_from_its_digits);
	tcase_add_loop_test(functions, published_sets, 0, 2);
	tcase_add_loop_test(functions, a_usim_and_its_network, 0, 2);
	suite_add_tcase(suite, functions);
	return suite_run(suite);
}
