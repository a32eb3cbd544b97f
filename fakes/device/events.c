#include "fakes/device/events.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void remove_at(struct events *events, size_t index)
{
	memmove(&events->list[index], &events->list[index + 1],
		(events->count - index - 1) * sizeof(*events->list));
	events->count--;
}

static bool is_command_event(const struct event *event)
{
	return event->code[0] == 'M';
}

/* Delivered by TransferCompleteResponse or AutonomousTransferCompleteResponse, not by InformResponse. */
static bool is_transfer(const struct event *event)
{
	return !strcmp(event->code, "7 TRANSFER COMPLETE") ||
	       !strcmp(event->code, "10 AUTONOMOUS TRANSFER COMPLETE") ||
	       !strcmp(event->code, "M Download") || !strcmp(event->code, "M Upload");
}

static void make_room(struct events *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (is_command_event(&events->list[i])) {
			remove_at(events, i);
			return;
		}
	remove_at(events, 0);
}

/* Where an event goes: in front of those with greater numbers, in the order of TR-069 3.7.1.5. */
static struct event *place_for(struct events *events, const char *code)
{
	unsigned long number = strtoul(code, NULL, 10);
	size_t at = isdigit((unsigned char)*code) ? 0 : events->count;

	while (at < events->count && strtoul(events->list[at].code, NULL, 10) <= number)
		at++;
	memmove(&events->list[at + 1], &events->list[at],
		(events->count++ - at) * sizeof(*events->list));
	return &events->list[at];
}

void events_add(struct events *events, const char *code, const char *key)
{
	/* An event that comes again while the Inform with the first is under way is a new one. */
	for (size_t i = 0; i < events->count; i++)
		if (!strcmp(events->list[i].code, code) && !strcmp(events->list[i].key, key) &&
		    !events->list[i].sent)
			return;
	if (!strcmp(code, "0 BOOTSTRAP"))
		events->count = 0;
	if (events->count == EVENTS_MOST)
		make_room(events);
	struct event *event = place_for(events, code);
	snprintf(event->code, sizeof(event->code), "%s", code);
	snprintf(event->key, sizeof(event->key), "%s", key);
	event->sent = false;
}

bool events_have(const struct events *events, const char *code)
{
	for (size_t i = 0; i < events->count; i++)
		if (!strcmp(events->list[i].code, code))
			return true;
	return false;
}

void events_remove(struct events *events, const char *code)
{
	for (size_t i = events->count; i > 0; i--)
		if (!strcmp(events->list[i - 1].code, code))
			remove_at(events, i - 1);
}

void events_mark_sent(struct events *events)
{
	for (size_t i = 0; i < events->count; i++)
		events->list[i].sent = true;
}

void events_delivered(struct events *events)
{
	for (size_t i = events->count; i > 0; i--) {
		struct event *event = &events->list[i - 1];
		if (event->sent && !is_transfer(event))
			remove_at(events, i - 1);
	}
}

void events_failed(struct events *events)
{
	/* "6 CONNECTION REQUEST" must not be retried (TR-069 3.7.1.5): one that came in the
	 * session's time and was accepted (unsent) is another and stays. */
	for (size_t i = events->count; i > 0; i--) {
		struct event *event = &events->list[i - 1];
		if (event->sent && !strcmp(event->code, "6 CONNECTION REQUEST"))
			remove_at(events, i - 1);
		else
			event->sent = false;
	}
	for (size_t i = events->count; i > 1; i--)
		for (size_t k = 0; k < i - 1; k++)
			if (!strcmp(events->list[k].code, events->list[i - 1].code) &&
			    !strcmp(events->list[k].key, events->list[i - 1].key)) {
				remove_at(events, i - 1);
				break;
			}
}

void events_transfer_delivered(struct events *events, const char *key)
{
	bool more = false;

	for (size_t i = events->count; i > 0; i--) {
		struct event *event = &events->list[i - 1];
		if (!is_transfer(event) || !is_command_event(event))
			continue;
		if (!strcmp(event->key, key))
			remove_at(events, i - 1);
		else
			more = true;
	}
	if (!more)
		events_remove(events, "7 TRANSFER COMPLETE");
}
