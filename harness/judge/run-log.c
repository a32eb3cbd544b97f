#include "harness/judge/run-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/judge/run-log-parts.h"
#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml-write.h"

const char *run_log_time(int64_t time, char text[RUN_LOG_TIME])
{
	time_t seconds = (time_t)(time / 1000000);
	struct tm parts;

	gmtime_r(&seconds, &parts);
	size_t length = strftime(text, RUN_LOG_TIME, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text + length, RUN_LOG_TIME - length, ".%06dZ", (int)(time % 1000000));
	return text;
}

/* Appends text with the five characters of XML escaped and what XML cannot hold replaced. */
static void add_escaped(struct buffer *out, const char *text)
{
	static const char odd[] =
		"&<>\"\n\t\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\r\x0e\x0f\x10\x11\x12"
		"\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f";

	while (true) {
		size_t plain = strcspn(text, odd);

		buffer_add(out, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		switch (*text++) {
		case '&': buffer_add_text(out, "&amp;"); break;
		case '<': buffer_add_text(out, "&lt;"); break;
		case '>': buffer_add_text(out, "&gt;"); break;
		case '"': buffer_add_text(out, "&quot;"); break;
		case '\n': buffer_add_text(out, "&#10;"); break;
		case '\t': buffer_add_text(out, "&#9;"); break;
		default: buffer_add_text(out, "\xef\xbf\xbd");
		}
	}
}

void run_log_attribute(struct run_log *log, const char *name, const char *value)
{
	if (!value)
		return;
	buffer_format(&log->text, " %s=\"", name);
	add_escaped(&log->text, value);
	buffer_add_text(&log->text, "\"");
}

void run_log_text(struct run_log *log, const char *text)
{
	add_escaped(&log->text, text);
}

void run_log_element(struct run_log *log, const char *name, const char *text)
{
	if (!text)
		return;
	buffer_format(&log->text, "<%s>", name);
	add_escaped(&log->text, run_log_is_secret(log, text) ? RUN_LOG_SECRET : text);
	buffer_format(&log->text, "</%s>", name);
}

static void attribute_time(struct run_log *log, int64_t time)
{
	int64_t since = time - log->scenario_started;

	if (since < 0)
		since = 0;
	buffer_format(&log->text, " at=\"%lld.%06lld\"", (long long)(since / 1000000),
		      (long long)(since % 1000000));
}

static void attribute_number(struct run_log *log, const char *name, unsigned long long value)
{
	buffer_format(&log->text, " %s=\"%llu\"", name, value);
}

static void write_all(struct run_log *log, const uint8_t *octets, size_t length, off_t at)
{
	while (length > 0 && !log->error) {
		ssize_t written = pwrite(log->fd, octets, length, at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			log->error = written < 0 ? errno : ENOSPC;
			return;
		}
		octets += written;
		length -= (size_t)written;
		at += written;
	}
}

static void commit(struct run_log *log, const char *closing)
{
	buffer_clear(&log->out);
	buffer_add(&log->out, log->text.octets, log->text.length);
	buffer_add_text(&log->out, closing);
	write_all(log, log->out.octets, log->out.length, log->committed);
	log->committed += (off_t)log->text.length;
	buffer_clear(&log->text);
}

void run_log_flush(struct run_log *log)
{
	if (log->text.length == 0)
		return;
	commit(log, log->in_scenario ? "<stopped/></scenario>\n<stopped/></run>\n"
				     : "<stopped/></run>\n");
}

struct run_log *run_log_new(const char *file, const struct run_log_header *header,
			    struct problem *problem)
{
	char started[RUN_LOG_TIME];
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0) {
		problem_set(problem, "cannot write %s: %s", file, strerror(errno));
		return NULL;
	}
	struct run_log *log = memory_new(sizeof(*log));
	log->fd = fd;
	buffer_add_text(&log->text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<run");
	run_log_attribute(log, "program", header->program);
	run_log_attribute(log, "started", run_log_time(header->started, started));
	run_log_attribute(log, "bench", header->bench);
	run_log_attribute(log, "command", header->command);
	buffer_add_text(&log->text, ">\n");
	run_log_flush(log);
	return log;
}

void run_log_input(struct run_log *log, const char *kind, const char *file, const char *sha256)
{
	buffer_add_text(&log->text, "<input");
	run_log_attribute(log, "kind", kind);
	run_log_attribute(log, "file", file);
	run_log_attribute(log, "sha256", sha256);
	buffer_add_text(&log->text, "/>\n");
}

void run_log_severities(struct run_log *log, const struct profile *profile,
			const struct rules *rules)
{
	const struct rule_setting *setting;

	for (size_t i = 0; (setting = profile_rule_at(profile, i)); i++) {
		const struct rule *rule = profile_rule_changed(profile, i, rules);

		if (!rule)
			continue;
		buffer_add_text(&log->text, "<severity");
		run_log_attribute(log, "profile", profile_file(profile));
		run_log_attribute(log, "rule", rule->id);
		run_log_attribute(log, "standard", severity_name(rule->severity));
		run_log_attribute(log, "set", severity_name(setting->severity));
		run_log_attribute(log, "reason", setting->reason);
		buffer_add_text(&log->text, "/>\n");
	}
}

static void scenario_attributes(struct run_log *log, const struct chart *chart)
{
	run_log_attribute(log, "title", chart->title);
	run_log_attribute(log, "standard", chart->standard);
	run_log_attribute(log, "clause", chart->clause);
	run_log_attribute(log, "status", clause_status_name(chart->status));
}

void run_log_not_selected(struct run_log *log, const struct chart *chart, const char *item,
			  const char *reason)
{
	buffer_add_text(&log->text, "<not-selected");
	run_log_attribute(log, "scenario", chart->name);
	scenario_attributes(log, chart);
	run_log_attribute(log, "item", item);
	run_log_attribute(log, "reason", reason);
	buffer_add_text(&log->text, "/>\n");
	log->not_selected++;
}

void run_log_bench(struct run_log *log, const char *profile, const char *kind, const char *mode)
{
	buffer_add_text(&log->text, "<bench");
	run_log_attribute(log, "profile", profile);
	run_log_attribute(log, "kind", kind);
	run_log_attribute(log, "mode", mode);
	buffer_add_text(&log->text, "/>\n");
}

/* On which readings it rests, whatever its verdict will be. */
static void add_readings(struct run_log *log, const struct chart *chart,
			 const struct statements *statements)
{
	const struct statement *readings[STATEMENTS_READINGS];
	size_t count = statements_readings(statements, chart, readings);

	for (size_t i = 0; i < count; i++) {
		buffer_add_text(&log->text, "<reading");
		run_log_attribute(log, "id", readings[i]->id);
		buffer_add_text(&log->text, ">");
		add_escaped(&log->text, readings[i]->statement);
		buffer_add_text(&log->text, "</reading>\n");
	}
}

void run_log_scenario(struct run_log *log, const struct chart *chart, const char *device,
		      const char *profile, const struct statements *statements, int64_t time)
{
	char started[RUN_LOG_TIME];

	log->in_scenario = true;
	log->messages = 0;
	log->scenario_started = time;
	buffer_add_text(&log->text, "<scenario");
	run_log_attribute(log, "name", chart->name);
	scenario_attributes(log, chart);
	run_log_attribute(log, "device", device);
	run_log_attribute(log, "profile", profile);
	run_log_attribute(log, "started", run_log_time(time, started));
	buffer_add_text(&log->text, ">\n<covers>");
	for (size_t i = 0; i < chart->cover_count; i++) {
		buffer_add_text(&log->text, i ? " " : "");
		add_escaped(&log->text, chart->covers[i].text);
	}
	buffer_add_text(&log->text, "</covers>\n");
	add_readings(log, chart, statements);
}

bool run_log_message(struct run_log *log, const struct message *message)
{
	size_t before = log->text.length;

	if (log->messages > LIMIT_RUN_MESSAGES && strcmp(message->name, "LimitReached") != 0)
		return false;
	buffer_add_text(&log->text, "<message");
	attribute_time(log, message->time);
	run_log_attribute(log, "from", message->from);
	run_log_attribute(log, "to", message->to);
	run_log_attribute(log, "name", message->name);
	if (message->repeat)
		run_log_attribute(log, "repeat", "true");
	if (message->first_packet) {
		attribute_number(log, "first-packet", message->first_packet);
		attribute_number(log, "packet", message->last_packet);
	}
	buffer_add_text(&log->text, ">");
	xmlNode *root = xmlDocGetRootElement(message->document);
	for (xmlNode *child = root ? root->children : NULL; child; child = child->next)
		xml_write(&log->text, child);
	buffer_add_text(&log->text, "</message>\n");
	run_log_hide(log, before);
	log->messages += log->text.length - before;
	return true;
}

static const char *const finding_elements[] = {
	[FINDING_STEP] = "step",
	[FINDING_RULE] = "rule",
	[FINDING_NEVER] = "never",
	[FINDING_UNMATCHED] = "unmatched",
	[FINDING_NOTE] = "note",
};

static void finding_subject(struct run_log *log, const struct finding *finding)
{
	if (finding->arrow) {
		char *notation = arrow_text(finding->arrow);

		attribute_number(log, "number", (unsigned long long)finding->arrow->number);
		run_log_attribute(log, "step", finding->arrow->step);
		attribute_number(log, "line", (unsigned long long)finding->arrow->at.line);
		run_log_attribute(log, "notation", notation);
		free(notation);
	} else if (finding->action) {
		char *notation = memory_format("%s does %s", finding->action->role,
					       finding->action->name);

		attribute_number(log, "number", (unsigned long long)finding->action->number);
		run_log_attribute(log, "step", finding->action->step);
		attribute_number(log, "line", (unsigned long long)finding->action->at.line);
		run_log_attribute(log, "notation", notation);
		free(notation);
	}
	if (finding->rule) {
		run_log_attribute(log, "id", finding->rule->id);
		run_log_attribute(log, "statement", finding->rule->statement);
	}
	if (finding->setting) {
		run_log_attribute(log, "standard", severity_name(finding->rule->severity));
		run_log_attribute(log, "reason", finding->setting->reason ? finding->setting->reason : "");
	}
}

void run_log_finding(struct run_log *log, const struct chart *chart, const struct finding *finding)
{
	const char *name = finding_elements[finding->kind];
	size_t before = log->text.length;

	if (finding->kind == FINDING_NOTE && log->messages > LIMIT_RUN_MESSAGES)
		return;
	buffer_format(&log->text, "<%s", name);
	attribute_time(log, finding->time);
	run_log_attribute(log, "verdict", verdict_name(finding->verdict));
	if (finding->warning)
		run_log_attribute(log, "warning", "true");
	run_log_attribute(log, "chart", chart->name);
	finding_subject(log, finding);
	run_log_attribute(log, "clause", finding->clause);
	if (finding->message && finding->message->last_packet)
		attribute_number(log, "packet", finding->message->last_packet);
	buffer_add_text(&log->text, ">");
	run_log_element(log, "text", finding->text);
	run_log_element(log, "awaited", finding->awaited);
	run_log_element(log, "came", finding->came);
	run_log_element(log, "field", finding->field);
	run_log_element(log, "expected", finding->expected);
	run_log_element(log, "actual", finding->actual);
	run_log_element(log, "rests", finding->rests);
	buffer_format(&log->text, "</%s>\n", name);
	log->messages += log->text.length - before;
}

void run_log_verdict(struct run_log *log, enum verdict verdict, const char *reason, int64_t time)
{
	buffer_add_text(&log->text, "<verdict");
	run_log_attribute(log, "value", verdict_name(verdict));
	attribute_time(log, time);
	buffer_add_text(&log->text, ">");
	add_escaped(&log->text, reason ? reason : "");
	buffer_add_text(&log->text, "</verdict>\n</scenario>\n");
	log->in_scenario = false;
	log->totals[verdict]++;
	run_log_flush(log);
}

int run_log_close(struct run_log *log, struct problem *problem)
{
	buffer_add_text(&log->text, "<totals");
	for (int verdict = VERDICT_PASS; verdict <= VERDICT_ERROR; verdict++)
		attribute_number(log, verdict_name((enum verdict)verdict), log->totals[verdict]);
	attribute_number(log, "not-selected", log->not_selected);
	buffer_add_text(&log->text, "/>\n</run>\n");
	commit(log, "");
	if (!log->error && ftruncate(log->fd, log->committed) < 0)
		log->error = errno;
	if (close(log->fd) < 0 && !log->error)
		log->error = errno;
	int error = log->error;

	for (size_t i = 0; i < log->secret_count; i++)
		free(log->secrets[i]);
	free(log->secrets);
	buffer_free(&log->text);
	buffer_free(&log->out);
	free(log);
	if (error)
		return problem_set(problem, "the run log could not be written: %s",
				   strerror(error));
	return 0;
}
