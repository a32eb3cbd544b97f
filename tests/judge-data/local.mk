test_programs += tests/judge-data/test-map tests/judge-data/test-maps \
	tests/judge-data/test-profile tests/judge-data/test-statements

tests_judge_data_test_map_SOURCES = tests/judge-data/test-map.c
tests_judge_data_test_map_LDADD = $(TEST_LIBS)
tests_judge_data_test_maps_SOURCES = tests/judge-data/test-maps.c
tests_judge_data_test_maps_LDADD = $(TEST_LIBS)
tests_judge_data_test_profile_SOURCES = tests/judge-data/test-profile.c
tests_judge_data_test_profile_LDADD = $(TEST_LIBS)
tests_judge_data_test_statements_SOURCES = tests/judge-data/test-statements.c
tests_judge_data_test_statements_LDADD = $(TEST_LIBS)

test_programs += tests/judge-data/test-proforma
tests_judge_data_test_proforma_SOURCES = tests/judge-data/test-proforma.c
tests_judge_data_test_proforma_LDADD = $(TEST_LIBS)

check_SCRIPTS += tests/judge-data/proforma.tap tests/judge-data/readings.tap
EXTRA_DIST += tests/judge-data/proforma.tap tests/judge-data/readings.tap
