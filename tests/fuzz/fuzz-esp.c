#include <string.h>

#include "protocols/esp.h"
#include "protocols/ikev2-names.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static struct esp_sa *known_sa(bool aead, bool esn)
{
	static const uint8_t key[32] = { 1, 2, 3 };
	const struct ipsec_encryption *encryption =
		aead ? ipsec_encryption_find(IKEV2_ENCR_AES_GCM_16, 128) :
		       ipsec_encryption_find(IKEV2_ENCR_NULL, 0);
	const struct ipsec_integrity *integrity =
		aead ? NULL : ipsec_integrity_find(IKEV2_AUTH_HMAC_SHA1_96);

	return esp_sa_new(
		0x01020304, esn,
		ipsec_cipher_new(encryption, integrity,
				 octets_of(key, (size_t)encryption->key_octets +
							encryption->salt_octets),
				 octets_of(key, integrity ? integrity->key_octets : 0u)));
}

/* The first octet chooses: 1 AEAD, 2 ESN, 4 the rest is a packet to be sealed and opened again,
 * otherwise what came from outside; 8 the rest is what the other end sealed. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	static const uint8_t key[20] = { 1, 2, 3 };
	struct buffer sealed = { 0 }, back = { 0 };

	if (length < 1 || length > 2000)
		return 0;
	struct octets rest = octets_of(octets + 1, length - 1);
	struct esp_sa *in = known_sa(octets[0] & 1, octets[0] & 2);
	struct esp_sa *out = known_sa(octets[0] & 1, octets[0] & 2);

	if (octets[0] & 8) {
		struct ipsec_cipher *cipher =
			ipsec_cipher_new(ipsec_encryption_find(IKEV2_ENCR_AES_GCM_16, 128), NULL,
					 octets_of(key, 20), octets_of(NULL, 0));
		static const uint8_t head[ESP_HEADER] = { 1, 2, 3, 4, 0, 0, 0, 1 };
		uint8_t body[2100];

		ipsec_cipher_seal(cipher, 1, octets_of(head, sizeof(head)), octets_of(NULL, 0),
				  rest, body);
		buffer_add(&sealed, head, sizeof(head));
		buffer_add(&sealed, body, rest.length + ipsec_cipher_overhead(cipher));
		rest = octets_of(sealed.octets, sealed.length);
		ipsec_cipher_free(cipher);
		(void)esp_decapsulate(in, rest, &back);
	} else if (octets[0] & 4) {
		if (esp_encapsulate(out, rest, &sealed, NULL) == 0 && rest.length >= 20 &&
		    (esp_decapsulate(in, octets_of(sealed.octets, sealed.length), &back) !=
			     ESP_GOOD ||
		     back.length != rest.length || memcmp(back.octets, rest.at, rest.length)))
			__builtin_trap();
	} else {
		(void)udp_encapsulated(rest);
		(void)esp_decapsulate(in, rest, &back);
	}
	buffer_free(&sealed);
	buffer_free(&back);
	esp_sa_free(in);
	esp_sa_free(out);
	return 0;
}
