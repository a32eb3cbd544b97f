test_programs += tests/fakes/test-ipsec-host
tests_fakes_test_ipsec_host_SOURCES = tests/fakes/test-ipsec-host.c \
	tests/fakes/ipsec-stand.c tests/fakes/ipsec-stand.h
tests_fakes_test_ipsec_host_LDADD = $(TEST_LIBS)
