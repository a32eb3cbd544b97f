/*
 * chart: a parsed scenario: arrows, actions, fragments. What a .flow file says, with every
 * name resolved, and nothing about how it is run. LANGUAGE.md in scenarios/ is the
 * reference of the notation.
 *
 * Memory: a chart owns everything below it; chart_free gives it back. Nothing changes a
 * chart after loading, so judges may share one.
 */
#ifndef HARNESS_CHART_CHART_H
#define HARNESS_CHART_CHART_H

#include <libxml/xpath.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/chart/diagnostics.h"

struct place { /* where something stands in a file */
	const char *file; /* owned by the chart (or the source it came from) */
	int line, column;      /* from 1 */
	int end_column;        /* one past its last column, on the same line */
};

struct reference { /* covers, needs, after, tags, rests: a word with its place */
	char *text;
	bool negated; /* needs not NAME */
	struct place at;
};

struct reading_list { /* rests ID, ID: of unclear places of a standard, on which something rests */
	struct reference *list;
	size_t count;
};

struct expression { /* an XPath 1.0 expression (libxml2), compiled */
	char *text;    /* with the arguments of use put in */
	xmlXPathCompExpr *compiled;
	const struct quick *quick; /* see quick-path.h; NULL = it is outside of that part */
	struct place at;
	char *comment; /* what stood behind "--", or NULL */
	struct reading_list rests; /* of a check */
	struct expression *next_owned; /* the store's own list, to free what is compiled */
};

enum limit_source { LIMIT_LAB, LIMIT_STANDARD };

struct duration {
	int64_t microseconds;  /* when variable is NULL */
	char *variable;        /* "limit.session": looked up in the profile */
	enum limit_source source; /* of a literal: lab unless "standard" stands behind it */
	char *reference;       /* the standard's clause, or NULL */
	struct duration *next; /* of a sum: the term behind this one; source and reference are the */
	bool minus;            /* first's. This one is taken off */
	double share;          /* of what stands before it, where that is more; 0 = none */
	struct place at;
};

enum argument_kind {
	ARGUMENT_NONE, ARGUMENT_NUMBER, ARGUMENT_PLACE, ARGUMENT_DURATION, ARGUMENT_WORD, ARGUMENT_TEXT
};

struct fault_kind { /* a row of the table of faults, fault-table.c */
	const char *name;       /* "http-status" */
	const char *protocol;   /* "http", "cwmp", "tls, ike", ..., "any" */
	enum argument_kind argument;
	const char *words;      /* ARGUMENT_WORD: the allowed ones, blank-separated */
	const char *appears_as; /* message name on the wire; "" = the arrow's own; NULL = nothing */
	const char *meaning;
};

struct fault { /* with http-status 500 */
	const struct fault_kind *kind;
	int64_t number;  /* a number, or microseconds */
	char *text;      /* word or text */
	struct place at;
};

struct setting { /* set NAME = VALUE [as TYPE], get NAME */
	char *name;    /* as written: a parameter's short or full name, or an argument of the RPC */
	struct expression *name_value; /* of a name with {$variable} in it; NULL = it is as written */
	bool is_parameter;
	struct expression *value; /* NULL for get */
	char *type;    /* "xsd:int" when as stands there */
	struct place at;
};

struct keep { /* keep NAME = XPATH */
	char *name;
	struct expression *value;
	struct place at;
};

struct arrow {
	/* Role names; in a rule's pattern also "*" or a class of roles: "device", "hms", "dns",
	 * "segw", "any-mme", "any-hnb-gw". */
	const char *from, *to;
	char *message;         /* a name of message-names.h; "*" in a rule's pattern */
	char *step;            /* "2.1" or NULL */
	struct duration *within; /* NULL = no deadline of its own */
	struct reading_list rests;   /* of all of it */
	struct expression **checks; size_t check_count;
	struct expression **shoulds; size_t should_count; /* broken, they are warnings */
	struct setting *settings;   size_t setting_count;
	struct keep *keeps;         size_t keep_count;
	struct fault *faults;       size_t fault_count;
	struct place at;
	struct arrow_ends { struct place from, to, message; } ends; /* where its names stand */
	int number;            /* its place in the chart, from 1, unique: uses expanded */
};

struct action_argument { char *name; struct expression *value; struct place at; };

struct action { /* henb does raise-alarm severity="Major" */
	const char *role;
	char *name;
	struct action_argument *arguments; size_t argument_count;
	char *step;
	struct place at, role_at, name_at;
	int number; /* shares the arrows' numbering */
};

enum item_kind { ITEM_ARROW, ITEM_ACTION, ITEM_WAIT, ITEM_ALT, ITEM_OPT, ITEM_PAR, ITEM_LOOP,
		 ITEM_NEVER, ITEM_SEQUENCE /* a used file, in place */ };

struct sequence { /* a branch of a fragment */
	struct item *first;
	struct expression *guard; /* when XPATH; NULL = none */
	char *title;              /* NULL = none */
	struct sequence *next;    /* the next branch of an alt or par */
};

struct use { /* use FILE NAME=VALUE ...: where a sequence in place came from */
	char *file;  /* as written, relative to the root */
	struct action_argument *arguments; size_t argument_count;
	struct place at; /* of the file's name */
};

struct item {
	enum item_kind kind;
	struct place at;
	struct arrow *arrow;       /* ITEM_ARROW */
	struct action *action;     /* ITEM_ACTION */
	struct duration *duration; /* ITEM_WAIT; ITEM_NEVER with for */
	struct sequence *branches; /* fragments; one but for alt and par */
	int least, most;           /* ITEM_LOOP; most -1 = no bound */
	struct use *use;           /* ITEM_SEQUENCE */
	struct item *next;
};

enum clause_status {
	STATUS_NONE, STATUS_MANDATORY, STATUS_OPTIONAL, STATUS_CONDITIONAL, STATUS_INFORMATIVE
};

struct clause { char *standard, *number; enum clause_status status; struct place at; };

struct store; /* the memory of a chart or of rules: store.h */

struct chart {
	struct store *store;
	char *file;   /* as given */
	char *name;   /* relative to the scenario folder: "henb/registration.flow" */
	char *title;
	bool is_fragment; /* "fragment": only for use, not a scenario of its own */
	char *standard;   /* "TS 32.593" */
	char *clause;     /* "5.1.3" */
	enum clause_status status;
	struct clause *clauses; size_t clause_count; /* all; those above are the first */
	struct reference *roles;  size_t role_count;
	struct reference *covers; size_t cover_count; /* ranges expanded */
	struct reference *needs;  size_t need_count;  /* names of ICS items */
	struct reference *tags;   size_t tag_count;
	struct chart **after;     size_t after_count; /* preambles, in order, loaded */
	struct reference *after_names;             /* as written, after_count of them */
	struct reference *parameters; size_t parameter_count; /* of a fragment */
	struct arrow **tolerated; size_t tolerated_count;
	struct sequence *body;
	int step_count;           /* arrows and actions, the highest number */
	struct place at;
};

/* What names mean: given to the loader by the caller, so that the language knows no files
 * but scenarios. */
struct vocabulary;

/* Loads a scenario, with what it uses and what it comes after. root: the folder that names in use
 * and after are relative to. Every mistake goes to diagnostics; NULL when there was one. */
struct chart *chart_load(const char *file, const char *root, const struct vocabulary *vocabulary,
			 struct diagnostics *diagnostics);
/* The same from text; file is only its name. */
struct chart *chart_parse(const char *text, size_t length, const char *file, const char *root,
			  const struct vocabulary *vocabulary, struct diagnostics *diagnostics);
void chart_free(struct chart *chart);

/* Warnings of lint: no clause, an arrow that cannot be reached, an unused keep, a step used
 * twice. */
void chart_lint(const struct chart *chart, struct diagnostics *diagnostics);
/* Runs through what says on which readings it rests: arrows and checks of the scenario and of what it
 * uses, not of its preambles. */
void chart_rests(const struct chart *chart,
		 void (*heard)(void *context, const struct reference *reading), void *context);
struct names;
/* Adds the variables that the scenario and its preambles ask for (those that an arrow keeps, too), and
 * the actions in it, as "ROLE ACTION". */
void chart_asks(const struct chart *chart, struct names *variables, struct names *actions);
/* The scenario as numbered prose, new memory. */
char *chart_explain(const struct chart *chart);
/* "henb -> serving-hems : Inform  [1.1]": an arrow in the notation, new memory. */
char *arrow_text(const struct arrow *arrow);
const char *clause_status_name(enum clause_status status); /* "mandatory" */

/* Rules: a file of rule definitions in the same notation. */
enum severity { SEVERITY_FAIL, SEVERITY_WARNING };

struct rule { /* holds for every message that its pattern fits */
	char *id;        /* "CWMP-ID-ECHO" */
	char *statement;
	char *standard, *clause;
	enum severity severity;
	struct arrow *pattern;      /* from, to, message; "*" = any; its checks are the rule's */
	struct expression *guard;   /* when XPATH; NULL = always */
	/* Ids of rules that are looked at before; silent when the message breaks one of them. */
	char **after; size_t after_count;
	struct place at;
};

struct rules { struct rule **rules; size_t count; struct store *store; };

int rules_load(const char *file, const struct vocabulary *vocabulary, struct rules *rules,
	       struct diagnostics *diagnostics); /* adds; -1 when there was a mistake */
/* The same from text; file is only its name. */
int rules_parse(const char *text, size_t length, const char *file,
		const struct vocabulary *vocabulary, struct rules *rules,
		struct diagnostics *diagnostics);
void rules_free(struct rules *rules);

#endif
