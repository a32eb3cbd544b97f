/* Sessions: too many, too fast, broken off, with wrong credentials; and good ones, to compare. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "modes.h"

static int serving(const struct place *place)
{
	return wire_dial(place->serving, place->serving_port);
}

static void quiet(const struct place *place)
{
	(void)place;
}

static void good(const struct place *place)
{
	wire_session(place, "4 VALUE CHANGE");
}

/* Informs, each on a connection of its own; no session is brought to its end. */
static void storm(const struct place *place, int pause, int count)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE");

	for (int i = 0; i < count; i++) {
		int fd = serving(place);

		if (fd < 0)
			break;
		wire_post_text(fd, place, NULL, inform);
		wire_answer(fd, NULL);
		close(fd);
		wire_pause(pause);
	}
	free(inform);
}

static void storm_23(const struct place *place)
{
	storm(place, 1000 / 23, 200);
}

static void storm_fast(const struct place *place)
{
	storm(place, 0, 1000000);
}

/* Whole sessions, one after the other, as fast as can be. */
static void session_storm(const struct place *place)
{
	while (wire_session(place, "4 VALUE CHANGE") == 0)
		continue;
}

static void dies_and_comes_back(const struct place *place)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE"), cookie[256] = "";
	int fd = serving(place);

	wire_post_text(fd, place, NULL, inform);
	free(inform);
	wire_answer(fd, cookie);
	wire_reset(fd);
	wire_session(place, "1 BOOT");
}

/* A reset after so many octets of an Inform, at each of many points; then after it, unread. */
static void resets(const struct place *place)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE"), framing[64];
	size_t length = strlen(inform);

	snprintf(framing, sizeof(framing), "Content-Length: %zu\r\n", length);
	wire_reset(serving(place));
	for (size_t part = 0; part <= length; part += length / 40 + 1) {
		int fd = serving(place);

		wire_post(fd, place, framing);
		wire_put(fd, inform, part);
		wire_pause(1);
		wire_reset(fd);
	}
	free(inform);
}

static void connections(const struct place *place, int addresses)
{
	char local[32];

	for (int i = 0; i < 10000; i++) {
		snprintf(local, sizeof(local), "127.0.%d.%d", addresses > 1 ? 200 : 0,
			 1 + i % addresses);
		int fd = wire_dial_from(local, place->serving, place->serving_port);

		if (fd < 0)
			break;
		wire_say(fd, "P");
	}
	wire_pause(1000);
}

static void many_connections(const struct place *place)
{
	connections(place, 1);
}

static void many_addresses(const struct place *place)
{
	connections(place, 100);
}

/* Opens and closes, and never says the last word. */
static void revolving_door(const struct place *place)
{
	for (int i = 0; i < 3000; i++) {
		int fd = serving(place);

		if (fd < 0)
			break;
		wire_say(fd, "GARBAGE\r\n\r\n");
	}
	wire_pause(1000);
}

/* Bodies of 15 MiB, none of them finished. */
static void many_bodies(const struct place *place)
{
	for (int i = 0; i < 100; i++) {
		int fd = serving(place);

		if (fd < 0 || wire_post(fd, place, "Content-Length: 16000000\r\n") < 0 ||
		    wire_repeat(fd, "<a>", 15000000) < 0)
			break;
	}
	wire_pause(1000);
}

const struct mode session_modes[] = {
	{"good", good},
	{"quiet", quiet},
	{"storm-23", storm_23},
	{"storm-fast", storm_fast},
	{"session-storm", session_storm},
	{"dies-and-comes-back", dies_and_comes_back},
	{"resets", resets},
	{"many-connections", many_connections},
	{"many-addresses", many_addresses},
	{"revolving-door", revolving_door},
	{"many-bodies", many_bodies},
	{NULL, NULL},
};
