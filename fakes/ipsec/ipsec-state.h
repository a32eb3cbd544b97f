/* ipsec-state: what the files of an IPsec host share; nobody else includes it. */
#ifndef FAKES_IPSEC_IPSEC_STATE_H
#define FAKES_IPSEC_IPSEC_STATE_H

#include "fakes/ipsec/esp-table.h"
#include "fakes/ipsec/ipsec-host.h"
#include "harness/loop/stream.h"

struct ipsec_wire;
struct ipsec_inside;

/* An IKE node of the host: the gateway's, or one for each tunnel that it began. */
struct ipsec_end {
	struct ipsec_end *next;
	struct ipsec_host *host;
	struct ikev2_node *node;
	struct ikev2_settings settings; /* of a tunnel that was begun here */
	struct ipsec_tunnel *tunnel;    /* that it was made for; NULL: the gateway's, or it is over */
	bool gateway;
};

struct ipsec_tunnel {
	struct ipsec_tunnel *next;
	struct ipsec_host *host;
	struct ipsec_end *end;
	struct ikev2_sa *sa; /* the newest; NULL: it is gone */
	struct address remote;
	uint32_t child;      /* spi_in of the newest Child SA; 0: none */
	struct ikev2_inner inner;
	bool established, up, over, is_on_tun;
	bool ends; /* a DELETE was begun here: nothing goes into it any more (RFC 7296 1.4.1) */
	char *peer, *subject;
	void *mark;
};

struct news_item {
	struct news_item *next;
	struct ipsec_tunnel *tunnel;
	struct ipsec_news news;
};

struct outgoing { /* what a node wanted to send: it leaves when the node is done */
	struct outgoing *next;
	struct ikev2_path path;
	struct buffer datagram;
};

struct ipsec_host {
	struct ipsec_host_settings settings;
	struct ipsec_wire *wire;
	struct ipsec_inside *inside; /* NULL: there is no TUN */
	struct ipsec_end *ends;
	struct ipsec_tunnel *tunnels, **last_tunnel;
	struct esp_table *table;
	struct outgoing *outbox, **last_outgoing;
	struct news_item *news, **last_news;
	struct timer *timer, *settling, *keepalive;
	int64_t timer_at;
	struct buffer packet, last_esp; /* one that is being worked on; the last that was sent */
	struct ikev2_path last_path;    /* of the latter */
	bool last_encapsulated;
	bool silent;
	unsigned busy; /* calls of the owner, or of the tap, that are going on */
	bool freed;    /* in one of them */
};

/* ipsec-wire.c: the outer side */
struct ipsec_wire *ipsec_wire_new(struct ipsec_host *host, struct problem *problem);
void ipsec_wire_free(struct ipsec_wire *wire);
const struct address *ipsec_wire_address(const struct ipsec_wire *wire); /* of IKE */
void ipsec_wire_ike(struct ipsec_wire *wire, const struct ikev2_path *path,
		    struct octets datagram);
/* encapsulated: in UDP along the path, else in IP protocol 50 to its remote host. */
void ipsec_wire_esp(struct ipsec_wire *wire, const struct ikev2_path *path, bool encapsulated,
		    struct octets packet);

/* ipsec-host.c: what the wire found */
void ipsec_host_ike_came(struct ipsec_host *host, const struct ikev2_path *path,
			 struct octets datagram);
void ipsec_host_esp_came(struct ipsec_host *host, struct octets packet);
/* Does something with the IKE SA of a tunnel that is established. */
void ipsec_host_do(struct ipsec_tunnel *tunnel, void (*what)(struct ikev2_sa *sa, int64_t now));

/* ipsec-events.c: what the IKE nodes tell, and what the owner is told of it */
extern const struct ikev2_calls ipsec_calls; /* context: the struct ipsec_end */
struct ipsec_tunnel *ipsec_tunnel_new(struct ipsec_host *host, struct ipsec_end *end);
void ipsec_tunnel_free(struct ipsec_tunnel *tunnel); /* unlinks it and its news */
void ipsec_outbox_clear(struct ipsec_host *host);
void ipsec_outbox_add(struct ipsec_host *host, const struct ikev2_path *path,
		      struct octets datagram);
void ipsec_send_all(struct ipsec_host *host);
/* What is to be sent is sent, the owner is told the news; all of it may be cleared meanwhile. */
void ipsec_flush(struct ipsec_host *host);

/* ipsec-inside.c: the TUN, with what tunnels put on it */
struct ipsec_inside *ipsec_inside_new(struct ipsec_host *host, struct problem *problem);
void ipsec_inside_free(struct ipsec_inside *inside);
int ipsec_inside_route(struct ipsec_inside *inside, const struct address *network, unsigned prefix,
		       struct problem *problem);
void ipsec_inside_write(struct ipsec_inside *inside, struct octets packet);
void ipsec_inside_up(struct ipsec_inside *inside, struct ipsec_tunnel *tunnel,
		     const struct ikev2_child *child);
void ipsec_inside_down(struct ipsec_inside *inside, struct ipsec_tunnel *tunnel);

#endif
