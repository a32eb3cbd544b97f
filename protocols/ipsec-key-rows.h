/*
 * ipsec-key-rows: keys of IKE and ESP read from rows of Wireshark's tables: what ipsec-wireshark
 * writes, and what a lab exports of its gateway (files ikev2_decryption_table and esp_sa).
 *
 *   ikev2: SPIi,SPIr,SK_ei,SK_er,"encryption",SK_ai,SK_ar,"integrity"
 *   esp:   "IPv4","192.0.2.10","198.51.100.30","0xc0ffee00","encryption","0x..","integrity","0x.."
 *
 * An address may be "*": any.
 */
#ifndef PROTOCOLS_IPSEC_KEY_ROWS_H
#define PROTOCOLS_IPSEC_KEY_ROWS_H

#include "protocols/address.h"
#include "protocols/esp.h"
#include "protocols/ipsec-cipher.h"
#include "protocols/problem.h"

struct ike_key_row {
	uint64_t initiator_spi, responder_spi;
	struct ipsec_cipher *ciphers[2]; /* owned; [1]: of what the initiator sends */
};

struct esp_key_row {
	struct address source, destination; /* port 0; family 0: any */
	uint32_t spi;
	struct esp_sa *sa;       /* owned */
	struct esp_sa *extended; /* the same with extended sequence numbers: a row does not tell */
};

/* One line, with or without its end. 0, or -1 with why. */
int ike_key_row_read(const char *line, struct ike_key_row *row, struct problem *problem);
void ike_key_row_clear(struct ike_key_row *row);
int esp_key_row_read(const char *line, struct esp_key_row *row, struct problem *problem);
void esp_key_row_clear(struct esp_key_row *row);
/* Is it a row of the table for IKE (else it is tried as one for ESP)? */
bool ike_key_row_is(const char *line);

#endif
