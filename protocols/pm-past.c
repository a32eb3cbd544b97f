#include "protocols/pm-past.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"
#include "protocols/pm-file.h"
#include "protocols/xml.h"

static struct pm_delivery *delivery_of(struct pm_past *past, const struct pm_delivery *like)
{
	for (unsigned i = 0; i < past->count; i++)
		if (address_same_host(&past->list[i].sender, &like->sender) &&
		    strcmp(past->list[i].element, like->element) == 0)
			return &past->list[i];
	return NULL;
}

/* What this host delivered last. */
static struct pm_delivery *delivery_last(struct pm_past *past, const struct address *sender)
{
	struct pm_delivery *last = NULL;

	for (unsigned i = 0; i < past->count; i++)
		if (address_same_host(&past->list[i].sender, sender) &&
		    (!last || past->list[i].time >= last->time))
			last = &past->list[i];
	return last;
}

static struct pm_delivery *delivery_new(struct pm_past *past)
{
	struct pm_delivery *delivery;

	if (past->count < PM_DEVICES_MOST)
		return &past->list[past->count++];
	delivery = &past->list[past->next];
	past->next = (past->next + 1) % PM_DEVICES_MOST;
	return delivery;
}

/* A number of seconds; false when it is not known. */
static bool seconds_of(const xmlNode *facet, const char *name, int64_t *seconds)
{
	char *text = xml_attribute(facet, name);
	bool known = text && *text;

	if (known)
		*seconds = strtoll(text, NULL, 10);
	free(text);
	return known;
}

static bool has_text(const xmlNode *node, const char *name, const char *wanted)
{
	char *text = xml_attribute(node, name);
	bool is = text && strcmp(text, wanted) == 0;

	free(text);
	return is;
}

static void describe(xmlNode *facet, const struct pm_delivery *before,
		     const struct pm_delivery *now)
{
	xmlNode *node = message_child(facet, "previous", NULL);
	bool same = before->begin == now->begin && before->end == now->end;
	int64_t waited = (now->time - before->time) / 1000000;
	bool steady = before->report == now->report && now->report >= 0 && !before->longer &&
		      !now->longer && 2 * waited <= 3 * now->report;
	int64_t begin = before->begin > now->begin ? before->begin : now->begin;
	int64_t end = before->end < now->end ? before->end : now->end;

	message_attribute(node, "begin-at", "%" PRId64, before->begin);
	message_attribute(node, "end-at", "%" PRId64, before->end);
	message_attribute(node, "gap", "%" PRId64, now->begin - before->end);
	message_attribute(node, "same", "%s", same ? "true" : "false");
	message_attribute(node, "taken", "%s", before->taken ? "true" : "false");
	message_attribute(node, "steady", "%s", steady ? "true" : "false");
	if (steady && !same && end > begin) {
		message_attribute(node, "overlap", "%" PRId64, end - begin);
		message_attribute(node, "twentieth", "%.2f", (double)now->report / 20);
	}
	message_attribute(node, "waited", "%" PRId64, waited);
}

static void look_at_contents(struct pm_past *past, struct message *message)
{
	struct pm_delivery now = { .sender = message->source, .time = message->time }, *before;
	char *element;

	if (!pm_file_describe(message) || !has_text(message->body, "whole", "true"))
		return;
	xmlNode *facet = message_facet(message, "pm");

	if (!seconds_of(facet, "begin-at", &now.begin) || !seconds_of(facet, "end-at", &now.end))
		return;
	if (!seconds_of(facet, "report", &now.report))
		now.report = -1;
	now.longer = has_text(facet, "longer", "true");
	element = xml_attribute(facet, "element");
	memory_place(now.element, sizeof(now.element), element ? element : "");
	free(element);
	before = delivery_of(past, &now);
	if (before)
		describe(facet, before, &now);
	else
		before = delivery_new(past);
	*before = now;
}

void pm_past_look(struct pm_past *past, struct message *message)
{
	struct pm_delivery *delivery;

	if (strcmp(message->protocol, "file") != 0)
		return;
	if (strcmp(message->name, "FileContents") == 0)
		look_at_contents(past, message);
	if (strcmp(message->name, "FilePutResponse") != 0)
		return;
	delivery = delivery_last(past, &message->destination);
	if (delivery && has_text(message->body, "outcome", "ok"))
		delivery->taken = true;
}
