#include "protocols/cwmp-values.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp-past.h"
#include "protocols/memory.h"
#include "protocols/pm-file.h"
#include "protocols/xml.h"

void cwmp_values_clear(struct cwmp_values *values)
{
	const bool attribute = values->attribute; /* a reset alone changes it back, which is not always seen */

	free(values->list);
	*values = (struct cwmp_values){ .attribute = attribute };
}

/* The place of the parameter, NULL when there is none and it is not to be made, or no room. */
static struct cwmp_value *find(struct cwmp_values *values, const char *name, bool make)
{
	uint64_t hash = cwmp_past_hash(name);
	size_t place = hash % CWMP_VALUES_MOST;

	if (!values->list && !make)
		return NULL;
	if (!values->list)
		values->list = memory_new(CWMP_VALUES_MOST * sizeof(*values->list));
	while (values->list[place].name && values->list[place].name != hash)
		place = (place + 1) % CWMP_VALUES_MOST;
	if (values->list[place].name)
		return &values->list[place];
	if (!make || values->count + 1 >= CWMP_VALUES_MOST)
		return NULL;
	values->count++;
	values->list[place].name = hash;
	return &values->list[place];
}

/* The sum of its items, so that their order does not count. */
static uint64_t hash_of_list(char *items)
{
	uint64_t sum = 0;
	char *rest = items;

	for (char *item; (item = strsep(&rest, ","));)
		sum += cwmp_past_hash(item);
	return sum ? sum : 1;
}

/* Without white space, a truth and a time in one spelling, a list in any order: how a value is written
 * need not be how it is read. */
static uint64_t hash_of(const char *value)
{
	char *plain = memory_text(value), time[32];
	size_t length = 0;
	int64_t seconds;
	bool zoned;
	uint64_t hash;

	for (const char *at = value; *at; at++)
		if (!isspace((unsigned char)*at))
			plain[length++] = (char)tolower((unsigned char)*at);
	plain[length] = '\0';
	snprintf(time, sizeof(time), "%.31s", value);
	if (length < sizeof(time) && pm_time_parse(time, &seconds, &zoned) == 0 && zoned) {
		snprintf(time, sizeof(time), "time %lld", (long long)seconds);
		hash = cwmp_past_hash(time);
	} else if (strchr(plain, ',')) {
		hash = hash_of_list(plain);
	} else {
		hash = cwmp_past_hash(!strcmp(plain, "true")	? "1"
				      : !strcmp(plain, "false") ? "0"
								: plain);
	}
	free(plain);
	return hash;
}

/* Calls for each parameter of a list until that gives false. */
typedef bool (*each)(struct cwmp_values *values, const char *name, uint64_t hash, void *context);

static void for_each(struct cwmp_values *values, const struct message *message, each look,
		     void *context)
{
	const xmlNode *at = xml_child(xml_child(message->body, "ParameterList"), NULL);
	bool more = true;

	for (; at && more; at = xml_next(at, NULL)) {
		char *name = xml_child_text(at, "Name"), *value = xml_child_text(at, "Value");

		if (name && value)
			more = look(values, name, hash_of(value), context);
		free(name);
		free(value);
	}
}

static bool ends(const char *name, const char *tail)
{
	size_t length = strlen(name), size = strlen(tail);

	return length >= size && !strcmp(name + length - size, tail);
}

/* --- Inform --- */

struct telling {
	bool change, quiet; /* 4 VALUE CHANGE is there; nothing may be said */
	bool none;          /* no parameter that is another was seen, and none that is not known */
	bool own;           /* but one that the HMS wrote */
	xmlNode *facet;
};

/* Forced into each Inform, and told of by default (forceEnabled or forceDefaultEnabled). */
static bool is_told_of(const struct cwmp_values *values, const char *name)
{
	if (ends(name, ".DeviceInfo.SoftwareVersion") || ends(name, ".DeviceInfo.ProvisioningCode"))
		return true;
	return !values->attribute && (ends(name, ".ManagementServer.ConnectionRequestURL") ||
				      ends(name, ".OpState") || ends(name, ".RFTxStatus"));
}

static bool tell(struct cwmp_values *values, const char *name, uint64_t hash, void *context)
{
	struct telling *telling = context;
	struct cwmp_value *value = find(values, name, true);
	bool same = value && hash == (value->written ? value->written : value->told);

	/* It changes with each write. */
	telling->none &= same || ends(name, ".ManagementServer.ParameterKey");
	telling->own |= same && value->written && value->written != value->told;
	if (!telling->change && !telling->quiet && value && value->told && !same &&
	    !values->touched && is_told_of(values, name)) {
		message_attribute(telling->facet, "change-untold", "%.256s", name);
		telling->quiet = true;
	}
	if (value)
		value->telling = hash;
	return true;
}

void cwmp_values_inform(struct cwmp_values *values, const struct message *inform, bool anew,
			xmlNode *facet)
{
	struct telling telling = {
		.change = cwmp_has_event(inform, "4 VALUE CHANGE"),
		.none = xml_child(xml_child(inform->body, "ParameterList"), NULL) != NULL,
		.facet = facet,
	};

	/* A boot may clear what changed before it. */
	telling.quiet = cwmp_has_event(inform, "1 BOOT") || cwmp_has_event(inform, "0 BOOTSTRAP");
	if (cwmp_has_event(inform, "0 BOOTSTRAP"))
		cwmp_values_clear(values);
	for_each(values, inform, tell, &telling);
	if (telling.change && telling.none && telling.own && anew)
		message_attribute(facet, "changes", "own");
}

void cwmp_values_told(struct cwmp_values *values)
{
	for (size_t i = 0; values->list && i < CWMP_VALUES_MOST; i++) {
		struct cwmp_value *value = &values->list[i];

		value->fresh = value->telling != 0;
		if (!value->telling)
			continue;
		value->told = value->telling;
		value->telling = value->written = 0;
	}
	values->touched = false;
}

/* --- SetParameterValues --- */

static bool ask(struct cwmp_values *values, const char *name, uint64_t hash, void *context)
{
	struct cwmp_value *value = find(values, name, true);

	(void)context;
	if (!value)
		return true;
	value->asked = hash;
	value->trigger = hash == cwmp_past_hash("1");
	value->diagnostics = ends(name, ".DiagnosticsState");
	return true;
}

void cwmp_values_asked(struct cwmp_values *values, const struct message *request)
{
	for (size_t i = 0; values->list && i < CWMP_VALUES_MOST; i++)
		values->list[i].asked = 0;
	for_each(values, request, ask, NULL);
}

/* What is known of it in this session begins anew with the session. */
static void enter(struct cwmp_value *value, uint64_t session)
{
	if (value->session == session)
		return;
	value->session = session;
	value->shown = value->refused = 0;
	value->applied = false;
}

void cwmp_values_obeyed(struct cwmp_values *values)
{
	for (size_t i = 0; values->list && i < CWMP_VALUES_MOST; i++)
		values->list[i].refused = 0;
}

/* What is read only was not refused for its value, and changes by itself: nothing is said of it. */
static void leave_read_only(struct cwmp_values *values, const struct message *fault)
{
	const xmlNode *at = xml_child(fault->body, "SetParameterValuesFault");

	for (; at; at = xml_next(at, "SetParameterValuesFault")) {
		char *name = xml_child_text(at, "ParameterName");
		char *code = xml_child_text(at, "FaultCode");
		struct cwmp_value *value = name ? find(values, name, false) : NULL;

		if (value && code && !strcmp(code, "9008"))
			value->asked = 0;
		free(code);
		free(name);
	}
}

void cwmp_values_answered(struct cwmp_values *values, uint64_t session, int status,
			  const struct message *answer)
{
	if (status < 0)
		leave_read_only(values, answer);
	else
		cwmp_values_obeyed(values);
	for (size_t i = 0; values->list && i < CWMP_VALUES_MOST; i++) {
		struct cwmp_value *value = &values->list[i];

		if (!value->asked)
			continue;
		enter(value, session);
		value->refused = status < 0 ? value->asked : 0;
		if (status >= 0) {
			value->written = value->asked;
			value->applied = status == 0 && !value->diagnostics; /* which it goes on with */
			value->shown = 0; /* it was that before */
		}
		value->asked = 0;
	}
	values->touched |= status >= 0;
}

/* --- GetParameterValuesResponse --- */

struct showing {
	uint64_t session;
	bool lost, refused; /* said already */
	xmlNode *facet;
};

static bool show(struct cwmp_values *values, const char *name, uint64_t hash, void *context)
{
	struct showing *showing = context;
	struct cwmp_value *value = find(values, name, true);
	uint64_t before;

	if (!value)
		return true;
	enter(value, showing->session);
	/* Of what was seen before this session, a device may have changed something by itself. */
	before = value->shown	  ? value->shown
		 : value->applied ? value->written
		 : value->fresh	  ? value->told
				  : 0;
	/* What is hidden is read as empty; a command is false when it is done. */
	if (value->applied && !showing->lost && hash != value->written &&
	    hash != cwmp_past_hash("") &&
	    !(value->trigger && hash == cwmp_past_hash("0"))) {
		message_attribute(showing->facet, "not-applied", "%.256s", name);
		showing->lost = true;
	}
	if (value->refused && !showing->refused && hash == value->refused && before &&
	    before != hash && (value->applied || value->written != hash)) { /* or it takes effect now */
		message_attribute(showing->facet, "refused-applied", "%.256s", name);
		showing->refused = true;
	}
	value->shown = hash;
	return true;
}

void cwmp_values_shown(struct cwmp_values *values, uint64_t session, const struct message *answer,
		       xmlNode *facet)
{
	struct showing showing = {.session = session, .facet = facet};

	for_each(values, answer, show, &showing);
}
