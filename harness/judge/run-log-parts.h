/*
 * run-log-parts: what the files that write a run log share. Of no interest to others.
 */
#ifndef HARNESS_JUDGE_RUN_LOG_PARTS_H
#define HARNESS_JUDGE_RUN_LOG_PARTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "harness/judge/run-log.h"
#include "harness/judge/verdict.h"
#include "protocols/buffer.h"

#define RUN_LOG_SECRET "(secret)" /* in the place of what a report must not show */

struct run_log {
	int fd;
	off_t committed;     /* what stands in the file for good */
	struct buffer text;  /* said since then */
	struct buffer out;   /* text and the closing tags, on their way to the file */
	bool in_scenario;
	int64_t scenario_started;
	unsigned totals[VERDICT_ERROR + 1];
	unsigned not_selected;
	size_t messages; /* octets of the scenario's messages and notes */
	char **secrets; size_t secret_count; /* values that are not written */
	int error; /* errno of the first write that failed; 0 = none */
};

/* NAME="value", escaped; nothing for NULL. */
void run_log_attribute(struct run_log *log, const char *name, const char *value);
/* The text, escaped. */
void run_log_text(struct run_log *log, const char *text);
/* <name>text</name>, escaped; nothing for NULL. */
void run_log_element(struct run_log *log, const char *name, const char *text);

/* run-log-secret.c */

/* From now on this value is hidden where it is the whole of a text. */
void run_log_secret(struct run_log *log, const char *value);
bool run_log_is_secret(const struct run_log *log, const char *text);
/* Hides secrets, and the credentials of HTTP Basic, in what stands in the text from before on. */
void run_log_hide(struct run_log *log, size_t before);

#endif
