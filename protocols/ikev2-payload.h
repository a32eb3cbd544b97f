/*
 * ikev2-payload: what stands in the payloads of IKEv2 (RFC 7296 clauses 3.3 to 3.16, RFC 7383),
 * read and written.
 *
 * A reader takes a payload's body and gives 0, or -1 with why; every struct octets that it
 * gives points into the body. A writer adds one payload to a chain.
 */
#ifndef PROTOCOLS_IKEV2_PAYLOAD_H
#define PROTOCOLS_IKEV2_PAYLOAD_H

#include "protocols/address.h"
#include "protocols/ikev2.h"

#define IKEV2_PROPOSALS 16
#define IKEV2_TRANSFORMS 128
#define IKEV2_SELECTORS 255
#define IKEV2_ATTRIBUTES 32

struct ikev2_transform {
	uint8_t type;      /* enum ikev2_transform_type */
	bool strange;      /* has an attribute that is not understood: not to be chosen */
	uint16_t id;
	uint16_t key_bits; /* the Key Length attribute; 0: none */
};

struct ikev2_proposal {
	uint8_t number;
	uint8_t protocol;   /* enum ikev2_protocol */
	uint8_t spi_length; /* 0, 4 or 8 */
	uint64_t spi;
	size_t count;
	struct ikev2_transform transforms[IKEV2_TRANSFORMS];
};

struct ikev2_offer { /* an SA payload */
	size_t count;
	struct ikev2_proposal proposals[IKEV2_PROPOSALS];
};

struct ikev2_ke {
	uint16_t group;
	struct octets data;
};

struct ikev2_id {
	uint8_t type; /* enum ikev2_id_type */
	struct octets data;
};

struct ikev2_typed { /* CERT, CERTREQ, AUTH: a number and octets (AUTH has more in between) */
	uint8_t type;    /* enum ikev2_cert_encoding, ikev2_auth_method */
	struct octets data;
};

struct ikev2_notify {
	uint8_t protocol;
	uint16_t type; /* enum ikev2_notify_type */
	struct octets spi;
	struct octets data;
};

struct ikev2_delete {
	uint8_t protocol;
	uint8_t spi_length;
	uint16_t count;
	struct octets spis; /* count times spi_length octets */
};

struct ikev2_selector {
	uint8_t type;     /* enum ikev2_ts_type; another type: the addresses have family 0 */
	uint8_t protocol; /* IP protocol, 0: any */
	uint16_t first_port, last_port;
	struct address first, last;
};

struct ikev2_selectors { /* TSi or TSr */
	size_t count;
	struct ikev2_selector list[IKEV2_SELECTORS];
};

struct ikev2_attribute {
	uint16_t type; /* enum ikev2_cp_attribute */
	struct octets value;
};

struct ikev2_cp {
	uint8_t type; /* enum ikev2_cp_type */
	size_t count;
	struct ikev2_attribute list[IKEV2_ATTRIBUTES];
};

struct ikev2_eap {
	uint8_t code;
	uint8_t identifier;
	uint8_t type; /* 0 in Success and Failure */
	struct octets data;
	struct octets whole;
};

struct ikev2_fragment { /* SKF, RFC 7383 2.5 */
	uint16_t number;
	uint16_t total;
	struct octets data; /* IV, ciphertext, ICV */
};

int ikev2_offer_read(struct octets body, struct ikev2_offer *offer, struct problem *problem);
int ikev2_ke_read(struct octets body, struct ikev2_ke *ke, struct problem *problem);
int ikev2_id_read(struct octets body, struct ikev2_id *id, struct problem *problem);
int ikev2_typed_read(struct octets body, struct ikev2_typed *typed, struct problem *problem);
int ikev2_auth_read(struct octets body, struct ikev2_typed *auth, struct problem *problem);
int ikev2_nonce_read(struct octets body, struct octets *nonce, struct problem *problem);
int ikev2_notify_read(struct octets body, struct ikev2_notify *notify, struct problem *problem);
int ikev2_delete_read(struct octets body, struct ikev2_delete *list, struct problem *problem);
int ikev2_selectors_read(struct octets body, struct ikev2_selectors *selectors,
			 struct problem *problem);
int ikev2_cp_read(struct octets body, struct ikev2_cp *cp, struct problem *problem);
int ikev2_eap_read(struct octets body, struct ikev2_eap *eap, struct problem *problem);
int ikev2_fragment_read(struct octets body, struct ikev2_fragment *fragment,
			struct problem *problem);
/* Is the body of this payload in order? 0, or -1 with why; unknown types and SK always are. */
int ikev2_payload_check(const struct ikev2_payload *payload, struct problem *problem);
/* The first notify of a type in a chain that can be read: true, and in *notify. */
bool ikev2_notify_find(const struct ikev2_chain *chain, uint16_t type,
		       struct ikev2_notify *notify);
/* The first notify that is an error (RFC 7296 3.10.1): its type, or 0. */
uint16_t ikev2_notify_error(const struct ikev2_chain *chain);

void ikev2_offer_write(struct ikev2_writer *writer, const struct ikev2_offer *offer);
void ikev2_ke_write(struct ikev2_writer *writer, uint16_t group, struct octets data);
/* payload: IKEV2_IDI or IKEV2_IDR */
void ikev2_id_write(struct ikev2_writer *writer, uint8_t payload, const struct ikev2_id *id);
/* payload: IKEV2_CERT or IKEV2_CERTREQ */
void ikev2_typed_write(struct ikev2_writer *writer, uint8_t payload, uint8_t type,
		       struct octets data);
void ikev2_auth_write(struct ikev2_writer *writer, uint8_t method, struct octets data);
/* payload: any whose body is octets alone: IKEV2_NONCE, IKEV2_VENDOR, IKEV2_EAP */
void ikev2_octets_write(struct ikev2_writer *writer, uint8_t payload, struct octets data);
/* spi may be empty; protocol is that of the spi, 0 without one. */
void ikev2_notify_write(struct ikev2_writer *writer, uint16_t type, uint8_t protocol,
			struct octets spi, struct octets data);
/* A notify without SPI and data. */
void ikev2_status_write(struct ikev2_writer *writer, uint16_t type);
void ikev2_delete_write(struct ikev2_writer *writer, uint8_t protocol, const uint32_t *spis,
			size_t count); /* IKE: count 0, no SPIs */
/* payload: IKEV2_TSI or IKEV2_TSR */
void ikev2_selectors_write(struct ikev2_writer *writer, uint8_t payload,
			   const struct ikev2_selectors *selectors);
void ikev2_cp_write(struct ikev2_writer *writer, const struct ikev2_cp *cp);

#endif
