/* The events of a device that no answer has taken from it (TR-069 3.7.1.5). */
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp-record.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

/* What is to be told again until its answer came. Others may be dropped. */
static const struct {
	const char *code;
	const char *response; /* by which it is delivered */
	bool reboot_ends;     /* need not be told again behind a reboot */
} kept[] = {
	{"0 BOOTSTRAP", "InformResponse", false},
	{"1 BOOT", "InformResponse", false},
	{"2 PERIODIC", "InformResponse", false},
	{"3 SCHEDULED", "InformResponse", false},
	{"4 VALUE CHANGE", "InformResponse", true},
	{"7 TRANSFER COMPLETE", "TransferCompleteResponse", false},
	{"8 DIAGNOSTICS COMPLETE", "InformResponse", true},
	{"10 AUTONOMOUS TRANSFER COMPLETE", "AutonomousTransferCompleteResponse", false},
	{"M Reboot", "InformResponse", false},
	{"M ScheduleInform", "InformResponse", false},
	{"M Download", "TransferCompleteResponse", false},
	{"M Upload", "TransferCompleteResponse", false},
};

#define KEPT (sizeof(kept) / sizeof(kept[0]))

static size_t kind_of(const char *code)
{
	size_t index = 0;

	while (index < KEPT && strcmp(kept[index].code, code) != 0)
		index++;
	return index;
}

static const xmlNode *first_event(const struct message *inform)
{
	return xml_child(xml_child(inform->body, "Event"), "EventStruct");
}

static bool child_is(const xmlNode *event, const char *name, const char *text)
{
	const xmlNode *child = xml_child(event, name);

	return child ? xml_text_is(child, text) : !*text;
}

bool cwmp_inform_has(const struct message *inform, const char *code, const char *key)
{
	const xmlNode *event = first_event(inform);

	while (event && !(child_is(event, "EventCode", code) &&
			  (!key || child_is(event, "CommandKey", key))))
		event = xml_next(event, "EventStruct");
	return event != NULL;
}

static void remove_at(struct cwmp_record *record, unsigned index)
{
	free(record->undelivered[index].code);
	free(record->undelivered[index].key);
	record->undelivered_count--;
	memmove(&record->undelivered[index], &record->undelivered[index + 1],
		(record->undelivered_count - index) * sizeof(record->undelivered[0]));
}

void cwmp_record_events_clear(struct cwmp_record *record)
{
	while (record->undelivered_count)
		remove_at(record, record->undelivered_count - 1);
}

bool cwmp_record_events_owe(const struct cwmp_record *record, const char *code)
{
	for (unsigned i = 0; i < record->undelivered_count; i++)
		if (!strcmp(record->undelivered[i].code, code))
			return true;
	return false;
}

/* Names in the facet the first event that should be there and is not, or the reverse. */
static void tell(const struct cwmp_record *record, const struct message *inform, bool failed,
		 xmlNode *facet)
{
	bool boot = cwmp_inform_has(inform, "1 BOOT", NULL);
	/* A new 0 BOOTSTRAP discards all others. */
	bool discarded = cwmp_inform_has(inform, "0 BOOTSTRAP", NULL) &&
			 !cwmp_record_events_owe(record, "0 BOOTSTRAP");
	bool dropped = false, carried = false;

	for (unsigned i = 0; i < record->undelivered_count; i++) {
		const struct cwmp_undelivered *event = &record->undelivered[i];
		size_t kind = kind_of(event->code);
		bool there = cwmp_inform_has(inform, event->code, event->key);

		if (kind == KEPT)
			continue;
		if (discarded && there && event->code[0] == 'M' && !carried) {
			message_attribute(facet, "carried", "%s", event->code);
			carried = true;
		}
		if (discarded || there || dropped || (boot && kept[kind].reboot_ends) ||
		    (!failed && !strcmp(kept[kind].response, "InformResponse")))
			continue;
		message_attribute(facet, "dropped", "%s", event->code);
		dropped = true;
	}
}

void cwmp_record_events(struct cwmp_record *record, const struct message *inform, bool failed,
			xmlNode *facet)
{
	const xmlNode *event;

	tell(record, inform, failed, facet);
	cwmp_record_events_clear(record);
	for (event = first_event(inform); event; event = xml_next(event, "EventStruct")) {
		struct cwmp_undelivered *kept_event =
			&record->undelivered[record->undelivered_count];
		char *code = xml_child_text(event, "EventCode");
		char *key = xml_child_text(event, "CommandKey");

		if (record->undelivered_count < LIMIT_RECORD_EVENTS && code && strlen(code) <= 64) {
			record->undelivered_count++;
			kept_event->code = code;
			kept_event->key = key ? key : memory_text("");
			if (strlen(kept_event->key) > LIMIT_SESSION_ID)
				kept_event->key[LIMIT_SESSION_ID] = '\0';
			continue;
		}
		free(code);
		free(key);
	}
}

/* The Inform was answered. What was ordered is told behind a boot; before it the order waits. */
static void orders_told(struct cwmp_record *record)
{
	record->url_changed = false;
	if (!cwmp_record_events_owe(record, "1 BOOT") && !cwmp_record_events_owe(record, "0 BOOTSTRAP"))
		return;
	free(record->reboot_key);
	record->reboot_key = NULL;
	record->reset = false;
}

void cwmp_record_events_told(struct cwmp_record *record, const char *response, const char *key)
{
	bool more = false;

	if (!strcmp(response, "InformResponse"))
		orders_told(record);
	for (unsigned i = record->undelivered_count; i > 0; i--) {
		const struct cwmp_undelivered *event = &record->undelivered[i - 1];
		size_t kind = kind_of(event->code);
		const char *by = kind < KEPT ? kept[kind].response : "InformResponse";

		if (strcmp(by, response) != 0 || event->code[0] == '7')
			continue;
		if (!key || strcmp(by, "TransferCompleteResponse") != 0 || !strcmp(event->key, key))
			remove_at(record, i - 1);
	}
	for (unsigned i = 0; i < record->undelivered_count; i++)
		more |= !strcmp(record->undelivered[i].code, "M Download") ||
			!strcmp(record->undelivered[i].code, "M Upload");
	for (unsigned i = record->undelivered_count; i > 0 && !more; i--)
		if (record->undelivered[i - 1].code[0] == '7')
			remove_at(record, i - 1);
}
