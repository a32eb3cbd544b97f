libfakes_a_SOURCES += \
	fakes/ipsec/address-range.c fakes/ipsec/address-range.h \
	fakes/ipsec/esp-table.c fakes/ipsec/esp-table.h \
	fakes/ipsec/ipsec-host.c fakes/ipsec/ipsec-host.h \
	fakes/ipsec/ipsec-state.h \
	fakes/ipsec/ipsec-inside.c \
	fakes/ipsec/ipsec-tunnel.c \
	fakes/ipsec/ipsec-events.c \
	fakes/ipsec/ipsec-wire.c
