#include "reports/readings.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"
#include "protocols/xml.h"

/* Has a finding named it ("I-04: the sentence")? id NULL: any at all. */
static bool is_named(const xmlNode *scenario, const char *id)
{
	char *name = id ? memory_format(" %s: ", id) : NULL;
	bool found = false;

	for (const xmlNode *node = scenario->children; node && !found; node = node->next) {
		char *rests = node->type == XML_ELEMENT_NODE ? xml_child_text(node, "rests") : NULL;
		char *text = rests && *rests ? memory_format(" %s", rests) : NULL;

		found = text && (!name || strstr(text, name));
		free(rests);
		free(text);
	}
	free(name);
	return found;
}

static bool is_left(const xmlNode *scenario, const xmlNode *reading)
{
	char *id = xml_attribute(reading, "id");
	bool left = id && !is_named(scenario, id);

	free(id);
	return left;
}

bool readings_any(const xmlNode *scenario)
{
	for (const xmlNode *reading = xml_child(scenario, "reading"); reading;
	     reading = xml_next(reading, "reading"))
		if (is_left(scenario, reading))
			return true;
	return false;
}

void readings_write(FILE *out, const xmlNode *scenario, const char *indent,
		    void (*put)(FILE *out, const char *text))
{
	bool also = is_named(scenario, NULL);

	for (const xmlNode *reading = xml_child(scenario, "reading"); reading;
	     reading = xml_next(reading, "reading")) {
		char *id = xml_attribute(reading, "id"), *text = xml_text(reading);

		if (is_left(scenario, reading)) {
			fprintf(out, "%s%s  %s: ", indent,
				also ? "the scenario also rests on" : "rests on", id);
			put(out, text);
			fputc('\n', out);
		}
		free(id);
		free(text);
	}
}
