#include "fakes/device/file-client.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fakes/device/file-ftp.h"
#include "fakes/device/file-http.h"
#include "fakes/device/file-sftp.h"
#include "fakes/device/url.h"
#include "protocols/memory.h"

struct file_client {
	const struct file_protocol *protocol;
	void *transfer;
};

static const struct file_protocol *const protocols[] = { &file_http, &file_https, &file_ftp,
							  &file_ftpes, &file_ftps, &file_sftp };

/* The protocol that the URL's scheme names, or NULL. */
static const struct file_protocol *protocol_of(const char *url)
{
	const char *end = strstr(url, "://");

	for (size_t i = 0; end && i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (strlen(protocols[i]->scheme) == (size_t)(end - url) &&
		    strncasecmp(protocols[i]->scheme, url, (size_t)(end - url)) == 0)
			return protocols[i];
	return NULL;
}

/* Is there a user name before the host, "ftp://user:password@host/"? */
static bool names_user(const char *url)
{
	const char *host = strstr(url, "://");
	const char *at = host ? strchr(host + 3, '@') : NULL;

	return at && at < host + 3 + strcspn(host + 3, "/?#");
}

int file_client_url_fault(const char *url)
{
	const struct file_protocol *protocol = protocol_of(url);
	struct url parts;
	char path[URL_PATH];

	if (names_user(url) || !strstr(url, "://"))
		return 9003;
	if (!protocol)
		return 9013;
	if (protocol == &file_http || protocol == &file_https)
		return url_parse(url, &parts, NULL) ? 9003 : 0;
	return url_parse_file(url, &parts, NULL) || url_path(&parts, path, NULL) ? 9003 : 0;
}

static struct file_client *start(const struct file_client_options *options, const char *url,
				 const struct buffer *octets, file_client_callback callback,
				 void *context, struct problem *problem)
{
	const struct file_protocol *protocol = protocol_of(url);
	struct file_client *client;

	if (options->ftp.http && protocol == &file_ftp) { /* a defect: to the right place, at least */
		char *other = memory_format("http%s", strstr(url, "://"));

		client = start(options, other, octets, callback, context, problem);
		free(other);
		return client;
	}

	if (!protocol) {
		problem_set(problem, "the protocol of \"%s\" is not known", url);
		return NULL;
	}
	client = memory_new(sizeof(*client));
	client->protocol = protocol;
	client->transfer = protocol->start(options, url, octets, callback, context, problem);
	if (client->transfer)
		return client;
	free(client);
	return NULL;
}

struct file_client *file_client_get(const struct file_client_options *options, const char *url,
				    file_client_callback callback, void *context,
				    struct problem *problem)
{
	return start(options, url, NULL, callback, context, problem);
}

struct file_client *file_client_put(const struct file_client_options *options, const char *url,
				    const char *name, const struct buffer *octets,
				    file_client_callback callback, void *context,
				    struct problem *problem)
{
	bool folder = *url && url[strlen(url) - 1] == '/';
	char *whole = memory_format("%s%s", url, folder ? name : "");
	struct file_client *client = start(options, whole, octets, callback, context, problem);

	free(whole);
	return client;
}

void file_client_free(struct file_client *client)
{
	if (!client)
		return;
	client->protocol->stop(client->transfer);
	free(client);
}
