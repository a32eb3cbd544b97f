/* lower-case(s), is-date-time(s). */
#include <stddef.h>

#include "harness/judge/xpath-arguments.h"

void xpath_lower_case(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *text[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, text) < 0)
		return;
	for (xmlChar *c = text[0]; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (xmlChar)(*c - 'A' + 'a');
	xpath_give_text(ctxt, (const char *)text[0]);
	xpath_arguments_free(text, 1);
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes exactly count digits; -1 when they are not there. */
static int number(const char **text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (!digit(**text))
			return -1;
		value = value * 10 + (**text - '0');
	}
	return value;
}

static bool literal(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* Takes the year's digits, four or more, and gives its last four. */
static int year_of(const char **text)
{
	int year = number(text, 4);

	while (year >= 0 && digit(**text))
		year = (year * 10 + *(*text)++ - '0') % 10000;
	return year;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool date(const char **text)
{
	literal(text, '-');
	int year = year_of(text);
	if (year < 0 || !literal(text, '-'))
		return false;
	int month = number(text, 2);
	if (month < 1 || month > 12 || !literal(text, '-'))
		return false;
	int day = number(text, 2);
	return day >= 1 && day <= days_in(year, month);
}

static bool time_of_day(const char **text)
{
	int hour = number(text, 2);
	if (hour < 0 || hour > 24 || !literal(text, ':'))
		return false;
	int minute = number(text, 2);
	if (minute < 0 || minute > 59 || !literal(text, ':'))
		return false;
	int second = number(text, 2);
	if (second < 0 || second > 59 || (hour == 24 && (minute > 0 || second > 0)))
		return false;
	if (literal(text, '.')) {
		if (!digit(**text))
			return false;
		while (digit(**text))
			(*text)++;
	}
	return true;
}

static bool zone(const char **text)
{
	if (literal(text, 'Z') || **text == '\0')
		return true;
	if (!literal(text, '+') && !literal(text, '-'))
		return false;
	int hour = number(text, 2);
	if (hour < 0 || hour > 14 || !literal(text, ':'))
		return false;
	int minute = number(text, 2);
	return minute >= 0 && minute <= 59 && (hour < 14 || minute == 0);
}

/* xsd:dateTime (XML Schema part 2, 3.2.7); the unknown time of TR-106 2.2,
 * 0001-01-01T00:00:00Z, is one. */
bool xpath_date_time(const char *text)
{
	return date(&text) && literal(&text, 'T') && time_of_day(&text) && zone(&text) &&
	       *text == '\0';
}

void xpath_is_date_time(xmlXPathParserContext *ctxt, int nargs)
{
	xmlChar *argument[1];

	if (xpath_arguments(ctxt, nargs, 1, 1, argument) < 0)
		return;
	xpath_give_truth(ctxt, xpath_date_time((const char *)argument[0]));
	xpath_arguments_free(argument, 1);
}
