check_LIBRARIES += libtalk.a
libtalk_a_SOURCES = tests/loop/talk.c tests/loop/talk.h
libtalk_a_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)

test_programs += \
	tests/loop/test-bench \
	tests/loop/test-client-hello \
	tests/loop/test-loop \
	tests/loop/test-network \
	tests/loop/test-pki \
	tests/loop/test-stream \
	tests/loop/test-stream-tls \
	tests/loop/test-stream-upgrade
tests_loop_test_bench_SOURCES = tests/loop/test-bench.c
tests_loop_test_bench_LDADD = $(TEST_LIBS)
tests_loop_test_client_hello_SOURCES = tests/loop/test-client-hello.c
tests_loop_test_client_hello_LDADD = $(TEST_LIBS)
tests_loop_test_loop_SOURCES = tests/loop/test-loop.c
tests_loop_test_loop_LDADD = $(TEST_LIBS)
tests_loop_test_network_SOURCES = tests/loop/test-network.c
tests_loop_test_network_LDADD = $(TEST_LIBS)
tests_loop_test_pki_SOURCES = tests/loop/test-pki.c
tests_loop_test_pki_LDADD = $(TEST_LIBS)
tests_loop_test_stream_SOURCES = tests/loop/test-stream.c
tests_loop_test_stream_LDADD = libtalk.a $(TEST_LIBS)
tests_loop_test_stream_tls_SOURCES = tests/loop/test-stream-tls.c
tests_loop_test_stream_tls_LDADD = libtalk.a $(TEST_LIBS)
tests_loop_test_stream_upgrade_SOURCES = tests/loop/test-stream-upgrade.c
tests_loop_test_stream_upgrade_LDADD = libtalk.a $(TEST_LIBS)
