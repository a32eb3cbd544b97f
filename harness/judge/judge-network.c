/* What goes on beside CWMP: tunnels (IKE, ESP), the backhaul (SCTP, S1AP, HNBAP) and files. A chart
 * that has none of it says nothing of it: a cell that needs a tunnel builds one in any scenario. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/judge/judge-state.h"
#include "protocols/ikev2-names.h"
#include "protocols/message-names.h"
#include "protocols/xml.h"

#define DEPTH 64 /* of fragments in fragments: the language allows fewer */

static bool is_tunnel(const char *protocol)
{
	return strcmp(protocol, "ike") == 0 || strcmp(protocol, "esp") == 0;
}

static bool is_backhaul(const char *protocol)
{
	return strcmp(protocol, "sctp") == 0 || strcmp(protocol, "s1ap") == 0 ||
	       strcmp(protocol, "hnbap") == 0;
}

/* A delivery begins with a FilePut, a fetch with a FileGet: a cell does the one while the other is on. */
static bool is_delivery(const char *message)
{
	return strncmp(message, "FilePut", 7) == 0;
}

static bool is_fetch(const char *message)
{
	return strncmp(message, "FileGet", 7) == 0;
}

static void look_at(struct judge *judge, const struct arrow *arrow)
{
	const struct message_name *row = message_name_find(arrow->message);

	if (!row || row->plumbing)
		return;
	judge->speaks_of_tunnels |= is_tunnel(row->protocol);
	judge->speaks_of_backhaul |= is_backhaul(row->protocol);
	judge->speaks_of_fetches |= is_fetch(arrow->message);
	judge->speaks_of_deliveries |= is_delivery(arrow->message);
}

/* never: what must not come is no part of the procedure that a chart has. */
static void look_through(struct judge *judge, const struct sequence *sequence, int depth)
{
	for (; sequence && depth < DEPTH; sequence = sequence->next)
		for (const struct item *item = sequence->first; item; item = item->next) {
			if (item->kind == ITEM_ARROW)
				look_at(judge, item->arrow);
			else if (item->kind != ITEM_NEVER)
				look_through(judge, item->branches, depth + 1);
		}
}

void network_prepare(struct judge *judge)
{
	look_through(judge, judge->chart->body, 0);
}

static bool is_gateway(const char *role)
{
	return strcmp(role, "initial-segw") == 0 || strcmp(role, "serving-segw") == 0;
}

bool network_same_role(const struct judge *judge, const char *a, const char *b)
{
	struct judge *asked = (struct judge *)(uintptr_t)judge;
	const char *initial, *serving;

	if (strcmp(a, b) == 0)
		return true;
	if (!is_gateway(a) || !is_gateway(b))
		return false;
	initial = judge_variable(asked, "initial-segw.host");
	serving = judge_variable(asked, "serving-segw.host");
	return initial && serving && strcasecmp(initial, serving) == 0;
}

static bool has_payload(const struct message *message, const char *payload, const char *attribute,
			const char *value)
{
	const xmlNode *node = xml_child(message->body, payload);
	bool found = false;

	for (; node && !found; node = xml_next(node, payload)) {
		char *is = attribute ? xml_attribute(node, attribute) : NULL;

		found = !attribute || (is && strcmp(is, value) == 0);
		free(is);
	}
	return found;
}

/* RFC 7296 1.4, 2.4: nothing in it, and the answer to that. With words that are no errors it is a
 * question as well, or news of addresses and settings (RFC 7296 3.10.1, RFC 4555 3). */
static bool is_probe(const struct message *message)
{
	const xmlNode *node = xml_child(message->body, "N");

	if (strncmp(message->name, "IkeInformational", 16) != 0 ||
	    has_payload(message, "D", NULL, NULL))
		return false;
	for (; node; node = xml_next(node, "N")) {
		char *number = xml_attribute(node, "number");
		bool status = number && strtol(number, NULL, 10) >= IKEV2_FIRST_STATUS;

		free(number);
		if (!status)
			return false;
	}
	return true;
}

/* RFC 7296 1.3: a new SA in place of an old one, or one more between two ends that know each other. */
static bool is_child(const struct message *message)
{
	return strcmp(message->name, "CreateChildSa") == 0;
}

static bool facet_says(const struct message *message, const char *name)
{
	char *value = xml_attribute(xml_child(xmlDocGetRootElement(message->document), "ike"),
				    name);
	bool is = value != NULL;

	free(value);
	return is;
}

/* RFC 7296 2.8.3: an IKE SA beside the one that is up, in its place. Who begins because it knows of
 * none says so (2.4), and that is a step. */
static bool is_authentication_anew(const struct message *message)
{
	return (strncmp(message->name, "IkeSaInit", 9) == 0 ||
		strncmp(message->name, "IkeAuth", 7) == 0) &&
	       facet_says(message, "beside") &&
	       !has_payload(message, "N", "type", "INITIAL_CONTACT");
}

/* RFC 7296 2.8: whoever rekeys deletes the old SA. A Child SA that is deleted alone ends nothing that
 * another does not take up, or that is not asked for anew. */
static bool is_deletion_of_old(const struct message *message)
{
	if (strcmp(message->name, "IkeInformational") != 0)
		return false;
	if (has_payload(message, "D", "protocol", "IKE"))
		return facet_says(message, "replaced");
	return has_payload(message, "D", "protocol", "ESP");
}

/* Exchanges that two ends agreed on beside those of RFC 7296, as IKE_INTERMEDIATE (RFC 9242): what
 * they prepare, IKE_AUTH or CREATE_CHILD_SA brings about. */
static bool is_of_an_extension(const struct message *message)
{
	return strcmp(message->name, "IkeOther") == 0;
}

bool network_background(const struct judge *judge, const struct message *message)
{
	if (is_tunnel(message->protocol))
		return !judge->speaks_of_tunnels || is_probe(message) || is_child(message) ||
		       is_deletion_of_old(message) || is_of_an_extension(message) ||
		       is_authentication_anew(message) ||
		       strcmp(message->name, "CreateChildSaResponse") == 0 ||
		       strcmp(message->name, "IkeInformationalResponse") == 0;
	if (is_backhaul(message->protocol))
		return !judge->speaks_of_backhaul;
	return (is_fetch(message->name) && !judge->speaks_of_fetches) ||
	       (is_delivery(message->name) && !judge->speaks_of_deliveries);
}
