/* findings: what a run.xml says of a scenario. Texts that are given are new memory. */
#ifndef TESTS_DEFECTS_FINDINGS_H
#define TESTS_DEFECTS_FINDINGS_H

#include <libxml/tree.h>
#include <stdbool.h>

#include "protocols/buffer.h"
#include "tests/defects/expectation.h"
#include "tests/defects/mixture.h"

bool finding_named(const xmlNode *node, const char *name);
xmlNode *finding_child(const xmlNode *node, const char *name);
bool finding_attribute_is(const xmlNode *node, const char *name, const char *wanted);
/* The attribute's file without folder and ending: "henb/cm-set.flow" -> "cm-set". */
char *finding_chart(const xmlNode *node, const char *name);
/* The first finding of a scenario that is not a pass; when there is none, the first warning that is
 * not due to the variants. */
const xmlNode *finding_first(const xmlNode *scenario, const struct mixture *variants);
bool finding_is_warning(const xmlNode *node); /* NULL is none */
/* Is it what the row of the table says: kind, place and words? */
bool finding_fits(const xmlNode *finding, const struct expectation *row);
char *finding_text(const xmlNode *finding); /* for people; NULL = "nothing" */
/* Does the scenario cover the statement? */
bool finding_covers(const xmlNode *scenario, const char *statement, size_t length);

/* Every verdict and finding of a run, with its time, place and packet, a line each; log may be NULL. */
void findings_list(struct buffer *out, const xmlDoc *log, int status);
/* Such a list of the run of a device with a defect, put into a folder and got from it; "" = none. */
bool findings_keep(const char *folder, const char *defect, const char *device,
		   const struct buffer *list);
char *findings_kept(const char *folder, const char *defect, const char *device);

#endif
