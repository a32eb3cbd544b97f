#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/http.h"
#include "protocols/memory.h"

struct http_message *http_request_new(const char *method, const char *target)
{
	struct http_message *message = memory_new(sizeof(*message));

	message->kind = HTTP_REQUEST;
	message->minor = 1;
	message->method = memory_text(method);
	message->target = memory_text(target);
	return message;
}

struct http_message *http_response_new(int status, const char *reason)
{
	struct http_message *message = memory_new(sizeof(*message));

	message->kind = HTTP_RESPONSE;
	message->minor = 1;
	message->status = status;
	message->reason = memory_text(reason ? reason : http_reason(status));
	return message;
}

const char *http_header_get(const struct http_message *message, const char *name)
{
	size_t index;

	for (index = 0; index < message->header_count; index++)
		if (!strcasecmp(message->headers[index].name, name))
			return message->headers[index].value;
	return NULL;
}

void http_header_add(struct http_message *message, const char *name, const char *value)
{
	size_t count = message->header_count;
	struct http_header *header;

	/* Room grows at each power of two, from 8 on, so no capacity need be kept. */
	if (!count || (count >= 8 && !(count & (count - 1))))
		message->headers = memory_resize(message->headers, count ? count * 2 : 8,
						 sizeof(*message->headers));
	header = &message->headers[count];
	header->name = memory_text(name);
	header->value = memory_text(value);
	message->header_count = count + 1;
}

/* Fields keep their order. The room is made anew as if each had just been added. */
void http_header_remove(struct http_message *message, const char *name)
{
	struct http_header *old = message->headers;
	size_t count = message->header_count, index;

	message->headers = NULL;
	message->header_count = 0;
	for (index = 0; index < count; index++) {
		if (strcasecmp(old[index].name, name))
			http_header_add(message, old[index].name, old[index].value);
		free(old[index].name);
		free(old[index].value);
	}
	free(old);
}

/* Does one of the Connection fields list this option (RFC 9110 7.6.1)? */
static bool connection_option(const struct http_message *message, const char *option)
{
	size_t length = strlen(option), index;

	for (index = 0; index < message->header_count; index++) {
		const char *at = message->headers[index].value;

		if (strcasecmp(message->headers[index].name, "Connection"))
			continue;
		while (*at) {
			size_t token;

			at += strspn(at, ", \t");
			token = strcspn(at, ", \t");
			if (token == length && !strncasecmp(at, option, length))
				return true;
			at += token;
		}
	}
	return false;
}

bool http_keep_alive(const struct http_message *message)
{
	if (message->until_close || connection_option(message, "close"))
		return false;
	return message->minor >= 1 || connection_option(message, "keep-alive");
}

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{100, "Continue"}, {101, "Switching Protocols"}, {200, "OK"}, {201, "Created"},
		{202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
		{300, "Multiple Choices"}, {301, "Moved Permanently"}, {302, "Found"},
		{303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
		{308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"},
		{403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
		{406, "Not Acceptable"}, {407, "Proxy Authentication Required"},
		{408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"},
		{411, "Length Required"}, {413, "Content Too Large"}, {414, "URI Too Long"},
		{415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"},
		{417, "Expectation Failed"}, {426, "Upgrade Required"},
		{429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
		{503, "Service Unavailable"}, {504, "Gateway Timeout"},
		{505, "HTTP Version Not Supported"},
	};
	size_t index;

	for (index = 0; index < sizeof(reasons) / sizeof(reasons[0]); index++)
		if (reasons[index].status == status)
			return reasons[index].reason;
	return "Unknown";
}

void http_message_free(struct http_message *message)
{
	size_t index;

	if (!message)
		return;
	for (index = 0; index < message->header_count; index++) {
		free(message->headers[index].name);
		free(message->headers[index].value);
	}
	free(message->headers);
	free(message->method);
	free(message->target);
	free(message->reason);
	buffer_free(&message->body);
	free(message);
}
