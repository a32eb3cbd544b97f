/*
 * writes: values that the HMS wants in the tree, whether they came by SetParameterValues (TR-069
 * A.3.2.1) or in a file (TS 32.583 5.3.1): checked all, and applied all or none.
 */
#ifndef FAKES_DEVICE_WRITES_H
#define FAKES_DEVICE_WRITES_H

#include <stddef.h>

#include "fakes/device/state.h"

struct write {
	char *name, *value;
	char *type; /* NULL: none was told */
	struct parameter *parameter;
	int fault; /* 0 = can be done */
};

struct writes {
	struct write *list;
	size_t count;
	char *key; /* the new ParameterKey, or NULL */
};

/* Checks all; how many are bad. A name that stands twice is bad the second time. */
size_t writes_check(struct device *device, struct writes *writes);
/* Applies those that are good, with what follows from them. */
void writes_apply(struct device *device, const struct writes *writes);
void writes_free(struct writes *writes);

#endif
