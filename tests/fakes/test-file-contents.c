/* The configuration files that the file server writes fit the schemas of their namespaces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/file-server/file-contents.h"
#include "harness/judge/data-model-map.h"
#include "protocols/cm-file.h"
#include "protocols/memory.h"
#include "tests/grammar/shipped.h"
#include "tests/suite.h"

enum { SETTINGS_MOST = 4000 };

struct wanted {
	struct judge_setting list[SETTINGS_MOST];
	size_t count;
};

static const char *const maps[] = { "henb-device2", "henb-tr262", "hnb-device2", "hnb-tr196-1",
				    "hnb-tr262" };
static struct grammar *grammar;

static void begin(void)
{
	grammar = shipped_grammar();
}

static void end(void)
{
	grammar_free(grammar);
}

static struct data_model_map *load(const char *name)
{
	char *relative = memory_format("scenarios/maps/%s.map", name);
	char *path = suite_path(relative);
	struct diagnostics diagnostics = { 0 };
	struct data_model_map *map = map_load(path, &diagnostics);

	ck_assert_msg(map != NULL, "%s", path);
	diagnostics_clear(&diagnostics);
	free(relative);
	free(path);
	return map;
}

/* A parameter of the map with its default; the first instance of what is in tables. */
static void want(struct wanted *wanted, const char *path, const char *value)
{
	ck_assert_uint_lt(wanted->count, SETTINGS_MOST);
	wanted->list[wanted->count++] = (struct judge_setting){
		.name = path, .is_parameter = true, .value = value,
	};
}

static char *first_instance(const char *path)
{
	char *whole = memory_text(path);

	for (char *at; (at = strstr(whole, "{i}"));) {
		*at = '1';
		memmove(at + 1, at + 3, strlen(at + 3) + 1);
	}
	return whole;
}

static bool fits(const char *to, const struct wanted *wanted, struct problem *problem)
{
	const struct cue cue = { .to = to, .settings = wanted->list,
				 .setting_count = wanted->count };
	const struct file_frame frame = { .host = "hms.test", .serial = "1" };
	struct buffer contents = { 0 };

	ck_assert_msg(file_server_contents(&cue, &frame, &contents, problem) == 0, "%s",
		      problem->text);
	bool fit = grammar_file_fits(grammar, &contents, problem);
	buffer_free(&contents);
	return fit;
}

/* Each parameter that a chart can set in a file, all in one: those that the shipped charts set are
 * among them. Of a CryptoProfile the format wants seven at once, more than these models have. */
START_TEST(whatever_is_set_fits)
{
	struct data_model_map *map = load(maps[_i]);
	bool lte = maps[_i][1] == 'e';
	struct wanted *wanted = memory_new(sizeof(*wanted));
	struct problem problem = { "" };
	const struct map_entry *entry;

	for (size_t i = 0; (entry = map_at(map, i)); i++) {
		char *element = cm_element_of(lte ? CM_LTE : CM_UMTS, entry->path);

		if (element && entry->type != TYPE_OBJECT && !strstr(element, "/CryptoProfile"))
			want(wanted, first_instance(entry->path), entry->value);
		free(element);
	}
	ck_assert_uint_gt(wanted->count, 20);
	ck_assert_msg(fits(lte ? "henb" : "hnb", wanted, &problem), "%s: %s", maps[_i],
		      problem.text);
	for (size_t i = 0; i < wanted->count; i++)
		free((char *)(uintptr_t)wanted->list[i].name);
	free(wanted);
	map_free(map);
}
END_TEST

START_TEST(what_does_not_fit_is_told)
{
	static const char *const to[] = { "henb", "hnb" };
	struct wanted *wanted = memory_new(sizeof(*wanted));
	struct problem problem = { "" };

	want(wanted, "Device.ManagementServer.PeriodicInformInterval", "600");
	ck_assert_msg(fits(to[_i], wanted, &problem), "%s", problem.text);
	wanted->list[0].value = "often";
	ck_assert(!fits(to[_i], wanted, &problem));
	ck_assert_msg(strstr(problem.text, "PeriodicInformInterval") != NULL, "%s", problem.text);
	free(wanted);
}
END_TEST

static char *written(const struct file_frame *frame)
{
	const struct cue cue = { .to = "henb" };
	struct buffer contents = { 0 };
	struct problem problem = { "" };

	ck_assert_int_eq(file_server_contents(&cue, frame, &contents, &problem), 0);
	char *text = memory_text_length((const char *)contents.octets, contents.length);
	buffer_free(&contents);
	return text;
}

/* A supplier's form of what no text at hand says. */
START_TEST(the_frame_is_as_wanted)
{
	struct file_frame frame = { .host = "hms.test", .serial = "7" };
	char *ours = written(&frame);

	ck_assert_ptr_nonnull(strstr(ours, "xmlns=\"" CM_LTE_NAMESPACE "\""));
	ck_assert_ptr_nonnull(strstr(ours, "fileFormatVersion=\"32.594 V12.0\""));
	ck_assert_ptr_nonnull(strstr(ours, "localDn=\"HeNB=7\""));
	free(ours);
	frame.ns = "urn:supplier";
	frame.version = "32.594 V14.0";
	frame.local_dn = "ENBFunction=7";
	char *theirs = written(&frame);
	ck_assert_ptr_nonnull(strstr(theirs, "xmlns=\"urn:supplier\""));
	ck_assert_ptr_nonnull(strstr(theirs, "fileFormatVersion=\"32.594 V14.0\""));
	ck_assert_ptr_nonnull(strstr(theirs, "localDn=\"ENBFunction=7\""));
	free(theirs);
	frame.ns = "none";
	char *bare = written(&frame);
	ck_assert_ptr_null(strstr(bare, "xmlns"));
	free(bare);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file-contents");
	TCase *files = tcase_create("files");

	tcase_add_checked_fixture(files, begin, end);
	tcase_add_loop_test(files, whatever_is_set_fits, 0, (int)(sizeof(maps) / sizeof(maps[0])));
	tcase_add_loop_test(files, what_does_not_fit_is_told, 0, 2);
	tcase_add_test(files, the_frame_is_as_wanted);
	suite_add_tcase(suite, files);
	return suite_run(suite);
}
