libloop_a_SOURCES += \
	harness/loop/account.c harness/loop/account.h \
	harness/loop/bench.c harness/loop/bench.h \
	harness/loop/bench-plan.c harness/loop/bench-plan.h \
	harness/loop/certificate.c harness/loop/certificate.h \
	harness/loop/client-hello.c harness/loop/client-hello.h \
	harness/loop/datagram.c \
	harness/loop/guardian.c harness/loop/guardian.h \
	harness/loop/lab-gateway.c harness/loop/lab-gateway.h \
	harness/loop/lab-interface.c harness/loop/lab-interface.h \
	harness/loop/lab-network.c harness/loop/lab-network.h \
	harness/loop/listener.c \
	harness/loop/loop.c harness/loop/loop.h harness/loop/loop-inside.h \
	harness/loop/loop-places.c \
	harness/loop/loop-signals.c \
	harness/loop/loop-timers.c \
	harness/loop/namespace.c harness/loop/namespace.h \
	harness/loop/netlink.c harness/loop/netlink.h \
	harness/loop/pki.c harness/loop/pki.h harness/loop/pki-inside.h \
	harness/loop/pki-identity.c \
	harness/loop/raw-socket.c harness/loop/raw-socket.h \
	harness/loop/socket-address.c harness/loop/socket-address.h \
	harness/loop/stream.c harness/loop/stream.h harness/loop/stream-inside.h \
	harness/loop/stream-tls.c \
	harness/loop/tap.h \
	harness/loop/tls-alert.c harness/loop/tls-alert.h \
	harness/loop/tls-context.c harness/loop/tls-context.h \
	harness/loop/tun.c harness/loop/tun.h \
	harness/loop/tun-veth.c harness/loop/tun-veth.h
