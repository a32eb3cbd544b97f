not_tests += tests/interop/sctp-foreign tests/interop/sctp-own
tests_interop_sctp_foreign_SOURCES = tests/interop/sctp-foreign.c
tests_interop_sctp_foreign_CFLAGS = $(AM_CFLAGS) $(USRSCTP_CFLAGS)
tests_interop_sctp_foreign_LDADD = $(USRSCTP_LIBS)
tests_interop_sctp_own_SOURCES = tests/interop/sctp-own.c
tests_interop_sctp_own_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
check_SCRIPTS += tests/interop/sctp.tap
EXTRA_DIST += tests/interop/sctp.tap tests/interop/sctp.profile tests/interop/s1.flow \
	tests/interop/iuh.flow
