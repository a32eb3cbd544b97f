EXTRA_DIST += tests/interop/ikev2.tap tests/interop/ikev2-parts.sh
not_tests += tests/interop/ikev2-peer
tests_interop_ikev2_peer_SOURCES = tests/interop/ikev2-peer.c
tests_interop_ikev2_peer_LDADD = $(PROJECT_LIBS) $(SYSTEM_LIBS)
