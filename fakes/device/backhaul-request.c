#include "fakes/device/backhaul-request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/hnbap.h"
#include "protocols/memory.h"
#include "protocols/s1ap.h"

enum { NETWORKS = 6, PAGING = 128, IDENTITY = 256 };

/* By its short name, whatever the shape of the data model; "" when it is not there. */
static const char *value_of(const struct device *device, const char *name)
{
	char *path = map_path(device->factory.map, name);
	const struct parameter *parameter = path ? tree_find(device->tree, path) : NULL;

	free(path);
	return parameter ? parameter->value : "";
}

static uint32_t number_of(const struct device *device, const char *name)
{
	return (uint32_t)strtoul(value_of(device, name), NULL, 10);
}

static bool is_network(const char *text)
{
	size_t length = strlen(text);

	return (length == 5 || length == 6) && strspn(text, "0123456789") == length;
}

static void add_server(struct backhaul_plan *plan, const char *name, size_t length)
{
	if (length == 0 || length >= BACKHAUL_NAME || plan->count == BACKHAUL_SERVERS)
		return;
	memcpy(plan->servers[plan->count], name, length);
	plan->servers[plan->count][length] = '\0';
	plan->count++;
}

/* S1SigLinkServerList: names or addresses with commas between. */
static void add_list(struct backhaul_plan *plan, const char *list)
{
	while (*list) {
		list += strspn(list, " ,");
		size_t length = strcspn(list, " ,");

		add_server(plan, list, length);
		list += length;
	}
}

static uint16_t port_of(const struct device *device, const char *name, uint16_t usual)
{
	uint32_t port = number_of(device, name);

	if (device_has(device, DEFECT_WRONG_S1_PORT))
		return (uint16_t)(usual + 1);
	return port > 0 && port <= UINT16_MAX ? (uint16_t)port : usual;
}

/* Access is restricted to a group, wholly or in part (TS 36.413 9.1.8.4, TS 25.469 9.1.3). */
static bool is_group_cell(const struct device *device)
{
	const char *mode = value_of(device, "AccessMode");

	return !strcmp(mode, "Closed Access") || !strcmp(mode, "Hybrid Access");
}

struct networks { /* that a HeNB broadcasts */
	const char *list[NETWORKS];
	size_t count;
	const char *primary;
};

static const char *in_row(const struct device *device, const char *row, const char *name)
{
	char *path = memory_format("%s%s", row, name);
	const struct parameter *parameter = tree_find(device->tree, path);

	free(path);
	return parameter ? parameter->value : "";
}

/* Rows of PLMNList that are enabled; where none is, all that say a network. */
static void find_networks(const struct device *device, struct networks *networks, bool enabled)
{
	char *table = map_path(device->factory.map, "PLMNList");

	*networks = (struct networks){ .primary = NULL };
	for (size_t i = 0; table && i < tree_rows(device->tree, table); i++) {
		char *row = tree_row(device->tree, table, i);
		const char *network = in_row(device, row, "PLMNID");
		bool counts = !enabled || !strcmp(in_row(device, row, "Enable"), "true");

		if (counts && is_network(network) && networks->count < NETWORKS) {
			networks->list[networks->count++] = network;
			if (!strcmp(in_row(device, row, "IsPrimary"), "true"))
				networks->primary = network;
		}
		free(row);
	}
	free(table);
	if (networks->count && !networks->primary)
		networks->primary = networks->list[0];
	if (!networks->count && enabled)
		find_networks(device, networks, false);
}

static void spoil_setup(const struct device *device, struct s1ap_setup_request *request,
			struct s1ap_tracking_area *area)
{
	static const char *const other[] = { "99999" };

	if (device_has(device, DEFECT_MACRO_ENB_ID)) {
		request->id_type = S1AP_MACRO_ENB_ID;
		request->id >>= 8;
	}
	if (device_has(device, DEFECT_WRONG_TAC))
		area->code = (uint16_t)(area->code << 8 | area->code >> 8);
	if (device_has(device, DEFECT_WRONG_PLMN)) {
		request->plmn = other[0];
		area->plmns = other;
		area->plmn_count = 1;
	}
}

static void write_setup(const struct device *device, const struct networks *networks,
			struct buffer *out)
{
	uint32_t group = number_of(device, "CSGID");
	const char *name = value_of(device, "HNBName");
	struct s1ap_tracking_area area = { .code = (uint16_t)number_of(device, "TAC"),
					   .plmns = networks->list,
					   .plmn_count = networks->count };
	struct s1ap_setup_request request = {
		.plmn = networks->primary ? networks->primary : "",
		.id_type = S1AP_HOME_ENB_ID,
		.id = number_of(device, "CellIdentity"),
		.name = *name ? name : NULL,
		.areas = &area,
		.area_count = 1,
		.paging_drx = PAGING,
		.csg_ids = &group,
		.csg_count = is_group_cell(device) ? 1 : 0,
	};

	spoil_setup(device, &request, &area);
	s1ap_write_setup_request(&request, out);
}

static void plan_s1(const struct device *device, struct backhaul_plan *plan)
{
	const bool early = device_has(device, DEFECT_EARLY_S1);
	struct networks networks;

	find_networks(device, &networks, true);
	if (!networks.count && !early)
		return;
	add_list(plan, value_of(device, "S1SigLinkServerList"));
	plan->port = port_of(device, "S1SigLinkPort", S1AP_PORT);
	plan->ppid = S1AP_PPID;
	plan->all = !strcmp(value_of(device, "S1ConnectionMode"), "All");
	write_setup(device, &networks, &plan->request);
}

/* "1OUI-SERIAL@REALM" (TS 25.469 9.2.2): as in the Device ID of the Inform. */
static void write_identity(const struct device *device, char text[IDENTITY])
{
	const struct device_factory *factory = &device->factory;
	bool wrong = device_has(device, DEFECT_HNB_WRONG_IDENTITY);

	snprintf(text, IDENTITY, "1%s-%s@%s", factory->oui, wrong ? "0" : factory->serial,
		 value_of(device, "HNBIDRealm"));
}

static enum hnbap_access access_of(const struct device *device)
{
	const char *mode = value_of(device, "AccessMode");

	if (!strcmp(mode, "Closed Access"))
		return HNBAP_CLOSED;
	return strcmp(mode, "Hybrid Access") ? HNBAP_OPEN : HNBAP_HYBRID;
}

static void write_register(const struct device *device, struct buffer *out)
{
	unsigned lac = 0, rac = 0;
	char identity[IDENTITY];

	sscanf(value_of(device, "LACRAC"), "%u:%u", &lac, &rac);
	write_identity(device, identity);
	const struct hnbap_register_request request = {
		.identity = identity,
		.plmn =
		    device_has(device, DEFECT_WRONG_PLMN) ? "99999" : value_of(device, "PLMNID"),
		.cell = number_of(device, "CellID"),
		.lac = (uint16_t)lac,
		.rac = (uint8_t)rac,
		.sac = (uint16_t)number_of(device, "SAC"),
		.has_csg = is_group_cell(device) && !device_has(device, DEFECT_HNB_MISSING_CSG_ID),
		.csg = number_of(device, "CSGID"),
		.access = access_of(device),
		.internet_address = &device->factory.local,
	};

	hnbap_write_register_request(&request, out);
}

static void plan_iuh(const struct device *device, struct backhaul_plan *plan)
{
	static const char *const names[] = { "FAPGWServer1", "FAPGWServer2", "FAPGWServer3" };
	bool early = device_has(device, DEFECT_EARLY_S1);

	if (!is_network(value_of(device, "PLMNID")) && !early)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *name = value_of(device, names[i]);

		add_server(plan, name, strlen(name));
	}
	plan->port = port_of(device, "FAPGWPort", HNBAP_PORT);
	plan->ppid = HNBAP_PPID;
	write_register(device, &plan->request);
}

void backhaul_plan_make(const struct device *device, struct backhaul_plan *plan)
{
	*plan = (struct backhaul_plan){ .count = 0 };
	if (device->factory.is_henb)
		plan_s1(device, plan);
	else
		plan_iuh(device, plan);
	if (device_has(device, DEFECT_WRONG_S1_PPID))
		plan->ppid <<= 24; /* in the host's order */
}

void backhaul_plan_clear(struct backhaul_plan *plan)
{
	buffer_free(&plan->request);
	*plan = (struct backhaul_plan){ .count = 0 };
}

bool backhaul_plan_same(const struct backhaul_plan *a, const struct backhaul_plan *b)
{
	if (a->count != b->count || a->port != b->port || a->ppid != b->ppid || a->all != b->all)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->servers[i], b->servers[i]) != 0)
			return false;
	return a->count == 0 || (a->request.length == b->request.length &&
				 !memcmp(a->request.octets, b->request.octets, a->request.length));
}
