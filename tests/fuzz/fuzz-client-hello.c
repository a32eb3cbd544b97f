/* The octets are the start of a TLS connection. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/loop/client-hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct client_hello hello;

	if (client_hello_parse(octets, length, &hello) == HELLO_DONE &&
	    (strlen(hello.server_name) >= sizeof(hello.server_name) ||
	     strlen(hello.versions) >= sizeof(hello.versions)))
		abort();
	return 0;
}
