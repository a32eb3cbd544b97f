/*
 * http: HTTP/1.0 and 1.1 messages (RFC 9112) from octets and to octets. No I/O.
 *
 * One parser serves the fakes, the simulated device and the capture reader. It keeps
 * what it read as it was written (header spelling, both of two contradicting fields), so
 * that a check can ask for it. It accepts what a lenient server accepts (bare LF, no
 * reason phrase, absent spaces) and reports what cannot be understood.
 */
#ifndef PROTOCOLS_HTTP_H
#define PROTOCOLS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/buffer.h"
#include "protocols/problem.h"

struct http_header {
	char *name;  /* as spelled */
	char *value; /* without leading and trailing white space */
};

enum http_kind { HTTP_REQUEST, HTTP_RESPONSE };

struct http_message {
	enum http_kind kind;
	char *method; /* request */
	char *target;
	int minor;  /* HTTP/1.minor */
	int status; /* response */
	char *reason;
	struct http_header *headers;
	size_t header_count;
	bool chunked;
	bool has_length;
	uint64_t content_length;
	bool until_close; /* read: the body ended with the connection */
	struct buffer body;
	uint64_t body_skipped; /* read: octets of the body beyond the limit keep */
};

struct http_limits { /* 0 in a field = the default in parentheses */
	size_t line;    /* octets in one line (LIMIT_HTTP_LINE) */
	size_t headers; /* header fields (LIMIT_HTTP_HEADERS) */
	size_t body;    /* octets in a body (LIMIT_HTTP_BODY) */
	size_t keep;    /* octets of a body that are kept, the rest is only counted (all) */
};

enum http_state {
	HTTP_MORE, /* wants more octets */
	HTTP_DONE, /* one message is complete */
	HTTP_BAD,  /* cannot be understood; nothing more can be read from this stream */
};

struct http_parser;

struct http_parser *http_parser_new(enum http_kind kind, const struct http_limits *limits);
void http_parser_free(struct http_parser *parser);
/* Reads from octets; *used says how many were taken (less than length only on HTTP_DONE and
 * HTTP_BAD). After HTTP_DONE take the message, then feed on. problem: why BAD. */
enum http_state http_parser_feed(struct http_parser *parser, const void *octets, size_t length,
				 size_t *used, struct problem *problem);
/* The peer closed its side: HTTP_DONE completes a response that ends at close, HTTP_MORE
 * says that nothing had begun, HTTP_BAD that a message was cut (problem says where). */
enum http_state http_parser_end(struct http_parser *parser, struct problem *problem);
/* The next response has no body whatever it says: the answer to a HEAD. */
void http_parser_no_body(struct http_parser *parser);
/* After HTTP_BAD: the limit that was reached (limits.h: "http.body"), NULL when it was none. */
const char *http_parser_limit(const struct http_parser *parser);
/* Has the head been read whole, so that http_parser_peek is complete up to the body? */
bool http_parser_has_head(const struct http_parser *parser);
const struct http_message *http_parser_peek(const struct http_parser *parser);
/* The complete message; the caller owns it; the parser is ready for the next. */
struct http_message *http_parser_take(struct http_parser *parser);

struct http_message *http_request_new(const char *method, const char *target);
struct http_message *http_response_new(int status, const char *reason);
/* The first header field of that name (any case), or NULL. */
const char *http_header_get(const struct http_message *message, const char *name);
void http_header_add(struct http_message *message, const char *name, const char *value);
void http_header_remove(struct http_message *message, const char *name);
/* Does the connection stay open after this message (RFC 9112 9.3)? */
bool http_keep_alive(const struct http_message *message);
/* The standard reason phrase of a status. */
const char *http_reason(int status);
/* Writes the message: start line, header fields as they stand, then the body; adds
 * Content-Length unless one stands there, or Transfer-Encoding when chunked is set (then
 * the body in chunks of at most 1000 octets), or neither for 204 and for a GET. */
void http_write(const struct http_message *message, struct buffer *out);
void http_message_free(struct http_message *message);

#endif
