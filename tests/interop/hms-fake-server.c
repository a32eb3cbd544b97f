/*
 * hms-fake-server: the HMS fake alone, in real time, for clients that are not ours (fake-server.h).
 *
 *   hms-fake-server ROLE FOLDER [NAME=VALUE]...
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/interop/fake-server.h"

int main(int argc, char **argv)
{
	static const char *const variables[] = { "url", "host", "address", "port", "path", NULL };
	static struct fake_server server;

	if (argc < 3) {
		fprintf(stderr, "usage: hms-fake-server ROLE FOLDER [NAME=VALUE]...\n");
		return EXIT_FAILURE;
	}
	server = (struct fake_server){ .name = "hms-fake-server", .role = argv[1],
				       .kind = &hms_fake, .variables = variables };
	return fake_server_run(&server, argv[2], argv + 3);
}
