/*
 * ikev2-sa: IKE SAs and their Child SAs as state machines (RFC 7296), initiator and responder.
 *
 * A node is one end with all its SAs. Datagrams and the time are given to it; what it wants to send
 * and what happened it tells by calls. It opens no socket and reads no clock. Times are
 * microseconds since 1970 on the caller's clock.
 */
#ifndef PROTOCOLS_IKEV2_SA_H
#define PROTOCOLS_IKEV2_SA_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "protocols/address.h"
#include "protocols/eap-aka.h"
#include "protocols/ikev2-flaws.h"
#include "protocols/ikev2-keys.h"
#include "protocols/ikev2-payload.h"
#include "protocols/message.h"

struct ikev2_node;
struct ikev2_sa;

/* Where a datagram came from and goes to. At port 4500 four zero octets stand before each IKE
 * message (RFC 3948): with encapsulated the node takes and makes datagrams with them. */
struct ikev2_path {
	struct address local, remote;
	bool encapsulated;
};

struct ikev2_inner { /* what CP hands out */
	struct address address4, address6; /* family 0: none */
	uint8_t prefix6;
	struct address dns[4];
	size_t dns_count;
};

struct ikev2_child {
	struct ikev2_child *next;
	uint32_t spi_in, spi_out;
	struct ikev2_suite suite;
	uint8_t key_in[IPSEC_KEY_LIMIT], integrity_in[IPSEC_KEY_LIMIT];
	uint8_t key_out[IPSEC_KEY_LIMIT], integrity_out[IPSEC_KEY_LIMIT];
	struct ikev2_selectors local, remote;
	bool encapsulated;   /* ESP goes in UDP */
	uint32_t replaces;   /* spi_in of the Child SA that it was made to replace; 0: none */
	bool deleting;
};

enum ikev2_event_type {
	IKEV2_EVENT_KEYS,        /* an IKE SA has its keys (for a recording) */
	IKEV2_EVENT_ESTABLISHED, /* both ends are authenticated */
	IKEV2_EVENT_CHILD_UP,    /* child=; by_peer: the peer began the exchange */
	IKEV2_EVENT_CHILD_DOWN,  /* child=, for the last time */
	IKEV2_EVENT_CHILD_REFUSED, /* notify=: no Child SA came of the exchange */
	IKEV2_EVENT_REKEYED,     /* sa= the new IKE SA, old= the one that it replaces */
	IKEV2_EVENT_FAILED,      /* no IKE SA came of it; notify= and why=; sa= for the last time */
	IKEV2_EVENT_CLOSED,      /* an established one is gone; why=; sa= for the last time */
	IKEV2_EVENT_ALIVE,       /* the peer answered a probe */
};

struct ikev2_event {
	enum ikev2_event_type type;
	struct ikev2_sa *sa, *old;
	const struct ikev2_child *child;
	uint16_t notify; /* the error that was said or heard; 0: none */
	bool by_peer;
	const char *why; /* "" when there is nothing to say */
};

/* What the node calls; context is the caller's. None may free the node or call it. */
struct ikev2_calls {
	void *context;
	void (*send)(void *context, const struct ikev2_path *path, struct octets datagram);
	void (*event)(void *context, const struct ikev2_event *event);
	/* An inner address for a peer: 0, or -1 for none (INTERNAL_ADDRESS_FAILURE). NULL: none. */
	int (*assign)(void *context, struct ikev2_sa *sa, const struct ikev2_cp *request,
		      struct ikev2_inner *inner);
	/* Each message sent or received for the first time, decrypted; the receiver owns it. A
	 * message that does not belong to an SA is not told. May be NULL. */
	void (*seen)(void *context, const struct ikev2_path *path, bool sent,
		     struct message *message);
	/* The USIM of a hosting party with this identity, as its network knows it; highest_sqn is
	 * the last one that was used, and the node counts it up there. NULL: there is no such. */
	struct eap_aka_usim *(*subscriber)(void *context, struct octets identity);
	/* Has this end an IKE SA with the responder of sa that another node of its own holds? Then
	 * sa is not its first one (RFC 7296 2.4). NULL: it has none. */
	bool (*has_other)(void *context, const struct ikev2_sa *sa);
};

/* How a node is to behave. It and all that it points to must live as long as the node. Zeros are
 * good for all that is not said to be needed. */
struct ikev2_settings {
	struct ikev2_offer ike, esp; /* needed */
	struct ikev2_id local_id;    /* needed */
	struct ikev2_id remote_id;   /* type 0: anybody who is authenticated */
	struct octets shared_secret; /* empty: a peer with method 2 is refused */
	X509 *certificate;           /* ours, with its key; NULL: the shared secret is ours */
	STACK_OF(X509) *chain;       /* sent behind it */
	X509_CRL *revocations;       /* sent, too; NULL: none */
	EVP_PKEY *key;
	STACK_OF(X509) *roots;       /* to one of which the peer's must lead; NULL: refused */
	int64_t certificate_time;    /* seconds since 1970 to check at; 0: time of the message */
	bool any_revoked;            /* revocation lists that the peer sends are not looked at */
	bool any_name;               /* the peer's certificate need not be that of its identity */
	struct ikev2_selectors local, remote; /* needed: traffic of ours and of the peer's; where
					         addresses are handed out, these take their place */
	bool ask_address4, ask_address6; /* initiator: CP */
	/* RFC 4739: after the certificates the hosting party, by EAP-AKA. */
	bool hosting_party;          /* responder: wanted; calls.subscriber knows the keys */
	struct eap_aka_usim *usim;   /* initiator: ours, when the responder can do it */
	struct octets usim_identity; /* "0MCCMNC..@..", initiator */
	bool no_nat_detection, no_fragmentation, no_digital_signature;
	bool encapsulate;            /* as if there were a NAT: ESP always goes in UDP */
	uint16_t nat_port;           /* where to go on with a NAT between; 0: 4500 */
	size_t fragment_size;        /* octets of a message; 0: IKEV2_FRAGMENT_SIZE */
	int64_t retransmit;          /* until the first one, doubled each time; 0: 2 s */
	unsigned tries;              /* how often a request is sent; 0: 5 */
	int64_t dead_peer;           /* a probe after so long without a word; 0: never */
	int64_t half_open;           /* how long one may take to authenticate; 0: 30 s */
	size_t cookie_from;          /* so many half-open SAs: a cookie is wanted; 0: 16 */
	bool always_cookie;
	size_t half_open_limit;      /* all in all; 0: 1000 */
	size_t half_open_per_address; /* 0: 32; the oldest has to go */
	/* What a fault of the lab wants. */
	uint16_t refuse_init, refuse_auth, refuse_child; /* answered with this notify */
	bool other_group;            /* responder: a KE is met with INVALID_KE_PAYLOAD when another
				        group is on offer */
	bool wrong_auth;             /* AUTH with one bit turned */
	bool wrong_autn, old_sqn;    /* of the hosting party's challenge */
	unsigned flaws;              /* enum ikev2_flaw: of a simulated device */
};

struct ikev2_node *ikev2_node_new(const struct ikev2_settings *settings,
				  const struct ikev2_calls *calls);
void ikev2_node_free(struct ikev2_node *node); /* all SAs with it, without a word to the peers */

/* A new IKE SA with a Child SA, from here; the path is the one to port 500 or 4500. */
struct ikev2_sa *ikev2_connect(struct ikev2_node *node, const struct ikev2_path *path,
			       int64_t now);
/* A datagram that came. What is not IKE (ESP, keepalive) is passed over. */
void ikev2_receive(struct ikev2_node *node, const struct ikev2_path *path,
		   struct octets datagram, int64_t now);
/* When ikev2_time wants to be called; INT64_MAX: never. */
int64_t ikev2_deadline(const struct ikev2_node *node);
void ikev2_time(struct ikev2_node *node, int64_t now);

/* Things to do, each after those before it. A Child SA is named by its spi_in. */
void ikev2_rekey(struct ikev2_sa *sa, int64_t now);
void ikev2_rekey_child(struct ikev2_sa *sa, uint32_t spi_in, int64_t now);
void ikev2_new_child(struct ikev2_sa *sa, int64_t now);
void ikev2_delete_sa(struct ikev2_sa *sa, int64_t now);
void ikev2_delete_child(struct ikev2_sa *sa, uint32_t spi_in, int64_t now);
void ikev2_probe(struct ikev2_sa *sa, int64_t now); /* an empty INFORMATIONAL */
/* Forgets it without a word; no event. */
void ikev2_forget(struct ikev2_sa *sa);

uint64_t ikev2_sa_initiator_spi(const struct ikev2_sa *sa);
uint64_t ikev2_sa_responder_spi(const struct ikev2_sa *sa);
bool ikev2_sa_is_initiator(const struct ikev2_sa *sa);
/* Is there a NAT before this end, so that it has to keep its mapping alive (RFC 3948 4)? */
bool ikev2_sa_local_nat(const struct ikev2_sa *sa);
const struct ikev2_path *ikev2_sa_path(const struct ikev2_sa *sa);
const struct ikev2_suite *ikev2_sa_suite(const struct ikev2_sa *sa);
const struct ikev2_keys *ikev2_sa_keys(const struct ikev2_sa *sa);
const struct ikev2_inner *ikev2_sa_inner(const struct ikev2_sa *sa);
struct ikev2_child *ikev2_sa_children(const struct ikev2_sa *sa);
/* The peer's identity and the subject of its certificate, for people; "" while not known. */
const char *ikev2_sa_peer(const struct ikev2_sa *sa);
const char *ikev2_sa_peer_subject(const struct ikev2_sa *sa);
size_t ikev2_node_count(const struct ikev2_node *node);     /* IKE SAs, half-open ones with them */
size_t ikev2_node_half_open(const struct ikev2_node *node);

#endif
