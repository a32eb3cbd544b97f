/*
 * fault-table: what can be made wrong with a played arrow: `with http-status 500`.
 */
#ifndef HARNESS_CHART_FAULT_TABLE_H
#define HARNESS_CHART_FAULT_TABLE_H

#include <stddef.h>

#include "harness/chart/chart.h"

const struct fault_kind *fault_kinds(size_t *count);
const struct fault_kind *fault_kind_find(const char *name); /* NULL: unknown */

#endif
