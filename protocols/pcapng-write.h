/*
 * pcapng-write: the blocks of a pcapng file, in big-endian order, times in microseconds. Each
 * call adds one whole block to the buffer.
 */
#ifndef PROTOCOLS_PCAPNG_WRITE_H
#define PROTOCOLS_PCAPNG_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"

#define PCAPNG_TLS_KEYS 0x544c534bu /* secrets type: an SSLKEYLOGFILE */

/* Section Header Block. Texts may be NULL. */
void pcapng_section(struct buffer *out, const char *program, const char *comment);
/* Interface Description Block; the first one is interface 0. */
void pcapng_interface(struct buffer *out, uint16_t link_type, const char *name);
/* Enhanced Packet Block; comment may be NULL. */
void pcapng_packet(struct buffer *out, uint32_t interface, int64_t time, const void *octets,
		   size_t length, const char *comment);
/* Interface Statistics Block that only says something at a time at which no packet passed. */
void pcapng_mark(struct buffer *out, uint32_t interface, int64_t time, const char *comment);
/* Decryption Secrets Block */
void pcapng_secrets(struct buffer *out, uint32_t type, const void *octets, size_t length);

#endif
