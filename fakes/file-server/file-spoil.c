#include "fakes/file-server/file-spoil.h"

#include <string.h>

#include "fakes/fake-settings.h"

int64_t file_place(const struct arrow *arrow, const char *name, size_t length)
{
	const struct fault *fault = fake_fault(arrow, name);
	int64_t before = fault && fault->number < 0 ? -fault->number : 0;

	if (!fault || !before)
		return fault ? fault->number : -1;
	return before < (int64_t)length ? (int64_t)length - before : 0;
}

/* The last occurrence of the text in the octets before that place; NULL: there is none. */
static uint8_t *last_of(struct buffer *contents, const char *text, const uint8_t *before)
{
	size_t length = strlen(text);

	for (uint8_t *at = contents->octets + contents->length; at-- > contents->octets;)
		if (at + length <= before && memcmp(at, text, length) == 0)
			return at;
	return NULL;
}

/* The bracket of the end tag before the root's, with some bits turned: all the values stand before it,
 * and the tags do not match any more (XML 1.0, 3: a fatal error). */
static void corrupt(struct buffer *contents)
{
	uint8_t *end = contents->octets + contents->length;
	uint8_t *root = contents->length ? last_of(contents, "</", end) : NULL;
	uint8_t *bracket = root ? last_of(contents, "</", root) : NULL;

	if (!bracket)
		bracket = root;
	if (bracket)
		*bracket ^= 0x15;
}

/* Takes an element without contents out. */
static void take_out(struct buffer *contents, const char *tag)
{
	uint8_t *end = contents->octets + contents->length;
	uint8_t *start = contents->length ? last_of(contents, tag, end) : NULL;
	uint8_t *behind = start ? memchr(start, '>', (size_t)(end - start)) : NULL;

	if (!behind)
		return;
	memmove(start, behind + 1, (size_t)(end - behind - 1));
	contents->length -= (size_t)(behind + 1 - start);
}

/* Another root: in its end tag first, so that the other is found behind it. */
static void rename_root(struct buffer *contents)
{
	static const char name[] = "configDataFile";

	for (int tag = 0; tag < 2; tag++) {
		uint8_t *end = contents->octets + contents->length;
		uint8_t *at = contents->length ? last_of(contents, name, end) : NULL;

		if (at)
			memcpy(at, "unknownContent", sizeof(name) - 1);
	}
}

void file_spoil(const struct arrow *arrow, struct buffer *contents)
{
	if (fake_fault(arrow, "wrong-root"))
		rename_root(contents);
	if (fake_fault(arrow, "no-header"))
		take_out(contents, "<fileHeader");
	if (fake_fault(arrow, "no-footer"))
		take_out(contents, "<fileFooter");
	if (fake_fault(arrow, "corrupted"))
		corrupt(contents);
	int64_t shorter = file_place(arrow, "truncated-file", contents->length);

	if (shorter >= 0 && (uint64_t)shorter < contents->length)
		contents->length = (size_t)shorter;
}
