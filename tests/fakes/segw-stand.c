#include "tests/fakes/segw-stand.h"

#include <string.h>

#include "protocols/ikev2-proposal.h"
#include "tests/fakes/ipsec-stand.h"
#include "tests/suite.h"

enum { NAT_PORT = 54500 };

static const char profile_text[] = "profile \"gateway\"\ndevice henb\nmap henb-device2\n"
				   "ixit\n"
				   "    serving-segw.ike-port 50500\n"
				   "    serving-segw.nat-port 54500\n"
				   "    initial-segw.ike-port 50500\n"
				   "    initial-segw.nat-port 54500\n";

static void tell(void *context, struct ipsec_tunnel *tunnel, const struct ipsec_news *news)
{
	struct segw_stand *stand = context;

	stand->told[news->type]++;
	stand->last = *news;
	stand->tunnel = news->is_gone ? NULL : tunnel;
}

static bool keep_first(void *context, const struct ikev2_path *path, struct octets datagram)
{
	struct segw_stand *stand = context;

	(void)path;
	if (stand->first_length == 0) {
		ck_assert_uint_le(datagram.length, sizeof(stand->first));
		memcpy(stand->first, datagram.at, datagram.length);
		stand->first_length = datagram.length;
	}
	return false;
}

static struct fake *played(void *context, const char *role)
{
	struct script *script = context;
	struct segw_stand *stand =
		(struct segw_stand *)((char *)script - offsetof(struct segw_stand, script));

	for (size_t i = 0; i < stand->fake_count; i++)
		if (strcmp(stand->roles[i], role) == 0)
			return stand->fakes[i];
	return NULL;
}

void segw_stand_play(struct segw_stand *stand, const char *role)
{
	struct problem problem = { "" };
	struct fake *fake = segw_fake.start(&stand->stage, role, &problem);

	ck_assert_msg(fake != NULL, "%s", problem.text);
	stand->roles[stand->fake_count] = role;
	stand->fakes[stand->fake_count++] = fake;
}

static void set_selectors(struct ikev2_selectors *selectors)
{
	selectors->count = 1;
	selectors->list[0] = (struct ikev2_selector){
		.type = IKEV2_TS_IPV4, .last_port = 65535, .first = { .family = 4 },
		.last = { .family = 4, .octets = { 255, 255, 255, 255 } },
	};
}

static void set_device(struct segw_stand *stand)
{
	static const char name[] = "henb.lab.example";
	struct ikev2_settings *ike = &stand->ike;
	const struct pki_identity *identity =
		pki_device_identity(stand->pki, name, false, NULL);

	ike->local_id = (struct ikev2_id){ IKEV2_ID_FQDN, octets_of(name, strlen(name)) };
	ike->certificate = identity->certificate;
	ike->key = identity->key;
	ike->roots = pki_roots(stand->pki, false, NULL);
	ike->ask_address4 = true;
	ike->encapsulate = true;
	set_selectors(&ike->local);
	set_selectors(&ike->remote);
	ck_assert_int_eq(ikev2_offer_parse("aes128-sha256-ecp256-ecp384-modp2048",
					   IKEV2_PROTOCOL_IKE, true, &ike->ike, NULL),
			 0);
	ck_assert_int_eq(ikev2_offer_parse("aes128-sha256", IKEV2_PROTOCOL_ESP, true, &ike->esp,
					   NULL),
			 0);
}

static void open_device(struct segw_stand *stand)
{
	struct ipsec_host_settings settings = {
		.loop = stand->loop,
		.outer = ipsec_stand_address(1),
		.nat_port = NAT_PORT,
		.tell = tell,
		.hooks = { .outgoing = keep_first },
		.context = stand,
	};
	struct problem problem = { "" };

	stand->device = ipsec_host_new(&settings, &problem);
	ck_assert_msg(stand->device != NULL, "%s", problem.text);
}

void segw_stand_init(struct segw_stand *stand, const char *const *settings)
{
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	char text[ADDRESS_TEXT];

	memset(stand, 0, sizeof(*stand));
	stand->loop = loop_new(CLOCK_VIRTUAL_TIME);
	stand->profile = profile_parse(profile_text, strlen(profile_text), "gateway.profile",
				       &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	diagnostics_clear(&diagnostics);
	ck_assert_ptr_nonnull(stand->profile);
	stand->gateway = ipsec_stand_address(31);
	address_host(&stand->gateway, text);
	profile_set(stand->profile, "serving-segw.address", text);
	for (; settings && *settings; settings += 2)
		profile_set(stand->profile, settings[0],
			    strcmp(settings[1], "same") ? settings[1] : text);
	stand->bench = bench_new("loopback", stand->profile, &problem);
	stand->pki = pki_new(loop_now(stand->loop) / SECONDS(1), &problem);
	stand->script.from = "serving-segw";
	stand->script.to = "henb";
	stand->stage = (struct stage){ .loop = stand->loop, .bench = stand->bench,
				       .pki = stand->pki, .profile = stand->profile,
				       .cue = script_cue, .cue_taken = script_cue_taken,
				       .played = played, .context = &stand->script };
	segw_stand_play(stand, "serving-segw");
	set_device(stand);
	open_device(stand);
}

void segw_stand_end(struct segw_stand *stand)
{
	ipsec_host_free(stand->device);
	while (stand->fake_count > 0)
		segw_fake.stop(stand->fakes[--stand->fake_count]);
	pki_free(stand->pki);
	bench_free(stand->bench);
	profile_free(stand->profile);
	loop_free(stand->loop);
}

static void time_is_up(void *context)
{
	loop_stop(context);
}

void segw_stand_pass(struct segw_stand *stand, int64_t time)
{
	loop_after(stand->loop, time, time_is_up, stand->loop);
	loop_run(stand->loop);
}

void segw_stand_connect(struct segw_stand *stand)
{
	unsigned up = stand->told[IPSEC_UP], refused = stand->told[IPSEC_REFUSED];

	ipsec_host_connect(stand->device, &stand->gateway, &stand->ike);
	for (int i = 0; i < 6000; i++) {
		if (stand->told[IPSEC_UP] != up || stand->told[IPSEC_REFUSED] != refused)
			return;
		segw_stand_pass(stand, MILLISECONDS(10));
	}
	ck_abort_msg("the gateway does not answer");
}

int segw_stand_act(struct segw_stand *stand, const char *action)
{
	return segw_fake.act(stand->fakes[0], action, NULL, NULL, NULL);
}
