/* ikev2-state: what the files of the IKE SA state machine share; nobody else includes it. */
#ifndef PROTOCOLS_IKEV2_STATE_H
#define PROTOCOLS_IKEV2_STATE_H

#include "protocols/ikev2-crypto.h"
#include "protocols/ikev2-dh.h"
#include "protocols/ikev2-document.h"
#include "protocols/ikev2-proposal.h"
#include "protocols/ikev2-sa.h"

#define SECOND 1000000
#define NONCE_OCTETS 32
#define NONCE_LIMIT 256
#define TASKS 16

enum sa_state {
	SA_INIT,        /* initiator: IKE_SA_INIT is sent */
	SA_HALF_OPEN,   /* keys are there, authentication is not */
	SA_ESTABLISHED,
	SA_REPLACED,    /* rekeyed: waits to be deleted */
	SA_CLOSING,     /* answers retransmissions until its deadline */
	SA_DEAD,        /* to be freed at the end of the call */
};

enum task_kind {
	TASK_NONE, TASK_INIT, TASK_AUTH, TASK_REKEY, TASK_REKEY_CHILD, TASK_NEW_CHILD, TASK_DELETE,
	TASK_DELETE_CHILD, TASK_PROBE,
};

struct task {
	enum task_kind kind;
	uint32_t spi; /* spi_in of the Child SA that it is about */
};

struct nonce {
	uint8_t octets[NONCE_LIMIT];
	size_t length;
};

/* A CREATE_CHILD_SA exchange, or the Child SA of IKE_AUTH, under way from here. */
struct pending {
	struct nonce nonce;
	struct ikev2_dh *dh;
	struct ikev2_child *child; /* NULL: it is about an IKE SA */
	uint64_t spi;              /* of the new IKE SA */
	uint16_t group;            /* asked for by INVALID_KE_PAYLOAD; 0: our first */
};

struct ikev2_sa {
	struct ikev2_node *node;
	struct ikev2_sa *next, *previous; /* in the node, oldest first */
	struct ikev2_sa *hash_next;       /* by local SPI */
	enum sa_state state;
	bool initiator;
	uint64_t initiator_spi, responder_spi;
	struct ikev2_path path;
	int64_t expires;  /* half-open, replaced, closing: when it goes */
	int64_t heard;    /* when the peer said something authentic */

	struct ikev2_suite suite;
	struct ikev2_keys keys;
	struct ipsec_cipher *in, *out;
	uint64_t seals; /* made with out */
	struct nonce initiator_nonce, responder_nonce;
	struct ikev2_dh *dh;
	struct buffer init_request, init_response, cookie;
	uint16_t group; /* initiator: of its KE */
	unsigned init_rounds;

	bool peer_fragments;
	unsigned peer_hashes; /* bit n: hash n of RFC 7427 */
	bool behind_nat;      /* one of the ends: ESP goes in UDP */
	bool local_nat;       /* this end, as the first exchange showed it */

	struct ikev2_id peer_id; /* data owned */
	char *peer, *peer_subject;
	struct ikev2_inner inner;
	bool inner_is_ours; /* this end began the first of the IKE SAs: its is the inner address */

	uint32_t next_out, next_in;
	struct task current; /* waits for its answer */
	struct ikev2_datagrams request, response;
	int64_t due, retry_at;
	unsigned tries;
	struct task tasks[TASKS];
	size_t task_count;
	struct ikev2_reassembly requests, responses;

	struct ikev2_child *children;
	struct pending pending;
	struct hosting *hosting; /* a second authentication under way; NULL: none */
	bool peer_multiple;      /* RFC 4739 MULTIPLE_AUTH_SUPPORTED */
};

#define BUCKETS 1024

struct ikev2_node {
	const struct ikev2_settings *settings;
	struct ikev2_calls calls;
	struct ikev2_sa *first, *last;
	struct ikev2_sa *buckets[BUCKETS];
	size_t count, half_open;
	uint8_t cookie_secret[32];
	int64_t now;
};

/* ikev2-node.c */
uint64_t ikev2_local_spi(const struct ikev2_sa *sa);
struct ikev2_sa *ikev2_sa_new(struct ikev2_node *node, const struct ikev2_path *path,
			      bool initiator);
void ikev2_sa_index(struct ikev2_sa *sa); /* when its local SPI is known */
struct ikev2_sa *ikev2_sa_find(struct ikev2_node *node, uint64_t local_spi);
void ikev2_sa_state(struct ikev2_sa *sa, enum sa_state state);
uint64_t ikev2_random_spi(void);
int ikev2_random(void *to, size_t length);
void ikev2_new_nonce(struct nonce *nonce);
struct octets ikev2_nonce_octets(const struct nonce *nonce);
void ikev2_set_nonce(struct nonce *nonce, struct octets octets);
void ikev2_tell(struct ikev2_sa *sa, enum ikev2_event_type type,
		const struct ikev2_child *child, uint16_t notify, bool by_peer, const char *why);
void ikev2_see(struct ikev2_node *node, const struct ikev2_path *path, bool sent,
	       struct octets octets, enum ikev2_encrypted state,
	       const struct ikev2_chain *inner, unsigned fragments);
/* It failed (not yet established) or is closed: children go down, it is told, and it ends. */
void ikev2_sa_end(struct ikev2_sa *sa, uint16_t notify, bool by_peer, const char *why);
/* The same, but the peer's last request is still answered when it comes again. */
void ikev2_sa_linger(struct ikev2_sa *sa, uint16_t notify, bool by_peer, const char *why);
void ikev2_sweep(struct ikev2_node *node);

/* ikev2-exchange.c */
void ikev2_transmit(struct ikev2_sa *sa, const struct ikev2_datagrams *datagrams);
void ikev2_send_request(struct ikev2_sa *sa, uint8_t exchange, struct ikev2_writer *writer);
/* Nothing waits for its answer. */
void ikev2_send_only(struct ikev2_sa *sa, uint8_t exchange, struct ikev2_writer *writer);
void ikev2_send_response(struct ikev2_sa *sa, uint8_t exchange, struct ikev2_writer *writer);
void ikev2_exchange_receive(struct ikev2_sa *sa, const struct ikev2_path *path,
			    struct octets octets, const struct ikev2_message *message);
void ikev2_start_timer(struct ikev2_sa *sa);
void ikev2_queue(struct ikev2_sa *sa, enum task_kind kind, uint32_t spi);
void ikev2_next_task(struct ikev2_sa *sa);
int64_t ikev2_sa_deadline(const struct ikev2_sa *sa);
void ikev2_sa_time(struct ikev2_sa *sa);
int ikev2_make_ciphers(struct ikev2_sa *sa);

/* ikev2-init.c */
void ikev2_init_request(struct ikev2_sa *sa);
void ikev2_init_respond(struct ikev2_node *node, const struct ikev2_path *path,
			struct octets octets, const struct ikev2_message *message);
void ikev2_init_answered(struct ikev2_sa *sa, const struct ikev2_path *path,
			 struct octets octets, const struct ikev2_message *message);
void ikev2_write_certreq(struct ikev2_sa *sa, struct ikev2_writer *writer);

/* ikev2-identity.c: the AUTH payload of this end, and the check of the peer's. The chain is that
 * of the peer's IKE_AUTH message. 0, or -1 with why. */
int ikev2_prove(struct ikev2_sa *sa, struct ikev2_writer *writer, struct problem *problem);
int ikev2_check_peer(struct ikev2_sa *sa, const struct ikev2_chain *chain,
		     struct problem *problem);

/* AUTH of a side made with a shared key (an EAP method's MSK) for the identity whose payload has
 * this body; prf->octets octets. 0 or -1. */
int ikev2_shared_auth(struct ikev2_sa *sa, bool of_initiator, struct octets id_body,
		      struct octets key, uint8_t data[IKEV2_PRF_LIMIT]);
struct buffer ikev2_id_body(const struct ikev2_id *id);

/* ikev2-hosting.c: the second authentication (RFC 4739) of the hosting party, by EAP-AKA. */
void ikev2_hosting_free(struct ikev2_sa *sa);
/* Responder: keeps what the first IKE_AUTH request asked for. */
void ikev2_hosting_begin(struct ikev2_sa *sa, const struct ikev2_chain *chain);
/* Responder: a further IKE_AUTH request. true: all is authenticated; *first is then what the first
 * one asked for, and the writer has the AUTH payload of the answer. false: it was dealt with. */
bool ikev2_hosting_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain,
			   struct ikev2_chain *first, struct ikev2_writer *writer);
/* Initiator: begins it, after the first answer (which names the responder). */
void ikev2_hosting_request(struct ikev2_sa *sa, const struct ikev2_chain *chain);
/* Initiator: an answer to it. true: the responder has proved that it knows the key too. */
bool ikev2_hosting_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain);

/* ikev2-establish.c: IKE_AUTH */
/* Refuses an IKE_AUTH request; the SA ends. */
void ikev2_auth_refuse(struct ikev2_sa *sa, uint16_t notify, const char *why);
void ikev2_auth_request(struct ikev2_sa *sa);
void ikev2_auth_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain);
void ikev2_auth_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain);

/* ikev2-child.c */
struct ikev2_child *ikev2_child_begin(struct ikev2_sa *sa);
void ikev2_child_free(struct ikev2_child *child);
struct ikev2_child *ikev2_child_in(const struct ikev2_sa *sa, uint32_t spi_in);
struct ikev2_child *ikev2_child_out(const struct ikev2_sa *sa, uint32_t spi_out);
/* The selectors that this end wants, or allows, by its settings and the inner addresses. */
void ikev2_child_wishes(struct ikev2_sa *sa, struct ikev2_child *child);
/* SA of a request for this child; with_group: with the groups of the offer (not in IKE_AUTH). */
void ikev2_child_offer(struct ikev2_sa *sa, const struct ikev2_child *child,
		       struct ikev2_writer *writer, bool with_group);
/* TSi and TSr; from_here: this end began the exchange. */
void ikev2_child_selectors(const struct ikev2_child *child, bool from_here,
			   struct ikev2_writer *writer);
/* Chooses from the peer's request; 0 or the notify to refuse with. The suite, the SPIs and the
 * selectors (narrowed from those it had) are set then. */
uint16_t ikev2_child_choose(struct ikev2_sa *sa, const struct ikev2_chain *chain, bool with_group,
			    struct ikev2_child *child, struct ikev2_proposal *chosen);
void ikev2_child_answer(struct ikev2_writer *writer, const struct ikev2_child *child,
			const struct ikev2_proposal *chosen);
/* Takes the peer's answer to our offer. 0, or -1 with why. */
int ikev2_child_take(struct ikev2_sa *sa, const struct ikev2_chain *chain, bool with_group,
		     struct ikev2_child *child, struct problem *problem);
/* Keys; from_here: this end began the exchange. */
int ikev2_child_key(struct ikev2_sa *sa, struct ikev2_child *child, bool from_here,
		    struct octets initiator_nonce, struct octets responder_nonce,
		    struct octets secret);
void ikev2_child_up(struct ikev2_sa *sa, struct ikev2_child *child, bool by_peer);
void ikev2_child_down(struct ikev2_sa *sa, struct ikev2_child *child, bool by_peer);

/* ikev2-create.c: CREATE_CHILD_SA */
void ikev2_pending_clear(struct pending *pending);
void ikev2_create_request(struct ikev2_sa *sa);
void ikev2_create_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain);
void ikev2_create_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain);

/* ikev2-inform.c: INFORMATIONAL */
void ikev2_inform_request(struct ikev2_sa *sa);
void ikev2_inform_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain);
void ikev2_inform_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain);

#endif
