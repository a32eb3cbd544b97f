test_programs += tests/defects/test-defects
tests_defects_test_defects_SOURCES = tests/defects/test-defects.c \
	tests/defects/expectation.c tests/defects/expectation.h \
	tests/defects/findings.c tests/defects/findings.h \
	tests/defects/mixture.c tests/defects/mixture.h tests/defects/pool.c tests/defects/pool.h \
	tests/defects/shape.c tests/defects/shape.h
tests_defects_test_defects_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
not_tests += tests/defects/lawful-devices
tests_defects_lawful_devices_SOURCES = tests/defects/lawful-devices.c \
	tests/defects/mixture.c tests/defects/mixture.h tests/defects/pool.c tests/defects/pool.h \
	tests/defects/shape.c tests/defects/shape.h
tests_defects_lawful_devices_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
check_SCRIPTS += tests/defects/variants.tap tests/defects/selection.tap tests/defects/severity.tap
EXTRA_DIST += tests/defects/tables tests/defects/README tests/defects/exclusions tests/defects/profiles \
	tests/defects/variants.tap tests/defects/selection.tap tests/defects/severity.tap
