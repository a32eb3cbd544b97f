/*
 * What the dissector makes of SSH's wire, and of SFTP in clear: a talk is a row of packets, and what
 * comes of them is compared as one line.
 */
#include <stdlib.h>
#include <string.h>

#include "protocols/dissector.h"
#include "protocols/memory.h"
#include "protocols/sftp.h"
#include "protocols/ssh.h"
#include "protocols/xml.h"
#include "tests/suite.h"

struct talk {
	struct dissector *dissector;
	struct address client, server;
	uint64_t connection, packet;
	struct buffer said;
};

static void write_attribute(struct buffer *out, const xmlNode *body, const char *name)
{
	char *value = xml_attribute(body, name);

	if (value && *value)
		buffer_format(out, " %s=%s", name, value);
	free(value);
}

static void keep(void *context, struct message *message)
{
	static const char *const names[] = { "algorithm", "fingerprint", "user", "method", "path",
					     "append", "accepted", "outcome", "status", "announced",
					     "size", "whole" };
	struct talk *talk = context;
	bool from_client = !strcmp(message->name, "FileLogin") || !strcmp(message->name, "FileGet") ||
			   !strcmp(message->name, "FilePut") || !strcmp(message->name, "FileContents");

	buffer_format(&talk->said, "%s%s", talk->said.length ? "; " : "", message->name);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		write_attribute(&talk->said, message->body, names[i]);
	ck_assert(address_same(&message->source, from_client ? &talk->client : &talk->server));
	ck_assert_uint_gt(message->first_packet, 0);
	ck_assert_uint_le(message->first_packet, message->last_packet);
	message_free(message);
}

static void begin(struct talk *talk, uint16_t port)
{
	*talk = (struct talk){ .dissector = dissector_new(keep, talk),
			       .client = { .family = 4, .octets = { 10, 0, 0, 2 }, .port = 40000 },
			       .server = { .family = 4, .octets = { 10, 0, 0, 1 }, .port = port } };
	talk->connection = dissector_open(talk->dissector, &talk->client, &talk->server, 1);
	buffer_add_text(&talk->said, "");
}

static void finish(struct talk *talk, const char *said)
{
	dissector_finish(talk->dissector, 1000);
	ck_assert_str_eq(buffer_text(&talk->said), said);
	dissector_free(talk->dissector);
	buffer_free(&talk->said);
}

static void wire(struct talk *talk, bool from_client, const void *octets, size_t length)
{
	dissector_octets(talk->dissector, talk->connection, from_client, 1, ++talk->packet, octets,
			 length);
}

/* --- the host key --- */

/* RFC 4253 6: length, padding length, payload, padding. */
static void add_packet(struct buffer *out, const void *payload, size_t length)
{
	buffer_add_u32(out, (uint32_t)length + 1 + 4);
	buffer_add_u8(out, 4);
	buffer_add(out, payload, length);
	buffer_add(out, "pad!", 4);
}

/* A reply with the key of ssh-ed25519 whose 32 octets are 'k'. */
static void add_reply(struct buffer *out, uint8_t type)
{
	struct buffer payload = { 0 };

	buffer_add_u8(&payload, type);
	buffer_add_u32(&payload, 51);
	buffer_add_u32(&payload, 11);
	buffer_add_text(&payload, "ssh-ed25519");
	buffer_add_u32(&payload, 32);
	for (int i = 0; i < 32; i++)
		buffer_add_u8(&payload, 'k');
	buffer_add_u32(&payload, 0); /* the exchange value, the signature: not looked at */
	add_packet(out, payload.octets, payload.length);
	buffer_free(&payload);
}

#define KEY "SshHostKey algorithm=ssh-ed25519 fingerprint=SHA256:"

static void feed_in_pieces(struct talk *talk, const struct buffer *octets, size_t piece)
{
	for (size_t at = 0; at < octets->length; at += piece)
		wire(talk, false, octets->octets + at,
		     octets->length - at < piece ? octets->length - at : piece);
}

START_TEST(host_key)
{
	static const uint8_t replies[] = { 31, 33 };
	static const uint16_t ports[] = { 22, 4000 }; /* known by its port, by its words */
	struct buffer octets = { 0 };
	struct talk talk;

	begin(&talk, ports[_i & 1]);
	wire(&talk, true, "SSH-2.0-client\r\n", 16);
	if (ports[_i & 1] == 22)
		buffer_add_text(&octets, "a word before\r\n");
	buffer_add_text(&octets, "SSH-2.0-server\r\n");
	add_packet(&octets, "\x14 algorithms", 12);
	add_packet(&octets, "\x1f\0\0\1\1\0\xff\xff\xff", 9); /* a group of RFC 4419 */
	add_reply(&octets, replies[_i >> 1 & 1]);
	add_reply(&octets, 31); /* only the first counts */
	feed_in_pieces(&talk, &octets, _i & 4 ? 1 : 100);
	ck_assert_ptr_nonnull(strstr(buffer_text(&talk.said), KEY));
	ck_assert_uint_eq(strlen(buffer_text(&talk.said)), strlen(KEY) + 43);
	buffer_clear(&talk.said);
	buffer_add_text(&talk.said, "");
	finish(&talk, "");
	buffer_free(&octets);
}
END_TEST

START_TEST(no_host_key)
{
	struct buffer octets = { 0 };
	struct talk talk;

	begin(&talk, 22);
	buffer_add_text(&octets, "SSH-2.0-server\r\n");
	if (_i == 0)
		add_packet(&octets, "\x15", 1); /* NEWKEYS */
	else if (_i == 1)
		buffer_add_text(&octets, "no packet of SSH at all, no packet of SSH at all");
	else
		for (size_t i = 0; i < 70000; i++)
			buffer_add_u8(&octets, 0);
	add_reply(&octets, 31);
	feed_in_pieces(&talk, &octets, 1000);
	finish(&talk, "");
	buffer_free(&octets);
}
END_TEST

START_TEST(no_blobs)
{
	struct ssh_host_key key;

	ck_assert_int_eq(ssh_host_key_read(octets_of("", 0), &key), -1);
	ck_assert_int_eq(ssh_host_key_read(octets_of("\0\0\0\7ssh-rsa", 11), &key), -1);
	ck_assert_int_eq(ssh_host_key_read(octets_of("\0\0\0\7ssh\nrsax", 12), &key), -1);
	ck_assert_int_eq(ssh_host_key_read(octets_of("\0\0\0\7ssh-rsax", 12), &key), 0);
	ck_assert_str_eq(key.algorithm, "ssh-rsa");
	ck_assert_int_eq(strncmp(key.fingerprint, "SHA256:", 7), 0);
	ck_assert_uint_eq(strlen(key.fingerprint), SSH_FINGERPRINT - 1);
}
END_TEST

/* --- SFTP --- */

enum { END = 250 }; /* in place of a type: an end of the connection, reset where value is 1 */

struct line { /* of a talk; type 0: it is over */
	bool from_client;
	uint8_t type;
	uint32_t id;
	const char *path, *handle, *data;
	uint64_t offset;
	uint32_t value;
	int64_t size;
};

static struct octets text(const char *text)
{
	return octets_of(text, text ? strlen(text) : 0);
}

static void say(struct talk *talk, const struct line *line, size_t piece)
{
	const struct sftp_packet packet = {
		.type = line->type, .id = line->id, .path = text(line->path),
		.handle = text(line->handle), .data = text(line->data), .offset = line->offset,
		.value = line->value, .length = 100,
		.attributes = { .has = line->size ? SFTP_HAS_SIZE : 0, .size = (uint64_t)line->size },
	};
	const struct address *from = line->from_client ? &talk->client : &talk->server;
	const struct address *to = line->from_client ? &talk->server : &talk->client;
	struct buffer out = { 0 };

	if (line->type == END) {
		dissector_end(talk->dissector, talk->connection, line->from_client, 2, ++talk->packet,
			      line->value ? STREAM_RESET : STREAM_CLOSED);
		return;
	}
	sftp_write(&out, &packet);
	for (size_t at = 0; at < out.length; at += piece)
		dissector_clear(talk->dissector, from, to, 1, ++talk->packet, out.octets + at,
				out.length - at < piece ? out.length - at : piece);
	buffer_free(&out);
}

#define C true
#define S false
#define OPEN_GET { C, SFTP_OPEN, 1, .path = "a/../f", .value = SFTP_FOR_READ }
#define OPEN_PUT { C, SFTP_OPEN, 1, .path = "/f", \
		   .value = SFTP_FOR_WRITE | SFTP_CREATE | SFTP_TRUNCATE }
#define OPENED { S, SFTP_HANDLE, 1, .handle = "h" }
#define TEN "0123456789"
#define ALL_ASKED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN /* as many as each READ here asks for */
#define READ(id, at) { C, SFTP_READ, id, .handle = "h", .offset = at }
#define DATA(id, octets) { S, SFTP_DATA, id, .data = octets }
#define WRITE(id, at, octets) { C, SFTP_WRITE, id, .handle = "h", .offset = at, .data = octets }
#define CLOSE(id) { C, SFTP_CLOSE, id, .handle = "h" }
#define STATUS(id, code, words) { S, SFTP_STATUS, id, .value = code, .path = words }
#define GET "FileGet method=READ path=/f"
#define GOT "FileGetResponse method=READ path=/f outcome="
#define PUT "FilePut method=WRITE path=/f append=false; "
#define CONTENTS "FileContents method=WRITE path=/f "
#define TAKEN "FilePutResponse method=WRITE path=/f outcome="

static const struct {
	const char *name;
	struct line lines[14];
	const char *said;
} talks[] = {
	{ "to the end", { OPEN_GET, OPENED, READ(2, 0), DATA(2, "abc"), READ(3, 3),
			  STATUS(3, SFTP_EOF, ""), CLOSE(4), STATUS(4, SFTP_OK, "") },
	  GET "; " GOT "ok status=0 size=3 whole=true" },
	{ "by its size", { OPEN_GET, OPENED, { C, SFTP_FSTAT, 2, .handle = "h" },
			   { S, SFTP_ATTRS, 2, .size = 3 }, READ(3, 0), DATA(3, "abc"), CLOSE(4),
			   STATUS(4, SFTP_OK, "") },
	  GET "; " GOT "ok status=0 announced=3 size=3 whole=true" },
	{ "by a size before", { { C, SFTP_STAT, 9, .path = "/f" }, { S, SFTP_ATTRS, 9, .size = 4 },
				OPEN_GET, OPENED, READ(3, 0), DATA(3, "abc"), CLOSE(4),
				STATUS(4, SFTP_OK, "") },
	  GET "; " GOT "ok status=0 announced=4 size=3 whole=false" },
	{ "by a short answer", { OPEN_GET, OPENED, READ(3, 0), DATA(3, "abc"), CLOSE(4),
				 STATUS(4, SFTP_OK, "") },
	  GET "; " GOT "ok status=0 size=3 whole=true" },
	{ "left early", { OPEN_GET, OPENED, READ(3, 0), DATA(3, ALL_ASKED), CLOSE(4),
			  STATUS(4, SFTP_OK, "") },
	  GET "; " GOT "ok status=0 size=100 whole=false" },
	{ "left open by the client", { OPEN_GET, OPENED, { C, SFTP_FSTAT, 2, .handle = "h" },
				       { S, SFTP_ATTRS, 2, .size = 3 }, READ(3, 0),
				       DATA(3, "abc"), { S, END, .value = 0 } },
	  GET "; " GOT "ok status=0 announced=3 size=3 whole=true" },
	{ "read ahead", { OPEN_GET, OPENED, READ(2, 0), READ(3, 100), DATA(2, "abc"),
			  STATUS(3, SFTP_EOF, ""), READ(4, 3), DATA(4, "de"), READ(5, 5),
			  STATUS(5, SFTP_EOF, ""), CLOSE(6), STATUS(6, SFTP_OK, "") },
	  GET "; " GOT "ok status=0 size=5 whole=true" },
	{ "no such file", { OPEN_GET, STATUS(1, SFTP_NO_SUCH_FILE, "none") },
	  GET "; " GOT "not-found status=2" },
	{ "denied", { OPEN_GET, STATUS(1, SFTP_PERMISSION_DENIED, "no") },
	  GET "; " GOT "no-permission status=3" },
	{ "fails on the way", { OPEN_GET, OPENED, READ(2, 0), DATA(2, "abc"), READ(3, 3),
				STATUS(3, SFTP_FAILURE, "disk"), CLOSE(4), STATUS(4, SFTP_OK, "") },
	  GET "; " GOT "failed status=4 size=3 whole=false" },
	{ "cut by the server", { OPEN_GET, OPENED, READ(2, 0), DATA(2, "abc"), { S, END, .value = 1 } },
	  GET "; " GOT "cut status=0 size=3 whole=false" },
	{ "closed by the server", { OPEN_GET, OPENED, { S, END, .value = 0 }, { C, END, .value = 0 } },
	  GET "; " GOT "cut status=0 size=0 whole=false" },
	{ "left by the client", { OPEN_GET, OPENED, READ(2, 0), { C, END, .value = 0 },
				  { S, END, .value = 0 } }, GET },
	{ "delivered", { OPEN_PUT, OPENED, WRITE(2, 0, "abc"), WRITE(3, 3, "de"),
			 STATUS(2, SFTP_OK, ""), STATUS(3, SFTP_OK, ""), CLOSE(4),
			 STATUS(4, SFTP_OK, "") },
	  PUT CONTENTS "size=5 whole=true; " TAKEN "ok status=0" },
	{ "delivered in another order", { OPEN_PUT, OPENED, WRITE(2, 3, "de"), WRITE(3, 0, "abc"),
					  CLOSE(4), STATUS(4, SFTP_OK, "") },
	  PUT CONTENTS "size=5 whole=true; " TAKEN "ok status=0" },
	{ "refused", { OPEN_PUT, STATUS(1, SFTP_PERMISSION_DENIED, "no") },
	  PUT TAKEN "no-permission status=3" },
	{ "the disk is full", { OPEN_PUT, OPENED, WRITE(2, 0, "abc"),
				STATUS(2, SFTP_FAILURE, "no space left"), CLOSE(4),
				STATUS(4, SFTP_OK, "") },
	  PUT CONTENTS "size=3 whole=false; " TAKEN "full status=4" },
	{ "refused when it is closed", { OPEN_PUT, OPENED, WRITE(2, 0, "abc"), CLOSE(4),
					 STATUS(4, SFTP_FAILURE, "x") },
	  PUT CONTENTS "size=3 whole=true; " TAKEN "failed status=4" },
	{ "broken off by the client", { OPEN_PUT, OPENED, WRITE(2, 0, "abc"), { C, END, .value = 1 } },
	  PUT CONTENTS "size=3 whole=false" },
	{ "broken off by the server", { OPEN_PUT, OPENED, WRITE(2, 0, "abc"), { S, END, .value = 1 } },
	  PUT CONTENTS "size=3 whole=false; " TAKEN "cut status=0" },
	{ "answers to nothing", { OPENED, DATA(2, "x"), STATUS(3, SFTP_OK, ""),
				  { S, SFTP_ATTRS, 4, .size = 1 }, READ(5, 0), CLOSE(6),
				  STATUS(6, SFTP_OK, "") }, "" },
	{ "what fails and is no transfer", { OPEN_GET, OPENED, { C, SFTP_FSTAT, 2, .handle = "h" },
					     STATUS(2, SFTP_UNSUPPORTED, ""), READ(3, 0),
					     STATUS(3, SFTP_EOF, "") },
	  GET "; " GOT "ok status=0 size=0 whole=true" },
};

enum { TALKS = sizeof(talks) / sizeof(talks[0]) };

START_TEST(files)
{
	struct talk talk;

	for (size_t piece = 1; piece < 1000; piece *= 7) {
		begin(&talk, 22);
		for (const struct line *line = talks[_i].lines; line->type; line++)
			say(&talk, line, piece);
		finish(&talk, talks[_i].said);
	}
}
END_TEST

START_TEST(logins)
{
	static const char *const login[] = { "cell", "password", NULL };
	static const char *const no[] = { "cell", "false", "wrong", NULL };
	static const char *const yes[] = { "cell", "true", "", NULL };
	static const struct line init = { C, SFTP_INIT, .id = 3 }, open = OPEN_GET;
	struct buffer client = { 0 }, server = { 0 };
	struct talk talk;

	begin(&talk, 22);
	sftp_write_own(&client, SFTP_LOGIN, login);
	sftp_write_own(&server, SFTP_LOGIN_ANSWER, no);
	dissector_clear(talk.dissector, &talk.client, &talk.server, 1, 1, client.octets, client.length);
	dissector_clear(talk.dissector, &talk.server, &talk.client, 1, 2, server.octets, server.length);
	buffer_clear(&server);
	sftp_write_own(&server, SFTP_LOGIN_ANSWER, yes);
	dissector_clear(talk.dissector, &talk.server, &talk.client, 1, 3, server.octets, server.length);
	say(&talk, &init, 100);
	/* Behind INIT a peer's own extension of that name is no login. */
	dissector_clear(talk.dissector, &talk.client, &talk.server, 1, 4, client.octets, client.length);
	say(&talk, &open, 100);
	finish(&talk, "FileLogin user=cell method=password; "
		      "FileLoginResponse user=cell accepted=false status=51; "
		      "FileLoginResponse user=cell accepted=true status=52; "
		      "FileGet user=cell method=READ path=/f");
	buffer_free(&client);
	buffer_free(&server);
}
END_TEST

START_TEST(nothing_that_it_could_be_of)
{
	static const struct line open = OPEN_GET;
	struct talk talk;

	begin(&talk, 80); /* that is no connection of SSH */
	say(&talk, &open, 100);
	talk.client.port++; /* that is none at all */
	say(&talk, &open, 100);
	finish(&talk, "");
	begin(&talk, 22);
	dissector_clear(talk.dissector, &talk.client, &talk.server, 1, 1, "\xff\xff\xff\xff", 4);
	say(&talk, &open, 100); /* that was no SFTP */
	finish(&talk, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dissector-ssh");
	TCase *tests = tcase_create("ssh");

	tcase_add_loop_test(tests, host_key, 0, 8);
	tcase_add_loop_test(tests, no_host_key, 0, 3);
	tcase_add_test(tests, no_blobs);
	tcase_add_loop_test(tests, files, 0, TALKS);
	tcase_add_test(tests, logins);
	tcase_add_test(tests, nothing_that_it_could_be_of);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
