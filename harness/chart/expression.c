/* Expressions: the arguments of use are put in, libxml2 compiles, and every name in it is looked
 * at: libxml2 itself would tell of unknown variables and functions only when it meets them. */
#include <libxml/xmlregexp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/functions.h"
#include "harness/chart/quick-path.h"
#include "harness/chart/resolve.h"
#include "harness/chart/xpath-token.h"
#include "protocols/address.h"
#include "protocols/cwmp.h"
#include "protocols/memory.h"

#define EXPRESSION_LIMIT 4096 /* characters */
#define DEPTH 48              /* brackets in brackets */

/* The place of a part of an expression, over line ends. */
static struct place part(const struct expression *expression, const char *text, size_t start,
			 size_t length)
{
	struct place at = expression->at;

	for (size_t i = 0; i < start && text[i]; i++) {
		if (text[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if ((text[i + 1] & 0xc0) != 0x80) {
			at.column++;
		}
	}
	at.end_column = at.column;
	for (size_t i = start; i < start + length && text[i] && text[i] != '\n'; i++)
		if ((text[i] & 0xc0) != 0x80)
			at.end_column++;
	return at;
}

static const struct binding *binding_of(const struct frame *frame, const char *name, size_t length)
{
	for (size_t i = 0; frame && i < frame->binding_count; i++) {
		const struct binding *each = &frame->bindings[i];

		if (strncmp(each->parameter, name, length) == 0 && each->parameter[length] == '\0')
			return each;
	}
	return NULL;
}

static bool has_parameter(const struct frame *frame, const char *name, size_t length)
{
	for (size_t i = 0; frame && i < frame->header->parameter_count; i++)
		if (strncmp(frame->header->parameters[i].text, name, length) == 0 &&
		    frame->header->parameters[i].text[length] == '\0')
			return true;
	return false;
}

static size_t first_part(const char *name, size_t length)
{
	const char *dot = memchr(name, '.', length);

	return dot ? (size_t)(dot - name) : length;
}

/* $reason -> the argument; $hms -> 'serving-hems'; $hms.url -> $serving-hems.url. */
static bool put_in(const struct frame *frame, const char *name, size_t length, struct buffer *out)
{
	size_t first = first_part(name, length);
	const struct binding *whole = binding_of(frame, name, length);
	const struct binding *role = binding_of(frame, name, first);

	if (whole && whole->text)
		buffer_add_text(out, whole->text);
	else if (whole && whole->role)
		buffer_format(out, "'%s'", whole->role);
	else if (role && role->role)
		buffer_format(out, "$%s%.*s", role->role, (int)(length - first), name + first);
	else
		return false;
	return true;
}

char *expression_bound(struct resolver *resolver, const struct frame *frame, char *text)
{
	struct xpath_reader reader = { .text = text };
	struct buffer out = { 0 };
	size_t copied = 0;

	if (!frame || frame->binding_count == 0)
		return text;
	for (struct xpath_token token; (token = xpath_next(&reader)).kind != XPATH_END;) {
		struct buffer value = { 0 };

		if (token.kind == XPATH_VARIABLE &&
		    put_in(frame, text + token.start, token.length, &value)) {
			buffer_add(&out, text + copied, token.start - 1 - copied);
			buffer_add_text(&out, buffer_text(&value));
			copied = token.start + token.length;
		}
		buffer_free(&value);
	}
	if (copied > 0) {
		buffer_add_text(&out, text + copied);
		text = store_text(resolver->store, buffer_text(&out));
	}
	buffer_free(&out);
	return text;
}

char expression_single(const char *text)
{
	struct xpath_reader reader = { .text = text };
	struct xpath_token token = xpath_next(&reader);
	bool minus = token.kind == XPATH_OPERATOR && text[token.start] == '-';

	if (minus)
		token = xpath_next(&reader);
	if (xpath_next(&reader).kind != XPATH_END || (minus && token.kind != XPATH_NUMBER_TOKEN))
		return 0;
	switch (token.kind) {
	case XPATH_LITERAL:
		return '"';
	case XPATH_NUMBER_TOKEN:
		return '1';
	case XPATH_VARIABLE:
		return '$';
	case XPATH_NAME:
		return text[token.start] == '.' || text[token.start] == '*' ? 0 : 'n';
	default:
		return 0;
	}
}

void expression_variables(const char *text,
			  void (*each)(void *context, const char *name, size_t length),
			  void *context)
{
	struct xpath_reader reader = { .text = text };

	for (struct xpath_token token; (token = xpath_next(&reader)).kind != XPATH_END;)
		if (token.kind == XPATH_VARIABLE)
			each(context, text + token.start, token.length);
}

/* What is known of a role: the NAMEs of "$ROLE.NAME". */
static const struct {
	const char *name;
	unsigned kinds; /* bits, ROLE_BIT of a kind */
} places[] = {
	{ "address", ~0u },
	{ "host", ~0u },
	{ "port", ~0u },
	{ "url", ~0u },
	{ "path", ~0u },
	{ "outside-url", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "http-url", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "https-url", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "ftp-url", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "ftpes-url", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "ftps-url", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "sftp-url", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "username", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "password", ROLE_BIT(ROLE_FILE_SERVER) },
	{ "host-key", ROLE_BIT(ROLE_FILE_SERVER) },
};

static bool has_place(size_t place, const struct role *role)
{
	return !role || (places[place].kinds >> role->kind) & 1u;
}

bool resolve_variable(const struct resolver *resolver, const struct frame *frame, const char *name)
{
	size_t length = strlen(name), first = first_part(name, length);
	char role[64];

	if (!resolver->vocabulary || names_have(&resolver->vocabulary->variables, name) ||
	    names_have(&resolver->kept, name) || has_parameter(frame, name, length))
		return true;
	if (first == length || first >= sizeof(role))
		return false;
	memcpy(role, name, first);
	role[first] = '\0';
	const struct role *known = role_find(role);

	if (!known && !has_parameter(frame, role, first))
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (has_place(i, known) && strcmp(name + first + 1, places[i].name) == 0)
			return true;
	return false;
}

static void add_near(struct names *near, const char *first, const char *dot, const char *second)
{
	char text[160];

	snprintf(text, sizeof(text), "$%s%s%s", first, dot, second);
	names_add(near, text);
}

void resolve_unknown_variable(struct resolver *resolver, const struct frame *frame,
			      const struct place *at, const char *name)
{
	struct names near = { 0 };
	char hint[HINT];
	size_t count;
	const struct role *table = roles(&count);
	char *word = memory_format("$%s", name);

	for (size_t i = 0; i < resolver->vocabulary->variables.count; i++)
		add_near(&near, resolver->vocabulary->variables.list[i], "", "");
	for (size_t i = 0; i < resolver->kept.count; i++)
		add_near(&near, resolver->kept.list[i], "", "");
	for (size_t i = 0; frame && i < frame->header->parameter_count; i++)
		add_near(&near, frame->header->parameters[i].text, "", "");
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sizeof(places) / sizeof(places[0]); j++)
			if (has_place(j, &table[i]))
				add_near(&near, table[i].name, ".", places[j].name);
	resolve_error(resolver, at, "no variable is called \"%s\"%s", word,
		      resolve_hint(hint, word, (const char *const *)near.list, near.count));
	names_clear(&near);
	free(word);
}

static void check_event(struct resolver *resolver, const struct place *at, const char *code)
{
	static const char *const codes[] = {
		"0 BOOTSTRAP",
		"1 BOOT",
		"2 PERIODIC",
		"3 SCHEDULED",
		"4 VALUE CHANGE",
		"5 KICKED",
		"6 CONNECTION REQUEST",
		"7 TRANSFER COMPLETE",
		"8 DIAGNOSTICS COMPLETE",
		"9 REQUEST DOWNLOAD",
		"10 AUTONOMOUS TRANSFER COMPLETE",
		"M Reboot",
		"M ScheduleInform",
		"M Download",
		"M Upload",
	};
	char hint[HINT];

	if (cwmp_event_find(code) || strncmp(code, "X ", 2) == 0 || strncmp(code, "M X_", 4) == 0)
		return;
	resolve_error(resolver, at, "no event code is \"%s\"%s", code,
		      resolve_hint(hint, code, codes, sizeof(codes) / sizeof(codes[0])));
}

/* XML Schema's regular expressions are anchored at both ends and have no ^ and $. */
static void check_regexp(struct resolver *resolver, const struct place *at, const char *text)
{
	int depth = 0, deepest = 0;

	for (const char *each = text; *each; each++) {
		depth += *each == '(' ? 1 : *each == ')' ? -1 : 0;
		deepest = depth > deepest ? depth : deepest;
	}
	if (text[0] == '^') {
		resolve_error(resolver, at,
			      "a regular expression fits the whole text by itself: "
			      "leave \"^\" and \"$\" out");
		return;
	}
	xmlRegexp *compiled = deepest > DEPTH ? NULL : xmlRegexpCompile((const xmlChar *)text);
	if (!compiled)
		resolve_error(resolver, at, "this is no regular expression of XML Schema");
	xmlRegFreeRegexp(compiled);
}

static void check_literal(struct resolver *resolver, const struct place *at, enum literal_kind kind,
			  const char *text)
{
	const struct vocabulary *vocabulary = resolver->vocabulary;
	struct address anywhere = { .family = 4 };
	char hint[HINT];

	switch (kind) {
	case LITERAL_ANY:
		break;
	case LITERAL_PARAMETER:
		resolve_parameter(resolver, text, at);
		break;
	case LITERAL_EVENT:
		check_event(resolver, at, text);
		break;
	case LITERAL_REGEXP:
		check_regexp(resolver, at, text);
		break;
	case LITERAL_PREFIX:
		if (address_in(&anywhere, text) < 0)
			resolve_error(resolver, at,
				      "\"%s\" is no network: an address, a slash and the length "
				      "of the prefix, as in 192.0.2.0/24",
				      text);
		break;
	case LITERAL_ITEM:
		if (vocabulary && vocabulary->items.count > 0 &&
		    !names_have(&vocabulary->items, text))
			resolve_error(resolver, at, "no item of the ICS is called \"%s\"%s", text,
				      resolve_hint(hint, text,
						   (const char *const *)vocabulary->items.list,
						   vocabulary->items.count));
		break;
	}
}

struct call {                                 /* an open bracket */
	const struct function_kind *function; /* NULL: not a function's */
	struct xpath_token name;
	int arguments; /* complete ones */
	int tokens;    /* of the argument being read */
	struct xpath_token first;
};

struct walk {
	struct resolver *resolver;
	const struct frame *frame;
	const struct expression *expression;
	const char *text; /* as in the file */
	struct call calls[DEPTH + 1];
	int depth;
	struct call *pending; /* the name was read, its bracket comes next */
	struct call next_call;
};

static void argument_done(struct walk *walk, struct call *call)
{
	const struct function_kind *function = call->function;

	if (function && call->tokens == 1 && call->first.kind == XPATH_LITERAL &&
	    call->arguments == function->literal && call->first.length >= 2) {
		char *text =
		    memory_text_length(walk->text + call->first.start + 1, call->first.length - 2);
		struct place at =
		    part(walk->expression, walk->text, call->first.start, call->first.length);

		check_literal(walk->resolver, &at, function->kind, text);
		free(text);
	}
	if (call->tokens > 0)
		call->arguments++;
	call->tokens = 0;
}

static void call_done(struct walk *walk, const struct call *call)
{
	const struct function_kind *function = call->function;
	struct place at = part(walk->expression, walk->text, call->name.start, call->name.length);

	if (!function)
		return;
	if (call->arguments < function->least && function->least == function->most)
		resolve_error(walk->resolver, &at, "%s() takes %d argument%s, here it has %d",
			      function->name, function->least, function->least == 1 ? "" : "s",
			      call->arguments);
	else if (call->arguments < function->least)
		resolve_error(walk->resolver, &at,
			      "%s() takes at least %d argument%s, here it has %d", function->name,
			      function->least, function->least == 1 ? "" : "s", call->arguments);
	else if (function->most >= 0 && call->arguments > function->most)
		resolve_error(walk->resolver, &at, "%s() takes %s %d argument%s, here it has %d",
			      function->name,
			      function->least == function->most ? "just" : "at most",
			      function->most, function->most == 1 ? "" : "s", call->arguments);
}

static void call_named(struct walk *walk, struct xpath_token token)
{
	const char *name = walk->text + token.start;
	struct call call = { .function = function_find(name, token.length), .name = token };

	if (!call.function) {
		const char *names[80];
		size_t count;
		const struct function_kind *table = functions(&count);
		char *word = memory_text_length(name, token.length);
		struct place at = part(walk->expression, walk->text, token.start, token.length);
		char hint[HINT];

		for (size_t i = 0; i < count && i < 80; i++)
			names[i] = table[i].name;
		resolve_error(walk->resolver, &at, "no function is called \"%s\"%s", word,
			      resolve_hint(hint, word, names, count < 80 ? count : 80));
		free(word);
	}
	walk->next_call = call;
	walk->pending = &walk->next_call;
}

static void variable_named(struct walk *walk, struct xpath_token token)
{
	char *name = memory_text_length(walk->text + token.start, token.length);
	struct place at = part(walk->expression, walk->text, token.start - 1, token.length + 1);

	if (!resolve_variable(walk->resolver, walk->frame, name))
		resolve_unknown_variable(walk->resolver, walk->frame, &at, name);
	free(name);
}

static void look_at_names(struct walk *walk)
{
	struct xpath_reader reader = { .text = walk->text };

	for (struct xpath_token token; (token = xpath_next(&reader)).kind != XPATH_END;) {
		struct call *call = &walk->calls[walk->depth];

		if (token.kind == XPATH_COMMA) {
			argument_done(walk, call);
			continue;
		}
		if (token.kind == XPATH_CLOSE && walk->depth > 0) {
			argument_done(walk, call);
			call_done(walk, call);
			walk->depth--;
			continue;
		}
		if (call->tokens++ == 0)
			call->first = token;
		if (token.kind == XPATH_CALL)
			call_named(walk, token);
		else if (token.kind == XPATH_VARIABLE)
			variable_named(walk, token);
		else if (token.kind == XPATH_OPEN) {
			walk->calls[++walk->depth] =
			    walk->pending ? *walk->pending : (struct call){ 0 };
			walk->pending = NULL;
		}
	}
}

/* Both parsers recurse: libxml2's and ours have a limit before anything is compiled. */
static bool too_long(struct resolver *resolver, const struct expression *expression)
{
	struct xpath_reader reader = { .text = expression->text };
	int depth = 0;

	if (strlen(expression->text) > EXPRESSION_LIMIT) {
		resolve_error(resolver, &expression->at,
			      "the expression is longer than %d characters", EXPRESSION_LIMIT);
		return true;
	}
	for (struct xpath_token token; (token = xpath_next(&reader)).kind != XPATH_END;) {
		depth += token.kind == XPATH_OPEN ? 1 : token.kind == XPATH_CLOSE ? -1 : 0;
		if (depth > DEPTH) {
			resolve_error(resolver, &expression->at, "brackets are nested too deep");
			return true;
		}
	}
	return false;
}

static void syntax_error(struct resolver *resolver, const struct expression *expression)
{
	const char *text = expression->text;
	size_t length = strlen(text);
	size_t start = resolver->syntax_error_at < length ? resolver->syntax_error_at : length;

	start += strspn(text + start, " \t\r\n");
	struct place at = part(expression, text, start, 1);
	if (text[start] == '\0') {
		at = part(expression, text, length, 0);
		resolve_error(resolver, &at, "the expression ends too early");
		return;
	}
	switch (resolver->syntax_error_code) {
	case XML_XPATH_VARIABLE_REF_ERROR:
		resolve_error(resolver, &at, "a variable's name should stand here");
		break;
	case XML_XPATH_INVALID_PREDICATE_ERROR:
		resolve_error(resolver, &at, "\"]\" should stand here");
		break;
	case XML_XPATH_UNCLOSED_ERROR:
		resolve_error(resolver, &at, "\")\" should stand here");
		break;
	default:
		resolve_error(resolver, &at, "the XPath expression goes wrong here");
		break;
	}
}

static xmlXPathCompExpr *compiled(struct resolver *resolver, const char *text)
{
	resolver->syntax_error_at = 0;
	resolver->syntax_error_code = 0;
	return xmlXPathCtxtCompile(resolver->xpath, (const xmlChar *)text);
}

void resolve_expression(struct resolver *resolver, const struct frame *frame,
			struct expression *expression)
{
	if (!expression || !expression->text || expression->compiled ||
	    too_long(resolver, expression))
		return;
	expression->compiled = compiled(resolver, expression->text);
	if (!expression->compiled) {
		syntax_error(resolver, expression);
		return;
	}
	struct walk walk = { .resolver = resolver,
			     .frame = frame,
			     .expression = expression,
			     .text = expression->text };
	look_at_names(&walk);
	char *bound = expression_bound(resolver, frame, expression->text);
	if (bound == expression->text) {
		expression->quick = quick_path(resolver->store, bound);
		return;
	}
	xmlXPathFreeCompExpr(expression->compiled);
	expression->text = bound;
	expression->compiled = too_long(resolver, expression) ? NULL : compiled(resolver, bound);
	if (!expression->compiled)
		resolve_error(resolver, &expression->at,
			      "with the arguments put in this is no expression: %s", bound);
	else
		expression->quick = quick_path(resolver->store, bound);
}
