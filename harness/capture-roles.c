#include "harness/capture-roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "protocols/hnbap.h"
#include "protocols/ikev2.h"
#include "protocols/memory.h"
#include "protocols/message-names.h"
#include "protocols/xml.h"

/* An attribute of a facet; new memory, NULL: it is not there. */
static char *facet_says(const struct message *message, const char *facet, const char *attribute)
{
	return xml_attribute(xml_child(xmlDocGetRootElement(message->document), facet),
			     attribute);
}

static bool chart_has_role(const struct chart *chart, const char *role)
{
	for (size_t i = 0; i < chart->role_count; i++)
		if (strcmp(chart->roles[i].text, role) == 0)
			return true;
	for (size_t i = 0; i < chart->after_count; i++)
		if (chart_has_role(chart->after[i], role))
			return true;
	return false;
}

static const char *inferred_role(const struct capture_roles *roles, const struct address *address,
				 bool host_only, enum role_kind kind)
{
	for (size_t i = roles->count; i-- > 0;) {
		const struct inferred *inferred = &roles->list[i];

		if (role_find(inferred->role)->kind != kind)
			continue;
		if (host_only ? address_same_host(&inferred->address, address)
			      : address_same(&inferred->address, address))
			return inferred->role;
	}
	return NULL;
}

static bool inferred_any(const struct capture_roles *roles, enum role_kind kind)
{
	for (size_t i = 0; i < roles->count; i++)
		if (role_find(roles->list[i].role)->kind == kind)
			return true;
	return false;
}

static bool role_taken(const struct capture_roles *roles, const char *role)
{
	for (size_t i = 0; i < roles->count; i++)
		if (strcmp(roles->list[i].role, role) == 0)
			return true;
	return false;
}

/* Does the profile say where this role is? Then no other place is taken for it. */
static bool role_placed(const struct capture_roles *roles, const char *role)
{
	char name[ROLE_NAME + 16];

	snprintf(name, sizeof(name), "%s.address", role);
	return profile_variable(roles->profile, name) != NULL;
}

/* Of gateways only the host counts: IKE moves from port 500 to 4500, ESP has none. They are known
 * without a chart that has them: what is said to them is no step of it, but rules look at it. */
static bool is_portless(enum role_kind kind)
{
	return kind == ROLE_SEGW || kind == ROLE_MME || kind == ROLE_HNB_GW;
}

/* The candidates for each kind, in the order in which a device comes to know them. */
static const char *next_role(const struct capture_roles *roles, enum role_kind kind)
{
	bool henb = strcmp(profile_device(roles->profile), "henb") == 0;
	const char *const hms[] = { henb ? "initial-hems" : "initial-hms",
				    henb ? "serving-hems" : "serving-hms" };
	const char *const dns[] = { henb ? "public-dns" : "outer-dns",
				    henb ? "private-dns" : "inner-dns" };
	static const char *const segw[] = { "initial-segw", "serving-segw" };
	static const char *const mme[] = { "mme", "second-mme" };
	static const char *const hnb_gw[] = { "hnb-gw", "second-hnb-gw" };
	static const char *const files[] = { "file-server", NULL };
	const char *const *candidates = kind == ROLE_HMS	 ? hms
					: kind == ROLE_SEGW	 ? segw
					: kind == ROLE_MME	 ? mme
					: kind == ROLE_HNB_GW ? hnb_gw
					: kind == ROLE_FILE_SERVER ? files
							      : dns;

	for (size_t i = 0; i < 2 && candidates[i]; i++)
		if ((is_portless(kind) || chart_has_role(roles->chart, candidates[i])) &&
		    !role_taken(roles, candidates[i]) && !role_placed(roles, candidates[i]))
			return candidates[i];
	return NULL;
}

static void publish(struct capture_roles *roles, const char *role, const struct address *address)
{
	char text[ADDRESS_TEXT], port[8];

	bench_publish(roles->bench, role, "address", address_host(address, text));
	if (roles->infer_names && !roles->name_asked)
		bench_publish(roles->bench, role, "host", address_host(address, text));
	snprintf(port, sizeof(port), "%u", address->port);
	bench_publish(roles->bench, role, "port", port);
}

static const char *infer(struct capture_roles *roles, const struct message *message,
			 const struct address *address, enum role_kind kind)
{
	const char *role = inferred_role(roles, address, is_portless(kind) ||
							     kind == ROLE_FILE_SERVER, kind);
	char text[ADDRESS_TEXT], sentence[256];

	if (role)
		return role;
	role = next_role(roles, kind);
	if (!role || roles->count == INFERRED_LIMIT)
		return "";
	roles->list[roles->count++] = (struct inferred){ *address, role };
	publish(roles, role, address);
	snprintf(sentence, sizeof(sentence),
		 "%s is taken for the %s: the device sends its %s there",
		 address_text(address, text), role, message->name);
	roles->say(roles->context, message->time, sentence);
	return role;
}

/* What the other end of a message of this protocol is. */
static enum role_kind kind_of(const struct message *message)
{
	char *port = NULL;
	enum role_kind kind = ROLE_HMS;

	if (strcmp(message->protocol, "dns") == 0)
		return ROLE_DNS;
	if (strcmp(message->protocol, "ike") == 0 || strcmp(message->protocol, "esp") == 0)
		return ROLE_SEGW;
	if (strcmp(message->protocol, "s1ap") == 0)
		return ROLE_MME;
	if (strcmp(message->protocol, "hnbap") == 0)
		return ROLE_HNB_GW;
	if (strcmp(message->protocol, "file") == 0)
		return ROLE_FILE_SERVER;
	if (strcmp(message->protocol, "sctp") == 0) {
		port = facet_says(message, "sctp", "port");
		kind = port && strtol(port, NULL, 10) == HNBAP_PORT ? ROLE_HNB_GW : ROLE_MME;
		free(port);
	}
	return kind;
}

/* Of an element that the profile places, the port is where the device goes. */
static void publish_port(struct capture_roles *roles, const char *role,
			 const struct address *address)
{
	enum role_kind kind = role_find(role)->kind;
	char name[ROLE_NAME + 8], port[8];

	snprintf(name, sizeof(name), "%s.port", role);
	if ((kind != ROLE_MME && kind != ROLE_HNB_GW) || bench_variable(roles->bench, name))
		return;
	snprintf(port, sizeof(port), "%u", address->port);
	bench_publish(roles->bench, role, "port", port);
}

/* Which role an element other than the device has; "" = one that the scenario does not know. */
static const char *other_role(struct capture_roles *roles, const struct message *message,
			      const struct address *address)
{
	const char *known = bench_speaker(roles->bench, address, message->protocol);
	bool request = strncmp(message->name, "ConnectionRequest", 17) == 0;

	if (known && role_find(known)->kind != ROLE_DEVICE) {
		publish_port(roles, known, address);
		return known;
	}
	if (request) { /* from any port of the HMS, or of whoever asks for it */
		const char *role = inferred_role(roles, address, true, ROLE_HMS);

		return role ? role : "";
	}
	if (strncmp(message->name, "Http", 4) == 0 && message->session == 0) {
		known = inferred_role(roles, address, false, ROLE_HMS);
		return known ? known : "";
	}
	return infer(roles, message, address, kind_of(message));
}

static void take(struct capture_roles *roles, const xmlNode *device_id, const char *field,
		 const char *variable)
{
	char *value = xml_child_text(device_id, field);

	if (value)
		profile_set(roles->profile, variable, value);
	free(value);
}

/* The name that the device asks for before it has spoken to any HMS is its HMS's. */
static void take_name(struct capture_roles *roles, const struct message *message)
{
	bool henb = strcmp(profile_device(roles->profile), "henb") == 0;
	char *name = NULL;

	if (!roles->infer_names || roles->name_asked || strcmp(message->name, "DnsQuery") != 0 ||
	    inferred_any(roles, ROLE_HMS))
		return;
	name = xml_attribute(xml_child(message->body, "question"), "name");
	if (name)
		bench_publish(roles->bench, henb ? "initial-hems" : "initial-hms", "host", name);
	roles->name_asked = name != NULL;
	free(name);
}

/* Who the device is, from its first Inform: the profile that was not given cannot know. */
static void take_identity(struct capture_roles *roles, const struct message *message)
{
	const xmlNode *id = xml_child(message->body, "DeviceId");

	if (!roles->infer_identity || strcmp(message->name, "Inform") != 0 || !id)
		return;
	roles->infer_identity = false;
	take(roles, id, "Manufacturer", "device.manufacturer");
	take(roles, id, "OUI", "device.oui");
	take(roles, id, "ProductClass", "device.product-class");
	take(roles, id, "SerialNumber", "device.serial");
	roles->say(roles->context, message->time,
		   "no profile was given: DeviceId is taken from the first Inform, and TLS is not asked"
		   " for");
}

static bool is_profiled(const struct capture_roles *roles, const xmlNode *device_id)
{
	char *serial = xml_child_text(device_id, "SerialNumber");
	const char *wanted = profile_variable(roles->profile, "device.serial");
	bool same = serial && wanted && strcmp(serial, wanted) == 0;

	free(serial);
	return same;
}

static bool is_known(const struct capture_roles *roles, const struct address *host)
{
	for (size_t i = 0; i < DEVICE_HOSTS; i++)
		if (roles->known[i].family != 0 && address_same_host(&roles->known[i], host))
			return true;
	return false;
}

static void know_host(struct capture_roles *roles, const struct address *host)
{
	if (!is_known(roles, host))
		roles->known[roles->known_next++ % DEVICE_HOSTS] = *host;
}

/* A gateway assigned the device an address inside. */
static void take_inner(struct capture_roles *roles, const struct message *message)
{
	const xmlNode *cp = xml_child(message->body, "CP"), *node;

	if (strcmp(message->name, "IkeAuthResponse") != 0)
		return;
	for (node = xml_child(cp, "attribute"); node; node = xml_next(node, "attribute")) {
		char *type = xml_attribute(node, "type");
		xmlChar *text = xmlNodeGetContent(node);
		struct address inner = { .family = 0 };

		if (type && strstr(type, "_ADDRESS") && text &&
		    address_parse((const char *)text, &inner) == 0)
			know_host(roles, &inner);
		xmlFree(text);
		free(type);
	}
}

/* One device is judged: the host of the Inform with the profile's serial number, and until one
 * comes that of the first Inform. What other hosts say in the same capture is not its doing. */
static void take_host(struct capture_roles *roles, const struct message *message)
{
	const xmlNode *id = xml_child(message->body, "DeviceId");
	char text[ADDRESS_TEXT], sentence[200];

	if (strcmp(message->name, "Inform") != 0 || !id)
		return;
	bool profiled = is_profiled(roles, id);
	if (profiled)
		know_host(roles, &message->source);
	if (roles->device_sure)
		return;
	bool moved = roles->device.family != 0 &&
		     !address_same_host(&roles->device, &message->source);
	if (roles->device.family != 0 && !profiled)
		return;
	roles->device = message->source;
	roles->device_sure = profiled;
	if (!moved)
		return;
	snprintf(sentence, sizeof(sentence), "the device is at %s: its serial number is the profile's",
		 address_host(&roles->device, text));
	roles->say(roles->context, message->time, sentence);
}

/* Of what either end may say of a tunnel or an association: the device began both. */
static bool from_initiator(const struct message *message)
{
	char *said = xml_attribute(message->body, "from-client"); /* of ESP */
	bool from = true;

	if (!said)
		said = facet_says(message, "ike", "from-client");
	if (!said)
		said = facet_says(message, "sctp", "from-client");
	if (said)
		from = strcmp(said, "true") == 0;
	else if (strcmp(message->name, "NatKeepalive") != 0)
		from = message->destination.port == IKEV2_PORT ||
		       message->destination.port == IKEV2_NAT_PORT;
	free(said);
	return from;
}

/* Does the device stand in the message's source? What either side may say (a Fault, a body that
 * cannot be read) is told by what carries it: the device is the HTTP client. */
static bool from_device(const struct message *message)
{
	const struct message_name *name = message_name_find(message->name);

	if (strncmp(message->name, "ConnectionRequest", 17) == 0)
		return strcmp(message->name, "ConnectionRequest") != 0;
	if (name && name->side != SIDE_EITHER)
		return name->side == SIDE_CLIENT;
	if (strcmp(message->protocol, "dns") == 0)
		return message->source.port != 53;
	if (kind_of(message) != ROLE_HMS)
		return from_initiator(message);
	const xmlNode *http = xml_child(xmlDocGetRootElement(message->document), "http");
	if (http)
		return xmlHasProp((xmlNode *)(uintptr_t)http, (const xmlChar *)"method");
	/* What ends inside its first line has no head: HttpTruncated says whose it is. */
	char *by = xml_attribute(message->body, "by");
	bool client = by && strcmp(by, "client") == 0;

	free(by);
	return client;
}

/* The device has an address outside and, in a tunnel, one inside. The one where no Inform came from
 * is that of whoever began the first tunnel that it was seen to have. */
static bool is_device(struct capture_roles *roles, const struct message *message,
		      const struct address *own)
{
	bool inside = message_is_inside(message), known_inside = roles->device.place == PLACE_CORE;

	if (roles->device.family == 0 || address_same_host(&roles->device, own) ||
	    is_known(roles, own))
		return true;
	if (inside == known_inside)
		return false;
	if (strcmp(message->name, "IkeAuthResponse") == 0 && roles->other_device.family == 0)
		roles->other_device = *own;
	return roles->other_device.family == 0 || address_same_host(&roles->other_device, own);
}

/* Where the server belongs, if the profile says so. */
static void name_side(struct capture_roles *roles, struct message *message, const char *role)
{
	char name[ROLE_NAME + 16];

	if (strcmp(roles->sided, role) != 0) {
		snprintf(name, sizeof(name), "%s.side", role);
		roles->side = profile_variable(roles->profile, name);
		memory_place(roles->sided, sizeof(roles->sided), role);
	}
	if (role[0] && roles->side)
		message_attribute(message->body->parent, "side", "%s", roles->side);
}

void capture_roles_port(const struct profile *profile, struct message *message, const char *role)
{
	char name[ROLE_NAME + 16];
	const char *port;

	if (!role || strcmp(message->name, "SctpInit") != 0)
		return;
	snprintf(name, sizeof(name), "%s.%s", role, role_find(role)->kind == ROLE_MME ? "s1-port" : "iuh-port");
	port = profile_variable(profile, name);
	if (port)
		message_attribute(message->body->parent, "configured-port", "%s", port);
}

void capture_roles_name(struct capture_roles *roles, struct message *message)
{
	const char *device = profile_device(roles->profile);
	bool outward = from_device(message);

	take_name(roles, message);
	const struct address *other = outward ? &message->destination : &message->source;
	const char *role = other_role(roles, message, other);

	take_identity(roles, message);
	take_host(roles, message);
	const struct address *own = outward ? &message->source : &message->destination;
	if (!is_device(roles, message, own))
		device = "";
	else
		take_inner(roles, message);
	name_side(roles, message, role);
	capture_roles_port(roles->profile, message, role);
	memory_place(message->from, sizeof(message->from), outward ? device : role);
	memory_place(message->to, sizeof(message->to), outward ? role : device);
}
