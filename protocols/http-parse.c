#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/http.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

enum place { /* what the next octets are */
	PLACE_START,
	PLACE_HEADERS,
	PLACE_LENGTH,
	PLACE_UNTIL_CLOSE,
	PLACE_CHUNK_SIZE,
	PLACE_CHUNK,
	PLACE_CHUNK_END,
	PLACE_TRAILERS,
	PLACE_COMPLETE,
	PLACE_FAILED,
};

struct http_parser {
	enum http_kind kind;
	struct http_limits limits;
	enum place place;
	bool no_body;
	bool has_head;
	struct buffer line; /* the beginning of a line that is not complete yet */
	size_t empty_lines; /* before the start line */
	size_t trailers;
	uint64_t wanted; /* octets still missing in the body or chunk */
	struct http_message *message;
	const char *limit; /* that made it fail, as limits.h names it; NULL = none */
	struct problem problem; /* kept: a failed parser says the same again */
};

/* One line without its end; cut out of the octets fed, so not NUL-terminated. */
struct line {
	const char *text;
	size_t length;
};

static void parser_begin(struct http_parser *parser)
{
	parser->place = PLACE_START;
	parser->has_head = false;
	parser->empty_lines = 0;
	parser->trailers = 0;
	parser->message = memory_new(sizeof(*parser->message));
	parser->message->kind = parser->kind;
}

struct http_parser *http_parser_new(enum http_kind kind, const struct http_limits *limits)
{
	struct http_parser *parser = memory_new(sizeof(*parser));

	parser->kind = kind;
	if (limits)
		parser->limits = *limits;
	if (!parser->limits.line)
		parser->limits.line = LIMIT_HTTP_LINE;
	if (!parser->limits.headers)
		parser->limits.headers = LIMIT_HTTP_HEADERS;
	if (!parser->limits.body)
		parser->limits.body = LIMIT_HTTP_BODY;
	if (!parser->limits.keep)
		parser->limits.keep = parser->limits.body;
	parser_begin(parser);
	return parser;
}

void http_parser_free(struct http_parser *parser)
{
	if (!parser)
		return;
	http_message_free(parser->message);
	buffer_free(&parser->line);
	free(parser);
}

/* Keeps the name of the limit that was reached; most: of what. Returns -1. */
static int too_much(struct http_parser *parser, struct problem *problem, const char *limit,
		    const char *format, size_t most)
	__attribute__((format(printf, 4, 0)));

static int too_much(struct http_parser *parser, struct problem *problem, const char *limit,
		    const char *format, size_t most)
{
	char text[sizeof(problem->text)];

	parser->limit = limit;
	snprintf(text, sizeof(text), format, most);
	return problem_set(problem, "%s (limit %s)", text, limit);
}

/* The limit on bodies goes by two names: where only files are so large, nothing is kept of them. */
static const char *body_limit(const struct http_parser *parser)
{
	return parser->limits.body > LIMIT_HTTP_BODY ? "http.file" : "http.body";
}

static bool is_token(const char *text, size_t length)
{
	static const char others[] = "!#$%&'*+-.^_`|~"; /* RFC 9110 5.6.2 */
	size_t index;

	for (index = 0; index < length; index++) {
		char c = text[index];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && !memchr(others, c, sizeof(others) - 1))
			return false;
	}
	return length > 0;
}

static size_t count_spaces(const char *text, size_t length)
{
	size_t count = 0;

	while (count < length && (text[count] == ' ' || text[count] == '\t'))
		count++;
	return count;
}

static struct line trim(struct line line)
{
	size_t spaces = count_spaces(line.text, line.length);

	line.text += spaces;
	line.length -= spaces;
	while (line.length && (line.text[line.length - 1] == ' ' ||
			       line.text[line.length - 1] == '\t'))
		line.length--;
	return line;
}

/* Reads "HTTP/1.N" at the start; its length, or 0. */
static size_t read_version(struct line line, int *minor)
{
	if (line.length < 8 || memcmp(line.text, "HTTP/1.", 7) || line.text[7] < '0' ||
	    line.text[7] > '9')
		return 0;
	*minor = line.text[7] - '0';
	return 8;
}

static int read_request_line(struct http_message *message, struct line line,
			     struct problem *problem)
{
	const char *space = memchr(line.text, ' ', line.length);
	size_t method = space ? (size_t)(space - line.text) : 0;
	struct line rest;

	if (!space || !is_token(line.text, method))
		return problem_set(problem, "not an HTTP request line");
	rest = trim((struct line){space, line.length - method});
	if (rest.length < 8 ||
	    !read_version((struct line){rest.text + rest.length - 8, 8}, &message->minor))
		return problem_set(problem, "the request line does not end with HTTP/1.0 or "
					    "HTTP/1.1");
	rest.length -= 8;
	rest = trim(rest);
	if (!rest.length)
		return problem_set(problem, "the request line has no target");
	message->method = memory_text_length(line.text, method);
	message->target = memory_text_length(rest.text, rest.length);
	return 0;
}

static int read_status_line(struct http_message *message, struct line line,
			    struct problem *problem)
{
	size_t at = read_version(line, &message->minor), digits;
	struct line reason;

	if (!at)
		return problem_set(problem, "not an HTTP/1 status line");
	at += count_spaces(line.text + at, line.length - at);
	for (digits = 0; digits < 3 && at < line.length; digits++, at++) {
		if (line.text[at] < '0' || line.text[at] > '9')
			break;
		message->status = message->status * 10 + (line.text[at] - '0');
	}
	if (digits < 3 || message->status < 100 ||
	    (at < line.length && line.text[at] >= '0' && line.text[at] <= '9'))
		return problem_set(problem, "the status is no number from 100 to 999");
	reason = trim((struct line){line.text + at, line.length - at});
	message->reason = memory_text_length(reason.text, reason.length);
	return 0;
}

/* A line that begins with white space goes on with the field before it (RFC 9112 5.2). */
static int read_folded(struct http_parser *parser, struct line line, struct problem *problem)
{
	struct http_message *message = parser->message;
	struct http_header *header;
	size_t old;

	if (!message->header_count)
		return problem_set(problem, "the first header line begins with white space");
	header = &message->headers[message->header_count - 1];
	line = trim(line);
	old = strlen(header->value);
	if (old + line.length + 1 > parser->limits.line)
		return too_much(parser, problem, "http.line",
				"a folded header field is longer than %zu octets",
				parser->limits.line);
	header->value = memory_resize(header->value, old + line.length + 2, 1);
	if (old && line.length)
		header->value[old++] = ' ';
	if (line.length)
		memcpy(header->value + old, line.text, line.length);
	header->value[old + line.length] = '\0';
	return 0;
}

static int read_header(struct http_parser *parser, struct line line, struct problem *problem)
{
	const char *colon = memchr(line.text, ':', line.length);
	char name[256];
	struct line field, value;
	char *text;

	if (line.text[0] == ' ' || line.text[0] == '\t')
		return read_folded(parser, line, problem);
	if (parser->message->header_count >= parser->limits.headers)
		return too_much(parser, problem, "http.headers", "more than %zu header fields",
				parser->limits.headers);
	if (!colon)
		return problem_set(problem, "a header line without a colon");
	field = trim((struct line){line.text, (size_t)(colon - line.text)});
	if (!is_token(field.text, field.length) || field.length >= sizeof(name))
		return problem_set(problem, "a header field whose name is no token");
	memcpy(name, field.text, field.length);
	name[field.length] = '\0';
	value = trim((struct line){colon + 1, line.length - (size_t)(colon - line.text) - 1});
	text = memory_text_length(value.text, value.length);
	http_header_add(parser->message, name, text);
	free(text);
	return 0;
}

/* Reads a Content-Length, also as a list of equal numbers (RFC 9112 6.3). */
static int read_length(struct http_parser *parser, const char *value, struct problem *problem)
{
	struct http_message *message = parser->message;

	do {
		char *end;
		unsigned long long length;

		value += strspn(value, ", \t");
		if (*value < '0' || *value > '9')
			return problem_set(problem, "Content-Length is no number");
		length = strtoull(value, &end, 10);
		if (*end && !strchr(", \t", *end))
			return problem_set(problem, "Content-Length is no number");
		if (length > parser->limits.body)
			return too_much(parser, problem, body_limit(parser),
					"Content-Length is more than %zu octets",
					parser->limits.body);
		if (message->has_length && message->content_length != length)
			return problem_set(problem, "two Content-Length values contradict");
		message->has_length = true;
		message->content_length = length;
		value = end;
	} while (*value);
	return 0;
}

/* Is "chunked" the last coding of a Transfer-Encoding field? */
static bool ends_chunked(const char *value)
{
	size_t length = strlen(value);

	return length >= 7 && !strcasecmp(value + length - 7, "chunked") &&
	       (length == 7 || strchr(", \t", value[length - 8]));
}

/* What the head says of the body's end (RFC 9112 6.3). */
static int read_framing(struct http_parser *parser, struct problem *problem)
{
	struct http_message *message = parser->message;
	size_t index;
	bool coded = false;

	for (index = 0; index < message->header_count; index++) {
		const struct http_header *header = &message->headers[index];

		if (!strcasecmp(header->name, "Content-Length")) {
			if (read_length(parser, header->value, problem) < 0)
				return -1;
		} else if (!strcasecmp(header->name, "Transfer-Encoding")) {
			coded = strcasecmp(header->value, "identity") != 0;
			message->chunked = ends_chunked(header->value);
		}
	}
	if (coded && !message->chunked && parser->kind == HTTP_REQUEST)
		return problem_set(problem, "a Transfer-Encoding that does not end with chunked");
	if (coded && !message->chunked)
		message->has_length = false;
	return 0;
}

static int begin_body(struct http_parser *parser, struct problem *problem)
{
	struct http_message *message = parser->message;
	int status = message->status;
	bool none = parser->no_body || (parser->kind == HTTP_RESPONSE &&
					(status < 200 || status == 204 || status == 304));

	if (read_framing(parser, problem) < 0)
		return -1;
	parser->has_head = true;
	if (none) {
		parser->place = PLACE_COMPLETE;
	} else if (message->chunked) {
		parser->place = PLACE_CHUNK_SIZE;
	} else if (message->has_length) {
		parser->wanted = message->content_length;
		parser->place = parser->wanted ? PLACE_LENGTH : PLACE_COMPLETE;
	} else if (parser->kind == HTTP_RESPONSE) {
		message->until_close = true;
		parser->place = PLACE_UNTIL_CLOSE;
	} else {
		parser->place = PLACE_COMPLETE;
	}
	return 0;
}

static int read_chunk_size(struct http_parser *parser, struct line line, struct problem *problem)
{
	static const char digits[] = "0123456789abcdef";
	const struct http_message *message = parser->message;
	uint64_t size = 0;
	size_t at;

	line = trim(line);
	for (at = 0; at < line.length; at++) {
		char lower = (char)(line.text[at] | 0x20);
		const char *digit = memchr(digits, line.text[at] < '@' ? line.text[at] : lower,
					   sizeof(digits) - 1);

		if (!digit)
			break;
		size = size * 16 + (uint64_t)(digit - digits);
		if (size > parser->limits.body)
			break;
	}
	if (!at || (at < line.length && size <= parser->limits.body &&
		    !strchr("; \t", line.text[at])))
		return problem_set(problem, "a chunk's size is no hexadecimal number");
	if (size > parser->limits.body - message->body.length - message->body_skipped)
		return too_much(parser, problem, body_limit(parser),
				"a chunked body of more than %zu octets", parser->limits.body);
	parser->wanted = size;
	parser->place = size ? PLACE_CHUNK : PLACE_TRAILERS;
	return 0;
}

static int read_start(struct http_parser *parser, struct line line, struct problem *problem)
{
	if (!line.length) { /* some clients send an empty line after a body (RFC 9112 2.2) */
		if (++parser->empty_lines > LIMIT_HTTP_EMPTY_LINES)
			return problem_set(problem, "empty lines instead of a message");
		return 0;
	}
	parser->place = PLACE_HEADERS;
	if (parser->kind == HTTP_REQUEST)
		return read_request_line(parser->message, line, problem);
	return read_status_line(parser->message, line, problem);
}

static int read_line(struct http_parser *parser, struct line line, struct problem *problem)
{
	if (line.length && line.text[line.length - 1] == '\r')
		line.length--;
	if (memchr(line.text, '\0', line.length))
		return problem_set(problem, "a zero octet in the head");
	switch (parser->place) {
	case PLACE_START:
		return read_start(parser, line, problem);
	case PLACE_HEADERS:
		return line.length ? read_header(parser, line, problem)
				   : begin_body(parser, problem);
	case PLACE_CHUNK_SIZE:
		return read_chunk_size(parser, line, problem);
	case PLACE_CHUNK_END:
		if (line.length)
			return problem_set(problem, "a chunk is longer than its size says");
		parser->place = PLACE_CHUNK_SIZE;
		return 0;
	default: /* trailers are read and forgotten: nothing in TR-069 uses them */
		if (!line.length)
			parser->place = PLACE_COMPLETE;
		else if (++parser->trailers > parser->limits.headers)
			return too_much(parser, problem, "http.headers",
					"more than %zu trailer fields", parser->limits.headers);
		return 0;
	}
}

/* Takes octets up to the next line end; how many were taken. */
static size_t feed_line(struct http_parser *parser, const char *octets, size_t length, int *result)
{
	const char *end = memchr(octets, '\n', length);
	size_t taken = end ? (size_t)(end - octets) + 1 : length;
	struct line line = {octets, end ? taken - 1 : taken};

	if (parser->line.length + line.length > parser->limits.line) {
		*result = too_much(parser, &parser->problem, "http.line",
				   "a line of more than %zu octets", parser->limits.line);
		return taken;
	}
	if (!end || parser->line.length) {
		buffer_add(&parser->line, line.text, line.length);
		line = (struct line){buffer_text(&parser->line), parser->line.length};
	}
	if (end) {
		*result = read_line(parser, line, &parser->problem);
		buffer_clear(&parser->line);
	}
	return taken;
}

static uint64_t body_length(const struct http_message *message)
{
	return message->body.length + message->body_skipped;
}

static void keep_body(struct http_parser *parser, const char *octets, size_t length)
{
	struct http_message *message = parser->message;
	size_t room = parser->limits.keep - message->body.length;

	if (room > length)
		room = length;
	buffer_add(&message->body, octets, room);
	message->body_skipped += length - room;
}

static size_t feed_body(struct http_parser *parser, const char *octets, size_t length, int *result)
{
	if (parser->place == PLACE_UNTIL_CLOSE) {
		if (length > parser->limits.body - body_length(parser->message)) {
			*result = too_much(parser, &parser->problem, body_limit(parser),
					   "a body of more than %zu octets", parser->limits.body);
			return 0;
		}
		keep_body(parser, octets, length);
		return length;
	}
	if (length > parser->wanted)
		length = (size_t)parser->wanted;
	keep_body(parser, octets, length);
	parser->wanted -= length;
	if (!parser->wanted)
		parser->place = parser->place == PLACE_CHUNK ? PLACE_CHUNK_END : PLACE_COMPLETE;
	return length;
}

enum http_state http_parser_feed(struct http_parser *parser, const void *octets, size_t length,
				 size_t *used, struct problem *problem)
{
	const char *at = octets;
	int result = 0;

	*used = 0;
	while (*used < length && parser->place < PLACE_COMPLETE) {
		bool body = parser->place == PLACE_LENGTH || parser->place == PLACE_CHUNK ||
			    parser->place == PLACE_UNTIL_CLOSE;

		*used += (body ? feed_body : feed_line)(parser, at + *used, length - *used,
							&result);
		if (result < 0)
			parser->place = PLACE_FAILED;
	}
	if (parser->place == PLACE_FAILED) {
		if (problem)
			*problem = parser->problem;
		return HTTP_BAD;
	}
	return parser->place == PLACE_COMPLETE ? HTTP_DONE : HTTP_MORE;
}

enum http_state http_parser_end(struct http_parser *parser, struct problem *problem)
{
	const struct http_message *message = parser->message;

	switch (parser->place) {
	case PLACE_COMPLETE:
		return HTTP_DONE;
	case PLACE_UNTIL_CLOSE:
		parser->place = PLACE_COMPLETE;
		return HTTP_DONE;
	case PLACE_FAILED:
		if (problem)
			*problem = parser->problem;
		return HTTP_BAD;
	case PLACE_START:
		if (!parser->line.length)
			return HTTP_MORE;
		problem_set(&parser->problem, "closed inside the start line");
		break;
	case PLACE_HEADERS:
		problem_set(&parser->problem, "closed inside the header");
		break;
	case PLACE_LENGTH:
		problem_set(&parser->problem, "closed after %llu of %llu octets of the body",
			    (unsigned long long)body_length(message),
			    (unsigned long long)message->content_length);
		break;
	default:
		problem_set(&parser->problem, "closed inside a chunked body, after %llu octets",
			    (unsigned long long)body_length(message));
		break;
	}
	parser->place = PLACE_FAILED;
	if (problem)
		*problem = parser->problem;
	return HTTP_BAD;
}

void http_parser_no_body(struct http_parser *parser)
{
	parser->no_body = true;
}

bool http_parser_has_head(const struct http_parser *parser)
{
	return parser->has_head;
}

const char *http_parser_limit(const struct http_parser *parser)
{
	return parser->limit;
}

const struct http_message *http_parser_peek(const struct http_parser *parser)
{
	return parser->message;
}

struct http_message *http_parser_take(struct http_parser *parser)
{
	struct http_message *message = parser->message;

	/* An interim response is not yet the answer that has no body. */
	if (message->kind != HTTP_RESPONSE || message->status >= 200)
		parser->no_body = false;
	parser_begin(parser);
	return message;
}
