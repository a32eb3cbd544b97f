/*
 * store: the configuration that a cell keeps over a power cycle, in memory and, when there is a
 * folder, in its file "configuration": lines of fields with a tab between (backslash, tab and
 * line ends in a field are written with a backslash):
 *
 *   femtoproof-device  1
 *   bootstrapped       http://serving/
 *   retry-count        0
 *   request            /0f3a...             40123
 *   row                Device.X.            3
 *   value              Device.X.3.Y         text
 *   attribute          Device.FaultMgmt.    2     -1
 *   event              M Reboot             key
 *   transfer           waiting (or done), fault, delay, size, key, URL, username, password,
 *                      text of the fault, time, whether it is a configuration
 *
 * The file is written whole under another name and then renamed: after a power cut it is the
 * old one or the new one. Unknown lines and parameters are passed over.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fakes/device/state.h"
#include "fakes/device/transfers.h"
#include "protocols/memory.h"

#define FIELDS_MOST 12
#define FILE_MOST (4 * 1024 * 1024)
#define MARK "femtoproof-device"

static void add_field(struct buffer *out, const char *text)
{
	if (out->length && out->octets[out->length - 1] != '\n')
		buffer_add_u8(out, '\t');
	for (; *text; text++) {
		const char *escape = *text == '\\' ? "\\\\" : *text == '\t' ? "\\t" :
				     *text == '\n' ? "\\n" : *text == '\r' ? "\\r" : NULL;
		if (escape)
			buffer_add_text(out, escape);
		else
			buffer_add_u8(out, (uint8_t)*text);
	}
}

static void add_line(struct buffer *out, const char *const *fields)
{
	for (; *fields; fields++)
		add_field(out, *fields);
	buffer_add_u8(out, '\n');
}

#define LINE(out, ...) add_line(out, (const char *const[]){__VA_ARGS__, NULL})

static const char *decimal(char text[24], long long number)
{
	snprintf(text, 24, "%lld", number);
	return text;
}

/* Kept: what the HMS wrote, and the ParameterKey. Not the state that begins anew with the power:
 * AdminState is false then (TR-196). */
static bool is_kept(const struct device *device, const struct parameter *parameter)
{
	if (device_has(device, DEFECT_MECHANISM_LOST_AT_REBOOT) &&
	    path_ends(parameter->path, ".ReportingMechanism"))
		return false;
	if (path_ends(parameter->path, ".AdminState"))
		return false;
	if (path_ends(parameter->path, ".ManagementServer.ParameterKey"))
		return true;
	return parameter->entry->writable;
}

/* Rows that the HMS added, each before what is in it. */
static void add_rows(const struct device *device, struct buffer *out)
{
	for (size_t i = 0; i < tree_object_count(device->tree); i++) {
		const struct tree_object *object = tree_object_at(device->tree, i);
		if (object->table || !object->writable)
			continue;
		size_t end = strlen(object->path) - 1;
		while (end > 0 && object->path[end - 1] != '.')
			end--;
		char *table = memory_text_length(object->path, end);
		char *number = memory_text_length(object->path + end,
						  strlen(object->path) - end - 1);
		LINE(out, "row", table, number);
		free(table);
		free(number);
	}
}

static void add_transfers(const struct device *device, struct buffer *out)
{
	for (const struct transfer *at = device->transfers; at; at = at->next) {
		char fault[24], delay[24], size[24];
		LINE(out, "transfer", at->state == TRANSFER_DONE ? "done" : "waiting",
		     decimal(fault, at->fault), decimal(delay, at->delay),
		     decimal(size, at->size), at->key, at->url, at->username, at->password,
		     at->text ? at->text : "", at->begun ? at->begun : "",
		     at->configuration ? "configuration" : "");
	}
}

static bool survives_power(const struct event *event)
{
	return event->code[0] == 'M' || !strcmp(event->code, "7 TRANSFER COMPLETE") ||
	       !strcmp(event->code, "3 SCHEDULED");
}

static void write_all(const struct device *device, struct buffer *out)
{
	char number[24], other[24];

	LINE(out, MARK, "1");
	if (device->bootstrapped)
		LINE(out, "bootstrapped", device->bootstrapped);
	LINE(out, "retry-count", decimal(number, device->retry_count));
	if (device->request_path)
		LINE(out, "request", device->request_path,
		     decimal(number, device->request_port));
	add_rows(device, out);
	for (size_t i = 0; i < tree_count(device->tree); i++) {
		const struct parameter *parameter = tree_at(device->tree, i);
		if (is_kept(device, parameter))
			LINE(out, "value", parameter->path, parameter->value);
	}
	for (size_t i = 0; i < tree_rule_count(device->tree) &&
			   !device_has(device, DEFECT_ATTRIBUTES_LOST_AT_REBOOT); i++) {
		const struct attribute_rule *rule = tree_rule_at(device->tree, i);
		LINE(out, "attribute", rule->path, decimal(number, rule->notification),
		     decimal(other, rule->subscriber));
	}
	bool forgets = device_has(device, DEFECT_FORGETS_UNTOLD) &&
		       events_have(&device->events, "1 BOOT");

	for (size_t i = 0; !forgets && i < device->events.count; i++)
		if (survives_power(&device->events.list[i]))
			LINE(out, "event", device->events.list[i].code,
			     device->events.list[i].key);
	add_transfers(device, out);
}

static void write_file(const struct device *device)
{
	char *name = memory_format("%s/configuration", device->factory.store);
	char *fresh = memory_format("%s.new", name);
	FILE *file = fopen(fresh, "wb");

	/* A full disk must not stop the cell: it goes on with what it has in memory. */
	if (file) {
		size_t written = fwrite(device->kept.octets, 1, device->kept.length, file);
		bool good = fflush(file) == 0 && written == device->kept.length;
		if (fclose(file) == 0 && good)
			rename(fresh, name);
		else
			unlink(fresh);
	}
	free(name);
	free(fresh);
}

void device_store_keep(struct device *device)
{
	buffer_clear(&device->kept);
	write_all(device, &device->kept);
	if (device->factory.store)
		write_file(device);
}

/* Without a folder nothing can be lost before the power goes: it is enough to keep it then. */
void device_store_save(struct device *device)
{
	if (device->powered && device->factory.store)
		device_store_keep(device);
}

void device_store_forget(struct device *device)
{
	buffer_clear(&device->kept);
	if (device->factory.store) {
		char *name = memory_format("%s/configuration", device->factory.store);
		unlink(name);
		free(name);
	}
}

int device_store_open(struct device *device, struct problem *problem)
{
	char octets[4096];

	if (!device->factory.store)
		return 0;
	if (mkdir(device->factory.store, 0700) && errno != EEXIST)
		return problem_set(problem, "cannot make the folder %s: %s",
				   device->factory.store, strerror(errno));
	char *name = memory_format("%s/configuration", device->factory.store);
	FILE *file = fopen(name, "rb");
	free(name);
	if (!file)
		return errno == ENOENT ? 0 : problem_set(problem, "cannot read the store %s: %s",
							 device->factory.store, strerror(errno));
	for (size_t got; (got = fread(octets, 1, sizeof(octets), file)) > 0;)
		if (device->kept.length < FILE_MOST)
			buffer_add(&device->kept, octets, got);
	fclose(file);
	if (device->kept.length && strncmp(buffer_text(&device->kept), MARK "\t1\n",
					   strlen(MARK) + 3) != 0)
		return problem_set(problem, "%s/configuration is no configuration of a device",
				   device->factory.store);
	return 0;
}

/* Splits a line in place. */
static size_t split(char *line, char *fields[FIELDS_MOST])
{
	size_t count = 0;
	char *out = line;

	fields[count++] = line;
	for (char *in = line; *in; in++) {
		if (*in == '\t') {
			*out++ = '\0';
			if (count == FIELDS_MOST)
				return count;
			fields[count++] = out;
		} else if (*in == '\\' && in[1]) {
			in++;
			*out++ = *in == 't' ? '\t' : *in == 'n' ? '\n' : *in == 'r' ? '\r' : *in;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	return count;
}

static void take_transfer(struct device *device, char **fields)
{
	struct transfer *transfer = memory_new(sizeof(*transfer));

	transfer->state = !strcmp(fields[1], "done") ? TRANSFER_DONE : TRANSFER_WAITING;
	transfer->fault = atoi(fields[2]);
	transfer->delay = (unsigned)strtoul(fields[3], NULL, 10);
	transfer->size = (unsigned)strtoul(fields[4], NULL, 10);
	transfer->key = memory_text(fields[5]);
	transfer->url = memory_text(fields[6]);
	transfer->username = memory_text(fields[7]);
	transfer->password = memory_text(fields[8]);
	transfer->text = memory_text(fields[9]);
	transfer->begun = memory_text(fields[10]);
	transfer->ended = memory_text(fields[10]);
	transfer->configuration = !strcmp(fields[11], "configuration");
	if (!transfers_add(device, transfer))
		transfer_free(transfer);
}

static void take_value(struct device *device, const char *path, const char *value)
{
	struct parameter *parameter = tree_find(device->tree, path);

	if (device_has(device, DEFECT_FORGETS_SERVING_URL) &&
	    path_ends(path, ".ManagementServer.URL"))
		return;
	if (device_has(device, DEFECT_FORGETS_SERVING_GATEWAY) && strstr(path, ".SecGWServer"))
		return;
	if (device_has(device, DEFECT_LOSES_VALUES_AT_REBOOT) &&
	    !strstr(path, ".ManagementServer."))
		return;
	if (parameter)
		parameter_set(parameter, value);
}

static void take_row(struct device *device, const char *table, const char *number)
{
	char *row = memory_format("%s%s.", table, number);

	if (!tree_object_find(device->tree, row))
		tree_add_row(device->tree, table, (unsigned)strtoul(number, NULL, 10));
	free(row);
}

static void take_line(struct device *device, char **fields, size_t count)
{
	if (count == 2 && !strcmp(fields[0], "bootstrapped")) {
		free(device->bootstrapped);
		device->bootstrapped = memory_text(fields[1]);
	} else if (count == 2 && !strcmp(fields[0], "retry-count")) {
		device->retry_count = device_has(device, DEFECT_RETRY_COUNT_LOST_AT_REBOOT) ?
			0 : (unsigned)strtoul(fields[1], NULL, 10);
	} else if (count == 3 && !strcmp(fields[0], "request")) {
		free(device->request_path);
		device->request_path = memory_text(fields[1]);
		device->request_port = (uint16_t)strtoul(fields[2], NULL, 10);
	} else if (count == 3 && !strcmp(fields[0], "row")) {
		take_row(device, fields[1], fields[2]);
	} else if (count == 3 && !strcmp(fields[0], "value")) {
		take_value(device, fields[1], fields[2]);
	} else if (count == 4 && !strcmp(fields[0], "attribute")) {
		tree_set_attributes(device->tree, fields[1], atoi(fields[2]), atoi(fields[3]));
	} else if (device_has(device, DEFECT_TRANSFER_LOST_AT_BOOT) &&
		   (!strcmp(fields[0], "transfer") || !strcmp(fields[1], "M Download") ||
		    !strcmp(fields[1], "7 TRANSFER COMPLETE"))) {
		return;
	} else if (count == 3 && !strcmp(fields[0], "event")) {
		events_add(&device->events, fields[1], fields[2]);
	} else if (count == 12 && !strcmp(fields[0], "transfer")) {
		take_transfer(device, fields);
	}
}

void device_store_load(struct device *device)
{
	char *text = memory_text(buffer_text(&device->kept)), *rest = text, *line;
	char *fields[FIELDS_MOST];

	transfers_forget(device);
	device->events.count = 0;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			take_line(device, fields, split(line, fields));
	free(text);
}
