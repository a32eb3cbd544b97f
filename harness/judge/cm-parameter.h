/* cm-parameter: which parameter of a data model an element of a CM file stands for (cm-element.h). */
#ifndef HARNESS_JUDGE_CM_PARAMETER_H
#define HARNESS_JUDGE_CM_PARAMETER_H

#include "harness/judge/data-model-map.h"
#include "protocols/cm-element.h"

/* The full path, with the element's instances in it, in new memory; *entry (may be NULL) becomes what
 * the map says of it. NULL: this model has no such parameter. */
char *cm_parameter_of(const struct data_model_map *map, enum cm_generation generation,
		      const char *element, const struct map_entry **entry);
/* How this model spells the element's value: new memory. */
char *cm_parameter_value(const struct map_entry *entry, const char *element, const char *value);

#endif
