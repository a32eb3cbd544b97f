/*
 * guardian: a process that puts right what this one has changed outside itself, when this one ends:
 * orderly, by a signal, or by SIGKILL.
 *
 * It is told of each thing as it is done, over a pipe; when the pipe's other end is closed, which
 * the kernel sees to in every case, it undoes all, the last first, and ends. So there is one way to
 * undo, and each run takes it.
 */
#ifndef HARNESS_LOOP_GUARDIAN_H
#define HARNESS_LOOP_GUARDIAN_H

#include "protocols/problem.h"

struct guardian;

/* Forks it; it works in the namespaces that the process is in now. NULL with why. */
struct guardian *guardian_new(struct problem *problem);
/* A process group was started: SIGKILL for it; and it has ended by itself. */
void guardian_group(struct guardian *guardian, int group);
void guardian_group_ended(struct guardian *guardian, int group);
/* An address was given to an interface ("192.0.2.1/24"). Say so before doing it: what is not there
 * is not taken away. */
void guardian_address(struct guardian *guardian, const char *interface, const char *address);
/* An interface was brought up that had been down. */
void guardian_up(struct guardian *guardian, const char *interface);
/* Has all undone and waits for that. NULL is fine. */
void guardian_free(struct guardian *guardian);

#endif
