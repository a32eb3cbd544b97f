/* First octet: bit 0 replies or commands, bit 1 feed octet by octet. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ftp.h"
#include "protocols/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

/* All that reads a text, with any. */
static void look_at(const char *text)
{
	struct address address = { .family = 0 };
	struct buffer out = { 0 };
	char *path = ftp_path("/a/b", text), *quoted = ftp_quoted_parse(text);
	uint16_t port;

	if (path[0] != '/' || strstr(path, "//") || strstr(path, "/../") || strstr(path, "/./"))
		abort();
	if (!ftp_port_parse(text, &address) || !ftp_pasv_parse(text, &address))
		ftp_port_write(&out, &address);
	if (!ftp_eprt_parse(text, &address))
		ftp_eprt_write(&out, &address);
	ftp_epsv_parse(text, &port);
	ftp_announced(text);
	ftp_number(text);
	ftp_quoted_write(&out, text);
	ftp_reply_write(&out, 200, text);
	if (quoted)
		ftp_command_write(&out, "CWD", quoted);
	free(path);
	free(quoted);
	buffer_free(&out);
}

static void commands(const uint8_t *octets, size_t length, size_t piece)
{
	struct ftp_lines lines = { .complete = false };
	struct ftp_command command;

	for (size_t at = 0, used; at < length; at += used) {
		size_t part = length - at < piece ? length - at : piece;
		enum ftp_state state = ftp_lines_feed(&lines, octets + at, part, &used);

		if (!used || used > part || lines.line.length > LIMIT_FTP_LINE)
			abort();
		if (state == FTP_DONE && !ftp_command_parse(ftp_lines_text(&lines), &command))
			look_at(command.argument);
	}
	ftp_lines_clear(&lines);
}

static void replies(const uint8_t *octets, size_t length, size_t piece)
{
	struct ftp_replies reader = { .within = false };
	struct problem problem;

	for (size_t at = 0, used; at < length; at += used) {
		size_t part = length - at < piece ? length - at : piece;
		enum ftp_state state = ftp_replies_feed(&reader, octets + at, part, &used, &problem);

		if (!used || used > part || reader.reply.text.length > LIMIT_FTP_REPLY)
			abort();
		if (state == FTP_DONE)
			look_at(buffer_text(&reader.reply.text));
	}
	ftp_replies_clear(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	if (!length)
		return 0;
	size_t piece = octets[0] & 2 ? 1 : length;

	if (octets[0] & 1)
		replies(octets + 1, length - 1, piece);
	else
		commands(octets + 1, length - 1, piece);
	return 0;
}
