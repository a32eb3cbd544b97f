#include "protocols/cwmp-retry.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/xml.h"

#define SECOND 1000000
#define ROWS 10               /* "10 and subsequent" */
#define MULTIPLIER 2000       /* 1/1000: the default */
#define MINIMUM_LEAST 1       /* s: TR-181 ManagementServer */
#define MULTIPLIER_LEAST 1000 /* 1/1000: likewise */
#define VALUE_MOST 65535      /* of both */

struct cwmp_retry cwmp_retry_defaults(bool known)
{
	return (struct cwmp_retry){ CWMP_RETRY_MINIMUM, MULTIPLIER, known, known };
}

struct cwmp_retry cwmp_retry_shortest(const struct cwmp_retry *retry)
{
	return (struct cwmp_retry){
		.minimum = retry->minimum_known ? retry->minimum : MINIMUM_LEAST,
		.multiplier = retry->multiplier_known ? retry->multiplier : MULTIPLIER_LEAST,
		.minimum_known = true,
		.multiplier_known = true,
	};
}

bool cwmp_retry_known(const struct cwmp_retry *retry)
{
	return retry->minimum_known && retry->multiplier_known;
}

/* m * (k/1000)^(n-1) seconds */
int64_t cwmp_retry_begin(const struct cwmp_retry *retry, uint64_t number)
{
	double seconds = (double)retry->minimum;

	for (uint64_t i = 1; i < number && i <= ROWS && seconds < 1e9; i++)
		seconds *= (double)retry->multiplier / 1000;
	return (int64_t)(seconds * SECOND);
}

static void take_value(uint64_t *into, bool *known, const xmlNode *entry)
{
	char *text = xml_child_text(entry, "Value"), *end = text;
	unsigned long value = text ? strtoul(text, &end, 10) : 0;

	if (text && *text && !*end && value > 0 && value <= VALUE_MOST) {
		*into = value;
		*known = true;
	}
	free(text);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && !strcmp(text + length - tail, end);
}

void cwmp_retry_take(struct cwmp_retry *retry, const struct message *message)
{
	const xmlNode *entry = xml_child(xml_child(message->body, "ParameterList"), NULL);

	for (; entry; entry = xml_next(entry, NULL)) {
		const char *name = xml_plain_text(xml_child(entry, "Name"));

		if (!name)
			continue;
		if (ends_with(name, ".CWMPRetryMinimumWaitInterval"))
			take_value(&retry->minimum, &retry->minimum_known, entry);
		else if (ends_with(name, ".CWMPRetryIntervalMultiplier"))
			take_value(&retry->multiplier, &retry->multiplier_known, entry);
	}
}

void cwmp_retry_bootstrap(struct cwmp_retry *retry, bool first)
{
	bool defaults = cwmp_retry_known(retry) && retry->minimum == CWMP_RETRY_MINIMUM &&
			retry->multiplier == MULTIPLIER;

	*retry = cwmp_retry_defaults(first || defaults);
}
