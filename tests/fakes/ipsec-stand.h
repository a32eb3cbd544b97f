/*
 * ipsec-stand: a gateway and a device, both IPsec hosts of ours, on loopback, on virtual time: IKE
 * at other ports than the usual ones, no TUN, ESP in UDP.
 */
#ifndef TESTS_FAKES_IPSEC_STAND_H
#define TESTS_FAKES_IPSEC_STAND_H

#include "fakes/ipsec/ipsec-host.h"

struct ipsec_side {
	struct ikev2_settings ike;
	struct ipsec_host_settings settings;
	struct ipsec_host *host;
	unsigned told[IPSEC_ALIVE + 1]; /* news by type */
	struct ipsec_news last;
	struct ipsec_tunnel *tunnel;    /* of the last news; NULL when it is gone */
	unsigned packets;               /* inner ones that came */
	uint8_t packet[2000];           /* the last one */
	size_t length;
	unsigned keys, esp_keys, datagrams; /* at the tap */
	struct tap tap;
};

struct ipsec_stand {
	struct loop *loop;
	struct ipsec_side device, gateway;
	unsigned leases;
	bool no_address;
};

/* An address on loopback, with the stand's port of IKE. */
struct address ipsec_stand_address(uint8_t number);
void ipsec_stand_init(struct ipsec_stand *stand); /* then change settings */
void ipsec_stand_offer(struct ipsec_stand *stand, const char *ike, const char *esp);
void ipsec_stand_start(struct ipsec_stand *stand);
void ipsec_stand_end(struct ipsec_stand *stand);
/* Lets this much time pass. */
void ipsec_stand_pass(struct ipsec_stand *stand, int64_t time);
/* Connects and waits until it is up, or refused. */
void ipsec_stand_connect(struct ipsec_stand *stand);
/* Sends a packet with this number from one side to the other; not waiting for it. */
void ipsec_stand_send(struct ipsec_stand *stand, struct ipsec_side *from, uint8_t number);
/* One comes through each way. */
void ipsec_stand_carries(struct ipsec_stand *stand);

#endif
