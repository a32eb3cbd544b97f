/*
 * ikev2-flaws: what an IKEv2 node does wrong on purpose, for a simulated device with defects. An
 * honest node has none.
 */
#ifndef PROTOCOLS_IKEV2_FLAWS_H
#define PROTOCOLS_IKEV2_FLAWS_H

enum ikev2_flaw { /* or'ed in ikev2_settings.flaws */
	IKEV2_FLAW_NO_CERTREQ = 1 << 0,
	IKEV2_FLAW_ANY_ROOT = 1 << 1,        /* takes a certificate of whatever authority */
	IKEV2_FLAW_EXPIRED = 1 << 2,         /* ... that was valid once */
	IKEV2_FLAW_NOT_YET_VALID = 1 << 3,   /* ... that will be valid */
	IKEV2_FLAW_ANY_IDENTITY = 1 << 4,    /* asks nobody who it is */
	IKEV2_FLAW_ANY_AUTH = 1 << 5,        /* looks at no signature */
	IKEV2_FLAW_IGNORES_DELETE = 1 << 6,  /* and says nothing to it */
	IKEV2_FLAW_KEEPS_DELETED = 1 << 7,   /* answers a delete and goes on all the same */
	IKEV2_FLAW_NO_PROBE_ANSWER = 1 << 8,
	IKEV2_FLAW_NO_REKEY_ANSWER = 1 << 9,
	IKEV2_FLAW_REPEATS_ID = 1 << 10,     /* of the last request, in the next one */
	IKEV2_FLAW_WRONG_ANSWER_ID = 1 << 11, /* answers with the ID of another request */
	IKEV2_FLAW_STAYS_AT_500 = 1 << 13,   /* whatever NAT was found */
	IKEV2_FLAW_PLAIN_ESP = 1 << 14,      /* ESP not in UDP, whatever NAT was found */
	IKEV2_FLAW_ALWAYS_FIRST = 1 << 12,   /* says INITIAL_CONTACT beside another IKE SA */
};

#endif
