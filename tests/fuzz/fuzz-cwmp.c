/*
 * The quick reader and libxml2 make the same document. What can be decoded can be written, and
 * decoded again under the same name.
 */
#include <libxml/tree.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/cwmp.h"
#include "protocols/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static void compare(const struct message *message, const uint8_t *octets, size_t length)
{
	struct message *slow = cwmp_decode_slowly(octets, length);
	xmlChar *quick_text, *slow_text;
	int quick_length, slow_length;

	xmlDocDumpMemory(message->document, &quick_text, &quick_length);
	xmlDocDumpMemory(slow->document, &slow_text, &slow_length);
	if (quick_length != slow_length || memcmp(quick_text, slow_text, (size_t)slow_length))
		abort();
	xmlFree(quick_text);
	xmlFree(slow_text);
	message_free(slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct message *message = cwmp_decode(octets, length), *again;
	struct cwmp_style style = {0};
	struct buffer out = {0};

	compare(message, octets, length);
	style.id = cwmp_id(message);
	if (cwmp_method_find(message->name)) {
		cwmp_encode(message->body, &style, &out);
		again = cwmp_decode(out.octets, out.length);
		if (strcmp(again->name, message->name))
			abort();
		message_free(again);
		buffer_free(&out);
	}
	free((char *)style.id);
	message_free(message);
	xmlFreeDoc(xml_parse(octets, length, NULL));
	return 0;
}
