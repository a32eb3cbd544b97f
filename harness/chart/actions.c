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

static const struct action_kind table[] = {
	{ "power-on", ROLE_DEVICE, none, 0, "is switched on" },
	{ "power-off", ROLE_DEVICE, none, 0, "is switched off" },
	{ "power-cycle", ROLE_DEVICE, none, 0, "is switched off and on again" },
	{ "raise-alarm", ROLE_DEVICE, alarm, 0, "meets a fault that it reports as a new alarm" },
	{ "change-alarm", ROLE_DEVICE, changed_alarm, 0, "sees an active alarm change" },
	{ "clear-alarm", ROLE_DEVICE, cleared_alarm, 0, "sees the cause of an alarm go" },
	{ "change-value", ROLE_DEVICE, value, 2, "changes a parameter by itself" },
	{ "move", ROLE_DEVICE, position, 2, "is carried to another place" },
	{ "forget", ROLE_DEVICE, none, 0, "loses its configuration, as new from the factory" },
	{ "close-connection", ROLE_HMS, none, 0, "closes its TCP connections in mid-session" },
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
