/*
 * Conversations of FTP are written as they go over the wire: "> USER a" is the client's line, "< 331 b"
 * the server's, "*" opens the data connection, "{text" is what the client sends on it, "}text" what the
 * server does, "{." and "}." how they end it, "{!" a reset by the client, "}!" by the server, "?" octets
 * of it that are missing, "." the server ends the control connection. What the dissector makes of it is compared as one line.
 */
#include <stdlib.h>
#include <string.h>

#include "protocols/dissector.h"
#include "protocols/ftp.h"
#include "protocols/memory.h"
#include "protocols/xml.h"
#include "tests/suite.h"

struct talk {
	struct dissector *dissector;
	struct address client, server;
	struct address data; /* where the next data connection goes; family 0: what was announced */
	uint64_t control, channel, packet;
	bool active;
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
	static const char *const names[] = {
		"transport", "user", "method", "path", "offset", "append", "accepted", "outcome",
		"status", "announced", "size", "whole", "protected", "type",
	};
	struct talk *talk = context;
	char text[ADDRESS_TEXT];

	buffer_format(&talk->said, "%s%s", talk->said.length ? "; " : "", message->name);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		write_attribute(&talk->said, message->body, names[i]);
	ck_assert_str_eq(message->protocol, "file");
	ck_assert_int_gt(message->time, 0);
	ck_assert_uint_gt(message->first_packet, 0);
	ck_assert_uint_le(message->first_packet, message->last_packet);
	ck_assert_uint_eq(message->connection, talk->control);
	bool from_client = !strcmp(message->name, "FileLogin") || !strcmp(message->name, "FileGet") ||
			   !strcmp(message->name, "FilePut") || !strcmp(message->name, "FileContents");
	ck_assert_msg(address_same(&message->source, from_client ? &talk->client : &talk->server),
		      "%s comes from %s", message->name, address_text(&message->source, text));
	message_free(message);
}

static struct address at(const char *host, uint16_t port)
{
	struct address address;

	ck_assert_int_eq(address_parse(host, &address), 0);
	address.port = port;
	return address;
}

static int64_t now(struct talk *talk)
{
	return (int64_t)++talk->packet * 1000;
}

static void say(struct talk *talk, uint64_t connection, bool from_client, const char *text,
		size_t length)
{
	int64_t time = now(talk);

	dissector_octets(talk->dissector, connection, from_client, time, talk->packet, text, length);
}

static void begin_at(struct talk *talk, const char *host, uint16_t port)
{
	*talk = (struct talk){ .active = false };
	talk->dissector = dissector_new(keep, talk);
	talk->client = at(strchr(host, ':') ? "2001:db8::2" : "10.0.0.2", 40000);
	talk->server = at(host, port);
	talk->control = dissector_open(talk->dissector, &talk->client, &talk->server, 1);
	buffer_add_text(&talk->said, "");
}

static void open_data(struct talk *talk, const struct address *announced)
{
	struct address from = talk->active ? talk->server : talk->client;
	struct address to = talk->data.family ? talk->data : *announced;

	from.port = 50000;
	talk->channel = dissector_open(talk->dissector, &from, &to, now(talk));
}

/* Remembers where a line says that data are to go. */
static void look(struct talk *talk, const char *line, struct address *announced)
{
	if (!strncmp(line, "> PORT ", 7) || !strncmp(line, "> EPRT ", 7)) {
		*announced = talk->client;
		ck_assert(!ftp_port_parse(line + 7, announced) || !ftp_eprt_parse(line + 7, announced));
		talk->active = true;
	} else if (!strncmp(line, "< 227 ", 6) || !strncmp(line, "< 229 ", 6)) {
		*announced = talk->server;
		ck_assert(line[4] == '7' ? !ftp_pasv_parse(line + 6, announced)
					 : !ftp_epsv_parse(line + 6, &announced->port));
		talk->active = false;
	}
}

static void end_data(struct talk *talk, bool from_ftp_client, char how)
{
	bool from_client = from_ftp_client != talk->active;
	int64_t time = now(talk);

	dissector_end(talk->dissector, talk->channel, from_client, time, talk->packet,
		      how == '.' ? STREAM_CLOSED : how == '!' ? STREAM_RESET : STREAM_LOST);
}

static void play(struct talk *talk, const char *const *lines)
{
	struct address announced = { .family = 0 };

	for (; *lines; lines++) {
		const char *line = *lines;
		bool from_client = *line == '>' || *line == '{';
		char *text = memory_format("%s\r\n", line + (line[1] ? 2 : 1));

		look(talk, line, &announced);
		if (*line == '>' || *line == '<')
			say(talk, talk->control, from_client, text, strlen(text));
		else if (*line == '*')
			open_data(talk, &announced);
		else if (*line == '?')
			end_data(talk, false, '?');
		else if (*line == '.')
			dissector_end(talk->dissector, talk->control, false, now(talk), talk->packet,
				      STREAM_CLOSED);
		else if (!strcmp(line + 1, ".") || !strcmp(line + 1, "!"))
			end_data(talk, from_client, line[1]);
		else
			say(talk, talk->channel, from_client != talk->active, line + 1,
			    strlen(line + 1));
		free(text);
	}
}

static void end(struct talk *talk)
{
	dissector_finish(talk->dissector, now(talk));
	dissector_free(talk->dissector);
	buffer_free(&talk->said);
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define LOGIN "< 220 hello", "> USER a", "< 331 password", "> PASS b", "< 230 in"
#define LOGIN_SAID "FileLogin transport=ftp user=a method=password; " \
	"FileLoginResponse transport=ftp user=a accepted=true status=230"
#define PASV "> PASV", "< 227 Entering Passive Mode (10,0,0,1,4,1)."
#define GET "; FileGet transport=ftp user=a method=RETR path=/f offset=0 type=A"
#define PUT "; FilePut transport=ftp user=a method=STOR path=/f offset=0 append=false type=A"
#define GOT "; FileGetResponse transport=ftp user=a method=RETR path=/f offset=0 "
#define CONTENTS "; FileContents transport=ftp user=a method=STOR path=/f offset=0 "
#define TAKEN "; FilePutResponse transport=ftp user=a method=STOR path=/f offset=0 "

static const struct { const char *const *lines; const char *said; } cases[] = {
	/* logins */
	{ LINES(LOGIN), LOGIN_SAID },
	{ LINES("< 220 hello", "> USER anonymous", "< 230 in"),
	  "FileLogin transport=ftp user=anonymous method=anonymous; "
	  "FileLoginResponse transport=ftp user=anonymous accepted=true status=230" },
	{ LINES("< 220-hello", "< there", "< 220 x", "> USER a", "< 331 p", "> PASS b", "< 530 no"),
	  "FileLogin transport=ftp user=a method=password; "
	  "FileLoginResponse transport=ftp user=a accepted=false status=530" },
	{ LINES("< 220 hello", "> USER a", "< 331 p", "> PASS b", "< 332 account", "> ACCT c", "< 230 in"),
	  LOGIN_SAID },
	{ LINES("> USER a", "< 331 p", "> PASS b", "< 230 in"), LOGIN_SAID }, /* from the middle on */
	{ LINES("< 120 wait", "< 220 hello", "> USER a", "< 331 p", "> PASS b", "< 230 in"), LOGIN_SAID },
	/* passive gets: 226 behind the data's end, and before it */
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 150 f (5 bytes)", "}hello", "}.", "{.", "< 226 done"),
	  LOGIN_SAID GET GOT "outcome=ok status=226 announced=5 size=5 whole=true protected=false" },
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hel", "< 226 done", "}lo", "}."),
	  LOGIN_SAID GET GOT "outcome=ok status=226 size=5 whole=true protected=false" },
	{ LINES(LOGIN, "> EPSV", "< 229 Extended (|||1025|)", "> RETR f", "*", "< 125 open", "}.", "< 250 ok"),
	  LOGIN_SAID GET GOT "outcome=ok status=250 size=0 whole=true protected=false" },
	{ LINES(LOGIN, "> SIZE f", "< 213 7", PASV, "*", "> RETR f", "< 150 f", "}hello", "}.", "< 226 ok"),
	  LOGIN_SAID GET GOT "outcome=ok status=226 announced=7 size=5 whole=true protected=false" },
	/* refused, broken off */
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 550 No such file"),
	  LOGIN_SAID GET GOT "outcome=not-found status=550" },
	{ LINES(LOGIN, PASV, "> RETR f", "< 550 Permission denied"),
	  LOGIN_SAID GET GOT "outcome=no-permission status=550" },
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hel", "}!", "< 426 aborted"),
	  LOGIN_SAID GET GOT "outcome=cut status=426 size=3 whole=false protected=false" },
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hel", "< 426 aborted", "}."),
	  LOGIN_SAID GET GOT "outcome=cut status=426 size=3 whole=false protected=false" },
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hel", "."),
	  LOGIN_SAID GET GOT "outcome=cut status=0 size=3 whole=false protected=false" },
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hel", "?", "}.", "< 226 ok"),
	  LOGIN_SAID GET GOT "outcome=ok status=226 protected=false" },
	/* puts */
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 150 go", "{hello", "{.", "}.", "< 226 done"),
	  LOGIN_SAID PUT CONTENTS "size=5 whole=true protected=false" TAKEN "outcome=ok status=226" },
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 150 go", "{hello", "< 226 done", "{."),
	  LOGIN_SAID PUT CONTENTS "size=5 whole=true protected=false" TAKEN "outcome=ok status=226" },
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 150 go", "{hello", "{!", "< 426 aborted"),
	  LOGIN_SAID PUT CONTENTS "size=5 whole=false protected=false" TAKEN "outcome=cut status=426" },
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 150 go", "{hello", "< 452 full", "{."),
	  LOGIN_SAID PUT CONTENTS "size=5 whole=false protected=false" TAKEN "outcome=full status=452" },
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 553 no"),
	  LOGIN_SAID PUT TAKEN "outcome=no-permission status=553" },
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 150 go", "{hello", "."),
	  LOGIN_SAID PUT CONTENTS "size=5 whole=false protected=false" },
	{ LINES(LOGIN, PASV, "*", "> STOR f", "{."), /* no 150: nobody knows whether in clear */
	  LOGIN_SAID PUT CONTENTS "size=0 whole=true" },
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 150 go", "{.", "< 226 ok"), /* an empty file */
	  LOGIN_SAID PUT CONTENTS "size=0 whole=true protected=false" TAKEN "outcome=ok status=226" },
	{ LINES(LOGIN, "> CWD /in//b", "< 250 ok", "> CDUP", "< 200 ok", PASV, "*", "> REST 4",
		"< 350 ok", "> APPE c/../g", "< 150 go", "{x", "{.", "< 226 ok"),
	  LOGIN_SAID "; FilePut transport=ftp user=a method=APPE path=/in/g offset=4 append=true type=A; "
	  "FileContents transport=ftp user=a method=APPE path=/in/g offset=4 size=1 whole=true "
	  "protected=false; FilePutResponse transport=ftp user=a method=APPE path=/in/g offset=4 "
	  "outcome=ok status=226" },
	{ LINES(LOGIN, "> PWD", "< 257 \"/home/a\" it is", "> CWD no", "< 550 no", "> RETR f", "< 425 no"),
	  LOGIN_SAID "; FileGet transport=ftp user=a method=RETR path=/home/a/f offset=0 type=A; "
	  "FileGetResponse transport=ftp user=a method=RETR path=/home/a/f offset=0 outcome=failed status=425" },
	/* active ones */
	{ LINES(LOGIN, "> PORT 10,0,0,2,4,1", "< 200 ok", "> RETR f", "< 150 f", "*", "}hello", "}.", "< 226 ok"),
	  LOGIN_SAID GET GOT "outcome=ok status=226 size=5 whole=true protected=false" },
	{ LINES(LOGIN, "> EPRT |1|10.0.0.2|1025|", "< 200 ok", "> STOR f", "< 150 f", "*", "{hello", "{.", "< 226 ok"),
	  LOGIN_SAID PUT CONTENTS "size=5 whole=true protected=false" TAKEN "outcome=ok status=226" },
	/* listings are no files */
	{ LINES(LOGIN, PASV, "*", "> LIST", "< 150 go", "}f", "}.", "< 226 ok", PASV, "*", "> RETR f",
		"< 150 f", "}hello", "}.", "< 226 ok"),
	  LOGIN_SAID GET GOT "outcome=ok status=226 size=5 whole=true protected=false" },
	/* an abort: 426 is of the transfer, 226 of ABOR */
	{ LINES(LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hel", "> ABOR", "}.", "< 426 aborted", "< 226 ok",
		"> RETR f", "< 425 first PASV"),
	  LOGIN_SAID GET GOT "outcome=cut status=426 size=3 whole=false protected=false"
	  GET GOT "outcome=failed status=425" },
	/* the next data connection is announced before the last one's end is seen */
	{ LINES(LOGIN, PASV, "*", "> STOR f", "< 150 go", "{hello", "< 226 done", PASV, "*", "> STOR f",
		"< 150 go", "{x", "{.", "< 226 ok"),
	  LOGIN_SAID PUT CONTENTS "size=5 whole=false protected=false" TAKEN "outcome=ok status=226"
	  PUT CONTENTS "size=1 whole=true protected=false" TAKEN "outcome=ok status=226" },
	{ LINES("> \026\003\001\002", "< 220 x", "> USER a", "< 530 no"), "" }, /* implicit TLS */
	{ LINES("< 220 x", "> AUTH TLS", "< 234 go", "> \026\003\001\002", "< \026\003\003", "> USER a",
		"< 230 a"), "" },
};

static void replay(uint16_t port, size_t which)
{
	struct talk talk;

	begin_at(&talk, "10.0.0.1", port);
	play(&talk, cases[which].lines);
	ck_assert_msg(!strcmp(buffer_text(&talk.said), cases[which].said),
		      "case %zu\nwanted %s\ngot    %s", which, cases[which].said,
		      buffer_text(&talk.said));
	end(&talk);
}

START_TEST(conversations)
{
	replay(21, (size_t)_i);
	/* At any port, when it greets. */
	if (!strncmp(cases[_i].lines[0], "< 220", 5))
		replay(2121, (size_t)_i);
}
END_TEST

/* A router on the way has changed the address, or the server does not know its own. */
START_TEST(translated_addresses)
{
	static const char *const lines[] = { LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hello", "}.",
					     "< 226 ok", NULL };
	struct talk talk;

	for (int i = 0; i < 2; i++) {
		begin_at(&talk, "10.0.0.9", 21);
		talk.data = at(i ? "10.0.0.9" : "10.0.0.8", 1025);
		play(&talk, lines);
		ck_assert(strstr(buffer_text(&talk.said), "size=5 whole=true") ? i == 1 : i == 0);
		end(&talk);
	}
}
END_TEST

START_TEST(ipv6)
{
	static const char *const lines[] = {
		LOGIN, "> EPSV", "< 229 Extended (|||1025|)", "*", "> RETR f", "< 150 f", "}hello",
		"}.", "< 226 ok", "> EPRT |2|2001:db8::2|1026|", "< 200 ok", "> STOR f", "< 150 go", "*",
		"{hi", "{.", "< 226 ok", NULL };
	struct talk talk;

	begin_at(&talk, "2001:db8::1", 21);
	play(&talk, lines);
	ck_assert_ptr_nonnull(strstr(buffer_text(&talk.said), GOT "outcome=ok status=226 size=5 whole=true"));
	ck_assert_ptr_nonnull(strstr(buffer_text(&talk.said), CONTENTS "size=2 whole=true"));
	end(&talk);
}
END_TEST

/* In a run the octets behind AUTH TLS are seen in clear, and TLS is told of. */
START_TEST(behind_tls)
{
	static const char *const attributes[] = { "version", "TLSv1.3", NULL };
	static const char *const before[] = { "< 220 x", "> AUTH TLS", "< 234 go", NULL };
	static const char *const login[] = { "> USER a", "< 331 p", "> PASS b", "< 230 in", PASV, "*", NULL };
	static const char *const get[] = { "> RETR f", "< 150 f", "}hello", "}.", "< 226 ok", NULL };
	struct talk talk;

	for (int i = 0; i < 2; i++) {
		struct address announced = at("10.0.0.1", 1025);

		begin_at(&talk, "10.0.0.1", 21);
		play(&talk, before);
		dissector_tls(talk.dissector, talk.control, attributes);
		talk.data = announced;
		play(&talk, login);
		if (i)
			dissector_tls(talk.dissector, talk.channel, attributes);
		play(&talk, get);
		ck_assert_ptr_nonnull(strstr(buffer_text(&talk.said), "FileLogin transport=ftps user=a"));
		ck_assert_ptr_nonnull(strstr(buffer_text(&talk.said),
					     i ? "whole=true protected=true" : "whole=true protected=false"));
		end(&talk);
	}
}
END_TEST

static const struct { const char *const *lines; bool tls; const char *said; } agreed[] = {
	{ LINES(LOGIN, "> TYPE I", "< 200 ok", PASV, "> RETR f"), false, "offset=0 type=I" },
	{ LINES(LOGIN, "> TYPE L 8", "< 200 ok", PASV, "> RETR f"), false, "offset=0 type=I" },
	{ LINES(LOGIN, "> TYPE I", "< 504 no", PASV, "> RETR f"), false, "offset=0 type=A" },
	{ LINES(LOGIN, "> TYPE I", "< 200 ok", "> TYPE A", "< 200 ok", PASV, "> RETR f"), false,
	  "offset=0 type=A" },
	{ LINES(LOGIN, PASV, "> RETR f"), true, "offset=0 protected=false type=A" },
	{ LINES(LOGIN, "> PROT P", "< 200 ok", PASV, "> RETR f"), true,
	  "offset=0 protected=true type=A" },
	{ LINES(LOGIN, "> PROT P", "< 503 no", PASV, "> RETR f"), true,
	  "offset=0 protected=false type=A" },
	{ LINES(LOGIN, "> PROT P", "< 200 ok", "> PROT C", "< 200 ok", PASV, "> RETR f"), true,
	  "offset=0 protected=false type=A" },
	/* from the middle on: nobody knows */
	{ LINES("> NOOP", "< 200 ok", PASV, "> RETR f"), true, "path=/f offset=0" },
};

/* What was agreed on before stands with the request: its type, and whether the data are to be private. */
START_TEST(agreements)
{
	static const char *const attributes[] = { "version", "TLSv1.3", NULL };
	struct talk talk;

	for (size_t i = 0; i < sizeof(agreed) / sizeof(agreed[0]); i++) {
		begin_at(&talk, "10.0.0.1", 21);
		if (agreed[i].tls)
			dissector_tls(talk.dissector, talk.control, attributes);
		play(&talk, agreed[i].lines);
		const char *text = buffer_text(&talk.said);
		size_t length = strlen(agreed[i].said);

		ck_assert_msg(strlen(text) > length &&
			      !strcmp(text + strlen(text) - length, agreed[i].said), "%s", text);
		end(&talk);
	}
}
END_TEST

/* Octets of the control connection are missing: what is not known any more is not said. */
START_TEST(lost_replies)
{
	static const char *const first[] = { LOGIN, PASV, "*", "> RETR f", "< 150 f", "}hello", NULL };
	static const char *const then[] = { "}.", PASV, "*", "> STOR f", "< 150 go", "{hello", "{.", "< 226 ok",
					    NULL };
	struct talk talk;

	begin_at(&talk, "10.0.0.1", 21);
	play(&talk, first);
	dissector_end(talk.dissector, talk.control, false, now(&talk), talk.packet, STREAM_LOST);
	play(&talk, then);
	ck_assert_str_eq(buffer_text(&talk.said), LOGIN_SAID GET
			 "; FilePut transport=ftp user=a method=STOR path=/f offset=0 append=false" CONTENTS
			 "size=5 whole=true protected=false" TAKEN "outcome=ok status=226");
	end(&talk);
}
END_TEST

START_TEST(control_connections_without_end)
{
	struct talk talk;

	begin_at(&talk, "10.0.0.1", 21);
	for (int i = 0; i < 400; i++)
		play(&talk, LINES("> PASV", "< 227 (10,0,0,1,4,1)", "> NOOP", "> STOR x"));
	end(&talk);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dissector-ftp");
	TCase *tests = tcase_create("ftp");

	tcase_add_loop_test(tests, conversations, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tests, translated_addresses);
	tcase_add_test(tests, ipv6);
	tcase_add_test(tests, behind_tls);
	tcase_add_test(tests, agreements);
	tcase_add_test(tests, lost_replies);
	tcase_add_test(tests, control_connections_without_end);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
