/* Writing a PM file. */
#include <inttypes.h>

#include "protocols/pm-file.h"

static void escaped(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			buffer_add_text(out, "&lt;");
		else if (*text == '&')
			buffer_add_text(out, "&amp;");
		else if (*text == '"')
			buffer_add_text(out, "&quot;");
		else
			buffer_add(out, text, 1);
	}
}

static void attribute(struct buffer *out, const char *name, const char *value)
{
	if (!value)
		return;
	buffer_format(out, " %s=\"", name);
	escaped(out, value);
	buffer_add_text(out, "\"");
}

static void time_attribute(struct buffer *out, const char *name, int64_t seconds,
			   const struct pm_clock *clock)
{
	char text[32];

	pm_time_write(seconds, clock, text);
	attribute(out, name, text);
}

/* One list, or an element for each with its place. */
static void write_list(struct buffer *out, bool positional, const char *list, const char *one,
		       const char *const *texts, size_t count)
{
	if (!positional)
		buffer_format(out, "<%s>", list);
	for (size_t i = 0; i < count; i++) {
		if (positional)
			buffer_format(out, "<%s p=\"%zu\">", one, i + 1);
		else if (i)
			buffer_add_text(out, " ");
		escaped(out, texts[i]);
		if (positional)
			buffer_format(out, "</%s>", one);
	}
	if (!positional)
		buffer_format(out, "</%s>", list);
	buffer_add_text(out, "\n");
}

static void write_info(struct buffer *out, const struct pm_file *file, const struct pm_info *info)
{
	buffer_add_text(out, "<measInfo");
	attribute(out, "measInfoId", info->id);
	buffer_format(out, ">\n<granPeriod duration=\"PT%" PRId64 "S\"", info->duration);
	time_attribute(out, "endTime", info->end, &file->clock);
	buffer_add_text(out, "/>\n");
	if (info->report)
		buffer_format(out, "<repPeriod duration=\"PT%" PRId64 "S\"/>\n", info->report);
	write_list(out, file->positional, "measTypes", "measType", info->types, info->type_count);
	for (size_t i = 0; i < info->value_count; i++) {
		const struct pm_value *value = &info->values[i];

		buffer_add_text(out, "<measValue");
		attribute(out, "measObjLdn", value->object);
		buffer_add_text(out, ">");
		write_list(out, file->positional, "measResults", "r", value->results,
			   value->result_count);
		buffer_add_text(out, "</measValue>\n");
	}
	buffer_add_text(out, "</measInfo>\n");
}

void pm_file_write(const struct pm_file *file, struct buffer *out)
{
	buffer_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<measCollecFile xmlns=\""
			     PM_FILE_NAMESPACE "\">\n<fileHeader");
	attribute(out, "fileFormatVersion", file->version);
	attribute(out, "vendorName", file->vendor);
	attribute(out, "dnPrefix", file->prefix);
	buffer_add_text(out, ">\n<fileSender");
	attribute(out, "localDn", file->sender);
	buffer_add_text(out, "/>\n<measCollec");
	time_attribute(out, "beginTime", file->begin, &file->clock);
	buffer_add_text(out, "/>\n</fileHeader>\n<measData>\n<managedElement");
	attribute(out, "localDn", file->element);
	buffer_add_text(out, "/>\n");
	for (size_t i = 0; i < file->info_count; i++)
		write_info(out, file, &file->infos[i]);
	buffer_add_text(out, "</measData>\n<fileFooter>\n<measCollec");
	time_attribute(out, "endTime", file->end, &file->clock);
	buffer_add_text(out, "/>\n</fileFooter>\n</measCollecFile>\n");
}
