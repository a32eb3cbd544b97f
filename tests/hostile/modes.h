/* modes: each is one behaviour of the hostile device, from its start to its end. */
#ifndef TESTS_HOSTILE_MODES_H
#define TESTS_HOSTILE_MODES_H

#include "wire.h"

struct mode {
	const char *name;
	void (*act)(const struct place *place);
};

extern const struct mode http_modes[], xml_modes[], session_modes[], tls_modes[], other_modes[];

#endif
