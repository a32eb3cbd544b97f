#include "tests/judge/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/vocabulary.h"
#include "harness/judge/data-model-map.h"
#include "protocols/memory.h"
#include "protocols/message-names.h"
#include "protocols/xml.h"

#define START INT64_C(1000000000)

static void log_finding(void *context, const struct finding *finding)
{
	static const char *const kinds[] = { "step", "rule", "never", "unmatched", "note" };
	struct trial *trial = context;
	const char *step = finding->arrow ? finding->arrow->step
			   : finding->action ? finding->action->step : NULL;

	buffer_format(&trial->log, "%s %s%s [%s]", kinds[finding->kind],
		      verdict_name(finding->verdict), finding->warning ? " warning" : "",
		      step ? step : finding->action ? finding->action->name : "");
	if (!trial->brief && finding->rule)
		buffer_format(&trial->log, " %s:", finding->rule->id);
	buffer_format(&trial->log, "%s%s\n", trial->brief ? "" : " ",
		      trial->brief ? "" : finding->text);
	if (trial->brief)
		return;
	if (finding->awaited)
		buffer_format(&trial->log, "  awaited %s\n", finding->awaited);
	if (finding->awaited && finding->came)
		buffer_format(&trial->log, "  came    %s\n", finding->came);
	if (finding->field)
		buffer_format(&trial->log, "  %s: expected %s, actual %s\n", finding->field,
			      finding->expected, finding->actual);
}

static void must(struct diagnostics *diagnostics, const void *loaded, const char *what)
{
	if (diagnostics->errors > 0)
		diagnostics_print(diagnostics, stderr);
	ck_assert_msg(loaded != NULL && diagnostics->errors == 0, "%s", what);
	diagnostics_clear(diagnostics);
}

void trial_begin_with(struct trial *trial, const char *header, const char *body, int flags)
{
	struct diagnostics diagnostics = { 0 };
	struct vocabulary vocabulary = { 0 };
	char *profile = suite_path("tests/judge/data/test.profile");
	char *maps = suite_path("tests/judge/data");
	char *rules = suite_path("tests/judge/data/test.rules");
	char *text = memory_format("scenario \"t\"\nclause TS 32.593 5.1.3 mandatory\n"
				   "roles henb, serving-hems, public-dns, serving-segw, mme, file-server\n%s\n%s",
				   header, body);

	memset(trial, 0, sizeof(*trial));
	trial->profile = profile_load(profile, maps, &diagnostics);
	must(&diagnostics, trial->profile, "the profile");
	profile_names(trial->profile, &vocabulary);
	map_names(profile_map(trial->profile), &vocabulary);
	rules_load(rules, &vocabulary, &trial->rules, &diagnostics);
	must(&diagnostics, trial->rules.rules, "the rules");
	trial->book = rule_book_new(&trial->rules);
	trial->chart = chart_parse(text, strlen(text), "t.flow", maps, &vocabulary, &diagnostics);
	must(&diagnostics, trial->chart, "the chart");
	vocabulary_clear(&vocabulary);
	trial->environment = (struct judge_environment){
		.profile = trial->profile,
		.rules = flags & TRIAL_RULES ? trial->book : NULL,
		.observing = (flags & TRIAL_OBSERVING) != 0,
	};
	struct judge_listener listener = { .finding = log_finding, .context = trial };
	trial->judge = judge_new(trial->chart, &trial->environment, &listener);
	judge_start(trial->judge, START);
	free(profile);
	free(maps);
	free(rules);
	free(text);
}

void trial_begin(struct trial *trial, const char *body)
{
	trial_begin_with(trial, "", body, 0);
}

void trial_end(struct trial *trial)
{
	judge_free(trial->judge);
	chart_free(trial->chart);
	rule_book_free(trial->book);
	rules_free(&trial->rules);
	profile_free(trial->profile);
	buffer_free(&trial->log);
}

struct message *trial_message(double seconds, const char *notation, const char *content)
{
	char from[ROLE_NAME], to[ROLE_NAME], name[MESSAGE_NAME];
	struct problem problem = { "" };

	ck_assert_int_eq(sscanf(notation, "%31s -> %31s : %63s", from, to, name), 3);
	const struct message_name *known = message_name_find(name);
	struct message *message = message_new(known ? known->protocol : "cwmp", name);
	strcpy(message->from, from);
	strcpy(message->to, to);
	message->time = START + (int64_t)(seconds * 1e6 + 0.5);
	if (content) {
		char *text = memory_format("<x>%s</x>", content);
		xmlDoc *document = xml_parse(text, strlen(text), &problem);

		ck_assert_msg(document != NULL, "%s", problem.text);
		xmlAddChildList(message->body,
				xmlDocCopyNodeList(message->document,
						   xmlDocGetRootElement(document)->children));
		xmlFreeDoc(document);
		free(text);
	}
	return message;
}

void trial_say_in(struct trial *trial, uint64_t session, double seconds, const char *notation,
		  const char *content)
{
	struct message *message = trial_message(seconds, notation, content);

	message->session = session;
	judge_message(trial->judge, message);
	message_free(message);
}

void trial_say(struct trial *trial, double seconds, const char *notation, const char *content)
{
	trial_say_in(trial, 0, seconds, notation, content);
}

void trial_time(struct trial *trial, double seconds)
{
	judge_time(trial->judge, START + (int64_t)(seconds * 1e6 + 0.5));
}

void trial_expect(struct trial *trial, const char *log)
{
	ck_assert_str_eq(buffer_text(&trial->log), log);
	buffer_clear(&trial->log);
}

void trial_verdict(struct trial *trial, enum verdict verdict)
{
	ck_assert_str_eq(verdict_name(judge_verdict(trial->judge)), verdict_name(verdict));
}
