/* The other doors: the name server, and how a Connection Request is answered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "modes.h"

static const unsigned char query[] = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 's', 'e', 'r', 'v', 'i',
				      'n', 'g', '-', 'h', 'm', 's', 3, 'l', 'a', 'b', 7, 'e', 'x', 'a',
				      'm', 'p', 'l', 'e', 0, 0, 1, 0, 1};

static void dns_flood(const struct place *place)
{
	int fd = wire_datagrams(place->dns, place->dns_port);
	char answer[512];

	for (int i = 0; i < 1000000; i++) {
		wire_put(fd, query, sizeof(query));
		recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	}
}

/* Octets changed at random, cut at random; names that point at themselves. */
static void malformed_dns(const struct place *place)
{
	int fd = wire_datagrams(place->dns, place->dns_port);
	unsigned char octets[512];

	srandom(3);
	for (int i = 0; i < 5000; i++) {
		size_t length = 1 + (size_t)random() % sizeof(octets);

		for (size_t at = 0; at < length; at++)
			octets[at] = (unsigned char)random();
		memcpy(octets, query, length < 12 ? length : 12 + (size_t)random() % 29);
		if (i % 7 == 0 && length > 14)
			memcpy(octets + 12, "\xc0\x0c", 2);
		wire_put(fd, octets, length);
		if (i % 50 == 0)
			wire_pause(1);
	}
}

static void dns_connections(const struct place *place)
{
	for (int i = 0; i < 10000; i++) {
		int fd = wire_dial(place->dns, place->dns_port);

		if (fd < 0)
			break;
		wire_put(fd, "\xff\xff", 2);
	}
	wire_pause(1000);
}

/* Queries over TCP, their answers never read. */
static void dns_unread(const struct place *place)
{
	enum { EACH = sizeof(query) + 2, COUNT = 1000 };
	unsigned char *framed = malloc(EACH * COUNT);
	int fd = wire_dial(place->dns, place->dns_port);

	for (int i = 0; i < COUNT; i++) {
		framed[i * EACH] = 0;
		framed[i * EACH + 1] = sizeof(query);
		memcpy(framed + i * EACH + 2, query, sizeof(query));
	}
	while (wire_put(fd, framed, EACH * COUNT) == 0)
		continue;
	free(framed);
}

/* After a lawful session: takes the next call and gives its socket. */
static int called(const struct place *place)
{
	int listener = wire_listen(place->call, place->call_port), fd;
	char octets[4096];

	wire_session(place, "4 VALUE CHANGE");
	fd = accept(listener, NULL, NULL);
	recv(fd, octets, sizeof(octets), 0);
	return fd;
}

static void call_endless(const struct place *place)
{
	int fd = called(place);

	wire_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n");
	wire_repeat(fd, "0123456789", (size_t)1 << 34);
}

static void call_endless_header(const struct place *place)
{
	int fd = called(place);

	wire_say(fd, "HTTP/1.1 200 OK\r\n");
	wire_repeat(fd, "X-Header: value\r\n", (size_t)1 << 34);
}

static void call_never(const struct place *place)
{
	wire_drain(called(place));
}

static void call_garbage(const struct place *place)
{
	int fd = called(place);

	wire_repeat(fd, "\x01\x02garbage\xff", 4096);
	close(fd);
}

static void call_redirect(const struct place *place)
{
	int fd = called(place);

	wire_say(fd,
		 "HTTP/1.1 302 Found\r\nLocation: http://%s:%d/elsewhere\r\n"
		 "Content-Length: 0\r\n\r\n",
		 place->call, place->call_port);
	wire_drain(fd);
}

static void call_reset(const struct place *place)
{
	wire_reset(called(place));
}

const struct mode other_modes[] = {
	{"dns-flood", dns_flood},
	{"malformed-dns", malformed_dns},
	{"dns-connections", dns_connections},
	{"dns-unread", dns_unread},
	{"call-endless", call_endless},
	{"call-endless-header", call_endless_header},
	{"call-never", call_never},
	{"call-garbage", call_garbage},
	{"call-redirect", call_redirect},
	{"call-reset", call_reset},
	{NULL, NULL},
};
