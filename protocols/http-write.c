#include <string.h>

#include "protocols/http.h"

#define CHUNK_MOST 1000 /* several chunks even for an Inform, so that peers are tried */

/* Does the message end with its head, so that no length need be stated (RFC 9112 6.3)? */
static bool needs_no_length(const struct http_message *message)
{
	if (message->body.length)
		return false;
	if (message->kind == HTTP_RESPONSE)
		return message->status == 204 || message->status == 304 || message->status < 200;
	return !strcmp(message->method, "GET") || !strcmp(message->method, "HEAD");
}

static void write_chunks(const struct buffer *body, struct buffer *out)
{
	size_t at = 0;

	while (at < body->length) {
		size_t length = body->length - at;

		if (length > CHUNK_MOST)
			length = CHUNK_MOST;
		buffer_format(out, "%zx\r\n", length);
		buffer_add(out, body->octets + at, length);
		buffer_add(out, "\r\n", 2);
		at += length;
	}
	buffer_add_text(out, "0\r\n\r\n");
}

void http_write(const struct http_message *message, struct buffer *out)
{
	size_t index;

	if (message->kind == HTTP_REQUEST)
		buffer_format(out, "%s %s HTTP/1.%d\r\n", message->method, message->target,
			      message->minor);
	else
		buffer_format(out, "HTTP/1.%d %03d %s\r\n", message->minor, message->status,
			      message->reason ? message->reason : "");
	for (index = 0; index < message->header_count; index++) {
		buffer_add_text(out, message->headers[index].name);
		buffer_add(out, ": ", 2);
		buffer_add_text(out, message->headers[index].value);
		buffer_add(out, "\r\n", 2);
	}
	if (message->chunked) {
		if (!http_header_get(message, "Transfer-Encoding"))
			buffer_add_text(out, "Transfer-Encoding: chunked\r\n");
	} else if (!needs_no_length(message) && !http_header_get(message, "Content-Length")) {
		buffer_format(out, "Content-Length: %zu\r\n", message->body.length);
	}
	buffer_add(out, "\r\n", 2);
	if (message->chunked)
		write_chunks(&message->body, out);
	else
		buffer_add(out, message->body.octets, message->body.length);
}
