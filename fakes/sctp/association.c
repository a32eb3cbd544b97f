/*
 * association: what is said between an association and its owner.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/sctp/association-inside.h"
#include "protocols/limits.h"
#include "protocols/memory.h"

static void association_unlink(struct association *association)
{
	struct association **link = &association->stack->associations;

	while (*link != association)
		link = &(*link)->next;
	*link = association->next;
}

/* It has a share of each of these of its own: a server may be closed while it goes down. */
static void association_free(struct association *association)
{
	struct association_host *host = association->path->host;

	association_path_release(association->path);
	association_endpoint_release(association->endpoint);
	association_host_release(host);
	free(association);
}

static struct association *association_find(const struct association_saying *saying,
					    const struct association_endpoint *endpoint)
{
	for (struct association_stack *stack = association_stacks(); stack; stack = stack->next)
		for (struct association *one = stack->associations; one; one = one->next)
			if (one->endpoint == endpoint &&
			    (!one->server || one->number == saying->association))
				return one;
	return NULL;
}

static unsigned count_of(const struct association_server *server)
{
	unsigned count = 0;

	for (const struct association *one = server->stack->associations; one; one = one->next)
		count += one->server == server;
	return count;
}

/* Ends an association that nobody here has, or not any more. */
static void say_abort(struct socket *socket, sctp_assoc_t number)
{
	struct sctp_sndinfo info = { .snd_flags = SCTP_ABORT, .snd_assoc_id = number };

	usrsctp_sendv(socket, "", 0, NULL, 0, &info, sizeof(info), SCTP_SENDV_SNDINFO, 0);
}

static void refuse(const struct association_saying *saying)
{
	say_abort(saying->socket, saying->association);
}

/* Somebody is there at a server. */
static struct association *association_take(const struct association_saying *saying,
					    struct association_endpoint *endpoint)
{
	struct association_path *path = association_path_find(saying->path);
	struct association_server *server = path ? path->host->stack->servers : NULL;

	while (server && !(server->host == path->host && server->endpoint == endpoint))
		server = server->next;
	if (!server || count_of(server) >= LIMIT_SCTP_ASSOCIATIONS) {
		refuse(saying);
		return NULL;
	}
	struct association *association = memory_new(sizeof(*association));

	*association = (struct association){
		.next = server->stack->associations,
		.stack = server->stack,
		.server = server,
		.endpoint = endpoint,
		.path = path,
		.number = saying->association,
		.local = server->address,
		.remote = path->remote,
		.up = true,
		.calls = server->calls,
		.context = server->context,
	};
	association->remote.port = saying->peer_port;
	path->users++;
	path->host->users++;
	endpoint->users++;
	server->stack->associations = association;
	if (server->calls->up)
		server->calls->up(server->context, association);
	return association_find(saying, endpoint);
}

static void came_up(const struct association_saying *saying, struct association_endpoint *endpoint,
		    struct association *association)
{
	if (!association) {
		association_take(saying, endpoint);
		return;
	}
	association->up = true;
	association->number = saying->association;
	if (association->calls->up)
		association->calls->up(association->context, association);
}

static void went_down(struct association *association, enum association_down how)
{
	struct association_stack *stack = association->stack;

	stack->inside++;
	association_unlink(association);
	if (association->calls->down)
		association->calls->down(association->context, association, how);
	association_free(association);
	stack->inside--;
	association_stack_leave(stack);
}

static void too_long(struct association *association)
{
	struct association_stack *stack = association->stack;
	const struct tap *tap = association->path->host->tap;

	if (tap && tap->limit)
		tap->limit(tap->context, 0, true, loop_now(stack->loop), "sctp.message",
			   "the association is broken off");
	association_stack_enter(stack);
	say_abort(association->endpoint->socket, association->number);
	association_stack_exit(stack, false);
	went_down(association, ASSOCIATION_TOO_LONG);
}

void association_saying_handle(const struct association_saying *saying)
{
	struct association_endpoint *endpoint = association_endpoint_find(saying->socket);
	struct association *association = endpoint ? association_find(saying, endpoint) : NULL;

	if (!endpoint || (!association && !endpoint->listening))
		return;
	switch (saying->kind) {
	case SAYS_UP:
		came_up(saying, endpoint, association);
		break;
	case SAYS_RESTARTED:
		if (association)
			went_down(association, ASSOCIATION_RESTARTED);
		association_take(saying, endpoint);
		break;
	case SAYS_MESSAGE:
		if (association && association->calls->message)
			association->calls->message(association->context, association, saying->ppid,
						    saying->stream, saying->octets.octets,
						    saying->octets.length);
		break;
	case SAYS_TOO_LONG:
		if (association)
			too_long(association);
		break;
	case SAYS_DOWN:
		if (association)
			went_down(association, saying->how);
		break;
	}
}

bool association_waits(const struct association *association)
{
	struct sctp_status status = { .sstat_assoc_id = association->number };
	socklen_t size = sizeof(status);

	if (!association->up || association->ending)
		return true;
	return usrsctp_getsockopt(association->endpoint->socket, IPPROTO_SCTP, SCTP_STATUS, &status,
				  &size) < 0 ||
	       status.sstat_unackdata > 0 || status.sstat_penddata > 0;
}

static int ask(struct association *association)
{
	struct sockaddr_conn remote =
	    association_library_address(association->path->number, association->remote.port);

	return usrsctp_connect(association->endpoint->socket, (struct sockaddr *)&remote,
			       sizeof(remote)) < 0 &&
		       errno != EINPROGRESS
		   ? -1
		   : 0;
}

static struct association *client_new(struct association_stack *stack,
				      struct association_host *host, const struct address *remote,
				      unsigned again, struct problem *problem)
{
	struct association *association = memory_new(sizeof(*association));

	*association =
	    (struct association){ .stack = stack, .local = host->address, .remote = *remote };
	association->path = association_path_new(host, remote);
	association->path->client = true;
	association->path->users = 1;
	association->endpoint =
	    association_endpoint_client(again, !loop_is_virtual(stack->loop), problem);
	if (!association->endpoint) {
		association_free(association);
		return NULL;
	}
	association->local.port = association->endpoint->port;
	association->next = stack->associations;
	stack->associations = association;
	return association;
}

struct association *association_connect(struct loop *loop, const struct address *local,
					const struct address *remote, unsigned again,
					const struct association_calls *calls, void *context,
					struct problem *problem)
{
	struct association_stack *stack = association_stack_of(loop);
	struct association *association = NULL;

	association_stack_enter(stack);
	struct association_host *host = association_host_of(stack, local, NULL, problem);

	if (host)
		association = client_new(stack, host, remote, again, problem);
	if (association) {
		association->calls = calls;
		association->context = context;
		stack->busy = loop_now(loop);
		if (ask(association) < 0) {
			problem_set(problem, "SCTP: %s", strerror(errno));
			association_unlink(association);
			association_free(association);
			association = NULL;
		}
	}
	association_stack_exit(stack, false);
	return association;
}

int association_send(struct association *association, uint32_t ppid, uint16_t stream,
		     const void *octets, size_t length)
{
	struct sctp_sndinfo info = { .snd_sid = stream,
				     .snd_ppid = htonl(ppid),
				     .snd_assoc_id = association->number };

	if (!association->up || association->ending)
		return -1;
	association_stack_enter(association->stack);
	ssize_t sent = usrsctp_sendv(association->endpoint->socket, octets, length, NULL, 0, &info,
				     sizeof(info), SCTP_SENDV_SNDINFO, 0);
	association_stack_exit(association->stack, false);
	return sent < 0 ? -1 : 0;
}

void association_shutdown(struct association *association)
{
	struct sctp_sndinfo info = { .snd_flags = SCTP_EOF, .snd_assoc_id = association->number };

	if (association->ending)
		return;
	association->ending = true;
	association_stack_enter(association->stack);
	usrsctp_sendv(association->endpoint->socket, "", 0, NULL, 0, &info, sizeof(info),
		      SCTP_SENDV_SNDINFO, 0);
	association_stack_exit(association->stack, false);
}

/* The packets that the library has for it go out, or not, before it is gone. */
static void end(struct association *association, bool silently)
{
	struct association_stack *stack = association->stack;

	association_stack_enter(stack);
	association->path->dead += silently;
	say_abort(association->endpoint->socket, association->number);
	stack->inside++;
	association_stack_exit(stack, false);
	association->path->dead -= silently;
	association_unlink(association);
	association_free(association);
	stack->inside--;
	association_stack_leave(stack);
}

void association_abort(struct association *association)
{
	end(association, false);
}

void association_abandon(struct association *association)
{
	if (association)
		end(association, true);
}

bool association_is_up(const struct association *association)
{
	return association->up && !association->ending;
}

const struct address *association_local(const struct association *association)
{
	return &association->local;
}

const struct address *association_remote(const struct association *association)
{
	return &association->remote;
}

void association_keep(struct association *association, void *kept)
{
	association->kept = kept;
}

void *association_kept(const struct association *association)
{
	return association->kept;
}
