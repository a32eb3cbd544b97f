libprotocols_a_SOURCES += \
	protocols/eap-aka.c protocols/eap-aka.h protocols/eap-aka-keys.c \
	protocols/milenage.c protocols/milenage.h \
	protocols/esp.c protocols/esp.h \
	protocols/ikev2.c protocols/ikev2.h \
	protocols/ikev2-auth.c protocols/ikev2-auth.h protocols/ikev2-certificate.c \
	protocols/ikev2-crypto.h protocols/ikev2-seal.c \
	protocols/ikev2-sa.h protocols/ikev2-state.h \
	protocols/ikev2-child.c protocols/ikev2-create.c protocols/ikev2-establish.c \
	protocols/ikev2-exchange.c protocols/ikev2-hosting.c \
	protocols/ikev2-identity.c protocols/ikev2-inform.c \
	protocols/ikev2-init.c protocols/ikev2-nat.c protocols/ikev2-nat.h protocols/ikev2-node.c \
	protocols/ikev2-dh.c protocols/ikev2-dh.h \
	protocols/ikev2-document.c protocols/ikev2-document.h \
	protocols/ikev2-flaws.h \
	protocols/ikev2-keys.c protocols/ikev2-keys.h \
	protocols/ikev2-names.c protocols/ikev2-names.h \
	protocols/ikev2-payload.h protocols/ikev2-payload-read.c protocols/ikev2-payload-write.c \
	protocols/ikev2-proposal.c protocols/ikev2-proposal.h \
	protocols/ipsec-algorithms.c protocols/ipsec-algorithms.h \
	protocols/ipsec-cipher.c protocols/ipsec-cipher.h \
	protocols/ipsec-key-rows.c protocols/ipsec-key-rows.h \
	protocols/ipsec-wireshark.c protocols/ipsec-wireshark.h \
	protocols/octets.c protocols/octets.h
