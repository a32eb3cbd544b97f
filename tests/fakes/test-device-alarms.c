/* Alarms: the four reporting mechanisms, tables, roll-over; on three shapes of data model. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/state.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

static const char *const maps[] = {"henb-device2", "henb-tr262", "hnb-tr196-1"};

/* The path of something below FaultMgmt in this map (static buffer). */
static const char *fault(const struct stand *stand, const char *rest)
{
	static char texts[4][256];
	static unsigned next;
	char *text = texts[next++ % 4];

	snprintf(text, sizeof(texts[0]), "%s%s",
		 tree_object_ending(stand->device->tree, ".FaultMgmt.")->path, rest);
	return text;
}

static const char *value(const struct stand *stand, const char *rest)
{
	const struct parameter *parameter = tree_find(stand->device->tree, fault(stand, rest));

	return parameter ? parameter->value : NULL;
}

/* Switched on, with the first row's mechanism and the usual attributes set. */
static void prepare(struct stand *stand, const char *map, const char *mechanism)
{
	stand_make(stand, map);
	stand_queue(&stand->initial, request_attributes(fault(stand, "ExpeditedEvent."), 2));
	stand_queue(&stand->initial, request_attributes(fault(stand, "QueuedEvent."), 1));
	stand_queue(&stand->initial, request_set("",
		    fault(stand, "SupportedAlarm.1.ReportingMechanism"), mechanism,
		    "xsd:string", NULL));
	stand_act(stand, "power-on", NULL);
	stand_run(stand, SECONDS(3));
	ck_assert_ptr_null(stand_message(&stand->initial, "Inform", 1));
}

static void raise_first(struct stand *stand, const char *identifier)
{
	char *cause = memory_text(value(stand, "SupportedAlarm.1.ProbableCause"));

	ck_assert_int_eq(stand_act(stand, "raise-alarm", "severity", "Major", "probable-cause",
				   cause, "identifier", identifier, NULL), 0);
	free(cause);
	stand_run(stand, SECONDS(20));
}

START_TEST(expedited)
{
	struct stand stand;

	prepare(&stand, maps[_i], "0 Expedited");
	raise_first(&stand, "a1");
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	ck_assert_str_eq(stand_informed(&stand.initial, 1,
			 fault(&stand, "ExpeditedEvent.1.NotificationType")), "NewAlarm");
	ck_assert_str_eq(stand_informed(&stand.initial, 1,
			 fault(&stand, "ExpeditedEvent.1.PerceivedSeverity")), "Major");
	ck_assert_str_eq(stand_informed(&stand.initial, 1,
			 fault(&stand, "ExpeditedEvent.1.AlarmIdentifier")), "a1");
	ck_assert_ptr_null(stand_informed(&stand.initial, 1,
			   fault(&stand, "ExpeditedEvent.2.AlarmIdentifier")));
	ck_assert_str_eq(value(&stand, "HistoryEvent.1.AlarmIdentifier"), "a1");
	ck_assert_str_eq(value(&stand, "CurrentAlarm.1.AlarmIdentifier"), "a1");
	stand_act(&stand, "change-alarm", "identifier", "a1", "severity", "Minor", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_informed(&stand.initial, 2,
			 fault(&stand, "ExpeditedEvent.2.NotificationType")), "ChangedAlarm");
	ck_assert_str_eq(value(&stand, "CurrentAlarm.1.PerceivedSeverity"), "Minor");
	stand_act(&stand, "clear-alarm", "identifier", "a1", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_informed(&stand.initial, 3,
			 fault(&stand, "ExpeditedEvent.3.PerceivedSeverity")), "Cleared");
	ck_assert_str_eq(value(&stand, "CurrentAlarmNumberOfEntries"), "0");
	stand_clear(&stand);
}
END_TEST

START_TEST(queued)
{
	struct stand stand;

	prepare(&stand, maps[_i], "1 Queued");
	raise_first(&stand, "a1");
	stand_run(&stand, SECONDS(100));
	ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 1)); /* no session of its own */
	ck_assert_str_eq(value(&stand, "QueuedEvent.1.AlarmIdentifier"), "a1");
	ck_assert_str_eq(value(&stand, "ExpeditedEvent.1.AlarmIdentifier"), "");
	stand_act(&stand, "move", "latitude", "1", "longitude", "1", NULL); /* another reason */
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_events(&stand.initial, 1), "4 VALUE CHANGE");
	ck_assert_str_eq(stand_informed(&stand.initial, 1,
			 fault(&stand, "QueuedEvent.1.AlarmIdentifier")), "a1");
	stand_clear(&stand);
}
END_TEST

START_TEST(logged_and_disabled)
{
	struct stand stand;

	prepare(&stand, "henb-device2", _i ? "2 Logged" : "3 Disabled");
	raise_first(&stand, "a1");
	stand_act(&stand, "move", "latitude", "1", "longitude", "1", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(value(&stand, "HistoryEvent.1.AlarmIdentifier"), _i ? "a1" : "");
	ck_assert_str_eq(value(&stand, "CurrentAlarm.1.AlarmIdentifier"), "a1");
	ck_assert_ptr_null(stand_informed(&stand.initial, 1,
			   fault(&stand, "ExpeditedEvent.1.AlarmIdentifier")));
	ck_assert_ptr_null(stand_informed(&stand.initial, 1,
			   fault(&stand, "HistoryEvent.1.AlarmIdentifier")));
	stand_clear(&stand);
}
END_TEST

START_TEST(roll_over)
{
	struct stand stand;
	char name[16];

	prepare(&stand, "henb-device2", "0 Expedited");
	size_t rows = tree_rows(stand.device->tree, fault(&stand, "ExpeditedEvent."));
	for (size_t i = 1; i <= rows + 1; i++) {
		snprintf(name, sizeof(name), "a%zu", i);
		raise_first(&stand, name);
	}
	ck_assert_str_eq(value(&stand, "ExpeditedEvent.1.AlarmIdentifier"), name);
	ck_assert_str_eq(value(&stand, "ExpeditedEvent.2.AlarmIdentifier"), "a2");
	ck_assert_uint_eq(tree_rows(stand.device->tree, fault(&stand, "ExpeditedEvent.")), rows);
	/* All parameters of the row count as changed, the equal ones too. */
	ck_assert_str_eq(stand_informed(&stand.initial, rows + 1,
			 fault(&stand, "ExpeditedEvent.1.NotificationType")), "NewAlarm");
	stand_clear(&stand);
}
END_TEST

START_TEST(not_lost)
{
	struct stand stand;

	prepare(&stand, "henb-device2", "0 Expedited");
	stand.initial.refuse = 1;
	raise_first(&stand, "a1");
	ck_assert_str_eq(stand_informed(&stand.initial, 2,
			 fault(&stand, "ExpeditedEvent.1.AlarmIdentifier")), "a1");
	ck_assert_str_eq(stand_events(&stand.initial, 2), "4 VALUE CHANGE");
	stand_clear(&stand);
}
END_TEST

START_TEST(kinds)
{
	struct stand stand;

	prepare(&stand, "henb-device2", "0 Expedited");
	/* Another kind keeps its own mechanism, Logged. */
	char *cause = memory_text(value(&stand, "SupportedAlarm.3.ProbableCause"));
	stand_act(&stand, "raise-alarm", "probable-cause", cause, NULL);
	free(cause);
	stand_run(&stand, SECONDS(3));
	ck_assert_ptr_null(stand_message(&stand.initial, "Inform", 1));
	ck_assert_str_eq(value(&stand, "HistoryEvent.1.AlarmIdentifier"), "1");
	ck_assert_str_eq(value(&stand, "HistoryEvent.1.EventType"),
			 value(&stand, "SupportedAlarm.3.EventType"));
	/* One that fits none is of the first kind. */
	stand_act(&stand, "raise-alarm", "probable-cause", "Moonshine", NULL);
	stand_run(&stand, SECONDS(3));
	ck_assert_str_eq(stand_informed(&stand.initial, 1,
			 fault(&stand, "ExpeditedEvent.1.ProbableCause")), "Moonshine");
	stand_clear(&stand);
}
END_TEST

START_TEST(mistakes)
{
	struct stand stand;

	stand_make(&stand, "henb-device2");
	ck_assert_int_eq(stand_act(&stand, "raise-alarm", NULL), -1); /* switched off */
	stand_act(&stand, "power-on", NULL);
	ck_assert_int_eq(stand_act(&stand, "raise-alarm", "severity", "Awful", NULL), -1);
	ck_assert_int_eq(stand_act(&stand, "clear-alarm", "identifier", "a", NULL), -1);
	ck_assert_int_eq(stand_act(&stand, "clear-alarm", NULL), -1);
	ck_assert_int_eq(stand_act(&stand, "raise-alarm", "identifier", "a", NULL), 0);
	ck_assert_int_eq(stand_act(&stand, "raise-alarm", "identifier", "a", NULL), -1);
	ck_assert_int_eq(stand_act(&stand, "clear-alarm", NULL), 0); /* the latest */
	stand_clear(&stand);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-alarms");
	TCase *tests = tcase_create("alarms");
	int shapes = (int)(sizeof(maps) / sizeof(*maps));

	tcase_add_loop_test(tests, expedited, 0, shapes);
	tcase_add_loop_test(tests, queued, 0, shapes);
	tcase_add_loop_test(tests, logged_and_disabled, 0, 2);
	tcase_add_test(tests, roll_over);
	tcase_add_test(tests, not_lost);
	tcase_add_test(tests, kinds);
	tcase_add_test(tests, mistakes);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
