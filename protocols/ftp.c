#include "protocols/ftp.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/limits.h"
#include "protocols/memory.h"

/* RFC 854: what follows an IAC. */
enum { TELNET_SE = 240, TELNET_SB = 250, TELNET_WILL = 251, TELNET_DONT = 254, TELNET_IAC = 255 };
/* Where in a Telnet command the reader is. */
enum { OUTSIDE, BEHIND_IAC, OPTION, INSIDE, INSIDE_IAC };

/* --- lines --- */

/* Takes an octet of a Telnet command; true: it is one of the line after all. */
static bool telnet(struct ftp_lines *lines, uint8_t octet)
{
	switch (lines->telnet) {
	case BEHIND_IAC:
		lines->telnet = octet == TELNET_SB ? INSIDE
				: octet >= TELNET_WILL && octet <= TELNET_DONT ? OPTION
									       : OUTSIDE;
		/* An IAC that is meant is doubled. Behind an IAC whose mark went out of band (DM as
		 * TCP's urgent octet) the line goes on. */
		return octet == TELNET_IAC || octet < TELNET_SE;
	case INSIDE:
		if (octet == TELNET_IAC)
			lines->telnet = INSIDE_IAC;
		return false;
	case INSIDE_IAC:
		lines->telnet = octet == TELNET_SE ? OUTSIDE : INSIDE;
		return false;
	default:
		lines->telnet = OUTSIDE;
		return false;
	}
}

static enum ftp_state end_line(struct ftp_lines *lines)
{
	struct buffer *line = &lines->line;

	lines->complete = true;
	if (line->length && line->octets[line->length - 1] == '\r')
		line->octets[--line->length] = '\0';
	return FTP_DONE;
}

enum ftp_state ftp_lines_feed(struct ftp_lines *lines, const void *octets, size_t length,
			      size_t *used)
{
	const uint8_t *at = octets;

	if (lines->complete)
		buffer_clear(&lines->line);
	lines->complete = false;
	for (*used = 0; *used < length;) {
		uint8_t octet = at[(*used)++];

		if (lines->telnet != OUTSIDE) {
			if (!telnet(lines, octet))
				continue;
		} else if (octet == TELNET_IAC) {
			lines->telnet = BEHIND_IAC;
			continue;
		}
		if (octet == '\n')
			return end_line(lines);
		if (octet == '\0') /* of Telnet's CR NUL */
			continue;
		if (lines->line.length == LIMIT_FTP_LINE) {
			lines->complete = true;
			return FTP_BAD;
		}
		buffer_add_u8(&lines->line, octet);
	}
	return FTP_MORE;
}

const char *ftp_lines_text(const struct ftp_lines *lines)
{
	return buffer_text(&lines->line);
}

void ftp_lines_clear(struct ftp_lines *lines)
{
	buffer_free(&lines->line);
	*lines = (struct ftp_lines){ .telnet = OUTSIDE };
}

/* --- commands --- */

int ftp_command_parse(const char *line, struct ftp_command *command)
{
	size_t length = 0;

	for (; length < FTP_VERB - 1 && isalpha((unsigned char)line[length]); length++)
		command->verb[length] = (char)toupper((unsigned char)line[length]);
	command->verb[length] = '\0';
	command->argument = line + length;
	if (length < 3 || (line[length] && line[length] != ' '))
		return -1;
	if (line[length])
		command->argument++;
	return 0;
}

static void add_escaped(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		if ((uint8_t)*text == TELNET_IAC)
			buffer_add_u8(out, TELNET_IAC);
		buffer_add_u8(out, (uint8_t)*text);
	}
}

int ftp_command_write(struct buffer *out, const char *verb, const char *argument)
{
	if (argument && strpbrk(argument, "\r\n"))
		return -1;
	buffer_add_text(out, verb);
	if (argument) {
		buffer_add_u8(out, ' ');
		add_escaped(out, argument);
	}
	buffer_add_text(out, "\r\n");
	return 0;
}

/* --- replies --- */

/* The code at the beginning of a line, what stands behind it in *mark; 0 = it has none. */
static int code_of(const char *line, char *mark)
{
	int code = 0;

	for (size_t i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)line[i]))
			return 0;
		code = 10 * code + (line[i] - '0');
	}
	*mark = line[3];
	/* RFC 2228 3 adds the sixth kind: replies that are protected. */
	return code >= 100 && code < 700 && (!line[3] || line[3] == ' ' || line[3] == '-') ? code : 0;
}

static int add_line(struct ftp_reply *reply, const char *text, struct problem *problem)
{
	if (reply->text.length + strlen(text) >= LIMIT_FTP_REPLY)
		return problem_set(problem, "a reply is longer than %zu octets",
				   (size_t)LIMIT_FTP_REPLY);
	buffer_add_text(&reply->text, text);
	return 0;
}

static enum ftp_state take_line(struct ftp_replies *replies, struct problem *problem)
{
	struct ftp_reply *reply = &replies->reply;
	const char *line = ftp_lines_text(&replies->lines);
	char mark = '\0';
	int code = code_of(line, &mark);
	bool last = code && mark != '-';

	if (!replies->within) {
		buffer_clear(&reply->text);
		reply->code = code;
		if (!code) {
			problem_set(problem, "\"%.80s\" is no reply", line);
			return FTP_BAD;
		}
	} else {
		buffer_add_u8(&reply->text, '\n');
		last = last && code == reply->code;
	}
	/* In between the code may stand, and need not. */
	if (code == reply->code)
		line += mark ? 4 : 3;
	replies->within = !last;
	if (add_line(reply, line, problem) == 0)
		return last ? FTP_DONE : FTP_MORE;
	replies->within = false;
	return FTP_BAD;
}

enum ftp_state ftp_replies_feed(struct ftp_replies *replies, const void *octets, size_t length,
				size_t *used, struct problem *problem)
{
	const uint8_t *at = octets;
	enum ftp_state state = FTP_MORE;

	for (*used = 0; *used < length && state == FTP_MORE;) {
		size_t taken;

		state = ftp_lines_feed(&replies->lines, at + *used, length - *used, &taken);
		*used += taken;
		if (state == FTP_BAD) {
			problem_set(problem, "a line is longer than %zu octets",
				    (size_t)LIMIT_FTP_LINE);
			replies->within = false;
		}
		if (state == FTP_DONE)
			state = take_line(replies, problem);
	}
	return state;
}

void ftp_replies_clear(struct ftp_replies *replies)
{
	ftp_lines_clear(&replies->lines);
	buffer_free(&replies->reply.text);
	*replies = (struct ftp_replies){ .within = false };
}

void ftp_reply_write(struct buffer *out, int code, const char *text)
{
	bool first = true;
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1) {
		/* A digit at the beginning of a line in between could be taken for the end. */
		if (first)
			buffer_format(out, "%03d-", code);
		else
			buffer_add_u8(out, ' ');
		buffer_add(out, text, (size_t)(end - text));
		buffer_add_text(out, "\r\n");
		first = false;
	}
	buffer_format(out, "%03d %s\r\n", code, text);
}
