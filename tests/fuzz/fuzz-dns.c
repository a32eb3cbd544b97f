#include "protocols/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

/* What is read can be written and read again. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct dns_message message, again;
	struct buffer out = { 0 };

	message_free(dns_message_decode(octets, length, "udp"));
	if (dns_decode(octets, length, &message, NULL) < 0)
		return 0;
	dns_encode(&message, 0, &out);
	if (dns_decode(out.octets, out.length, &again, NULL) < 0)
		__builtin_trap();
	if (again.answer_count != message.answer_count && !again.truncated)
		__builtin_trap();
	dns_message_clear(&again);
	dns_message_clear(&message);
	buffer_free(&out);
	return 0;
}
