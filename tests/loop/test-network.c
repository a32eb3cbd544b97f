/* The netns bench: namespaces, TUN devices, raw sockets. Needs the right to make namespaces: as
 * root, or as an ordinary user where the kernel lets it; otherwise it says so and tests nothing. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "harness/loop/bench.h"
#include "harness/loop/lab-network.h"
#include "harness/loop/raw-socket.h"
#include "harness/loop/stream.h"
#include "harness/loop/tun.h"
#include "tests/suite.h"

static const struct address device_inner = { 4, { 10, 99, 30, 7 }, 0, PLACE_DEVICE };
static const struct address pool = { 4, { 10, 99, 30, 0 }, 0, PLACE_CORE };
static const struct address core = { 4, { 10, 99, 0, 0 }, 0, PLACE_CORE };

struct lab {
	struct bench *bench;
	struct loop *loop;
	struct tun *tuns[2]; /* the device's, the core's */
	struct datagram_socket *echo;
	unsigned packets, answers;
	bool asked;
	struct address seen_source, seen_destination;
	char said[32];
	struct stream *accepted; /* the end of the server; NULL = none */
};

/* Takes /dev/net/tun away from this test's process. */
static void hide_tun(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("none", "/dev", "tmpfs", 0, NULL), 0);
}

static struct lab *open_lab_of(const struct profile *profile)
{
	static struct lab lab;
	struct problem problem = { "" };

	memset(&lab, 0, sizeof(lab));
	lab.loop = loop_new(CLOCK_VIRTUAL_TIME);
	lab.bench = bench_new("netns", profile, &problem);
	ck_assert_msg(lab.bench != NULL, "%s", problem.text);
	bench_enter(lab.bench, lab.loop);
	return &lab;
}

static struct lab *open_lab(void)
{
	return open_lab_of(NULL);
}

static void close_lab(struct lab *lab)
{
	ck_assert_uint_eq(loop_lost(lab->loop), 0);
	tun_close(lab->tuns[0]);
	tun_close(lab->tuns[1]);
	bench_free(lab->bench);
	loop_free(lab->loop);
}

static void face(const struct lab *lab, const char *role, enum network_place place, uint16_t port,
		 struct address *address)
{
	struct address list[8];
	size_t count = bench_faces(lab->bench, role, "test", list, 8);

	for (size_t i = 0; i < count; i++)
		if (list[i].family == 4 && list[i].place == place) {
			*address = list[i];
			address->port = port;
			return;
		}
	ck_abort_msg("%s has no face there", role);
}

static void answered(void *context, const struct address *source, const void *octets, size_t length)
{
	struct lab *lab = context;

	lab->answers++;
	lab->seen_source = *source;
	snprintf(lab->said, sizeof(lab->said), "%.*s", (int)length, (const char *)octets);
	loop_stop(lab->loop);
}

static void echo(void *context, const struct address *source, const void *octets, size_t length)
{
	struct lab *lab = context;

	lab->seen_source = *source;
	lab->seen_destination = *datagram_socket_address(lab->echo);
	datagram_socket_send(lab->echo, source, octets, length);
}

static void stop(void *context)
{
	loop_stop(context);
}

/* Says "hello" from the device to an element and gives where it came to. */
static void say_hello(struct lab *lab, const struct address *from, const struct address *server)
{
	struct problem problem = { "" };
	struct datagram_socket *client;

	lab->echo = datagram_socket_new(lab->loop, server, NULL, echo, lab, &problem);
	ck_assert_msg(lab->echo != NULL, "%s", problem.text);
	client = datagram_socket_new(lab->loop, from, NULL, answered, lab, &problem);
	ck_assert_msg(client != NULL, "%s", problem.text);
	datagram_socket_send(client, server, "hello", 5);
	loop_after(lab->loop, SECONDS(5), stop, lab->loop);
	loop_run(lab->loop);
	datagram_socket_close(client);
	datagram_socket_close(lab->echo);
}

START_TEST(datagrams_cross)
{
	struct lab *lab = open_lab();
	struct address from, server;
	char text[ADDRESS_TEXT];

	bench_address(lab->bench, "henb", &from);
	face(lab, "public-dns", PLACE_INTERNET, 53, &server);
	say_hello(lab, &from, &server);
	ck_assert_uint_eq(lab->answers, 1);
	ck_assert_str_eq(lab->said, "hello");
	ck_assert_str_eq(address_text(&lab->seen_source, text), "198.51.100.10:53");
	ck_assert_int_eq(lab->seen_destination.place, PLACE_INTERNET);
	ck_assert_str_eq(bench_role(lab->bench, &from), "henb");
	close_lab(lab);
}
END_TEST

/* What goes to the inside past a tunnel is seen outside, at the address astray. */
START_TEST(astray)
{
	struct lab *lab = open_lab();
	struct address from, server;

	bench_address(lab->bench, "henb", &from);
	face(lab, "serving-hems", PLACE_CORE, 99, &server);
	server.place = PLACE_INTERNET;
	say_hello(lab, &from, &server);
	ck_assert_uint_eq(lab->answers, 1);
	ck_assert_str_eq(bench_role(lab->bench, &lab->seen_destination), "serving-hems");
	close_lab(lab);
}
END_TEST

static void relay(void *context, const void *packet, size_t length)
{
	struct lab *lab = context;

	lab->packets++;
	/* to whoever did not send it: the device's source is its inner address */
	bool from_device = length >= 20 &&
			   memcmp((const char *)packet + 12, device_inner.octets, 4) == 0;

	tun_write(lab->tuns[from_device ? 1 : 0], packet, length);
}

static void open_tuns(struct lab *lab)
{
	struct problem problem = { "" };

	lab->tuns[0] = tun_open(lab->loop, PLACE_DEVICE, "tun0", 1400, relay, lab, &problem);
	ck_assert_msg(lab->tuns[0] != NULL, "%s", problem.text);
	lab->tuns[1] = tun_open(lab->loop, PLACE_CORE, "segw0", 1400, relay, lab, &problem);
	ck_assert_msg(lab->tuns[1] != NULL, "%s", problem.text);
	ck_assert_int_eq(tun_add_address(lab->tuns[0], &device_inner, 32, &problem), 0);
	ck_assert_int_eq(tun_add_route(lab->tuns[0], &core, 16, &device_inner, &problem), 0);
	ck_assert_int_eq(tun_add_route(lab->tuns[1], &pool, 24, NULL, &problem), 0);
}

/* _i: 1 without TUN devices */
START_TEST(through_a_tunnel)
{
	struct lab *lab = open_lab();
	struct address server;
	char text[ADDRESS_TEXT];

	if (_i)
		hide_tun();
	open_tuns(lab);
	ck_assert_str_eq(tun_kind(lab->tuns[0]), _i ? "veth" : "TUN");
	face(lab, "serving-hems", PLACE_CORE, 99, &server);
	say_hello(lab, &device_inner, &server);
	ck_assert_uint_eq(lab->answers, 1);
	ck_assert_uint_eq(lab->packets, 2);
	ck_assert_int_eq(lab->seen_destination.place, PLACE_CORE);
	ck_assert_str_eq(address_host(&lab->seen_source, text), "10.99.0.21");
	close_lab(lab);
}
END_TEST

/* Without its address the device cannot use the tunnel any more. */
START_TEST(an_address_goes)
{
	struct lab *lab = open_lab();
	struct problem problem = { "" };

	if (_i)
		hide_tun();
	open_tuns(lab);
	ck_assert_int_eq(tun_remove_route(lab->tuns[0], &core, 16, &problem), 0);
	ck_assert_int_eq(tun_remove_address(lab->tuns[0], &device_inner, 32, &problem), 0);
	ck_assert_int_lt(tun_remove_address(lab->tuns[0], &device_inner, 32, &problem), 0);
	ck_assert_ptr_null(datagram_socket_new(lab->loop, &device_inner, NULL, echo, lab,
					       &problem));
	close_lab(lab);
}
END_TEST

static void tcp_octets(void *context, struct stream *stream, const void *octets, size_t length)
{
	struct lab *lab = context;

	if (!lab->asked) { /* the server: says it back at length */
		char much[20000];

		memset(much, 'x', sizeof(much));
		stream_write(stream, much, sizeof(much));
		lab->asked = true;
		return;
	}
	(void)octets;
	lab->answers += (unsigned)length;
	if (lab->answers == 20000)
		loop_stop(lab->loop);
}

static void tcp_opened(void *context, struct stream *stream)
{
	(void)context;
	stream_write(stream, "hello", 5);
}

static void tcp_ended(void *context, struct stream *stream, enum stream_end how,
		      const struct problem *problem)
{
	(void)how;
	(void)problem;
	(void)stream;
	loop_stop(((struct lab *)context)->loop);
}

static const struct stream_events client_events = { tcp_opened, tcp_octets, tcp_ended };
static const struct stream_events server_events = { .octets = tcp_octets };

static void tcp_accepted(void *context, struct stream *stream)
{
	struct lab *lab = context;

	lab->seen_source = *stream_remote(stream);
	lab->seen_destination = *stream_local(stream);
	stream_set_events(stream, &server_events, lab);
	lab->accepted = stream;
}

/* Gets 20000 octets from the server; virtual time waits for all of them. */
static void fetch(struct lab *lab, const struct address *from, const struct address *server)
{
	struct problem problem = { "" };
	int64_t begin = loop_now(lab->loop);
	struct listener *listener = listener_new(lab->loop, server, NULL, NULL, TRANSPORT_HTTP,
						 tcp_accepted, lab, &problem);
	ck_assert_msg(listener != NULL, "%s", problem.text);
	struct stream *stream = stream_connect(lab->loop, from, server, NULL, NULL, NULL,
					       TRANSPORT_HTTP, &client_events, lab);

	loop_after(lab->loop, SECONDS(3600), stop, lab->loop);
	loop_run(lab->loop);
	ck_assert_uint_eq(lab->answers, 20000);
	ck_assert_int_eq(loop_now(lab->loop), begin);
	ck_assert_int_eq(lab->seen_destination.place, server->place);
	ck_assert_int_eq(lab->seen_source.place, server->place);
	stream_close(stream);
	stream_close(lab->accepted);
	lab->accepted = NULL;
	listener_close(listener);
}

/* A connection whose packets go through two TUN devices. */
START_TEST(connections_through_a_tunnel)
{
	struct lab *lab = open_lab();
	struct address server;

	if (_i)
		hide_tun();
	open_tuns(lab);
	face(lab, "serving-hems", PLACE_CORE, 7547, &server);
	fetch(lab, &device_inner, &server);
	ck_assert(address_same_host(&lab->seen_source, &device_inner));
	close_lab(lab);
}
END_TEST

static struct profile *gateway_profile(void)
{
	static const char text[] = "profile \"x\"\ndevice henb\nmap henb-device2\n"
				   "ixit\n    lab.home-gateway yes\n";
	struct diagnostics diagnostics = { 0 };
	struct profile *profile = profile_parse(text, sizeof(text) - 1, "x.profile", &diagnostics);

	ck_assert_ptr_nonnull(profile);
	diagnostics_clear(&diagnostics);
	return profile;
}

/* What comes from behind a home gateway comes with its address, and is the device's all the same. */
START_TEST(translated)
{
	struct profile *profile = gateway_profile();
	struct lab *lab = open_lab_of(profile);
	struct address from, server;
	char text[ADDRESS_TEXT];

	bench_address(lab->bench, "henb", &from);
	ck_assert_str_eq(address_host(&from, text), "192.168.1.10");
	face(lab, "public-dns", PLACE_INTERNET, 53, &server);
	fetch(lab, &from, &server);
	ck_assert_str_eq(address_host(&lab->seen_source, text), "203.0.113.2");
	ck_assert_str_eq(bench_role(lab->bench, &lab->seen_source), "henb");
	lab->answers = 0;
	say_hello(lab, &from, &server);
	ck_assert_uint_eq(lab->answers, 1);
	close_lab(lab);
	profile_free(profile);
}
END_TEST

/* Nobody outside can begin to speak to the device, nor to the gateway itself. */
START_TEST(unasked)
{
	struct profile *profile = gateway_profile();
	struct lab *lab = open_lab_of(profile);
	struct problem problem = { "" };
	struct address server, device;

	bench_address(lab->bench, "henb", &device);
	face(lab, "public-dns", PLACE_INTERNET, 53, &server);
	device.port = 99;
	struct datagram_socket *victim =
		datagram_socket_new(lab->loop, &device, NULL, answered, lab, &problem);
	struct datagram_socket *stranger =
		datagram_socket_new(lab->loop, &server, NULL, echo, lab, &problem);
	struct address outer = lab_network_gateway_outer;

	ck_assert_ptr_nonnull(victim);
	ck_assert_ptr_nonnull(stranger);
	outer.port = 99;
	ck_assert_int_eq(datagram_socket_send(stranger, &outer, "hello", 5), 0);
	ck_assert_int_lt(datagram_socket_send(stranger, &device, "hello", 5), 0); /* no route */
	loop_after(lab->loop, SECONDS(5), stop, lab->loop);
	loop_run(lab->loop);
	ck_assert_uint_eq(lab->answers, 0);
	datagram_socket_close(victim);
	datagram_socket_close(stranger);
	close_lab(lab);
	profile_free(profile);
}
END_TEST

static void raw_came(void *context, const struct address *source, const struct address *destination,
		     const void *payload, size_t length)
{
	struct lab *lab = context;

	lab->seen_source = *source;
	lab->seen_destination = *destination;
	snprintf(lab->said, sizeof(lab->said), "%.*s", (int)length, (const char *)payload);
	loop_stop(lab->loop);
}

START_TEST(raw_sockets)
{
	static const int protocols[] = { IP_PROTOCOL_ESP, IP_PROTOCOL_SCTP };
	struct lab *lab = open_lab();
	struct problem problem = { "" };
	struct address from, server;
	struct raw_socket *ends[2];
	int protocol = protocols[_i];

	bench_address(lab->bench, "henb", &from);
	face(lab, "initial-segw", PLACE_INTERNET, 0, &server);
	ends[0] = raw_socket_new(lab->loop, &from, protocol, NULL, NULL, &problem);
	ck_assert_msg(ends[0] != NULL, "%s", problem.text);
	ends[1] = raw_socket_new(lab->loop, &server, protocol, raw_came, lab, &problem);
	ck_assert_msg(ends[1] != NULL, "%s", problem.text);
	ck_assert_int_eq(raw_socket_send(ends[0], &from, &server, "payload", 7), 0);
	loop_after(lab->loop, SECONDS(5), stop, lab->loop);
	loop_run(lab->loop);
	ck_assert_str_eq(lab->said, "payload");
	ck_assert(address_same_host(&lab->seen_source, &from));
	ck_assert(address_same_host(&lab->seen_destination, &server));
	ck_assert_int_eq(lab->seen_source.place, PLACE_INTERNET);
	raw_socket_close(ends[0]);
	raw_socket_close(ends[1]);
	close_lab(lab);
}
END_TEST

/* Two benches of one process, as two runs side by side: the same addresses and ports, apart. */
START_TEST(side_by_side)
{
	struct lab *lab = open_lab();
	struct problem problem = { "" };
	struct loop *other_loop = loop_new(CLOCK_VIRTUAL_TIME);
	struct bench *other = bench_new("netns", NULL, &problem);
	struct address server;

	ck_assert_msg(other != NULL, "%s", problem.text);
	bench_enter(other, other_loop);
	face(lab, "public-dns", PLACE_INTERNET, 53, &server);
	struct datagram_socket *one =
		datagram_socket_new(lab->loop, &server, NULL, echo, lab, NULL);
	struct datagram_socket *two =
		datagram_socket_new(other_loop, &server, NULL, echo, lab, NULL);

	ck_assert_ptr_nonnull(one);
	ck_assert_ptr_nonnull(two);
	ck_assert_ptr_null(datagram_socket_new(lab->loop, &server, NULL, echo, lab, NULL));
	datagram_socket_close(one);
	datagram_socket_close(two);
	bench_free(other);
	loop_free(other_loop);
	close_lab(lab);
}
END_TEST

int main(void)
{
	const struct lab_network_options options = { 0 }, gateway = { .home_gateway = true };
	Suite *suite = suite_create("network");
	TCase *tests = tcase_create("network");
	struct problem problem = { "" };

	suite_add_tcase(suite, tests);
	if (lab_network_possible(&options, &problem) < 0) {
		fprintf(stderr, "not tested: %s\n", problem.text);
		return suite_run(suite);
	}
	tcase_add_test(tests, datagrams_cross);
	tcase_add_test(tests, astray);
	tcase_add_loop_test(tests, through_a_tunnel, 0, 2);
	tcase_add_loop_test(tests, an_address_goes, 0, 2);
	tcase_add_loop_test(tests, connections_through_a_tunnel, 0, 2);
	tcase_add_loop_test(tests, raw_sockets, 0, 2);
	if (lab_network_possible(&gateway, &problem) == 0) {
		tcase_add_test(tests, translated);
		tcase_add_test(tests, unasked);
	} else {
		fprintf(stderr, "home gateway not tested: %s\n", problem.text);
	}
	tcase_add_test(tests, side_by_side);
	return suite_run(suite);
}
