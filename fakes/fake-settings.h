/* fake-settings: what the profile says of a played role: its variables ROLE.NAME. */
#ifndef FAKES_FAKE_SETTINGS_H
#define FAKES_FAKE_SETTINGS_H

#include "fakes/fake.h"

/* The profile's ROLE.name; otherwise when it has none. The profile's. */
const char *fake_variable(const struct stage *stage, const char *role, const char *name,
			  const char *otherwise);
/* Does the profile say yes, true or 1 to ROLE.name? */
bool fake_flag(const struct stage *stage, const char *role, const char *name);
/* A word of the profile -> its place in a list that ends with NULL; -1 with why. */
int fake_choose_word(const struct stage *stage, const char *role, const char *name,
		     const char *otherwise, const char *const *words, struct problem *problem);
/* A limit of the profile ("limit.request") in microseconds; otherwise, in seconds, without one. */
int64_t fake_time_limit(const struct stage *stage, const char *name, int otherwise);
/* Who is at that address: an unknown one is the device under test. */
const char *fake_peer(const struct stage *stage, const struct address *address);
/* So many hexadecimal digits as fit, at most 32, and NUL: for nonces and the like. */
void fake_random_text(char *text, size_t size);
enum { FAKE_DATE = 40 };
/* The loop's time as HTTP's Date field has it (RFC 9110 5.6.7). */
void fake_date(const struct loop *loop, char text[FAKE_DATE]);

#endif
