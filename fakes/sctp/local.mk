libfakes_a_SOURCES += \
	fakes/sctp/association.h \
	fakes/sctp/association.c \
	fakes/sctp/association-inside.h \
	fakes/sctp/association-library.c \
	fakes/sctp/association-path.c \
	fakes/sctp/association-server.c \
	fakes/sctp/association-stack.c
