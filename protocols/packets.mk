libprotocols_a_SOURCES += \
	protocols/capture-file.c protocols/capture-file.h \
	protocols/capture-time.c protocols/capture-time.h \
	protocols/capture-window.c protocols/capture-window.h \
	protocols/dns.c protocols/dns.h \
	protocols/dns-document.c protocols/dns-encode.c protocols/dns-types.c \
	protocols/dns-name.c protocols/dns-name.h \
	protocols/ip-fragments.c protocols/ip-fragments.h \
	protocols/packet.c protocols/packet.h \
	protocols/packet-write.c protocols/packet-write.h \
	protocols/pcapng-write.c protocols/pcapng-write.h \
	protocols/tcp-reassembly.c protocols/tcp-reassembly.h \
	protocols/tcp-stream.c protocols/tcp-stream.h \
	protocols/tcp-table.c protocols/tcp-table.h
