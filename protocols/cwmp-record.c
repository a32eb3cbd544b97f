#include "protocols/cwmp-record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/cwmp-past.h"
#include "protocols/memory.h"
#include "protocols/xml.h"

#define MICROSECONDS 1000000
#define SESSION_AFTER (30 * MICROSECONDS) /* for what waited for the end of a session */

static void set(char **field, const char *value)
{
	char *copy = value ? memory_text(value) : NULL;

	free(*field);
	*field = copy;
}

void cwmp_record_forget(struct cwmp_record *record)
{
	if (!record)
		return;
	set(&record->parameter_key, NULL);
	set(&record->parameter_key_too, NULL);
	set(&record->reboot_key, NULL);
	for (size_t i = 0; i < LIMIT_RECORD_ORDERS; i++) {
		set(&record->orders[i].key, NULL);
		record->orders[i].state = ORDER_NONE;
	}
	cwmp_record_events_clear(record);
	cwmp_values_clear(&record->values);
	record->values.attribute = true; /* who knows */
	record->reset = record->url_changed = false;
	record->usage = USAGE_UNSEEN;
	record->usage_pending = 0;
	record->periodic_at = record->interval = 0;
	record->began = record->ended = 0;
}

struct cwmp_record *cwmp_record_take(struct cwmp_records *records, const char *identity)
{
	struct cwmp_record *oldest = NULL, *record;

	if (!*identity)
		return NULL;
	for (size_t i = 0; i < LIMIT_RECORDS; i++) {
		record = &records->list[i];
		if (record->identity && !strcmp(record->identity, identity)) {
			oldest = record;
			break;
		}
		if (!record->uses && (!oldest || record->touched < oldest->touched))
			oldest = record;
	}
	if (!oldest)
		return NULL;
	if (!oldest->identity || strcmp(oldest->identity, identity) != 0) {
		cwmp_record_forget(oldest);
		oldest->values.attribute = false;
		set(&oldest->identity, identity);
	}
	oldest->uses++;
	oldest->touched = ++records->touched;
	return oldest;
}

void cwmp_record_drop(struct cwmp_record *record)
{
	if (record)
		record->uses--;
}

void cwmp_records_clear(struct cwmp_records *records)
{
	for (size_t i = 0; i < LIMIT_RECORDS; i++) {
		cwmp_record_forget(&records->list[i]);
		set(&records->list[i].identity, NULL);
	}
}

void cwmp_records_unseen(struct cwmp_records *records, uint64_t who)
{
	for (size_t i = 0; i < LIMIT_RECORDS; i++) {
		struct cwmp_record *record = &records->list[i];

		if (record->identity && cwmp_past_hash(record->identity) == who)
			cwmp_record_forget(record);
	}
}

/* The value of ManagementServer.ParameterKey in a ParameterList: new memory, or NULL. */
static char *parameter_key_in(const struct message *message)
{
	static const char wanted[] = ".ManagementServer.ParameterKey";
	const xmlNode *list = xml_child(message->body, "ParameterList");

	for (const xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL)) {
		const xmlNode *node = xml_child(at, "Name");
		const char *name = node ? xml_plain_text(node) : NULL;
		size_t length = name ? strlen(name) : 0;

		if (length >= sizeof(wanted) - 1 &&
		    !strcmp(name + length - sizeof(wanted) + 1, wanted))
			return xml_child_text(at, "Value");
	}
	return NULL;
}

static void tell_key(const struct cwmp_record *record, xmlNode *facet)
{
	if (!record->parameter_key)
		return;
	message_attribute(facet, "parameter-key", "%s", record->parameter_key);
	if (record->parameter_key_too)
		message_attribute(facet, "parameter-key-too", "%s", record->parameter_key_too);
}

/*
 * Only SetParameterValues, AddObject, DeleteObject and a factory reset change the ParameterKey. A
 * reset makes it empty, and it may have been made at the device itself. An HMS that nobody saw
 * may have written another where the device comes to a new one; or where it says 0 BOOTSTRAP
 * without 1 BOOT: it booted at an HMS that sent it here. What was written with Status 1 may
 * take a reboot.
 */
static void inform_key(struct cwmp_record *record, const struct message *inform, xmlNode *facet)
{
	bool bootstrap = cwmp_inform_has(inform, "0 BOOTSTRAP", NULL);
	bool boot = cwmp_inform_has(inform, "1 BOOT", NULL);
	char *shown = parameter_key_in(inform);

	if (bootstrap && boot && record->reset) {
		set(&record->parameter_key, "");
		set(&record->parameter_key_too, NULL);
	} else if (bootstrap &&
		   (!boot || !address_same_host(&record->key_server, &inform->destination))) {
		set(&record->parameter_key, NULL);
	} else if (bootstrap && record->parameter_key) {
		set(&record->parameter_key_too, "");
	}
	if (shown)
		tell_key(record, facet);
	if (!shown || boot || !record->parameter_key_too ||
	    strcmp(shown, record->parameter_key_too) != 0) {
		set(&record->parameter_key, shown);
		set(&record->parameter_key_too, NULL);
	}
	record->key_server = inform->destination;
	free(shown);
}

static void inform_orders(struct cwmp_record *record, const struct message *inform, xmlNode *facet)
{
	bool bootstrap = cwmp_inform_has(inform, "0 BOOTSTRAP", NULL);

	if (record->reset && (bootstrap || cwmp_inform_has(inform, "1 BOOT", NULL)))
		message_attribute(facet, "reset", "true");
	else if (record->reboot_key && !bootstrap && cwmp_inform_has(inform, "1 BOOT", NULL))
		message_attribute(facet, "reboot", "%s", record->reboot_key);
	if (record->url_changed)
		message_attribute(facet, "url-changed", "true");
}

static void inform_usage(struct cwmp_record *record, const struct message *inform, bool told,
			 xmlNode *facet)
{
	bool first = cwmp_inform_has(inform, "0 BOOTSTRAP", NULL) &&
		     cwmp_inform_has(inform, "1 BOOT", NULL);

	/* As it comes from the factory, or is again what it was there; unless an HMS that nobody saw sent
	 * it here, where it booted to apply what else was written. */
	if (first && (record->reset || (told && record->usage == USAGE_UNSEEN)))
		record->usage = USAGE_UNTOLD;
	if (record->usage == USAGE_OFF)
		message_attribute(facet, "ipsec", "off");
	else if (record->usage == USAGE_OPEN || record->usage == USAGE_UNSEEN)
		message_attribute(facet, "ipsec", "open");
}

/* Has the device's clock been set since the Inform before? Then it may have another phase. */
static bool clock_was_set(struct cwmp_record *record, const struct message *inform)
{
	char *now = xml_child_text(inform->body, "CurrentTime");
	char year[sizeof(record->year)];
	bool other;

	snprintf(year, sizeof(year), "%.4s", now ? now : "");
	other = record->year[0] && strcmp(record->year, year) != 0;
	memcpy(record->year, year, sizeof(year));
	free(now);
	return other;
}

/* What falls due while a session is running comes behind it: one session at a time. */
static bool waited_for_session(const struct cwmp_record *record, int64_t due, int64_t now)
{
	return record->began && record->began <= due && due <= record->ended + MICROSECONDS &&
	       now - record->ended <= SESSION_AFTER;
}

/* How far a periodic Inform is from the grid of its interval, in seconds; gives where the grid is
 * counted from behind it. */
static int64_t on_grid(const struct cwmp_record *record, int64_t now, xmlNode *facet)
{
	int64_t interval = record->interval * MICROSECONDS;
	int64_t late = (now - record->periodic_at) % interval;
	int64_t off = late > interval / 2 ? interval - late : late;
	bool near = off <= 5 * MICROSECONDS || off <= interval / 10;
	bool waited = !near && waited_for_session(record, now - late, now);

	message_number(facet, "periodic-interval", (uint64_t)record->interval);
	message_number(facet, "periodic-quarter", (uint64_t)(record->interval / 4));
	message_number(facet, "periodic-tenth", (uint64_t)(record->interval / 10));
	message_number(facet, "periodic-off", (uint64_t)(off / MICROSECONDS));
	if (waited)
		message_attribute(facet, "periodic-waited", "true");
	return waited ? now - late : now;
}

static void inform_periodic(struct cwmp_record *record, const struct message *inform,
			    xmlNode *facet)
{
	char *count = xml_child_text(inform->body, "RetryCount");
	bool first = count && !strcmp(count, "0");

	free(count);
	/* A reset brings the interval of the factory back; another HMS may have set another. */
	if (cwmp_inform_has(inform, "0 BOOTSTRAP", NULL))
		record->interval = 0;
	if (clock_was_set(record, inform) || cwmp_inform_has(inform, "1 BOOT", NULL) || !first) {
		record->periodic_at = 0;
		return;
	}
	if (!cwmp_inform_has(inform, "2 PERIODIC", NULL))
		return;
	if (record->periodic_at && record->interval)
		record->periodic_at = on_grid(record, inform->time, facet);
	else
		record->periodic_at = inform->time;
}

void cwmp_record_inform(struct cwmp_record *record, const struct message *inform, bool failed,
			bool told, xmlNode *facet)
{
	if (!record)
		return;
	inform_key(record, inform, facet);
	inform_usage(record, inform, told, facet);
	inform_orders(record, inform, facet);
	inform_periodic(record, inform, facet);
	record->began = inform->time;
	cwmp_values_inform(&record->values, inform,
			   !cwmp_record_events_owe(record, "4 VALUE CHANGE"), facet);
	cwmp_record_events(record, inform, failed, facet);
}

static void order(struct cwmp_record *record, uint64_t session, const struct cwmp_asked *asked,
		  enum order_state state)
{
	struct cwmp_order *found = NULL;
	const char *key = asked->key;

	for (size_t i = 0; i < LIMIT_RECORD_ORDERS && !found; i++)
		if (record->orders[i].key && !strcmp(record->orders[i].key, key))
			found = &record->orders[i];
	bool another = found && found->state == ORDER_PENDING;

	/* Two of one key: which of them is told of, nobody knows. */
	if (another && state != ORDER_PENDING)
		return;
	if (!found)
		found = &record->orders[record->order_next++ % LIMIT_RECORD_ORDERS];
	set(&found->key, key);
	found->state = state;
	found->session = session;
	found->delayed = asked->delayed && (!another || found->delayed);
	found->others = another ? found->others + 1 : 0;
}

static int status_of(const struct message *answer)
{
	char *text = xml_child_text(answer->body, "Status");
	int status = text && (!strcmp(text, "0") || !strcmp(text, "1")) ? *text - '0' : -1;

	free(text);
	return status;
}

static void answer_transfer(struct cwmp_record *record, uint64_t session,
			    const struct cwmp_asked *asked, const struct message *answer,
			    bool fault)
{
	int status = status_of(answer);

	if (!asked->key)
		return;
	/* A configuration file may hold another interval, and that no IPsec is to be used. */
	if (!fault && asked->configuration) {
		record->interval = 0;
		cwmp_values_clear(&record->values);
		if (record->usage != USAGE_OFF)
			record->usage = USAGE_OPEN;
	}
	order(record, session, asked,
	      fault ? ORDER_REFUSED : status == 0 ? ORDER_DONE : ORDER_PENDING);
}

/* Length of the host in "host:port" or "[v6]:port". */
static size_t host_length(const char *text)
{
	return *text == '[' ? strcspn(text, "]/?#") : strcspn(text, ":/?#");
}

static bool same_bracketed(const char *first, const char *second)
{
	struct address addresses[2];
	char text[ADDRESS_TEXT];

	for (size_t i = 0; i < 2; i++, first = second) {
		size_t length = strcspn(first + 1, "]");

		if (length >= sizeof(text))
			return true;
		memcpy(text, first + 1, length);
		text[length] = '\0';
		if (address_parse(text, &addresses[i]) < 0)
			return true;
	}
	return address_same_host(&addresses[0], &addresses[1]);
}

/* Is it surely another URL than the one the device is at? The Host field of its requests says so; a
 * port that only one of the two has may be the scheme's own. */
static bool is_elsewhere(const char *url, const char *host)
{
	const char *start = strstr(url, "://");
	size_t length, port, port_there;

	if (!start || !host || !*host || strchr(host, '/'))
		return false;
	start += 3;
	length = host_length(start);
	/* An IPv6 address can be written in many ways. */
	if (*start == '[' && *host == '[')
		return !same_bracketed(start, host);
	if (length != host_length(host) || strncasecmp(start, host, length) != 0)
		return true;
	start = strchr(start + length, ':');
	host = strchr(host + length, ':');
	if (!start || !host)
		return false;
	port = strspn(start + 1, "0123456789");
	port_there = strspn(host + 1, "0123456789");
	return port && port_there &&
	       (port != port_there || strncmp(start, host, port + 1) != 0);
}

/* A write with Status 1 is in effect in the next session at the latest. */
static void answer_write(struct cwmp_record *record, uint64_t session,
			 const struct cwmp_asked *asked, const struct message *answer,
			 const char *host)
{
	int status = status_of(answer);

	if (status == 0 || !record->parameter_key_too)
		set(&record->parameter_key_too, status == 0 ? NULL : record->parameter_key);
	set(&record->parameter_key, status < 0 ? NULL : asked->key);
	record->key_server = answer->destination;
	if (asked->url)
		record->url_changed = status == 0 && is_elsewhere(asked->url, host);
	/* To be used again, with Status 1, need not be in effect yet; not to be used may be. */
	if (asked->usage == USAGE_OFF || (asked->usage == USAGE_ON && status == 0))
		record->usage = asked->usage;
	if (asked->usage != USAGE_UNTOLD)
		record->usage_pending = status == 0 ? 0 : session;
	if (asked->periodic)
		record->periodic_at = 0;
	if (asked->periodic)
		record->interval = asked->interval > 0 ? asked->interval : 0;
}

static bool is_write(const char *request)
{
	return !strcmp(request, "SetParameterValues") || !strcmp(request, "AddObject") ||
	       !strcmp(request, "DeleteObject");
}

void cwmp_record_answer(struct cwmp_record *record, uint64_t session,
			const struct cwmp_asked *asked, const struct message *answer,
			const char *host, const char *request)
{
	bool fault = !strcmp(answer->name, "Fault");
	size_t length = strlen(request);
	char *method = xml_attribute(answer->body, "method"); /* of a vendor's */
	const char *name = method ? method : answer->name;
	bool fits = !strncmp(name, request, length) && !strcmp(name + length, "Response");

	free(method);

	if (!record)
		return;
	if (!fault && !fits) {
		cwmp_record_over(record, false, request);
		return;
	}
	if (!strcmp(request, "Download") || !strcmp(request, "Upload"))
		answer_transfer(record, session, asked, answer, fault);
	if (!strcmp(request, "SetParameterValues"))
		cwmp_values_answered(&record->values, session,
				     fault ? -1 : status_of(answer) != 0, answer);
	if (fault)
		return;
	if (strncmp(request, "Get", 3) != 0)
		cwmp_values_obeyed(&record->values);
	record->values.touched |= is_write(request);
	record->values.attribute |= !strcmp(request, "SetParameterAttributes");
	if (is_write(request))
		answer_write(record, session, asked, answer, host);
	else if (!strcmp(request, "Reboot"))
		/* Two of them make one boot: of which of the keys is open. */
		set(&record->reboot_key, !record->reboot_key || !asked->key ||
							 !strcmp(record->reboot_key, asked->key)
						 ? asked->key
						 : NULL);
	else if (!strcmp(request, "FactoryReset"))
		record->reset = true;
}

static void values_usage(struct cwmp_record *record, uint64_t session,
			 const struct message *answer)
{
	const xmlNode *list = xml_child(answer->body, "ParameterList");

	if (record->usage_pending == session) /* with Status 1: what is read need not be what will be */
		return;
	for (const xmlNode *at = xml_child(list, NULL); at; at = xml_next(at, NULL)) {
		char *name = xml_child_text(at, "Name");
		enum cwmp_usage said = name ? cwmp_usage_said(name, at) : USAGE_UNTOLD;

		if (said != USAGE_UNTOLD)
			record->usage = said;
		free(name);
	}
}

void cwmp_record_asked(struct cwmp_record *record, const struct message *request)
{
	if (record)
		cwmp_values_asked(&record->values, request);
}

void cwmp_record_values(struct cwmp_record *record, uint64_t session,
			const struct message *answer, xmlNode *facet)
{
	if (record)
		values_usage(record, session, answer);
	if (record)
		cwmp_values_shown(&record->values, session, answer, facet);

	char *shown = record && record->parameter_key ? parameter_key_in(answer) : NULL;

	if (shown)
		tell_key(record, facet);
	free(shown);
}

void cwmp_record_transfer(const struct cwmp_record *record, const struct message *complete,
			  uint64_t session, xmlNode *facet)
{
	static const char *const names[] = {"unknown", "pending", "done", "refused"};
	char *key = record ? xml_child_text(complete->body, "CommandKey") : NULL;
	const struct cwmp_order *found = NULL;

	for (size_t i = 0; key && i < LIMIT_RECORD_ORDERS && !found; i++)
		if (record->orders[i].key && !strcmp(record->orders[i].key, key))
			found = &record->orders[i];
	message_attribute(facet, "order", "%s", names[found ? found->state : ORDER_NONE]);
	if (found && found->session == session)
		message_attribute(facet, found->delayed ? "too-early" : "ordered-here", "true");
	free(key);
}

void cwmp_record_delivered(struct cwmp_record *record, const struct message *response,
			   const char *key)
{
	if (!record)
		return;
	cwmp_record_events_told(record, response->name, key);
	if (!strcmp(response->name, "InformResponse"))
		cwmp_values_told(&record->values);
	if (!strcmp(response->name, "TransferCompleteResponse"))
		for (size_t i = 0; key && i < LIMIT_RECORD_ORDERS; i++)
			if (record->orders[i].key && !strcmp(record->orders[i].key, key) &&
			    record->orders[i].others-- == 0) {
				set(&record->orders[i].key, NULL);
				record->orders[i].state = ORDER_NONE;
				record->orders[i].others = 0;
			}
}

void cwmp_record_over(struct cwmp_record *record, bool orderly, const char *due)
{
	if (!record || orderly)
		return;
	/* What came of the request, and of the order before it, nobody knows. */
	set(&record->reboot_key, NULL);
	record->reset = record->url_changed = false;
	record->periodic_at = 0;
	if (*due) {
		cwmp_values_clear(&record->values);
		set(&record->parameter_key, NULL);
		set(&record->parameter_key_too, NULL);
		record->interval = 0;
		if (record->usage != USAGE_OFF)
			record->usage = USAGE_OPEN;
	}
}
