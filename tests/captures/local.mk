test_programs += \
	tests/captures/test-capture-file \
	tests/captures/test-packet \
	tests/captures/test-reader \
	tests/captures/test-recorder \
	tests/captures/test-tcp-reassembly \
	tests/protocols/test-dns
not_tests += tests/captures/make-recording
sample_recording_sources = tests/captures/sample-recording.c tests/captures/sample-recording.h
tests_captures_make_recording_SOURCES = tests/captures/make-recording.c \
	$(sample_recording_sources)
tests_captures_make_recording_LDADD = $(TEST_LIBS)
tests_captures_test_capture_file_SOURCES = tests/captures/test-capture-file.c
tests_captures_test_capture_file_LDADD = $(TEST_LIBS)
tests_captures_test_packet_SOURCES = tests/captures/test-packet.c
tests_captures_test_packet_LDADD = $(TEST_LIBS)
tests_captures_test_reader_SOURCES = tests/captures/test-reader.c $(sample_recording_sources)
tests_captures_test_reader_LDADD = $(TEST_LIBS)
tests_captures_test_recorder_SOURCES = tests/captures/test-recorder.c
tests_captures_test_recorder_LDADD = $(TEST_LIBS)
tests_captures_test_tcp_reassembly_SOURCES = tests/captures/test-tcp-reassembly.c
tests_captures_test_tcp_reassembly_LDADD = $(TEST_LIBS)
tests_protocols_test_dns_SOURCES = tests/protocols/test-dns.c
tests_protocols_test_dns_LDADD = $(TEST_LIBS)

check_SCRIPTS += tests/interop/recording.tap
EXTRA_DIST += tests/interop/recording.tap
