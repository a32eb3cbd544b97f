#include "reports/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"

#define NOTATION_WIDTH 58 /* columns of an arrow before its step */

enum colour { PLAIN, GREEN, RED, YELLOW, MAGENTA, FAINT, BOLD };

static const char *const colour_codes[] = { "", "\033[32m", "\033[31m", "\033[33m", "\033[35m",
					    "\033[2m", "\033[1m" };

struct terminal {
	FILE *out;
	bool quiet, coloured;
	int64_t started;      /* of the scenario */
	unsigned steps;       /* settled in this scenario */
	unsigned warnings, changed;
	size_t number, count; /* of the scenario */
	const struct chart *shown; /* the chart whose name was printed last */
	struct buffer rested;      /* the readings that findings of the scenario have named */
};

struct terminal *terminal_new(FILE *out, bool quiet)
{
	struct terminal *terminal = memory_new(sizeof(*terminal));
	const char *no_color = getenv("NO_COLOR");

	terminal->out = out;
	terminal->quiet = quiet;
	terminal->coloured = isatty(fileno(out)) && !(no_color && *no_color);
	return terminal;
}

void terminal_free(struct terminal *terminal)
{
	if (terminal)
		buffer_free(&terminal->rested);
	free(terminal);
}

static const char *on(const struct terminal *terminal, enum colour colour)
{
	return terminal->coloured ? colour_codes[colour] : "";
}

static const char *off(const struct terminal *terminal)
{
	return terminal->coloured ? "\033[0m" : "";
}

static enum colour verdict_colour(enum verdict verdict)
{
	static const enum colour colours[] = { FAINT, GREEN, YELLOW, RED, MAGENTA };

	return colours[verdict];
}

/* Colour and a sign: neither alone, for those who cannot see the one or print the other. */
static const char *verdict_sign(enum verdict verdict)
{
	static const char *const signs[] = { "-", "ok", "?", "FAIL", "ERROR" };

	return signs[verdict];
}

static const char *change_word(enum severity severity)
{
	return severity == SEVERITY_FAIL ? "raised" : "lowered";
}

void terminal_severities(struct terminal *terminal, const struct profile *profile,
			 const struct rules *rules)
{
	const struct rule_setting *setting;

	for (size_t i = 0; (setting = profile_rule_at(profile, i)); i++) {
		const struct rule *rule = profile_rule_changed(profile, i, rules);

		if (!rule)
			continue;
		fprintf(terminal->out, "%s%s: the profile has %s it from %s to %s%s%s%s\n",
			on(terminal, YELLOW), rule->id, change_word(setting->severity),
			severity_name(rule->severity), severity_name(setting->severity),
			setting->reason ? ": " : "", setting->reason ? setting->reason : "",
			off(terminal));
	}
}

void terminal_declined(struct terminal *terminal, const struct profile *profile,
		       const struct proforma *proforma)
{
	const struct proforma_row *row;

	for (size_t i = 0; proforma && (row = proforma_row_at(proforma, i)); i++) {
		if (row->table->kind != PROFORMA_ICS || !proforma_declined(proforma, row, profile))
			continue;
		fprintf(terminal->out, "%sdeclared not conformant: %s (%s) is mandatory, and the ICS says "
			"%s%s\n", on(terminal, YELLOW), row->name, row->clause,
			profile_ics(profile, row->name) ? "no" : "nothing of it", off(terminal));
	}
}

void terminal_bench(struct terminal *terminal, const char *profile, const char *kind,
		    const char *mode)
{
	fprintf(terminal->out, "%s: bench %s (%s)\n", profile, kind, mode);
}

void terminal_scenario(struct terminal *terminal, const struct chart *chart, size_t number,
		       size_t count, int64_t time)
{
	terminal->started = time;
	terminal->steps = 0;
	terminal->warnings = terminal->changed = 0;
	terminal->number = number;
	terminal->count = count;
	terminal->shown = NULL;
	buffer_clear(&terminal->rested);
	if (terminal->quiet)
		return;
	fprintf(terminal->out, "\n%s%s  %s%s", on(terminal, BOLD), chart->name, chart->title,
		off(terminal));
	if (chart->standard)
		fprintf(terminal->out, "  (%s %s)", chart->standard, chart->clause);
	fprintf(terminal->out, "  %zu of %zu\n", number, count);
}

static void line_time(struct terminal *terminal, int64_t time)
{
	int64_t since = time - terminal->started;

	fprintf(terminal->out, "%s%9.3f%s  ", on(terminal, FAINT), (double)since / 1e6,
		off(terminal));
}

/* Which chart the following steps are of, said when it changes: a preamble, the scenario. */
static void show_chart(struct terminal *terminal, const struct chart *chart)
{
	if (terminal->shown == chart || terminal->quiet)
		return;
	if (terminal->shown || chart->name)
		fprintf(terminal->out, "           %s-- %s%s\n", on(terminal, FAINT), chart->name,
			off(terminal));
	terminal->shown = chart;
}

static void detail(struct terminal *terminal, const char *label, const char *text)
{
	if (text && *text)
		fprintf(terminal->out, "               %-8s  %s\n", label, text);
}

static void details(struct terminal *terminal, const struct finding *finding)
{
	detail(terminal, "awaited", finding->awaited);
	detail(terminal, "came", finding->came);
	detail(terminal, "field", finding->field);
	detail(terminal, "expected", finding->expected);
	detail(terminal, "actual", finding->actual);
	detail(terminal, "clause", finding->clause);
	detail(terminal, "rests on", finding->rests);
	if (finding->setting)
		fprintf(terminal->out, "               severity  %s by the profile from %s to %s%s%s\n",
			change_word(finding->setting->severity),
			severity_name(finding->rule->severity),
			severity_name(finding->setting->severity),
			finding->setting->reason ? ": " : "",
			finding->setting->reason ? finding->setting->reason : "");
	if (finding->message && finding->message->last_packet)
		fprintf(terminal->out, "               packet    %llu\n",
			(unsigned long long)finding->message->last_packet);
}

static void step_line(struct terminal *terminal, const struct finding *finding)
{
	char *notation = finding->arrow ? arrow_text(finding->arrow)
					: memory_format("%s does %s", finding->action->role,
							finding->action->name);
	enum verdict verdict = finding->verdict;

	line_time(terminal, finding->time);
	fprintf(terminal->out, "%-*s %s%s%s\n", NOTATION_WIDTH, notation,
		on(terminal, verdict_colour(verdict)), verdict_sign(verdict), off(terminal));
	free(notation);
}

static bool is_bad(const struct finding *finding)
{
	return finding->verdict > VERDICT_PASS || finding->warning;
}

static const char *finding_word(const struct finding *finding)
{
	switch (finding->kind) {
	case FINDING_RULE: return finding->warning ? "warning" : "rule";
	case FINDING_NEVER: return "never";
	case FINDING_UNMATCHED: return "unmatched";
	case FINDING_STEP:
	case FINDING_NOTE:
	default: return finding->warning ? "warning" : "note";
	}
}

void terminal_finding(struct terminal *terminal, const struct chart *chart,
		      const struct finding *finding)
{
	bool step = finding->kind == FINDING_STEP && (finding->arrow || finding->action);

	terminal->warnings += finding->warning;
	terminal->changed += finding->setting && finding->setting->severity == SEVERITY_WARNING;
	terminal->steps += step;
	if (terminal->quiet && !is_bad(finding))
		return;
	show_chart(terminal, chart);
	if (step)
		step_line(terminal, finding);
	if (!step || is_bad(finding)) {
		enum colour colour = finding->warning ? YELLOW : verdict_colour(finding->verdict);

		if (!step)
			line_time(terminal, finding->time);
		fprintf(terminal->out, "%s%s%s%s%s: %s\n", step ? "           " : "",
			on(terminal, colour),
			step ? "why" : finding_word(finding), finding->rule ? " " : "",
			finding->rule ? finding->rule->id : "",
			finding->text ? finding->text : "");
		fputs(off(terminal), terminal->out);
	}
	if (is_bad(finding))
		details(terminal, finding);
	if (is_bad(finding) && finding->rests)
		buffer_format(&terminal->rested, " %s", finding->rests);
	fflush(terminal->out);
}

/* Has a finding named it: "I-04: the sentence"? */
static bool is_named(const struct terminal *terminal, const char *reading)
{
	char *name = memory_format(" %s: ", reading);
	bool found = strstr(buffer_text(&terminal->rested), name) != NULL;

	free(name);
	return found;
}

/* On what else the scenario rests. */
static void show_readings(const struct terminal *terminal, const struct chart *chart,
			  const struct statements *statements)
{
	const struct statement *readings[STATEMENTS_READINGS];
	size_t count = statements_readings(statements, chart, readings);
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (is_named(terminal, readings[i]->id))
			continue;
		fprintf(terminal->out, "%s%s: %s",
			any			  ? "; "
			: terminal->rested.length ? "        the scenario also rests on  "
						  : "        rests on  ",
			readings[i]->id, readings[i]->statement);
		any = true;
	}
	if (any)
		fputc('\n', terminal->out);
}

void terminal_verdict(struct terminal *terminal, const struct chart *chart,
		      const struct statements *statements, enum verdict verdict,
		      const char *reason, int64_t time)
{
	fprintf(terminal->out, "%s%-6s%s  ", on(terminal, verdict_colour(verdict)),
		verdict_name(verdict), off(terminal));
	if (terminal->count > 1)
		fprintf(terminal->out, "[%zu/%zu]  ", terminal->number, terminal->count);
	fprintf(terminal->out, "%s  %u steps, %.3f s", chart->name, terminal->steps,
		(double)(time - terminal->started) / 1e6);
	if (terminal->warnings)
		fprintf(terminal->out, ", %u warning%s", terminal->warnings,
			terminal->warnings == 1 ? "" : "s");
	if (terminal->changed)
		fprintf(terminal->out, ", %u of them lowered by the profile", terminal->changed);
	if (reason && *reason && verdict != VERDICT_PASS)
		fprintf(terminal->out, "  %s", reason);
	fputc('\n', terminal->out);
	if (verdict == VERDICT_FAIL || verdict == VERDICT_INCONC)
		show_readings(terminal, chart, statements);
	fflush(terminal->out);
}

void terminal_summary(struct terminal *terminal, const unsigned totals[VERDICT_ERROR + 1],
		      unsigned not_selected, const char *folder)
{
	fputc('\n', terminal->out);
	for (int verdict = VERDICT_PASS; verdict <= VERDICT_ERROR; verdict++)
		fprintf(terminal->out, "%s%s%u %s%s", verdict == VERDICT_PASS ? "" : ", ",
			totals[verdict] ? on(terminal, verdict_colour((enum verdict)verdict)) : "",
			totals[verdict], verdict_name((enum verdict)verdict),
			totals[verdict] ? off(terminal) : "");
	if (not_selected)
		fprintf(terminal->out, ", %u not selected", not_selected);
	fputc('\n', terminal->out);
	if (folder)
		fprintf(terminal->out, "report: %s\n", folder);
	fflush(terminal->out);
}
