/* Which gateway a cell goes to, without a network: what is asked for and what comes of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/device/tunnel.h"
#include "protocols/buffer.h"
#include "tests/suite.h"

struct bed { /* writes down what it was asked for */
	struct tunnel *tunnel;
	struct buffer said;
};

static struct bed bed;

static void say(const char *word, const char *what)
{
	buffer_add_text(&bed.said, bed.said.length ? ", " : "");
	buffer_add_text(&bed.said, word);
	buffer_add_text(&bed.said, *what ? " " : "");
	buffer_add_text(&bed.said, what);
}

static void resolve(void *context, const char *name)
{
	(void)context;
	say("resolve", name);
}

static void connect_to(void *context, const struct address *gateway, const char *name)
{
	char text[ADDRESS_TEXT], both[2 * ADDRESS_TEXT];

	(void)context;
	snprintf(both, sizeof(both), "%s %s", name, address_host(gateway, text));
	say("connect", both);
}

static void disconnect(void *context, bool politely)
{
	(void)context;
	say("disconnect", politely ? "politely" : "");
}

static void ready(void *context, const struct problem *why)
{
	(void)context;
	say(why ? "not" : "ready", why ? why->text : "");
}

static void lost(void *context, const struct problem *why)
{
	(void)context;
	say("lost", why->text);
}

static void make(void)
{
	static const struct tunnel_calls calls = {NULL, resolve, connect_to, disconnect, ready, lost};

	bed.tunnel = tunnel_new(&calls);
}

static void clear(void)
{
	tunnel_free(bed.tunnel);
	buffer_free(&bed.said);
	bed = (struct bed){0};
}

/* What was asked for since the last time. */
static const char *said(void)
{
	static char text[500];

	snprintf(text, sizeof(text), "%s", bed.said.length ? buffer_text(&bed.said) : "");
	buffer_clear(&bed.said);
	return text;
}

static struct tunnel_plan plan_of(const char *first, const char *second)
{
	struct tunnel_plan plan = {0};

	tunnel_plan_add(&plan, first);
	tunnel_plan_add(&plan, second);
	return plan;
}

static void want(const char *first, const char *second)
{
	struct tunnel_plan plan = plan_of(first, second);

	tunnel_want(bed.tunnel, &plan);
}

static void resolved(const char *first, const char *second)
{
	struct address list[2];
	struct problem why = {"no such name"};
	size_t count = 0;

	if (*first && !address_parse(first, &list[0]))
		count = 1;
	if (*second && !address_parse(second, &list[1]))
		count = 2;
	tunnel_resolved(bed.tunnel, list, count, &why);
}

static void down(const char *text)
{
	struct problem why;

	problem_set(&why, "%s", text);
	tunnel_down(bed.tunnel, &why);
}

static void bring_up(const char *name)
{
	want(name, "");
	resolved("192.0.2.1", "");
	tunnel_up(bed.tunnel);
	said();
}

START_TEST(a_name_is_asked_and_its_address_is_gone_to)
{
	want("segw.example", "");
	ck_assert_str_eq(said(), "resolve segw.example");
	ck_assert_str_eq(tunnel_gateway(bed.tunnel), "");
	resolved("192.0.2.1", "");
	ck_assert_str_eq(said(), "connect segw.example 192.0.2.1");
	tunnel_up(bed.tunnel);
	ck_assert_str_eq(said(), "ready");
	ck_assert_str_eq(tunnel_gateway(bed.tunnel), "segw.example");
}
END_TEST

START_TEST(the_next_address_then_the_next_gateway_is_tried)
{
	want("a.example", "b.example");
	resolved("192.0.2.1", "192.0.2.2");
	down("silent");
	ck_assert_str_eq(said(), "resolve a.example, connect a.example 192.0.2.1, "
				 "connect a.example 192.0.2.2");
	down("refused");
	ck_assert_str_eq(said(), "resolve b.example");
	resolved("", "");
	ck_assert_str_eq(said(), "not no such name");
	ck_assert(tunnel_is_idle(bed.tunnel));
}
END_TEST

START_TEST(a_tunnel_that_serves_is_kept)
{
	bring_up("segw.example");
	want("SEGW.example", "");
	ck_assert_str_eq(said(), "ready");
	want("segw.example", "other.example"); /* a list that it leads */
	ck_assert_str_eq(said(), "ready");
}
END_TEST

START_TEST(another_gateway_ends_the_tunnel_first)
{
	bring_up("segw.example");
	want("other.example", "segw.example");
	ck_assert_str_eq(said(), "disconnect politely, resolve other.example");
	down("late word of the old one"); /* belongs to nothing any more */
	ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(the_second_gateway_serves_the_list_that_led_to_it)
{
	struct tunnel_plan plan = plan_of("a.example", "b.example");

	want("a.example", "b.example");
	resolved("192.0.2.1", "");
	down("dead");
	resolved("192.0.2.2", "");
	tunnel_up(bed.tunnel);
	ck_assert_str_eq(tunnel_gateway(bed.tunnel), "b.example");
	ck_assert(tunnel_serves(bed.tunnel, &plan));
	plan = plan_of("c.example", "b.example");
	ck_assert(!tunnel_serves(bed.tunnel, &plan));
}
END_TEST

START_TEST(a_lost_tunnel_is_told_and_nothing_begun)
{
	bring_up("segw.example");
	down("deleted by the gateway");
	ck_assert_str_eq(said(), "lost deleted by the gateway");
	ck_assert(tunnel_is_idle(bed.tunnel));
	want("segw.example", "");
	ck_assert_str_eq(said(), "resolve segw.example");
}
END_TEST

START_TEST(what_is_under_way_goes_on_or_is_given_up)
{
	want("a.example", "");
	want("a.example", "");
	ck_assert_str_eq(said(), "resolve a.example");
	want("b.example", "");
	ck_assert_str_eq(said(), "disconnect, resolve b.example");
	resolved("192.0.2.1", "");
	tunnel_drop(bed.tunnel, true);
	ck_assert_str_eq(said(), "connect b.example 192.0.2.1, disconnect");
	tunnel_up(bed.tunnel);
	ck_assert(tunnel_is_idle(bed.tunnel));
}
END_TEST

START_TEST(a_plan_takes_three_gateways_of_lawful_length)
{
	char longest[TUNNEL_NAME + 1];
	struct tunnel_plan plan = {0}, none = {0};

	memset(longest, 'a', sizeof(longest));
	longest[TUNNEL_NAME] = '\0';
	tunnel_plan_add(&plan, longest);
	tunnel_plan_add(&plan, "");
	ck_assert_uint_eq(plan.count, 0);
	for (int i = 0; i < 4; i++)
		tunnel_plan_add(&plan, "a.example");
	ck_assert_uint_eq(plan.count, TUNNEL_GATEWAYS);
	tunnel_want(bed.tunnel, &none);
	ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(flaws_show)
{
	static const struct tunnel_flaws lazy = {.first_address_only = true,
						 .first_gateway_only = true, .keeps_any = true};

	tunnel_set_flaws(bed.tunnel, &lazy);
	want("a.example", "b.example");
	resolved("192.0.2.1", "192.0.2.2");
	down("dead");
	ck_assert_str_eq(said(), "resolve a.example, connect a.example 192.0.2.1, not dead");
	bring_up("a.example");
	want("b.example", "");
	ck_assert_str_eq(said(), "ready");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("device-tunnel");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, make, clear);
	tcase_add_test(all, a_name_is_asked_and_its_address_is_gone_to);
	tcase_add_test(all, the_next_address_then_the_next_gateway_is_tried);
	tcase_add_test(all, a_tunnel_that_serves_is_kept);
	tcase_add_test(all, another_gateway_ends_the_tunnel_first);
	tcase_add_test(all, the_second_gateway_serves_the_list_that_led_to_it);
	tcase_add_test(all, a_lost_tunnel_is_told_and_nothing_begun);
	tcase_add_test(all, what_is_under_way_goes_on_or_is_given_up);
	tcase_add_test(all, a_plan_takes_three_gateways_of_lawful_length);
	tcase_add_test(all, flaws_show);
	suite_add_tcase(suite, all);
	return suite_run(suite);
}
