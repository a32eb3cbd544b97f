#include <stdlib.h>
#include <string.h>

#include "protocols/cm-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

/* What is read and has a place is written, and read again with the same values. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct cm_file file = { .generation = CM_UMTS }, again = { .generation = CM_UMTS };
	struct problem problem = { "" };
	struct buffer out = { 0 };

	if (cm_file_read(octets, length, &file, &problem) == 0 && file.count < 500 &&
	    cm_file_write(&file, &out, &problem) == 0) {
		if (cm_file_read(out.octets, out.length, &again, &problem) < 0 ||
		    again.count != file.count)
			__builtin_trap();
	}
	cm_file_clear(&file);
	cm_file_clear(&again);
	buffer_free(&out);
	return 0;
}
