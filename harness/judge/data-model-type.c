#include "harness/judge/data-model-type.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

#define LONGEST_ITEM 4096 /* of a list */

static const struct {
	const char *word;
	enum parameter_type type;
	const char *xsd;
	long long least, most;
} types[] = { /* in the order of enum parameter_type */
	{ "object", TYPE_OBJECT, "", 0, 0 },
	{ "string", TYPE_STRING, "xsd:string", 0, LLONG_MAX },
	{ "int", TYPE_INT, "xsd:int", INT_MIN, INT_MAX },
	{ "uint", TYPE_UNSIGNED, "xsd:unsignedInt", 0, UINT_MAX },
	{ "boolean", TYPE_BOOLEAN, "xsd:boolean", 0, 0 },
	{ "dateTime", TYPE_DATE_TIME, "xsd:dateTime", 0, 0 },
	{ "base64", TYPE_BASE64, "xsd:base64", 0, LLONG_MAX },
	{ "enum", TYPE_ENUM, "xsd:string", 0, 0 },
};

#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))

const char *map_type_name(const struct map_entry *entry)
{
	/* A list is a string on the wire (TR-106 3.2.2). */
	return entry->list ? "xsd:string" : types[entry->type].xsd;
}

void type_clear(struct map_entry *entry)
{
	if (entry->values) {
		for (size_t i = 0; entry->values[i]; i++)
			free((void *)(uintptr_t)entry->values[i]);
		free((void *)(uintptr_t)entry->values);
	}
	entry->values = NULL;
}

/* "a","b" between the parentheses, already seen to have its quotes closed. */
static bool enum_values(const char *text, size_t length, struct map_entry *entry)
{
	const char **values = NULL;
	size_t count = 0, at = 0;
	bool good = true;

	while (good) {
		size_t start = at + 1, end = start;
		good = at < length && text[at] == '"';
		while (good && end < length && text[end] != '"')
			end++;
		good = good && end < length;
		if (!good)
			break;
		values = memory_resize(values, count + 2, sizeof(*values));
		values[count++] = memory_text_length(text + start, end - start);
		values[count] = NULL;
		if (end + 1 == length)
			break;
		good = text[end + 1] == ',';
		at = end + 2;
	}
	entry->values = values;
	return good;
}

/* "64" = most, "5:6" = both, ":6", "5:". */
static bool range(const char *text, size_t length, struct map_entry *entry)
{
	char *copy = memory_text_length(text, length);
	char *colon = strchr(copy, ':');
	const char *most = colon ? colon + 1 : copy;
	long long least = entry->least, greatest = entry->most;
	bool good = true;

	if (colon) {
		*colon = '\0';
		good = copy[0] == '\0' || data_number(copy, &least);
	}
	if (most[0] != '\0')
		good = good && data_number(most, &greatest);
	else
		good = good && colon && copy[0] != '\0';
	good = good && least <= greatest && least >= entry->least && greatest <= entry->most;
	free(copy);
	entry->least = least;
	entry->most = greatest;
	return good;
}

static bool type_word(const char *text, size_t length, struct map_entry *entry)
{
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		if (strlen(types[i].word) == length && strncmp(types[i].word, text, length) == 0) {
			entry->type = types[i].type;
			entry->least = types[i].least;
			entry->most = types[i].most;
			return true;
		}
	}
	return false;
}

/* One past the ")" that closes text[0] "(", quotes respected; 0 = none. */
static size_t parenthesis_end(const char *text)
{
	bool quoted = false;

	for (size_t i = 1; text[i]; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (text[i] == ')' && !quoted)
			return i + 1;
	}
	return 0;
}

/* "[]" or "[256]" behind a type. */
static bool list_suffix(const char *text, struct map_entry *entry)
{
	size_t length = strlen(text);

	entry->list_most = LLONG_MAX;
	if (length == 0)
		return true;
	if (text[0] != '[' || text[length - 1] != ']' || entry->type == TYPE_OBJECT)
		return false;
	entry->list = true;
	if (length == 2)
		return true;
	char *number = memory_text_length(text + 1, length - 2);
	bool good = data_number(number, &entry->list_most) && entry->list_most >= 0;
	free(number);
	return good;
}

static void type_unknown(struct data_file *file, size_t word, const char *name, size_t length)
{
	const char *known[TYPE_COUNT];
	char *copy = memory_text_length(name, length);

	for (size_t i = 0; i < TYPE_COUNT; i++)
		known[i] = types[i].word;
	const char *near = nearest_word(copy, known, TYPE_COUNT);
	data_file_error(file, word, "no type is called \"%s\"%s%s%s; expected object, string, int, uint,"
			" boolean, dateTime, base64 or enum(...)", copy, near ? "; did you mean \"" : "",
			near ? near : "", near ? "\"?" : "");
	free(copy);
}

bool type_parse(struct data_file *file, size_t word, struct map_entry *entry)
{
	const char *text = data_file_word(file, word);
	size_t length = strcspn(text, "([");
	const char *rest = text + length;
	bool good = true;

	if (!type_word(text, length, entry)) {
		type_unknown(file, word, text, length);
		return false;
	}
	if (rest[0] == '(') {
		size_t end = parenthesis_end(rest);
		bool ranged = entry->most > entry->least;
		if (entry->type == TYPE_ENUM)
			good = end > 2 && enum_values(rest + 1, end - 2, entry);
		else
			good = ranged && end > 2 && range(rest + 1, end - 2, entry);
		rest += end;
	} else if (entry->type == TYPE_ENUM) {
		good = false;
	}
	if (!good || !list_suffix(rest, entry)) {
		data_file_error(file, word, "\"%s\" is no type; expected %s", text,
				entry->type == TYPE_ENUM ? "enum(\"a\",\"b\"), a list with [] or [MOST] behind" :
				entry->type == TYPE_OBJECT ? "object" :
				"such as string(64), int(-9:9), uint(1:), boolean; a list with [] or [MOST] behind");
		return false;
	}
	return true;
}

char *type_default(const struct map_entry *entry)
{
	if (entry->list)
		return memory_text("");
	switch (entry->type) {
	case TYPE_INT:
	case TYPE_UNSIGNED:
		return memory_format("%lld", entry->least > 0 ? entry->least :
				     entry->most < 0 ? entry->most : 0);
	case TYPE_BOOLEAN:
		return memory_text("false");
	case TYPE_DATE_TIME:
		return memory_text("0001-01-01T00:00:00Z"); /* unknown time, TR-106 3.2.1 */
	case TYPE_ENUM:
		return memory_text(entry->values[0]);
	default:
		return memory_text("");
	}
}

/* Characters, not octets: sizes in the data models count characters. */
static long long characters(const char *text)
{
	long long count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static bool digits(const char *text, size_t count, int least, int most)
{
	int number = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (text[i] - '0');
	}
	return number >= least && number <= most;
}

/* ISO 8601 as XML Schema has it: YYYY-MM-DDThh:mm:ss[.f][Z or +hh:mm]. */
static bool is_date_time(const char *text)
{
	if (strlen(text) < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
	    text[13] != ':' || text[16] != ':')
		return false;
	if (!digits(text, 4, 1, 9999) || !digits(text + 5, 2, 1, 12) || !digits(text + 8, 2, 1, 31) ||
	    !digits(text + 11, 2, 0, 24) || !digits(text + 14, 2, 0, 59) || !digits(text + 17, 2, 0, 60))
		return false;
	const char *rest = text + 19;
	if (*rest == '.') {
		size_t fraction = strspn(rest + 1, "0123456789");
		if (fraction == 0)
			return false;
		rest += 1 + fraction;
	}
	if (*rest == '+' || *rest == '-')
		return strlen(rest) == 6 && digits(rest + 1, 2, 0, 14) && rest[3] == ':' &&
		       digits(rest + 4, 2, 0, 59);
	return *rest == '\0' || strcmp(rest, "Z") == 0;
}

static bool is_base64(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	size_t padding = strspn(text + length, "=");

	return text[length + padding] == '\0' && padding <= 2 && (length + padding) % 4 == 0;
}

static const char *number_wrong(const struct map_entry *entry, const char *value)
{
	const char *sign = value[0] == '+' || value[0] == '-' ? value + 1 : value;
	long long number;

	if (sign[0] == '\0' || strspn(sign, "0123456789") != strlen(sign))
		return "type";
	if (!data_number(value[0] == '+' ? sign : value, &number))
		return "value"; /* a number, but beyond every type */
	return number < entry->least || number > entry->most ? "value" : NULL;
}

static const char *item_wrong(const struct map_entry *entry, const char *value)
{
	switch (entry->type) {
	case TYPE_OBJECT:
		return "type";
	case TYPE_INT:
	case TYPE_UNSIGNED:
		return number_wrong(entry, value);
	case TYPE_BOOLEAN:
		return strcmp(value, "0") == 0 || strcmp(value, "1") == 0 || strcmp(value, "true") == 0 ||
		       strcmp(value, "false") == 0 ? NULL : "type";
	case TYPE_DATE_TIME:
		return is_date_time(value) ? NULL : "type";
	case TYPE_BASE64:
		if (!is_base64(value))
			return "type";
		return (long long)strlen(value) > entry->most ? "value" : NULL;
	case TYPE_ENUM:
		for (size_t i = 0; entry->values[i]; i++) {
			if (strcmp(entry->values[i], value) == 0)
				return NULL;
		}
		return "value";
	case TYPE_STRING:
		break;
	}
	/* The empty string is lawful where a least length counts only what is configured. */
	long long length = characters(value);
	return (length != 0 && length < entry->least) || length > entry->most ? "value" : NULL;
}

const char *map_value_wrong(const struct map_entry *entry, const char *value)
{
	if (!entry->list)
		return item_wrong(entry, value);
	if (characters(value) > entry->list_most)
		return "value";
	const char *wrong = NULL;
	while (*value && !wrong) {
		size_t length = strcspn(value, ",");
		size_t blanks = strspn(value, " "); /* allowed around commas, TR-106 3.2.2 */
		if (blanks > length)
			blanks = length;
		size_t end = length;
		while (end > blanks && value[end - 1] == ' ')
			end--;
		if (end - blanks > LONGEST_ITEM)
			return "value";
		char *item = memory_text_length(value + blanks, end - blanks);
		wrong = item_wrong(entry, item);
		free(item);
		value += length + (value[length] == ',');
	}
	return wrong;
}
