/* Files: reads scenarios with what they use and come after, and rules. */
#include <errno.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlstring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/chart/grammar.h"
#include "harness/chart/parser.h"
#include "harness/chart/resolve.h"
#include "protocols/memory.h"

#define FILE_LIMIT (1024 * 1024)
#define MOST_FILES 400 /* uses in one scenario */
#define MOST_NESTED 16 /* files in files */

struct chain { /* the scenarios that are being loaded, to find circles */
	const char *name;
	const struct chain *up;
	int depth;
};

/* Where a file named from the scenario folder down is: new memory. */
static char *path_of(const char *root, const char *name)
{
	size_t length = strlen(root);

	while (length > 1 && root[length - 1] == '/')
		length--;
	return strcmp(root, ".") == 0 ? memory_text(name)
				      : memory_format("%.*s/%s", (int)length, root, name);
}

/* The whole file in new memory, or NULL with why. */
static char *read_file(const char *path, size_t *length, const char **why)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	size_t size = 0, room = 8192;

	*why = strerror(errno);
	if (!file)
		return NULL;
	text = memory_resize(NULL, room, 1);
	for (size_t got; (got = fread(text + size, 1, room - size, file)) > 0;) {
		size += got;
		if (size < room)
			continue;
		if (room >= FILE_LIMIT)
			break;
		room *= 2;
		text = memory_resize(text, room, 1);
	}
	bool good = !ferror(file) && size < FILE_LIMIT;
	*why = ferror(file) ? strerror(errno) : "it is larger than 1 MB";
	fclose(file);
	if (!good) {
		free(text);
		return NULL;
	}
	*length = size;
	return text;
}

/* Only text: no NUL, and UTF-8, or libxml2 would stumble over it. */
static bool is_text(const struct source *source, struct diagnostics *diagnostics)
{
	struct place at = { source->name, 1, 1, 2 };

	if (strlen(source->text) == source->length && xmlCheckUTF8((const xmlChar *)source->text))
		return true;
	for (const char *line = source->text, *next; (next = strchr(line, '\n')); line = next + 1) {
		char *copy = memory_text_length(line, (size_t)(next - line));
		int good = xmlCheckUTF8((const xmlChar *)copy);

		free(copy);
		if (!good)
			break;
		at.line++;
	}
	diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &at, NULL,
			"this is no text in UTF-8: the line has other octets in it");
	return false;
}

static void quiet(void *context, xmlErrorPtr error)
{
	(void)context;
	(void)error;
}

static void note_xpath_error(void *context, xmlErrorPtr error)
{
	struct resolver *resolver = context;

	if (resolver->syntax_error_code == 0) {
		resolver->syntax_error_code = error->code;
		resolver->syntax_error_at = error->int1 > 0 ? (size_t)error->int1 : 0;
	}
}

/* libxml2's regular expressions complain to a handler of the thread: kept and put back. */
struct silence {
	xmlStructuredErrorFunc function;
	void *context;
};

static struct silence silence_begin(void)
{
	struct silence before = { xmlStructuredError, xmlStructuredErrorContext };

	xmlSetStructuredErrorFunc(NULL, quiet);
	return before;
}

static void silence_end(struct silence before)
{
	xmlSetStructuredErrorFunc(before.context, before.function);
}

static void resolver_begin(struct resolver *resolver)
{
	resolver->xpath = xmlXPathNewContext(NULL);
	resolver->xpath->error = note_xpath_error;
	resolver->xpath->userData = resolver;
}

static void resolver_end(struct resolver *resolver)
{
	names_clear(&resolver->kept);
	xmlXPathFreeContext(resolver->xpath);
}

/* Parses a scenario or fragment of the source into a chart of the store. */
static struct chart *parsed(struct store *store, const struct source *source,
			    struct diagnostics *diagnostics, struct parser *parser)
{
	struct chart *chart = store_take(store, sizeof(*chart));

	*parser = (struct parser){ .store = store,
				   .source = source,
				   .diagnostics = diagnostics,
				   .start = TOKEN_START_CHART,
				   .chart = chart };
	chart->store = store;
	chart->at = (struct place){ source->name, 1, 1, 1 };
	parser_read(parser);
	chart->body = store_take(store, sizeof(*chart->body));
	chart->body->first = parser->body.first;
	return chart;
}

static void check_header(struct resolver *resolver, const struct parser *parser,
			 struct chart *chart)
{
	if (!(parser->headers & HEADER_TITLE) && !(parser->broken_headers & HEADER_TITLE)) {
		if (!parser->headers)
			resolve_error(
			    resolver, &chart->at,
			    "a file begins with \"scenario\" or \"fragment\" and its title");
		return;
	}
	if (chart->is_fragment) {
		if (chart->after_count > 0)
			resolve_error(
			    resolver, &chart->after_names[0].at,
			    "a fragment comes after nothing: \"after\" belongs in a scenario");
		chart->after_count = 0;
		return;
	}
	if (!((parser->headers | parser->broken_headers) & HEADER_ROLES))
		resolve_error(resolver, &chart->at, "the scenario has no \"roles\"");
	if (chart->parameter_count > 0)
		resolve_error(resolver, &chart->parameters[0].at, "only a fragment has parameters");
	if (!chart->body->first && !parser->broken && !parser->unclosed)
		resolve_error(resolver, &chart->at, "the scenario has no arrow");
}

/* The text of a used file: read once, however often it is used. */
static const struct source *fragment_source(struct resolver *resolver, const struct use *use)
{
	const struct source *source = resolver->store->sources;
	const char *why = "a file is named from the scenario folder down";
	char *path = path_of(resolver->root, use->file);
	size_t length = 0;

	while (source && strcmp(source->name, path) != 0)
		source = source->next;
	if (!source) {
		char *text = strstr(use->file, "..") ? NULL : read_file(path, &length, &why);

		if (text)
			source = store_source(resolver->store, path, text, length);
		else
			resolve_error(resolver, &use->at, "cannot read \"%s\": %s", path, why);
		free(text);
	}
	free(path);
	return source && is_text(source, resolver->diagnostics) ? source : NULL;
}

struct chart *load_fragment(struct resolver *resolver, const struct frame *frame,
			    const struct use *use, struct item **body, bool *roles_unknown)
{
	size_t depth = 0;
	struct parser parser;

	for (const struct frame *each = frame; each; each = each->user, depth++)
		if (strcmp(each->name, use->file) == 0) {
			resolve_error(resolver, &use->at, "\"%s\" uses itself", use->file);
			return NULL;
		}
	if (depth > MOST_NESTED || ++resolver->files > MOST_FILES) {
		resolve_error(resolver, &use->at, "too many files use one another");
		return NULL;
	}
	const struct source *source = fragment_source(resolver, use);
	if (!source)
		return NULL;
	struct chart *fragment = parsed(resolver->store, source, resolver->diagnostics, &parser);
	if (!fragment->is_fragment && fragment->title) {
		resolve_error(resolver, &use->at,
			      "\"%s\" is a scenario of its own: \"use\" takes a fragment, "
			      "\"after\" a scenario",
			      use->file);
		return NULL;
	}
	check_header(resolver, &parser, fragment);
	*roles_unknown = (parser.broken_headers & HEADER_ROLES) != 0;
	*body = fragment->body->first;
	return parser.too_deep ? NULL : fragment;
}

static struct chart *load(const char *shown, const char *root, const char *text, size_t length,
			  const struct vocabulary *vocabulary, struct diagnostics *diagnostics,
			  const struct chain *up);

static struct chart *load_path(const char *path, const char *root,
			       const struct vocabulary *vocabulary, struct diagnostics *diagnostics,
			       const struct chain *up, const char **why)
{
	size_t length = 0;
	char *text = read_file(path, &length, why);

	if (!text)
		return NULL;
	*why = NULL;
	struct chart *chart = load(path, root, text, length, vocabulary, diagnostics, up);
	free(text);
	return chart;
}

static void keep_names_of(struct names *kept, const struct item *first)
{
	for (const struct item *item = first; item; item = item->next) {
		for (size_t i = 0; item->arrow && i < item->arrow->keep_count; i++)
			names_add(kept, item->arrow->keeps[i].name);
		for (const struct sequence *each = item->branches; each; each = each->next)
			keep_names_of(kept, each->first);
	}
}

static void keep_names_of_chart(struct names *kept, const struct chart *chart)
{
	for (size_t i = 0; i < chart->after_count; i++)
		if (chart->after[i])
			keep_names_of_chart(kept, chart->after[i]);
	keep_names_of(kept, chart->body->first);
}

static void load_after(struct resolver *resolver, struct chart *chart, size_t index,
		       const struct chain *chain)
{
	const struct reference *name = &chart->after_names[index];
	const char *why = NULL;

	for (const struct chain *each = chain; each; each = each->up)
		if (strcmp(each->name, name->text) == 0) {
			resolve_error(resolver, &name->at,
				      each == chain
					  ? "\"%s\" comes after itself"
					  : "\"%s\" comes after itself by way of this scenario",
				      name->text);
			return;
		}
	if (chain->depth >= MOST_NESTED) {
		resolve_error(resolver, &name->at, "too many scenarios come after one another");
		return;
	}
	if (strstr(name->text, "..")) {
		resolve_error(resolver, &name->at, "a file is named from the scenario folder down");
		return;
	}
	char *path = path_of(resolver->root, name->text);
	chart->after[index] = load_path(path, resolver->root, resolver->vocabulary,
					resolver->diagnostics, chain, &why);
	if (why)
		resolve_error(resolver, &name->at, "cannot read \"%s\": %s", path, why);
	else if (!chart->after[index])
		resolve_error(resolver, &name->at, "\"%s\" has mistakes", name->text);
	else if (chart->after[index]->is_fragment)
		resolve_error(
		    resolver, &name->at,
		    "\"%s\" is a fragment: \"after\" takes a scenario, \"use\" a fragment",
		    name->text);
	else
		keep_names_of_chart(&resolver->kept, chart->after[index]);
	free(path);
}

static const char *below(const char *root, const char *path)
{
	size_t length = strlen(root);

	while (length > 1 && root[length - 1] == '/')
		length--;
	if (strncmp(path, root, length) != 0 || path[length] != '/')
		return NULL;
	return path + length + strspn(path + length, "/");
}

/* The name from the scenario folder down, however the two are written; of a file elsewhere the
 * path as given. */
static char *name_in(struct store *store, const char *root, const char *path)
{
	const char *name = below(root, path);

	if (name)
		return store_text(store, name);
	char *real_root = realpath(root, NULL), *real_path = realpath(path, NULL);
	if (real_root && real_path)
		name = below(real_root, real_path);
	char *copy = store_text(store, name ? name : path);
	free(real_root);
	free(real_path);
	return copy;
}

static void resolve_chart(struct resolver *resolver, struct chart *chart,
			  const struct parser *parser, const struct chain *up)
{
	struct chain chain = { chart->name, up, up ? up->depth + 1 : 0 };
	struct frame frame = {
		.header = chart,
		.name = chart->name,
		.roles_unknown = !(parser->headers & HEADER_ROLES) && !chart->is_fragment,
	};

	if (parser->broken_headers & (HEADER_ROLES | HEADER_PARAMETERS))
		frame.roles_unknown = true;
	chart->after = store_take(chart->store, (chart->after_count + 1) * sizeof(struct chart *));
	for (size_t i = 0; i < chart->after_count; i++)
		load_after(resolver, chart, i, &chain);
	resolve_header(resolver, &frame, chart);
	resolve_sequence(resolver, &frame, chart->body->first);
	chart->step_count = resolver->number;
}

static struct chart *load(const char *shown, const char *root, const char *text, size_t length,
			  const struct vocabulary *vocabulary, struct diagnostics *diagnostics,
			  const struct chain *up)
{
	size_t errors = diagnostics->errors;
	struct store *store = store_new();
	struct source *source = store_source(store, shown, text, length);
	struct parser parser;

	if (!is_text(source, diagnostics)) {
		store_free(store);
		return NULL;
	}
	struct chart *chart = parsed(store, source, diagnostics, &parser);
	struct resolver resolver = { .store = store,
				     .diagnostics = diagnostics,
				     .vocabulary = vocabulary,
				     .root = root,
				     .chart = chart };
	chart->file = source->name;
	chart->name = name_in(store, root, shown);
	check_header(&resolver, &parser, chart);
	resolver_begin(&resolver);
	if (!parser.too_deep)
		resolve_chart(&resolver, chart, &parser, up);
	else
		chart->after_count = 0;
	resolver_end(&resolver);
	if (diagnostics->errors > errors) {
		chart_free(chart);
		return NULL;
	}
	return chart;
}

struct chart *chart_parse(const char *text, size_t length, const char *file, const char *root,
			  const struct vocabulary *vocabulary, struct diagnostics *diagnostics)
{
	struct silence before = silence_begin();
	size_t first = diagnostics->count;
	struct chart *chart =
	    load(file, root ? root : ".", text, length, vocabulary, diagnostics, NULL);

	diagnostics_sort(diagnostics, first);
	silence_end(before);
	return chart;
}

struct chart *chart_load(const char *file, const char *root, const struct vocabulary *vocabulary,
			 struct diagnostics *diagnostics)
{
	struct silence before = silence_begin();
	const char *why = NULL;
	size_t first = diagnostics->count;
	struct chart *chart =
	    load_path(file, root ? root : ".", vocabulary, diagnostics, NULL, &why);

	if (why)
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &(struct place){ .file = file },
				NULL, "cannot read the scenario: %s", why);
	diagnostics_sort(diagnostics, first);
	silence_end(before);
	return chart;
}

void chart_free(struct chart *chart)
{
	if (!chart)
		return;
	for (size_t i = 0; chart->after && i < chart->after_count; i++)
		chart_free(chart->after[i]);
	store_free(chart->store);
}

int rules_parse(const char *text, size_t length, const char *file,
		const struct vocabulary *vocabulary, struct rules *rules,
		struct diagnostics *diagnostics)
{
	size_t errors = diagnostics->errors, said = diagnostics->count, first = rules->count;

	if (!rules->store)
		rules->store = store_new();
	struct source *source = store_source(rules->store, file, text, length);
	struct parser parser = { .store = rules->store,
				 .source = source,
				 .diagnostics = diagnostics,
				 .start = TOKEN_START_RULES,
				 .rules = rules };
	struct resolver resolver = { .store = rules->store,
				     .diagnostics = diagnostics,
				     .vocabulary = vocabulary };
	if (!is_text(source, diagnostics))
		return -1;
	struct silence before = silence_begin();
	parser_read(&parser);
	build_rule_end(&parser);
	resolver_begin(&resolver);
	for (size_t i = first; i < rules->count; i++)
		resolve_rule(&resolver, rules->rules[i]);
	resolver_end(&resolver);
	diagnostics_sort(diagnostics, said);
	silence_end(before);
	return diagnostics->errors > errors ? -1 : 0;
}

int rules_load(const char *file, const struct vocabulary *vocabulary, struct rules *rules,
	       struct diagnostics *diagnostics)
{
	size_t length = 0;
	const char *why;
	char *text = read_file(file, &length, &why);

	if (!text) {
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &(struct place){ .file = file },
				NULL, "cannot read the rules: %s", why);
		return -1;
	}
	int result = rules_parse(text, length, file, vocabulary, rules, diagnostics);
	free(text);
	return result;
}

void rules_free(struct rules *rules)
{
	store_free(rules->store);
	*rules = (struct rules){ 0 };
}
