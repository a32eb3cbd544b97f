#include <stdlib.h>
#include <string.h>

#include "protocols/ftp.h"
#include "protocols/limits.h"
#include "tests/suite.h"

/* The lines of octets that come piece octets at a time, with '|' behind each, '!' for a bad one. */
static const char *lines_of(const char *octets, size_t length, size_t piece)
{
	static struct buffer found;
	struct ftp_lines lines = { .complete = false };

	buffer_clear(&found);
	buffer_add_text(&found, "");
	for (size_t at = 0; at < length;) {
		size_t part = length - at < piece ? length - at : piece, used;
		enum ftp_state state = ftp_lines_feed(&lines, octets + at, part, &used);

		ck_assert_uint_le(used, part);
		at += used;
		if (state != FTP_MORE)
			buffer_format(&found, "%s%s",
				      state == FTP_DONE ? ftp_lines_text(&lines) : "",
				      state == FTP_DONE ? "|" : "!");
	}
	ftp_lines_clear(&lines);
	return buffer_text(&found);
}

START_TEST(lines)
{
	static const struct { const char *octets; size_t length; const char *lines; } cases[] = {
		{ "USER a\r\nPASS b\r\n", 16, "USER a|PASS b|" },
		{ "NOOP\nQUIT\r\n", 11, "NOOP|QUIT|" },
		{ "\r\n\n", 3, "||" },
		{ "a\rb\r\n", 5, "a\rb|" },
		{ "a\r\0b\r\n", 6, "a\rb|" },                     /* Telnet: CR NUL is CR */
		{ "\377\364\377\362ABOR\r\n", 10, "ABOR|" },       /* IP, DM */
		{ "\377\364\377ABOR\r\n", 9, "ABOR|" },            /* DM went out of band */
		{ "\377\373\001NOOP\r\n", 9, "NOOP|" },            /* WILL */
		{ "\377\372\001x\377\360NOOP\r\n", 12, "NOOP|" },  /* SB ... SE */
		{ "CWD a\377\377b\r\n", 11, "CWD a\377b|" },
		{ "no end", 6, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece < 20; piece++)
			ck_assert_str_eq(lines_of(cases[i].octets, cases[i].length, piece),
					 cases[i].lines);
}
END_TEST

START_TEST(a_line_has_a_limit)
{
	size_t length = LIMIT_FTP_LINE + 7;
	char *octets = malloc(length);

	memset(octets, 'x', length);
	memcpy(octets + LIMIT_FTP_LINE + 1, "NOOP\r\n", 6);
	ck_assert_str_eq(lines_of(octets, length, length), "!NOOP|");
	octets[LIMIT_FTP_LINE] = '\n';
	ck_assert_uint_eq(strlen(lines_of(octets, length, 100)), LIMIT_FTP_LINE + 1 + 5);
	free(octets);
}
END_TEST

START_TEST(commands)
{
	static const char *const bad[] = { "", "A", "AB c", " USER x", "123", "USER\tx", "USERUSERS" };
	struct ftp_command command;
	struct buffer out = { 0 };

	ck_assert(!ftp_command_parse("user a b ", &command));
	ck_assert_str_eq(command.verb, "USER");
	ck_assert_str_eq(command.argument, "a b ");
	ck_assert(!ftp_command_parse("QUIT", &command));
	ck_assert_str_eq(command.argument, "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(ftp_command_parse(bad[i], &command), -1);
	ck_assert(!ftp_command_write(&out, "RETR", "a\377b"));
	ck_assert(!ftp_command_write(&out, "QUIT", NULL));
	ck_assert_int_eq(ftp_command_write(&out, "RETR", "a\r\nDELE b"), -1);
	ck_assert_str_eq(buffer_text(&out), "RETR a\377\377b\r\nQUIT\r\n");
	buffer_free(&out);
}
END_TEST

/* "CODE text" for each reply, with '|' behind it; '!' for a bad one. */
static const char *replies_of(const char *octets, size_t piece)
{
	static struct buffer found;
	struct ftp_replies replies = { .within = false };
	struct problem problem;
	size_t length = strlen(octets);

	buffer_clear(&found);
	buffer_add_text(&found, "");
	for (size_t at = 0; at < length;) {
		size_t part = length - at < piece ? length - at : piece, used;
		enum ftp_state state = ftp_replies_feed(&replies, octets + at, part, &used, &problem);

		at += used;
		if (state == FTP_DONE)
			buffer_format(&found, "%d %s|", replies.reply.code,
				      buffer_text(&replies.reply.text));
		else if (state == FTP_BAD)
			buffer_add_text(&found, "!");
	}
	ftp_replies_clear(&replies);
	return buffer_text(&found);
}

START_TEST(replies)
{
	static const struct { const char *octets, *replies; } cases[] = {
		{ "220 hello\r\n", "220 hello|" },
		{ "200\r\n", "200 |" },
		{ "220-one\r\ntwo\r\n220 three\r\n", "220 one\ntwo\nthree|" },
		{ "211-Features:\r\n SIZE\r\n REST STREAM\r\n211 End\r\n",
		  "211 Features:\n SIZE\n REST STREAM\nEnd|" },
		{ "123-a\r\n 234 b\r\n234 c\r\n123-d\r\n123 e\r\n", "123 a\n 234 b\n234 c\nd\ne|" },
		{ "331 a\r\n230 b\r\n", "331 a|230 b|" },
		{ "hello\r\n220 a\r\n", "!220 a|" },
		{ "099 a\r\n220x\r\n22 a\r\n700 a\r\n", "!!!!" },
		{ "227 (1,2,3,4,5,6)\r\n", "227 (1,2,3,4,5,6)|" },
		{ "150-a\r\n", "" },
	};
	struct buffer out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece < 40; piece++)
			ck_assert_str_eq(replies_of(cases[i].octets, piece), cases[i].replies);
	ftp_reply_write(&out, 211, "Features:\nSIZE\n211 x\nEnd");
	ck_assert_str_eq(buffer_text(&out), "211-Features:\r\n SIZE\r\n 211 x\r\n211 End\r\n");
	buffer_clear(&out);
	ftp_reply_write(&out, 226, "done");
	ck_assert_str_eq(buffer_text(&out), "226 done\r\n");
	buffer_free(&out);
}
END_TEST

START_TEST(a_reply_has_a_limit)
{
	struct buffer octets = { 0 };

	buffer_add_text(&octets, "220-a\r\n");
	while (octets.length < LIMIT_FTP_REPLY + 2000)
		buffer_format(&octets, " %01000d\r\n", 0);
	buffer_add_text(&octets, "220 b\r\n");
	const char *found = replies_of(buffer_text(&octets), octets.length);
	ck_assert_int_eq(found[0], '!');
	ck_assert_str_eq(found + strlen(found) - 6, "220 b|");
	buffer_free(&octets);
}
END_TEST

static const char *text_of(const struct address *address)
{
	static char text[ADDRESS_TEXT];

	return address_text(address, text);
}

START_TEST(ports)
{
	static const char *const bad[] = { "", "1,2,3,4,5", "1,2,3,4,5,256", "1,2,3,4,0,0", "a",
					   "1,2,3,4,5,", "1, 2,3,4,5,6", "1.2.3.4,5,6" };
	struct address address = { .place = PLACE_CORE };
	struct buffer out = { 0 };

	ck_assert(!ftp_port_parse("132,235,1,2,24,131", &address));
	ck_assert_str_eq(text_of(&address), "132.235.1.2:6275");
	ck_assert_int_eq(address.place, PLACE_CORE);
	ftp_port_write(&out, &address);
	ck_assert_str_eq(buffer_text(&out), "132,235,1,2,24,131");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(ftp_port_parse(bad[i], &address), -1);
	ck_assert(!ftp_pasv_parse("Entering Passive Mode (10,0,0,1,4,1).", &address));
	ck_assert_str_eq(text_of(&address), "10.0.0.1:1025");
	ck_assert(!ftp_pasv_parse("=10,0,0,1,4,2", &address));
	ck_assert_int_eq(ftp_pasv_parse("no numbers", &address), -1);
	buffer_free(&out);
}
END_TEST

START_TEST(extended_ports)
{
	static const char *const bad[] = {
		"", "|", "||||", "|1|1.2.3.4|0|", "|1|::1|80|", "|2|1.2.3.4|80|", "|1|1.2.3.4|80",
		"|1|1.2.3.4|70000|", "|3|x|80|", "1111.2.3.41801",
	};
	struct address address;
	struct buffer out = { 0 };
	uint16_t port;

	ck_assert(!ftp_eprt_parse("|1|132.235.1.2|6275|", &address));
	ck_assert_str_eq(text_of(&address), "132.235.1.2:6275");
	ck_assert(!ftp_eprt_parse("!2!1080::8:800:200C:417A!5282!", &address));
	ftp_eprt_write(&out, &address);
	ck_assert_str_eq(buffer_text(&out), "|2|1080::8:800:200c:417a|5282|");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(ftp_eprt_parse(bad[i], &address) == -1, "%s", bad[i]);
	ck_assert(!ftp_epsv_parse("Entering Extended Passive Mode (|||6446|)", &port));
	ck_assert_uint_eq(port, 6446);
	ck_assert(!ftp_epsv_parse("(really) (!!!80!)", &port));
	ck_assert_uint_eq(port, 80);
	ck_assert_int_eq(ftp_epsv_parse("(|||6446)", &port), -1);
	ck_assert_int_eq(ftp_epsv_parse("(", &port), -1);
	ck_assert_int_eq(ftp_epsv_parse("(|||", &port), -1);
	ck_assert_int_eq(ftp_epsv_parse("(|||0|)", &port), -1);
	buffer_free(&out);
}
END_TEST

START_TEST(names)
{
	static const struct { const char *folder, *name, *path; } cases[] = {
		{ "/", "a", "/a" },	     { "/a", "b", "/a/b" },	  { "/a/", "./b//c", "/a/b/c" },
		{ "/a/b", "../c", "/a/c" },  { "/a", "../../..", "/" },   { "/a", "/b", "/b" },
		{ "/", "", "/" },	     { "/a", "..x/.y", "/a/..x/.y" }, { "", "a", "/a" },
	};
	struct buffer out = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = ftp_path(cases[i].folder, cases[i].name);

		ck_assert_str_eq(path, cases[i].path);
		free(path);
	}
	ftp_quoted_write(&out, "/a \"b\"");
	ck_assert_str_eq(buffer_text(&out), "\"/a \"\"b\"\"\"");
	char *path = ftp_quoted_parse("\"/a \"\"b\"\"\" is the folder");
	ck_assert_str_eq(path, "/a \"b\"");
	free(path);
	path = ftp_quoted_parse("\"\"");
	ck_assert_str_eq(path, "");
	free(path);
	ck_assert_ptr_null(ftp_quoted_parse("none"));
	ck_assert_ptr_null(ftp_quoted_parse("\"open"));
	buffer_free(&out);
}
END_TEST

START_TEST(sizes)
{
	ck_assert_int_eq(ftp_announced("Opening BINARY mode data connection for a(1) (5120 bytes)."),
			 5120);
	ck_assert_int_eq(ftp_announced("File (0 bytes)"), 0);
	ck_assert_int_eq(ftp_announced("Ok to send data"), -1);
	ck_assert_int_eq(ftp_announced("(12 kB) ("), -1);
	ck_assert_int_eq(ftp_announced("(99999999999999999999 bytes)"), -1);
	ck_assert_int_eq(ftp_number("123"), 123);
	ck_assert_int_eq(ftp_number("123 "), 123);
	ck_assert_int_eq(ftp_number("-1"), -1);
	ck_assert_int_eq(ftp_number(""), -1);
	ck_assert_int_eq(ftp_number("12x"), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ftp");
	TCase *control = tcase_create("control connection"), *data = tcase_create("addresses, names");

	tcase_add_test(control, lines);
	tcase_add_test(control, a_line_has_a_limit);
	tcase_add_test(control, commands);
	tcase_add_test(control, replies);
	tcase_add_test(control, a_reply_has_a_limit);
	tcase_add_test(data, ports);
	tcase_add_test(data, extended_ports);
	tcase_add_test(data, names);
	tcase_add_test(data, sizes);
	suite_add_tcase(suite, control);
	suite_add_tcase(suite, data);
	return suite_run(suite);
}
