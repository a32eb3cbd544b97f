#include "protocols/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void memory_exhausted(void)
{
	fputs("femtoproof: out of memory\n", stderr);
	abort();
}

void *memory_new(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		memory_exhausted();
	return memory;
}

void *memory_resize(void *old, size_t count, size_t size)
{
	void *memory;

	if (size && count > SIZE_MAX / size)
		memory_exhausted();
	memory = realloc(old, count && size ? count * size : 1);
	if (!memory)
		memory_exhausted();
	return memory;
}

char *memory_text(const char *text)
{
	return text ? memory_text_length(text, strlen(text)) : NULL;
}

char *memory_text_length(const char *text, size_t length)
{
	char *copy = memory_resize(NULL, length + 1, 1);

	if (length)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void memory_place(char *room, size_t size, const char *text)
{
	size_t length = strnlen(text, size - 1);

	memcpy(room, text, length);
	room[length] = '\0';
}

char *memory_format(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		memory_exhausted();
	return text;
}
