#include "fakes/fake-settings.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

const char *fake_variable(const struct stage *stage, const char *role, const char *name,
			  const char *otherwise)
{
	char full[96];
	const char *value;

	snprintf(full, sizeof(full), "%s.%s", role, name);
	value = profile_variable(stage->profile, full);
	return value ? value : otherwise;
}

bool fake_flag(const struct stage *stage, const char *role, const char *name)
{
	const char *value = fake_variable(stage, role, name, "no");

	return !strcasecmp(value, "yes") || !strcasecmp(value, "true") || !strcmp(value, "1");
}

int fake_choose_word(const struct stage *stage, const char *role, const char *name,
		     const char *otherwise, const char *const *words, struct problem *problem)
{
	const char *value = fake_variable(stage, role, name, otherwise);

	for (int i = 0; words[i]; i++)
		if (!strcasecmp(words[i], value))
			return i;
	return problem_set(problem, "%s.%s is \"%s\", which is not known here", role, name, value);
}

int64_t fake_time_limit(const struct stage *stage, const char *name, int otherwise)
{
	struct limit limit;

	return profile_limit(stage->profile, name, &limit) ? limit.microseconds
							   : SECONDS(otherwise);
}

const char *fake_peer(const struct stage *stage, const struct address *address)
{
	const char *role = bench_speaker(stage->bench, address, "http");

	return role ? role : profile_device(stage->profile);
}

void fake_random_text(char *text, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char octets[16];
	size_t length = size - 1;

	if (length > 2 * sizeof(octets))
		length = 2 * sizeof(octets);
	if (RAND_bytes(octets, (int)(length + 1) / 2) != 1)
		memset(octets, 0, sizeof(octets));
	for (size_t i = 0; i < length; i++)
		text[i] = digits[octets[i / 2] >> (i % 2 * 4) & 15];
	text[length] = '\0';
}

void fake_date(const struct loop *loop, char text[FAKE_DATE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = (time_t)(loop_now(loop) / 1000000);
	struct tm tm;

	gmtime_r(&now, &tm);
	snprintf(text, FAKE_DATE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday,
		 tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		 tm.tm_sec);
}
