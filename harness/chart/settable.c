#include "harness/chart/settable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/hnbap.h"
#include "protocols/s1ap.h"

static const char *const none[] = { NULL };
static const char *const setup_response[] = { "MMEname",  "PLMNidentity",        "MME-Group-ID",
					      "MME-Code", "RelativeMMECapacity", NULL };
static const char *const setup_failure[] = { "Cause", "TimeToWait", NULL };
static const char *const accept[] = { "RNC-ID", NULL };
static const char *const request[] = { "Address", NULL };
static const char *const back_off[] = { "Cause", "BackoffTimer", NULL };

static const struct {
	const char *message;
	const char *const *names;
} table[] = {
	{ "S1SetupResponse", setup_response }, { "S1SetupFailure", setup_failure },
	{ "HnbRegisterAccept", accept },       { "HnbRegisterReject", back_off },
	{ "HnbDeRegister", back_off },	       { "ConnectionRequest", request },
};

const char *const *settable_names(const char *message)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].message, message) == 0)
			return table[i].names;
	return none;
}

/* "misc/unknown-PLMN": whoever writes it knows which there are. */
static bool is_cause(bool s1ap, const char *value)
{
	const char *slash = strchr(value, '/');
	struct buffer out = { 0 };
	char group[32];
	bool known;

	if (!slash || (size_t)(slash - value) >= sizeof(group))
		return false;
	snprintf(group, sizeof(group), "%.*s", (int)(slash - value), value);
	known = s1ap ? s1ap_write_setup_failure(group, slash + 1, 0, &out)
		     : hnbap_write_de_register(group, slash + 1, -1, &out);
	buffer_free(&out);
	return known;
}

static bool is_time_to_wait(const char *value)
{
	struct buffer out = { 0 };
	char *end;
	unsigned long seconds = strtoul(value, &end, 10);
	bool known = *value && !*end && seconds > 0 && seconds <= 60 &&
		     s1ap_write_setup_failure("misc", "unspecified", (unsigned)seconds, &out);

	buffer_free(&out);
	return known;
}

static bool in_range(const char *value, unsigned long most)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);

	return *value >= '0' && *value <= '9' && !*end && number <= most;
}

static bool is_network(const char *value)
{
	size_t length = strspn(value, "0123456789");

	return !value[length] && (length == 5 || length == 6);
}

const char *settable_wrong(const char *message, const char *name, const char *value)
{
	static const struct {
		const char *name;
		unsigned long most;
		const char *wanted;
	} numbers[] = {
		{ "MME-Group-ID", UINT16_MAX, "a number up to 65535" },
		{ "MME-Code", UINT8_MAX, "a number up to 255" },
		{ "RelativeMMECapacity", UINT8_MAX, "a number up to 255" },
		{ "RNC-ID", UINT16_MAX, "a number up to 65535" },
		{ "BackoffTimer", 3600, "a number of seconds up to 3600" },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(numbers[i].name, name) == 0)
			return in_range(value, numbers[i].most) ? NULL : numbers[i].wanted;
	if (strcmp(name, "Cause") == 0)
		return is_cause(message[0] == 'S', value)
			   ? NULL
			   : "a cause of the standard with its group, as \"misc/unspecified\"";
	if (strcmp(name, "TimeToWait") == 0)
		return is_time_to_wait(value) ? NULL : "1, 2, 5, 10, 20 or 60 seconds";
	if (strcmp(name, "PLMNidentity") == 0)
		return is_network(value) ? NULL : "five or six digits";
	return NULL;
}
