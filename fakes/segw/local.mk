libfakes_a_SOURCES += \
	fakes/segw/address-pool.c fakes/segw/address-pool.h \
	fakes/segw/segw.c fakes/segw/segw.h \
	fakes/segw/segw-faults.c \
	fakes/segw/segw-settings.c
