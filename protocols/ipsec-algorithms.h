/*
 * ipsec-algorithms: what IKEv2 and ESP can be run with here, as tables.
 *
 * The keyword is what a profile says ("aes128", "sha256", "prfsha256", "modp2048"). A weak
 * algorithm is only used where the lab says so. The Wireshark names are those of its tables
 * ikev2_decryption_table and esp_sa.
 */
#ifndef PROTOCOLS_IPSEC_ALGORITHMS_H
#define PROTOCOLS_IPSEC_ALGORITHMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPSEC_KEY_LIMIT 64 /* octets of the longest key, salt included */

struct ipsec_encryption {
	uint16_t id;           /* enum ikev2_encryption */
	uint16_t key_bits;     /* the Key Length attribute; 0: the algorithm has no such */
	const char *keyword;
	const char *name;      /* "AES-CBC-128" */
	const char *cipher;    /* OpenSSL's name; NULL: none */
	uint8_t key_octets;    /* of the cipher's key */
	uint8_t salt_octets;   /* behind the key in the keying material, RFC 5282, RFC 4106 */
	uint8_t iv_octets;     /* before each ciphertext */
	uint8_t block;         /* plaintext is padded to a multiple of it */
	uint8_t icv_octets;    /* of an AEAD cipher; 0: needs an integrity algorithm */
	bool weak;
	const char *wireshark_ike;
	const char *wireshark_esp;
};

struct ipsec_integrity {
	uint16_t id; /* enum ikev2_integrity */
	const char *keyword;
	const char *name;
	const char *digest; /* OpenSSL's name */
	uint8_t key_octets;
	uint8_t icv_octets;
	bool weak;
	const char *wireshark_ike;
	const char *wireshark_esp;
};

struct ikev2_prf {
	uint16_t id; /* enum ikev2_prf_id */
	const char *keyword;
	const char *name;
	const char *digest;
	uint8_t octets; /* of output, and of a preferred key */
	bool weak;
};

struct ikev2_dh_group {
	uint16_t id; /* enum ikev2_group */
	const char *keyword;
	const char *name;
	const char *openssl;   /* the group's name there; NULL: built from prime and generator */
	bool elliptic;
	uint16_t public_octets; /* of the KE payload's data */
	uint16_t secret_octets; /* of the shared secret, leading zeros kept */
	bool weak;
};

/* NULL when it is not there. */
const struct ipsec_encryption *ipsec_encryption_find(uint16_t id, uint16_t key_bits);
const struct ipsec_integrity *ipsec_integrity_find(uint16_t id);
const struct ikev2_prf *ikev2_prf_find(uint16_t id);
const struct ikev2_dh_group *ikev2_dh_group_find(uint16_t id);

/* By the names of Wireshark's tables; esp: those of esp_sa, where the key's length (salt included)
 * tells one from the other. NULL when there is no such. */
const struct ipsec_encryption *ipsec_encryption_wireshark(const char *name, bool esp,
							  size_t key_octets);
const struct ipsec_integrity *ipsec_integrity_wireshark(const char *name, bool esp);

/* What a keyword stands for; all NULL and esn -1: nothing. */
struct ipsec_keyword {
	const struct ipsec_encryption *encryption;
	const struct ipsec_integrity *integrity;
	const struct ikev2_prf *prf;
	const struct ikev2_dh_group *group;
	int esn; /* 1 "esn", 0 "noesn" */
};
struct ipsec_keyword ipsec_keyword_find(const char *keyword, size_t length);

#endif
