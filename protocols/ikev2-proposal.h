/*
 * ikev2-proposal: proposals written as a profile does ("aes128-sha256-modp2048"), and the choice
 * among them (RFC 7296 clauses 2.7, 3.3).
 */
#ifndef PROTOCOLS_IKEV2_PROPOSAL_H
#define PROTOCOLS_IKEV2_PROPOSAL_H

#include "protocols/ikev2-keys.h"
#include "protocols/ikev2-payload.h"

/* "aes128-aes256-sha256-modp2048,aes128gcm16-prfsha256-ecp256" -> offer; proposals are separated
 * by commas and numbered from 1. For IKE a PRF that is not named goes with each integrity
 * algorithm; for ESP "noesn" is understood unless "esn" is there. allow_weak: 3DES, NULL and
 * MODP-1024 are let through. 0, or -1 with why. */
int ikev2_offer_parse(const char *text, enum ikev2_protocol protocol, bool allow_weak,
		      struct ikev2_offer *offer, struct problem *problem);
/* The text of a proposal ("AES-CBC-128/HMAC-SHA2-256-128/..."), new memory. */
char *ikev2_proposal_text(const struct ikev2_proposal *proposal);

/* Chooses from what the peer offers by our own list, which is in order of preference. with_group:
 * whether a Diffie-Hellman group belongs to the choice (not in IKE_AUTH). chosen gets exactly one
 * transform a type, with the offer's number and SPI. 0, or -1: nothing fits. */
int ikev2_offer_choose(const struct ikev2_offer *offered, const struct ikev2_offer *ours,
		       bool with_group, struct ikev2_proposal *chosen);
/* Is chosen an answer that the rules allow to our offer: one transform of each type, each offered
 * under the same number? 0, or -1 with why. */
int ikev2_choice_check(const struct ikev2_proposal *chosen, const struct ikev2_offer *ours,
		       bool with_group, struct problem *problem);
/* The algorithms of a chosen proposal; -1 when one of them is not there, or does not fit the
 * others. */
int ikev2_suite_of(const struct ikev2_proposal *chosen, struct ikev2_suite *suite);
/* Does one of the proposals offer this group? */
bool ikev2_offer_has_group(const struct ikev2_offer *offer, uint16_t group);
/* The group of the first proposal that has one; 0: none. */
uint16_t ikev2_offer_first_group(const struct ikev2_offer *offer);

#endif
