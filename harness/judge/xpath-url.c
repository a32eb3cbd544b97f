/* host-of(url), port-of(url), scheme-of(url), address-in(s, prefix). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/judge/xpath-arguments.h"
#include "protocols/address.h"
#include "protocols/memory.h"

struct url { /* parts of a text, none of them terminated */
	const char *scheme, *host, *port;
	size_t scheme_length, host_length, port_length;
};

static const struct {
	const char *scheme, *port;
} usual_ports[] = {
	{ "http", "80" }, { "https", "443" }, { "ftp", "21" },
	{ "ftps", "990" }, { "sftp", "22" }, { "tftp", "69" },
};

/* scheme://user@host:port/path, RFC 3986 3.2; a text without "://" is host[:port]. */
static void split(const char *text, struct url *url)
{
	const char *mark = strstr(text, "://");

	memset(url, 0, sizeof(*url));
	url->scheme = text;
	url->scheme_length = mark ? (size_t)(mark - text) : 0;
	const char *host = mark ? mark + 3 : text;
	const char *end = host + strcspn(host, "/?#");
	const char *user = memrchr(host, '@', (size_t)(end - host));

	if (user)
		host = user + 1;
	const char *stop = memchr(host, ']', (size_t)(end - host));
	bool literal = *host == '[' && stop;
	const char *colon = memchr(literal ? stop : host, ':',
				   (size_t)(end - (literal ? stop : host)));

	url->host = literal ? host + 1 : host;
	url->host_length = (size_t)((literal ? stop : colon ? colon : end) - url->host);
	url->port = colon ? colon + 1 : end;
	url->port_length = (size_t)(end - url->port);
}

static void give(xmlXPathParserContext *ctxt, const char *text, size_t length, bool lower)
{
	char *copy = memory_text_length(text, length);

	for (char *c = copy; lower && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	xpath_give_text(ctxt, copy);
	free(copy);
}

void xpath_host_of(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *text[1];
	struct url url;

	if (xpath_arguments(ctxt, nargs, 1, 1, text) < 0)
		return;
	split((const char *)text[0], &url);
	give(ctxt, url.host, url.host_length, true);
	xpath_arguments_free(text, 1);
}

void xpath_scheme_of(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *text[1];
	struct url url;

	if (xpath_arguments(ctxt, nargs, 1, 1, text) < 0)
		return;
	split((const char *)text[0], &url);
	give(ctxt, url.scheme, url.scheme_length, true);
	xpath_arguments_free(text, 1);
}

/* The port of a URL that names none is its scheme's; "" when nobody knows. */
void xpath_port_of(xmlXPathParserContext *ctxt, int nargs)
{
	const char *usual = "";
	xmlChar *text[1];
	struct url url;

	if (xpath_arguments(ctxt, nargs, 1, 1, text) < 0)
		return;
	split((const char *)text[0], &url);
	for (size_t i = 0; i < sizeof(usual_ports) / sizeof(usual_ports[0]); i++)
		if (strlen(usual_ports[i].scheme) == url.scheme_length &&
		    strncasecmp(usual_ports[i].scheme, url.scheme, url.scheme_length) == 0)
			usual = usual_ports[i].port;
	if (url.port_length > 0)
		give(ctxt, url.port, url.port_length, false);
	else
		xpath_give_text(ctxt, usual);
	xpath_arguments_free(text, 1);
}

/* What is no address literal is in no prefix; a prefix that is none is the chart's mistake. */
void xpath_address_in(xmlXPathParserContext *ctxt, int nargs)
{
	struct address address;
	xmlChar *argument[2];

	if (xpath_arguments(ctxt, nargs, 2, 2, argument) < 0)
		return;
	struct address any = { .family = 4 };
	bool literal = address_parse((const char *)argument[0], &address) == 0;
	int in = address_in(literal ? &address : &any, (const char *)argument[1]);

	if (in < 0)
		xpath_cannot(ctxt, "'%.80s' is no address prefix", (const char *)argument[1]);
	else
		xpath_give_truth(ctxt, literal && in == 1);
	xpath_arguments_free(argument, 2);
}
