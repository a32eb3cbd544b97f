#include "protocols/capture-window.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define WINDOW ((size_t)256 << 10)

void capture_window_free(struct capture_window *window)
{
	free(window->owned);
}

static void make_room(struct capture_window *window, size_t length)
{
	if (window->begin > 0) {
		if (window->end > window->begin)
			memmove(window->owned, window->owned + window->begin,
				window->end - window->begin);
		window->passed += window->begin;
		window->end -= window->begin;
		window->begin = 0;
	}
	if (window->capacity < length || !window->owned) {
		window->capacity = length > WINDOW ? length : WINDOW;
		window->owned = memory_resize(window->owned, window->capacity, 1);
		window->octets = window->owned;
	}
}

const uint8_t *capture_window_fill(struct capture_window *window, size_t length)
{
	if (!window->input || window->ended)
		return window->end - window->begin >= length ? window->octets + window->begin
							     : NULL;
	make_room(window, length);
	while (window->end < length) {
		size_t got = window->input(window->context, window->owned + window->end,
					   window->capacity - window->end);

		if (got == 0) {
			window->ended = true;
			return NULL;
		}
		window->end += got;
	}
	return window->octets + window->begin;
}

void capture_window_take(struct capture_window *window, size_t length)
{
	window->begin += length;
}

bool capture_window_skip(struct capture_window *window, uint64_t length)
{
	while (length > 0) {
		size_t part = window->end - window->begin;

		if (part == 0) {
			if (!capture_window_fill(window, 1))
				return false;
			continue;
		}
		if (part > length)
			part = (size_t)length;
		window->begin += part;
		length -= part;
	}
	return true;
}

uint64_t capture_window_offset(const struct capture_window *window)
{
	return window->passed + window->begin;
}
