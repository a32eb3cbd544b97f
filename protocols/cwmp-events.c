#include <string.h>

#include "protocols/cwmp.h"

/* TR-069 3.7.1.5. */
static const struct cwmp_event_code events[] = {
	{"0 BOOTSTRAP", false, false, "1.0"},
	{"1 BOOT", false, false, "1.0"},
	{"2 PERIODIC", false, false, "1.0"},
	{"3 SCHEDULED", false, false, "1.0"},
	{"4 VALUE CHANGE", false, false, "1.0"},
	{"5 KICKED", false, false, "1.0"},
	{"6 CONNECTION REQUEST", false, false, "1.0"},
	{"7 TRANSFER COMPLETE", false, false, "1.0"},
	{"8 DIAGNOSTICS COMPLETE", false, false, "1.0"},
	{"9 REQUEST DOWNLOAD", false, false, "1.0"},
	{"10 AUTONOMOUS TRANSFER COMPLETE", false, false, "1.1"},
	{"11 DU STATE CHANGE COMPLETE", false, false, "1.2"},
	{"12 AUTONOMOUS DU STATE CHANGE COMPLETE", false, false, "1.2"},
	{"13 WAKEUP", false, false, "1.4"},
	{"14 HEARTBEAT", false, false, "1.4"}, /* since Amendment 6 */
	{"M Reboot", true, true, "1.0"},
	{"M ScheduleInform", true, true, "1.0"},
	{"M Download", true, true, "1.0"},
	{"M Upload", true, true, "1.0"},
	{"M ScheduleDownload", true, true, "1.2"},
	{"M ChangeDUState", true, true, "1.2"},
};

const struct cwmp_event_code *cwmp_event_find(const char *code)
{
	size_t index;

	for (index = 0; index < sizeof(events) / sizeof(events[0]); index++)
		if (!strcmp(events[index].code, code))
			return &events[index];
	return NULL;
}
