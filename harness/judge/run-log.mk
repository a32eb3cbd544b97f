libjudge_a_SOURCES += harness/judge/run-log.c harness/judge/run-log.h
