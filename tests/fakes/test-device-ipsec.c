/* The simulated device behind a real tunnel, on the netns bench: needs the right to make
 * namespaces; otherwise it says so and tests nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "fakes/device/tunnel-ipsec.h"
#include "fakes/ipsec/ipsec-host.h"
#include "harness/loop/bench.h"
#include "harness/loop/lab-network.h"
#include "harness/loop/pki.h"
#include "protocols/ikev2-proposal.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

static const struct address inside = {4, {10, 99, 0, 20}, 7547, PLACE_CORE};
static const struct address segw = {4, {198, 51, 100, 30}, 500, PLACE_INTERNET};
static const struct address core = {4, {10, 99, 0, 0}, 0, PLACE_CORE};
static const struct address pool = {4, {10, 99, 30, 0}, 0, PLACE_CORE};

static struct {
	struct stand stand;
	struct bench *bench;
	struct pki *pki;
	struct ikev2_settings settings;
	struct ipsec_host *gateway;
	struct device_ipsec ipsec;
	uint8_t leases;
	unsigned news[IPSEC_ALIVE + 1];
} bed;

static int assign(void *context, struct ipsec_host *host, const char *peer,
		  const struct ikev2_cp *request, struct ikev2_inner *inner)
{
	(void)context;
	(void)host;
	(void)request;
	ck_assert_str_eq(peer, "cell.lab.example");
	*inner = (struct ikev2_inner){.address4 = pool, .dns = {{4, {10, 99, 0, 11}, 0, 0}},
				      .dns_count = 1};
	inner->address4.octets[3] = ++bed.leases;
	return 0;
}

static void tell(void *context, struct ipsec_tunnel *tunnel, const struct ipsec_news *news)
{
	(void)context;
	(void)tunnel;
	bed.news[news->type]++;
}

static void range(struct ikev2_selectors *selectors, const struct address *first, unsigned last)
{
	selectors->count = 1;
	selectors->list[0] = (struct ikev2_selector){.type = IKEV2_TS_IPV4, .last_port = 65535,
						     .first = *first, .last = *first};
	selectors->list[0].last.octets[2] = (uint8_t)last;
	selectors->list[0].last.octets[3] = 255;
}

static void make_gateway(void)
{
	struct problem problem = {""};
	const struct pki_identity *own =
		pki_identity(bed.pki, "198.51.100.30", NULL, false, PKI_GOOD, &problem);
	const struct ipsec_host_settings settings = {
		.loop = bed.stand.loop, .outer = segw, .plain_esp = true, .tun = "segw",
		.tun_place = PLACE_CORE, .gateway = &bed.settings, .assign = assign,
		.tell = tell,
	};

	ck_assert_msg(own != NULL, "%s", problem.text);
	ikev2_offer_parse("aes128-sha256-ecp256", IKEV2_PROTOCOL_IKE, true, &bed.settings.ike,
			  NULL);
	ikev2_offer_parse("aes128-sha256", IKEV2_PROTOCOL_ESP, true, &bed.settings.esp, NULL);
	bed.settings.local_id = (struct ikev2_id){IKEV2_ID_IPV4_ADDR, octets_of(segw.octets, 4)};
	bed.settings.certificate = own->certificate;
	bed.settings.key = own->key;
	bed.settings.roots = pki_roots(bed.pki, false, &problem);
	range(&bed.settings.local, &core, 255);
	range(&bed.settings.remote, &pool, 30);
	bed.gateway = ipsec_host_new(&settings, &problem);
	ck_assert_msg(bed.gateway != NULL, "%s", problem.text);
	ck_assert_int_eq(ipsec_host_route(bed.gateway, &pool, 24, &problem), 0);
}

static void make_device(void)
{
	struct problem problem = {""};
	const struct pki_identity *own =
		pki_device_identity(bed.pki, "cell.lab.example", false, &problem);
	struct device_factory *factory = &bed.stand.factory;

	bed.ipsec = (struct device_ipsec){
		.identity = "cell.lab.example", .certificate = own->certificate, .key = own->key,
		.roots = pki_roots(bed.pki, false, &problem), .ike = "aes128-sha256-ecp256",
		.esp = "aes128-sha256", .inside4 = true,
	};
	device_free(bed.stand.device);
	factory->tunnel_ends = &ipsec_tunnel_ends;
	factory->ipsec = &bed.ipsec;
	factory->segw = "198.51.100.30";
	bench_address(bed.bench, "henb", &factory->local);
	bed.stand.device = device_new(bed.stand.loop, factory, &problem);
	ck_assert_msg(bed.stand.device != NULL, "%s", problem.text);
}

static void make(void)
{
	struct problem problem = {""};

	stand_make(&bed.stand, "henb-device2");
	bed.bench = bench_new("netns", NULL, &problem);
	ck_assert_msg(bed.bench != NULL, "%s", problem.text);
	bench_enter(bed.bench, bed.stand.loop);
	bed.pki = pki_new(loop_now(bed.stand.loop) / 1000000, &problem);
	make_gateway();
	stand_move(&bed.stand.initial, &inside);
	make_device();
}

static void clear(void)
{
	ipsec_host_free(bed.gateway);
	stand_clear(&bed.stand);
	pki_free(bed.pki);
	bench_free(bed.bench);
	memset(&bed, 0, sizeof(bed));
}

static void power_on(void)
{
	ck_assert_int_eq(stand_act(&bed.stand, "power-on", NULL), 0);
	stand_run(&bed.stand, SECONDS(3));
}

START_TEST(a_session_through_the_tunnel)
{
	power_on();
	ck_assert_uint_eq(bed.news[IPSEC_UP], 1);
	ck_assert_str_eq(stand_heard(&bed.stand.initial), "Inform -");
	ck_assert_str_eq(bed.stand.initial.heard[0].from, "10.99.30.1");
	/* A rekey is nobody's business. */
	ipsec_tunnel_rekey(ipsec_host_tunnel(bed.gateway, 0));
	stand_run(&bed.stand, SECONDS(3));
	ipsec_tunnel_rekey_child(ipsec_host_tunnel(bed.gateway, 0));
	stand_run(&bed.stand, SECONDS(100));
	ck_assert_uint_eq(bed.news[IPSEC_CHILD_REKEYED], 1);
	ck_assert_uint_eq(bed.stand.initial.heard_count, 2);
	ck_assert_uint_eq(loop_lost(bed.stand.loop), 0);
	/* The gateway hears nothing of a cell whose power goes. */
	stand_act(&bed.stand, "power-off", NULL);
	ck_assert_ptr_nonnull(ipsec_host_tunnel(bed.gateway, 0));
}
END_TEST

START_TEST(another_address_after_a_delete)
{
	power_on();
	ipsec_tunnel_delete(ipsec_host_tunnel(bed.gateway, 0));
	stand_run(&bed.stand, SECONDS(30));
	ck_assert_uint_eq(bed.news[IPSEC_UP], 2);
	ck_assert_str_eq(stand_events(&bed.stand.initial, 1), "4 VALUE CHANGE");
	ck_assert_str_eq(bed.stand.initial.heard[2].from, "10.99.30.2");
}
END_TEST

START_TEST(an_orderly_end)
{
	power_on();
	stand_queue(&bed.stand.initial, request_text("Reboot", "CommandKey", "k", NULL));
	stand_act(&bed.stand, "power-cycle", NULL);
	stand_run(&bed.stand, SECONDS(10));
	ck_assert_str_eq(stand_events(&bed.stand.initial, 2), "1 BOOT, M Reboot=k");
	/* The one that the power cut left is forgotten by INITIAL_CONTACT, the other deleted. */
	ck_assert_uint_eq(bed.news[IPSEC_DOWN], 2);
	ck_assert_uint_eq(bed.news[IPSEC_UP], 3);
}
END_TEST

START_TEST(nobody_is_believed_without_a_certificate)
{
	bed.settings.wrong_auth = true;
	ck_assert_int_eq(stand_act(&bed.stand, "power-on", NULL), 0);
	stand_run(&bed.stand, SECONDS(2));
	ck_assert_uint_eq(bed.stand.initial.heard_count, 0);
	bed.settings.wrong_auth = false;
	stand_run(&bed.stand, SECONDS(20));
	ck_assert_uint_eq(bed.stand.initial.heard_count, 2);
}
END_TEST

/* A defect: what it sends by the Child SA that was replaced arrives nowhere. */
START_TEST(an_old_child_sa_leads_nowhere)
{
	ck_assert_int_eq(device_defect(bed.stand.device, "clings-to-old-spi", NULL), 0);
	power_on();
	ipsec_tunnel_rekey_child(ipsec_host_tunnel(bed.gateway, 0));
	stand_run(&bed.stand, SECONDS(10));
	ck_assert_uint_eq(bed.news[IPSEC_CHILD_REKEYED], 1);
	device_event(bed.stand.device, "6 CONNECTION REQUEST", "");
	stand_run(&bed.stand, SECONDS(9));
	ck_assert_uint_eq(bed.stand.initial.heard_count, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-ipsec");
	TCase *tests = tcase_create("ipsec");
	struct problem problem = {""};

	if (lab_network_possible(&(struct lab_network_options){0}, &problem) < 0) {
		printf("1..0 # SKIP %s\n", problem.text);
		return 0;
	}
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, make, clear);
	tcase_add_test(tests, a_session_through_the_tunnel);
	tcase_add_test(tests, another_address_after_a_delete);
	tcase_add_test(tests, an_orderly_end);
	tcase_add_test(tests, nobody_is_believed_without_a_certificate);
	tcase_add_test(tests, an_old_child_sa_leads_nowhere);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
