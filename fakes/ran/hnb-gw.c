/*
 * hnb-gw: the fake HNB gateway: HNB REGISTER and DE-REGISTER (TS 25.469 8.2, 8.3).
 *
 * It accepts whoever registers. Variable of the profile, with ROLE. in front: rnc-id.
 */
#include <stdlib.h>
#include <string.h>

#include "fakes/ran/ran-fake.h"
#include "protocols/hnbap.h"

static const char *gateway_usual(const struct ran_asked *asked)
{
	(void)asked;
	return "HnbRegisterAccept";
}

/* TS 25.469 9.1.5: BackoffTimer stands there with the cause overload, and only then; a chart that
 * sets it decides. */
static int back_off(const struct ran_asked *asked, const char *group, const char *cause)
{
	bool overload = strcmp(group, "radioNetwork") == 0 && strcmp(cause, "overload") == 0;

	if (!ran_setting(asked, "BackoffTimer"))
		return overload ? 60 : -1;
	return (int)ran_setting_number(asked, "BackoffTimer", 3600, 60);
}

static void write_refusal(const struct ran_asked *asked, bool registered, struct buffer *out)
{
	bool (*write)(const char *, const char *, int, struct buffer *) =
	    registered ? hnbap_write_de_register : hnbap_write_register_reject;
	const char *usual = registered ? "radioNetwork/normal" : "radioNetwork/unspecified";
	char group[32];
	const char *cause = ran_setting_cause(asked, usual, group);

	if (!write(group, cause, back_off(asked, group, cause), out))
		write("radioNetwork", "unspecified", -1, out);
}

static void gateway_write(const struct ran_asked *asked, const char *message, struct buffer *out)
{
	if (strcmp(message, "HnbRegisterAccept") == 0) {
		unsigned long usual = strtoul(ran_variable(asked, "rnc-id", "4660"), NULL, 10);

		hnbap_write_register_accept(
		    (uint16_t)ran_setting_number(asked, "RNC-ID", UINT16_MAX, (uint16_t)usual),
		    out);
		return;
	}
	write_refusal(asked, strcmp(message, "HnbDeRegister") == 0, out);
}

static const char *const answers[] = { "HnbRegisterAccept", "HnbRegisterReject", NULL };
static const char *const unasked[] = { "HnbDeRegister", NULL };

static const struct ran_element gateway = {
	.service = "iuh",
	.item = "iuh",
	.ppid = HNBAP_PPID,
	.request = "HnbRegisterRequest",
	.answers = answers,
	.unasked = unasked,
	.decode = hnbap_message_decode,
	.usual = gateway_usual,
	.write = gateway_write,
};

static struct fake *gateway_start(const struct stage *stage, const char *role,
				  struct problem *problem)
{
	return ran_fake_start(&gateway, stage, role, problem);
}

const struct fake_kind hnb_gw_fake = {
	.name = "hnb-gw",
	.start = gateway_start,
	.cue = ran_fake_cue,
	.act = ran_fake_act,
	.reset = ran_fake_reset,
	.stop = ran_fake_stop,
};
