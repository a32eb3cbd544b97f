/*
 * verdict: TTCN-3 verdict arithmetic: a verdict only ever gets worse.
 */
#ifndef HARNESS_JUDGE_VERDICT_H
#define HARNESS_JUDGE_VERDICT_H

enum verdict { VERDICT_NONE, VERDICT_PASS, VERDICT_INCONC, VERDICT_FAIL, VERDICT_ERROR };

const char *verdict_name(enum verdict verdict); /* "none", "pass", "inconc", "fail", "error" */
enum verdict verdict_worse(enum verdict a, enum verdict b);
/* The final word: none at the end is an error. */
enum verdict verdict_final(enum verdict verdict);

#endif
