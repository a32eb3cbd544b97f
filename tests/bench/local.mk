EXTRA_PROGRAMS += tests/bench/make-capture
tests_bench_make_capture_SOURCES = tests/bench/make-capture.c
tests_bench_make_capture_LDADD = $(TEST_LIBS)
