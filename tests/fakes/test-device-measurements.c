/* The measurement files of the simulated device: when they are uploaded, and what is in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/file-message.h"
#include "protocols/memory.h"
#include "protocols/pm-file.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

static const char *const maps[] = {
	"henb-device2", "henb-tr262", "hnb-device2", "hnb-tr262", "hnb-tr196-1",
};

static struct stand stand;

static xmlNode *set(const char *name, const char *value, const char *more, const char *other)
{
	char *path = map_path(stand.map, name), *second = more ? map_path(stand.map, more) : NULL;
	xmlNode *request = request_set("", path, value, "xsd:string", NULL);

	ck_assert_msg(path && (second || !more), "%s", name);
	if (second) {
		xmlFreeDoc(request->doc);
		request = request_set("", path, value, strstr(name, "Interval") ? "xsd:unsignedInt"
								 : "xsd:string",
				      second, other,
				      strstr(more, "Time") ? "xsd:dateTime" : "xsd:string", NULL);
	}
	free(path);
	free(second);
	return request;
}

static xmlNode *set_one(const char *name, const char *value, const char *type)
{
	char *path = map_path(stand.map, name);
	xmlNode *request = request_set("", path, value, type, NULL);

	free(path);
	return request;
}

/* Opens a session, in which the HMS says what waits in its queue. */
static void session(void)
{
	stand_act(&stand, "power-cycle", NULL);
}

/* A device whose uploads go to the serving HMS, as a file server, every 60 s. */
static void begin(const char *map, const char *variant, const char *end_of_url)
{
	char url[200];

	stand_make(&stand, map);
	if (variant)
		ck_assert_int_eq(device_variant(stand.device, variant, NULL), 0);
	snprintf(url, sizeof(url), "%s%s", stand.serving.url, end_of_url);
	stand_queue(&stand.initial, set("PeriodicUploadURL", url, "PeriodicUploadUsername", "pm"));
	stand_queue(&stand.initial, set("PeriodicUploadPassword", "secret", NULL, NULL));
	stand_queue(&stand.initial, set("PeriodicUploadInterval", "60", "PeriodicUploadTime",
					"2010-01-01T00:00:20Z"));
	stand_queue(&stand.initial, set_one("PeriodicUploadEnable", "true", "xsd:boolean"));
	stand_act(&stand, "power-on", NULL);
	stand_run(&stand, SECONDS(5));
	ck_assert_uint_eq(stand.initial.sent, 4);
}

/* A fact of the n-th file that came; of a static buffer. */
static const char *fact(size_t n, const char *child, const char *name)
{
	static char room[200];
	const struct heard *heard = &stand.serving.heard[n];
	struct file_request request = { .transport = "http", .path = heard->post->target };
	struct file_contents *contents = file_contents_new();

	ck_assert_uint_lt(n, stand.serving.heard_count);
	file_contents_add(contents, heard->post->body.octets, heard->post->body.length);
	struct message *message = file_message_contents(&request, contents, true, -1);
	ck_assert(pm_file_describe(message));
	xmlNode *facet = message_facet(message, "pm");
	char *text = xml_attribute(child ? xml_child(facet, child) : facet, name);

	memory_place(room, sizeof(room), text ? text : "-");
	free(text);
	message_free(message);
	file_contents_free(contents);
	return room;
}

static int64_t number(size_t n, const char *child, const char *name)
{
	return strtoll(fact(n, child, name), NULL, 10);
}

START_TEST(at_each_grid_point)
{
	begin(maps[_i], NULL, "/up/");
	stand_run(&stand, SECONDS(240));
	ck_assert_uint_ge(stand.serving.heard_count, 3);
	for (size_t n = 0; n < stand.serving.heard_count; n++) {
		const struct http_message *post = stand.serving.heard[n].post;

		ck_assert_str_eq(post->method, "PUT");
		ck_assert_int_eq(strncmp(post->target, "/cwmp/up/A", 10), 0);
		ck_assert_int_eq(stand.serving.heard[n].time / 1000000 % 60, 20);
		ck_assert_int_eq(number(n, NULL, "end-at") % 60, 20);
		ck_assert_str_eq(fact(n, NULL, "report"), "60");
		ck_assert_str_eq(fact(n, NULL, "zoned"), "true");
		ck_assert_str_eq(fact(n, NULL, "element"),
				 strncmp(maps[_i], "henb", 4) ? "HNB=000001" : "HeNB=000001");
		ck_assert_str_eq(fact(n, "name", "unique"), "000001");
		ck_assert_str_eq(fact(n, "name", "wrong"), "-");
		ck_assert_str_eq(fact(n, NULL, "counts"), "-");
		ck_assert_int_eq(number(n, "name", "end-at"), number(n, NULL, "end-at") / 60 * 60);
		if (n)
			ck_assert_int_eq(number(n, NULL, "begin-at"),
					 number(n - 1, NULL, "end-at"));
	}
	stand_clear(&stand);
}
END_TEST

START_TEST(as_it_is_configured)
{
	begin("henb-device2", NULL, "");
	stand_run(&stand, SECONDS(130));
	size_t before = stand.serving.heard_count;
	ck_assert_uint_ge(before, 2);
	ck_assert_str_eq(stand.serving.heard[0].post->target, "/cwmp"); /* no folder: no name */
	stand_queue(&stand.initial, set_one("PeriodicUploadEnable", "false", "xsd:boolean"));
	session();
	stand_run(&stand, SECONDS(300));
	ck_assert_uint_eq(stand.serving.heard_count, before);
	stand_queue(&stand.initial, set_one("PeriodicUploadEnable", "true", "xsd:boolean"));
	stand_queue(&stand.initial, set_one("PeriodicUploadInterval", "120", "xsd:unsignedInt"));
	session();
	stand_run(&stand, SECONDS(400));
	ck_assert_uint_ge(stand.serving.heard_count, before + 3);
	for (size_t n = before; n < stand.serving.heard_count; n++) {
		ck_assert_int_eq(stand.serving.heard[n].time / 1000000 % 120, 20);
		ck_assert_str_eq(fact(n, NULL, "report"), "120");
	}
	stand_clear(&stand);
}
END_TEST

/* The first file is refused: when it comes again, whether it comes, and the file behind it. */
START_TEST(refused)
{
	static const struct { const char *variant; int64_t wait; bool again; } rows[] = {
		{ NULL, 30, true }, { "pm-waits-for-next", 60, true }, { "pm-gives-up", 60, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin("hnb-tr196-1", rows[i].variant, "/up/");
		stand.serving.full = 1;
		stand_run(&stand, SECONDS(200));
		const struct heard *heard = stand.serving.heard;
		ck_assert_uint_ge(stand.serving.heard_count, 4 - !rows[i].again);
		ck_assert_int_eq((heard[1].time - heard[0].time) / 1000000, rows[i].wait);
		ck_assert_int_eq(!strcmp(heard[0].post->target, heard[1].post->target),
				 rows[i].again);
		size_t next = rows[i].again ? 2 : 1;
		ck_assert_int_eq((heard[next].time - heard[0].time) / 1000000, 60);
		ck_assert_int_eq(number(next, NULL, "begin-at"), number(0, NULL, "end-at"));
		stand_clear(&stand);
	}
}
END_TEST

START_TEST(credentials)
{
	begin("henb-tr262", NULL, "/up/");
	stand.serving.digest = true;
	stand_run(&stand, SECONDS(70));
	ck_assert_uint_ge(stand.serving.heard_count, 2);
	const char *field = http_header_get(stand.serving.heard[1].post, "Authorization");
	ck_assert_ptr_nonnull(field);
	ck_assert_ptr_nonnull(strstr(field, "username=\"pm\""));
	stand_clear(&stand);
}
END_TEST

START_TEST(other_forms)
{
	static const struct { const char *variant, *child, *name, *value; } rows[] = {
		{ NULL, "name", "type", "A" }, { NULL, NULL, "periods", "1" },
		{ "pm-halves", "name", "type", "B" }, { "pm-halves", NULL, "periods", "2" },
		{ "pm-halves", NULL, "granularity", "30" }, { "pm-halves", NULL, "adjoin", "-" },
		{ "pm-gzip", "name", "packed", "gz" }, { "pm-gzip", NULL, "report", "60" },
		{ "pm-positional", NULL, "positional", "true" },
		{ "pm-positional", NULL, "positions", "-" },
		{ "pm-more-counters", NULL, "counts", "-" },
		{ "pm-local-time", NULL, "zoned", "true" }, { "pm-local-time", "name", "wrong", "-" },
		{ "no-clock", NULL, "zoned", "true" },
	};

	begin("hnb-device2", rows[_i].variant, "/up/");
	stand_run(&stand, SECONDS(150));
	ck_assert_str_eq(fact(1, rows[_i].child, rows[_i].name), rows[_i].value);
	ck_assert_str_eq(fact(1, NULL, "spans"), "60");
	stand_clear(&stand);
}
END_TEST

/* What the policy wants is told, each upload once. */
START_TEST(told)
{
	begin("hnb-device2", NULL, "/up/");
	stand_queue(&stand.initial,
		    request_set("", "Device.ManagementServer.AutonomousTransferCompletePolicy.Enable",
				"true", "xsd:boolean", NULL));
	session();
	stand_run(&stand, SECONDS(60));
	stand.serving.full = 1;
	stand_run(&stand, SECONDS(140));
	static const char *const faults[] = { "0", "9011", "0", "0" };
	for (size_t i = 0; i < 4; i++) {
		const struct message *message =
			stand_message(&stand.initial, "AutonomousTransferComplete", i);
		ck_assert_ptr_nonnull(message);
		char *fault = xml_child_text(xml_child(message->body, "FaultStruct"), "FaultCode");
		char *url = xml_child_text(message->body, "TransferURL");
		ck_assert_str_eq(fault, faults[i]);
		ck_assert_int_eq(strncmp(url, stand.serving.url, strlen(stand.serving.url)), 0);
		free(fault);
		free(url);
	}
	ck_assert_ptr_null(stand_message(&stand.initial, "AutonomousTransferComplete",
					 stand.serving.heard_count));
	ck_assert_str_eq(stand_events(&stand.initial, 2), "10 AUTONOMOUS TRANSFER COMPLETE");
	stand_clear(&stand);
}
END_TEST

START_TEST(name_appended)
{
	begin("hnb-device2", "pm-appends-name", "/up");
	stand_run(&stand, SECONDS(70));
	ck_assert_uint_ge(stand.serving.heard_count, 1);
	ck_assert_int_eq(strncmp(stand.serving.heard[0].post->target, "/cwmp/up/A", 10), 0);
	stand_clear(&stand);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-measurements");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, at_each_grid_point, 0, sizeof(maps) / sizeof(maps[0]));
	tcase_add_test(all, as_it_is_configured);
	tcase_add_test(all, refused);
	tcase_add_test(all, credentials);
	tcase_add_loop_test(all, other_forms, 0, 14);
	tcase_add_test(all, name_appended);
	tcase_add_test(all, told);
	suite_add_tcase(suite, all);
	return suite_run(suite);
}
