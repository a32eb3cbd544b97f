#include "fakes/fake.h"

#include <string.h>

const struct fault *fake_fault(const struct arrow *arrow, const char *name)
{
	for (size_t i = 0; arrow && i < arrow->fault_count; i++)
		if (strcmp(arrow->faults[i].kind->name, name) == 0)
			return &arrow->faults[i];
	return NULL;
}
