#include "fakes/device/file-http.h"

#include <stdlib.h>

#include "protocols/memory.h"

struct transfer { /* one GET or PUT */
	struct http_client *client;
	bool put;
	bool asks; /* by HEAD, before it fetches (a variant) */
	file_client_callback callback;
	void *context;
};

/* TR-069 A.5.1: what a status means for a transfer. */
static int fault_of(const struct transfer *transfer, int status, const char **text)
{
	if (status >= 200 && status < 300) {
		*text = "";
		return 0;
	}
	if (status == 401 || status == 403) {
		*text = "the file server refuses the credentials";
		return 9012;
	}
	*text = transfer->put ? "the file server does not take the file"
			      : "the file server does not give the file";
	return transfer->put ? 9011 : 9016;
}

static void answered(void *context, const struct http_message *response,
		     const struct problem *problem)
{
	struct transfer *transfer = context;

	if (transfer->asks && response) { /* whatever that is: the GET says it */
		transfer->asks = false;
		http_client_send(transfer->client, http_request_new("GET", "/"));
		return;
	}
	struct file_client_result result = { .text = problem ? problem->text : "" };

	/* TR-069 A.5.1: out of reach; or reached, and not completed. */
	if (!response && !transfer->put)
		result.part = http_client_part(transfer->client);
	if (!response)
		result.fault = http_client_was_answered(transfer->client) ? 9017 : 9015;
	if (response)
		result.fault = fault_of(transfer, response->status, &result.text);
	if (response && !result.fault && !transfer->put)
		result.contents = &response->body;
	transfer->callback(transfer->context, &result);
}

static void add_file(const struct file_client_options *options, const struct buffer *octets,
		     struct http_message *request)
{
	http_header_add(request, "Content-Type", options->form
			? "multipart/form-data; boundary=femtocell" : "application/octet-stream");
	if (options->form)
		buffer_format(&request->body, "--femtocell\r\nContent-Disposition: form-data; "
			      "name=\"file\"; filename=\"pm.xml\"\r\n\r\n");
	buffer_add(&request->body, octets->octets, octets->length);
	if (options->form)
		buffer_format(&request->body, "\r\n--femtocell--\r\n");
}

static void *start(const struct file_client_options *options, const char *url,
		   const struct buffer *octets, file_client_callback callback, void *context,
		   struct problem *problem)
{
	struct transfer *transfer = memory_new(sizeof(*transfer));

	transfer->put = octets != NULL;
	transfer->callback = callback;
	transfer->context = context;
	transfer->client = http_client_new(&options->http, url, answered, transfer, problem);
	if (!transfer->client) {
		free(transfer);
		return NULL;
	}
	transfer->asks = options->head && !octets;
	const char *fetching = transfer->asks ? "HEAD" : "GET";
	const char *method = !octets ? fetching : options->post ? "POST" : "PUT";
	struct http_message *request = http_request_new(method, "/");

	if (octets)
		add_file(options, octets, request);
	http_client_send(transfer->client, request);
	return transfer;
}

static void stop(void *context)
{
	struct transfer *transfer = context;

	http_client_free(transfer->client);
	free(transfer);
}

const struct file_protocol file_http = { "http", start, stop };
const struct file_protocol file_https = { "https", start, stop };
