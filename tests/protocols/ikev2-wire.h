/* ikev2-wire: two IKE nodes, what goes between them, and what they told. */
#ifndef TESTS_PROTOCOLS_IKEV2_WIRE_H
#define TESTS_PROTOCOLS_IKEV2_WIRE_H

#include "protocols/ikev2-sa.h"

#define WIRE_START (1800000000LL * 1000000)
#define WIRE_EVENTS 200

struct wire;

struct wire_end { /* one of the two */
	struct wire *wire;
	struct ikev2_settings settings;
	struct ikev2_node *node;
	struct address address;
	struct ikev2_event events[WIRE_EVENTS];
	char whys[WIRE_EVENTS][200];
	size_t event_count;
	struct ikev2_sa *sa;      /* the latest that is up, or NULL */
	struct ikev2_child child; /* a copy of the latest that came up; spi_in 0: none */
	struct ikev2_keys keys;
	size_t sent, seen_sent, seen_received;
	bool no_address;          /* assign refuses */
	struct eap_aka_usim usim; /* b: as the network knows it; a: to be pointed at */
};

struct wire {
	struct wire_end a, b; /* a: the device, b: the gateway */
	int64_t now;
	struct { bool to_b; struct ikev2_path path; uint8_t *octets; size_t length; } queue[512];
	size_t head, tail;
	/* Nth datagram (from 1) from a: dropped; 0: none. */
	size_t drop_from_a, drop_from_b;
	bool nat;             /* a's address is another one at b */
	bool silent;          /* nothing arrives */
	bool twice;           /* everything arrives twice */
	size_t flip_bit;      /* of each datagram from 'a' with this number, see flip_datagram; */
	size_t flip_datagram; /* 0: none */
	/* Sees what arrives, as it stands before b (behind a NAT), and the keys; may be NULL. */
	void (*show)(void *context, const struct address *source,
		     const struct address *destination, struct octets datagram);
	void (*key)(void *context, const char *row);
	void *context;
};

/* Both with a shared secret; change settings before wire_start. */
void wire_init(struct wire *wire);
void wire_start(struct wire *wire);
/* a begins; everything is delivered until it is quiet. */
void wire_connect(struct wire *wire);
void wire_run(struct wire *wire);
/* Lets the time pass to the next deadline, up to limit; false: there was none. */
bool wire_wait(struct wire *wire, int64_t limit);
void wire_end(struct wire *wire);
size_t wire_count(const struct wire_end *end, enum ikev2_event_type type);
/* The last event of a type; NULL: none. */
const struct ikev2_event *wire_event(const struct wire_end *end, enum ikev2_event_type type);
/* Both have the same keys, for IKE and for the Child SA crosswise. */
void wire_agree(const struct wire *wire);
void wire_offer(struct wire_end *end, const char *ike, const char *esp);

#endif
