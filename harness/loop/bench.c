#include "harness/loop/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "harness/loop/bench-plan.h"
#include "harness/loop/lab-network.h"
#include "protocols/memory.h"

struct seat { /* a role and where it is */
	const struct role *role;
	char *host;
	struct bench_faces faces;
	char text[ADDRESS_TEXT]; /* of the main face */
};

struct variable {
	char *name; /* "serving-hems.url" */
	char *value;
};

struct client { /* a played role that goes out from here */
	const char *role; /* the table's */
	struct address address;
};

struct bench {
	char *kind;
	enum bench_form form;
	struct lab_network *network; /* NULL = none is made */
	struct client *clients;
	size_t client_count;
	const struct profile *profile;
	struct seat *seats;
	size_t seat_count;
	struct variable *variables;
	size_t variable_count;
};

static const char *fixed(const struct profile *profile, const char *role, const char *name)
{
	char text[128];

	if (!profile)
		return NULL;
	snprintf(text, sizeof(text), "%s.%s", role, name);
	return profile_variable(profile, text);
}

static int place_seat(struct bench *bench, struct seat *seat, const struct role *role,
		      struct problem *problem)
{
	const char *host = fixed(bench->profile, role->name, "host");

	seat->role = role;
	seat->host = host ? memory_text(host) : memory_format("%s.lab.example", role->name);
	if (bench_plan_faces(bench->form, bench->profile, role, &seat->faces, problem) < 0)
		return -1;
	address_host(&seat->faces.list[0], seat->text);
	return 0;
}

static int port_of(const struct bench *bench, const char *role, const char *name, uint16_t *port,
		   struct problem *problem)
{
	const char *text = fixed(bench->profile, role, name);
	char *end;

	*port = 0;
	if (!text)
		return 0;
	long value = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || value < 1 || value > 65535)
		return problem_set(problem, "%s.%s: \"%s\" is no port", role, name, text);
	*port = (uint16_t)value;
	return 0;
}

struct bench *bench_plan(const char *kind, const struct profile *profile, struct problem *problem)
{
	size_t count;
	const struct role *list = roles(&count);
	enum bench_form form;

	if (bench_plan_form(kind, &form, problem) < 0)
		return NULL;
	struct bench *bench = memory_new(sizeof(*bench));

	bench->kind = memory_text(kind);
	bench->form = form;
	bench->profile = profile;
	bench->seats = memory_new(count * sizeof(*bench->seats));
	for (size_t i = 0; i < count; i++) {
		uint16_t port;

		bench->seat_count++;
		if (place_seat(bench, &bench->seats[i], &list[i], problem) < 0 ||
		    port_of(bench, list[i].name, "port", &port, problem) < 0) {
			bench_free(bench);
			return NULL;
		}
	}
	return bench;
}

static const char *device_role(const struct bench *bench)
{
	const char *device = bench->profile ? profile_device(bench->profile) : NULL;

	return device ? device : "henb";
}

/* The elements' addresses; the device and the home gateway have theirs by their links. */
static int give_addresses(struct bench *bench, struct problem *problem)
{
	for (size_t i = 0; i < bench->seat_count; i++) {
		const struct seat *seat = &bench->seats[i];
		const struct bench_faces *faces = &seat->faces;

		for (size_t j = 0; j < faces->count; j++) {
			enum network_place place = (enum network_place)faces->list[j].place;

			if ((place != PLACE_INTERNET && place != PLACE_CORE) ||
			    (faces->list[j].family == 6 && !lab_network_has_ipv6(bench->network)))
				continue;
			if (lab_network_add_address(bench->network, &faces->list[j], problem) < 0)
				return problem_in(problem, "%s", seat->role->name);
		}
	}
	return 0;
}

static const char *said(const struct profile *profile, const char *name)
{
	return profile ? profile_variable(profile, name) : NULL;
}

static bool says_yes(const struct profile *profile, const char *name)
{
	const char *value = said(profile, name);

	return value && strcmp(value, "yes") == 0;
}

static struct lab_network *make_network(const struct bench *bench, struct problem *problem)
{
	const struct profile *profile = bench->profile;
	struct address dns;
	char text[ADDRESS_TEXT];

	bench_address(bench, strcmp(device_role(bench), "henb") == 0 ? "public-dns" : "outer-dns",
		      &dns);
	const struct lab_interface_options interface = {
		.name = bench->kind + strcspn(bench->kind, ":") + 1,
		.router = said(profile, "lab.router"),
		.dhcp = said(profile, "lab.dhcp"),
		.dns = address_host(&dns, text),
		.advertisements = says_yes(profile, "lab.router-advertisements"),
	};
	const struct lab_network_options options = {
		.interface = bench->form == BENCH_INTERFACE ? &interface : NULL,
		.home_gateway = bench_plan_has_gateway(profile),
	};

	return lab_network_new(&options, problem);
}

struct bench *bench_new(const char *kind, const struct profile *profile, struct problem *problem)
{
	struct bench *bench = bench_plan(kind, profile, problem);

	if (!bench || bench->form == BENCH_LOOPBACK)
		return bench;
	bench->network = make_network(bench, problem);
	if (bench->network && give_addresses(bench, problem) == 0 &&
	    lab_network_serve(bench->network, problem) == 0)
		return bench;
	bench_free(bench);
	return NULL;
}

void bench_free(struct bench *bench)
{
	if (!bench)
		return;
	for (size_t i = 0; i < bench->seat_count; i++)
		free(bench->seats[i].host);
	for (size_t i = 0; i < bench->variable_count; i++) {
		free(bench->variables[i].name);
		free(bench->variables[i].value);
	}
	lab_network_free(bench->network);
	free(bench->kind);
	free(bench->clients);
	free(bench->seats);
	free(bench->variables);
	free(bench);
}

const char *bench_kind(const struct bench *bench)
{
	return bench->kind;
}

const char *bench_mode(const struct bench *bench)
{
	return bench->network ? lab_network_mode(bench->network) : "loopback addresses";
}

void bench_enter(const struct bench *bench, struct loop *loop)
{
	if (bench->network)
		lab_network_enter(bench->network, loop);
}

static const struct seat *find_seat(const struct bench *bench, const char *role, size_t length)
{
	for (size_t i = 0; i < bench->seat_count; i++)
		if (strncmp(bench->seats[i].role->name, role, length) == 0 &&
		    bench->seats[i].role->name[length] == '\0')
			return &bench->seats[i];
	return NULL;
}

void bench_address(const struct bench *bench, const char *role, struct address *address)
{
	const struct seat *seat = find_seat(bench, role, strlen(role));

	memset(address, 0, sizeof(*address));
	if (seat)
		*address = seat->faces.list[0];
}

const char *bench_host(const struct bench *bench, const char *role)
{
	const struct seat *seat = find_seat(bench, role, strlen(role));

	return seat ? seat->host : NULL;
}

void bench_place(const struct bench *bench, const char *role, const char *service,
		 struct address *address)
{
	char name[64];

	bench_address(bench, role, address);
	snprintf(name, sizeof(name), "%s-port", service);
	if (port_of(bench, role, name, &address->port, NULL) < 0 || address->port == 0)
		port_of(bench, role, "port", &address->port, NULL);
	if (address->port == 0)
		address->port = bench_plan_port(bench->form, role, service);
}

size_t bench_faces(const struct bench *bench, const char *role, const char *service,
		   struct address *list, size_t most)
{
	const struct seat *seat = find_seat(bench, role, strlen(role));
	struct address main_face;
	size_t count = 0;

	bench_place(bench, role, service, &main_face);
	for (size_t i = 0; seat && i < seat->faces.count && count < most; i++) {
		list[count] = seat->faces.list[i];
		list[count].port = main_face.port;
		if (list[count].family == 4 || !bench->network ||
		    lab_network_has_ipv6(bench->network))
			count++;
	}
	return count;
}

/* Is the client's address, as it was lent: with any port, or this one? */
static bool is_lent(const struct client *client, const struct address *address)
{
	return address_same_host(&client->address, address) &&
	       (client->address.port == 0 || client->address.port == address->port);
}

static bool is_within(const struct bench *bench, const struct address *address)
{
	for (size_t i = 0; i < bench->client_count; i++)
		if (bench->clients[i].address.place == PLACE_CORE &&
		    address_same_host(&bench->clients[i].address, address))
			return true;
	return bench_plan_is_inside(address);
}

void bench_towards(const struct bench *bench, const char *role, const struct address *destination,
		   struct address *address)
{
	const struct seat *seat = find_seat(bench, role, strlen(role));
	enum network_place place = is_within(bench, destination) ? PLACE_CORE : PLACE_INTERNET;

	bench_address(bench, role, address);
	for (size_t i = 0; bench->form != BENCH_LOOPBACK && seat && i < seat->faces.count; i++) {
		const struct address *face = &seat->faces.list[i];

		if (face->place == place && face->family == destination->family) {
			*address = *face;
			return;
		}
	}
}

static struct variable *find_variable(const struct bench *bench, const char *name)
{
	for (size_t i = 0; i < bench->variable_count; i++)
		if (strcmp(bench->variables[i].name, name) == 0)
			return &bench->variables[i];
	return NULL;
}

void bench_publish(struct bench *bench, const char *role, const char *name, const char *value)
{
	char *full = memory_format("%s.%s", role, name);
	struct variable *variable = find_variable(bench, full);

	if (variable) {
		free(full);
		free(variable->value);
		variable->value = memory_text(value);
		return;
	}
	bench->variables = memory_resize(bench->variables, bench->variable_count + 1,
					 sizeof(*bench->variables));
	bench->variables[bench->variable_count++] = (struct variable){ full, memory_text(value) };
}

const char *bench_variable(const struct bench *bench, const char *name)
{
	const struct variable *variable = find_variable(bench, name);
	const char *dot = strchr(name, '.');

	if (variable)
		return variable->value;
	const struct seat *seat = dot ? find_seat(bench, name, (size_t)(dot - name)) : NULL;

	if (seat && strcmp(dot, ".address") == 0)
		return seat->text;
	if (seat && strcmp(dot, ".host") == 0)
		return seat->host;
	return seat && bench->profile ? profile_variable(bench->profile, name) : NULL;
}

static bool has_port(const struct bench *bench, const struct seat *seat, uint16_t port)
{
	static const char *const services[] = { "port",      "http-port", "https-port",
						"ftp-port",  "ftps-port", "sftp-port" };

	for (size_t i = 0; port != 0 && i < sizeof(services) / sizeof(services[0]); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s.%s", seat->role->name, services[i]);
		const char *text = bench_variable(bench, name);

		if (text && strtol(text, NULL, 10) == port)
			return true;
	}
	return false;
}

void bench_lend(struct bench *bench, const char *role, const struct address *address)
{
	const struct seat *seat = find_seat(bench, role, strlen(role));

	if (!seat)
		return;
	bench->clients = memory_resize(bench->clients, bench->client_count + 1,
				       sizeof(*bench->clients));
	bench->clients[bench->client_count++] = (struct client){ seat->role->name, *address };
}

void bench_return(struct bench *bench, const struct address *address)
{
	for (size_t i = 0; i < bench->client_count; i++) {
		if (!address_same(&bench->clients[i].address, address))
			continue;
		bench->clients[i] = bench->clients[--bench->client_count];
		return;
	}
}

static bool has_face(const struct seat *seat, const struct address *address)
{
	for (size_t i = 0; i < seat->faces.count; i++)
		if (address_same_host(&seat->faces.list[i], address))
			return true;
	return false;
}

/* Addresses that are the device's though no seat has them: who comes from localhost; what a home
 * gateway puts in the place of the device's (RFC 3022); what a security gateway gives it. */
static bool is_device(const struct bench *bench, const struct address *address)
{
	static const struct address localhost = { .family = 4, .octets = { 127, 0, 0, 1 } };

	if (bench->form != BENCH_LOOPBACK)
		return bench_plan_is_inside(address) ||
		       (bench_plan_has_gateway(bench->profile) &&
			address_same_host(&lab_network_gateway_outer, address));
	return address_same_host(&localhost, address);
}

/* Has a role of that kind ports for that protocol? NULL = any. Over TCP, HMSs and file servers. */
static bool speaks(enum role_kind kind, const char *protocol)
{
	static const struct {
		const char *protocol;
		unsigned kinds;
	} apart[] = {
		{ "dns", ROLE_BIT(ROLE_DNS) },
		{ "ike", ROLE_BIT(ROLE_SEGW) },
		{ "esp", ROLE_BIT(ROLE_SEGW) },
		{ "sctp", ROLE_BIT(ROLE_MME) | ROLE_BIT(ROLE_HNB_GW) },
		{ "s1ap", ROLE_BIT(ROLE_MME) },
		{ "hnbap", ROLE_BIT(ROLE_HNB_GW) },
		{ "any", ~0u },
	};

	for (size_t i = 0; protocol && i < sizeof(apart) / sizeof(apart[0]); i++)
		if (strcmp(apart[i].protocol, protocol) == 0)
			return apart[i].kinds & ROLE_BIT(kind);
	return !protocol || kind == ROLE_HMS || kind == ROLE_FILE_SERVER || kind == ROLE_DEVICE;
}

const char *bench_role(const struct bench *bench, const struct address *address)
{
	return bench_speaker(bench, address, NULL);
}

const char *bench_speaker(const struct bench *bench, const struct address *address,
			  const char *protocol)
{
	const struct seat *first = NULL;

	for (size_t i = 0; i < bench->client_count; i++) {
		const struct client *client = &bench->clients[i];

		if (is_lent(client, address) && (client->address.port == 0 ||
						 speaks(role_find(client->role)->kind, protocol)))
			return client->role;
	}
	for (size_t i = 0; i < bench->seat_count; i++) {
		const struct seat *seat = &bench->seats[i];

		if (!has_face(seat, address))
			continue;
		if (speaks(seat->role->kind, protocol) && has_port(bench, seat, address->port))
			return seat->role->name;
		if (!first || strcmp(seat->role->name, device_role(bench)) == 0)
			first = seat;
	}
	if (first)
		return first->role->name;
	return is_device(bench, address) ? device_role(bench) : NULL;
}

const char *bench_role_at(const struct bench *bench, size_t index)
{
	return index < bench->seat_count ? bench->seats[index].role->name : NULL;
}
