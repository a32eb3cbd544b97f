/*
 * run-log: the XML document of one run, from which every report is made.
 *
 *   <run program="femtoproof 0.1.0" started="2026-01-01T00:00:00.000000Z" bench="loopback">
 *     <input file="henb/registration.flow" sha256="..."/>
 *     <severity profile="my.profile" rule="CWMP-SOAPACTION" standard="fail" set="warning"
 *               reason="..."/>                       (a rule that the profile raises or lowers)
 *     <profile file="my.profile" title="..." device="henb" map="henb-device2" declined="1">
 *       <proforma title="..."/>
 *       <item table="A.1" name="tls" status="c: m when ..., else o" now="m" clause="..."
 *             answer="no" declined="true">the comment</item>       (answer may be "none")
 *       <value table="B.2" name="device.serial" clause="...">4711</value>
 *       <value name="device.password" secret="true"/>
 *       <limit name="limit.alarm" seconds="10" source="lab" reference="..." rests="I-08"/>
 *       <trigger name="power-on" kind="ask">Switch it on</trigger>   (of a command: no text)
 *     </profile>
 *     <not-selected scenario="henb/x.flow" title="..." item="ipsec" reason="..."/>
 *     <bench profile="..." kind="netns" mode="network namespaces"/>
 *     <scenario name="henb/registration.flow" title="..." standard="TS 32.593" clause="5.1.3"
 *               status="mandatory" device="henb" profile="..." started="...">
 *       <covers>HENB-5.1.3-01 HENB-5.1.3-02</covers>
 *       <reading id="I-07">what is read there</reading>   (that a covered statement rests on)
 *       <message at="0.000123" from="henb" to="serving-hems" name="Inform" packet="7">...</message>
 *       <step at="0.000130" number="1" step="1.1" verdict="pass" notation="henb -> ..."
 *             chart="henb/registration.flow" packet="7"/>
 *       <rule id="CWMP-ID-ECHO" .../>     (with standard="fail" reason="" when raised or lowered)
 *       <never/> <unmatched/> <note/>
 *       <verdict value="fail" at="1.5">reason</verdict>
 *     </scenario>
 *     <totals pass="1" .../>
 *   </run>
 *
 * It is written as the run goes. After every write the file is a whole XML document: what is
 * still open is closed, with <stopped/> in it, and the next write goes over these closing tags.
 * So a killed run leaves a document that says where it stopped.
 *
 * What the profile calls a secret, and credentials of HTTP Basic, stand nowhere in it: "(secret)"
 * stands there. The recording beside it has what was said on the wire.
 */
#ifndef HARNESS_JUDGE_RUN_LOG_H
#define HARNESS_JUDGE_RUN_LOG_H

#include <stdint.h>

#include "harness/chart/chart.h"
#include "harness/judge/judge.h"
#include "harness/judge/proforma.h"
#include "harness/judge/statements.h"
#include "protocols/message.h"
#include "protocols/problem.h"

struct run_log;

struct run_log_header {
	const char *program, *bench, *command;
	int64_t started;
};

/* Creates the file. NULL with why when it cannot be. */
struct run_log *run_log_new(const char *file, const struct run_log_header *header,
			    struct problem *problem);
void run_log_input(struct run_log *log, const char *kind, const char *file, const char *sha256);
/* Says which rules the profile raises and lowers. */
void run_log_severities(struct run_log *log, const struct profile *profile,
			const struct rules *rules);
/* The whole ICS and IXIT, in the order of the proforma (NULL: of the profile); ISO/IEC 9646-5 has them
 * in the test report. From then on its secrets are hidden. */
void run_log_profile(struct run_log *log, const struct profile *profile,
		     const struct proforma *proforma);
void run_log_not_selected(struct run_log *log, const struct chart *chart, const char *item,
			  const char *reason);
/* The bench of the scenarios that follow and are run with this profile, and what it is made of. */
void run_log_bench(struct run_log *log, const char *profile, const char *kind, const char *mode);
/* Opens a scenario; times in it are seconds since time. device: role under test. statements: whose
 * readings it rests on, NULL = not said. */
void run_log_scenario(struct run_log *log, const struct chart *chart, const char *device,
		      const char *profile, const struct statements *statements, int64_t time);
/* false: not written, there are too many of this scenario (LIMIT_RUN_MESSAGES). */
bool run_log_message(struct run_log *log, const struct message *message);
/* chart: the chart that the finding is of (an after chart, or the scenario's own). */
void run_log_finding(struct run_log *log, const struct chart *chart,
		     const struct finding *finding);
/* Closes the scenario. reason may be NULL. */
void run_log_verdict(struct run_log *log, enum verdict verdict, const char *reason, int64_t time);
/* Makes what was said so far stand in the file. */
void run_log_flush(struct run_log *log);
/* The totals by verdict and the end; frees the log. -1 with why when something could not be
 * written at any time. */
int run_log_close(struct run_log *log, struct problem *problem);

/* "2026-01-01T00:00:00.000000Z" of microseconds since 1970. */
#define RUN_LOG_TIME 32
const char *run_log_time(int64_t time, char text[RUN_LOG_TIME]);

#endif
