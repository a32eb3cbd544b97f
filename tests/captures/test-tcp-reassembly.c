#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/tcp-reassembly.h"
#include "tests/suite.h"

#define SECOND 1000000

/*
 * What the sink was told, as text: "open1 " for a connection, "c:" or "s:" before octets of
 * the client or the server, "[c lost]", "[s closed]", "[c reset]".
 */
struct stand {
	struct tcp_reassembly *tcp;
	struct buffer said;
	uint64_t connections, packet, last_packet;
	int64_t time;
	int direction; /* of the octets said last; -1 none */
	uint64_t count[2];
	uint32_t offset; /* added to all sequence numbers */
};

static uint64_t on_open(void *context, const struct address *client, const struct address *server,
			int64_t time)
{
	struct stand *stand = context;

	ck_assert_int_eq(time, stand->time);
	ck_assert_uint_eq(server->port, 80);
	ck_assert_uint_ne(client->port, 80);
	buffer_format(&stand->said, "open%lu ", (unsigned long)++stand->connections);
	stand->direction = -1;
	return stand->connections;
}

static void on_octets(void *context, uint64_t connection, bool from_client, int64_t time,
		      uint64_t packet, const void *octets, size_t length)
{
	struct stand *stand = context;

	ck_assert_uint_gt(connection, 0);
	ck_assert_uint_gt(length, 0);
	ck_assert_int_eq(time, stand->time);
	stand->last_packet = packet;
	stand->count[from_client] += length;
	if (stand->direction != from_client)
		buffer_add_text(&stand->said, from_client ? "c:" : "s:");
	stand->direction = from_client;
	if (stand->said.length < 10000)
		buffer_add(&stand->said, octets, length);
}

static void on_end(void *context, uint64_t connection, bool from_client, int64_t time,
		   uint64_t packet, enum stream_end how)
{
	static const char *const words[] = { "closed", "reset", "lost" };
	struct stand *stand = context;

	(void)connection;
	(void)packet;
	ck_assert_int_eq(time, stand->time);
	buffer_format(&stand->said, "[%c %s]", from_client ? 'c' : 's', words[how]);
	stand->direction = -1;
}

static struct stand stand_up(void)
{
	return (struct stand){ .direction = -1 };
}

/* The sink has the stand's address, so that it is made where the stand stays. */
static void prepare(struct stand *stand)
{
	const struct tcp_sink sink = { stand, on_open, on_octets, on_end };

	if (!stand->tcp)
		stand->tcp = tcp_reassembly_new(&sink);
}

static void send_from_port(struct stand *stand, uint16_t port, bool from_client, uint8_t flags,
			   uint32_t sequence, uint32_t acknowledgement, const char *octets)
{
	struct packet segment = { .flags = flags };
	struct address client = { .family = 4, .octets = { 192, 0, 2, 1 }, .port = port };
	struct address server = { .family = 4, .octets = { 192, 0, 2, 2 }, .port = 80 };

	prepare(stand);
	segment.source = from_client ? client : server;
	segment.destination = from_client ? server : client;
	segment.sequence = sequence + stand->offset;
	segment.acknowledgement = acknowledgement + stand->offset;
	segment.octets = (const uint8_t *)octets;
	segment.length = strlen(octets);
	stand->time++;
	tcp_reassembly_add(stand->tcp, &segment, stand->time, ++stand->packet);
}

static void client(struct stand *stand, uint8_t flags, uint32_t sequence, uint32_t acknowledgement,
		   const char *octets)
{
	send_from_port(stand, 40000, true, flags, sequence, acknowledgement, octets);
}

static void server(struct stand *stand, uint8_t flags, uint32_t sequence, uint32_t acknowledgement,
		   const char *octets)
{
	send_from_port(stand, 40000, false, flags, sequence, acknowledgement, octets);
}

/* The client's octets begin at 101, the server's at 501. */
static void shake_hands(struct stand *stand)
{
	client(stand, TCP_SYN, 100, 0, "");
	server(stand, TCP_SYN | TCP_ACK, 500, 101, "");
	client(stand, TCP_ACK, 101, 501, "");
}

static void expect(struct stand *stand, const char *wanted)
{
	ck_assert_str_eq(buffer_text(&stand->said), wanted);
}

static void finish(struct stand *stand)
{
	tcp_reassembly_finish(stand->tcp, stand->time);
}

static void put_away(struct stand *stand)
{
	tcp_reassembly_free(stand->tcp);
	buffer_free(&stand->said);
}

START_TEST(a_whole_connection)
{
	static const uint32_t offsets[] = { 0, 0u - 103, 0u - 101, 0u - 502, 0x7fffff00 };

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct stand stand = stand_up();

		stand.offset = offsets[i];
		shake_hands(&stand);
		client(&stand, TCP_ACK, 101, 501, "abc");
		client(&stand, TCP_ACK, 104, 501, "def");
		server(&stand, TCP_ACK, 501, 107, "xyz");
		client(&stand, TCP_ACK | TCP_FIN, 107, 504, "");
		server(&stand, TCP_ACK | TCP_FIN, 504, 108, "!");
		client(&stand, TCP_ACK, 108, 506, "");
		server(&stand, TCP_ACK | TCP_FIN, 504, 108, "!");
		finish(&stand);
		expect(&stand, "open1 c:abcdefs:xyz[c closed]s:![s closed]");
		ck_assert_uint_eq(tcp_reassembly_lost(stand.tcp), 0);
		put_away(&stand);
	}
}
END_TEST

START_TEST(reordered_repeated_overlapping)
{
	struct stand stand = stand_up();

	shake_hands(&stand);
	client(&stand, TCP_ACK, 104, 501, "def"); /* early */
	client(&stand, TCP_ACK, 110, 501, "j");
	client(&stand, TCP_ACK, 104, 501, "def"); /* repeated while it waits */
	client(&stand, TCP_ACK, 106, 501, "fgh"); /* overlaps what waits */
	expect(&stand, "open1 ");
	client(&stand, TCP_ACK, 101, 501, "abc");
	ck_assert_uint_eq(stand.last_packet, 7); /* the one that "gh" came in */
	client(&stand, TCP_ACK, 102, 501, "bcdefgh"); /* all known */
	client(&stand, TCP_ACK, 107, 501, "ghi");     /* the last is new, and frees what waits */
	finish(&stand);
	expect(&stand, "open1 c:abcdefghij");
	put_away(&stand);
}
END_TEST

START_TEST(syn_and_end_repeated)
{
	struct stand stand = stand_up();

	client(&stand, TCP_SYN, 100, 0, "");
	client(&stand, TCP_SYN, 100, 0, "");
	server(&stand, TCP_SYN | TCP_ACK, 500, 101, "");
	server(&stand, TCP_SYN | TCP_ACK, 500, 101, "");
	client(&stand, TCP_ACK | TCP_FIN, 103, 501, ""); /* before its last octets */
	client(&stand, TCP_ACK, 101, 501, "ab");
	client(&stand, TCP_ACK | TCP_FIN, 103, 501, "");
	expect(&stand, "open1 c:ab[c closed]");
	put_away(&stand);
}
END_TEST

START_TEST(lost_and_answered)
{
	struct stand stand = stand_up();

	shake_hands(&stand);
	client(&stand, TCP_ACK, 101, 501, "ab");
	client(&stand, TCP_ACK, 106, 501, "fg");
	server(&stand, TCP_ACK, 501, 108, ""); /* a bare acknowledgement: patience */
	expect(&stand, "open1 c:ab");
	server(&stand, TCP_ACK, 501, 110, "x"); /* an answer: "cde" and "hi" are not to be had */
	expect(&stand, "open1 c:ab[c lost]c:fg[c lost]s:x");
	client(&stand, TCP_ACK, 103, 501, "cde"); /* too late */
	client(&stand, TCP_ACK, 110, 502, "j");
	expect(&stand, "open1 c:ab[c lost]c:fg[c lost]s:xc:j");
	ck_assert_uint_eq(tcp_reassembly_lost(stand.tcp), 5);
	put_away(&stand);
}
END_TEST

START_TEST(lost_and_acknowledged)
{
	struct stand stand = stand_up();

	shake_hands(&stand);
	client(&stand, TCP_ACK, 103, 501, "c");
	server(&stand, TCP_ACK, 501, 104, "");
	stand.time += SECOND / 2;
	server(&stand, TCP_ACK, 501, 104, "");
	expect(&stand, "open1 ");
	stand.time += SECOND;
	client(&stand, TCP_ACK, 104, 501, "d");
	expect(&stand, "open1 [c lost]c:cd");
	put_away(&stand);
}
END_TEST

START_TEST(lost_and_never_acknowledged)
{
	struct stand stand = stand_up();

	shake_hands(&stand);
	client(&stand, TCP_ACK, 103, 501, "c");
	stand.time += 61 * SECOND;
	client(&stand, TCP_ACK, 104, 501, "d");
	expect(&stand, "open1 [c lost]c:cd");
	client(&stand, TCP_ACK, 106, 501, "f");
	finish(&stand);
	expect(&stand, "open1 [c lost]c:cd[c lost]c:f");
	put_away(&stand);
}
END_TEST

START_TEST(lost_before_the_end)
{
	struct stand stand = stand_up();

	shake_hands(&stand);
	client(&stand, TCP_ACK, 101, 501, "a");
	client(&stand, TCP_ACK | TCP_FIN, 104, 501, "");
	server(&stand, TCP_ACK | TCP_RST, 501, 105, "");
	expect(&stand, "open1 c:a[c lost][c closed][s reset]");
	put_away(&stand);
}
END_TEST

START_TEST(begun_in_mid_stream)
{
	struct stand stand = stand_up();

	server(&stand, TCP_ACK, 900, 200, ""); /* opens nothing */
	server(&stand, TCP_ACK | TCP_FIN, 900, 200, "");
	expect(&stand, "");
	server(&stand, TCP_ACK, 900, 200, "HTTP/1.1 200 OK");
	client(&stand, TCP_ACK, 200, 915, "GET / HTTP/1.1");
	server(&stand, TCP_ACK, 915, 214, "more");
	expect(&stand, "open1 [c lost][s lost]s:HTTP/1.1 200 OKc:GET / HTTP/1.1s:more");
	ck_assert_uint_eq(tcp_reassembly_lost(stand.tcp), 0);
	put_away(&stand);
}
END_TEST

START_TEST(begun_at_the_answer_to_the_syn)
{
	struct stand stand = stand_up();

	server(&stand, TCP_SYN | TCP_ACK, 500, 101, "");
	client(&stand, TCP_ACK, 101, 501, "ask");
	server(&stand, TCP_ACK, 501, 104, "tell");
	expect(&stand, "open1 c:asks:tell");
	put_away(&stand);
}
END_TEST

START_TEST(answer_to_the_syn_missing)
{
	struct stand stand = stand_up();

	client(&stand, TCP_SYN, 100, 0, "");
	client(&stand, TCP_ACK, 101, 501, "ask");
	server(&stand, TCP_ACK, 501, 104, "tell");
	expect(&stand, "open1 c:asks:tell");
	put_away(&stand);
}
END_TEST

START_TEST(reset)
{
	struct stand stand = stand_up();

	client(&stand, TCP_SYN, 100, 0, "");
	server(&stand, TCP_RST | TCP_ACK, 0, 101, ""); /* refused */
	client(&stand, TCP_SYN, 300, 0, "");
	server(&stand, TCP_SYN | TCP_ACK, 700, 301, "");
	client(&stand, TCP_ACK, 301, 701, "a");
	client(&stand, TCP_RST, 0x50000000, 0, ""); /* no part of this connection */
	client(&stand, TCP_ACK, 303, 701, "c");
	client(&stand, TCP_RST, 304, 0, "");
	client(&stand, TCP_RST, 304, 0, "");
	client(&stand, TCP_ACK, 302, 701, "b");
	expect(&stand, "open1 [s reset]open2 c:a[c lost]c:c[c reset]");
	put_away(&stand);
}
END_TEST

START_TEST(reset_after_the_end)
{
	struct stand stand = stand_up();

	shake_hands(&stand);
	client(&stand, TCP_ACK | TCP_FIN, 101, 501, "");
	server(&stand, TCP_ACK, 501, 102, "x");
	client(&stand, TCP_RST, 102, 0, "");
	expect(&stand, "open1 [c closed]s:x[s reset]");
	put_away(&stand);
}
END_TEST

START_TEST(ports_used_again)
{
	struct stand stand = stand_up();

	shake_hands(&stand);
	client(&stand, TCP_ACK, 101, 501, "a");
	client(&stand, TCP_SYN, 90000, 0, ""); /* the end of the first was not captured */
	server(&stand, TCP_SYN | TCP_ACK, 80000, 90001, "");
	client(&stand, TCP_ACK, 90001, 80001, "b");
	expect(&stand, "open1 c:a[c closed][s closed]open2 c:b");
	put_away(&stand);
}
END_TEST

START_TEST(waiting_is_bounded)
{
	struct stand stand = stand_up();
	uint32_t sequence = 103;

	shake_hands(&stand);
	for (int i = 0; i < 513; i++, sequence += 2) /* a gap before each octet */
		client(&stand, TCP_ACK, sequence, 501, "x");
	ck_assert_uint_eq(stand.count[1], 1); /* the first gap was given up for room */
	client(&stand, TCP_ACK, sequence, 501, "x");
	ck_assert_uint_eq(stand.count[1], 2);
	put_away(&stand);
}
END_TEST

START_TEST(waiting_is_bounded_in_octets)
{
	struct stand stand = stand_up();
	char *octets = malloc(60001);
	uint32_t sequence = 1000;

	ck_assert_ptr_nonnull(octets);
	memset(octets, 'x', 60000);
	octets[60000] = '\0';
	shake_hands(&stand);
	for (int i = 0; i < 17; i++, sequence += 60000)
		client(&stand, TCP_ACK, sequence, 501, octets);
	ck_assert_uint_eq(stand.count[1], 0);
	client(&stand, TCP_ACK, sequence, 501, octets);
	ck_assert_uint_eq(stand.count[1], 18 * 60000);
	ck_assert_uint_eq(tcp_reassembly_lost(stand.tcp), 1000 - 101);
	free(octets);
	put_away(&stand);
}
END_TEST

START_TEST(connections_are_bounded)
{
	struct stand stand = stand_up();

	for (unsigned i = 0; i < 40000; i++)
		send_from_port(&stand, (uint16_t)(1000 + i), true, TCP_SYN, 100, 0, "");
	ck_assert_uint_eq(stand.connections, 40000);
	/* The youngest are known still, the oldest are forgotten. */
	send_from_port(&stand, 40999, true, TCP_ACK, 101, 1, "x");
	ck_assert_uint_eq(stand.connections, 40000);
	send_from_port(&stand, 1000, true, TCP_ACK, 101, 1, "x");
	ck_assert_uint_eq(stand.connections, 40001);
	put_away(&stand);
}
END_TEST

/* The octets come out whole however the segments are shuffled, doubled and split otherwise. */
START_TEST(shuffled)
{
	char text[201];

	for (int i = 0; i < 200; i++)
		text[i] = (char)('a' + i % 26);
	text[200] = '\0';
	for (unsigned seed = 1; seed < 300; seed++) {
		struct stand stand = stand_up();
		unsigned state = seed * 2654435761u;

		stand.offset = 0u - 150 - seed;
		shake_hands(&stand);
		for (int i = 0; i < 60; i++) {
			char piece[41];
			uint32_t from, length;

			state = state * 1103515245u + 12345u;
			from = state >> 16 & 0xff;
			length = 1 + (state >> 8 & 0x1f);
			if (from >= 200)
				from = (unsigned)i * 3;
			if (length > 200 - from)
				length = 200 - from;
			memcpy(piece, text + from, length);
			piece[length] = '\0';
			client(&stand, TCP_ACK, 101 + from, 501, piece);
		}
		client(&stand, TCP_ACK, 101, 501, text);
		ck_assert_uint_eq(stand.count[1], 200);
		ck_assert_str_eq(buffer_text(&stand.said) + strlen("open1 c:"), text);
		put_away(&stand);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tcp-reassembly");
	TCase *tests = tcase_create("tcp-reassembly");

	tcase_add_test(tests, a_whole_connection);
	tcase_add_test(tests, reordered_repeated_overlapping);
	tcase_add_test(tests, syn_and_end_repeated);
	tcase_add_test(tests, lost_and_answered);
	tcase_add_test(tests, lost_and_acknowledged);
	tcase_add_test(tests, lost_and_never_acknowledged);
	tcase_add_test(tests, lost_before_the_end);
	tcase_add_test(tests, begun_in_mid_stream);
	tcase_add_test(tests, begun_at_the_answer_to_the_syn);
	tcase_add_test(tests, answer_to_the_syn_missing);
	tcase_add_test(tests, reset);
	tcase_add_test(tests, reset_after_the_end);
	tcase_add_test(tests, ports_used_again);
	tcase_add_test(tests, waiting_is_bounded);
	tcase_add_test(tests, waiting_is_bounded_in_octets);
	tcase_add_test(tests, connections_are_bounded);
	tcase_add_test(tests, shuffled);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
