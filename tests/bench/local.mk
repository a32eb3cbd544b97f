EXTRA_PROGRAMS += tests/bench/make-capture tests/bench/measure
tests_bench_make_capture_SOURCES = tests/bench/make-capture.c
tests_bench_make_capture_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
tests_bench_measure_SOURCES = tests/bench/measure.c
EXTRA_DIST += tests/bench/run tests/bench/tunnels

# Prints "bench NAME VALUE UNIT" lines; asserts nothing.
bench: femtoproof tests/bench/make-capture tests/bench/measure tests/interop/segw-lab$(EXEEXT)
	@$(SHELL) $(top_srcdir)/tests/bench/run ./femtoproof tests/bench/measure tests/bench/make-capture
	@FEMTOPROOF_SOURCE=$(abs_top_srcdir) $(SHELL) $(top_srcdir)/tests/bench/tunnels \
		tests/interop/segw-lab
.PHONY: bench
