#include "protocols/ikev2-names.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct name {
	unsigned number;
	const char *text;
};

#define END { 0, NULL }

static const struct name exchanges[] = {
	{ 34, "IKE_SA_INIT" },     { 35, "IKE_AUTH" },         { 36, "CREATE_CHILD_SA" },
	{ 37, "INFORMATIONAL" },   { 38, "IKE_SESSION_RESUME" }, { 43, "IKE_INTERMEDIATE" },
	{ 44, "IKE_FOLLOWUP_KE" }, END,
};

static const struct name payload_types[] = {
	{ 0, "none" },     { 33, "SA" },    { 34, "KE" },      { 35, "IDi" },  { 36, "IDr" },
	{ 37, "CERT" },    { 38, "CERTREQ" }, { 39, "AUTH" },  { 40, "Nonce" }, { 41, "N" },
	{ 42, "D" },       { 43, "V" },     { 44, "TSi" },     { 45, "TSr" },  { 46, "SK" },
	{ 47, "CP" },      { 48, "EAP" },   { 49, "GSPM" },    { 50, "IDg" },  { 51, "GSA" },
	{ 52, "KD" },      { 53, "SKF" },   { 54, "PS" },      END,
};

static const struct name protocols[] = { { 1, "IKE" }, { 2, "AH" }, { 3, "ESP" }, END };

static const struct name transform_types[] = {
	{ 1, "ENCR" }, { 2, "PRF" }, { 3, "INTEG" }, { 4, "DH" }, { 5, "ESN" }, END,
};

static const struct name encryptions[] = {
	{ 1, "DES_IV64" },     { 2, "DES" },          { 3, "3DES" },         { 4, "RC5" },
	{ 5, "IDEA" },         { 6, "CAST" },         { 7, "BLOWFISH" },     { 8, "3IDEA" },
	{ 9, "DES_IV32" },     { 11, "NULL" },        { 12, "AES_CBC" },     { 13, "AES_CTR" },
	{ 14, "AES_CCM_8" },   { 15, "AES_CCM_12" },  { 16, "AES_CCM_16" },  { 18, "AES_GCM_8" },
	{ 19, "AES_GCM_12" },  { 20, "AES_GCM_16" },  { 21, "NULL_AES_GMAC" },
	{ 23, "CAMELLIA_CBC" }, { 24, "CAMELLIA_CTR" }, { 25, "CAMELLIA_CCM_8" },
	{ 26, "CAMELLIA_CCM_12" }, { 27, "CAMELLIA_CCM_16" }, { 28, "CHACHA20_POLY1305" },
	{ 29, "AES_CCM_8_IIV" }, { 30, "AES_GCM_16_IIV" }, { 31, "CHACHA20_POLY1305_IIV" }, END,
};

static const struct name prfs[] = {
	{ 1, "HMAC_MD5" },      { 2, "HMAC_SHA1" },     { 3, "HMAC_TIGER" },
	{ 4, "AES128_XCBC" },   { 5, "HMAC_SHA2_256" }, { 6, "HMAC_SHA2_384" },
	{ 7, "HMAC_SHA2_512" }, { 8, "AES128_CMAC" },   END,
};

static const struct name integrities[] = {
	{ 0, "NONE" },               { 1, "HMAC_MD5_96" },       { 2, "HMAC_SHA1_96" },
	{ 3, "DES_MAC" },            { 4, "KPDK_MD5" },          { 5, "AES_XCBC_96" },
	{ 6, "HMAC_MD5_128" },       { 7, "HMAC_SHA1_160" },     { 8, "AES_CMAC_96" },
	{ 9, "AES_128_GMAC" },       { 10, "AES_192_GMAC" },     { 11, "AES_256_GMAC" },
	{ 12, "HMAC_SHA2_256_128" }, { 13, "HMAC_SHA2_384_192" }, { 14, "HMAC_SHA2_512_256" }, END,
};

static const struct name groups[] = {
	{ 0, "NONE" },          { 1, "MODP_768" },      { 2, "MODP_1024" },    { 5, "MODP_1536" },
	{ 14, "MODP_2048" },    { 15, "MODP_3072" },    { 16, "MODP_4096" },   { 17, "MODP_6144" },
	{ 18, "MODP_8192" },    { 19, "ECP_256" },      { 20, "ECP_384" },     { 21, "ECP_521" },
	{ 22, "MODP_1024_160" }, { 23, "MODP_2048_224" }, { 24, "MODP_2048_256" },
	{ 25, "ECP_192" },      { 26, "ECP_224" },      { 27, "ECP_224_BP" },  { 28, "ECP_256_BP" },
	{ 29, "ECP_384_BP" },   { 30, "ECP_512_BP" },   { 31, "CURVE25519" },  { 32, "CURVE448" },
	END,
};

static const struct name esns[] = { { 0, "NO" }, { 1, "YES" }, END };

static const struct name id_types[] = {
	{ 1, "IPV4_ADDR" },   { 2, "FQDN" },        { 3, "RFC822_ADDR" }, { 5, "IPV6_ADDR" },
	{ 9, "DER_ASN1_DN" }, { 10, "DER_ASN1_GN" }, { 11, "KEY_ID" },    { 12, "FC_NAME" },
	{ 13, "NULL" },       END,
};

static const struct name cert_encodings[] = {
	{ 1, "PKCS7_X509" },
	{ 2, "PGP" },
	{ 3, "DNS_SIGNED_KEY" },
	{ 4, "X509_SIGNATURE" },
	{ 6, "KERBEROS_TOKEN" },
	{ 7, "CRL" },
	{ 8, "ARL" },
	{ 9, "SPKI" },
	{ 10, "X509_ATTRIBUTE" },
	{ 11, "RAW_RSA" },
	{ 12, "X509_HASH_AND_URL" },
	{ 13, "X509_HASH_AND_URL_BUNDLE" },
	{ 14, "OCSP" },
	{ 15, "RAW_PUBLIC_KEY" },
	END,
};

static const struct name auth_methods[] = {
	{ 1, "RSA" },       { 2, "SHARED_KEY" }, { 3, "DSS" },  { 9, "ECDSA_256" },
	{ 10, "ECDSA_384" }, { 11, "ECDSA_521" }, { 12, "GSPM" }, { 13, "NULL" },
	{ 14, "DIGITAL_SIGNATURE" }, END,
};

static const struct name notifies[] = {
	{ 1, "UNSUPPORTED_CRITICAL_PAYLOAD" },
	{ 4, "INVALID_IKE_SPI" },
	{ 5, "INVALID_MAJOR_VERSION" },
	{ 7, "INVALID_SYNTAX" },
	{ 9, "INVALID_MESSAGE_ID" },
	{ 11, "INVALID_SPI" },
	{ 14, "NO_PROPOSAL_CHOSEN" },
	{ 17, "INVALID_KE_PAYLOAD" },
	{ 24, "AUTHENTICATION_FAILED" },
	{ 34, "SINGLE_PAIR_REQUIRED" },
	{ 35, "NO_ADDITIONAL_SAS" },
	{ 36, "INTERNAL_ADDRESS_FAILURE" },
	{ 37, "FAILED_CP_REQUIRED" },
	{ 38, "TS_UNACCEPTABLE" },
	{ 39, "INVALID_SELECTORS" },
	{ 40, "UNACCEPTABLE_ADDRESSES" },
	{ 41, "UNEXPECTED_NAT_DETECTED" },
	{ 42, "USE_ASSIGNED_HoA" },
	{ 43, "TEMPORARY_FAILURE" },
	{ 44, "CHILD_SA_NOT_FOUND" },
	{ 45, "INVALID_GROUP_ID" },
	{ 46, "AUTHORIZATION_FAILED" },
	{ 47, "STATE_NOT_FOUND" },
	{ 16384, "INITIAL_CONTACT" },
	{ 16385, "SET_WINDOW_SIZE" },
	{ 16386, "ADDITIONAL_TS_POSSIBLE" },
	{ 16387, "IPCOMP_SUPPORTED" },
	{ 16388, "NAT_DETECTION_SOURCE_IP" },
	{ 16389, "NAT_DETECTION_DESTINATION_IP" },
	{ 16390, "COOKIE" },
	{ 16391, "USE_TRANSPORT_MODE" },
	{ 16392, "HTTP_CERT_LOOKUP_SUPPORTED" },
	{ 16393, "REKEY_SA" },
	{ 16394, "ESP_TFC_PADDING_NOT_SUPPORTED" },
	{ 16395, "NON_FIRST_FRAGMENTS_ALSO" },
	{ 16396, "MOBIKE_SUPPORTED" },
	{ 16397, "ADDITIONAL_IP4_ADDRESS" },
	{ 16398, "ADDITIONAL_IP6_ADDRESS" },
	{ 16399, "NO_ADDITIONAL_ADDRESSES" },
	{ 16400, "UPDATE_SA_ADDRESSES" },
	{ 16401, "COOKIE2" },
	{ 16402, "NO_NATS_ALLOWED" },
	{ 16403, "AUTH_LIFETIME" },
	{ 16404, "MULTIPLE_AUTH_SUPPORTED" },
	{ 16405, "ANOTHER_AUTH_FOLLOWS" },
	{ 16406, "REDIRECT_SUPPORTED" },
	{ 16407, "REDIRECT" },
	{ 16408, "REDIRECTED_FROM" },
	{ 16409, "TICKET_LT_OPAQUE" },
	{ 16410, "TICKET_REQUEST" },
	{ 16411, "TICKET_ACK" },
	{ 16412, "TICKET_NACK" },
	{ 16413, "TICKET_OPAQUE" },
	{ 16414, "LINK_ID" },
	{ 16415, "USE_WESP_MODE" },
	{ 16416, "ROHC_SUPPORTED" },
	{ 16417, "EAP_ONLY_AUTHENTICATION" },
	{ 16418, "CHILDLESS_IKEV2_SUPPORTED" },
	{ 16419, "QUICK_CRASH_DETECTION" },
	{ 16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED" },
	{ 16421, "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED" },
	{ 16422, "IKEV2_MESSAGE_ID_SYNC" },
	{ 16423, "IPSEC_REPLAY_COUNTER_SYNC" },
	{ 16424, "SECURE_PASSWORD_METHODS" },
	{ 16425, "PSK_PERSIST" },
	{ 16426, "PSK_CONFIRM" },
	{ 16427, "ERX_SUPPORTED" },
	{ 16428, "IFOM_CAPABILITY" },
	{ 16429, "SENDER_REQUEST_ID" },
	{ 16430, "IKEV2_FRAGMENTATION_SUPPORTED" },
	{ 16431, "SIGNATURE_HASH_ALGORITHMS" },
	{ 16432, "CLONE_IKE_SA_SUPPORTED" },
	{ 16433, "CLONE_IKE_SA" },
	{ 16434, "PUZZLE" },
	{ 16435, "USE_PPK" },
	{ 16436, "PPK_IDENTITY" },
	{ 16437, "NO_PPK_AUTH" },
	{ 16438, "INTERMEDIATE_EXCHANGE_SUPPORTED" },
	END,
};

static const struct name ts_types[] = {
	{ 7, "IPV4_ADDR_RANGE" }, { 8, "IPV6_ADDR_RANGE" }, { 9, "FC_ADDR_RANGE" }, END,
};

static const struct name cp_types[] = {
	{ 1, "CFG_REQUEST" }, { 2, "CFG_REPLY" }, { 3, "CFG_SET" }, { 4, "CFG_ACK" }, END,
};

static const struct name cp_attributes[] = {
	{ 1, "INTERNAL_IP4_ADDRESS" },
	{ 2, "INTERNAL_IP4_NETMASK" },
	{ 3, "INTERNAL_IP4_DNS" },
	{ 4, "INTERNAL_IP4_NBNS" },
	{ 6, "INTERNAL_IP4_DHCP" },
	{ 7, "APPLICATION_VERSION" },
	{ 8, "INTERNAL_IP6_ADDRESS" },
	{ 10, "INTERNAL_IP6_DNS" },
	{ 12, "INTERNAL_IP6_DHCP" },
	{ 13, "INTERNAL_IP4_SUBNET" },
	{ 14, "SUPPORTED_ATTRIBUTES" },
	{ 15, "INTERNAL_IP6_SUBNET" },
	{ 16, "MIP6_HOME_PREFIX" },
	{ 17, "INTERNAL_IP6_LINK" },
	{ 18, "INTERNAL_IP6_PREFIX" },
	{ 19, "HOME_AGENT_ADDRESS" },
	{ 20, "P_CSCF_IP4_ADDRESS" },
	{ 21, "P_CSCF_IP6_ADDRESS" },
	{ 22, "FTT_KAT" },
	{ 23, "EXTERNAL_SOURCE_IP4_NAT_INFO" },
	{ 24, "TIMEOUT_PERIOD_FOR_LIVENESS_CHECK" },
	{ 25, "INTERNAL_DNS_DOMAIN" },
	{ 26, "INTERNAL_DNSSEC_TA" },
	END,
};

static const struct name eap_codes[] = {
	{ 1, "Request" }, { 2, "Response" }, { 3, "Success" }, { 4, "Failure" }, END,
};

static const struct name eap_types[] = {
	{ 1, "Identity" }, { 2, "Notification" }, { 3, "Nak" },      { 4, "MD5-Challenge" },
	{ 13, "TLS" },     { 18, "SIM" },         { 21, "TTLS" },    { 23, "AKA" },
	{ 25, "PEAP" },    { 26, "MSCHAPv2" },    { 50, "AKA'" },    { 254, "Expanded" }, END,
};

static const struct name aka_subtypes[] = { /* RFC 4187 11 */
	{ 1, "Challenge" },     { 2, "Authentication-Reject" },
	{ 4, "Synchronization-Failure" },
	{ 5, "Identity" },      { 12, "Notification" },
	{ 13, "Reauthentication" },
	{ 14, "Client-Error" }, END,
};

static const struct name hashes[] = {
	{ 1, "SHA1" }, { 2, "SHA2_256" }, { 3, "SHA2_384" }, { 4, "SHA2_512" },
	{ 5, "Identity" }, END,
};

static const struct name *const registries[IKEV2_REGISTRIES] = {
	[IKEV2_EXCHANGES] = exchanges,
	[IKEV2_PAYLOAD_TYPES] = payload_types,
	[IKEV2_PROTOCOLS] = protocols,
	[IKEV2_TRANSFORM_TYPE_NAMES] = transform_types,
	[IKEV2_ENCRYPTIONS] = encryptions,
	[IKEV2_PRFS] = prfs,
	[IKEV2_INTEGRITIES] = integrities,
	[IKEV2_GROUPS] = groups,
	[IKEV2_ESNS] = esns,
	[IKEV2_ID_TYPES] = id_types,
	[IKEV2_CERT_ENCODINGS] = cert_encodings,
	[IKEV2_AUTH_METHODS] = auth_methods,
	[IKEV2_NOTIFIES] = notifies,
	[IKEV2_TS_TYPES] = ts_types,
	[IKEV2_CP_TYPES] = cp_types,
	[IKEV2_CP_ATTRIBUTES] = cp_attributes,
	[IKEV2_EAP_CODES] = eap_codes,
	[IKEV2_EAP_TYPES] = eap_types,
	[IKEV2_AKA_SUBTYPES] = aka_subtypes,
	[IKEV2_HASHES] = hashes,
};

const char *ikev2_name(enum ikev2_registry registry, unsigned number)
{
	static _Thread_local char digits[8][sizeof("4294967295")];
	static _Thread_local unsigned turn;

	if ((unsigned)registry < IKEV2_REGISTRIES)
		for (const struct name *name = registries[registry]; name->text; name++)
			if (name->number == number)
				return name->text;
	turn = (turn + 1) % 8;
	snprintf(digits[turn], sizeof(digits[turn]), "%u", number);
	return digits[turn];
}

long ikev2_number(enum ikev2_registry registry, const char *name)
{
	if ((unsigned)registry >= IKEV2_REGISTRIES)
		return -1;
	for (const struct name *known = registries[registry]; known->text; known++)
		if (strcmp(known->text, name) == 0)
			return (long)known->number;
	if (name[0] < '0' || name[0] > '9')
		return -1;
	char *end;
	unsigned long number = strtoul(name, &end, 10);
	return *end == '\0' && number <= 65535 ? (long)number : -1;
}

enum ikev2_registry ikev2_transform_registry(unsigned transform_type)
{
	static const enum ikev2_registry by_type[IKEV2_TRANSFORM_TYPES] = {
		IKEV2_REGISTRIES, IKEV2_ENCRYPTIONS, IKEV2_PRFS,
		IKEV2_INTEGRITIES, IKEV2_GROUPS, IKEV2_ESNS,
	};

	return transform_type < IKEV2_TRANSFORM_TYPES ? by_type[transform_type] : IKEV2_REGISTRIES;
}
