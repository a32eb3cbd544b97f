#include "harness/loop/bench-plan.h"

#include <stdio.h>
#include <string.h>

#include "harness/loop/lab-network.h"

enum { INTERFACE_NAME = 16 }; /* IFNAMSIZ */

int bench_plan_form(const char *kind, enum bench_form *form, struct problem *problem)
{
	if (strcmp(kind, "loopback") == 0)
		*form = BENCH_LOOPBACK;
	else if (strcmp(kind, "netns") == 0)
		*form = BENCH_NETNS;
	else if (strncmp(kind, "if:", 3) == 0 && kind[3] && strlen(kind + 3) < INTERFACE_NAME)
		*form = BENCH_INTERFACE;
	else
		return problem_set(problem, "there is no bench \"%s\"; there is \"loopback\", "
				   "\"netns\" and \"if:INTERFACE\"", kind);
	return 0;
}

static const char *said(const struct profile *profile, const char *role, const char *name)
{
	char text[128];

	if (!profile)
		return NULL;
	snprintf(text, sizeof(text), "%s.%s", role, name);
	return profile_variable(profile, text);
}

bool bench_plan_has_gateway(const struct profile *profile)
{
	const char *value = profile ? profile_variable(profile, "lab.home-gateway") : NULL;

	return value && strcmp(value, "yes") == 0;
}

/* What TS 32.583 and TS 32.593 draw behind the security gateway. */
static bool is_behind(const struct role *role)
{
	switch (role->kind) {
	case ROLE_DNS:
		return strcmp(role->name, "private-dns") == 0 ||
		       strcmp(role->name, "inner-dns") == 0;
	case ROLE_HMS:
		return strncmp(role->name, "serving-", 8) == 0;
	case ROLE_FILE_SERVER:
	case ROLE_HNB_GW:
	case ROLE_MME:
		return true;
	default:
		return false;
	}
}

static int find_side(const struct profile *profile, const struct role *role, bool *inside,
		     struct problem *problem)
{
	const char *side = said(profile, role->name, "side");
	const struct ics_item *ipsec = profile ? profile_ics(profile, "ipsec") : NULL;

	if (side && strcmp(side, "inside") != 0 && strcmp(side, "outside") != 0)
		return problem_set(problem, "%s.side: \"%s\" is neither inside nor outside",
				   role->name, side);
	*inside = side ? strcmp(side, "inside") == 0 : ipsec && ipsec->supported && is_behind(role);
	return 0;
}

static void add(struct bench_faces *faces, struct address address, enum network_place place)
{
	address.place = (uint8_t)place;
	faces->list[faces->count++] = address;
}

static void element_faces(const struct role *role, bool inside, struct bench_faces *faces)
{
	const uint8_t number = (uint8_t)role->number;
	const struct address in = { .family = 4, .octets = { 10, 99, 0, number } };
	const struct address out = { .family = 4, .octets = { 198, 51, 100, number } };
	const struct address in6 = { .family = 6,
				     .octets = { 0xfd, 0, 0, 0x99, [15] = number } };
	const struct address out6 = { .family = 6,
				      .octets = { 0x20, 0x01, 0x0d, 0xb8, 0x01, [15] = number } };

	add(faces, inside ? in : out, inside ? PLACE_CORE : PLACE_INTERNET);
	add(faces, inside ? out : in, inside ? PLACE_INTERNET : PLACE_CORE);
	add(faces, in, PLACE_INTERNET);
	add(faces, inside ? in6 : out6, inside ? PLACE_CORE : PLACE_INTERNET);
	add(faces, inside ? out6 : in6, inside ? PLACE_INTERNET : PLACE_CORE);
	add(faces, in6, PLACE_INTERNET);
}

static int netns_faces(enum bench_form form, const struct profile *profile,
		       const struct role *role, struct bench_faces *faces,
		       struct problem *problem)
{
	bool inside = false, gateway = bench_plan_has_gateway(profile);

	if (form == BENCH_INTERFACE &&
	    (role->kind == ROLE_DEVICE || role->kind == ROLE_HOME_GATEWAY))
		return 0; /* where they are is not ours to say */
	if (role->kind == ROLE_DEVICE) {
		add(faces, gateway ? lab_network_device_behind : lab_network_device, PLACE_DEVICE);
		if (!gateway)
			add(faces, lab_network_device6, PLACE_DEVICE);
		return 0;
	}
	if (role->kind == ROLE_HOME_GATEWAY) {
		add(faces, lab_network_gateway_inner, PLACE_GATEWAY);
		return 0;
	}
	if (find_side(profile, role, &inside, problem) < 0)
		return -1;
	element_faces(role, inside, faces);
	return 0;
}

int bench_plan_faces(enum bench_form form, const struct profile *profile, const struct role *role,
		     struct bench_faces *faces, struct problem *problem)
{
	const struct address loopback = { .family = 4,
					  .octets = { 127, 0, (uint8_t)role->number, 1 } };
	const char *fixed = said(profile, role->name, "address");
	struct address address;

	memset(faces, 0, sizeof(*faces));
	if (form == BENCH_LOOPBACK)
		add(faces, loopback, PLACE_HOST);
	else if (netns_faces(form, profile, role, faces, problem) < 0)
		return -1;
	if (!fixed)
		return 0;
	if (address_parse(fixed, &address) < 0)
		return problem_set(problem, "%s.address: \"%s\" is no IP address", role->name,
				   fixed);
	address.place = faces->list[0].place;
	for (size_t i = 1; i < faces->count; i++) /* another of its faces becomes the main one */
		if (address_same_host(&faces->list[i], &address) &&
		    faces->list[i].place == address.place)
			faces->list[i] = faces->list[0];
	faces->list[0] = address;
	if (faces->count == 0)
		faces->count = 1;
	return 0;
}

uint16_t bench_plan_port(enum bench_form form, const char *role, const char *service)
{
	static const struct {
		const char *service;
		uint16_t port;
	} table[] = {
		{ "dns", 53 },	       { "http", 7547 }, /* IANA: cwmp */
		{ "https", 443 },      { "ike", 500 },	       { "ike-natt", 4500 },
		{ "ftp", 21 },	       { "sftp", 22 },	       { "ftps", 990 },
		{ "s1", 36412 },       { "iuh", 29169 },
	};

	/* Port 7547 is that of CWMP. */
	if (form != BENCH_LOOPBACK && strcmp(role, "file-server") == 0 &&
	    strcmp(service, "http") == 0)
		return 80;
	for (size_t i = 0; form != BENCH_LOOPBACK && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].service, service) == 0)
			return table[i].port;
	return 0;
}

bool bench_plan_is_inside(const struct address *address)
{
	return address_in(address, "10.99.0.0/16") == 1 || address_in(address, "fd00:99::/32") == 1;
}
