/*
 * pm-file: the measurement file of TS 32.435 as TS 32.584 clause 5 uses it, and the name of TS 32.432
 * 5.1.2 that it goes by.
 *
 * The writer writes what it is given, lawful or not. The reader does not ask whether the file fits
 * the schema (scenarios/schemas/pm-file.rng does): it gathers the facts about values that no schema
 * can tell, and puts them into a facet of the message:
 *
 *   <pm begin="2026-01-01T00:00:00Z" end="..." begin-at="1767225600" end-at="..." zoned="true"
 *     periods="1" granularity="900" report="900" element="HNB=1" sender="HNB=1" prefix="DC=x"
 *     positional="false" spans="900">
 *     <name type="A" begin-at= end-at= unique="HNB1" count="" packed="gz"/>   (where path has one)
 *     <previous begin-at= end-at= gap="0" same="false" .../>                   (pm-past.h)
 *   </pm>
 *
 * Times "-at" are seconds since 1970, "" where the text is no dateTime; report is the repPeriod in
 * seconds, "" when there is none or they differ; granularity the shortest granPeriod; spans the time
 * from begin to end; longer="true" where the shortest granPeriod is longer than the repPeriod, so that
 * one period may be reported several times. What is wrong stands in attributes that are there only then:
 * counts=, order=, positions=, adjoin=, beyond=, elements=, each a place and what is there; of the name
 * wrong=, why it is none of TS 32.432, or times=, which of its times is not that of the file, to the minute.
 */
#ifndef PROTOCOLS_PM_FILE_H
#define PROTOCOLS_PM_FILE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/message.h"
#include "protocols/problem.h"

#define PM_FILE_NAMESPACE "http://www.3gpp.org/ftp/specs/archive/32_series/32.435#measCollec"

enum pm_zone { PM_ZONE_UTC, PM_ZONE_OFFSET, PM_ZONE_NONE };

struct pm_clock { /* how times are written */
	enum pm_zone zone;
	int offset; /* minutes east of Greenwich; of PM_ZONE_OFFSET and PM_ZONE_NONE */
};

struct pm_value { /* measValue: of one measured object */
	const char *object;         /* measObjLdn */
	const char *const *results; /* a decimal, or "NIL" */
	size_t result_count;
};

struct pm_info { /* measInfo: one granularity period */
	const char *id;      /* measInfoId; NULL = none */
	int64_t duration;    /* granPeriod, seconds */
	int64_t end;         /* of it, seconds since 1970 */
	int64_t report;      /* repPeriod, seconds; 0 = none */
	const char *const *types;
	size_t type_count;
	const struct pm_value *values;
	size_t value_count;
};

struct pm_file { /* all texts are the caller's; NULL = the attribute is left out */
	const char *version; /* "32.435 V10.0" */
	const char *vendor, *prefix;
	const char *sender;  /* fileSender's localDn */
	const char *element; /* managedElement's localDn */
	int64_t begin, end;  /* seconds since 1970 */
	struct pm_clock clock;
	bool positional; /* measType and r, each with its p, for measTypes and measResults */
	const struct pm_info *infos;
	size_t info_count;
};

void pm_file_write(const struct pm_file *file, struct buffer *out);

/* A time of a PM file, ISO 8601, whole seconds: 0 and seconds since 1970; zoned: it says its zone. */
int pm_time_parse(const char *text, int64_t *seconds, bool *zoned);
void pm_time_write(int64_t seconds, const struct pm_clock *clock, char text[32]);

struct pm_name { /* TS 32.432 5.1.2 */
	char type;           /* A, B: of one element, with one or several granularity periods; C, D */
	int64_t begin, end;  /* seconds since 1970, whole minutes */
	char unique[128];    /* the sender's name; "" = none */
	unsigned count;      /* running count; 0 = none */
	bool packed;         /* ".gz" */
};

/* A file name without its folder: 0, or -1 with what is wrong. */
int pm_name_parse(const char *text, struct pm_name *name, struct problem *problem);
/* New memory. end_date: it is written also where it is that of the beginning. */
char *pm_name_write(const struct pm_name *name, const struct pm_clock *clock, bool end_date);

/* Puts the facet into a message that holds a measCollecFile (FileContents). False: it holds none. */
bool pm_file_describe(struct message *message);

#endif
