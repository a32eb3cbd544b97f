/*
 * Runs every example of scenarios/LANGUAGE.md: what is right has no mistakes, what is wrong
 * gets exactly the text that stands below it. And: every word of every table is described.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/chart/actions.h"
#include "harness/chart/chart.h"
#include "harness/chart/fault-table.h"
#include "harness/chart/functions.h"
#include "harness/chart/roles.h"
#include "harness/chart/vocabulary.h"
#include "protocols/memory.h"
#include "protocols/message-names.h"
#include "tests/suite.h"

struct example { /* a fenced block: ```KIND FILE */
	char *kind, *file, *text;
	int line;
};

#define MOST 300
static struct example examples[MOST];
static size_t example_count;
static char *page;
static struct vocabulary vocabulary;
static char folder[40];

static void read_names(const char *text)
{
	char *copy = memory_text(text), *lines, *words;

	for (char *line = strtok_r(copy, "\n", &lines); line; line = strtok_r(NULL, "\n", &lines)) {
		char *word = strtok_r(line, " ", &words);
		struct names *names = strcmp(word, "parameters") == 0   ? &vocabulary.parameters
				      : strcmp(word, "statements") == 0 ? &vocabulary.statements
				      : strcmp(word, "items") == 0      ? &vocabulary.items
									: &vocabulary.variables;

		while ((word = strtok_r(NULL, " ", &words)))
			names_add(names, word);
	}
	free(copy);
}

/* Blocks with a word behind the fence; others are forms, not examples. */
static void read_examples(void)
{
	int number = 1;

	for (char *line = page; line && *line; number++) {
		char *end = strchr(line, '\n');

		if (strncmp(line, "```", 3) != 0 || line[3] == '\n') {
			line = end ? end + 1 : NULL;
			continue;
		}
		struct example *example = &examples[example_count++];
		ck_assert_uint_lt(example_count, MOST);
		char *head = memory_text_length(line + 3, (size_t)(end - line - 3));
		char *blank = strchr(head, ' ');
		char *close = strstr(end, "\n```\n");
		ck_assert_msg(close, "line %d: the block has no end", number);
		example->file = memory_text(blank                            ? blank + 1
					    : strncmp(head, "rules", 5) == 0 ? "example.rules"
									     : "example.flow");
		if (blank)
			*blank = '\0';
		example->kind = head;
		example->line = number;
		example->text = memory_text_length(end + 1, (size_t)(close + 1 - end - 1));
		for (char *each = line; each < close + 1; each++)
			number += *each == '\n';
		line = close + 5;
		if (strcmp(head, "names") == 0)
			read_names(example->text);
	}
}

static void write_example(const struct example *example)
{
	char *slash = strchr(example->file, '/');

	if (slash) {
		char *parent = memory_text_length(example->file, (size_t)(slash - example->file));

		mkdir(parent, 0777);
		free(parent);
	}
	FILE *file = fopen(example->file, "w");
	ck_assert_ptr_nonnull(file);
	fputs(example->text, file);
	fclose(file);
}

/* What femtoproof check would print, new memory. */
static char *said_of(const struct example *example)
{
	struct diagnostics diagnostics = { 0 };
	char *text = NULL;
	size_t size;

	if (strncmp(example->kind, "rules", 5) == 0) {
		struct rules rules = { 0 };

		int result = rules_load(example->file, &vocabulary, &rules, &diagnostics);
		ck_assert_int_eq(result, diagnostics.errors ? -1 : 0);
		rules_free(&rules);
	} else {
		struct chart *chart = chart_load(example->file, ".", &vocabulary, &diagnostics);

		ck_assert(!chart == (diagnostics.errors > 0));
		if (chart && strcmp(example->kind, "flow-warning") == 0)
			chart_lint(chart, &diagnostics);
		chart_free(chart);
	}
	FILE *out = open_memstream(&text, &size);
	diagnostics_print(&diagnostics, out);
	fclose(out);
	diagnostics_clear(&diagnostics);
	return text;
}

static void set_up(void)
{
	char *path = suite_path("scenarios/LANGUAGE.md");

	page = suite_read(path, NULL);
	free(path);
	read_examples();
	strcpy(folder, "/tmp/femtoproof-language-XXXXXX"); /* anew: all tests may be one process */
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
	static const char *const folders[] = { "common", "henb" };

	for (size_t i = 0; i < example_count; i++) {
		unlink(examples[i].file);
		free(examples[i].kind);
		free(examples[i].file);
		free(examples[i].text);
	}
	example_count = 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		rmdir(folders[i]);
	ck_assert_int_eq(chdir("/"), 0);
	rmdir(folder);
	vocabulary_clear(&vocabulary);
	free(page);
}

START_TEST(test_examples)
{
	int good = 0, bad = 0;

	for (size_t i = 0; i < example_count; i++) {
		const struct example *example = &examples[i];
		const struct example *answer = &examples[i + 1];
		bool right =
		    strcmp(example->kind, "flow") == 0 || strcmp(example->kind, "rules") == 0;

		if (strcmp(example->kind, "names") == 0 || strcmp(example->kind, "text") == 0)
			continue;
		write_example(example);
		char *said = said_of(example);
		if (right) {
			ck_assert_msg(said[0] == '\0', "LANGUAGE.md:%d is wrong:\n%s",
				      example->line, said);
			good++;
		} else {
			ck_assert_msg(i + 1 < example_count && strcmp(answer->kind, "text") == 0,
				      "LANGUAGE.md:%d has no text below it", example->line);
			ck_assert_msg(strcmp(said, answer->text) == 0,
				      "LANGUAGE.md:%d gives\n%s\ninstead of\n%s", example->line,
				      said, answer->text);
			bad++;
		}
		free(said);
	}
	ck_assert_int_gt(good, 30);
	ck_assert_int_gt(bad, 30);
}
END_TEST

/* A row of a table begins with the word: "| `word` |". */
static void described(const char *word)
{
	char *row = memory_format("| `%s` |", word);

	ck_assert_msg(strstr(page, row), "LANGUAGE.md does not describe %s", word);
	free(row);
}

/* A word of the tables stands in a right example and in a wrong one. */
static void exemplified(const char *word)
{
	bool good = false, bad = false;

	for (size_t i = 0; i < example_count; i++) {
		if (!strstr(examples[i].text, word))
			continue;
		good |=
		    strcmp(examples[i].kind, "flow") == 0 || strcmp(examples[i].kind, "rules") == 0;
		bad |= strcmp(examples[i].kind, "flow-error") == 0 ||
		       strcmp(examples[i].kind, "rules-error") == 0;
	}
	ck_assert_msg(good, "LANGUAGE.md has no right example of %s", word);
	ck_assert_msg(bad, "LANGUAGE.md has no wrong example of %s", word);
}

START_TEST(test_tables_are_described)
{
	size_t count;

	const struct role *all_roles = roles(&count);
	for (size_t i = 0; i < count; i++)
		described(all_roles[i].name);
	const struct message_name *messages = message_names(&count);
	for (size_t i = 0; i < count; i++)
		described(messages[i].name);
	const struct fault_kind *faults = fault_kinds(&count);
	for (size_t i = 0; i < count; i++) {
		described(faults[i].name);
		exemplified(faults[i].name);
	}
	const struct action_kind *all_actions = actions(&count);
	for (size_t i = 0; i < count; i++) {
		described(all_actions[i].name);
		exemplified(all_actions[i].name);
	}
	const struct function_kind *all_functions = functions(&count);
	for (size_t i = 0; i < count; i++)
		if (all_functions[i].own) {
			described(all_functions[i].name);
			exemplified(all_functions[i].name);
		}
}
END_TEST

START_TEST(test_keywords_are_exemplified)
{
	static const char *const words[] = {
		"scenario", "fragment", "parameters", "clause",   "covers", "roles",    "needs",
		"not",      "after",    "tags",       "tolerate", "within", "standard", "check",
		"should ",  "keep",     "set",        " as ",     "get",    "with ",    "does",
		"wait",     "alt",      "or",         "opt",      "loop",   "par",      "and",
		"never",    "for",      "when",       "end",      "use",    "rule",     "severity",
		"->",       "<-",       "..",         "--",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		exemplified(words[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("language");
	TCase *tcase = tcase_create("LANGUAGE.md");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, test_examples);
	tcase_add_test(tcase, test_tables_are_described);
	tcase_add_test(tcase, test_keywords_are_exemplified);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
