#include "protocols/octets.h"

#include <openssl/crypto.h>
#include <string.h>

#include "protocols/memory.h"

struct octets octets_of(const void *at, size_t length)
{
	struct octets octets = { at, length };

	return octets;
}

int octets_take(struct octets *from, size_t length, struct octets *taken)
{
	if (length > from->length)
		return -1;
	taken->at = from->at;
	taken->length = length;
	if (length > 0)
		from->at += length;
	from->length -= length;
	return 0;
}

/* Up to 8 octets as a number. */
static int take_number(struct octets *from, size_t length, uint64_t *value)
{
	struct octets taken;

	if (octets_take(from, length, &taken) < 0)
		return -1;
	*value = 0;
	for (size_t i = 0; i < length; i++)
		*value = *value << 8 | taken.at[i];
	return 0;
}

int octets_u8(struct octets *from, uint8_t *value)
{
	uint64_t number;

	if (take_number(from, 1, &number) < 0)
		return -1;
	*value = (uint8_t)number;
	return 0;
}

int octets_u16(struct octets *from, uint16_t *value)
{
	uint64_t number;

	if (take_number(from, 2, &number) < 0)
		return -1;
	*value = (uint16_t)number;
	return 0;
}

int octets_u32(struct octets *from, uint32_t *value)
{
	uint64_t number;

	if (take_number(from, 4, &number) < 0)
		return -1;
	*value = (uint32_t)number;
	return 0;
}

int octets_u64(struct octets *from, uint64_t *value)
{
	return take_number(from, 8, value);
}

bool octets_same(struct octets a, struct octets b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool octets_same_secret(struct octets a, struct octets b)
{
	return a.length == b.length && (a.length == 0 || CRYPTO_memcmp(a.at, b.at, a.length) == 0);
}

uint8_t *octets_copy(struct octets octets)
{
	uint8_t *copy;

	if (octets.length == 0)
		return NULL;
	copy = memory_resize(NULL, octets.length, 1);
	memcpy(copy, octets.at, octets.length);
	return copy;
}

char *octets_hexadecimal(struct octets octets)
{
	static const char digits[] = "0123456789abcdef";
	char *text = memory_resize(NULL, octets.length + 1, 2);

	for (size_t i = 0; i < octets.length; i++) {
		text[2 * i] = digits[octets.at[i] >> 4];
		text[2 * i + 1] = digits[octets.at[i] & 0x0f];
	}
	text[2 * octets.length] = '\0';
	return text;
}

int octets_from_hexadecimal(const char *text, uint8_t *octets, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	if (!text || strlen(text) != 2 * length ||
	    strspn(text, "0123456789abcdefABCDEF") != 2 * length)
		return -1;
	for (size_t i = 0; i < 2 * length; i++) {
		const char *digit = strchr(digits, text[i] | 0x20); /* a letter made small */

		octets[i / 2] = (uint8_t)(octets[i / 2] << 4 | (digit - digits));
	}
	return 0;
}
