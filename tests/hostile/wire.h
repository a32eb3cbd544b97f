/*
 * wire: the sockets of the hostile device, and the few lawful things that it can say. Nothing here is
 * femtoproof's own: what is tested must not be what tests.
 */
#ifndef TESTS_HOSTILE_WIRE_H
#define TESTS_HOSTILE_WIRE_H

#include <stdbool.h>
#include <stddef.h>

struct place { /* where the elements of the bench are, and where the device is called */
	char serving[64], initial[64], dns[64], call[64]; /* IPv4 addresses */
	int serving_port, initial_port, dns_port, call_port;
};

/* Connects to the serving HMS; -1 when that cannot be. Sending and receiving wait 5 s at most. */
int wire_dial(const char *address, int port);
int wire_dial_from(const char *local, const char *address, int port);
int wire_datagrams(const char *address, int port);
int wire_listen(const char *address, int port);
/* 0, or -1: the other end takes no more. */
int wire_put(int fd, const void *octets, size_t length);
int wire_say(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts the text until so many octets are out, or no more are taken. */
int wire_repeat(int fd, const char *text, size_t octets);
/* Reads one HTTP answer; its status, or -1. The session cookie, if it sets one, goes to cookie. */
int wire_answer(int fd, char cookie[256]);
void wire_drain(int fd); /* reads until the other end closes or says nothing for long */
void wire_reset(int fd); /* closes with a RST */
void wire_pause(int milliseconds);

/* The head of a POST with an envelope; framing: header lines of its own ("Content-Length: 5\r\n"). */
int wire_post(int fd, const struct place *place, const char *framing);
/* An envelope around the text; an Inform with the events "4 VALUE CHANGE|..." and more parameters.
 * New memory. */
char *wire_envelope(const char *body);
char *wire_inform(const struct place *place, const char *event);
/* The two halves around what stands in an Inform's ParameterList. */
char *wire_inform_begin(const char *event, size_t parameters);
const char *wire_inform_end(void);
/* POST with a Content-Length and the text. */
int wire_post_text(int fd, const struct place *place, const char *cookie, const char *text);
/* A whole lawful session on a connection of its own; 0, or -1. */
int wire_session(const struct place *place, const char *event);

#endif
