test_programs += tests/fakes/test-ipsec-host
tests_fakes_test_ipsec_host_SOURCES = tests/fakes/test-ipsec-host.c \
	tests/fakes/ipsec-stand.c tests/fakes/ipsec-stand.h
tests_fakes_test_ipsec_host_LDADD = $(TEST_LIBS)
test_programs += tests/fakes/test-segw
tests_fakes_test_segw_SOURCES = tests/fakes/test-segw.c \
	tests/fakes/segw-stand.c tests/fakes/segw-stand.h \
	tests/fakes/ipsec-stand.c tests/fakes/ipsec-stand.h \
	tests/fakes/hms-script.c tests/fakes/hms-script.h
tests_fakes_test_segw_LDADD = $(TEST_LIBS)
