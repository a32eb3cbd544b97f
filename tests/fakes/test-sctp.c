/* SCTP on the loop: our client and our server over raw sockets, in virtual time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/sctp/association.h"
#include "protocols/buffer.h"
#include "tests/fakes/own-network.h"
#include "tests/suite.h"

enum { PPID = 18, PORT = 36412 };

struct end { /* what one end met */
	struct association *association;
	unsigned ups, downs, messages;
	enum association_down how;
	uint32_t ppid;
	uint16_t stream;
	struct buffer octets;
	int64_t up_at, down_at;
	bool answers; /* says the same back */
	struct loop *loop;
};

struct lab {
	struct loop *loop;
	struct end server_end, client_end;
	struct association_server *server;
	struct address remote;
	struct tap tap;
	unsigned packets, rounds;
};

static void came_up(void *context, struct association *association)
{
	struct end *end = context;

	end->association = association;
	end->ups++;
	end->up_at = loop_now(end->loop);
}

static void message_came(void *context, struct association *association, uint32_t ppid,
			 uint16_t stream, const void *octets, size_t length)
{
	struct end *end = context;

	ck_assert_ptr_eq(association, end->association);
	end->messages++;
	end->ppid = ppid;
	end->stream = stream;
	buffer_clear(&end->octets);
	buffer_add(&end->octets, octets, length);
	if (end->answers)
		ck_assert_int_eq(association_send(association, ppid, stream, octets, length), 0);
}

static void went_down(void *context, struct association *association, enum association_down how)
{
	struct end *end = context;

	if (end->association == association)
		end->association = NULL;
	end->downs++;
	end->how = how;
	end->down_at = loop_now(end->loop);
}

static const struct association_calls calls = { came_up, message_came, went_down };

static void packet_passed(void *context, const struct address *source,
			  const struct address *destination, uint8_t protocol, int64_t time,
			  const void *octets, size_t length)
{
	struct lab *lab = context;

	(void)octets;
	ck_assert_int_eq(protocol, 132);
	ck_assert(length >= 12);
	ck_assert(time == loop_now(lab->loop));
	ck_assert(address_same_host(source, &lab->remote) !=
		  address_same_host(destination, &lab->remote));
	lab->packets++;
}

static struct address at(const char *host, uint16_t port)
{
	struct address address;

	ck_assert_int_eq(address_parse(host, &address), 0);
	address.port = port;
	return address;
}

static void lab_start(struct lab *lab)
{
	struct problem problem = { "" };

	memset(lab, 0, sizeof(*lab));
	lab->loop = loop_new(CLOCK_VIRTUAL_TIME);
	lab->server_end.loop = lab->client_end.loop = lab->loop;
	lab->tap = (struct tap){ .context = lab, .packet = packet_passed };
	lab->remote = at("127.0.51.1", PORT);
	lab->server = association_listen(lab->loop, &lab->remote, &lab->tap, &calls,
					 &lab->server_end, &problem);
	ck_assert_msg(lab->server != NULL, "%s", problem.text);
}

static void lab_stop(struct lab *lab)
{
	association_server_close(lab->server);
	ck_assert_uint_eq(loop_lost(lab->loop), 0);
	loop_free(lab->loop);
	buffer_free(&lab->server_end.octets);
	buffer_free(&lab->client_end.octets);
}

static struct association *ask(struct lab *lab, const struct address *remote, unsigned tries)
{
	const struct address local = at("127.0.1.1", 0);
	struct problem problem = { "" };
	struct association *association = association_connect(lab->loop, &local, remote, tries,
							      &calls, &lab->client_end, &problem);

	ck_assert_msg(association != NULL, "%s", problem.text);
	return association;
}

/* Until nothing is due any more. */
static void run(struct lab *lab)
{
	for (lab->rounds = 0; lab->rounds < 100000; lab->rounds++)
		if (!loop_once(lab->loop))
			return;
	ck_abort_msg("it never ends");
}

START_TEST(test_conversation)
{
	struct lab lab;

	lab_start(&lab);
	struct association *client = ask(&lab, &lab.remote, 3);

	ck_assert_int_eq(association_send(client, PPID, 0, "early", 5), -1);
	run(&lab);
	ck_assert_uint_eq(lab.client_end.ups, 1);
	ck_assert_uint_eq(lab.server_end.ups, 1);
	ck_assert(association_is_up(client));
	ck_assert(address_same(association_remote(client), &lab.remote));
	ck_assert(address_same(association_remote(lab.server_end.association),
			       association_local(client)));
	lab.server_end.answers = true;
	ck_assert_int_eq(association_send(client, PPID, 3, "hello", 5), 0);
	ck_assert_int_eq(association_send(client, PPID, ASSOCIATION_STREAMS, "no such stream", 14),
			 -1);
	run(&lab);
	ck_assert_uint_eq(lab.server_end.messages, 1);
	ck_assert_uint_eq(lab.client_end.messages, 1);
	ck_assert_uint_eq(lab.client_end.ppid, PPID);
	ck_assert_uint_eq(lab.client_end.stream, 3);
	ck_assert_str_eq(buffer_text(&lab.client_end.octets), "hello");
	association_shutdown(client);
	run(&lab);
	ck_assert_int_eq(lab.client_end.how, ASSOCIATION_SHUTDOWN);
	ck_assert_uint_eq(lab.client_end.downs, 1);
	ck_assert_int_eq(lab.server_end.how, ASSOCIATION_SHUTDOWN);
	ck_assert_uint_eq(lab.server_end.downs, 1);
	ck_assert_uint_ge(lab.packets, 10);
	lab_stop(&lab);
}
END_TEST

START_TEST(test_long_message)
{
	static uint8_t octets[30000];
	struct lab lab;

	lab_start(&lab);
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 7);
	struct association *client = ask(&lab, &lab.remote, 3);
	run(&lab);
	ck_assert_int_eq(association_send(client, PPID, 0, octets, sizeof(octets)), 0);
	run(&lab);
	ck_assert_uint_eq(lab.server_end.messages, 1);
	ck_assert_uint_eq(lab.server_end.octets.length, sizeof(octets));
	ck_assert_int_eq(memcmp(lab.server_end.octets.octets, octets, sizeof(octets)), 0);
	association_abandon(client);
	lab_stop(&lab);
}
END_TEST

START_TEST(test_too_long_message)
{
	static uint8_t octets[100000];
	struct lab lab;

	lab_start(&lab);
	struct association *client = ask(&lab, &lab.remote, 3);
	run(&lab);
	ck_assert_int_eq(association_send(client, PPID, 0, octets, sizeof(octets)), 0);
	run(&lab);
	ck_assert_uint_eq(lab.server_end.messages, 0);
	ck_assert_int_eq(lab.server_end.how, ASSOCIATION_TOO_LONG);
	ck_assert_int_eq(lab.client_end.how, ASSOCIATION_ABORTED);
	lab_stop(&lab);
}
END_TEST

/* INIT at 0, 1 and 3 seconds, given up at 7. */
START_TEST(test_nobody_there)
{
	const struct address nobody = at("127.0.51.9", PORT);
	struct lab lab;

	lab_start(&lab);
	int64_t begun = loop_now(lab.loop);

	ask(&lab, &nobody, 2);
	run(&lab);
	ck_assert_uint_eq(lab.client_end.ups, 0);
	ck_assert_uint_eq(lab.client_end.downs, 1);
	ck_assert_int_eq(lab.client_end.how, ASSOCIATION_NO_ANSWER);
	int64_t took = lab.client_end.down_at - begun;
	ck_assert_msg(took > SECONDS(6) && took < SECONDS(8), "%lld", (long long)took);
	lab_stop(&lab);
}
END_TEST

START_TEST(test_other_port)
{
	struct lab lab;

	lab_start(&lab);
	struct address wrong = lab.remote;

	wrong.port = PORT + 1;
	ask(&lab, &wrong, 1);
	run(&lab);
	ck_assert_int_eq(lab.client_end.how, ASSOCIATION_NO_ANSWER);
	ck_assert_uint_eq(lab.server_end.ups, 0);
	ck_assert_uint_ge(lab.packets, 1); /* yet the tap sees it */
	lab_stop(&lab);
}
END_TEST

START_TEST(test_silent_server)
{
	struct lab lab;

	lab_start(&lab);
	association_server_silent(lab.server, true);
	ask(&lab, &lab.remote, 1);
	run(&lab);
	ck_assert_int_eq(lab.client_end.how, ASSOCIATION_NO_ANSWER);
	ck_assert_uint_eq(lab.packets, 3); /* INIT twice, and ABORT */
	association_server_silent(lab.server, false);
	struct association *client = ask(&lab, &lab.remote, 1);
	run(&lab);
	ck_assert(association_is_up(client));
	association_server_silent(lab.server, true);
	ck_assert_int_eq(association_send(client, PPID, 0, "x", 1), 0);
	run(&lab);
	ck_assert_int_eq(lab.client_end.how, ASSOCIATION_LOST);
	lab_stop(&lab);
}
END_TEST

START_TEST(test_abort)
{
	struct lab lab;

	lab_start(&lab);
	ask(&lab, &lab.remote, 3);
	run(&lab);
	association_abort(lab.server_end.association);
	run(&lab);
	ck_assert_int_eq(lab.client_end.how, ASSOCIATION_ABORTED);
	ck_assert_uint_eq(lab.server_end.downs, 0); /* its own doing */
	struct association *client = ask(&lab, &lab.remote, 3);
	run(&lab);
	association_abort(client);
	run(&lab);
	ck_assert_int_eq(lab.server_end.how, ASSOCIATION_ABORTED);
	ck_assert_uint_eq(lab.client_end.downs, 1);
	lab_stop(&lab);
}
END_TEST

/* The power goes, and comes again; the server still has the old association. */
START_TEST(test_abandoned)
{
	struct lab lab;

	lab_start(&lab);
	struct association *client = ask(&lab, &lab.remote, 3);
	run(&lab);
	unsigned packets = lab.packets;
	association_abandon(client);
	run(&lab);
	ck_assert_uint_eq(lab.packets, packets);
	ck_assert_uint_eq(lab.server_end.downs, 0);
	struct association *old = lab.server_end.association;
	client = ask(&lab, &lab.remote, 3);
	run(&lab);
	ck_assert_uint_eq(lab.server_end.ups, 2);
	ck_assert_int_eq(association_send(old, PPID, 0, "x", 1), 0);
	run(&lab);
	ck_assert_uint_eq(lab.client_end.messages, 0);
	ck_assert_uint_eq(lab.server_end.downs, 1);
	ck_assert_int_eq(lab.server_end.how, ASSOCIATION_LOST);
	ck_assert(association_is_up(client));
	association_abandon(client);
	lab_stop(&lab);
}
END_TEST

static void day_over(void *context)
{
	bool *over = context;

	*over = true;
}

/* A day of an idle association takes few rounds. */
START_TEST(test_idle_day)
{
	struct lab lab;
	bool over = false;

	lab_start(&lab);
	struct association *client = ask(&lab, &lab.remote, 3);
	loop_after(lab.loop, SECONDS(24 * 3600), day_over, &over);
	run(&lab);
	ck_assert(over);
	ck_assert_uint_lt(lab.rounds, 300);
	lab.server_end.answers = true;
	ck_assert_int_eq(association_send(client, PPID, 0, "awake", 5), 0);
	run(&lab);
	ck_assert_uint_eq(lab.client_end.messages, 1);
	association_abandon(client);
	lab_stop(&lab);
}
END_TEST

/* Two servers of one port, at addresses of their own, and one whose port is chosen. */
START_TEST(test_several_servers)
{
	struct lab lab;
	struct end others[2] = { 0 };
	struct problem problem = { "" };
	struct address second = at("127.0.51.2", PORT), third = at("127.0.51.1", 0);

	lab_start(&lab);
	others[0].loop = others[1].loop = lab.loop;
	ck_assert_ptr_null(association_listen(lab.loop, &lab.remote, NULL, &calls, NULL, &problem));
	struct association_server *two =
	    association_listen(lab.loop, &second, NULL, &calls, &others[0], &problem);
	struct association_server *three =
	    association_listen(lab.loop, &third, &lab.tap, &calls, &others[1], &problem);
	ck_assert_msg(two && three, "%s", problem.text);
	ck_assert_uint_ne(association_server_address(three)->port, 0);
	struct association *clients[] = {
		ask(&lab, &lab.remote, 3),
		ask(&lab, &second, 3),
		ask(&lab, association_server_address(three), 3),
	};
	run(&lab);
	ck_assert_uint_eq(lab.client_end.ups, 3);
	ck_assert_uint_eq(lab.server_end.ups, 1);
	ck_assert_uint_eq(others[0].ups, 1);
	ck_assert_uint_eq(others[1].ups, 1);
	ck_assert_int_eq(association_send(clients[1], 20, 0, "to the second", 13), 0);
	run(&lab);
	ck_assert_uint_eq(others[0].messages, 1);
	ck_assert_uint_eq(lab.server_end.messages, 0);
	for (size_t i = 0; i < 3; i++)
		association_abandon(clients[i]);
	association_server_close(two);
	association_server_close(three);
	buffer_free(&others[0].octets);
	lab_stop(&lab);
}
END_TEST

START_TEST(test_many_in_turn)
{
	for (int i = 0; i < 50; i++) {
		struct lab lab;

		lab_start(&lab);
		ask(&lab, &lab.remote, 3);
		run(&lab);
		ck_assert_uint_eq(lab.server_end.ups, 1);
		association_shutdown(lab.server_end.association);
		run(&lab);
		ck_assert_uint_eq(lab.client_end.downs, 1);
		lab_stop(&lab);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sctp");
	TCase *test = tcase_create("sctp");

	if (own_network() < 0)
		return 0;
	tcase_add_test(test, test_conversation);
	tcase_add_test(test, test_long_message);
	tcase_add_test(test, test_too_long_message);
	tcase_add_test(test, test_nobody_there);
	tcase_add_test(test, test_other_port);
	tcase_add_test(test, test_silent_server);
	tcase_add_test(test, test_abort);
	tcase_add_test(test, test_abandoned);
	tcase_add_test(test, test_idle_day);
	tcase_add_test(test, test_several_servers);
	tcase_add_test(test, test_many_in_turn);
	suite_add_tcase(suite, test);
	return suite_run(suite);
}
