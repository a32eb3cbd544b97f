not_tests += tests/hostile/hostile-device tests/hostile/make-hostile-capture tests/hostile/peak
tests_hostile_hostile_device_SOURCES = tests/hostile/hostile-device.c tests/hostile/http-modes.c \
	tests/hostile/modes.h tests/hostile/other-modes.c tests/hostile/session-modes.c \
	tests/hostile/tls-modes.c tests/hostile/wire.c tests/hostile/wire.h tests/hostile/xml-modes.c
tests_hostile_hostile_device_LDADD = $(SYSTEM_LIBS)
tests_hostile_make_hostile_capture_SOURCES = tests/hostile/make-hostile-capture.c
tests_hostile_peak_SOURCES = tests/hostile/peak.c
check_SCRIPTS += tests/hostile/captures.tap
EXTRA_DIST += tests/hostile/captures.tap tests/hostile/hostile.tap tests/hostile/hostile.table tests/hostile/inform.flow \
	tests/hostile/call.flow tests/hostile/good.flow tests/hostile/rest.flow tests/hostile/tls.flow
