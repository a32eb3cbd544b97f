libjudge_a_SOURCES += harness/judge/run-log.c harness/judge/run-log.h \
	harness/judge/run-log-parts.h \
	harness/judge/run-log-profile.c \
	harness/judge/run-log-secret.c
