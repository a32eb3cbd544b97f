#include "harness/loop/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "protocols/memory.h"

struct seat { /* a role and where it is */
	const struct role *role;
	char *host;
	struct address address;
	char text[ADDRESS_TEXT];
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

/* Role number N lives at 127.0.N.1: a client can be told from a server by its address alone. */
static int place_seat(struct bench *bench, struct seat *seat, const struct role *role,
		      struct problem *problem)
{
	const char *address = fixed(bench->profile, role->name, "address");
	const char *host = fixed(bench->profile, role->name, "host");

	seat->role = role;
	seat->host = host ? memory_text(host) : memory_format("%s.lab.example", role->name);
	if (address) {
		if (address_parse(address, &seat->address) < 0)
			return problem_set(problem, "%s.address: \"%s\" is no IP address",
					   role->name, address);
	} else {
		seat->address = (struct address){
			.family = 4,
			.octets = { 127, 0, (uint8_t)role->number, 1 },
		};
	}
	address_host(&seat->address, seat->text);
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

struct bench *bench_new(const char *kind, const struct profile *profile, struct problem *problem)
{
	size_t count;
	const struct role *list = roles(&count);
	struct bench *bench;

	if (strcmp(kind, "loopback") != 0) {
		problem_set(problem, "there is no bench \"%s\"; there is \"loopback\"", kind);
		return NULL;
	}
	bench = memory_new(sizeof(*bench));
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
	free(bench->clients);
	free(bench->seats);
	free(bench->variables);
	free(bench);
}

const char *bench_kind(const struct bench *bench)
{
	(void)bench;
	return "loopback";
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
		*address = seat->address;
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
	char name[64];

	snprintf(name, sizeof(name), "%s.port", seat->role->name);
	const char *text = bench_variable(bench, name);

	return text && port != 0 && strtol(text, NULL, 10) == port;
}

static const char *device_role(const struct bench *bench)
{
	const char *device = bench->profile ? profile_device(bench->profile) : NULL;

	return device ? device : "henb";
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

const char *bench_role(const struct bench *bench, const struct address *address)
{
	static const struct address localhost = { .family = 4, .octets = { 127, 0, 0, 1 } };
	const struct seat *first = NULL;

	for (size_t i = 0; i < bench->client_count; i++)
		if (address_same(&bench->clients[i].address, address))
			return bench->clients[i].role;
	for (size_t i = 0; i < bench->seat_count; i++) {
		const struct seat *seat = &bench->seats[i];

		if (!address_same_host(&seat->address, address))
			continue;
		if (has_port(bench, seat, address->port))
			return seat->role->name;
		if (!first || strcmp(seat->role->name, device_role(bench)) == 0)
			first = seat;
	}
	if (first)
		return first->role->name;
	return address_same_host(&localhost, address) ? device_role(bench) : NULL;
}

const char *bench_role_at(const struct bench *bench, size_t index)
{
	return index < bench->seat_count ? bench->seats[index].role->name : NULL;
}
