#include "protocols/cwmp-announced.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

static void add(struct cwmp_announced *announced, const xmlNode *event)
{
	char *key = xml_child_text(event, "CommandKey");

	if (!key || announced->count == LIMIT_SESSION_TRANSFERS || strlen(key) > LIMIT_SESSION_ID) {
		free(key);
		return;
	}
	announced->keys = memory_resize(announced->keys, announced->count + 1,
					sizeof(*announced->keys));
	announced->keys[announced->count++] = key;
}

void cwmp_announced_inform(struct cwmp_announced *announced, const struct message *inform)
{
	const xmlNode *list = xml_child(inform->body, "Event"), *event;

	for (event = xml_child(list, NULL); event; event = xml_next(event, NULL)) {
		const xmlNode *code = xml_child(event, "EventCode");
		const char *text = code ? xml_plain_text(code) : NULL;

		if (!text)
			continue;
		if (!strcmp(text, "M Download") || !strcmp(text, "M Upload"))
			add(announced, event);
		announced->autonomous |= !strcmp(text, "10 AUTONOMOUS TRANSFER COMPLETE");
		announced->download |= !strcmp(text, "9 REQUEST DOWNLOAD");
	}
}

void cwmp_announced_said(struct cwmp_announced *announced, const struct message *message)
{
	char *key;

	if (!strcmp(message->name, "AutonomousTransferComplete"))
		announced->autonomous = false;
	if (!strcmp(message->name, "RequestDownload"))
		announced->download = false;
	if (strcmp(message->name, "TransferComplete") != 0)
		return;
	key = xml_child_text(message->body, "CommandKey");
	for (size_t i = 0; key && i < announced->count; i++) {
		if (strcmp(announced->keys[i], key) != 0)
			continue;
		free(announced->keys[i]);
		announced->keys[i] = announced->keys[--announced->count];
		break;
	}
	free(key);
}

void cwmp_announced_describe(const struct cwmp_announced *announced, xmlNode *facet)
{
	if (announced->count)
		message_attribute(facet, "untold", "%s", announced->keys[0]);
	if (announced->autonomous || announced->download)
		message_attribute(facet, "not-said", "%s",
				  announced->autonomous ? "AutonomousTransferComplete"
							: "RequestDownload");
}

void cwmp_announced_clear(struct cwmp_announced *announced)
{
	for (size_t i = 0; i < announced->count; i++)
		free(announced->keys[i]);
	free(announced->keys);
	*announced = (struct cwmp_announced){0};
}
