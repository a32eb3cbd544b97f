#include "fakes/device/spoiled-post.h"

#include <stdlib.h>

#include "fakes/device/state.h"
#include "protocols/http-auth.h"
#include "protocols/memory.h"

/* The field has a value: it stands between two others from now on. */
static void respell(struct http_message *post, const char *name, const char *before,
		    const char *behind)
{
	const char *value = http_header_get(post, name);
	char *text = value ? memory_format("%s%s%s", before, value, behind) : NULL;

	if (!text)
		return;
	http_header_remove(post, name);
	http_header_add(post, name, text);
	free(text);
}

static void show_password(const struct device *device, struct http_message *post)
{
	const struct http_challenge basic = {.scheme = HTTP_AUTH_BASIC};
	struct buffer value = {0};

	if (http_header_get(post, "Authorization"))
		return;
	http_authorization_write(&basic, device_value(device, "ManagementServer.Username"),
				 device_value(device, "ManagementServer.Password"), post->method,
				 post->target, "", 1, &value);
	http_header_add(post, "Authorization", buffer_text(&value));
	buffer_free(&value);
}

/* Its last digit is another. */
static void spoil_response(struct http_message *post)
{
	const char *field = http_header_get(post, "Authorization");
	const char *response = field ? strstr(field, "response=\"") : NULL;

	if (!response)
		return;
	char *text = memory_text(field);
	char *digit = text + (response - field) + strlen("response=\"") + 31;

	*digit = *digit == '0' ? '1' : '0';
	http_header_remove(post, "Authorization");
	http_header_add(post, "Authorization", text);
	free(text);
}

static void say_shorter(struct http_message *post)
{
	char *length = memory_format("%zu", post->body.length - 1);

	post->chunked = false;
	http_header_remove(post, "Content-Length");
	http_header_add(post, "Content-Length", length);
	free(length);
}

/* What came in the session before goes out again, before anything was set in this one. */
static void keep_cookies(struct device *device, struct http_message *post)
{
	const char *cookies = http_header_get(post, "Cookie");

	if (!cookies && device->kept_cookies)
		http_header_add(post, "Cookie", device->kept_cookies);
	if (!cookies)
		return;
	free(device->kept_cookies);
	device->kept_cookies = memory_text(cookies);
}

void spoil_post(void *context, struct http_message *post)
{
	struct device *device = context;
	bool empty = post->body.length == 0;

	if (device_has(device, DEFECT_NO_SOAP_ACTION))
		http_header_remove(post, "SOAPAction");
	if (device_has(device, DEFECT_TYPED_EMPTY_POST) && empty)
		http_header_add(post, "Content-Type", "text/xml");
	if (device_has(device, DEFECT_HOST_URL))
		respell(post, "Host", "http://", "/");
	if (device_has(device, DEFECT_COOKIES_KEPT))
		keep_cookies(device, post);
	if (device_has(device, DEFECT_COOKIE_ATTRIBUTES))
		respell(post, "Cookie", "", "; Path=/");
	if (device_has(device, DEFECT_NO_COOKIE))
		http_header_remove(post, "Cookie");
	if (device_has(device, DEFECT_CLEAR_PASSWORD))
		show_password(device, post);
	if (device_has(device, DEFECT_WRONG_DIGEST_RESPONSE))
		spoil_response(post);
	if (device_has(device, DEFECT_SHORT_LENGTH) && !empty)
		say_shorter(post);
}
