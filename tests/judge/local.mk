EXTRA_DIST += tests/judge/data/test.map tests/judge/data/test.profile \
	tests/judge/data/test.rules

check_LIBRARIES += libjudgetrial.a
libjudgetrial_a_SOURCES = tests/judge/trial.c tests/judge/trial.h
libjudgetrial_a_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)

test_programs += tests/judge/test-verdict tests/judge/test-fragments \
	tests/judge/test-matching tests/judge/test-time tests/judge/test-cues \
	tests/judge/test-network tests/judge/test-never tests/judge/test-rules tests/judge/test-functions \
	tests/judge/test-mixtures tests/judge/test-quick-path

tests_judge_test_verdict_SOURCES = tests/judge/test-verdict.c
tests_judge_test_verdict_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_fragments_SOURCES = tests/judge/test-fragments.c
tests_judge_test_fragments_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_matching_SOURCES = tests/judge/test-matching.c
tests_judge_test_matching_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_time_SOURCES = tests/judge/test-time.c
tests_judge_test_time_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_cues_SOURCES = tests/judge/test-cues.c
tests_judge_test_cues_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_network_SOURCES = tests/judge/test-network.c
tests_judge_test_network_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_never_SOURCES = tests/judge/test-never.c
tests_judge_test_never_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_rules_SOURCES = tests/judge/test-rules.c
tests_judge_test_rules_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_functions_SOURCES = tests/judge/test-functions.c
tests_judge_test_functions_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_quick_path_SOURCES = tests/judge/test-quick-path.c
tests_judge_test_quick_path_LDADD = libjudgetrial.a $(TEST_LIBS)
tests_judge_test_mixtures_SOURCES = tests/judge/test-mixtures.c
tests_judge_test_mixtures_LDADD = libjudgetrial.a $(TEST_LIBS)
