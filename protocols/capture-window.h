/*
 * capture-window: a file seen through a window that moves on: its next octets in one piece.
 * Shared by the readers of pcap and pcapng.
 */
#ifndef PROTOCOLS_CAPTURE_WINDOW_H
#define PROTOCOLS_CAPTURE_WINDOW_H

#include "protocols/capture-file.h"

struct capture_window {
	capture_input input; /* NULL: octets is the whole file, not owned */
	void *context;
	uint8_t *owned;
	const uint8_t *octets;
	size_t capacity, begin, end;
	uint64_t passed; /* octets of the file before octets[0] */
	bool ended;
};

void capture_window_free(struct capture_window *window);
/* The next octets, or NULL when the file has fewer; they stay until taken. */
const uint8_t *capture_window_fill(struct capture_window *window, size_t length);
/* Moves on over octets that capture_window_peek gave. */
void capture_window_take(struct capture_window *window, size_t length);
/* Moves on over octets that need not fit in memory; false: the file has fewer. */
bool capture_window_skip(struct capture_window *window, uint64_t length);
uint64_t capture_window_offset(const struct capture_window *window);

/* capture_window_fill, quick when the octets are there already. */
static inline const uint8_t *capture_window_peek(struct capture_window *window, size_t length)
{
	if (window->end - window->begin >= length)
		return window->octets + window->begin;
	return capture_window_fill(window, length);
}

static inline uint16_t capture_u16(const uint8_t *octets, bool big)
{
	return (uint16_t)(octets[!big] << 8 | octets[big]);
}

static inline uint32_t capture_u32(const uint8_t *octets, bool big)
{
	return big ? (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
			     (uint32_t)octets[2] << 8 | octets[3]
		   : (uint32_t)octets[3] << 24 | (uint32_t)octets[2] << 16 |
			     (uint32_t)octets[1] << 8 | octets[0];
}

#endif
