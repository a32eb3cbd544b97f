not_tests += tests/defects/test-defects
tests_defects_test_defects_SOURCES = tests/defects/test-defects.c \
	tests/defects/expectation.c tests/defects/expectation.h \
	tests/defects/findings.c tests/defects/findings.h \
	tests/defects/mixture.c tests/defects/mixture.h tests/defects/pool.c tests/defects/pool.h \
	tests/defects/sample.c tests/defects/sample.h tests/defects/shape.c tests/defects/shape.h
tests_defects_test_defects_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
not_tests += tests/defects/lawful-devices
tests_defects_lawful_devices_SOURCES = tests/defects/lawful-devices.c \
	tests/defects/mixture.c tests/defects/mixture.h tests/defects/pool.c tests/defects/pool.h \
	tests/defects/sample.c tests/defects/sample.h tests/defects/shape.c tests/defects/shape.h
tests_defects_lawful_devices_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
not_tests += tests/defects/same-verdicts
tests_defects_same_verdicts_SOURCES = tests/defects/same-verdicts.c \
	tests/defects/findings.c tests/defects/findings.h \
	tests/defects/mixture.c tests/defects/mixture.h \
	tests/defects/expectation.c tests/defects/expectation.h \
	tests/defects/pool.c tests/defects/pool.h
tests_defects_same_verdicts_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
check_SCRIPTS += tests/defects/proofs.tap tests/defects/selection.tap tests/defects/severity.tap \
	tests/defects/surroundings.tap
EXTRA_DIST += tests/defects/tables tests/defects/README tests/defects/exclusions \
	tests/defects/profiles \
	tests/defects/variants.tap tests/defects/selection.tap tests/defects/severity.tap \
	tests/defects/surroundings.tap \
	tests/defects/proofs.tap tests/defects/unproved tests/defects/trust tests/defects/soak \
	tests/interop/rejudge.tap

TRUST_NEEDS = femtoproof tests/defects/test-defects tests/defects/lawful-devices \
	tests/defects/same-verdicts
TRUST_ENVIRONMENT = FEMTOPROOF_SOURCE='$(abs_top_srcdir)' FEMTOPROOF_BUILD='$(abs_top_builddir)' \
	FEMTOPROOF='$(abs_top_builddir)/femtoproof'

# Prints "trust NAME VALUE" lines; fails when one is not what it must be.
trust: $(TRUST_NEEDS)
	@$(TRUST_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/defects/trust
# Long seeded mixtures of lawful variants: MIXTURES=N SEED=N.
soak: $(TRUST_NEEDS)
	@$(TRUST_ENVIRONMENT) MIXTURES='$(MIXTURES)' SEED='$(SEED)' \
		$(SHELL) $(top_srcdir)/tests/defects/soak
.PHONY: trust soak
