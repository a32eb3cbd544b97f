/* association-server: where associations are taken. */
#include <stdlib.h>
#include <unistd.h>

#include "fakes/sctp/association-inside.h"
#include "harness/loop/socket-address.h"
#include "protocols/memory.h"

/* A UDP socket whose port the kernel chose: runs side by side on one host have ports of their
 * own. */
static int reserve(struct association_server *server, struct problem *problem)
{
	struct address chosen;

	if (server->address.port != 0)
		return 0;
	server->reservation =
	    socket_bound(server->stack->loop, &server->address, SOCK_DGRAM, problem);
	if (server->reservation < 0)
		return -1;
	socket_address_local(server->reservation, &chosen);
	server->address.port = chosen.port;
	return 0;
}

static int taken(const struct association_server *server, struct problem *problem)
{
	char text[ADDRESS_TEXT];

	for (const struct association_server *one = server->stack->servers; one; one = one->next)
		if (one->address.place == server->address.place &&
		    address_same(&one->address, &server->address))
			return problem_set(problem, "SCTP port of %s: somebody listens there",
					   address_text(&server->address, text));
	return 0;
}

static int open_server(struct association_server *server, const struct tap *tap,
		       struct problem *problem)
{
	bool heartbeats = !loop_is_virtual(server->stack->loop);

	if (reserve(server, problem) < 0 || taken(server, problem) < 0)
		return -1;
	server->host = association_host_of(server->stack, &server->address, tap, problem);
	if (!server->host)
		return -1;
	server->endpoint = association_endpoint_listen(server->address.port, heartbeats, problem);
	return server->endpoint ? 0 : -1;
}

static void server_free(struct association_server *server)
{
	association_endpoint_release(server->endpoint);
	association_host_release(server->host);
	if (server->reservation >= 0)
		close(server->reservation);
	free(server);
}

struct association_server *association_listen(struct loop *loop, const struct address *address,
					      const struct tap *tap,
					      const struct association_calls *calls, void *context,
					      struct problem *problem)
{
	struct association_stack *stack = association_stack_of(loop);
	struct association_server *server = memory_new(sizeof(*server));

	*server = (struct association_server){ .stack = stack,
					       .address = *address,
					       .reservation = -1,
					       .calls = calls,
					       .context = context };
	if (open_server(server, tap, problem) < 0) {
		server_free(server);
		association_stack_leave(stack);
		return NULL;
	}
	server->next = stack->servers;
	stack->servers = server;
	return server;
}

static struct association *association_of(const struct association_server *server)
{
	struct association *association = server->stack->associations;

	while (association && association->server != server)
		association = association->next;
	return association;
}

void association_server_forget(struct association_server *server)
{
	struct association *association;

	while ((association = association_of(server)))
		association_abandon(association);
}

void association_server_close(struct association_server *server)
{
	if (!server)
		return;
	struct association_stack *stack = server->stack;
	struct association_server **link = &stack->servers;

	association_server_forget(server);
	while (*link != server)
		link = &(*link)->next;
	*link = server->next;
	server_free(server);
	association_stack_leave(stack);
}

const struct address *association_server_address(const struct association_server *server)
{
	return &server->address;
}

void association_server_silent(struct association_server *server, bool silent)
{
	server->host->silent = silent;
}
