/* TLS, at the initial HMS: handshakes that do not end, garbage, renegotiation, wrong credentials. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modes.h"

static int initial(const struct place *place)
{
	return wire_dial(place->initial, place->initial_port);
}

static SSL *shake_hands(const struct place *place, int version)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl;

	SSL_CTX_set_max_proto_version(context, version);
	ssl = SSL_new(context);
	SSL_CTX_free(context);
	SSL_set_fd(ssl, initial(place));
	SSL_set_tlsext_host_name(ssl, "initial-hms.lab.example");
	if (SSL_connect(ssl) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

/* The first octets of a ClientHello; length: of the handshake message, as it says. */
static void begin_hello(int fd, int length)
{
	const unsigned char octets[] = {22, 3, 1, 2, 0, 1, 0, (unsigned char)(length >> 8),
					(unsigned char)length, 3, 3};

	wire_put(fd, octets, sizeof(octets));
}

static void endless_handshake(const struct place *place)
{
	int fd = initial(place);

	begin_hello(fd, 508);
	while (wire_put(fd, "", 1) == 0)
		wire_pause(60000);
}

static void dripping_handshake(const struct place *place)
{
	int fd = initial(place);

	begin_hello(fd, 508);
	while (wire_put(fd, "x", 1) == 0)
		wire_pause(50);
}

/* A ClientHello in which nothing comes after the key exchange. */
static void half_handshake(const struct place *place)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	SSL *ssl = SSL_new(context);
	unsigned char octets[4096];
	int fd = initial(place), length;

	SSL_set_bio(ssl, in, out);
	SSL_connect(ssl);
	length = BIO_read(out, octets, sizeof(octets));
	wire_put(fd, octets, (size_t)length);
	wire_drain(fd);
	SSL_free(ssl);
	SSL_CTX_free(context);
}

static void garbage_records(const struct place *place)
{
	unsigned char record[5 + 1000] = {22, 3, 3, 1000 >> 8, 1000 & 255};
	int fd = initial(place);

	srandom(2);
	for (size_t i = 5; i < sizeof(record); i++)
		record[i] = (unsigned char)random();
	while (wire_put(fd, record, sizeof(record)) == 0)
		continue;
}

/* A handshake, then octets that are no records of it. */
static void garbage_later(const struct place *place)
{
	SSL *ssl = shake_hands(place, TLS1_2_VERSION);
	const unsigned char record[] = {23, 3, 3, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};

	while (ssl && wire_put(SSL_get_fd(ssl), record, sizeof(record)) == 0)
		wire_pause(1);
	SSL_free(ssl);
}

static void renegotiation(const struct place *place)
{
	SSL *ssl = shake_hands(place, TLS1_2_VERSION);
	char octets[64];

	for (int i = 0; ssl && i < 1000; i++) {
		SSL_renegotiate(ssl);
		if (SSL_do_handshake(ssl) != 1)
			break;
	}
	if (ssl && SSL_read(ssl, octets, sizeof(octets)) <= 0)
		close(SSL_get_fd(ssl));
	SSL_free(ssl);
}

static void many_handshakes(const struct place *place)
{
	for (int i = 0; i < 1000; i++) {
		int fd = initial(place);

		if (fd < 0)
			break;
		begin_hello(fd, 508);
	}
	wire_pause(1000);
}

/* Digest credentials that are wrong, over and over, whatever is answered. */
static void wrong_digests(const struct place *place)
{
	SSL *ssl = shake_hands(place, TLS1_3_VERSION);
	char *inform = wire_inform(place, "0 BOOTSTRAP"), *request = NULL, octets[16384];

	if (asprintf(&request,
		     "POST /initial-hms HTTP/1.1\r\nHost: initial-hms.lab.example:%d\r\n"
		     "Authorization: Digest username=\"femtocell\", realm=\"r\", nonce=\"n\", "
		     "uri=\"/initial-hms\", qop=auth, nc=00000001, cnonce=\"c\", response=\""
		     "00000000000000000000000000000000\"\r\nContent-Type: text/xml\r\nSOAPAction:"
		     "\r\nContent-Length: %zu\r\n\r\n%s",
		     place->initial_port, strlen(inform), inform) < 0)
		abort();
	while (ssl && SSL_write(ssl, request, (int)strlen(request)) > 0 &&
	       SSL_read(ssl, octets, sizeof(octets)) > 0)
		continue;
	SSL_free(ssl);
	free(inform);
	free(request);
}

const struct mode tls_modes[] = {
	{"endless-handshake", endless_handshake},
	{"dripping-handshake", dripping_handshake},
	{"half-handshake", half_handshake},
	{"garbage-records", garbage_records},
	{"garbage-later", garbage_later},
	{"renegotiation", renegotiation},
	{"many-handshakes", many_handshakes},
	{"wrong-digests", wrong_digests},
	{NULL, NULL},
};
