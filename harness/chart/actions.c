#include "harness/chart/actions.h"

#include <string.h>

static const char *const none[] = { NULL };
static const char *const alarm[] = { "severity",       "event-type",
				     "probable-cause", "specific-problem",
				     "managed-object", "text",
				     "identifier",     NULL };
static const char *const changed_alarm[] = { "identifier", "severity", "text", NULL };
static const char *const cleared_alarm[] = { "identifier", NULL };
static const char *const value[] = { "parameter", "value", NULL };
static const char *const position[] = { "latitude", "longitude", NULL };

#define SEGW ROLE_BIT(ROLE_SEGW)
#define RAN (ROLE_BIT(ROLE_MME) | ROLE_BIT(ROLE_HNB_GW))

static const struct action_kind table[] = {
	{ "power-on", ROLE_BIT(ROLE_DEVICE), none, 0, "is switched on" },
	{ "power-off", ROLE_BIT(ROLE_DEVICE), none, 0, "is switched off" },
	{ "power-cycle", ROLE_BIT(ROLE_DEVICE), none, 0, "is switched off and on again" },
	{ "raise-alarm", ROLE_BIT(ROLE_DEVICE), alarm, 0, "meets a fault that it reports as a new alarm" },
	{ "change-alarm", ROLE_BIT(ROLE_DEVICE), changed_alarm, 0, "sees an active alarm change" },
	{ "clear-alarm", ROLE_BIT(ROLE_DEVICE), cleared_alarm, 0, "sees the cause of an alarm go" },
	{ "change-value", ROLE_BIT(ROLE_DEVICE), value, 2, "changes a parameter by itself" },
	{ "move", ROLE_BIT(ROLE_DEVICE), position, 2, "is carried to another place" },
	{ "forget", ROLE_BIT(ROLE_DEVICE), none, 0, "loses its configuration, as new from the factory" },
	{ "authenticate-anew", ROLE_BIT(ROLE_DEVICE), none, 0,
	  "proves anew who it is to its security gateway" },
	{ "close-connection", ROLE_BIT(ROLE_HMS), none, 0, "closes its TCP connections in mid-session" },
	{ "close-association", RAN, none, 0, "ends its SCTP associations in order" },
	{ "abort-association", RAN, none, 0, "breaks its SCTP associations off" },
	{ "delete-sa", SEGW, none, 0, "deletes its IKE SAs" },
	{ "change-inner-address", SEGW, none, 0,
	  "deletes its IKE SAs, and gives who comes back another inner address" },
	{ "renumber", SEGW, none, 0,
	  "has another inner address ready for whoever authenticates anew" },
	{ "rekey", SEGW, none, 0, "rekeys its IKE SAs" },
	{ "rekey-child", SEGW, none, 0, "rekeys their newest Child SAs" },
	{ "probe", SEGW, none, 0, "sends an empty INFORMATIONAL: is the peer alive?" },
	{ "replay-packet", SEGW, none, 0, "sends its last ESP packet once more" },
	{ "go-silent", RAN | SEGW, none, 0,
	  "answers nothing any more, as if it were gone" },
	{ "answer-again", RAN | SEGW, none, 0, "answers again after go-silent" },
};

const struct action_kind *actions(size_t *count)
{
	*count = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct action_kind *action_find(const char *name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}
