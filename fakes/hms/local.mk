libfakes_a_SOURCES += \
	fakes/fake.c \
	fakes/fake.h \
	fakes/fake-settings.c \
	fakes/fake-settings.h \
	fakes/fake-tls.c \
	fakes/fake-tls.h \
	fakes/http-guard.c \
	fakes/http-guard.h \
	fakes/hms/connection-credentials.c \
	fakes/hms/connection-credentials.h \
	fakes/hms/connection-request.c \
	fakes/hms/hms-answer.c \
	fakes/hms/hms-auth.c \
	fakes/hms/hms-connection.c \
	fakes/hms/hms-cue.c \
	fakes/hms/hms-device.c \
	fakes/hms/hms-faults.c \
	fakes/hms/hms-session.c \
	fakes/hms/hms.c \
	fakes/hms/hms.h
