#include "fakes/file-server/file-contents.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocols/cm-file.h"
#include "protocols/memory.h"

static char *date_time(int64_t time)
{
	time_t seconds = (time_t)(time / 1000000);
	char text[32];
	struct tm fields;

	gmtime_r(&seconds, &fields);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &fields);
	return memory_text(text);
}

static int add_settings(const struct cue *cue, struct cm_file *file, struct problem *problem)
{
	for (size_t i = 0; i < cue->setting_count; i++) {
		const struct judge_setting *setting = &cue->settings[i];
		char *element = cm_element_of(file->generation, setting->name);

		if (!element)
			return problem_set(problem, "a CM file has no place for %s",
					   setting->name);
		cm_file_add(file, element, setting->value ? setting->value : "");
		free(element);
	}
	return 0;
}

int file_server_contents(const struct cue *cue, const struct file_frame *frame, struct buffer *out,
			 struct problem *problem)
{
	bool lte = strcmp(cue->to, "henb") == 0;
	struct cm_file file = { .generation = lte ? CM_LTE : CM_UMTS };
	int result;

	file.sender = memory_format("DC=%s,SubNetwork=1,ManagementNode=1,%s=1", frame->host,
				    lte ? "HeMSFunction" : "HMSFunction");
	file.vendor = memory_text("femtoproof");
	file.managed_element = frame->local_dn ? memory_text(frame->local_dn)
					       : memory_format("%s=%s", lte ? "HeNB" : "HNB",
							       frame->serial);
	file.ns = frame->ns ? memory_text(frame->ns) : NULL;
	file.version = frame->version ? memory_text(frame->version) : NULL;
	file.date_time = date_time(frame->time);
	result = add_settings(cue, &file, problem);
	if (result == 0)
		result = cm_file_write(&file, out, problem);
	cm_file_clear(&file);
	return result;
}
