EXTRA_DIST += tests/interop/ikev2.tap tests/interop/segw.tap tests/interop/ikev2-parts.sh
not_tests += tests/interop/ikev2-peer
tests_interop_ikev2_peer_SOURCES = tests/interop/ikev2-peer.c
tests_interop_ikev2_peer_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
not_tests += tests/interop/segw-lab
tests_interop_segw_lab_SOURCES = tests/interop/segw-lab.c \
	tests/fakes/hms-script.c tests/fakes/hms-script.h
tests_interop_segw_lab_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
