#include "harness/loop/account.h"

#include <stdlib.h>
#include <string.h>

#include "harness/loop/loop-inside.h"
#include "protocols/memory.h"

struct pair {
	struct pair *next, **link; /* while not accepted */
	struct address client, server;
	struct account due[2];
	bool gone[2];
};

struct directory {
	struct resident *residents;
	struct pair *waiting; /* connected, not yet accepted; the server's end is the list's */
};

/* Octets taken for lost (loop.c) are written off: the account begins anew. */
static void account_renew(struct account *account)
{
	if (account->epoch != account->loop->epoch) {
		account->epoch = account->loop->epoch;
		account->due = 0;
	}
}

void account_expect(struct account *account, int64_t amount)
{
	account_renew(account);
	account->due += amount;
	loop_sent(account->loop, amount);
}

void account_settle(struct account *account, int64_t amount)
{
	account_renew(account);
	if (amount > account->due)
		amount = account->due;
	account->due -= amount;
	loop_received(account->loop, amount);
}

void account_clear(struct account *account)
{
	account_settle(account, account->due);
}

struct directory *directory_new(void)
{
	return memory_new(sizeof(struct directory));
}

void directory_free(struct directory *directory)
{
	while (directory->waiting) {
		struct pair *pair = directory->waiting;

		directory->waiting = pair->next;
		if (pair->gone[PAIR_CLIENT])
			free(pair);
		else
			pair->link = NULL;
	}
	free(directory);
}

void resident_add(struct loop *loop, struct resident *resident, enum resident_kind kind,
		  const struct address *address)
{
	struct directory *directory = loop->directory;

	resident->kind = kind;
	resident->address = *address;
	resident->account = (struct account){ .loop = loop, .epoch = loop->epoch };
	resident->next = directory->residents;
	resident->link = &directory->residents;
	if (resident->next)
		resident->next->link = &resident->next;
	directory->residents = resident;
}

static void pair_unlink(struct pair *pair)
{
	*pair->link = pair->next;
	if (pair->next)
		pair->next->link = pair->link;
	pair->link = NULL;
}

/* Connections that nobody accepted are reset by the kernel: their clients will see it. */
static void refuse_waiting(struct loop *loop, const struct address *server)
{
	struct pair *next;

	for (struct pair *pair = loop->directory->waiting; pair; pair = next) {
		next = pair->next;
		if (!address_same(&pair->server, server))
			continue;
		pair_sent(pair, PAIR_CLIENT, 1);
		pair_leave(pair, PAIR_SERVER);
	}
}

void resident_remove(struct resident *resident)
{
	if (!resident->link)
		return;
	*resident->link = resident->next;
	if (resident->next)
		resident->next->link = resident->link;
	resident->link = NULL;
	account_clear(&resident->account);
	if (resident->kind == RESIDENT_LISTENER)
		refuse_waiting(resident->account.loop, &resident->address);
}

static bool is_any(const struct address *address)
{
	static const uint8_t zeros[16];

	return memcmp(address->octets, zeros, address->family == 4 ? 4 : 16) == 0;
}

struct resident *resident_find(const struct loop *loop, enum resident_kind kind,
			       const struct address *address)
{
	struct resident *any = NULL;

	for (struct resident *at = loop->directory->residents; at; at = at->next) {
		if (at->kind != kind || at->address.port != address->port ||
		    at->address.family != address->family)
			continue;
		if (address_same_host(&at->address, address))
			return at;
		if (is_any(&at->address))
			any = at;
	}
	return any;
}

void resident_settle(struct resident *resident)
{
	struct loop *loop = resident->account.loop;

	if (!loop_is_virtual(loop))
		return;
	account_renew(&resident->account);
	if (resident->account.due > 0) {
		account_settle(&resident->account, 1);
		return;
	}
	for (struct resident *at = loop->directory->residents; at; at = at->next) {
		if (at->kind != resident->kind || !address_same(&at->address, &resident->address))
			continue;
		account_renew(&at->account);
		if (at->account.due > 0) {
			account_settle(&at->account, 1);
			return;
		}
	}
}

struct pair *pair_connect(struct loop *loop, const struct address *client,
			  const struct address *server)
{
	struct resident *listener = NULL;

	if (loop_is_virtual(loop))
		listener = resident_find(loop, RESIDENT_LISTENER, server);
	if (!listener)
		return NULL;
	struct directory *directory = loop->directory;
	struct pair *pair = memory_new(sizeof(*pair));

	pair->client = *client;
	pair->server = listener->address;
	for (int end = 0; end < 2; end++)
		pair->due[end] = (struct account){ .loop = loop, .epoch = loop->epoch };
	pair->next = directory->waiting;
	pair->link = &directory->waiting;
	if (pair->next)
		pair->next->link = &pair->next;
	directory->waiting = pair;
	account_expect(&pair->due[PAIR_SERVER], 1);
	return pair;
}

/* A router in between may have put its own address in the place of the client's (RFC 3022), which
 * keeps its port when it can. */
static bool may_be_translated(const struct pair *pair, const struct address *client)
{
	return pair->client.place == PLACE_DEVICE && client->place != PLACE_HOST &&
	       pair->client.port == client->port;
}

struct pair *pair_accept(struct loop *loop, const struct address *client,
			 const struct address *server)
{
	struct pair *found = NULL;

	for (struct pair *pair = loop->directory->waiting; pair; pair = pair->next) {
		if (!address_same(&pair->server, server))
			continue;
		if (address_same(&pair->client, client)) {
			found = pair;
			break;
		}
		if (may_be_translated(pair, client))
			found = pair;
	}
	if (!found)
		return NULL;
	pair_unlink(found);
	account_settle(&found->due[PAIR_SERVER], 1);
	return found;
}

void pair_sent(struct pair *pair, enum pair_end due, int64_t amount)
{
	if (pair && !pair->gone[due])
		account_expect(&pair->due[due], amount);
}

void pair_received(struct pair *pair, enum pair_end due, int64_t amount)
{
	if (pair)
		account_settle(&pair->due[due], amount);
}

void pair_received_all(struct pair *pair, enum pair_end due)
{
	if (pair)
		account_clear(&pair->due[due]);
}

void pair_leave(struct pair *pair, enum pair_end end)
{
	if (!pair || pair->gone[end])
		return;
	account_clear(&pair->due[end]);
	pair->gone[end] = true;
	if (end == PAIR_SERVER && pair->link)
		pair_unlink(pair);
	if (pair->gone[PAIR_CLIENT] && pair->gone[PAIR_SERVER])
		free(pair);
}

void pair_refused(struct pair *pair)
{
	if (pair && pair->link)
		pair_leave(pair, PAIR_SERVER);
}
