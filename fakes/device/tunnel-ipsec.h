/*
 * tunnel-ipsec: the tunnels of a cell by IKEv2 and ESP (TS 33.320 clause 7, TS 33.310): a certificate
 * of its own, a root that it trusts, an inner address from the gateway.
 */
#ifndef FAKES_DEVICE_TUNNEL_IPSEC_H
#define FAKES_DEVICE_TUNNEL_IPSEC_H

#include <openssl/x509.h>

#include "fakes/device/tunnel-end.h"

struct device_ipsec { /* what was put into the cell at the factory; outlives it */
	const char *identity;   /* its name, as its certificate has it: IDi */
	X509 *certificate;
	EVP_PKEY *key;
	STACK_OF(X509) *roots;  /* that it trusts */
	const char *ike, *esp;  /* algorithms that it offers, as ikev2_offer_parse has them */
	struct eap_aka_usim *usim; /* of the hosting party; NULL: none is in it */
	const char *usim_identity; /* "0" IMSI "@" realm */
	bool inside4, inside6;  /* the families of inner addresses that it asks for */
};

extern const struct tunnel_ends ipsec_tunnel_ends; /* of a device with factory.ipsec */

/* Can the algorithms be offered? 0, or -1 with why. */
int device_ipsec_check(const struct device_ipsec *ipsec, struct problem *problem);

#endif
