test_programs += tests/grammar/test-published
tests_grammar_test_published_SOURCES = tests/grammar/test-published.c \
	tests/grammar/samples.c tests/grammar/samples.h tests/grammar/mutate.c
tests_grammar_test_published_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/grammar/soap-envelope.xsd tests/grammar/soap-encoding.xsd
