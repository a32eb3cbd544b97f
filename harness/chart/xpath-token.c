#include "harness/chart/xpath-token.h"

#include <string.h>

static bool starts_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool in_name(char c)
{
	return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static size_t name_end(const char *text, size_t at)
{
	while (in_name(text[at]))
		at++;
	return at;
}

static bool is(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && strncmp(text, word, length) == 0;
}

static bool is_word_operator(const char *text, size_t length)
{
	return is(text, length, "and") || is(text, length, "or") || is(text, length, "div") ||
	       is(text, length, "mod");
}

static bool is_node_type(const char *text, size_t length)
{
	return is(text, length, "node") || is(text, length, "text") ||
	       is(text, length, "comment") || is(text, length, "processing-instruction");
}

static struct xpath_token name_token(struct xpath_reader *reader, size_t start)
{
	const char *text = reader->text;
	size_t end = name_end(text, start);
	struct xpath_token token = { XPATH_NAME, start, 0 };

	if (reader->operand && is_word_operator(text + start, end - start)) {
		reader->operand = false;
		token.kind = XPATH_OPERATOR;
	} else {
		if (text[end] == ':' && starts_name(text[end + 1]))
			end = name_end(text, end + 1);
		size_t after = end + strspn(text + end, " \t\r\n");
		bool axis = text[after] == ':' && text[after + 1] == ':';

		if (text[after] == '(' && !is_node_type(text + start, end - start))
			token.kind = XPATH_CALL;
		reader->operand = !axis;
	}
	token.length = end - start;
	reader->next = end;
	return token;
}

static struct xpath_token literal_token(struct xpath_reader *reader, size_t start)
{
	const char *end = strchr(reader->text + start + 1, reader->text[start]);
	size_t length =
	    end ? (size_t)(end - reader->text) - start + 1 : strlen(reader->text + start);

	reader->next = start + length;
	reader->operand = true;
	return (struct xpath_token){ XPATH_LITERAL, start, length };
}

static struct xpath_token number_token(struct xpath_reader *reader, size_t start)
{
	size_t length = strspn(reader->text + start, "0123456789.");

	reader->next = start + length;
	reader->operand = true;
	return (struct xpath_token){ XPATH_NUMBER_TOKEN, start, length };
}

static struct xpath_token sign_token(struct xpath_reader *reader, size_t start)
{
	struct xpath_token token = { XPATH_OPERATOR, start, 1 };

	switch (reader->text[start]) {
	case '(':
	case '[':
		token.kind = XPATH_OPEN;
		reader->operand = false;
		break;
	case ')':
	case ']':
		token.kind = XPATH_CLOSE;
		reader->operand = true;
		break;
	case ',':
		token.kind = XPATH_COMMA;
		reader->operand = false;
		break;
	case '.':
		token.kind = XPATH_NAME;
		reader->operand = true;
		break;
	case '*':
		token.kind = reader->operand ? XPATH_OPERATOR : XPATH_NAME;
		reader->operand = !reader->operand;
		break;
	default:
		reader->operand = false;
		break;
	}
	reader->next = start + 1;
	return token;
}

struct xpath_token xpath_next(struct xpath_reader *reader)
{
	const char *text = reader->text;
	size_t start = reader->next + strspn(text + reader->next, " \t\r\n");
	char c = text[start];

	if (c == '\0')
		return (struct xpath_token){ XPATH_END, start, 0 };
	if (c == '"' || c == '\'')
		return literal_token(reader, start);
	if ((c >= '0' && c <= '9') ||
	    (c == '.' && text[start + 1] >= '0' && text[start + 1] <= '9'))
		return number_token(reader, start);
	if (c == '$' && starts_name(text[start + 1])) {
		reader->next = name_end(text, start + 1);
		reader->operand = true;
		return (struct xpath_token){ XPATH_VARIABLE, start + 1, reader->next - start - 1 };
	}
	if (starts_name(c))
		return name_token(reader, start);
	return sign_token(reader, start);
}
