#include "tests/defects/shape.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/loop/lab-network.h"
#include "protocols/memory.h"
#include "tests/defects/pool.h"

const struct shape shapes[SHAPES_AND_SURROUNDINGS] = {
	{ "henb", NULL, false },
	{ "hnb", NULL, false },
	{ "henb", "simulated-henb-tr262", false },
	{ "hnb", "simulated-hnb-device2", false },
	{ "hnb", "simulated-hnb-tr196-1", false },
	{ "henb", "henb-digest", true },
	{ "hnb", "hnb-digest", true },
	{ "henb", "henb-basic", true },
	{ "hnb", "hnb-basic", true },
	{ "henb", "henb-ipv6", true },
	{ "hnb", "hnb-ipv6", true },
};

char *shape_name(const struct shape *shape)
{
	return memory_format("%s%s%s", strcmp(shape->device, "henb") == 0 ? "HeNB" : "HNB",
			     shape->profile ? ", " : "", shape->profile ? shape->profile : "");
}

char *shape_arguments(const struct shape *shape, const char *scenarios)
{
	if (!shape->profile)
		return memory_text(scenarios);
	if (!shape->own)
		return memory_format("--profile %s %s", shape->profile, scenarios);
	return memory_format("--profile '%s/tests/defects/profiles/%s.profile' %s",
			     pool_environment("FEMTOPROOF_SOURCE", "."), shape->profile, scenarios);
}

bool shape_possible(const struct shape *shape)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd;
	bool good;

	if (!shape->profile || !strstr(shape->profile, "ipv6"))
		return true;
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	good = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

bool scenario_has_tunnel(const char *device, const char *scenario)
{
	char *path = memory_format("%s/%s/%s.flow", pool_environment("FEMTOPROOF_DATA", "scenarios"),
				   device, scenario);
	FILE *file = fopen(path, "r");
	char line[500];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, "needs ", 6) == 0 && strstr(line, "ipsec") &&
			!strstr(line, "not ipsec");
	if (file)
		fclose(file);
	free(path);
	return found;
}

bool shape_has(const struct shape *shape, const char *scenario)
{
	static const struct lab_network_options options;
	static int possible; /* 1 yes, -1 no, 0 not yet tried */

	if (!scenario_has_tunnel(shape->device, scenario))
		return true;
	if (possible == 0)
		possible = lab_network_possible(&options, NULL) == 0 ? 1 : -1;
	return !shape->profile && possible == 1;
}
