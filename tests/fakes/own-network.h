/* own-network: a network of the test's own, for raw sockets that shall meet nobody else's packets.
 */
#ifndef TESTS_FAKES_OWN_NETWORK_H
#define TESTS_FAKES_OWN_NETWORK_H

/* The process is in a new network namespace, its loopback device up; -1 when the kernel lets it not
 * (then the TAP line that skips the whole test has been printed). */
int own_network(void);

#endif
