#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/dissector-parts.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

/* The value of ManagementServer.ConnectionRequestURL in an Inform, or NULL. */
static char *request_url(const struct message *inform)
{
	static const char wanted[] = "ManagementServer.ConnectionRequestURL";
	const xmlNode *list = xml_child(inform->body, "ParameterList"), *entry;

	for (entry = xml_child(list, NULL); entry; entry = xml_next(entry, NULL)) {
		const xmlNode *name = xml_child(entry, "Name");
		const xmlNode *text = name ? name->children : NULL;
		size_t length;

		if (!text || !text->content)
			continue;
		length = strlen((const char *)text->content);
		if (length >= sizeof(wanted) - 1 &&
		    !strcmp((const char *)text->content + length - sizeof(wanted) + 1, wanted))
			return xml_child_text(entry, "Value");
	}
	return NULL;
}

/* Host and port of "http://HOST:PORT/PATH"; a name stands for the device's own address. */
static bool url_address(const char *url, const struct address *client, struct address *address)
{
	char host[ADDRESS_TEXT];
	const char *port;
	unsigned long value = 80;
	size_t length;

	if (strncmp(url, "http://", 7))
		return false;
	url += 7;
	if (*url == '[') {
		url++;
		length = strcspn(url, "]");
		port = url + length + (url[length] == ']');
	} else {
		length = strcspn(url, ":/");
		port = url + length;
	}
	if (length >= sizeof(host))
		return false;
	memcpy(host, url, length);
	host[length] = '\0';
	if (address_parse(host, address) < 0)
		*address = *client;
	if (*port == ':')
		value = strtoul(port + 1, NULL, 10);
	if (!value || value > 65535)
		return false;
	address->port = (uint16_t)value;
	return true;
}

/* A hash of the path in "http://HOST:PORT/PATH". */
static uint64_t url_path(const char *url)
{
	const char *host = strstr(url, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;

	return cwmp_past_hash(path ? path : "/");
}

bool dissector_is_hms(const struct dissector *dissector, const struct address *server)
{
	for (size_t i = 0; i < HMS_KNOWN; i++)
		if (dissector->hms[i].port && address_same(&dissector->hms[i], server))
			return true;
	return false;
}

void dissector_hms_learn(struct dissector *dissector, const struct address *server)
{
	if (!dissector_is_hms(dissector, server))
		dissector->hms[dissector->hms_next++ % HMS_KNOWN] = *server;
}

/* It has said itself where it is. */
static void spoke_here(struct dissector *dissector, uint64_t who)
{
	for (size_t i = 0; i < dissector->device_count; i++)
		if (dissector->devices[i].who == who)
			dissector->devices[i].perhaps = (struct address){ 0 };
}

void dissector_device_learn(struct dissector *dissector, const struct address *client,
			    const struct message *inform)
{
	char *url = request_url(inform), *identity = cwmp_identity(inform);
	struct device device = {.client = *client};
	size_t index;

	if (url && !url_address(url, client, &device.requests))
		device.requests.port = 0;
	if (device.requests.port)
		device.path = url_path(url);
	device.who = cwmp_past_hash(identity);
	free(identity);
	spoke_here(dissector, device.who);
	for (index = 0; index < dissector->device_count; index++) {
		struct device *known = &dissector->devices[index];

		if (!address_same_host(&known->client, client))
			continue;
		if (url && !address_same(&known->requests, &device.requests))
			continue;
		if (url) {
			known->path = device.path;
			known->who = device.who;
		}
		break;
	}
	free(url);
	if (index < dissector->device_count)
		return;
	if (index < LIMIT_DISSECTOR_DEVICES) {
		if (!dissector->devices)
			dissector->devices = memory_new(LIMIT_DISSECTOR_DEVICES * sizeof(device));
		dissector->devices[dissector->device_count++] = device;
		return;
	}
	dissector->devices[dissector->device_next] = device;
	dissector->device_next = (dissector->device_next + 1) % LIMIT_DISSECTOR_DEVICES;
}

bool dissector_device_known(const struct dissector *dissector, const struct address *client)
{
	size_t index;

	for (index = 0; index < dissector->device_count; index++)
		if (address_same_host(&dissector->devices[index].client, client))
			return true;
	return false;
}

const struct device *dissector_device_at(const struct dissector *dissector,
					 const struct address *server)
{
	size_t index;

	for (index = 0; index < dissector->device_count; index++) {
		const struct device *device = &dissector->devices[index];

		if (!device->requests.port || device->requests.port != server->port)
			continue;
		if (address_same_host(&device->requests, server) ||
		    address_same_host(&device->client, server))
			return device;
	}
	return NULL;
}

/* Would a Connection Request of this path be this device's, were it there? */
static bool takes_alike(const struct device *device, const struct address *server, uint64_t path)
{
	return device->requests.port && device->requests.port == server->port &&
	       device->path == path;
}

/* It may be there, or another one is that never spoke here: neither is held against it. */
static void perhaps_there(struct dissector *dissector, struct device *device,
			  const struct address *server)
{
	struct cwmp_past *past = cwmp_past_find(&dissector->sessions.pasts, device->who);

	device->perhaps = *server;
	if (past)
		cwmp_past_asked_perhaps(past);
}

bool dissector_device_moved(struct dissector *dissector, const struct address *server,
			    const char *target)
{
	uint64_t path = cwmp_past_hash(target);
	struct device *newest = NULL;
	bool sure = dissector->told; /* elsewhere many cells of one model share port and path */

	if (!dissector->told && !strcmp(target, "/")) /* anybody's */
		return false;
	for (size_t i = dissector->device_count; i-- > 0;) {
		struct device *device = &dissector->devices[i];

		if (!takes_alike(device, server, path))
			continue;
		if (!newest)
			newest = device;
		sure &= device->who == newest->who;
	}
	if (newest && sure)
		newest->client = *server;
	for (size_t i = 0; newest && !sure && i < dissector->device_count; i++)
		if (takes_alike(&dissector->devices[i], server, path))
			perhaps_there(dissector, &dissector->devices[i], server);
	return newest != NULL;
}

void dissector_unseen(struct dissector *dissector, uint64_t who)
{
	struct cwmp_past *past = cwmp_past_find(&dissector->sessions.pasts, who);

	if (past)
		cwmp_past_unseen(past);
	if (dissector->sessions.records)
		cwmp_records_unseen(dissector->sessions.records, who);
}

void dissector_veiled(struct dissector *dissector, const struct connection *connection)
{
	struct cwmp_session *session;
	bool hms = cwmp_pasts_know_hms(&dissector->sessions.pasts, &connection->server);

	for (size_t i = 0; i < dissector->device_count; i++) {
		const struct device *device = &dissector->devices[i];
		struct cwmp_past *past = cwmp_past_find(&dissector->sessions.pasts, device->who);

		if (!address_same_host(&device->client, &connection->client) &&
		    !address_same_host(&device->perhaps, &connection->client))
			continue;
		if (past && past->settled && !hms)
			past->elsewhere = true; /* of a file, a map, a web page */
		else
			dissector_unseen(dissector, device->who);
	}
	for (session = dissector->sessions.first; session; session = session->next)
		if (session->redirected && session->asked_again &&
		    session->asked_again->status != 401 &&
		    address_same_host(&session->client, &connection->client))
			session->asked_again->veiled = true;
}

bool dissector_takes_requests(const struct dissector *dissector, const struct address *server)
{
	return dissector_device_at(dissector, server) != NULL;
}
