/*
 * memory: allocation that cannot fail. A program that judges devices has no useful way
 * to go on without memory, so these print a line and abort() when there is none: an
 * abort is our own fault and is seen as such (verdict error), never as a device's.
 * Sizes that come from a peer are bounded before they get here.
 */
#ifndef PROTOCOLS_MEMORY_H
#define PROTOCOLS_MEMORY_H

#include <stddef.h>

void *memory_new(size_t size);                       /* zeroed */
void *memory_resize(void *old, size_t count, size_t size); /* not zeroed; checks count * size */
char *memory_text(const char *text);                 /* a copy; NULL gives NULL */
char *memory_text_length(const char *text, size_t length);
/* As much of the text as fits, with its NUL, into room of that size (at least 1). */
void memory_place(char *room, size_t size, const char *text);
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For memory that others allocate (libxml2): prints the line and aborts. */
_Noreturn void memory_exhausted(void);

#endif
