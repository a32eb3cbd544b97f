/*
 * data-model-type: the types of a data model map: "string(64)", "enum("a","b")[256]", and what
 * values are lawful for them. map_value_wrong and map_type_name of data-model-map.h are here too.
 */
#ifndef HARNESS_JUDGE_DATA_MODEL_TYPE_H
#define HARNESS_JUDGE_DATA_MODEL_TYPE_H

#include "harness/judge/data-file.h"
#include "harness/judge/data-model-map.h"

/* Sets type, limits, values and list of the entry from the word; false with an error. */
bool type_parse(struct data_file *file, size_t word, struct map_entry *entry);
/* Gives back what type_parse allocated. */
void type_clear(struct map_entry *entry);
/* The value that an entry has when nothing says otherwise: new memory. */
char *type_default(const struct map_entry *entry);

#endif
