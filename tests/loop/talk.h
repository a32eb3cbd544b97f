/* talk: two ends of a connection and a tap that writes down what it saw, for the tests. */
#ifndef TESTS_LOOP_TALK_H
#define TESTS_LOOP_TALK_H

#include "harness/loop/stream.h"
#include "protocols/buffer.h"

struct end { /* one end */
	struct stream *stream;
	int opened, ended;
	enum stream_end how;
	struct problem problem;
	struct buffer octets;
	bool keep_open; /* does not close when the other end did */
	bool echo;      /* writes back what it reads */
};

struct seen { /* by the tap, of all connections */
	struct buffer log;  /* words, a blank between: "open wire> plain< ..." without repeats */
	struct buffer tls;  /* "TlsClientHello(server-name=... versions=...) ..." */
	struct buffer keys;
	size_t wire[2], plain[2]; /* octets from the server, from the client */
	uint64_t connections;
	int ends[2];
	struct buffer datagrams;
};

struct talk {
	struct loop *loop;
	struct seen seen;
	struct tap tap; /* of the server */
	struct listener *listener;
	struct end client, server;
	int accepted;
};

/* Listens at 127.0.21.1 with tls (or NULL). */
void talk_start(struct talk *talk, enum loop_clock clock, SSL_CTX *tls);
/* Likewise on a loop that is there. */
void talk_start_on(struct talk *talk, struct loop *loop, SSL_CTX *tls);
void talk_connect(struct talk *talk, SSL_CTX *tls, const char *server_name);
/* Rounds until nothing is left that can happen, at most so many. */
void talk_run(struct talk *talk, int rounds);
void talk_stop(struct talk *talk); /* and frees the loop */
extern const struct stream_events end_events;

#endif
