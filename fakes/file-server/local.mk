libfakes_a_SOURCES += \
	fakes/file-server/file-contents.c fakes/file-server/file-contents.h
