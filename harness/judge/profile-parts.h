/*
 * profile-parts: what the files that read a profile share. Of no interest to others.
 */
#ifndef HARNESS_JUDGE_PROFILE_PARTS_H
#define HARNESS_JUDGE_PROFILE_PARTS_H

#include "harness/judge/data-file.h"
#include "harness/judge/profile.h"

#define MOST_LINES 5000 /* of one section */

enum part { PART_ICS, PART_IXIT, PART_LIMITS, PART_TRIGGERS, PART_RULES, PART_COUNT };

/* One line of a section. Which fields count is the section's to say. */
struct setting_line {
	char *name, *text;     /* text: value, comment, reference, command */
	int file;              /* which file said it: the same twice is a mistake */
	bool supported;        /* ics */
	int64_t microseconds;  /* limits */
	enum limit_source source;
	enum trigger_kind kind;
	enum severity severity;
	struct ics_item item;  /* what profile_ics gives: points into this line */
	struct trigger trigger;
	struct rule_setting rule;
	struct place at;       /* where, for what is found out later; file NULL: no file says it */
	const char *file_text; /* the text of that file; both are the profile's */
};

struct profile_source { char *name, *text; };

struct part_lines {
	struct setting_line **lines;
	size_t count;
};

struct profile {
	char *file, *title, *device, *map_name, *map_file;
	int title_depth, device_depth, map_depth; /* of the file that says it: 0 the first */
	const struct data_model_map *map;
	struct data_model_map *own_map; /* the same, or NULL when it is a shelf's */
	struct part_lines parts[PART_COUNT];
	struct profile_source *sources; size_t source_count; /* its files, in the order of reading */
};

struct reading {
	struct profile *profile;
	struct data_file *file;
	const char *map_folder; /* NULL: nothing but the text is read */
	char *folder;
	int number, depth;      /* of the file */
	enum part part;         /* PART_COUNT: in the header */
	bool said_title, said_device, said_map; /* in this file */
};

struct setting_line *profile_line_find(const struct profile *profile, enum part part,
				       const char *name);
/* The line that the file's current line says: new, or an included one that it replaces; NULL, with
 * an error, when this file has it already. */
struct setting_line *profile_line_for(struct reading *reading);
/* False, with an error that says expected, when the word is no text in quotes. */
bool profile_need_text(struct data_file *file, size_t word, const char *expected);

/* profile-rules.c */
void profile_read_rule(struct reading *reading);

#endif
