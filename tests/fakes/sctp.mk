test_programs += tests/fakes/test-ran-fake tests/fakes/test-sctp
tests_fakes_test_ran_fake_SOURCES = tests/fakes/test-ran-fake.c tests/fakes/own-network.c \
	tests/fakes/own-network.h
tests_fakes_test_ran_fake_LDADD = $(TEST_LIBS)
tests_fakes_test_sctp_SOURCES = tests/fakes/test-sctp.c tests/fakes/own-network.c \
	tests/fakes/own-network.h
tests_fakes_test_sctp_LDADD = $(TEST_LIBS)
EXTRA_DIST += tests/fakes/ran.profile
