/*
 * dns-name: domain names between octets and text.
 *
 * As text a name has no final dot, the root is "", and octets that are no plain text are
 * written "\." or "\DDD" (RFC 4343 clause 2.1). The case is kept as it came.
 */
#ifndef PROTOCOLS_DNS_NAME_H
#define PROTOCOLS_DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/dns.h"
#include "protocols/problem.h"

/* Reads the name at *offset of a message and moves *offset behind it. 0, or -1 with why. */
int dns_name_read(const uint8_t *octets, size_t length, size_t *offset, char name[DNS_NAME],
		  struct problem *problem);
/* Writes it uncompressed; what is no name (a label empty or above 63 octets, more than 255
 * octets) is written as the root. */
void dns_name_write(struct buffer *out, const char *name);
bool dns_name_same(const char *a, const char *b); /* any case */

#endif
