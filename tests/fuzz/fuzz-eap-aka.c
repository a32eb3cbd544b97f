#include <string.h>

#include "protocols/eap-aka.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

/* What came from a server is answered; what came from anybody is read and its MAC looked at. The
 * answer can always be read. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct eap_aka_usim usim = { .k = { 1 }, .opc = { 2 } };
	struct octets packet = octets_of(octets, length);
	struct eap_aka_message message;
	struct eap_aka_keys keys;
	struct buffer out = { 0 };

	memset(&keys, 0, sizeof(keys));
	if (eap_aka_decode(packet, &message, NULL) == 0)
		(void)eap_aka_mac_is_good(packet, &message, &keys);
	(void)eap_aka_peer(&usim, octets_of("a", 1), packet, &keys, &out);
	if (eap_aka_decode(octets_of(out.octets, out.length), &message, NULL) < 0)
		__builtin_trap();
	buffer_free(&out);
	return 0;
}
