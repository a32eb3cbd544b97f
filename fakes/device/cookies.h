/*
 * cookies: what an HMS gave to bind a session (RFC 2965, 6265 as far as TR-069 3.4.6 wants).
 */
#ifndef FAKES_DEVICE_COOKIES_H
#define FAKES_DEVICE_COOKIES_H

#include <stddef.h>

#include "protocols/buffer.h"

#define COOKIES_MOST 16

struct cookie {
	char *name, *value;
};

struct cookies {
	struct cookie list[COOKIES_MOST];
	size_t count;
};

/* Takes the value of a Set-Cookie field; one that cannot be read, is too long (4096 octets) or
 * one too many is passed over. */
void cookies_set(struct cookies *cookies, const char *field);
/* "a=1; b=2" without the attributes; nothing when there is none. */
void cookies_write(const struct cookies *cookies, struct buffer *out);
void cookies_forget_last(struct cookies *cookies); /* for a defect */
void cookies_clear(struct cookies *cookies);

#endif
