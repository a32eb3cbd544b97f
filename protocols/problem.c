#include "protocols/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int problem_set(struct problem *problem, const char *format, ...)
{
	va_list arguments;

	if (!problem)
		return -1;
	va_start(arguments, format);
	vsnprintf(problem->text, sizeof(problem->text), format, arguments);
	va_end(arguments);
	return -1;
}

int problem_in(struct problem *problem, const char *format, ...)
{
	char before[sizeof(problem->text)];
	va_list arguments;
	size_t used, room;

	if (!problem)
		return -1;
	memcpy(before, problem->text, sizeof(before));
	va_start(arguments, format);
	vsnprintf(problem->text, sizeof(problem->text), format, arguments);
	va_end(arguments);
	used = strlen(problem->text);
	room = sizeof(problem->text) - used;
	if (room > 3 && before[0]) {
		size_t length = strlen(before);

		memcpy(problem->text + used, ": ", 2);
		if (length > room - 3)
			length = room - 3;
		memcpy(problem->text + used + 2, before, length);
		problem->text[used + 2 + length] = '\0';
	}
	return -1;
}
