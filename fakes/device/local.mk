libfakes_a_SOURCES += \
	fakes/device/alarms.c \
	fakes/device/backhaul.c fakes/device/backhaul.h \
	fakes/device/backhaul-request.c fakes/device/backhaul-request.h \
	fakes/device/connection-requests.c fakes/device/connection-requests.h \
	fakes/device/cookies.c fakes/device/cookies.h \
	fakes/device/device.c fakes/device/device.h \
	fakes/device/device-traits.c fakes/device/traits.h \
	fakes/device/device-tls.c fakes/device/device-tls.h \
	fakes/device/defects-alarm.def fakes/device/defects-backhaul.def \
	fakes/device/defects-inform.def \
	fakes/device/defects-file.def fakes/device/defects-network.def fakes/device/defects-pm.def \
	fakes/device/configuration-file.c fakes/device/configuration-file.h \
	fakes/device/configuration-part.c fakes/device/configuration-part.h \
	fakes/device/writes.h \
	fakes/device/defects-procedure.def fakes/device/defects-rpc.def \
	fakes/device/defects-session.def fakes/device/defects-transport.def \
	fakes/device/variants.def \
	fakes/device/events.c fakes/device/events.h \
	fakes/device/file-client.c fakes/device/file-client.h \
	fakes/device/file-connection.c fakes/device/file-connection.h \
	fakes/device/file-ftp.c fakes/device/file-ftp-data.c fakes/device/file-ftp.h \
	fakes/device/file-ftp-login.c fakes/device/file-ftp-ways.c \
	fakes/device/file-http.c fakes/device/file-http.h \
	fakes/device/file-sftp.c fakes/device/file-sftp-talk.c fakes/device/file-sftp.h \
	fakes/device/generator.c fakes/device/generator.h \
	fakes/device/http-client.c fakes/device/http-client.h \
	fakes/device/inform.c \
	fakes/device/informing.c \
	fakes/device/location.c \
	fakes/device/measurements.c fakes/device/measurements.h \
	fakes/device/measurement-file.c fakes/device/measurement-spoilt.c \
	fakes/device/misshapen.c fakes/device/misshapen.h \
	fakes/device/misstated.c fakes/device/misstated.h \
	fakes/device/upload-reports.c fakes/device/upload-reports.h \
	fakes/device/uplink.c fakes/device/uplink.h \
	fakes/device/notify.c \
	fakes/device/outages.c \
	fakes/device/parameter-tree.c fakes/device/parameter-tree.h \
	fakes/device/radio.c \
	fakes/device/request-fields.c fakes/device/request-fields.h \
	fakes/device/resolver.c fakes/device/resolver.h \
	fakes/device/resolver-cache.c fakes/device/resolver-cache.h \
	fakes/device/retry.c fakes/device/retry.h \
	fakes/device/rpc.c fakes/device/rpc.h \
	fakes/device/rpc-attributes.c \
	fakes/device/rpc-control.c \
	fakes/device/rpc-names.c \
	fakes/device/rpc-objects.c \
	fakes/device/rpc-parameters.c \
	fakes/device/session.c \
	fakes/device/spelling.c fakes/device/spelling.h \
	fakes/device/spoiled-post.c fakes/device/spoiled-post.h \
	fakes/device/state.h \
	fakes/device/store.c \
	fakes/device/transfers.c fakes/device/transfers.h \
	fakes/device/tunnel.c fakes/device/tunnel.h \
	fakes/device/tunnel-end.h \
	fakes/device/tunnel-ipsec.c fakes/device/tunnel-ipsec.h \
	fakes/device/url.c fakes/device/url.h
