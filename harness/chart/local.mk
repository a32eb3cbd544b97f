# harness/chart: the scenario language. grammar.c, grammar.h and lexer.c are generated.

BUILT_SOURCES += harness/chart/grammar.h

libchart_a_SOURCES += \
	harness/chart/actions.c harness/chart/actions.h \
	harness/chart/build.c harness/chart/build-header.c harness/chart/parser.h \
	harness/chart/chart.h \
	harness/chart/diagnostics.c harness/chart/diagnostics.h \
	harness/chart/explain.c \
	harness/chart/expression.c \
	harness/chart/fault-table.c harness/chart/fault-table.h \
	harness/chart/functions.c harness/chart/functions.h \
	harness/chart/grammar.y \
	harness/chart/lexer.l harness/chart/lexer.h \
	harness/chart/lint.c \
	harness/chart/load.c \
	harness/chart/quick-path.c harness/chart/quick-path.h \
	harness/chart/resolve.c harness/chart/resolve-arrow.c \
	harness/chart/resolve-name.c harness/chart/resolve.h \
	harness/chart/settable.c harness/chart/settable.h \
	harness/chart/roles.c harness/chart/roles.h \
	harness/chart/store.c harness/chart/store.h \
	harness/chart/syntax-error.c harness/chart/syntax-error.h \
	harness/chart/vocabulary.c harness/chart/vocabulary.h \
	harness/chart/xpath-token.c harness/chart/xpath-token.h
