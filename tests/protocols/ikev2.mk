test_programs += tests/protocols/test-ikev2-codec tests/protocols/test-ikev2-crypto
tests_protocols_test_ikev2_codec_SOURCES = tests/protocols/test-ikev2-codec.c
tests_protocols_test_ikev2_codec_LDADD = $(TEST_LIBS)
tests_protocols_test_ikev2_crypto_SOURCES = tests/protocols/test-ikev2-crypto.c \
	tests/protocols/ikev2-parts.c tests/protocols/ikev2-parts.h
tests_protocols_test_ikev2_crypto_LDADD = $(TEST_LIBS)
