/*
 * A file that a device delivered, and its name. What is read of a name can be written, and is then
 * read as the same; a file of any kind is described or is none.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/file-message.h"
#include "protocols/memory.h"
#include "protocols/pm-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

#define LENGTH_MOST 100000

static bool is_common(int64_t seconds)
{
	return seconds > INT64_C(-62100000000) && seconds < INT64_C(253400000000);
}

static void try_name(const char *text)
{
	static const struct pm_clock utc = { PM_ZONE_UTC, 0 };
	struct problem problem = { "" };
	struct pm_name name, again;
	int64_t seconds;
	bool zoned;

	(void)pm_time_parse(text, &seconds, &zoned);
	if (pm_name_parse(text, &name, &problem) < 0) {
		if (!problem.text[0])
			abort();
		return;
	}
	/* In UTC it may be of the year 0 or 10000, and a tail may read as another part. */
	if (!is_common(name.begin) || !is_common(name.end) || *name.unique)
		return;
	char *written = pm_name_write(&name, &utc, false);

	if (pm_name_parse(written, &again, &problem) < 0 || again.begin != name.begin ||
	    again.end != name.end || again.count != name.count || again.packed != name.packed)
		abort();
	free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct file_request request = { .transport = "http", .path = "/up/x" };

	if (length > LENGTH_MOST)
		return 0;
	char *text = memory_text_length((const char *)octets, length);
	struct file_contents *contents = file_contents_new();

	try_name(text);
	request.path = text;
	file_contents_add(contents, octets, length);
	struct message *message = file_message_contents(&request, contents, true, -1);
	(void)pm_file_describe(message);
	message_free(message);
	file_contents_free(contents);
	free(text);
	return 0;
}
