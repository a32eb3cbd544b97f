/*
 * hostile-device MODE SERVING-HMS:PORT INITIAL-HMS:PORT DNS:PORT CALL:PORT: a device that does, against
 * the elements of a bench, what no device should: one behaviour a mode. "list" prints them. Addresses
 * are IPv4; it speaks from 127.0.0.1 and is called at CALL.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "modes.h"

static const struct mode *const all[] = {http_modes, xml_modes, session_modes, tls_modes,
					 other_modes};

#define ALL (sizeof(all) / sizeof(all[0]))

static int list(void)
{
	for (size_t i = 0; i < ALL; i++)
		for (const struct mode *mode = all[i]; mode->name; mode++)
			puts(mode->name);
	return 0;
}

static int read_place(const char *text, char address[64], int *port)
{
	return sscanf(text, "%63[0-9.]:%d", address, port) == 2 ? 0 : -1;
}

/* As many descriptors as the system lets us have. */
static void take_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	struct place place = {.call_port = 0};

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list();
	if (argc != 6 || read_place(argv[2], place.serving, &place.serving_port) < 0 ||
	    read_place(argv[3], place.initial, &place.initial_port) < 0 ||
	    read_place(argv[4], place.dns, &place.dns_port) < 0 ||
	    read_place(argv[5], place.call, &place.call_port) < 0) {
		fprintf(stderr, "usage: hostile-device MODE SERVING:PORT INITIAL:PORT DNS:PORT "
				"CALL:PORT\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	take_descriptors();
	for (size_t i = 0; i < ALL; i++)
		for (const struct mode *mode = all[i]; mode->name; mode++)
			if (strcmp(mode->name, argv[1]) == 0) {
				mode->act(&place);
				return 0;
			}
	fprintf(stderr, "there is no mode %s\n", argv[1]);
	return 2;
}
