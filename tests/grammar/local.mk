test_programs += tests/grammar/test-grammar tests/grammar/test-published tests/grammar/test-skeleton
tests_grammar_test_grammar_SOURCES = tests/grammar/test-grammar.c
tests_grammar_test_grammar_LDADD = $(TEST_LIBS)
tests_grammar_test_published_SOURCES = tests/grammar/test-published.c \
	tests/grammar/samples.c tests/grammar/samples.h tests/grammar/mutate.c
tests_grammar_test_published_LDADD = $(TEST_LIBS)
tests_grammar_test_skeleton_SOURCES = tests/grammar/test-skeleton.c \
	tests/grammar/samples.c tests/grammar/samples.h tests/grammar/mutate.c
tests_grammar_test_skeleton_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/grammar/shipped.h tests/grammar/soap-envelope.xsd tests/grammar/soap-encoding.xsd
test_programs += tests/grammar/test-file-grammar
tests_grammar_test_file_grammar_SOURCES = tests/grammar/test-file-grammar.c
tests_grammar_test_file_grammar_LDADD = $(TEST_LIBS)
