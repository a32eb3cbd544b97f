/*
 * ipsec-host: the whole IPsec of one end: IKE on UDP ports 500 and 4500 of an outer address, ESP in
 * UDP (RFC 3948) or in IP protocol 50, and the TUN device behind which the inner network is.
 *
 * A security gateway answers: one address of settings for all who come. A device connects: each
 * tunnel has settings of its own, so it may have one to an initial and one to a serving gateway.
 * Keys, datagrams and ESP packets are shown to the tap.
 */
#ifndef FAKES_IPSEC_IPSEC_HOST_H
#define FAKES_IPSEC_IPSEC_HOST_H

#include "harness/loop/loop.h"
#include "harness/loop/tap.h"
#include "protocols/ikev2-sa.h"

struct ipsec_host;
struct ipsec_tunnel; /* an IKE SA, through its rekeyings, with its Child SAs */

enum ipsec_news_type {
	IPSEC_UP,            /* authenticated, and the first Child SA carries; an inner address that
				was given is on the TUN device */
	IPSEC_REFUSED,       /* nothing came of it, or no Child SA did (then it is deleted by
				whoever wants that): notify and why. The tunnel is_gone, or not */
	IPSEC_DOWN,          /* one that was up is gone: why */
	IPSEC_REKEYED,       /* the IKE SA has a successor */
	IPSEC_CHILD_REKEYED, /* a Child SA has one */
	IPSEC_ALIVE,         /* the peer answered a probe */
};

struct ipsec_news {
	enum ipsec_news_type type;
	uint16_t notify; /* the error of the peer, or ours; 0: none */
	bool by_peer;    /* whose doing it was */
	bool is_gone;    /* the tunnel is not to be used after this call */
	char why[160];   /* for people; "" */
};

/* What the host tells. It comes after all else is done: from inside, tunnels may be connected,
 * deleted, abandoned, and the host freed. */
typedef void (*ipsec_callback)(void *context, struct ipsec_tunnel *tunnel,
			       const struct ipsec_news *news);

/* Where a fault of the lab gets in. Each may be NULL. They may change the settings of the gateway,
 * but not call the host. */
struct ipsec_hooks {
	/* An IKE datagram came, and is going to be dealt with: true: it is not to be. */
	bool (*incoming)(void *context, const struct ikev2_path *path, struct octets datagram);
	/* One is going to leave (at port 4500 with its four zero octets): true: it is not to, or
	 * the hook has sent what it wanted by ipsec_host_send. */
	bool (*outgoing)(void *context, const struct ikev2_path *path, struct octets datagram);
};

struct ipsec_host_settings {
	struct loop *loop;
	const struct tap *tap;     /* or NULL */
	struct address outer;      /* port: of IKE, 0: 500 */
	uint16_t nat_port;         /* 0: 4500 */
	bool plain_esp;            /* IP protocol 50 too (a raw socket) */
	const char *tun;           /* begin of the TUN device's name; NULL: there is none */
	uint8_t tun_place;         /* the network that it is in, enum place */
	unsigned mtu;              /* of the TUN; 0: 1400 */
	size_t most;               /* Child SAs at a time; 0: 256 */
	int64_t keepalive;         /* RFC 3948 4: so often while this end is behind a NAT; 0: never */
	bool clings_to_esp;        /* a flaw: goes on with a Child SA that was replaced */
	/* A gateway's: NULL: nobody is answered. Must live as long as the host. */
	const struct ikev2_settings *gateway;
	/* An inner address for a peer, as ikev2_calls.assign; peer is its identity in words. */
	int (*assign)(void *context, struct ipsec_host *host, const char *peer,
		      const struct ikev2_cp *request, struct ikev2_inner *inner);
	struct eap_aka_usim *(*subscriber)(void *context, struct octets identity);
	/* What comes out of tunnels when there is no TUN; may be NULL. */
	void (*inner)(void *context, struct octets packet);
	ipsec_callback tell;
	struct ipsec_hooks hooks;
	void *context;
};

/* Opens the sockets and the TUN. The settings are copied, what they point to is not. NULL with
 * why. */
struct ipsec_host *ipsec_host_new(const struct ipsec_host_settings *settings,
				  struct problem *problem);
/* Without a word to the peers. NULL is fine. */
void ipsec_host_free(struct ipsec_host *host);

/* Begins a tunnel to a gateway (port 0: 500). The settings are copied, what they point to has to
 * live as long as the tunnel. Something is told of it in any case, later. */
struct ipsec_tunnel *ipsec_host_connect(struct ipsec_host *host, const struct address *gateway,
					const struct ikev2_settings *settings);
/* An inner packet into the tunnel that it fits (as if it had come from the TUN). */
void ipsec_host_send_inner(struct ipsec_host *host, struct octets packet);
/* What a gateway's TUN leads to: the network that its inner addresses are of. 0, or -1 with why. */
int ipsec_host_route(struct ipsec_host *host, const struct address *network, unsigned prefix,
		     struct problem *problem);
/* Octets as an IKE datagram along a path, past the hooks. */
void ipsec_host_send(struct ipsec_host *host, const struct ikev2_path *path,
		     struct octets datagram);
/* The last ESP packet that was sent once more: a replay. 0, or -1: there is none. */
int ipsec_host_replay(struct ipsec_host *host);
/* A silent host sends nothing and hears nothing; its SAs stay, and time passes. */
void ipsec_host_silence(struct ipsec_host *host, bool silent);
/* Forgets all tunnels and half-open SAs without a word, and tells nothing. */
void ipsec_host_clear(struct ipsec_host *host);

/* The tunnels, in the order of their making; NULL at the end. */
struct ipsec_tunnel *ipsec_host_tunnel(struct ipsec_host *host, size_t index);
size_t ipsec_host_half_open(const struct ipsec_host *host);
size_t ipsec_host_children(const struct ipsec_host *host); /* ESP SA pairs, old ones with them */

/* IPSEC_DOWN comes when it is done. These do nothing to one that is not authenticated yet. */
void ipsec_tunnel_delete(struct ipsec_tunnel *tunnel);
void ipsec_tunnel_rekey(struct ipsec_tunnel *tunnel);
void ipsec_tunnel_rekey_child(struct ipsec_tunnel *tunnel); /* the newest */
void ipsec_tunnel_probe(struct ipsec_tunnel *tunnel);
/* At once, in any state, without a word to the peer and any news. */
void ipsec_tunnel_abandon(struct ipsec_tunnel *tunnel);

/* NULL when it is not up. */
const struct ikev2_inner *ipsec_tunnel_inner(const struct ipsec_tunnel *tunnel);
bool ipsec_tunnel_is_up(const struct ipsec_tunnel *tunnel);
bool ipsec_tunnel_is_encapsulated(const struct ipsec_tunnel *tunnel); /* ESP in UDP */
/* Is the address among what is behind the peer, by the selectors of the newest child SA (RFC 4301
 * 4.4.1.1)? */
bool ipsec_tunnel_carries(const struct ipsec_tunnel *tunnel, const struct address *address);
const struct address *ipsec_tunnel_peer_address(const struct ipsec_tunnel *tunnel);
const char *ipsec_tunnel_peer(const struct ipsec_tunnel *tunnel); /* its identity, or "" */
/* The subject of the peer's certificate, or "". */
const char *ipsec_tunnel_peer_subject(const struct ipsec_tunnel *tunnel);
/* For the caller to keep something with it. */
void ipsec_tunnel_set_mark(struct ipsec_tunnel *tunnel, void *mark);
void *ipsec_tunnel_mark(const struct ipsec_tunnel *tunnel);

#endif
