/* digest-response(password). */
#include <libxml/tree.h>
#include <stdlib.h>

#include "harness/judge/xpath-arguments.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

/* The right response of the message's own digest credentials; "" when it cannot be computed. */
static char *response_of(const struct message *message, const char *password)
{
	const xmlNode *field = xpath_find_header(message, "authorization");
	xmlNode *root = message ? xmlDocGetRootElement(message->document) : NULL;
	char *value = field ? xml_text(field) : NULL;
	char *method = root ? xml_attribute(xml_child(root, "http"), "method") : NULL;
	struct http_credentials *credentials = memory_new(sizeof(*credentials));
	struct buffer response = { 0 };
	char *text;

	if (value && method && !http_credentials_parse(value, credentials, NULL))
		http_credentials_response(credentials, password, method, &response);
	text = memory_text(buffer_text(&response));
	buffer_free(&response);
	free(credentials);
	free(method);
	free(value);
	return text;
}

void xpath_digest_response(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *password[1];
	char *response;

	if (xpath_arguments(ctxt, nargs, 1, 1, password) < 0)
		return;
	response = response_of(xpath_evaluation(ctxt)->message, (const char *)password[0]);
	xpath_give_text(ctxt, response);
	free(response);
	xpath_arguments_free(password, 1);
}
