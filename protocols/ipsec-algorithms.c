#include "protocols/ipsec-algorithms.h"

#include <string.h>

#include "protocols/ikev2-names.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct ipsec_encryption encryptions[] = {
	{ IKEV2_ENCR_AES_CBC, 128, "aes128", "AES-CBC-128", "AES-128-CBC", 16, 0, 16, 16, 0, false,
	  "AES-CBC-128 [RFC3602]", "AES-CBC [RFC3602]" },
	{ IKEV2_ENCR_AES_CBC, 192, "aes192", "AES-CBC-192", "AES-192-CBC", 24, 0, 16, 16, 0, false,
	  "AES-CBC-192 [RFC3602]", "AES-CBC [RFC3602]" },
	{ IKEV2_ENCR_AES_CBC, 256, "aes256", "AES-CBC-256", "AES-256-CBC", 32, 0, 16, 16, 0, false,
	  "AES-CBC-256 [RFC3602]", "AES-CBC [RFC3602]" },
	{ IKEV2_ENCR_AES_GCM_16, 128, "aes128gcm16", "AES-GCM-16-128", "AES-128-GCM", 16, 4, 8, 1,
	  16, false, "AES-GCM-128 with 16 octet ICV [RFC5282]",
	  "AES-GCM with 16 octet ICV [RFC4106]" },
	{ IKEV2_ENCR_AES_GCM_16, 256, "aes256gcm16", "AES-GCM-16-256", "AES-256-GCM", 32, 4, 8, 1,
	  16, false, "AES-GCM-256 with 16 octet ICV [RFC5282]",
	  "AES-GCM with 16 octet ICV [RFC4106]" },
	{ IKEV2_ENCR_3DES, 0, "3des", "3DES-CBC", "DES-EDE3-CBC", 24, 0, 8, 8, 0, true,
	  "3DES [RFC2451]", "TripleDES-CBC [RFC2451]" },
	{ IKEV2_ENCR_NULL, 0, "null", "NULL", NULL, 0, 0, 0, 1, 0, true, "NULL [RFC2410]", "NULL" },
};

static const struct ipsec_integrity integrities[] = {
	{ IKEV2_AUTH_HMAC_SHA1_96, "sha1", "HMAC-SHA1-96", "SHA1", 20, 12, false,
	  "HMAC_SHA1_96 [RFC2404]", "HMAC-SHA-1-96 [RFC2404]" },
	{ IKEV2_AUTH_HMAC_SHA2_256_128, "sha256", "HMAC-SHA2-256-128", "SHA2-256", 32, 16, false,
	  "HMAC_SHA2_256_128 [RFC4868]", "HMAC-SHA-256-128 [RFC4868]" },
	{ IKEV2_AUTH_HMAC_SHA2_384_192, "sha384", "HMAC-SHA2-384-192", "SHA2-384", 48, 24, false,
	  "HMAC_SHA2_384_192 [RFC4868]", "HMAC-SHA-384-192 [RFC4868]" },
	{ IKEV2_AUTH_HMAC_SHA2_512_256, "sha512", "HMAC-SHA2-512-256", "SHA2-512", 64, 32, false,
	  "HMAC_SHA2_512_256 [RFC4868]", "HMAC-SHA-512-256 [RFC4868]" },
};

static const struct ikev2_prf prfs[] = {
	{ IKEV2_PRF_HMAC_SHA1, "prfsha1", "PRF-HMAC-SHA1", "SHA1", 20, false },
	{ IKEV2_PRF_HMAC_SHA2_256, "prfsha256", "PRF-HMAC-SHA2-256", "SHA2-256", 32, false },
	{ IKEV2_PRF_HMAC_SHA2_384, "prfsha384", "PRF-HMAC-SHA2-384", "SHA2-384", 48, false },
	{ IKEV2_PRF_HMAC_SHA2_512, "prfsha512", "PRF-HMAC-SHA2-512", "SHA2-512", 64, false },
};

static const struct ikev2_dh_group groups[] = {
	{ IKEV2_MODP_1024, "modp1024", "MODP-1024", NULL, false, 128, 128, true },
	{ IKEV2_MODP_2048, "modp2048", "MODP-2048", "modp_2048", false, 256, 256, false },
	{ IKEV2_MODP_3072, "modp3072", "MODP-3072", "modp_3072", false, 384, 384, false },
	{ IKEV2_ECP_256, "ecp256", "ECP-256", "prime256v1", true, 64, 32, false },
	{ IKEV2_ECP_384, "ecp384", "ECP-384", "secp384r1", true, 96, 48, false },
};

const struct ipsec_encryption *ipsec_encryption_find(uint16_t id, uint16_t key_bits)
{
	for (size_t i = 0; i < COUNT(encryptions); i++)
		if (encryptions[i].id == id && encryptions[i].key_bits == key_bits)
			return &encryptions[i];
	return NULL;
}

const struct ipsec_integrity *ipsec_integrity_find(uint16_t id)
{
	for (size_t i = 0; i < COUNT(integrities); i++)
		if (integrities[i].id == id)
			return &integrities[i];
	return NULL;
}

const struct ikev2_prf *ikev2_prf_find(uint16_t id)
{
	for (size_t i = 0; i < COUNT(prfs); i++)
		if (prfs[i].id == id)
			return &prfs[i];
	return NULL;
}

const struct ikev2_dh_group *ikev2_dh_group_find(uint16_t id)
{
	for (size_t i = 0; i < COUNT(groups); i++)
		if (groups[i].id == id)
			return &groups[i];
	return NULL;
}

const struct ipsec_encryption *ipsec_encryption_wireshark(const char *name, bool esp,
							  size_t key_octets)
{
	for (size_t i = 0; i < COUNT(encryptions); i++) {
		const struct ipsec_encryption *row = &encryptions[i];

		if (strcmp(esp ? row->wireshark_esp : row->wireshark_ike, name) == 0 &&
		    (size_t)row->key_octets + row->salt_octets == key_octets)
			return row;
	}
	return NULL;
}

const struct ipsec_integrity *ipsec_integrity_wireshark(const char *name, bool esp)
{
	for (size_t i = 0; i < COUNT(integrities); i++)
		if (strcmp(esp ? integrities[i].wireshark_esp : integrities[i].wireshark_ike,
			   name) == 0)
			return &integrities[i];
	return NULL;
}

static bool is_word(const char *keyword, const char *text, size_t length)
{
	return strlen(keyword) == length && memcmp(keyword, text, length) == 0;
}

struct ipsec_keyword ipsec_keyword_find(const char *keyword, size_t length)
{
	struct ipsec_keyword found = { .esn = -1 };

	for (size_t i = 0; i < COUNT(encryptions); i++)
		if (is_word(encryptions[i].keyword, keyword, length))
			found.encryption = &encryptions[i];
	for (size_t i = 0; i < COUNT(integrities); i++)
		if (is_word(integrities[i].keyword, keyword, length))
			found.integrity = &integrities[i];
	for (size_t i = 0; i < COUNT(prfs); i++)
		if (is_word(prfs[i].keyword, keyword, length))
			found.prf = &prfs[i];
	for (size_t i = 0; i < COUNT(groups); i++)
		if (is_word(groups[i].keyword, keyword, length))
			found.group = &groups[i];
	if (is_word("esn", keyword, length))
		found.esn = 1;
	if (is_word("noesn", keyword, length))
		found.esn = 0;
	return found;
}
