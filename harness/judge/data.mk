libjudge_a_SOURCES += \
	harness/judge/data-file.c harness/judge/data-file.h \
	harness/judge/data-model-load.c \
	harness/judge/data-model-map.c harness/judge/data-model-map.h \
	harness/judge/map-shelf.c harness/judge/map-shelf.h \
	harness/judge/data-model-parts.h \
	harness/judge/data-model-type.c harness/judge/data-model-type.h \
	harness/judge/profile.c harness/judge/profile.h \
	harness/judge/profile-parts.h \
	harness/judge/profile-rules.c \
	harness/judge/proforma.c harness/judge/proforma.h \
	harness/judge/proforma-check.c \
	harness/judge/proforma-condition.c \
	harness/judge/proforma-kinds.c \
	harness/judge/proforma-parts.h \
	harness/judge/proforma-rows.c \
	harness/judge/statements.c harness/judge/statements.h

EXTRA_DIST += scenarios/PROFILES.md \
	scenarios/maps/henb-device2.map \
	scenarios/maps/henb-tr262.map \
	scenarios/maps/hnb-device2.map \
	scenarios/maps/hnb-tr196-1.map \
	scenarios/maps/hnb-tr262.map \
	scenarios/maps/parts/fap-lte.part \
	scenarios/maps/parts/fap-umts.part \
	scenarios/maps/parts/fault-management.part \
	scenarios/maps/parts/ipsec.part \
	scenarios/maps/parts/location.part \
	scenarios/maps/parts/performance.part \
	scenarios/maps/parts/root-device1.part \
	scenarios/maps/parts/root-device2.part \
	scenarios/maps/parts/root-igd.part \
	scenarios/maps/parts/tunnel.part \
	scenarios/profiles/simulated.part \
	scenarios/profiles/simulated-henb.profile \
	scenarios/profiles/simulated-henb-http.profile \
	scenarios/profiles/simulated-henb-tr262.profile \
	scenarios/profiles/simulated-hnb.profile \
	scenarios/profiles/simulated-hnb-device2.profile \
	scenarios/profiles/simulated-hnb-http.profile \
	scenarios/profiles/simulated-hnb-tr196-1.profile \
	scenarios/statements/interpretations.statements \
	scenarios/statements/ts-32-583.statements \
	scenarios/statements/ts-32-593.statements
