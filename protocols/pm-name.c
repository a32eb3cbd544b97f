/* The name of a PM file (TS 32.432 5.1.2), and the times in the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocols/memory.h"
#include "protocols/pm-file.h"

/* Takes exactly count digits. */
static bool digits(const char **text, int count, int *value)
{
	*value = 0;
	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*value = *value * 10 + (**text - '0');
	}
	return true;
}

static bool literal(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool is_date(const struct tm *parts)
{
	return parts->tm_year >= 1 && parts->tm_mon >= 1 && parts->tm_mon <= 12 &&
	       parts->tm_mday >= 1 && parts->tm_mday <= days_of(parts->tm_year, parts->tm_mon);
}

static bool is_time(const struct tm *parts)
{
	return parts->tm_hour <= 23 && parts->tm_min <= 59 && parts->tm_sec <= 59;
}

static int64_t seconds_of(struct tm parts, int offset)
{
	parts.tm_year -= 1900;
	parts.tm_mon -= 1;
	return (int64_t)timegm(&parts) - (int64_t)offset * 60;
}

/* "+0200" or "+02:00", in minutes. */
static bool offset_of(const char **text, bool colon, int *minutes)
{
	int hour, minute, sign = **text == '-' ? -1 : 1;

	if (**text != '+' && **text != '-')
		return false;
	(*text)++;
	if (!digits(text, 2, &hour) || (colon && !literal(text, ':')) ||
	    !digits(text, 2, &minute) || hour > 14 || minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

int pm_time_parse(const char *text, int64_t *seconds, bool *zoned)
{
	struct tm parts = { 0 };
	int offset = 0;

	if (!digits(&text, 4, &parts.tm_year) || !literal(&text, '-') ||
	    !digits(&text, 2, &parts.tm_mon) || !literal(&text, '-') ||
	    !digits(&text, 2, &parts.tm_mday) || !literal(&text, 'T') ||
	    !digits(&text, 2, &parts.tm_hour) || !literal(&text, ':') ||
	    !digits(&text, 2, &parts.tm_min) || !literal(&text, ':') ||
	    !digits(&text, 2, &parts.tm_sec) || !is_date(&parts) || !is_time(&parts))
		return -1;
	if (literal(&text, '.')) {
		if (*text < '0' || *text > '9')
			return -1;
		text += strspn(text, "0123456789");
	}
	*zoned = *text != '\0';
	if (*zoned && !literal(&text, 'Z') && !offset_of(&text, true, &offset))
		return -1;
	if (*text)
		return -1;
	*seconds = seconds_of(parts, offset);
	return 0;
}

static void parts_at(int64_t seconds, int offset, struct tm *parts)
{
	time_t time = (time_t)(seconds + (int64_t)offset * 60);

	if (!gmtime_r(&time, parts))
		memset(parts, 0, sizeof(*parts));
}

static int offset_to_write(const struct pm_clock *clock)
{
	return clock->zone == PM_ZONE_UTC ? 0 : clock->offset;
}

void pm_time_write(int64_t seconds, const struct pm_clock *clock, char text[32])
{
	int offset = offset_to_write(clock), size = abs(offset);
	struct tm parts;

	parts_at(seconds, offset, &parts);
	size_t length = (size_t)snprintf(text, 24, "%04d-%02d-%02dT%02d:%02d:%02d",
					 (parts.tm_year + 1900) % 10000, (parts.tm_mon + 1) % 100,
					 parts.tm_mday % 100, parts.tm_hour % 100,
					 parts.tm_min % 100, parts.tm_sec % 100);

	if (clock->zone == PM_ZONE_UTC)
		memory_place(text + length, 32 - length, "Z");
	else if (clock->zone == PM_ZONE_OFFSET)
		snprintf(text + length, 32 - length, "%c%02d:%02d", offset < 0 ? '-' : '+',
			 size / 60 % 100, size % 60);
}

/* --- the name --- */

static bool day_of(const char **text, struct tm *parts)
{
	return digits(text, 4, &parts->tm_year) && digits(text, 2, &parts->tm_mon) &&
	       digits(text, 2, &parts->tm_mday) && literal(text, '.') && is_date(parts);
}

static bool clock_of(const char **text, struct tm *parts, int *offset)
{
	return digits(text, 2, &parts->tm_hour) && digits(text, 2, &parts->tm_min) &&
	       offset_of(text, false, offset) && is_time(parts);
}

/* A date stands before the time where eight digits have a dot behind them. */
static bool begins_with_day(const char *text)
{
	return strspn(text, "0123456789") == 8 && text[8] == '.';
}

static bool take_ending(char *text, const char *ending)
{
	size_t length = strlen(text), size = strlen(ending);

	if (length < size || strcmp(text + length - size, ending) != 0)
		return false;
	text[length - size] = '\0';
	return true;
}

/* "_-JOBS", "_UNIQUE", "_-_COUNT", each of which may be missing. */
static int tail_of(char *tail, struct pm_name *name, struct problem *problem)
{
	char *count = NULL;

	for (char *at = strstr(tail, "_-_"); at; at = strstr(at + 1, "_-_"))
		count = at;
	if (count && count[3] && count[3 + strspn(count + 3, "0123456789")] == '\0') {
		unsigned long number = strtoul(count + 3, NULL, 10);

		name->count = number > 1000000 ? 1000000 : (unsigned)number;
		*count = '\0';
		if (!name->count)
			return problem_set(problem, "the running count begins at 1");
	}
	if (strncmp(tail, "_-", 2) == 0) { /* the jobs; TS 32.584 has none */
		tail += 2;
		if (!strcspn(tail, "_"))
			return problem_set(problem, "the list of jobs is empty");
		tail += strcspn(tail, "_");
	}
	if (!*tail)
		return 0;
	if (*tail != '_' || !tail[1])
		return problem_set(problem, "\"%s\" stands behind the times", tail);
	if (strlen(tail + 1) >= sizeof(name->unique))
		return problem_set(problem, "the sender's name is longer than %zu characters",
				   sizeof(name->unique) - 1);
	memory_place(name->unique, sizeof(name->unique), tail + 1);
	return 0;
}

static int times_of(const char **text, struct pm_name *name, struct problem *problem)
{
	struct tm begin = { 0 }, end;
	int begin_offset, end_offset;

	if (!day_of(text, &begin))
		return problem_set(problem, "behind the type stands no date YYYYMMDD with a dot");
	if (!clock_of(text, &begin, &begin_offset) || !literal(text, '-'))
		return problem_set(problem, "behind the date stands no HHMM with its offset from UTC");
	end = begin;
	if (begins_with_day(*text) && !day_of(text, &end))
		return problem_set(problem, "the date of the end is none");
	if (!clock_of(text, &end, &end_offset))
		return problem_set(problem, "the end is no HHMM with its offset from UTC");
	name->begin = seconds_of(begin, begin_offset);
	name->end = seconds_of(end, end_offset);
	return 0;
}

int pm_name_parse(const char *text, struct pm_name *name, struct problem *problem)
{
	int result;

	*name = (struct pm_name){ .type = *text };
	if (strlen(text) > 255)
		return problem_set(problem, "it is longer than 255 characters");
	if (!*text || !strchr("ABCD", *text))
		return problem_set(problem, "its first letter is none of A, B, C, D");
	text++;
	if (times_of(&text, name, problem))
		return -1;
	char *tail = memory_text(text);

	name->packed = take_ending(tail, ".gz");
	take_ending(tail, ".xml");
	result = tail_of(tail, name, problem);
	free(tail);
	return result;
}

/* strftime writes a year before 1000 shorter. */
static void day_text(const struct tm *parts, char text[16])
{
	snprintf(text, 16, "%04d%02d%02d", (parts->tm_year + 1900) % 10000,
		 (parts->tm_mon + 1) % 100, parts->tm_mday % 100);
}

static void write_clock(struct buffer *out, int64_t seconds, int offset)
{
	struct tm parts;

	parts_at(seconds, offset, &parts);
	buffer_format(out, "%02d%02d%c%02d%02d", parts.tm_hour, parts.tm_min,
		      offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
}

char *pm_name_write(const struct pm_name *name, const struct pm_clock *clock, bool end_date)
{
	int offset = offset_to_write(clock);
	struct buffer out = { 0 };
	struct tm begin, end;
	char begin_day[16], end_day[16], *text;

	parts_at(name->begin, offset, &begin);
	parts_at(name->end, offset, &end);
	day_text(&begin, begin_day);
	day_text(&end, end_day);
	buffer_format(&out, "%c%s.", name->type, begin_day);
	write_clock(&out, name->begin, offset);
	buffer_add_text(&out, "-");
	if (end_date || strcmp(begin_day, end_day) != 0)
		buffer_format(&out, "%s.", end_day);
	write_clock(&out, name->end, offset);
	if (*name->unique)
		buffer_format(&out, "_%s", name->unique);
	if (name->count)
		buffer_format(&out, "_-_%u", name->count);
	buffer_format(&out, ".xml%s", name->packed ? ".gz" : "");
	text = memory_text(buffer_text(&out));
	buffer_free(&out);
	return text;
}
