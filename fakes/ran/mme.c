/*
 * mme: the fake MME: S1 SETUP (TS 36.413 8.7.3).
 *
 * It serves the network of the configuration (config.plmn) and refuses a HeNB that broadcasts
 * none of it, with unknown-PLMN, as TS 36.413 8.7.3.4 wants; with nothing configured it serves
 * whatever network is asked for. Variables of the profile, each with ROLE. in front: plmn, name,
 * group, code, capacity.
 */
#include <stdlib.h>
#include <string.h>

#include "fakes/ran/ran-fake.h"
#include "protocols/s1ap.h"

static const xmlNode *child_named(const xmlNode *parent, const char *name)
{
	const xmlNode *child = parent ? parent->children : NULL;

	while (child && strcmp((const char *)child->name, name) != 0)
		child = child->next;
	return child;
}

static const char *text_of(const xmlNode *node)
{
	return node && node->children && node->children->content
		   ? (const char *)node->children->content
		   : "";
}

/* Any network that the HeNB broadcasts when plmn is NULL, else that one; NULL = none. */
static const char *broadcast(const struct message *request, const char *plmn)
{
	const xmlNode *areas = child_named(request->body, "SupportedTAs");

	for (const xmlNode *area = areas ? areas->children : NULL; area; area = area->next) {
		const xmlNode *list = child_named(area, "broadcastPLMNs");

		for (const xmlNode *one = list ? list->children : NULL; one; one = one->next)
			if (!plmn || strcmp(text_of(one), plmn) == 0)
				return text_of(one);
	}
	return NULL;
}

static const char *served(const struct ran_asked *asked)
{
	const char *configured = profile_variable(asked->stage->profile, "config.plmn");

	return ran_variable(asked, "plmn", configured);
}

static const char *mme_usual(const struct ran_asked *asked)
{
	return broadcast(asked->request, served(asked)) ? "S1SetupResponse" : "S1SetupFailure";
}

static uint32_t number(const struct ran_asked *asked, const char *field, const char *variable,
		       const char *otherwise, uint32_t most)
{
	unsigned long value = strtoul(ran_variable(asked, variable, otherwise), NULL, 10);

	return ran_setting_number(asked, field, most, value <= most ? (uint32_t)value : most);
}

static void write_response(const struct ran_asked *asked, struct buffer *out)
{
	const char *name = ran_setting(asked, "MMEname"),
		   *plmn = ran_setting(asked, "PLMNidentity");

	if (!plmn)
		plmn = served(asked);
	if (!plmn)
		plmn = broadcast(asked->request, NULL);
	const struct s1ap_setup_response response = {
		.name = name ? name : ran_variable(asked, "name", "mme1"),
		.plmn = plmn ? plmn : "00101",
		.group = (uint16_t)number(asked, "MME-Group-ID", "group", "32768", UINT16_MAX),
		.code = (uint8_t)number(asked, "MME-Code", "code", "1", UINT8_MAX),
		.capacity =
		    (uint8_t)number(asked, "RelativeMMECapacity", "capacity", "255", UINT8_MAX),
	};

	s1ap_write_setup_response(&response, out);
}

static void write_failure(const struct ran_asked *asked, struct buffer *out)
{
	const char *usual = asked->cue ? "misc/unspecified" : "misc/unknown-PLMN";
	unsigned wait = ran_setting_number(asked, "TimeToWait", 60, 0);
	char group[32];
	const char *cause = ran_setting_cause(asked, usual, group);

	if (!s1ap_write_setup_failure(group, cause, wait, out))
		s1ap_write_setup_failure("misc", "unspecified", 0, out);
}

static void mme_write(const struct ran_asked *asked, const char *message, struct buffer *out)
{
	if (strcmp(message, "S1SetupResponse") == 0)
		write_response(asked, out);
	else
		write_failure(asked, out);
}

static const char *const answers[] = { "S1SetupResponse", "S1SetupFailure", NULL };
static const char *const unasked[] = { NULL };

static const struct ran_element mme = {
	.service = "s1",
	.item = "s1",
	.ppid = S1AP_PPID,
	.request = "S1SetupRequest",
	.answers = answers,
	.unasked = unasked,
	.decode = s1ap_message_decode,
	.usual = mme_usual,
	.write = mme_write,
};

static struct fake *mme_start(const struct stage *stage, const char *role, struct problem *problem)
{
	return ran_fake_start(&mme, stage, role, problem);
}

const struct fake_kind mme_fake = {
	.name = "mme",
	.start = mme_start,
	.cue = ran_fake_cue,
	.act = ran_fake_act,
	.reset = ran_fake_reset,
	.stop = ran_fake_stop,
};
