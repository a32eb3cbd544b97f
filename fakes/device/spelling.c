#include "fakes/device/spelling.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fakes/device/state.h"

#define CLOCK_SET SECONDS(2)      /* after power-on, from some time server */
#define ZONE_SECONDS (2 * 60 * 60)
#define THOUGHT SECONDS(1)

const char *spell_namespace(const struct device *device)
{
	if (device_has(device, VARIANT_CWMP_1_0))
		return CWMP_1_0;
	if (device_has(device, VARIANT_CWMP_1_2))
		return CWMP_1_2;
	return device->factory.ns;
}

void spell_id(const struct device *device, unsigned number, char *id, size_t size)
{
	if (device_has(device, VARIANT_NO_REQUEST_ID))
		snprintf(id, size, "%s", "");
	else if (device_has(device, VARIANT_TEXT_ID))
		snprintf(id, size, "cell <%u> &/A-b.%08x", number, number * 2654435761u);
	else
		snprintf(id, size, "%u", number);
}

void spell_envelope(const struct device *device, struct cwmp_style *style)
{
	if (device_has(device, VARIANT_OTHER_PREFIX)) {
		style->soap_prefix = "SOAP-ENV";
		style->cwmp_prefix = "cw";
	}
	if (device_has(device, VARIANT_DEFAULT_NAMESPACE))
		style->soap_prefix = "";
	if (device_has(device, VARIANT_SCHEMA_PREFIX)) {
		style->schema_prefix = "s";
		style->instance_prefix = "i.n-s";
		style->encoding_prefix = "SOAP-ENC";
	}
	if (device_has(device, VARIANT_FULL_DECLARATION))
		style->declaration =
			"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\r\n";
	style->no_declaration = device_has(device, VARIANT_NO_DECLARATION);
	style->declare_late = device_has(device, VARIANT_LATE_DECLARATIONS);
	style->pretty = device_has(device, VARIANT_PRETTY);
	style->spaced = device_has(device, VARIANT_SPACED_VALUES);
	style->comments = device_has(device, VARIANT_COMMENTS);
	style->cdata = device_has(device, VARIANT_CDATA);
	style->typed = device_has(device, VARIANT_TYPED_ARGUMENTS);
	style->numeric_booleans = device_has(device, VARIANT_NUMERIC_BOOLEANS);
	style->hold_requests = device_has(device, DEFECT_HOLDS_REQUESTS);
	style->fault_prefix = device_has(device, VARIANT_FAULT_PREFIX);
}

const char *spell_action(const struct device *device, const char *method)
{
	if (device_has(device, VARIANT_SOAP_ACTION_NAMED))
		return method;
	return device_has(device, VARIANT_SOAP_ACTION_QUOTED) ? "\"\"" : "";
}

const char *spell_type(const struct device *device)
{
	return device_has(device, VARIANT_BARE_CONTENT_TYPE) ? "Text/XML"
							     : "text/xml; charset=utf-8";
}

static void choose_tls(const struct device *device, SSL_CTX *tls)
{
	if (!tls)
		return;
	if (device_has(device, VARIANT_TLS_1_2))
		SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION);
	if (device_has(device, VARIANT_TLS_1_3))
		SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
	if (device_has(device, DEFECT_REFUSES_GOOD_CERTIFICATE))
		SSL_CTX_set_cert_store(tls, X509_STORE_new());
}

void spell_http(struct device *device, struct http_client_options *options)
{
	options->connection_each = device_has(device, VARIANT_CONNECTION_PER_POST);
	options->lower_case = device_has(device, VARIANT_LOWER_CASE_HEADERS);
	options->upper_case = device_has(device, VARIANT_UPPER_CASE_HEADERS);
	options->extra_fields = device_has(device, VARIANT_EXTRA_HEADERS);
	options->expect = device_has(device, VARIANT_EXPECT_CONTINUE);
	options->pieces = device_has(device, VARIANT_PIECES);
	options->cookie_version = device_has(device, VARIANT_COOKIE_VERSION);
	options->challenged_each = device_has(device, VARIANT_CHALLENGED_EACH);
	options->thought = device_has(device, VARIANT_SLOW) ? THOUGHT : 0;
	options->way.ipv6_first = device_has(device, VARIANT_AAAA_FIRST);
	options->way.ipv4_only = device_has(device, DEFECT_ASKS_NO_AAAA);
	options->way.tcp = device_has(device, VARIANT_DNS_TCP);
	options->dns_failed =
		device_has(device, VARIANT_DNS_FAILURE_CACHED) ? &device->dns_failed : NULL;
	options->cache = device_has(device, VARIANT_DNS_CACHED) ? &device->dns_cache : NULL;
	choose_tls(device, options->tls);
}

static void spell_ftp(const struct device *device, struct file_ftp_way *way)
{
	way->active = device_has(device, VARIANT_FTP_ACTIVE);
	way->pasv_only = device_has(device, VARIANT_FTP_PASV);
	way->own_sessions = device_has(device, VARIANT_FTP_OWN_SESSIONS);
	way->asks = device_has(device, VARIANT_FTP_ASKS);
	way->folders = device_has(device, VARIANT_FTP_FOLDERS);
	way->sizes = device_has(device, VARIANT_FTP_SIZES);
	way->lists = device_has(device, VARIANT_FTP_LISTS);
	way->rests = device_has(device, VARIANT_FTP_RESTS);
	way->appends = device_has(device, VARIANT_FTP_APPENDS);
	way->renames = device_has(device, VARIANT_FTP_RENAMES);
	way->no_quit = device_has(device, VARIANT_FTP_NO_QUIT);
	way->anonymous = device_has(device, DEFECT_FTP_ANONYMOUS);
	way->ascii = device_has(device, DEFECT_FTP_ASCII);
	way->clear_data = device_has(device, DEFECT_FTP_CLEAR_DATA);
	way->broken_word = device_has(device, DEFECT_FTP_BROKEN_WORD);
	way->in_clear = device_has(device, DEFECT_FTP_IN_CLEAR);
	way->password_first = device_has(device, DEFECT_FTP_PASSWORD_FIRST);
	way->no_folder = device_has(device, DEFECT_FTP_NO_FOLDER);
	way->refusal_counts = device_has(device, DEFECT_FTP_REFUSAL_COUNTS);
	way->half = device_has(device, DEFECT_FTP_HALF);
	way->http = device_has(device, DEFECT_FTP_BY_HTTP);
	way->drains = device_has(device, DEFECT_FILE_APPLIED_AS_IT_COMES);
}

static void spell_sftp(const struct device *device, struct file_sftp_way *way)
{
	way->looks = device_has(device, VARIANT_SFTP_LOOKS);
	way->small_blocks = device_has(device, VARIANT_SFTP_SMALL_BLOCKS);
	way->ahead = device_has(device, VARIANT_SFTP_AHEAD);
	way->renames = device_has(device, VARIANT_SFTP_RENAMES);
	way->key_first = device_has(device, VARIANT_SFTP_KEY_FIRST);
	way->no_goodbye = device_has(device, VARIANT_SFTP_NO_GOODBYE);
	way->other_user = device_has(device, DEFECT_SFTP_OTHER_USER);
	way->first_read = device_has(device, DEFECT_SFTP_FIRST_READ);
	way->left_open = device_has(device, DEFECT_SFTP_LEFT_OPEN);
	way->no_folder = device_has(device, DEFECT_SFTP_NO_FOLDER);
	way->refusal_counts = device_has(device, DEFECT_SFTP_REFUSAL_COUNTS);
}

void spell_files(struct device *device, struct file_client_options *options)
{
	bool any_key = device_has(device, DEFECT_ACCEPTS_ANY_HOST_KEY);

	if (device_has(device, DEFECT_FILE_UNVERIFIED) && device->factory.tls_blind)
		options->http.tls = device->factory.tls_blind;
	spell_http(device, &options->http);
	if (device_has(device, VARIANT_FILE_NO_REDIRECT) ||
	    device_has(device, DEFECT_FILE_REFUSED_IS_WELL) ||
	    device_has(device, DEFECT_PM_STOPS_AT_FAILURE))
		options->http.redirects = -1;
	options->head = device_has(device, VARIANT_FILE_HEAD);
	spell_ftp(device, &options->ftp);
	spell_sftp(device, &options->sftp);
	options->host_key = any_key ? NULL : device->factory.file_host_key;
}

void spell_time(const struct device *device, char text[32])
{
	time_t seconds = (time_t)(loop_now(device->loop) / 1000000) + ZONE_SECONDS;
	struct tm parts;

	if (device_has(device, VARIANT_TIME_UNKNOWN) &&
	    loop_now(device->loop) - device->booted < CLOCK_SET) {
		snprintf(text, 32, "0001-01-01T00:00:00Z");
	} else if (device_has(device, VARIANT_ZONE)) {
		gmtime_r(&seconds, &parts);
		strftime(text, 32, "%Y-%m-%dT%H:%M:%S+02:00", &parts);
	} else {
		device_time(device, text);
	}
}

void spell_fault(const struct device *device, xmlNode *answer)
{
	if (!device_has(device, VARIANT_FAULT_PREFIX) ||
	    strcmp((const char *)answer->name, "Fault") != 0)
		return;
	for (xmlNode *node = answer->children; node; node = node->next) {
		if (!strcmp((const char *)node->name, "FaultString"))
			xmlNodeSetContent(node, (const xmlChar *)"This cell cannot do that.");
		for (xmlNode *inner = node->children; inner; inner = inner->next)
			if (!strcmp((const char *)inner->name, "FaultString"))
				xmlNodeSetContent(inner, (const xmlChar *)"Not so.");
	}
}

void spell_reversed(xmlNode *list)
{
	for (xmlNode *node = list->last ? list->last->prev : NULL, *before; node; node = before) {
		before = node->prev;
		xmlUnlinkNode(node);
		xmlAddChild(list, node);
	}
}
