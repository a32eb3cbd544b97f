/* expectation: the tables of where each defect of the simulated device has to be caught. */
#ifndef TESTS_DEFECTS_EXPECTATION_H
#define TESTS_DEFECTS_EXPECTATION_H

#include <stdbool.h>
#include <stddef.h>

enum { EXPECTATION_FIELDS = 9 };

struct expectation { /* a row, for one device */
	char *line; /* the memory of all */
	const char *defect, *scenario, *verdict, *finding, *words;
	char place[160]; /* in the words of the device */
	const char *statement; /* one or "A, B"; NULL = a further row of its defect */
	bool foreign;          /* of the other device only: it has a statement, this has none */
};

struct expectations {
	struct expectation *list;
	size_t count;
};

/* Reads the folder's tables for "henb" or "hnb"; false when one cannot be read; why is printed. */
bool expectations_read(struct expectations *expectations, const char *folder, const char *device);
void expectations_clear(struct expectations *expectations);
/* The row, or NULL. */
const struct expectation *expectation_find(const struct expectations *expectations,
					   const char *defect, const char *scenario);

/* The statements of a row, one after the other: the first at *at = row->statement; its length, 0
 * behind the last. *at goes to its first letter; the caller moves it on by the length. */
size_t expectation_statement(const char **at);
/* Is the row about that statement? */
bool expectation_about(const struct expectation *row, const char *statement, size_t length);

struct exclusions { /* variants that rightly keep a defect from its place */
	char **list; /* "defect | variant | why" */
	size_t count;
};

/* false when it cannot be read, and why is printed. */
bool exclusions_read(struct exclusions *exclusions, const char *file);
void exclusions_clear(struct exclusions *exclusions);
bool exclusion_find(const struct exclusions *exclusions, const char *defect, const char *variant);

#endif
