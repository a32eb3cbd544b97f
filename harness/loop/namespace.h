/*
 * namespace: network namespaces of this process (namespaces(7)), made without a name, so that the
 * kernel takes them and all that is in them away when the process ends, however it ends.
 *
 * The process is one thread: it enters a namespace, opens what is to live there, and goes back.
 */
#ifndef HARNESS_LOOP_NAMESPACE_H
#define HARNESS_LOOP_NAMESPACE_H

#include <stdbool.h>

#include "protocols/problem.h"

/* A descriptor of the network namespace that the process is in; -1 with why. */
int namespace_current(struct problem *problem);
/* A new network namespace with nothing in it but a loopback device that is down. The process stays
 * where it is. Its descriptor (the caller closes it), or -1 with why and a way on. */
int namespace_new(struct problem *problem);
/* Goes into a namespace. Returns a descriptor of where it came from, for namespace_leave; -1 with
 * errno when it may not. */
int namespace_enter(int namespace_fd);
/* Goes back and closes the descriptor; keeps errno. 0, or -1 when it could not. */
int namespace_leave(int came_from);
/* An ordinary user has no right to make network namespaces, but where the kernel lets it, may
 * become root of a user namespace (user_namespaces(7)) that can. The process is in it, and in an
 * empty network namespace with its loopback device up, from then on. 0, or -1 with why. */
int namespace_become_user(struct problem *problem);
/* Is the process in a user namespace of few users (as namespace_become_user makes)? */
bool namespace_is_user(void);

#endif
