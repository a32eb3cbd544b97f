/*
 * milenage: the example set of 3GPP authentication functions (TS 35.206), as a USIM and its home
 * network have them.
 */
#ifndef PROTOCOLS_MILENAGE_H
#define PROTOCOLS_MILENAGE_H

#include <stdint.h>

#define MILENAGE_KEY 16
#define MILENAGE_SQN 6

struct milenage { /* what the functions f1 to f5* give for one challenge */
	uint8_t mac_a[8];  /* f1 */
	uint8_t mac_s[8];  /* f1* */
	uint8_t res[8];    /* f2 */
	uint8_t ck[16];    /* f3 */
	uint8_t ik[16];    /* f4 */
	uint8_t ak[6];     /* f5 */
	uint8_t ak_s[6];   /* f5* */
};

/* OPc from the operator's OP and the subscriber's K (TS 35.206 clause 4.1). 0, or -1 (OpenSSL). */
int milenage_opc(const uint8_t k[MILENAGE_KEY], const uint8_t op[16], uint8_t opc[16]);
/* All functions at once. 0, or -1 (OpenSSL). */
int milenage(const uint8_t k[MILENAGE_KEY], const uint8_t opc[16], const uint8_t rand[16],
	     const uint8_t sqn[MILENAGE_SQN], const uint8_t amf[2], struct milenage *out);
/* AUTN (TS 33.102 6.3.2): SQN xor AK, AMF, MAC-A. */
void milenage_autn(const struct milenage *values, const uint8_t sqn[MILENAGE_SQN],
		   const uint8_t amf[2], uint8_t autn[16]);

enum milenage_check {
	MILENAGE_GOOD,
	MILENAGE_WRONG_MAC,  /* the network does not know K */
	MILENAGE_OLD_SQN,    /* to be answered with AUTS */
};
/* What a USIM does with RAND and AUTN: checks MAC-A, and that SQN is beyond the highest that it
 * accepted (which then moves on). out: RES, CK, IK. auts (TS 33.102 6.3.3) is set when the SQN is
 * old. -1: OpenSSL refuses. */
int milenage_usim(const uint8_t k[MILENAGE_KEY], const uint8_t opc[16], const uint8_t rand[16],
		  const uint8_t autn[16], uint64_t *highest_sqn, struct milenage *out,
		  uint8_t auts[14]);
/* What the home network does with AUTS: the USIM's SQN, or -1 when its MAC-S is wrong. */
int64_t milenage_resynchronise(const uint8_t k[MILENAGE_KEY], const uint8_t opc[16],
			       const uint8_t rand[16], const uint8_t auts[14]);

#endif
