#include "fakes/device/cookies.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

static void remove_at(struct cookies *cookies, size_t index)
{
	free(cookies->list[index].name);
	free(cookies->list[index].value);
	cookies->list[index] = cookies->list[--cookies->count];
}

void cookies_set(struct cookies *cookies, const char *field)
{
	size_t length = strcspn(field, ";");
	const char *equal = memchr(field, '=', length);

	if (!equal || equal == field || length > 4096)
		return;
	while (length && (field[length - 1] == ' ' || field[length - 1] == '\t'))
		length--;
	char *name = memory_text_length(field, (size_t)(equal - field));
	for (size_t i = 0; i < cookies->count; i++)
		if (!strcmp(cookies->list[i].name, name)) {
			remove_at(cookies, i);
			break;
		}
	if (cookies->count == COOKIES_MOST) {
		free(name);
		return;
	}
	struct cookie *cookie = &cookies->list[cookies->count++];
	cookie->name = name;
	cookie->value = memory_text_length(equal + 1, length - (size_t)(equal + 1 - field));
}

void cookies_write(const struct cookies *cookies, struct buffer *out)
{
	for (size_t i = 0; i < cookies->count; i++)
		buffer_format(out, "%s%s=%s", i ? "; " : "", cookies->list[i].name,
			      cookies->list[i].value);
}

void cookies_forget_last(struct cookies *cookies)
{
	if (cookies->count)
		remove_at(cookies, cookies->count - 1);
}

void cookies_clear(struct cookies *cookies)
{
	while (cookies->count)
		remove_at(cookies, cookies->count - 1);
}
