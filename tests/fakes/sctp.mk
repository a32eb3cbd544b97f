test_programs += tests/fakes/test-sctp
tests_fakes_test_sctp_SOURCES = tests/fakes/test-sctp.c
tests_fakes_test_sctp_LDADD = $(TEST_LIBS)
