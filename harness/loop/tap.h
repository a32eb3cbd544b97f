/*
 * tap: where the octets of played elements' sockets are shown, as they pass.
 *
 * The recorder and the dissector stand behind it. wire is what was on the network (TLS
 * records included), plain what was meant; without TLS both are called with the same
 * octets, wire first. A tap need not have all calls: the one that calls looks whether it is there.
 */
#ifndef HARNESS_LOOP_TAP_H
#define HARNESS_LOOP_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocols/address.h"
#include "protocols/dissector.h"

struct tap {
	void *context;
	/* A TCP connection exists; gives its number, which all other calls carry. */
	uint64_t (*open)(void *context, const struct address *client, const struct address *server,
			 int64_t time, enum transport transport);
	void (*wire)(void *context, uint64_t connection, bool from_client, int64_t time,
		     const void *octets, size_t length);
	void (*plain)(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length);
	void (*end)(void *context, uint64_t connection, bool from_client, int64_t time,
		    enum stream_end how);
	void (*datagram)(void *context, const struct address *source,
			 const struct address *destination, int64_t time, const void *octets,
			 size_t length);
	/* An IP packet of another protocol than TCP and UDP: 50 (ESP) or 132 (SCTP). octets are what
	 * stands behind the IP header. */
	void (*packet)(void *context, const struct address *source,
		       const struct address *destination, uint8_t protocol, int64_t time,
		       const void *octets, size_t length);
	/* Keys of an IKE SA and of one direction of a Child SA, before the first message that needs
	 * them: a row of ikev2_wireshark_row or esp_wireshark_row. */
	void (*ike_key)(void *context, const char *row);
	void (*esp_key)(void *context, const char *row);
	/* The TLS handshake: message is "TlsClientHello" (server-name, versions), "TlsCertificate"
	 * (the server's flight: subject, names, not-before, not-after, issuer), "TlsEstablished"
	 * (version, cipher, client-certificate, and client-trust where one was shown to a server; from
	 * the client), "TlsRefused" (an end refused by an alert or by closing in the handshake: alert,
	 * why) or "TlsFailed" (our own end refused).
	 * attributes are name, value, ..., NULL. from_client: who is its author. */
	void (*tls)(void *context, uint64_t connection, bool from_client, int64_t time,
		    const char *message, const char *const *attributes);
	/* What passes behind an encryption whose keys nobody can tell (SSH): SFTP, and the login before
	 * it (SFTP_LOGIN). Shown to the judge, and kept in the recording beside the wire. */
	void (*clear)(void *context, uint64_t connection, bool from_client, int64_t time,
		      const void *octets, size_t length);
	/* A server of files by HTTP has let a request in, with its credentials or without: HTTP
	 * itself says so only with its answer, before which the judge is asked for it. */
	void (*admitted)(void *context, uint64_t connection, int64_t time);
	/* One line of an NSS key log, without line end. */
	void (*key)(void *context, const char *line);
	/* A limit was reached (limits.h: "http.body"): why says more. connection 0 = of none. */
	void (*limit)(void *context, uint64_t connection, bool from_client, int64_t time,
		      const char *limit, const char *why);
};

#endif
