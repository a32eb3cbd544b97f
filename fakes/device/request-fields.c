#include "fakes/device/request-fields.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Said here, for the writer would say it in its own spelling. */
static void say_length(struct http_message *request)
{
	char length[24];

	snprintf(length, sizeof(length), "%zu", request->body.length);
	http_header_remove(request, "Content-Length");
	http_header_remove(request, "Transfer-Encoding");
	if (request->chunked)
		http_header_add(request, "Transfer-Encoding", "chunked");
	else if (strcmp(request->method, "GET") != 0)
		http_header_add(request, "Content-Length", length);
}

static void spell_names(struct http_message *request, int (*spell)(int letter))
{
	for (size_t i = 0; i < request->header_count; i++)
		for (char *c = request->headers[i].name; *c; c++)
			*c = (char)spell((unsigned char)*c);
}

static void reverse(struct http_message *request)
{
	for (size_t i = 0; i < request->header_count / 2; i++) {
		struct http_header *other = &request->headers[request->header_count - 1 - i];
		struct http_header kept = request->headers[i];

		request->headers[i] = *other;
		*other = kept;
	}
}

static void add_extra(struct http_message *request, const struct http_client_options *options)
{
	static const char *const fields[][2] = {
		{"User-Agent", "gSOAP/2.8 (cell; rev \"7\")"}, {"Accept", "text/xml, */*;q=0.1"},
		{"Accept-Encoding", "identity"}, {"Accept-Language", "en"},
		{"Date", "Thu, 01 Jan 1970 00:00:00 GMT"}, {"Cache-Control", "no-cache"},
		{"Pragma", "no-cache"}, {"MIME-Version", "1.0"}, {"X-Vendor", ""},
		{"Connection", "keep-alive"},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (!strcmp(fields[i][0], "Connection") && options->connection_each)
			continue;
		http_header_remove(request, fields[i][0]);
		http_header_add(request, fields[i][0], fields[i][1]);
	}
}

void request_fields(struct http_message *request, const struct http_client_options *options)
{
	http_header_remove(request, "Expect");
	if (options->extra_fields)
		add_extra(request, options);
	if (options->expect && request->body.length)
		http_header_add(request, "Expect", "100-continue");
	if (!options->lower_case && !options->upper_case)
		return;
	say_length(request);
	if (options->upper_case)
		reverse(request);
	spell_names(request, options->upper_case ? toupper : tolower);
}

void request_cookie_version(struct buffer *cookies)
{
	struct buffer longer = {0};

	if (!cookies->length)
		return;
	buffer_add_text(&longer, "$Version=1; ");
	for (size_t i = 0; i < cookies->length; i++) {
		if (cookies->octets[i] == ';')
			buffer_add_text(&longer, "; $Path=/");
		buffer_add(&longer, cookies->octets + i, 1);
	}
	buffer_add_text(&longer, "; $Path=/");
	buffer_free(cookies);
	*cookies = longer;
}
