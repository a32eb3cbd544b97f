/*
 * eap-aka: EAP-AKA (RFC 4187), full authentication, both ends: the messages, their MAC, and the
 * keys. No identity privacy, no fast re-authentication: a peer that is offered them does without.
 */
#ifndef PROTOCOLS_EAP_AKA_H
#define PROTOCOLS_EAP_AKA_H

#include "protocols/buffer.h"
#include "protocols/milenage.h"
#include "protocols/octets.h"
#include "protocols/problem.h"

enum eap_code { EAP_REQUEST = 1, EAP_RESPONSE = 2, EAP_SUCCESS = 3, EAP_FAILURE = 4 };
enum eap_type { EAP_IDENTITY = 1, EAP_NAK = 3, EAP_AKA = 23, EAP_AKA_PRIME = 50 };

enum eap_aka_subtype {
	EAP_AKA_CHALLENGE = 1, EAP_AKA_AUTHENTICATION_REJECT = 2,
	EAP_AKA_SYNCHRONIZATION_FAILURE = 4, EAP_AKA_IDENTITY = 5, EAP_AKA_NOTIFICATION = 12,
	EAP_AKA_REAUTHENTICATION = 13, EAP_AKA_CLIENT_ERROR = 14,
};

#define EAP_AKA_MSK 64 /* octets of the key that IKEv2's AUTH is made with */

struct eap_aka_keys {
	uint8_t encryption[16]; /* K_encr */
	uint8_t authentication[16]; /* K_aut */
	uint8_t msk[EAP_AKA_MSK];
	uint8_t emsk[64];
};

/* The keys from the identity, CK and IK (RFC 4187 clause 7). */
void eap_aka_keys(struct octets identity, const uint8_t ck[16], const uint8_t ik[16],
		  struct eap_aka_keys *keys);
/* The pseudo-random function of FIPS 186-2 with change notice 1, as EAP has it (RFC 4187 appendix
 * A): length octets from a key of 20. */
void eap_aka_prf(const uint8_t key[20], uint8_t *out, size_t length);

struct eap_aka_message {
	uint8_t code, identifier, subtype;
	/* Attributes, as far as they are there; lengths as RFC 4187 clause 10 has them. */
	struct octets rand, autn, res, auts, mac, identity;
	size_t mac_at; /* where in the packet the MAC stands, for its check */
	uint16_t res_bits;
	uint16_t notification, client_error;
	bool has_notification, has_client_error;
	bool any_id, full_auth_id, permanent_id; /* AT_*_ID_REQ */
	uint8_t unknown; /* the first attribute below 128 that is not known; 0: none */
};

/* An EAP packet of type AKA: 0, or -1 with why. The octets point into packet. */
int eap_aka_decode(struct octets packet, struct eap_aka_message *message,
		   struct problem *problem);
/* Is its AT_MAC that of these keys? In constant time. */
bool eap_aka_mac_is_good(struct octets packet, const struct eap_aka_message *message,
			 const struct eap_aka_keys *keys);

/* Whole packets, added to out. */
void eap_aka_challenge(uint8_t identifier, const uint8_t rand[16], const uint8_t autn[16],
		       const struct eap_aka_keys *keys, struct buffer *out);
void eap_aka_response(uint8_t identifier, const uint8_t res[8], const struct eap_aka_keys *keys,
		      struct buffer *out);
void eap_aka_synchronization_failure(uint8_t identifier, const uint8_t auts[14],
				     struct buffer *out);
/* Authentication-Reject, or a Client-Error of code 0 ("unable to process packet"). */
void eap_aka_refusal(uint8_t identifier, enum eap_aka_subtype subtype, struct buffer *out);
/* Success or Failure. */
void eap_result(enum eap_code code, uint8_t identifier, struct buffer *out);

/* A USIM as a peer has it. */
struct eap_aka_usim {
	uint8_t k[16], opc[16];
	uint64_t highest_sqn;
	bool any_network; /* a flaw: whoever says a challenge knows K */
	bool any_sqn;     /* a flaw: a challenge may come again */
};
enum eap_aka_outcome {
	EAP_AKA_ANSWERED,  /* RES is on its way, keys are there */
	EAP_AKA_REJECTED,  /* the network does not know K, or its MAC is wrong */
	EAP_AKA_RESYNC,    /* AUTS is on its way */
	EAP_AKA_UNUSABLE,  /* a Client-Error is on its way */
};
/* The peer's answer to a request of the server, added to out. */
enum eap_aka_outcome eap_aka_peer(struct eap_aka_usim *usim, struct octets identity,
				  struct octets packet, struct eap_aka_keys *keys,
				  struct buffer *out);

#endif
