/*
 * trial: one judging in a test: a chart from text, messages with their times, and the findings
 * as text, one line a finding:
 *
 *   step pass [1.1] as the chart says
 *   step fail [1.1] it does not hold that Status = 0
 *     awaited henb -> serving-hems : Inform  [1.1]
 *     came    henb -> serving-hems : Inform
 *     Status: expected 0, actual 1
 */
#ifndef TESTS_JUDGE_TRIAL_H
#define TESTS_JUDGE_TRIAL_H

#include "harness/judge/judge.h"
#include "protocols/buffer.h"
#include "tests/suite.h"

struct trial {
	struct profile *profile;
	struct rules rules;
	struct rule_book *book;
	struct chart *chart;
	struct judge_environment environment;
	struct judge *judge;
	struct buffer log;
	bool brief; /* only kind, verdict and step of the next findings */
};

/* Header (title, clause, roles) is put before the body. Starts at time 0. */
void trial_begin(struct trial *trial, const char *body);
enum { TRIAL_OBSERVING = 1, TRIAL_RULES = 2 };

/* The same, with further header lines; judging a capture, and with the rules of test.rules. */
void trial_begin_with(struct trial *trial, const char *header, const char *body, int flags);
void trial_end(struct trial *trial);
/* A message, seconds after the start: "henb -> serving-hems : Inform", XML in its body or NULL. */
struct message *trial_message(double seconds, const char *notation, const char *content);
void trial_say(struct trial *trial, double seconds, const char *notation, const char *content);
/* The same in a CWMP session. */
void trial_say_in(struct trial *trial, uint64_t session, double seconds, const char *notation,
		  const char *content);
void trial_time(struct trial *trial, double seconds);
/* Compares the findings since the last call. */
void trial_expect(struct trial *trial, const char *log);
void trial_verdict(struct trial *trial, enum verdict verdict);

#define INFORM(code) "<Event><EventStruct><EventCode>" code "</EventCode><CommandKey/>" \
	"</EventStruct></Event><DeviceId><SerialNumber>000001</SerialNumber></DeviceId>"

#endif
