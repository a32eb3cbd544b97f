#include "fakes/hms/connection-credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"

struct connection_credentials {
	struct hms *hms;
	CURL *easy;
	char *role, *target;        /* target: the request's, as it stands in the first line */
	char *username, *password;  /* NULL = none */
	bool own;                   /* the field is written here, not by libcurl */
	bool again;                 /* it was said once more already */
	struct curl_slist *fields;
};

/* The value that this HMS set, else the profile's, else the simulated device's own. */
static const char *value_of(const struct hms *hms, const char *learned, const char *variable,
			    const char *otherwise)
{
	const char *value = learned;

	if (!value)
		value = profile_variable(hms->stage->profile, variable);
	return value ? value : otherwise;
}

static void add_part(CURLU *url, CURLUPart part, const char *before, struct buffer *out)
{
	char *text = NULL;

	if (!curl_url_get(url, part, &text, 0))
		buffer_format(out, "%s%s", before, text);
	curl_free(text);
}

/* Path and query of a URL; "/" when it has none (RFC 9112 3.2.1). */
static char *target_of(const char *text)
{
	CURLU *url = curl_url();
	struct buffer target = { 0 };
	char *copy;

	if (url && !curl_url_set(url, CURLUPART_URL, text, 0)) {
		add_part(url, CURLUPART_PATH, "", &target);
		add_part(url, CURLUPART_QUERY, "?", &target);
	}
	curl_url_cleanup(url);
	copy = memory_text(target.length ? buffer_text(&target) : "/");
	buffer_free(&target);
	return copy;
}

/* What libcurl read: of each answer the first challenge for Digest is kept (RFC 7616 3.7: the
 * device likes it best). */
static size_t on_header(char *octets, size_t size, size_t count, void *context)
{
	static const char name[] = "www-authenticate:";
	struct connection_credentials *credentials = context;
	struct hms_device *device = hms_device_of_role(credentials->hms, credentials->role);
	size_t length = size * count;
	struct http_challenge challenge = { 0 };
	char *value;

	if (!device || length < sizeof(name) || strncasecmp(octets, name, sizeof(name) - 1))
		return length;
	value = memory_format("%.*s", (int)(length - sizeof(name) + 1), octets + sizeof(name) - 1);
	value[strcspn(value, "\r\n")] = '\0';
	if (!http_challenge_parse(value + strspn(value, " \t"), &challenge, NULL) &&
	    challenge.scheme == HTTP_AUTH_DIGEST) {
		device->challenge = challenge;
		/* libcurl answers it at once. */
		device->nonce_uses = credentials->username && !credentials->own ? 1 : 0;
	}
	free(value);
	return length;
}

/* Credentials from the challenge that came last. */
static void write_field(struct connection_credentials *credentials, struct hms_device *device)
{
	struct buffer field = { 0 };
	char cnonce[17];

	fake_random_text(cnonce, sizeof(cnonce));
	buffer_add_text(&field, "Authorization: ");
	http_authorization_write(&device->challenge, credentials->username, credentials->password,
				 "GET", credentials->target, cnonce, ++device->nonce_uses, &field);
	curl_slist_free_all(credentials->fields);
	credentials->fields = curl_slist_append(NULL, buffer_text(&field));
	curl_easy_setopt(credentials->easy, CURLOPT_HTTPHEADER, credentials->fields);
	buffer_free(&field);
}

static void set_up(struct connection_credentials *credentials, const struct arrow *arrow,
		   bool basic)
{
	struct hms_device *device = hms_device_of_role(credentials->hms, credentials->role);

	credentials->own = fake_fault(arrow, "old-nonce") && device &&
			   device->challenge.scheme == HTTP_AUTH_DIGEST;
	if (credentials->own) {
		write_field(credentials, device);
		return;
	}
	curl_easy_setopt(credentials->easy, CURLOPT_HTTPAUTH,
			 basic ? CURLAUTH_BASIC : CURLAUTH_DIGEST);
	curl_easy_setopt(credentials->easy, CURLOPT_USERNAME, credentials->username);
	curl_easy_setopt(credentials->easy, CURLOPT_PASSWORD, credentials->password);
}

struct connection_credentials *connection_credentials_new(struct hms *hms, const char *role,
							  const struct arrow *arrow,
							  const char *url, CURL *easy)
{
	struct connection_credentials *credentials = memory_new(sizeof(*credentials));
	const struct hms_device *device = hms_device_of_role(hms, role);
	const char *scheme = profile_variable(hms->stage->profile,
					      "device.connection-request-authentication");
	const char *username = value_of(hms, device ? device->username : NULL,
					"device.connection-request-username", "cr-user");
	const char *password = value_of(hms, device ? device->password : NULL,
					"device.connection-request-password", "cr-secret");
	bool wrong = fake_fault(arrow, "wrong-credentials") != NULL;
	bool stranger = fake_fault(arrow, "wrong-username") != NULL;

	*credentials = (struct connection_credentials){ .hms = hms, .easy = easy };
	credentials->role = memory_text(role);
	credentials->target = target_of(url);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, credentials);
	if (fake_fault(arrow, "no-credentials") || (scheme && !strcmp(scheme, "none")))
		return credentials;
	credentials->username = memory_format("%s%s", username, stranger ? "-wrong" : "");
	credentials->password = memory_format("%s%s", password, wrong ? "-wrong" : "");
	set_up(credentials, arrow, scheme && !strcmp(scheme, "basic"));
	return credentials;
}

bool connection_credentials_again(struct connection_credentials *credentials)
{
	struct hms_device *device = hms_device_of_role(credentials->hms, credentials->role);
	long status = 0;

	curl_easy_getinfo(credentials->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!credentials->own || credentials->again || status != 401 || !device)
		return false;
	credentials->again = true;
	write_field(credentials, device);
	return true;
}

void connection_credentials_free(struct connection_credentials *credentials)
{
	if (!credentials)
		return;
	curl_slist_free_all(credentials->fields);
	free(credentials->role);
	free(credentials->target);
	free(credentials->username);
	free(credentials->password);
	free(credentials);
}
