/*
 * dissector-ipsec: what dissector-ike.c and dissector-esp.c share. Of no interest to others.
 */
#ifndef PROTOCOLS_DISSECTOR_IPSEC_H
#define PROTOCOLS_DISSECTOR_IPSEC_H

#include "protocols/dissector-parts.h"
#include "protocols/ikev2-crypto.h"
#include "protocols/ipsec-key-rows.h"

/* Where and when a datagram or packet came. */
struct ipsec_place {
	const struct address *source, *destination;
	int64_t time;
	uint64_t packet;
	bool encapsulated; /* UDP port 4500 */
};

/* What became of an IKE SA, as far as can be seen. */
enum ike_progress {
	IKE_HALF_OPEN,   /* not authenticated */
	IKE_HIDDEN,      /* IKE_AUTH was answered, and its keys are not known */
	IKE_ESTABLISHED, /* authenticated, with a Child SA */
	IKE_REFUSED,     /* one end refused the other */
	IKE_DELETED,
};

/* The message that an end said last, request or answer. */
struct ike_said {
	bool any, told;
	uint32_t message_id;
	uint16_t fragments;
	uint64_t digests[IKEV2_FRAGMENTS]; /* of its fragments; [0] of a whole one; 0: not seen */
	uint64_t packet;                   /* the first one's */
	unsigned times;                    /* it was sent, this time included */
	bool answered;                     /* a request */
	bool cookie;                       /* an IKE_SA_INIT with a COOKIE */
	uint16_t group;                    /* of the KE of an IKE_SA_INIT; 0: none */
	uint64_t expected;                 /* the number that it should have; UINT64_MAX: any */
	struct ikev2_reassembly pieces;
};

enum { IKE_CLOSING = 16 };

struct ike_sa {
	struct ike_sa *older;
	uint64_t number; /* from 1, in this recording */
	uint64_t initiator_spi, responder_spi;
	struct address initiator, responder;
	struct address client; /* who began the first of those that replaced each other */
	enum ike_progress progress;
	int64_t deleted; /* when IKE_DELETED became its progress */
	bool from_start; /* its IKE_SA_INIT was seen */
	bool replaced;   /* by a rekeying (RFC 7296 1.3.2) */
	bool beside;     /* it began while another was up between the same two hosts */
	bool succeeded;  /* another came beside it: RFC 7296 2.8.3 */
	bool disowned;   /* the client said since then that it had no other: RFC 7296 2.4 */
	uint64_t identities[2]; /* what IDi and IDr say, as a number; 0: not seen */
	/* Child SAs, by their receiver's SPIs, that it asked to be deleted; gone with the answer. */
	uint32_t closing[IKE_CLOSING];
	size_t closing_count;
	uint64_t claimed_by;    /* the number of the SA that says so, not yet answered; 0: none */
	bool asked_again; /* the responder wants a cookie or another group */
	const char *nat;  /* "none", "source", "destination", "both"; NULL: not known */
	struct ike_said said[2][2]; /* [from initiator][is answer] */
	struct address inner[2];    /* what the responder assigned: [0] IPv4, [1] IPv6 */
};

/* An SPI whose packets passed. */
struct esp_flow {
	struct esp_flow *older;
	uint32_t spi;
	struct address destination;
	uint64_t packets, since_told;
	uint64_t sa_number;  /* how many IKE SAs had been seen when it began */
	bool from_start;     /* its first packet was seen: sequence number 1 (RFC 4303 2.2) */
	int64_t deleted;     /* when both ends had deleted its Child SA; 0: they have not */
	int64_t told;
	enum ike_progress progress; /* when it was told last */
	bool known;                 /* progress is */
	struct esp_sa *works;       /* of its key row: the one that opened a packet; not owned */
};

struct dissector_ipsec {
	struct ike_sa *newest;
	size_t sa_count;
	uint64_t sa_number;
	struct esp_flow *flows;
	size_t flow_count;
	struct ike_key_row *ike_keys;
	size_t ike_key_count;
	struct esp_key_row *esp_keys;
	size_t esp_key_count;
	dissector_inner inner;
	void *inner_context;
};

/* dissector-ike.c */
void dissector_ike_datagram(struct dissector *dissector, const struct ipsec_place *place,
			    struct octets octets);
/* The IKE SA that matters most between two hosts, in either direction; NULL: none was seen. */
struct ike_sa *dissector_ike_between(const struct dissector *dissector,
				     const struct address *a, const struct address *b);
/* What only an authenticated end says was said: that it became one was not seen. */
void dissector_ike_alive(struct ike_sa *sa);
/* The same of a host that began one; NULL: it began none. */
const struct ike_sa *dissector_ike_of(const struct dissector *dissector,
				      const struct address *host);
const char *dissector_ike_progress(enum ike_progress progress);
void dissector_ike_clear(struct dissector *dissector);

/* dissector-ike-said.c: is it said again? */
enum ike_again { IKE_NEW, IKE_SAME, IKE_ALTERED };
/* Is it an IKE_SA_INIT that differs from the one before in what a responder may ask for: a cookie,
 * another group (RFC 7296 2.6, 1.2)? */
bool ike_said_obeys(const struct ike_said *said, const struct ikev2_message *message);
/* Looks at a message (or fragment) of an SA, and takes note of it. */
enum ike_again ike_said_look(struct ike_sa *sa, const struct ikev2_message *message,
			     struct octets octets, uint64_t packet);

/* dissector-esp.c */
void dissector_esp_packet(struct dissector *dissector, const struct ipsec_place *place,
			  struct octets octets);
/* The Child SA that goes to the receiver by this SPI is deleted, as both ends know. */
void dissector_esp_deleted(struct dissector *dissector, uint32_t spi,
			   const struct address *receiver, int64_t time);
void dissector_esp_clear(struct dissector *dissector);

#endif
