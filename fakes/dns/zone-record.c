/* zone-record: one line of a zone: name, type, data. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/dns/zone.h"

enum { WORDS = 10, WORD = 256, TTL = 60, CLASS_IN = 1 };

struct words {
	char list[WORDS][WORD];
	size_t count;
};

/* Words between blanks; one in quotes may hold blanks or be empty. */
static int split(const char *line, struct words *words, struct problem *problem)
{
	words->count = 0;
	for (;;) {
		size_t length = 0;

		line += strspn(line, " \t");
		if (*line == '\0')
			return 0;
		if (words->count == WORDS)
			return problem_set(problem, "more than %d words", WORDS);
		char *word = words->list[words->count++];
		bool quoted = *line == '"';

		if (quoted)
			line++;
		while (*line && (quoted ? *line != '"' : *line != ' ' && *line != '\t')) {
			if (length == WORD - 1)
				return problem_set(problem, "a word of more than %d octets",
						   WORD - 1);
			word[length++] = *line++;
		}
		word[length] = '\0';
		if (quoted && *line++ != '"')
			return problem_set(problem, "a quote that does not end");
	}
}

static int read_name(const char *word, char name[DNS_NAME], struct problem *problem)
{
	size_t length = strlen(word);

	if (length > 0 && word[length - 1] == '.')
		length--;
	if (length >= DNS_NAME - 2)
		return problem_set(problem, "\"%s\" is too long for a name", word);
	memcpy(name, word, length);
	name[length] = '\0';
	size_t label = 0;

	for (size_t i = 0; i < length; i++) {
		label = name[i] == '.' ? 0 : label + 1;
		if (label > 63 || (label == 0 && (i == 0 || name[i - 1] == '.')))
			return problem_set(problem, "\"%s\" is no domain name", word);
	}
	return 0;
}

static int read_number(const char *word, uint16_t *number, struct problem *problem)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (word[0] < '0' || word[0] > '9' || *end != '\0' || value > UINT16_MAX)
		return problem_set(problem, "\"%s\" is no number up to 65535", word);
	*number = (uint16_t)value;
	return 0;
}

static int read_address(const char *word, struct dns_record *record, struct problem *problem)
{
	int family = record->type == DNS_A ? 4 : 6;

	if (address_parse(word, &record->address) < 0 || record->address.family != family)
		return problem_set(problem, "\"%s\" is no IPv%d address", word, family);
	return 0;
}

static int read_text(const char *word, char *text, size_t size, struct problem *problem)
{
	if (strlen(word) >= size)
		return problem_set(problem, "\"%s\" is too long", word);
	snprintf(text, size, "%s", word);
	return 0;
}

static int read_naptr(char data[][WORD], struct dns_record *record, struct problem *problem)
{
	if (read_number(data[0], &record->priority, problem) < 0 ||
	    read_number(data[1], &record->weight, problem) < 0 ||
	    read_text(data[2], record->flags, sizeof(record->flags), problem) < 0 ||
	    read_text(data[3], record->service, sizeof(record->service), problem) < 0 ||
	    read_text(data[4], record->regexp, sizeof(record->regexp), problem) < 0)
		return -1;
	return read_name(data[5], record->target, problem);
}

static int read_srv(char data[][WORD], struct dns_record *record, struct problem *problem)
{
	if (read_number(data[0], &record->priority, problem) < 0 ||
	    read_number(data[1], &record->weight, problem) < 0 ||
	    read_number(data[2], &record->port, problem) < 0)
		return -1;
	return read_name(data[3], record->target, problem);
}

static void read_txt(const char *word, struct dns_record *record)
{
	size_t length = strlen(word); /* at most 255: WORD */

	record->raw[0] = (uint8_t)length;
	memcpy(record->raw + 1, word, length);
	record->raw_length = length + 1;
}

static const struct {
	uint16_t type;
	size_t words; /* of data */
} shapes[] = {
	{ DNS_A, 1 },	{ DNS_AAAA, 1 }, { DNS_CNAME, 1 }, { DNS_NS, 1 },    { DNS_PTR, 1 },
	{ DNS_TXT, 1 }, { DNS_MX, 2 },	 { DNS_SRV, 4 },   { DNS_NAPTR, 6 },
};

static int read_data(char data[][WORD], struct dns_record *record, struct problem *problem)
{
	switch (record->type) {
	case DNS_A:
	case DNS_AAAA:
		return read_address(data[0], record, problem);
	case DNS_TXT:
		read_txt(data[0], record);
		return 0;
	case DNS_MX:
		if (read_number(data[0], &record->priority, problem) < 0)
			return -1;
		return read_name(data[1], record->target, problem);
	case DNS_SRV:
		return read_srv(data, record, problem);
	case DNS_NAPTR:
		return read_naptr(data, record, problem);
	default:
		return read_name(data[0], record->target, problem);
	}
}

int zone_parse_record(const char *line, struct dns_record *record, struct problem *problem)
{
	struct words words;

	memset(record, 0, sizeof(*record));
	record->class = CLASS_IN;
	record->ttl = TTL;
	if (split(line, &words, problem) < 0)
		return -1;
	if (words.count < 3)
		return problem_set(problem, "a record is a name, a type and data");
	if (read_name(words.list[0], record->name, problem) < 0)
		return -1;
	record->type = dns_type_value(words.list[1]);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (shapes[i].type != record->type)
			continue;
		if (words.count - 2 != shapes[i].words)
			return problem_set(problem, "%s has %zu words of data, not %zu",
					   words.list[1], shapes[i].words, words.count - 2);
		return read_data(words.list + 2, record, problem);
	}
	return problem_set(problem, "\"%s\" is no type that a zone can have here", words.list[1]);
}
