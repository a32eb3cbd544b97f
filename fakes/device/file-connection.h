/*
 * file-connection: a device's way to a file server. The server's name is looked up, its addresses
 * are tried one after the other, and a server that says nothing for too long is given up.
 */
#ifndef FAKES_DEVICE_FILE_CONNECTION_H
#define FAKES_DEVICE_FILE_CONNECTION_H

#include "fakes/device/http-client.h"
#include "fakes/device/resolver.h"
#include "harness/loop/stream.h"

struct file_connection_events { /* each may end the connection */
	void (*connecting)(void *context); /* the next address is tried; NULL = no matter */
	void (*opened)(void *context);     /* and once more when TLS stands behind it */
	void (*octets)(void *context, const void *octets, size_t length);
	/* No address could be reached, the server closed it or said nothing for too long. */
	void (*over)(void *context, const char *why);
};

struct file_connection {
	const struct http_client_options *http; /* where from, and whom to ask for the name */
	uint16_t port;
	enum transport transport;
	const struct file_connection_events *events;
	void *context;
	struct stream *stream; /* NULL = there is none yet, or no more */
	struct lookup *lookup;
	struct resolver_answer addresses;
	size_t address; /* the one that is being tried */
	bool connected;
	struct timer *timer;
};

/* Begins with what is set of the first five. host: a name or an address; it is copied. */
void file_connection_begin(struct file_connection *connection, const char *host);
/* Something came: the time that the server has begins anew. */
void file_connection_patience(struct file_connection *connection);
/* Whatever it is doing, it stops, without a word. */
void file_connection_close(struct file_connection *connection);

#endif
