/*
 * segw: what the files of the security gateway fake share; nobody else includes it.
 *
 * A role is a fake of its own; the physical gateway behind it may be that of two roles, initial and
 * serving, when both have one address.
 */
#ifndef FAKES_SEGW_SEGW_H
#define FAKES_SEGW_SEGW_H

#include "fakes/fake.h"
#include "fakes/ipsec/ipsec-host.h"
#include "fakes/late-answer.h"
#include "fakes/segw/address-pool.h"
#include "protocols/buffer.h"

enum { SEGW_ROLES = 2 }; /* that one physical gateway can play */

/* The request that is being answered, and what its answer is to have wrong. */
struct segw_answer {
	bool open;                 /* a request came */
	uint8_t exchange;
	uint32_t message_id;
	uint64_t initiator_spi;
	const struct arrow *arrow; /* the cue; NULL: none, or it was taken */
	bool struck;               /* drop, delay and garbage go for all its datagrams */
	const struct fault *silent, *garbage, *delay, *twice, *unauthenticated;
};

struct segw { /* a physical gateway */
	const struct stage *stage;
	const char *roles[SEGW_ROLES]; /* of the table of roles */
	size_t role_count;
	struct ipsec_host *host;
	struct address_pool *pool;
	struct ikev2_settings good;    /* as the profile has it */
	struct ikev2_settings current; /* with what a fault changes; the host's */
	bool rsa, no_address;
	char *also_address;            /* in its certificate */
	char *secret;
	struct eap_aka_usim usim;      /* of the hosting party, as its network knows it */
	char *usim_identity;           /* or NULL: no hosting party is wanted */
	struct address dns[2];         /* IPv4, IPv6; family 0: none */
	STACK_OF(X509) *roots;
	struct segw_answer answer;
	struct late_answers late;
};

/* segw-settings.c: from the profile. 0, or -1 with why. */
int segw_configure(struct segw *segw, struct problem *problem);
void segw_unconfigure(struct segw *segw);
const char *segw_variable(const struct segw *segw, const char *name, const char *otherwise);

/* segw-faults.c: the hooks of the host, and their end. */
bool segw_incoming(void *context, const struct ikev2_path *path, struct octets datagram);
bool segw_outgoing(void *context, const struct ikev2_path *path, struct octets datagram);
void segw_faults_reset(struct segw *segw);

#endif
