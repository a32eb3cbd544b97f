/*
 * events: what a device still has to tell its HMS (TR-069 3.7.1.5, A.3.3.1).
 *
 * 4 VALUE CHANGE is not kept here: it is there whenever a changed parameter is (state.h).
 */
#ifndef FAKES_DEVICE_EVENTS_H
#define FAKES_DEVICE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

#define EVENTS_MOST 64

struct event {
	char code[65];
	char key[33];
	bool sent; /* stands in the Inform under way */
};

struct events {
	struct event list[EVENTS_MOST];
	size_t count;
};

/* Adds one: a single event not twice, an M event once per CommandKey. 0 BOOTSTRAP discards all
 * others; when the list is full, the oldest M event goes. */
void events_add(struct events *events, const char *code, const char *key);
bool events_have(const struct events *events, const char *code);
void events_remove(struct events *events, const char *code);
void events_mark_sent(struct events *events);
/* The InformResponse came: what it delivers is gone. */
void events_delivered(struct events *events);
/* The session failed: all are unsent again; a Connection Request is not retried. */
void events_failed(struct events *events);
void events_transfer_delivered(struct events *events, const char *key);

#endif
