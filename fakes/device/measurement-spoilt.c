/* Defects in the text of a measurement file. */
#include <string.h>

#include "fakes/device/measurements.h"
#include "fakes/device/state.h"

static const struct spoiling { /* in each file every old is a new */
	enum trait defect;
	const char *old, *new;
} spoilings[] = {
	{ DEFECT_PM_OTHER_NAMESPACE, "32.435#measCollec", "32.401#measCollec" },
	{ DEFECT_PM_OFF_SCHEMA, "<measCollec endTime=", "<measCollec end=" },
	{ DEFECT_PM_SAME_PLACES, "<r p=\"2\">", "<r p=\"1\">" },
	{ DEFECT_PM_TWO_ELEMENTS, "</measData>",
	  "</measData>\n<measData><managedElement localDn=\"HNB=next-door\"/></measData>" },
};

static void replace_all(struct buffer *octets, const char *old, const char *new)
{
	struct buffer made = { 0 };
	const char *at = buffer_text(octets);

	for (const char *found; (found = strstr(at, old)); at = found + strlen(old)) {
		buffer_add(&made, at, (size_t)(found - at));
		buffer_add_text(&made, new);
	}
	buffer_add_text(&made, at);
	buffer_free(octets);
	*octets = made;
}

void measurement_file_spoil(const struct device *device, struct buffer *octets)
{
	for (size_t i = 0; i < sizeof(spoilings) / sizeof(spoilings[0]); i++)
		if (device_has(device, spoilings[i].defect))
			replace_all(octets, spoilings[i].old, spoilings[i].new);
	if (device_has(device, DEFECT_PM_TRUNCATED))
		octets->length /= 2;
}
