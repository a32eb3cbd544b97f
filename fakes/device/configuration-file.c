#include "fakes/device/configuration-file.h"

#include <stdlib.h>
#include <string.h>

#include "fakes/device/configuration-part.h"
#include "fakes/device/writes.h"
#include "harness/judge/cm-parameter.h"
#include "protocols/cm-file.h"
#include "protocols/memory.h"

#define ROWS_MOST 64 /* that one file makes or removes */

struct applying {
	struct device *device;
	struct cm_file file;
	struct writes writes;
	char *made[ROWS_MOST], *removed[ROWS_MOST]; /* rows */
	size_t made_count, removed_count;
};

static enum cm_generation generation_of(const struct device *device)
{
	return map_find(tree_map(device->tree), "S1SigLinkServerList") ? CM_LTE : CM_UMTS;
}

/* "FAPService[1]/AccessMgmt/MemberDetail[2]/Modifier": the row of the instance, or NULL. */
static char *row_of(const struct applying *applying, const char *element)
{
	char *instance = memory_text_length(element, strlen(element) - strlen("/Modifier"));
	char *row = cm_parameter_of(tree_map(applying->device->tree), applying->file.generation,
				    instance, NULL);

	free(instance);
	return row;
}

static int make_row(struct applying *applying, const char *row)
{
	struct parameter_tree *tree = applying->device->tree;
	const char *number = row + strlen(row) - 1;

	while (number > row && number[-1] != '.')
		number--;
	char *table = memory_text_length(row, (size_t)(number - row));
	const struct tree_object *object = tree_object_find(tree, table);
	bool made = object && object->writable && !tree_object_find(tree, row) &&
		    applying->made_count < ROWS_MOST &&
		    tree_add_row(tree, table, (unsigned)strtoul(number, NULL, 10)) > 0;

	if (made)
		applying->made[applying->made_count++] = memory_text(row);
	free(table);
	return made ? 0 : 9010;
}

/* What the Modifier wants of an instance: a row comes at once, so that its values can be checked, and
 * goes again when the file fails. */
static int modify(struct applying *applying, const struct cm_value *value)
{
	char *row = row_of(applying, value->element);
	const struct tree_object *object = row ? tree_object_find(applying->device->tree, row)
					       : NULL;
	int fault = 9010;

	if (row && strcmp(value->value, "create") == 0) {
		fault = make_row(applying, row);
	} else if (object && strcmp(value->value, "update") == 0) {
		fault = 0;
	} else if (object && object->writable && strcmp(value->value, "delete") == 0 &&
		   applying->removed_count < ROWS_MOST) {
		applying->removed[applying->removed_count++] = memory_text(row);
		fault = 0;
	}
	free(row);
	return fault;
}

static void add_write(struct applying *applying, const struct cm_value *value)
{
	const struct map_entry *entry = NULL;
	char *path = cm_parameter_of(tree_map(applying->device->tree), applying->file.generation,
				     value->element, &entry);

	applying->writes.list[applying->writes.count++] = (struct write){
		.name = path ? path : memory_text(value->element),
		.value = entry ? cm_parameter_value(entry, value->element, value->value)
			       : memory_text(value->value),
	};
}

/* Defects: what is not taken from a file. */
static bool is_ignored(const struct device *device, const char *element)
{
	return (device_has(device, DEFECT_FILE_INDICATOR_IGNORED) &&
		path_ends(element, "/IpsecUsageIndicator")) ||
	       (device_has(device, DEFECT_FILE_SERVER_IGNORED) &&
		path_ends(element, "/FAPGWServer1"));
}

static int gather(struct applying *applying, struct problem *problem)
{
	const struct cm_file *file = &applying->file;
	int fault = 0;

	applying->writes.list = memory_new((file->count + 1) * sizeof(struct write));
	for (size_t i = 0; i < file->count; i++) {
		const struct cm_value *value = &file->values[i];

		if (is_ignored(applying->device, value->element)) {
			continue;
		} else if (!path_ends(value->element, "/Modifier")) {
			add_write(applying, value);
		} else if (modify(applying, value) != 0) {
			problem_set(problem, "%s cannot be done", value->element);
			fault = 9010;
		}
	}
	return fault;
}

/* The first that is not lawful says why. */
static int check(struct applying *applying, struct problem *problem)
{
	struct device *device = applying->device;

	if (writes_check(device, &applying->writes) == 0)
		return 0;
	for (size_t i = 0; i < applying->writes.count; i++) {
		const struct write *write = &applying->writes.list[i];

		if (!write->fault)
			continue;
		problem_set(problem, write->fault == 9005 ? "%.200s is not known"
				     : write->fault == 9008 ? "%.200s cannot be written"
							    : "%.200s has no lawful value",
			    write->name);
		return 9010;
	}
	return 9010;
}

/* Its schema has the last word, so that a value which this cell cannot take is told as such; a cell
 * that takes any text for a number (a defect) does not ask it. */
static int hold_to_schema(struct applying *applying, const struct buffer *contents,
			  struct problem *problem)
{
	const struct device *device = applying->device;
	struct grammar *grammar = device->factory.grammar;

	return !grammar || device_has(device, DEFECT_ACCEPTS_TEXT_FOR_NUMBER) ||
			       grammar_file_fits(grammar, contents, problem)
		       ? 0
		       : 9018;
}

/* The rows that the file wants away go; or, when it failed, those that came for it. */
static void settle_rows(struct applying *applying, bool good)
{
	for (size_t i = 0; i < applying->made_count; i++) {
		if (!good)
			tree_remove_row(applying->device->tree, applying->made[i]);
		free(applying->made[i]);
	}
	for (size_t i = 0; i < applying->removed_count; i++) {
		if (good)
			tree_remove_row(applying->device->tree, applying->removed[i]);
		free(applying->removed[i]);
	}
}

static int read_file(struct applying *applying, const struct buffer *contents,
		     struct problem *problem)
{
	if (cm_file_read(contents->octets, contents->length, &applying->file, problem) < 0)
		return 9018;
	if (applying->file.generation == generation_of(applying->device))
		return 0;
	problem_set(problem, "it is the file of another kind of cell");
	return 9018;
}

/* A defect: goes where the file says with what it had before. */
static void register_early(struct applying *applying)
{
	struct writes *writes = &applying->writes;
	struct writes first = {
		.list = memory_new((writes->count + 1) * sizeof(struct write)),
	};

	for (size_t i = 0; i < writes->count; i++)
		if (path_ends(writes->list[i].name, ".FAPGWServer1") ||
		    path_ends(writes->list[i].name, ".PLMNID"))
			first.list[first.count++] = writes->list[i];
	writes_apply(applying->device, &first);
	free(first.list);
	backhaul_follow(applying->device->backhaul);
}

bool configuration_file_begin(struct device *device, const struct buffer *contents)
{
	struct applying applying = { .device = device };
	struct problem problem = { "" };
	bool good = read_file(&applying, contents, &problem) == 0 &&
		    gather(&applying, &problem) == 0 && check(&applying, &problem) == 0;

	if (good)
		register_early(&applying);
	settle_rows(&applying, false);
	writes_free(&applying.writes);
	cm_file_clear(&applying.file);
	return good;
}

/* A defect: what can be had of a file that is not whole, or none. */
static void apply_part(struct applying *applying, const struct buffer *contents)
{
	struct buffer mended = { 0 };
	struct problem problem;

	if (device_has(applying->device, DEFECT_FILE_APPLIED_AS_IT_COMES) &&
	    configuration_part(contents, &mended) &&
	    read_file(applying, &mended, &problem) == 0) {
		gather(applying, &problem);
		check(applying, &problem);
		writes_apply(applying->device, &applying->writes);
	}
	buffer_free(&mended);
}

void configuration_file_part(struct device *device, const struct buffer *part)
{
	struct applying applying = { .device = device };

	apply_part(&applying, part);
	settle_rows(&applying, true);
	writes_free(&applying.writes);
	cm_file_clear(&applying.file);
}

/* A defect: the last of several values is not written. */
static void drop(struct applying *applying)
{
	struct writes *writes = &applying->writes;

	if (writes->count > 1 && device_has(applying->device, DEFECT_FILE_VALUE_DROPPED))
		writes->list[writes->count - 1].fault = 9002;
}

int configuration_file_apply(struct device *device, const struct buffer *contents,
			     struct problem *problem)
{
	struct applying applying = { .device = device };
	int fault = read_file(&applying, contents, problem);

	if (fault)
		configuration_file_part(device, contents);
	if (!fault)
		fault = gather(&applying, problem);
	if (!fault)
		fault = check(&applying, problem);
	if (!fault)
		fault = hold_to_schema(&applying, contents, problem);
	if (!fault)
		drop(&applying);
	if (!fault)
		uplink_file_comes(device->uplink);
	if (!fault || device_has(device, DEFECT_FILE_APPLIED_PARTLY))
		writes_apply(device, &applying.writes);
	settle_rows(&applying, !fault);
	writes_free(&applying.writes);
	cm_file_clear(&applying.file);
	return fault;
}
