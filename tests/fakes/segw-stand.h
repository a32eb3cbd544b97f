/*
 * segw-stand: the security gateway fake on a loopback bench, on virtual time, and an IPsec host of
 * ours that connects to it, with a device's certificate.
 */
#ifndef TESTS_FAKES_SEGW_STAND_H
#define TESTS_FAKES_SEGW_STAND_H

#include "fakes/fake.h"
#include "fakes/ipsec/ipsec-host.h"
#include "tests/fakes/hms-script.h"

enum { SEGW_STAND_FAKES = 2 };

struct segw_stand {
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct script script;
	struct stage stage;
	struct fake *fakes[SEGW_STAND_FAKES];
	const char *roles[SEGW_STAND_FAKES];
	size_t fake_count;
	struct ikev2_settings ike; /* the device's */
	struct address gateway;
	struct ipsec_host *device;
	unsigned told[IPSEC_ALIVE + 1];
	struct ipsec_news last;
	struct ipsec_tunnel *tunnel;
	uint8_t first[2000]; /* the device's first datagram */
	size_t first_length;
};

/* settings: NAME, VALUE, ..., NULL for the profile; "same" is the serving gateway's address. */
void segw_stand_init(struct segw_stand *stand, const char *const *settings);
void segw_stand_play(struct segw_stand *stand, const char *role);
void segw_stand_end(struct segw_stand *stand);
void segw_stand_pass(struct segw_stand *stand, int64_t time);
/* Connects, until it is up or refused. */
void segw_stand_connect(struct segw_stand *stand);
/* The first fake does an action: 0 or -1. */
int segw_stand_act(struct segw_stand *stand, const char *action);

#endif
