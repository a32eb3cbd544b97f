/* The data model instance: rows, attributes, changes; on every map. */
#include <stdlib.h>
#include <string.h>

#include "fakes/device/parameter-tree.h"
#include "fakes/device/state.h"
#include "protocols/memory.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

static const char *const maps[] = {"henb-device2", "henb-tr262", "hnb-device2", "hnb-tr196-1",
				   "hnb-tr262"};

#define FAULT "Device.FaultMgmt."

static struct data_model_map *map_of(const char *name)
{
	struct diagnostics diagnostics = {0};
	char *relative = memory_format("scenarios/maps/%s.map", name);
	char *path = suite_path(relative);
	struct data_model_map *map = map_load(path, &diagnostics);

	ck_assert_ptr_nonnull(map);
	diagnostics_clear(&diagnostics);
	free(relative);
	free(path);
	return map;
}

START_TEST(every_map)
{
	struct data_model_map *map = map_of(maps[_i]);
	struct parameter_tree *tree = tree_new(map);

	ck_assert_uint_gt(tree_count(tree), 50);
	for (size_t i = 0; i < tree_count(tree); i++) {
		const struct parameter *parameter = tree_at(tree, i);
		ck_assert_ptr_eq(tree_find(tree, parameter->path), parameter);
		ck_assert_ptr_null(strstr(parameter->path, "{i}"));
		const char *wrong = map_value_wrong(parameter->entry, parameter->value);
		ck_assert_msg(!wrong, "%s = \"%s\": %s", parameter->path, parameter->value,
			      wrong ? wrong : "");
		ck_assert(!parameter->changed);
	}
	for (size_t i = 0; i < tree_object_count(tree); i++) {
		const struct tree_object *object = tree_object_at(tree, i);
		ck_assert_ptr_eq(tree_object_find(tree, object->path), object);
		ck_assert_int_eq(object->path[strlen(object->path) - 1], '.');
	}
	ck_assert_ptr_nonnull(tree_object_ending(tree, ".FaultMgmt.SupportedAlarm."));
	ck_assert_ptr_nonnull(tree_find_ending(tree, ".GPS.LockedLatitude"));
	ck_assert_ptr_nonnull(tree_find_ending(tree, ".ManagementServer.URL"));
	ck_assert_ptr_nonnull(tree_find_ending(tree, ".RFTxStatus"));
	ck_assert_int_eq(tree_find_ending(tree, ".OpState")->notification, 2);
	tree_free(tree);
	map_free(map);
}
END_TEST

START_TEST(rows)
{
	struct data_model_map *map = map_of("henb-device2");
	struct parameter_tree *tree = tree_new(map);
	const char *table = FAULT "CurrentAlarm.";

	ck_assert_uint_eq(tree_rows(tree, table), 0);
	ck_assert_uint_eq(tree_add_row(tree, table, 0), 1);
	ck_assert_uint_eq(tree_add_row(tree, table, 0), 2);
	ck_assert_ptr_nonnull(tree_find(tree, FAULT "CurrentAlarm.2.EventType"));
	ck_assert_str_eq(tree_find(tree, FAULT "CurrentAlarmNumberOfEntries")->value, "2");
	ck_assert(tree_remove_row(tree, FAULT "CurrentAlarm.2."));
	ck_assert(!tree_remove_row(tree, FAULT "CurrentAlarm.2."));
	ck_assert(!tree_remove_row(tree, FAULT "CurrentAlarm."));
	ck_assert(!tree_remove_row(tree, FAULT));
	ck_assert_ptr_null(tree_find(tree, FAULT "CurrentAlarm.2.EventType"));
	ck_assert_uint_eq(tree_add_row(tree, table, 0), 3); /* a number is not given again */
	ck_assert_uint_eq(tree_add_row(tree, "Device.", 0), 0);
	ck_assert_uint_eq(tree_add_row(tree, FAULT "CurrentAlarm.1.", 0), 0);
	char *row = tree_row(tree, table, 1);
	ck_assert_str_eq(row, FAULT "CurrentAlarm.3.");
	free(row);
	ck_assert_ptr_null(tree_row(tree, table, 2));
	const struct tree_object *supported = tree_object_find(tree, FAULT "SupportedAlarm.");
	ck_assert(supported->table);
	ck_assert(!supported->writable);
	ck_assert_uint_gt(tree_rows(tree, FAULT "SupportedAlarm."), 0);
	ck_assert(!tree_object_find(tree, FAULT "SupportedAlarm.1.")->table);
	tree_free(tree);
	map_free(map);
}
END_TEST

START_TEST(numbers_in_order)
{
	struct data_model_map *map = map_of("henb-device2");
	struct parameter_tree *tree = tree_new(map);
	const char *table = FAULT "CurrentAlarm.";

	for (unsigned i = 1; i <= 12; i++)
		tree_add_row(tree, table, 0);
	for (unsigned i = 1; i <= 12; i++) {
		char *wanted = memory_format("%s%u.", table, i);
		char *row = tree_row(tree, table, i - 1);
		ck_assert_str_eq(row, wanted);
		free(row);
		free(wanted);
	}
	tree_free(tree);
	map_free(map);
}
END_TEST

START_TEST(changes)
{
	struct data_model_map *map = map_of("henb-device2");
	struct parameter_tree *tree = tree_new(map);
	struct parameter *active = tree_find_ending(tree, ".GPS.LastScanTime");
	struct parameter *silent = tree_find_ending(tree, ".GPS.LockedLatitude");

	ck_assert(!parameter_change(silent, "1"));
	ck_assert(!tree_has_changes(tree));
	ck_assert(!parameter_change(active, active->value)); /* no change at all */
	ck_assert(parameter_change(active, "2026-01-01T00:00:00Z"));
	ck_assert(tree_has_changes(tree));
	ck_assert(tree_wants_session(tree));
	tree_mark_informed(tree);
	ck_assert(!tree_wants_session(tree));
	tree_changes_failed(tree);
	ck_assert(tree_wants_session(tree));
	tree_mark_informed(tree);
	parameter_change(active, "2026-01-02T00:00:00Z"); /* while the Inform is under way */
	tree_changes_delivered(tree);
	ck_assert(tree_wants_session(tree));
	tree_mark_informed(tree);
	tree_changes_delivered(tree);
	ck_assert(!tree_has_changes(tree));
	tree_set_attributes(tree, silent->path, 1, -1);
	ck_assert(parameter_change(silent, "2"));
	ck_assert(tree_has_changes(tree));
	ck_assert(!tree_wants_session(tree)); /* passive waits */
	tree_set_attributes(tree, silent->path, 0, -1);
	ck_assert(!tree_has_changes(tree)); /* not notified any more */
	tree_free(tree);
	map_free(map);
}
END_TEST

START_TEST(attributes_of_later_rows)
{
	struct data_model_map *map = map_of("henb-device2");
	struct parameter_tree *tree = tree_new(map);

	tree_set_attributes(tree, FAULT "CurrentAlarm.", 2, 0);
	tree_add_row(tree, FAULT "CurrentAlarm.", 0);
	struct parameter *type = tree_find(tree, FAULT "CurrentAlarm.1.EventType");
	ck_assert_int_eq(type->notification, 2);
	ck_assert(!type->subscriber);
	tree_set_attributes(tree, type->path, 1, -1);
	ck_assert_int_eq(type->notification, 1);
	ck_assert(!type->subscriber);
	tree_set_attributes(tree, FAULT, 0, 1);
	ck_assert_int_eq(type->notification, 0);
	ck_assert(type->subscriber);
	struct parameter *fixed = tree_find(tree, "Device.DeviceInfo.SoftwareVersion");
	tree_set_attributes(tree, fixed->path, 0, -1);
	ck_assert_int_eq(fixed->notification, 2); /* forceEnabled */
	tree_free(tree);
	map_free(map);
}
END_TEST

START_TEST(booleans)
{
	struct data_model_map *map = map_of("henb-device2");
	struct parameter_tree *tree = tree_new(map);
	struct parameter *state = tree_find_ending(tree, ".AdminState");

	parameter_set(state, "1");
	ck_assert_str_eq(state->value, "true");
	parameter_set(state, "0");
	ck_assert_str_eq(state->value, "false");
	tree_free(tree);
	map_free(map);
}
END_TEST

/* A configuration that was spoiled on disk is read as far as it makes sense. */
START_TEST(spoiled_store)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	stand_queue(&stand.initial, request_attributes("Device.FaultMgmt.", 2));
	stand_queue(&stand.initial, request_text("AddObject", "ObjectName",
		    "Device.DeviceInfo.Location.", "ParameterKey", "k", NULL));
	stand_act(&stand, "power-on", NULL);
	stand_run(&stand, SECONDS(3));
	stand_act(&stand, "power-off", NULL);
	struct buffer good = {0};
	buffer_add(&good, stand.device->kept.octets, stand.device->kept.length);
	ck_assert_ptr_nonnull(strstr(buffer_text(&good), "row\tDevice.DeviceInfo.Location.\t1"));
	for (size_t i = 0; i < 400; i++) {
		struct buffer *kept = &stand.device->kept;
		size_t at = i * 7919 % good.length;
		buffer_clear(kept);
		buffer_add(kept, good.octets, i % 2 ? at : good.length);
		if (i % 2 == 0)
			kept->octets[at] = (uint8_t)(kept->octets[at] ^ 1 << i % 8);
		device_store_load(stand.device);
	}
	buffer_free(&good);
	stand_clear(&stand);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-data-model");
	TCase *tests = tcase_create("tree");

	tcase_add_loop_test(tests, every_map, 0, (int)(sizeof(maps) / sizeof(*maps)));
	tcase_add_test(tests, rows);
	tcase_add_test(tests, numbers_in_order);
	tcase_add_test(tests, changes);
	tcase_add_test(tests, attributes_of_later_rows);
	tcase_add_test(tests, booleans);
	tcase_add_test(tests, spoiled_store);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
