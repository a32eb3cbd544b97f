HMS_TEST = tests/fakes/hms-client.c tests/fakes/hms-client.h tests/fakes/hms-script.c \
	tests/fakes/hms-script.h

test_programs += tests/fakes/test-hms tests/fakes/test-hms-faults \
	tests/fakes/test-hms-connection-request tests/fakes/test-file-http
not_tests += tests/interop/hms-fake-server
check_SCRIPTS += tests/interop/hms-curl.tap tests/interop/file-server.tap

tests_fakes_test_hms_SOURCES = tests/fakes/test-hms.c $(HMS_TEST)
tests_fakes_test_hms_LDADD = $(TEST_LIBS)
tests_fakes_test_hms_faults_SOURCES = tests/fakes/test-hms-faults.c $(HMS_TEST)
tests_fakes_test_hms_faults_LDADD = $(TEST_LIBS)
tests_fakes_test_hms_connection_request_SOURCES = \
	tests/fakes/test-hms-connection-request.c $(HMS_TEST)
tests_fakes_test_hms_connection_request_LDADD = $(TEST_LIBS)
tests_fakes_test_file_http_SOURCES = tests/fakes/test-file-http.c $(HMS_TEST)
tests_fakes_test_file_http_LDADD = $(TEST_LIBS)
tests_interop_hms_fake_server_SOURCES = tests/interop/hms-fake-server.c \
	tests/interop/fake-server.c tests/interop/fake-server.h \
	tests/fakes/hms-script.c tests/fakes/hms-script.h
tests_interop_hms_fake_server_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)

EXTRA_DIST += tests/fakes/hms.profile tests/interop/hms-curl.tap tests/interop/file-server.tap

test_programs += tests/fakes/test-file-contents
tests_fakes_test_file_contents_SOURCES = tests/fakes/test-file-contents.c
tests_fakes_test_file_contents_LDADD = $(TEST_LIBS)
