/*
 * A cell behind a tunnel: when it builds one, where its connections start, what it tells of its
 * address. The tunnel is a pretence: 127.0.1.9 stands for the inner address.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/retry.h"
#include "fakes/device/state.h"
#include "fakes/device/tunnel-end.h"
#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/fakes/device-stand.h"
#include "tests/suite.h"

#define URL "Device.ManagementServer.URL"
#define REQUEST_URL "Device.ManagementServer.ConnectionRequestURL"
#define GATEWAY "Device.Services.FAPService.1.FAPControl.LTE.Gateway.SecGWServer"
#define INDICATOR "Device.Services.FAPService.1.X_ABCDEF_IpsecUsageIndicator"
#define INNER "Device.IP.Interface.1.IPv4Address.1.IPAddress"

/* Tunnels that are no tunnels. */
struct tunnel_end {
	struct loop *loop;
	struct timer *timer;
	struct tunnel_end_events events;
	void *context;
	bool is_up;
};

static struct {
	struct stand stand;
	struct tunnel_end *last;
	struct buffer said;    /* what was opened and closed */
	const char *inner;     /* that the next one gets */
	const char *refused;   /* the gateway that wants nobody */
	int refusals;          /* ... so many times; 0 = always */
} bed;

static void say(const char *word, const char *what)
{
	buffer_format(&bed.said, "%s%s %s", bed.said.length ? ", " : "", word, what);
}

static void decided(void *context)
{
	struct tunnel_end *end = context;
	struct ikev2_inner inner = {.dns_count = 1};
	struct problem why;

	end->timer = NULL;
	if (!end->is_up) {
		problem_set(&why, "refused");
		end->events.down(end->context, &why);
		return;
	}
	ck_assert_int_eq(address_parse(bed.inner, &inner.address4), 0);
	ck_assert_int_eq(address_parse("127.0.11.1", &inner.dns[0]), 0);
	end->events.up(end->context, &inner);
}

static struct tunnel_end *open_end(struct device *device, const struct address *gateway,
				   const char *name, const struct tunnel_end_events *events,
				   void *context, struct problem *problem)
{
	struct tunnel_end *end = memory_new(sizeof(*end));
	char text[ADDRESS_TEXT];

	(void)name;
	(void)problem;
	say("open", address_host(gateway, text));
	end->loop = device->loop;
	end->events = *events;
	end->context = context;
	end->is_up = !bed.refused || strcmp(bed.refused, text) != 0;
	if (!end->is_up && bed.refusals && --bed.refusals == 0)
		bed.refused = NULL;
	end->timer = loop_after(end->loop, MILLISECONDS(50), decided, end);
	bed.last = end;
	return end;
}

static void close_end(struct tunnel_end *end, bool politely)
{
	say("close", politely ? "politely" : "");
	loop_cancel(end->timer);
	if (bed.last == end)
		bed.last = NULL;
	free(end);
}

static void stop(struct device *device)
{
	(void)device;
	ck_assert_ptr_null(bed.last);
}

static const struct tunnel_ends pretence = {open_end, close_end, stop, NULL, NULL};

static void make(void)
{
	struct problem problem;

	bed.inner = "127.0.1.9";
	stand_make(&bed.stand, "henb-device2");
	device_free(bed.stand.device);
	bed.stand.factory.tunnel_ends = &pretence;
	bed.stand.factory.segw = "127.0.30.1";
	bed.stand.device = device_new(bed.stand.loop, &bed.stand.factory, &problem);
	ck_assert_ptr_nonnull(bed.stand.device);
}

static void clear(void)
{
	stand_clear(&bed.stand);
	buffer_free(&bed.said);
	memset(&bed, 0, sizeof(bed));
}

static const char *said(void)
{
	static char text[500];

	snprintf(text, sizeof(text), "%s", bed.said.length ? buffer_text(&bed.said) : "");
	buffer_clear(&bed.said);
	return text;
}

static void power_on(void)
{
	ck_assert_int_eq(stand_act(&bed.stand, "power-on", NULL), 0);
	stand_run(&bed.stand, SECONDS(3));
}

static bool informed_from(const struct tiny_hms *hms, size_t n, const char *host)
{
	const char *url = stand_informed(hms, n, REQUEST_URL);

	return url && !strncmp(url, "http://", 7) && !strncmp(url + 7, host, strlen(host)) &&
	       url[7 + strlen(host)] == ':';
}

/* The gateway assigns another address in the tunnel that is up. */
static void move_to(const char *address)
{
	struct tunnel_end *end = bed.last;

	bed.inner = address;
	ck_assert_ptr_nonnull(end);
	end->timer = loop_after(end->loop, 0, decided, end);
}

START_TEST(the_first_word_goes_through_the_tunnel)
{
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1");
	ck_assert_str_eq(stand_heard(&bed.stand.initial), "Inform -");
	ck_assert_str_eq(bed.stand.initial.heard[0].from, "127.0.1.9");
	ck_assert_str_eq(stand_events(&bed.stand.initial, 0), "0 BOOTSTRAP, 1 BOOT");
	ck_assert(informed_from(&bed.stand.initial, 0, "127.0.1.9"));
}
END_TEST

START_TEST(the_assigned_gateway_takes_the_place_of_the_first)
{
	stand_queue(&bed.stand.initial,
		    request_set("k", URL, bed.stand.serving.url, "xsd:string", GATEWAY "1",
				"127.0.31.1", "xsd:string", NULL));
	ck_assert_int_eq(stand_act(&bed.stand, "power-on", NULL), 0);
	stand_run(&bed.stand, MILLISECONDS(280));
	bed.inner = "127.0.1.10";
	stand_run(&bed.stand, SECONDS(3));
	ck_assert_str_eq(said(), "open 127.0.30.1, close politely, open 127.0.31.1");
	ck_assert_str_eq(stand_heard(&bed.stand.serving), "Inform -");
	ck_assert_str_eq(bed.stand.serving.heard[0].from, "127.0.1.10");
	ck_assert_str_eq(stand_events(&bed.stand.serving, 0), "0 BOOTSTRAP");
	ck_assert(informed_from(&bed.stand.serving, 0, "127.0.1.10"));
	/* It is remembered. */
	stand_act(&bed.stand, "power-cycle", NULL);
	stand_run(&bed.stand, SECONDS(3));
	ck_assert_str_eq(said(), "close , open 127.0.31.1");
	ck_assert_str_eq(stand_events(&bed.stand.serving, 1), "1 BOOT");
	stand_act(&bed.stand, "forget", NULL);
	power_on();
	ck_assert_str_eq(said(), "close , open 127.0.30.1");
}
END_TEST

START_TEST(the_same_gateway_keeps_its_tunnel)
{
	stand_queue(&bed.stand.initial,
		    request_set("k", URL, bed.stand.serving.url, "xsd:string", GATEWAY "1",
				"127.0.30.1", "xsd:string", NULL));
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1");
	ck_assert_str_eq(stand_heard(&bed.stand.serving), "Inform -");
	ck_assert(informed_from(&bed.stand.serving, 0, "127.0.1.9"));
}
END_TEST

START_TEST(another_inner_address_is_told)
{
	power_on();
	move_to("127.0.1.9");
	stand_run(&bed.stand, SECONDS(3));
	ck_assert_uint_eq(bed.stand.initial.heard_count, 2); /* it is the same */
	move_to("127.0.1.10");
	stand_run(&bed.stand, SECONDS(3));
	ck_assert_str_eq(stand_events(&bed.stand.initial, 1), "4 VALUE CHANGE");
	ck_assert(informed_from(&bed.stand.initial, 1, "127.0.1.10"));
	ck_assert_str_eq(bed.stand.initial.heard[2].from, "127.0.1.10");
	stand_run(&bed.stand, SECONDS(100));
	ck_assert_uint_eq(bed.stand.initial.heard_count, 4); /* once */
}
END_TEST

START_TEST(a_lost_tunnel_is_built_anew)
{
	power_on();
	said();
	bed.inner = "127.0.1.11";
	bed.last->is_up = false;
	bed.last->timer = loop_after(bed.stand.loop, 0, decided, bed.last);
	stand_run(&bed.stand, SECONDS(3));
	ck_assert_str_eq(said(), "close , open 127.0.30.1");
	ck_assert_str_eq(stand_events(&bed.stand.initial, 1), "4 VALUE CHANGE");
	ck_assert(informed_from(&bed.stand.initial, 1, "127.0.1.11"));
}
END_TEST

START_TEST(a_refusal_is_retried_by_the_table)
{
	int64_t begun = loop_now(bed.stand.loop);
	char *count;

	bed.refused = "127.0.30.1";
	bed.refusals = 2;
	power_on();
	stand_run(&bed.stand, SECONDS(40));
	ck_assert_str_eq(said(), "open 127.0.30.1, close , open 127.0.30.1, close , "
				 "open 127.0.30.1");
	ck_assert_str_eq(stand_heard(&bed.stand.initial), "Inform -");
	ck_assert(bed.stand.initial.heard[0].time - begun >=
		  retry_range(1).least + retry_range(2).least);
	count = xml_child_text(stand_message(&bed.stand.initial, "Inform", 0)->body, "RetryCount");
	ck_assert_str_eq(count, "2");
	free(count);
}
END_TEST

/* Whatever happens while there is no tunnel can be told to nobody; it is told when there is one. */
START_TEST(an_event_waits_for_the_tunnel)
{
	bed.refused = "127.0.30.1";
	bed.refusals = 1;
	ck_assert_int_eq(stand_act(&bed.stand, "power-on", NULL), 0);
	stand_run(&bed.stand, SECONDS(1));
	device_event(bed.stand.device, "6 CONNECTION REQUEST", "");
	stand_run(&bed.stand, SECONDS(2));
	ck_assert_str_eq(said(), "open 127.0.30.1, close ");
	stand_run(&bed.stand, SECONDS(20));
	ck_assert_str_eq(said(), "open 127.0.30.1");
	ck_assert_str_eq(stand_heard(&bed.stand.initial), "Inform -");
	ck_assert_str_eq(stand_events(&bed.stand.initial, 0),
			 "0 BOOTSTRAP, 1 BOOT, 6 CONNECTION REQUEST");
}
END_TEST

START_TEST(the_next_gateway_of_the_list_is_tried)
{
	bed.refused = "127.0.31.1";
	stand_queue(&bed.stand.initial,
		    request_set("k", GATEWAY "1", "127.0.31.1", "xsd:string", GATEWAY "2",
				"127.0.32.1", "xsd:string", NULL));
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1, close politely, open 127.0.31.1, close , "
				 "open 127.0.32.1");
}
END_TEST

START_TEST(the_indicator_ends_the_tunnel_and_begins_it)
{
	struct tiny_hms *hms = &bed.stand.initial;

	stand_queue(hms, request_set("k", INDICATOR, "0", "xsd:boolean", NULL));
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1, close politely");
	/* Where it can be called is another place now. */
	ck_assert_str_eq(stand_events(hms, 1), "4 VALUE CHANGE");
	ck_assert(informed_from(hms, 1, "127.0.1.1"));
	ck_assert_str_eq(hms->heard[hms->heard_count - 1].from, "127.0.1.1");
	stand_act(&bed.stand, "power-cycle", NULL);
	stand_queue(hms, request_set("k", INDICATOR, "1", "xsd:boolean", NULL));
	stand_run(&bed.stand, SECONDS(3));
	ck_assert_str_eq(said(), "open 127.0.30.1");
	ck_assert_str_eq(hms->heard[hms->heard_count - 1].from, "127.0.1.9");
}
END_TEST

/* De-provisioning (TS 32.583 5.4): way 1 leads back to the factory's gateway, way 2 may leave none. */
START_TEST(a_factory_reset_goes_back_to_the_first_gateway)
{
	struct tiny_hms *serving = &bed.stand.serving;

	stand_queue(&bed.stand.initial,
		    request_set("k", URL, serving->url, "xsd:string", GATEWAY "1", "127.0.31.1",
				"xsd:string", NULL));
	stand_queue(serving, request_text("FactoryReset", NULL));
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1, close politely, open 127.0.31.1, "
				 "close politely, open 127.0.30.1");
	ck_assert_str_eq(stand_events(&bed.stand.initial, 1), "0 BOOTSTRAP, 1 BOOT");
	ck_assert_str_eq(stand_heard(serving), "Inform - FactoryResetResponse");
}
END_TEST

START_TEST(without_a_gateway_there_is_no_tunnel)
{
	struct tiny_hms *hms = &bed.stand.initial;

	stand_queue(hms, request_set("k", GATEWAY "1", "", "xsd:string", NULL));
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1, close politely");
	ck_assert_str_eq(hms->heard[hms->heard_count - 1].from, "127.0.1.1");
}
END_TEST

START_TEST(the_old_tunnel_may_be_left)
{
	ck_assert_int_eq(device_variant(bed.stand.device, "leaves-tunnel", NULL), 0);
	stand_queue(&bed.stand.initial, request_set("k", GATEWAY "1", "127.0.31.1", "xsd:string",
						    NULL));
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1, open 127.0.31.1");
	stand_act(&bed.stand, "power-off", NULL);
	ck_assert_str_eq(said(), "close , close ");
}
END_TEST

START_TEST(the_old_tunnel_may_go_last)
{
	ck_assert_int_eq(device_variant(bed.stand.device, "new-tunnel-first", NULL), 0);
	stand_queue(&bed.stand.initial, request_set("k", GATEWAY "1", "127.0.31.1", "xsd:string",
						    NULL));
	power_on();
	ck_assert_str_eq(said(), "open 127.0.30.1, open 127.0.31.1, close politely");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-inside");
	TCase *tests = tcase_create("inside");

	tcase_add_checked_fixture(tests, make, clear);
	tcase_add_test(tests, the_first_word_goes_through_the_tunnel);
	tcase_add_test(tests, the_assigned_gateway_takes_the_place_of_the_first);
	tcase_add_test(tests, the_same_gateway_keeps_its_tunnel);
	tcase_add_test(tests, another_inner_address_is_told);
	tcase_add_test(tests, a_lost_tunnel_is_built_anew);
	tcase_add_test(tests, a_refusal_is_retried_by_the_table);
	tcase_add_test(tests, an_event_waits_for_the_tunnel);
	tcase_add_test(tests, the_next_gateway_of_the_list_is_tried);
	tcase_add_test(tests, the_indicator_ends_the_tunnel_and_begins_it);
	tcase_add_test(tests, a_factory_reset_goes_back_to_the_first_gateway);
	tcase_add_test(tests, without_a_gateway_there_is_no_tunnel);
	tcase_add_test(tests, the_old_tunnel_may_be_left);
	tcase_add_test(tests, the_old_tunnel_may_go_last);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
