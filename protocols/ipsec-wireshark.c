#include "protocols/ipsec-wireshark.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

static char *hexadecimal(const uint8_t *key, size_t length)
{
	return octets_hexadecimal(octets_of(key, length));
}

static void forget(char *text)
{
	OPENSSL_cleanse(text, strlen(text));
	free(text);
}

char *ikev2_wireshark_row(const struct ikev2_sa *sa)
{
	const struct ikev2_suite *suite = ikev2_sa_suite(sa);
	const struct ikev2_keys *keys = ikev2_sa_keys(sa);
	size_t encryption = ikev2_encryption_octets(suite);
	size_t integrity = ikev2_integrity_octets(suite);
	char *ei = hexadecimal(keys->ei, encryption), *er = hexadecimal(keys->er, encryption);
	char *ai = hexadecimal(keys->ai, integrity), *ar = hexadecimal(keys->ar, integrity);
	char *row = memory_format("%016llx,%016llx,%s,%s,\"%s\",%s,%s,\"%s\"\n",
				  (unsigned long long)ikev2_sa_initiator_spi(sa),
				  (unsigned long long)ikev2_sa_responder_spi(sa), ei, er,
				  suite->encryption->wireshark_ike, ai, ar,
				  integrity ? suite->integrity->wireshark_ike :
					      "NONE [RFC4306]");

	forget(ei);
	forget(er);
	forget(ai);
	forget(ar);
	return row;
}

char *esp_wireshark_row(const struct ikev2_child *child, bool inbound,
			const struct address *source, const struct address *destination)
{
	const struct ikev2_suite *suite = &child->suite;
	size_t encryption = ikev2_encryption_octets(suite);
	size_t integrity = ikev2_integrity_octets(suite);
	char *key = hexadecimal(inbound ? child->key_in : child->key_out, encryption);
	char *other = hexadecimal(inbound ? child->integrity_in : child->integrity_out, integrity);
	char from[ADDRESS_TEXT], to[ADDRESS_TEXT];
	char *row = memory_format(
		"\"%s\",\"%s\",\"%s\",\"0x%08x\",\"%s\",\"%s%s\",\"%s\",\"%s%s\"\n",
		source->family == 4 ? "IPv4" : "IPv6", address_host(source, from),
		address_host(destination, to), inbound ? child->spi_in : child->spi_out,
		suite->encryption->wireshark_esp, encryption ? "0x" : "", key,
		integrity ? suite->integrity->wireshark_esp : "NULL", integrity ? "0x" : "",
		other);

	forget(key);
	forget(other);
	return row;
}
