/*
 * resolve: gives every word of a parsed tree its meaning: roles, messages, variables,
 * functions, parameters, files. What has none is a mistake, reported at its place.
 */
#ifndef HARNESS_CHART_RESOLVE_H
#define HARNESS_CHART_RESOLVE_H

#include "harness/chart/chart.h"
#include "harness/chart/roles.h"
#include "harness/chart/store.h"
#include "harness/chart/vocabulary.h"

struct binding { /* what a use gives for a parameter of the fragment: one of the two */
	const char *parameter;
	const char *role;
	const char *text; /* an expression */
};

struct frame { /* the file whose lines are being looked at */
	const struct chart *header;
	const struct binding *bindings;
	size_t binding_count;
	bool bound;         /* false: a fragment looked at by itself: parameters can be anything */
	bool roles_unknown; /* its "roles" line could not be read */
	const char *name;   /* to find circles */
	const struct frame *user;
};

struct resolver {
	struct store *store;
	struct diagnostics *diagnostics;
	const struct vocabulary *vocabulary; /* NULL: names that come from files are not checked */
	const char *root;
	struct chart *chart; /* NULL for rules */
	struct names kept;
	xmlXPathContext *xpath;
	size_t syntax_error_at; /* where the XPath parser stopped */
	int syntax_error_code;
	int number;
	size_t files;
	bool too_large;
};

void resolve_error(struct resolver *resolver, const struct place *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "; did you mean "X"?" for the nearest of the names, or "": in the buffer of hint[160]. */
#define HINT 160
const char *resolve_hint(char hint[HINT], const char *word, const char *const *names, size_t count);

/* resolve.c */
void resolve_sequence(struct resolver *resolver, const struct frame *frame, struct item *first);
void resolve_header(struct resolver *resolver, const struct frame *frame, struct chart *chart);
/* Each must be one of the known; what: "statement". */
void resolve_names(struct resolver *resolver, const struct reference *list, size_t count,
		   const struct names *known, const char *what);
void resolve_rests(struct resolver *resolver, const struct reading_list *rests);
void resolve_rule(struct resolver *resolver, struct rule *rule);

/* resolve-arrow.c */
void resolve_arrow(struct resolver *resolver, const struct frame *frame, struct arrow *arrow,
		   bool pattern_only);
void resolve_message(struct resolver *resolver, const struct arrow *arrow);
/* The role that a word means here, or NULL after an error; for an unbound parameter the word. */
const char *resolve_role(struct resolver *resolver, const struct frame *frame, const char *word,
			 const struct place *at);
const char *resolve_parameter(struct resolver *resolver, const char *name, const struct place *at);
void resolve_duration(struct resolver *resolver, const struct frame *frame,
		      struct duration *duration);

/* resolve-name.c: the parameter that a set or get names; {$variable} in it makes its name_value. */
void resolve_setting_name(struct resolver *resolver, const struct frame *frame,
			  struct setting *setting);

/* expression.c: compiles, after putting in the arguments of use. NULL is fine. */
void resolve_expression(struct resolver *resolver, const struct frame *frame,
			struct expression *expression);
/* The one token that the expression is made of: '"' text, '1' number, '$' variable, 'n' name; else
 * 0. */
char expression_single(const char *text);
/* The text with the arguments of use put in; the text itself when there is nothing to put. */
char *expression_bound(struct resolver *resolver, const struct frame *frame, char *text);
/* Is there a variable of this name? */
bool resolve_variable(const struct resolver *resolver, const struct frame *frame, const char *name);
void resolve_unknown_variable(struct resolver *resolver, const struct frame *frame,
			      const struct place *at, const char *name);
/* Calls back for each variable in the text: lint wants to know. */
void expression_variables(const char *text,
			  void (*each)(void *context, const char *name, size_t length),
			  void *context);

/* load.c: the body of a used fragment, read and parsed, or NULL after an error. */
struct chart *load_fragment(struct resolver *resolver, const struct frame *frame,
			    const struct use *use, struct item **body, bool *roles_unknown);

#endif
