test_programs += tests/protocols/test-ikev2-codec tests/protocols/test-ikev2-crypto
tests_protocols_test_ikev2_codec_SOURCES = tests/protocols/test-ikev2-codec.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h
tests_protocols_test_ikev2_codec_LDADD = $(TEST_LIBS)
tests_protocols_test_ikev2_crypto_SOURCES = tests/protocols/test-ikev2-crypto.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h
tests_protocols_test_ikev2_crypto_LDADD = $(TEST_LIBS)
test_programs += tests/protocols/test-ikev2-sa tests/protocols/test-ikev2-faults
tests_protocols_test_ikev2_sa_SOURCES = tests/protocols/test-ikev2-sa.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h \
	tests/protocols/ikev2-wire.c tests/protocols/ikev2-wire.h
tests_protocols_test_ikev2_sa_LDADD = $(TEST_LIBS)
tests_protocols_test_ikev2_faults_SOURCES = tests/protocols/test-ikev2-faults.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h \
	tests/protocols/ikev2-wire.c tests/protocols/ikev2-wire.h
tests_protocols_test_ikev2_faults_LDADD = $(TEST_LIBS)
test_programs += tests/protocols/test-esp
tests_protocols_test_esp_SOURCES = tests/protocols/test-esp.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h
tests_protocols_test_esp_LDADD = $(TEST_LIBS)
test_programs += tests/protocols/test-eap-aka tests/protocols/test-milenage
tests_protocols_test_eap_aka_SOURCES = tests/protocols/test-eap-aka.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h
tests_protocols_test_eap_aka_LDADD = $(TEST_LIBS)
tests_protocols_test_milenage_SOURCES = tests/protocols/test-milenage.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h
tests_protocols_test_milenage_LDADD = $(TEST_LIBS)
test_programs += tests/protocols/test-ikev2-hosting
tests_protocols_test_ikev2_hosting_SOURCES = tests/protocols/test-ikev2-hosting.c \
	tests/protocols/ikev2-wire.c tests/protocols/ikev2-wire.h
tests_protocols_test_ikev2_hosting_LDADD = $(TEST_LIBS)
test_programs += tests/protocols/test-ikev2-flaws
tests_protocols_test_ikev2_flaws_SOURCES = tests/protocols/test-ikev2-flaws.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h \
	tests/protocols/ikev2-wire.c tests/protocols/ikev2-wire.h
tests_protocols_test_ikev2_flaws_LDADD = $(TEST_LIBS)
test_programs += tests/protocols/test-dissector-network
tests_protocols_test_dissector_network_SOURCES = tests/protocols/test-dissector-network.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h \
	tests/protocols/ikev2-wire.c tests/protocols/ikev2-wire.h
tests_protocols_test_dissector_network_LDADD = $(TEST_LIBS)
