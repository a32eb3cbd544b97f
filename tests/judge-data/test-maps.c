/*
 * The shipped data model maps against the Broadband Forum's own XML: every entry exists there
 * with the same access, type, length, values and notification. The XML is not part of this
 * tree; where it is not at hand the test is skipped.
 */
#include <libxml/hash.h>
#include <libxml/parser.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/judge/data-model-map.h"
#include "tests/suite.h"

#define MODELS "../shared/data/bbf"

static const struct shape {
	const char *map;
	const char *files[3]; /* root model, FAPService model, one more of the root's */
} shapes[] = {
	{ "hnb-tr196-1", { "tr-098-1-4-0-full.xml", "tr-196-1-1-1-full.xml", NULL } },
	{ "hnb-tr262", { "tr-098-1-4-0-full.xml", "tr-196-2-0-3-full.xml", NULL } },
	{ "hnb-tr262", { "tr-098-1-4-0-full.xml", "tr-196-2-1-2-cwmp-full.xml", NULL } },
	{ "henb-tr262", { "tr-181-1-7-0-full.xml", "tr-196-2-1-2-cwmp-full.xml", NULL } },
	{ "henb-tr262", { "tr-181-1-7-0-full.xml", "tr-196-2-0-3-full.xml", NULL } },
	{ "hnb-device2", { "tr-181-2-4-0-full.xml", "tr-196-2-0-3-full.xml",
			   "tr-181-2-18-0-ipsec.xml" } },
	{ "henb-device2", { "tr-181-2-4-0-full.xml", "tr-196-2-0-3-full.xml",
			    "tr-181-2-18-0-ipsec.xml" } },
};

struct models {
	xmlDoc *documents[3];
	xmlHashTable *paths; /* "Device.X.{i}.Y" -> its element */
};

static xmlNode *child(xmlNode *node, const char *name)
{
	for (node = node ? node->children : NULL; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0)
			return node;
	}
	return NULL;
}

/* The attribute's text in a static buffer, "" when there is none. */
static const char *attribute(xmlNode *node, const char *name)
{
	static char text[4][512];
	static int next;
	xmlChar *value = node ? xmlGetProp(node, (const xmlChar *)name) : NULL;

	next = (next + 1) % 4;
	snprintf(text[next], sizeof(text[next]), "%s", value ? (const char *)value : "");
	xmlFree(value);
	return text[next];
}

static void add_paths(xmlHashTable *paths, xmlNode *model, const char *prefix)
{
	char path[512];

	for (xmlNode *object = model->children; object; object = object->next) {
		if (object->type != XML_ELEMENT_NODE)
			continue;
		bool is_object = strcmp((const char *)object->name, "object") == 0;
		const char *name = attribute(object, "name");
		if (!is_object && strcmp((const char *)object->name, "parameter") != 0)
			continue;
		snprintf(path, sizeof(path), "%s%s", prefix, name);
		xmlHashAddEntry(paths, (const xmlChar *)path, object);
		for (xmlNode *below = object->children; is_object && below; below = below->next) {
			if (below->type != XML_ELEMENT_NODE ||
			    strcmp((const char *)below->name, "parameter") != 0)
				continue;
			snprintf(path, sizeof(path), "%s%s%s", prefix, attribute(object, "name"),
				 attribute(below, "name"));
			xmlHashAddEntry(paths, (const xmlChar *)path, below);
		}
	}
}

static struct models load_models(const struct shape *shape, const char *root)
{
	struct models models = { .paths = xmlHashCreate(4096) };
	char service[64], name[256];

	snprintf(service, sizeof(service), "%sServices.", root);
	for (int i = 0; i < 3 && shape->files[i]; i++) {
		snprintf(name, sizeof(name), "%s/%s", MODELS, shape->files[i]);
		char *file = suite_path(name);
		models.documents[i] = xmlReadFile(file, NULL, XML_PARSE_NONET);
		ck_assert_msg(models.documents[i] != NULL, "cannot read %s", file);
		free(file);
		xmlNode *top = xmlDocGetRootElement(models.documents[i]);
		for (xmlNode *model = top->children; model; model = model->next) {
			if (model->type == XML_ELEMENT_NODE &&
			    (strcmp((const char *)model->name, "model") == 0 ||
			     strcmp((const char *)model->name, "component") == 0))
				add_paths(models.paths, model, i == 1 ? service : "");
		}
	}
	return models;
}

static void free_models(struct models *models)
{
	for (int i = 0; i < 3; i++)
		xmlFreeDoc(models->documents[i]);
	xmlHashFree(models->paths, NULL);
}

/* FAPService.1. -> FAPService.{i}. */
static void general(const char *path, char out[512])
{
	size_t size = 0;

	while (*path && size < 500) {
		size_t length = strcspn(path, ".");
		bool number = length > 0 && strspn(path, "0123456789") >= length;
		size += (size_t)snprintf(out + size, 512 - size, "%.*s",
					 number ? 3 : (int)length, number ? "{i}" : path);
		path += length;
		if (*path == '.') {
			out[size++] = '.';
			path++;
		}
	}
	out[size] = '\0';
}

/* An object that no model has by itself: Services. , and the table above a fixed row. */
static bool is_frame(const char *path)
{
	size_t length = strlen(path);
	static const char *const frames[] = { "Services.", "FAPService.", "Interface.", "WANDevice.",
					      "WANConnectionDevice.", "WANIPConnection." };

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		size_t size = strlen(frames[i]);
		if (length >= size && strcmp(path + length - size, frames[i]) == 0)
			return true;
	}
	return false;
}

static void check_type(const struct map_entry *entry, xmlNode *parameter)
{
	static const char *const elements[] = {
		[TYPE_STRING] = "string", [TYPE_INT] = "int", [TYPE_UNSIGNED] = "unsignedInt",
		[TYPE_BOOLEAN] = "boolean", [TYPE_DATE_TIME] = "dateTime",
		[TYPE_BASE64] = "base64", [TYPE_ENUM] = "string" };
	xmlNode *syntax = child(parameter, "syntax");
	xmlNode *type = child(syntax, elements[entry->type]);

	ck_assert_msg(entry->list == (child(syntax, "list") != NULL), "%s: list", entry->path);
	if (!type && entry->type == TYPE_STRING)
		type = child(syntax, "dataType"); /* IPAddress, Alias: kinds of string */
	ck_assert_msg(type != NULL, "%s: not %s", entry->path, elements[entry->type]);
	const char *size = attribute(child(type, "size"), "maxLength");
	if (entry->type == TYPE_STRING && *size)
		ck_assert_msg(entry->most == atoll(size), "%s: longest %s", entry->path, size);
	const char *longest = attribute(child(child(syntax, "list"), "size"), "maxLength");
	if (*longest)
		ck_assert_msg(entry->list_most == atoll(longest), "%s: longest list", entry->path);
	size_t count = 0;
	for (xmlNode *each = type->children; each; each = each->next) {
		if (each->type != XML_ELEMENT_NODE ||
		    strcmp((const char *)each->name, "enumeration") != 0)
			continue;
		ck_assert_msg(entry->values && entry->values[count] &&
			      strcmp(entry->values[count], attribute(each, "value")) == 0,
			      "%s: value %s", entry->path, attribute(each, "value"));
		count++;
	}
	ck_assert_msg(!entry->values || !entry->values[count], "%s: values", entry->path);
	ck_assert_msg(entry->type != TYPE_ENUM || count > 0, "%s: no enumeration", entry->path);
	ck_assert_msg(entry->hidden == (strcmp(attribute(syntax, "hidden"), "true") == 0),
		      "%s: hidden", entry->path);
}

/* The bounds that a model's ranges have together; without one the type's own. */
static void check_range(const struct map_entry *entry, xmlNode *parameter)
{
	bool is_int = entry->type == TYPE_INT;
	long long least = is_int ? -2147483648LL : 0, most = is_int ? 2147483647LL : 4294967295LL;
	long long low = most, high = least;
	bool ranged = false;

	if (!is_int && entry->type != TYPE_UNSIGNED)
		return;
	xmlNode *type = child(child(parameter, "syntax"), is_int ? "int" : "unsignedInt");
	for (xmlNode *range = child(type, "range"); range; range = range->next) {
		if (range->type != XML_ELEMENT_NODE ||
		    strcmp((const char *)range->name, "range") != 0)
			continue;
		const char *from = attribute(range, "minInclusive");
		long long begin = *from ? atoll(from) : least;
		const char *to = attribute(range, "maxInclusive");
		long long end = *to ? atoll(to) : most;

		low = begin < low ? begin : low;
		high = end > high ? end : high;
		ranged = true;
	}
	ck_assert_msg(entry->least == (ranged ? low : least), "%s: least %lld", entry->path,
		      ranged ? low : least);
	ck_assert_msg(entry->most == (ranged ? high : most), "%s: most %lld", entry->path,
		      ranged ? high : most);
}

/* A table has instances in its model, and no more rows than that lets it; what is one object there has
 * no instance number here. */
static void check_instances(const struct map_entry *entry, const char *path, xmlNode *object)
{
	const char *most = attribute(object, "maxEntries");
	size_t length = strlen(path);
	bool table = length > 4 && strcmp(path + length - 4, "{i}.") == 0;

	ck_assert_msg(table || strcmp(most, "1") == 0 || !*most, "%s: a table in the model", path);
	if (table && *most && strcmp(most, "unbounded") != 0)
		ck_assert_msg(entry->rows <= atoll(most), "%s: more than %s rows", path, most);
	if (!table)
		ck_assert_msg(entry->rows == 0, "%s: rows of no table", path);
}

static void check_entry(const struct map_entry *entry, const struct models *models)
{
	char path[512];

	general(entry->path, path);
	xmlNode *element = xmlHashLookup(models->paths, (const xmlChar *)path);
	if (!element && entry->type == TYPE_OBJECT && is_frame(path))
		return;
	if (strstr(path, ".X_"))
		return; /* a vendor's own is in no published model */
	ck_assert_msg(element != NULL, "%s is not in the models", path);
	/* A fixed row of a table is not itself added or deleted. */
	bool writable = strcmp(attribute(element, "access"), "readWrite") == 0;
	if (strcmp(path, entry->path) == 0 || entry->type != TYPE_OBJECT)
		ck_assert_msg(entry->writable == writable || entry->type == TYPE_OBJECT,
			      "%s: access", entry->path);
	if (entry->type == TYPE_OBJECT) {
		ck_assert_msg(!entry->name || entry->writable == writable, "%s: access", entry->path);
		check_instances(entry, path, element);
		return;
	}
	check_type(entry, element);
	check_range(entry, element);
	const char *notify = attribute(element, "activeNotify");
	ck_assert_msg(entry->forced == (strcmp(attribute(element, "forcedInform"), "true") == 0),
		      "%s: forced", entry->path);
	ck_assert_msg(entry->active == (strcmp(notify, "forceDefaultEnabled") == 0), "%s: active",
		      entry->path);
	ck_assert_msg(entry->active_fixed == (strcmp(notify, "forceEnabled") == 0),
		      "%s: active-fixed", entry->path);
	ck_assert_msg(entry->can_deny == (strcmp(notify, "canDeny") == 0), "%s: can-deny",
		      entry->path);
}

START_TEST(a_map_agrees_with_the_models)
{
	struct diagnostics diagnostics = { 0 };
	const struct map_entry *entry;
	char name[128];

	snprintf(name, sizeof(name), "scenarios/maps/%s.map", shapes[_i].map);
	char *file = suite_path(name);
	struct data_model_map *map = map_load(file, &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(map);
	struct models models = load_models(&shapes[_i], map_root(map));
	for (size_t i = 0; (entry = map_at(map, i)); i++)
		check_entry(entry, &models);
	free_models(&models);
	map_free(map);
	free(file);
}
END_TEST

/* The same short name must be there whatever the shape, for scenarios to be written once. */
START_TEST(shapes_of_one_kind_share_their_names)
{
	static const char *const common[] = {
		"DeviceInfo.Manufacturer", "DeviceInfo.ManufacturerOUI", "DeviceInfo.ProductClass",
		"DeviceInfo.SerialNumber", "DeviceInfo.HardwareVersion",
		"DeviceInfo.SoftwareVersion", "DeviceInfo.ProvisioningCode", "DeviceInfo.UpTime",
		"ManagementServer.URL", "ManagementServer.Username", "ManagementServer.Password",
		"ManagementServer.ParameterKey", "ConnectionRequestURL",
		"ConnectionRequestUsername", "ConnectionRequestPassword", "PeriodicInformEnable",
		"PeriodicInformInterval", "PeriodicInformTime", "DefaultActiveNotificationThrottle",
		"OpState", "AdminState", "RFTxStatus", "SecGWServer1", "SecGWServer2",
		"SecGWServer3", "LockedLatitude", "LockedLongitude", "LastScanTime", "ScanStatus",
		"SupportedAlarm", "ReportingMechanism", "CurrentAlarm", "HistoryEvent",
		"ExpeditedEvent", "QueuedEvent", "CurrentAlarmNumberOfEntries",
		"HistoryEventNumberOfEntries", "ExpeditedEventNumberOfEntries",
		"QueuedEventNumberOfEntries", "PeriodicUploadEnable", "PeriodicUploadURL",
		"PeriodicUploadUsername", "PeriodicUploadPassword", "PeriodicUploadInterval",
		"PeriodicUploadTime", "PLMNID", "CSGID", "AccessMode", "IpAddressInTunnel",
		"DPDTimer", "REM.LastScanTime" };
	static const char *const hnb[] = { "FAPGWServer1", "FAPGWServer2", "FAPGWServer3",
					   "FAPGWPort", "LACRAC", "SAC", "RNCID", "CellID",
					   "HNBIDRealm" };
	static const char *const henb[] = { "S1SigLinkServerList", "S1SigLinkPort",
					    "S1ConnectionMode", "TAC", "CellIdentity" };
	struct diagnostics diagnostics = { 0 };
	bool is_henb = shapes[_i].map[1] == 'e';
	const char *const *own = is_henb ? henb : hnb;
	size_t own_count = is_henb ? sizeof(henb) / sizeof(henb[0]) : sizeof(hnb) / sizeof(hnb[0]);
	char name[128];

	snprintf(name, sizeof(name), "scenarios/maps/%s.map", shapes[_i].map);
	char *file = suite_path(name);
	struct data_model_map *map = map_load(file, &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	ck_assert_ptr_nonnull(map);
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		ck_assert_msg(map_find(map, common[i]), "%s lacks %s", shapes[_i].map, common[i]);
	for (size_t i = 0; i < own_count; i++)
		ck_assert_msg(map_find(map, own[i]), "%s lacks %s", shapes[_i].map, own[i]);
	for (int row = 1; row <= 4; row++) {
		snprintf(name, sizeof(name), "SupportedAlarm.%d.EventType", row);
		char *path = map_path(map, name);
		ck_assert_str_ne(map_value(map, path), "");
		free(path);
	}
	map_free(map);
	free(file);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("data model maps");
	TCase *tcase = tcase_create("maps");
	int count = (int)(sizeof(shapes) / sizeof(shapes[0]));
	const char *source = getenv("FEMTOPROOF_SOURCE");
	char models[512];

	snprintf(models, sizeof(models), "%s/%s", source ? source : ".", MODELS);

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, shapes_of_one_kind_share_their_names, 0, count);
	if (access(models, R_OK) == 0)
		tcase_add_loop_test(tcase, a_map_agrees_with_the_models, 0, count);
	else
		printf("# skipped: the comparison with the Broadband Forum's XML: no %s\n", models);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
