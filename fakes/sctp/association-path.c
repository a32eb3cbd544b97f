/*
 * association-path: the hosts and paths of a stack: from packets of a raw socket to the library,
 * and from there to the raw socket.
 */
#include <stdlib.h>
#include <string.h>

#include "fakes/sctp/association-inside.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

enum { CHUNK_INIT = 1 };

struct association_path *association_path_find(uintptr_t number)
{
	for (struct association_stack *stack = association_stacks(); stack; stack = stack->next)
		for (struct association_path *path = stack->paths; path; path = path->next)
			if (path->number == number)
				return path;
	return NULL;
}

struct association_path *association_path_new(struct association_host *host,
					      const struct address *remote)
{
	struct association_path *path = memory_new(sizeof(*path));

	path->number = association_library_path();
	path->host = host;
	path->remote = *remote;
	path->remote.port = 0;
	path->used = loop_now(host->stack->loop);
	path->next = host->stack->paths;
	host->stack->paths = path;
	return path;
}

static void path_free(struct association_stack *stack, struct association_path *path)
{
	struct association_path **link = &stack->paths;

	while (*link != path)
		link = &(*link)->next;
	*link = path->next;
	association_library_forget(path->number);
	free(path);
}

void association_path_release(struct association_path *path)
{
	if (path && --path->users == 0)
		path_free(path->host->stack, path);
}

/* Those of a host; host NULL = all. */
static void paths_free(struct association_stack *stack, const struct association_host *host)
{
	struct association_path *next;

	for (struct association_path *path = stack->paths; path; path = next) {
		next = path->next;
		if (!host || path->host == host)
			path_free(stack, path);
	}
}

void association_paths_free(struct association_stack *stack)
{
	paths_free(stack, NULL);
}

/* A path is kept for each stranger that sends an INIT, as many as may be; then the one that said
 * nothing for longest goes. */
static void make_room(struct association_stack *stack)
{
	struct association_path *oldest = NULL;
	unsigned count = 0;

	for (struct association_path *path = stack->paths; path; path = path->next) {
		if (path->users > 0)
			continue;
		count++;
		if (!oldest || path->used <= oldest->used)
			oldest = path;
	}
	if (count >= LIMIT_SCTP_STRANGERS)
		path_free(stack, oldest);
}

static uint16_t port_at(const uint8_t *octets)
{
	return (uint16_t)(octets[0] << 8 | octets[1]);
}

static bool listens(const struct association_host *host, uint16_t port)
{
	for (const struct association_server *server = host->stack->servers; server;
	     server = server->next)
		if (server->host == host && server->address.port == port)
			return true;
	return false;
}

/* Of a server: made by an INIT, which tells nobody else but a listener anything. */
static struct association_path *server_path(struct association_host *host,
					    const struct address *source, bool init)
{
	struct association_stack *stack = host->stack;
	struct association_path *path = stack->paths;

	while (path &&
	       !(path->host == host && !path->client && address_same_host(&path->remote, source)))
		path = path->next;
	if (!path && init) {
		make_room(stack);
		path = association_path_new(host, source);
	}
	if (path)
		path->used = loop_now(stack->loop);
	return path;
}

static struct association_path *client_path(const struct association_host *host,
					    const struct address *source, uint16_t from,
					    uint16_t to)
{
	for (const struct association *one = host->stack->associations; one; one = one->next)
		if (!one->server && one->path->host == host && one->local.port == to &&
		    one->remote.port == from && address_same_host(&one->remote, source))
			return one->path;
	return NULL;
}

static void take(struct association_host *host, const struct address *source, const uint8_t *octets,
		 size_t length)
{
	struct association_stack *stack = host->stack;
	uint16_t from = port_at(octets), to = port_at(octets + 2);
	struct association_path *path =
	    listens(host, to) ? server_path(host, source, octets[SCTP_HEADER_OCTETS] == CHUNK_INIT)
			      : client_path(host, source, from, to);

	if (!path)
		return;
	stack->busy = loop_now(stack->loop);
	association_stack_enter(stack);
	usrsctp_conninput((void *)path->number, octets, length, 0);
	association_stack_exit(stack, true);
}

/* What the tap leads to may close the host. */
static void came(void *context, const struct address *source, const struct address *destination,
		 const void *octets, size_t length)
{
	struct association_host *host = context;
	struct association_stack *stack = host->stack;
	const struct tap *tap = host->tap;

	host->users++;
	stack->inside++;
	if (tap && tap->packet)
		tap->packet(tap->context, source, destination, IPPROTO_SCTP, loop_now(stack->loop),
			    octets, length);
	if (!host->silent && length > SCTP_HEADER_OCTETS)
		take(host, source, octets, length);
	association_host_release(host);
	stack->inside--;
	association_stack_leave(stack);
}

void association_path_send(struct association_path *path, const void *octets, size_t length)
{
	struct association_host *host = path->host;
	const struct tap *tap = host->tap;
	struct address remote = path->remote;

	struct association_stack *stack = host->stack;

	if (host->silent)
		return;
	stack->busy = loop_now(stack->loop);
	host->users++;
	stack->inside++;
	if (tap && tap->packet)
		tap->packet(tap->context, &host->address, &remote, IPPROTO_SCTP,
			    loop_now(stack->loop), octets, length);
	raw_socket_send(host->socket, &host->address, &remote, octets, length);
	association_host_release(host);
	stack->inside--;
	association_stack_leave(stack);
}

struct association_host *association_host_of(struct association_stack *stack,
					     const struct address *address, const struct tap *tap,
					     struct problem *problem)
{
	struct association_host *host = stack->hosts;

	while (host && !(address_same_host(&host->address, address) &&
			 host->address.place == address->place && host->tap == tap))
		host = host->next;
	if (host) {
		host->users++;
		return host;
	}
	host = memory_new(sizeof(*host));
	*host = (struct association_host){
		.stack = stack, .address = *address, .tap = tap, .users = 1
	};
	host->address.port = 0;
	host->socket =
	    raw_socket_new(stack->loop, &host->address, IPPROTO_SCTP, came, host, problem);
	if (!host->socket) {
		free(host);
		return NULL;
	}
	host->next = stack->hosts;
	stack->hosts = host;
	return host;
}

void association_host_release(struct association_host *host)
{
	if (!host || --host->users > 0)
		return;
	struct association_host **link = &host->stack->hosts;

	while (*link != host)
		link = &(*link)->next;
	*link = host->next;
	paths_free(host->stack, host);
	raw_socket_close(host->socket);
	free(host);
}
