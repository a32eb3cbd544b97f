/*
 * hms-client: a scripted device for the tests of the HMS fake, and of the file server's HTTP: raw
 * octets over real loopback sockets, on the same virtual loop as the fake.
 */
#ifndef TESTS_FAKES_HMS_CLIENT_H
#define TESTS_FAKES_HMS_CLIENT_H

#include "fakes/fake.h"
#include "harness/loop/stream.h"
#include "protocols/http.h"
#include "protocols/message.h"
#include "tests/fakes/hms-script.h"

struct place_of_test { /* a loop with a bench, and one fake on it: an HMS, or the file server */
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct script script;
	struct stage stage;
	const struct fake_kind *kind;
	struct fake *fake;
	const char *role;
};

struct client { /* one connection of the device */
	struct place_of_test *test;
	struct stream *stream;
	struct buffer raw; /* all that came */
	struct http_parser *parser;
	struct http_message *answer; /* complete, not taken yet */
	bool opened, ended, bad;
	enum stream_end how;
	char *cookies; /* of the last answer that set some: "a=1; b=2" */
};

/* settings: "NAME=VALUE" ending with NULL, set in the profile ("serving-hems.scheme=https"). */
void test_begin(struct place_of_test *test, const char *role, const char *const *settings);
void test_end(struct place_of_test *test);
void test_cue(struct place_of_test *test, const char *line);
/* Rounds of the loop until *done (NULL = never), at most so long on the loop's clock. */
void test_run(struct place_of_test *test, const bool *done, int64_t longest);
/* The variable ROLE.name that the fake published. */
const char *test_variable(struct place_of_test *test, const char *name);

void client_open(struct client *client, struct place_of_test *test, SSL_CTX *tls);
void client_close(struct client *client);
void client_send(struct client *client, const char *octets, size_t length);
/* The next answer, or NULL when none came within 1000 s or the connection ended. Owned by the
 * client until the next call. */
const struct http_message *client_receive(struct client *client);
/* POST of a body with further header lines ("A: b\r\n", may be ""), with the cookies so far; and
 * its answer. */
const struct http_message *client_post(struct client *client, const char *body,
				       const char *headers);
/* An answer's body read as CWMP; the test ends when it is no envelope. Free it. */
struct message *client_message(const struct http_message *answer);

/* Envelopes, new memory. */
char *envelope(const char *ns, const char *id, const char *body);
char *inform(const char *ns, const char *id);

#endif
