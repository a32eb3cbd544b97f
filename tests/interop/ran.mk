not_tests += tests/interop/ran-messages
tests_interop_ran_messages_SOURCES = tests/interop/ran-messages.c
tests_interop_ran_messages_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
check_SCRIPTS += tests/interop/ran.tap
EXTRA_DIST += tests/interop/ran.tap
