# tests/chart: the scenario language.

test_programs += tests/chart/test-chart tests/chart/test-language

tests_chart_test_chart_SOURCES = tests/chart/test-chart.c
tests_chart_test_chart_LDADD = $(TEST_LIBS)

tests_chart_test_language_SOURCES = tests/chart/test-language.c
tests_chart_test_language_LDADD = $(TEST_LIBS)

EXTRA_DIST += scenarios/LANGUAGE.md
