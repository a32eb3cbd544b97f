libjudge_a_SOURCES += \
	harness/judge/cm-parameter.c harness/judge/cm-parameter.h \
	harness/judge/evaluation.c harness/judge/evaluation.h \
	harness/judge/explanation.c harness/judge/explanation.h \
	harness/judge/grammar.c harness/judge/grammar.h \
	harness/judge/grammar-file.c \
	harness/judge/grammar-words.c harness/judge/grammar-words.h \
	harness/judge/judge.c harness/judge/judge.h \
	harness/judge/judge-cue.c \
	harness/judge/judge-findings.c \
	harness/judge/judge-match.c \
	harness/judge/judge-network.c harness/judge/judge-never.c \
	harness/judge/judge-passed.c \
	harness/judge/judge-rule-view.c harness/judge/judge-rules.c \
	harness/judge/judge-run.c \
	harness/judge/judge-state.h \
	harness/judge/judge-time.c \
	harness/judge/judge-variables.c \
	harness/judge/judge-walk.c \
	harness/judge/pattern.c harness/judge/pattern.h \
	harness/judge/quick-function.c \
	harness/judge/quick-value.c harness/judge/quick-value.h \
	harness/judge/rule-book.c harness/judge/rule-book.h \
	harness/judge/rule-facts.c harness/judge/rule-facts.h \
	harness/judge/rule-index.c harness/judge/rule-index.h \
	harness/judge/rule-needs.c harness/judge/rule-needs.h \
	harness/judge/rule-reads.c harness/judge/rule-reads.h \
	harness/judge/verdict.c harness/judge/verdict.h \
	harness/judge/xpath-arguments.h \
	harness/judge/xpath-cwmp.c \
	harness/judge/xpath-functions.c \
	harness/judge/xpath-matches.c \
	harness/judge/xpath-parameters.c \
	harness/judge/xpath-tables.c \
	harness/judge/xpath-shape.c \
	harness/judge/xpath-digest.c \
	harness/judge/xpath-text.c \
	harness/judge/xpath-url.c
