/* First octet: bit 0 request or response, bit 1 feed octet by octet. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "protocols/http-auth.h"
#include "protocols/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static void look_at(struct http_message *message)
{
	struct http_challenge challenge;
	struct http_credentials credentials;
	struct buffer out = {0};
	size_t index;

	for (index = 0; index < message->header_count; index++) {
		http_challenge_parse(message->headers[index].value, &challenge, NULL);
		http_credentials_parse(message->headers[index].value, &credentials, NULL);
	}
	http_keep_alive(message);
	http_write(message, &out);
	buffer_free(&out);
	http_message_free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	static const struct http_limits limits = {.headers = 20, .body = 4096, .keep = 1000};
	struct http_parser *parser;
	struct problem problem;
	size_t at = 1, used;
	enum http_state state;

	if (!length)
		return 0;
	parser = http_parser_new(octets[0] & 1 ? HTTP_RESPONSE : HTTP_REQUEST, &limits);
	while (at < length) {
		size_t piece = octets[0] & 2 ? 1 : length - at;

		state = http_parser_feed(parser, octets + at, piece, &used, &problem);
		if (used > piece || (state == HTTP_MORE && used < piece))
			abort();
		at += used;
		if (state == HTTP_BAD)
			break;
		if (state == HTTP_DONE)
			look_at(http_parser_take(parser));
	}
	if (http_parser_end(parser, &problem) == HTTP_DONE)
		look_at(http_parser_take(parser));
	http_parser_free(parser);
	return 0;
}
