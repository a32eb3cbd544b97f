/* What HTTP can be abused for: sizes, slowness, two meanings of one request. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "modes.h"

#define MANY ((size_t)1 << 33)

static int serving(const struct place *place)
{
	return wire_dial(place->serving, place->serving_port);
}

static int post(const struct place *place, const char *framing)
{
	int fd = serving(place);

	wire_post(fd, place, framing);
	return fd;
}

static void endless_body(const struct place *place)
{
	int fd = post(place, "Transfer-Encoding: chunked\r\n");

	wire_repeat(fd, "10\r\n0123456789abcdef\r\n", MANY);
	wire_drain(fd);
}

static void endless_chunk(const struct place *place)
{
	wire_repeat(post(place, "Transfer-Encoding: chunked\r\n"), "fffffffffffffff\r\nxxxx", MANY);
}

static void gigabyte(const struct place *place)
{
	wire_repeat(post(place, "Content-Length: 1073741824\r\n"), "<c:Inform>", (size_t)1 << 30);
}

static void gigabyte_chunked(const struct place *place)
{
	char *chunk = malloc(65536 + 16);
	int fd = post(place, "Transfer-Encoding: chunked\r\n"), result = 0;

	memset(chunk, 'x', 65536 + 16);
	memcpy(chunk, "10000\r\n", 7);
	memcpy(chunk + 65536 + 7, "\r\n", 2);
	for (int i = 0; i < 16384 && result == 0; i++)
		result = wire_put(fd, chunk, 65536 + 9);
	free(chunk);
	wire_drain(fd);
}

/* An octet, then one a minute; what was said before decides where that is. */
static void slowly(int fd, const char *said)
{
	wire_say(fd, "%s", said);
	while (wire_put(fd, "x", 1) == 0)
		wire_pause(60000);
}

static void slow_header(const struct place *place)
{
	slowly(serving(place), "POST /serving-hms HTTP/1.1\r\nX-Slow: ");
}

static void slow_body(const struct place *place)
{
	slowly(post(place, "Content-Length: 5000\r\n"), "<");
}

/* Often enough that the connection is never idle. */
static void dripping_body(const struct place *place)
{
	int fd = post(place, "Content-Length: 50000\r\n");

	while (wire_put(fd, "x", 1) == 0)
		wire_pause(50);
}

static void many_headers(const struct place *place)
{
	int fd = serving(place);

	wire_say(fd, "POST /serving-hms HTTP/1.1\r\n");
	for (int i = 0; i < 100000 && wire_say(fd, "X-Header-%d: value\r\n", i) == 0; i++)
		continue;
	wire_drain(fd);
}

static void huge_header(const struct place *place)
{
	int fd = serving(place);

	wire_say(fd, "POST /serving-hms HTTP/1.1\r\nX-Huge: ");
	wire_repeat(fd, "0123456789", (size_t)100 << 20);
}

static void huge_request_line(const struct place *place)
{
	wire_repeat(serving(place), "POST", (size_t)100 << 20);
}

static void chunk_extension(const struct place *place)
{
	int fd = post(place, "Transfer-Encoding: chunked\r\n");

	wire_say(fd, "5;x=");
	wire_repeat(fd, "y", 1 << 20);
	wire_say(fd, "\r\nhello\r\n0\r\n\r\n");
	wire_drain(fd);
}

static void bad_chunk_size(const struct place *place)
{
	int fd = post(place, "Transfer-Encoding: chunked\r\n");

	wire_say(fd, "0x5\r\nhello\r\n0\r\n\r\n");
	wire_drain(fd);
}

static void two_lengths(const struct place *place)
{
	int fd = post(place, "Content-Length: 5\r\nContent-Length: 50\r\n");

	wire_say(fd, "<c:InPOST /serving-hms HTTP/1.1\r\n\r\n");
	wire_drain(fd);
}

/* By its Content-Length a second request is part of the first one's body. */
static void length_and_chunked(const struct place *place)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE"), framing[128];

	snprintf(framing, sizeof(framing), "Content-Length: %zu\r\nTransfer-Encoding: chunked\r\n",
		 strlen(inform) + 12);
	int fd = post(place, framing);

	wire_say(fd, "%zx\r\n%s\r\n0\r\n\r\n", strlen(inform), inform);
	free(inform);
	wire_drain(fd);
}

static void unknown_coding(const struct place *place)
{
	int fd = post(place, "Transfer-Encoding: chunked, x\r\nContent-Length: 5\r\n");

	wire_say(fd, "5\r\nhello\r\n0\r\n\r\n");
	wire_drain(fd);
}

/* Requests without end, their answers never read. */
static void unread_answers(const struct place *place)
{
	wire_repeat(serving(place), "GET / HTTP/1.1\r\nHost: h\r\n\r\n", MANY);
}

static void pipelined(const struct place *place)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE");
	int fd = serving(place), result = 0;

	for (int i = 0; i < 1000 && result == 0; i++)
		result = wire_post_text(fd, place, NULL, inform);
	free(inform);
	shutdown(fd, SHUT_WR);
	wire_drain(fd);
}

static void half_closed(const struct place *place)
{
	int fd = post(place, "Content-Length: 5000\r\n");

	wire_say(fd, "<e:Envelope");
	shutdown(fd, SHUT_WR);
	wire_drain(fd);
}

static void noise(const struct place *place)
{
	unsigned char octets[4096];
	int fd = serving(place);

	srandom(1);
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (unsigned char)random();
	while (wire_put(fd, octets, sizeof(octets)) == 0)
		continue;
}

const struct mode http_modes[] = {
	{"endless-body", endless_body},
	{"endless-chunk", endless_chunk},
	{"gigabyte", gigabyte},
	{"gigabyte-chunked", gigabyte_chunked},
	{"slow-header", slow_header},
	{"slow-body", slow_body},
	{"dripping-body", dripping_body},
	{"many-headers", many_headers},
	{"huge-header", huge_header},
	{"huge-request-line", huge_request_line},
	{"chunk-extension", chunk_extension},
	{"bad-chunk-size", bad_chunk_size},
	{"two-lengths", two_lengths},
	{"length-and-chunked", length_and_chunked},
	{"unknown-coding", unknown_coding},
	{"unread-answers", unread_answers},
	{"pipelined", pipelined},
	{"half-closed", half_closed},
	{"noise", noise},
	{NULL, NULL},
};
