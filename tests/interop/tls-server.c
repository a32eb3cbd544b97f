/*
 * tls-server: a TLS listener of ours alone, for openssl s_client.
 *
 *   tls-server FOLDER [old] [client] [FLAW]
 *
 * old: TLS 1.0 to 1.3. client: a client certificate is required. FLAW: expired, untrusted ...
 * Writes ca.pem, device.pem and device.key into FOLDER, prints "ADDRESS:PORT", then what its tap
 * sees of TLS and key log lines; echoes what it reads, until SIGTERM.
 */
#include <stdio.h>
#include <string.h>

#include "harness/loop/pki.h"
#include "harness/loop/stream.h"

static void tell_tls(void *context, uint64_t connection, bool from_client, int64_t time,
		     const char *message, const char *const *attributes)
{
	(void)context;
	(void)connection;
	(void)time;
	printf("%s %s", message, from_client ? "client" : "server");
	for (; attributes[0]; attributes += 2)
		printf(" %s=\"%s\"", attributes[0], attributes[1]);
	putchar('\n');
	fflush(stdout);
}

static void tell_key(void *context, const char *line)
{
	(void)context;
	printf("key %s\n", line);
	fflush(stdout);
}

static const struct tap tap = { .tls = tell_tls, .key = tell_key };

static void echo(void *context, struct stream *stream, const void *octets, size_t length)
{
	(void)context;
	stream_write(stream, octets, length);
}

static void ended(void *context, struct stream *stream, enum stream_end how,
		  const struct problem *problem)
{
	(void)context;
	(void)how;
	(void)problem;
	stream_close(stream);
}

static void accepted(void *context, struct stream *stream)
{
	static const struct stream_events events = { .octets = echo, .ended = ended };

	stream_set_events(stream, &events, context);
}

static enum pki_flaw flaw_of(const char *word)
{
	static const char *const words[] = { "good", "untrusted", "expired", "not-yet-valid",
					     "misnamed", "self-signed" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0)
			return (enum pki_flaw)i;
	return PKI_GOOD;
}

static int serve(struct loop *loop, struct pki *pki, int count, char **arguments,
		 struct problem *problem)
{
	const struct address address = { .family = 4, .octets = { 127, 0, 21, 1 } };
	struct pki_versions versions = { 0, 0 };
	enum pki_flaw flaw = PKI_GOOD;
	char text[ADDRESS_TEXT];
	int client = 0;

	for (int i = 2; i < count; i++) {
		if (strcmp(arguments[i], "old") == 0)
			versions = (struct pki_versions){ TLS1_VERSION, TLS1_3_VERSION };
		else if (strcmp(arguments[i], "client") == 0)
			client = 2;
		else
			flaw = flaw_of(arguments[i]);
	}
	SSL_CTX *context = pki_server(pki, "serving-hems.lab.example", "127.0.21.1", flaw,
				      &versions, client, &tap, problem);

	if (!context || !pki_client(pki, "000001.lab.example", true, loop, problem) ||
	    pki_write(pki, arguments[1], problem) < 0 || loop_catch_signals(loop, problem) < 0)
		return 1;
	struct listener *listener = listener_new(loop, &address, context, &tap, TRANSPORT_OPAQUE,
						 accepted, NULL, problem);

	if (!listener)
		return 1;
	puts(address_text(listener_address(listener), text));
	fflush(stdout);
	loop_run(loop);
	listener_close(listener);
	return 0;
}

int main(int count, char **arguments)
{
	struct problem problem = { "" };

	if (count < 2) {
		fprintf(stderr, "usage: tls-server FOLDER [old] [client] [FLAW]\n");
		return 2;
	}
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct pki *pki = pki_new(loop_now(loop) / SECONDS(1), &problem);
	int result = serve(loop, pki, count, arguments, &problem);

	if (result)
		fprintf(stderr, "tls-server: %s\n", problem.text);
	loop_free(loop);
	pki_free(pki);
	return result;
}
