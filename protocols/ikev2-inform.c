/* INFORMATIONAL (RFC 7296 1.4): deletes, probes, and errors. */
#include "protocols/ikev2-state.h"

void ikev2_inform_request(struct ikev2_sa *sa)
{
	struct ikev2_child *child = ikev2_child_in(sa, sa->current.spi);
	struct ikev2_writer writer = { 0 };

	if (sa->current.kind == TASK_DELETE_CHILD) {
		if (!child || child->deleting) {
			sa->current.kind = TASK_NONE;
			return;
		}
		child->deleting = true;
		ikev2_delete_write(&writer, IKEV2_PROTOCOL_ESP, &child->spi_in, 1);
	} else if (sa->current.kind == TASK_DELETE) {
		ikev2_delete_write(&writer, IKEV2_PROTOCOL_IKE, NULL, 0);
	}
	ikev2_send_request(sa, IKEV2_INFORMATIONAL, &writer);
	ikev2_writer_free(&writer);
}

void ikev2_inform_answered(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct ikev2_child *child = ikev2_child_in(sa, sa->current.spi);

	(void)chain; /* a delete is done whatever the peer says of its half */
	if (sa->current.kind == TASK_DELETE)
		ikev2_sa_end(sa, 0, false, "deleted");
	else if (sa->current.kind == TASK_DELETE_CHILD && child)
		ikev2_child_down(sa, child, false);
	else if (sa->current.kind == TASK_PROBE)
		ikev2_tell(sa, IKEV2_EVENT_ALIVE, NULL, 0, true, "");
}

/* RFC 7296 1.4.1: the answer names our half of each pair; not that of one that we delete too. */
static void delete_children(struct ikev2_sa *sa, struct ikev2_delete list,
			    struct ikev2_writer *writer)
{
	uint32_t spis[64], spi;
	size_t count = 0;

	while (list.protocol == IKEV2_PROTOCOL_ESP && count < sizeof(spis) / sizeof(spis[0]) &&
	       octets_u32(&list.spis, &spi) == 0) {
		struct ikev2_child *child = ikev2_child_out(sa, spi);

		if (!child)
			continue;
		if (!child->deleting)
			spis[count++] = child->spi_in;
		ikev2_child_down(sa, child, true);
	}
	if (count > 0)
		ikev2_delete_write(writer, IKEV2_PROTOCOL_ESP, spis, count);
}

void ikev2_inform_respond(struct ikev2_sa *sa, const struct ikev2_chain *chain)
{
	struct ikev2_writer writer = { 0 };
	uint16_t error = ikev2_notify_error(chain);
	struct ikev2_delete list;
	bool all = false;

	for (size_t i = 0; i < chain->count; i++) {
		if (chain->payloads[i].type != IKEV2_DELETE ||
		    ikev2_delete_read(chain->payloads[i].body, &list, NULL) < 0)
			continue;
		if (list.protocol == IKEV2_PROTOCOL_IKE)
			all = true;
		else
			delete_children(sa, list, &writer);
	}
	ikev2_send_response(sa, IKEV2_INFORMATIONAL, &writer);
	ikev2_writer_free(&writer);
	if (all && !(sa->node->settings->flaws & IKEV2_FLAW_KEEPS_DELETED))
		ikev2_sa_linger(sa, 0, true, "the peer deleted it");
	else if (error == IKEV2_AUTHENTICATION_FAILED || error == IKEV2_INVALID_SYNTAX)
		ikev2_sa_linger(sa, error, true, ikev2_name(IKEV2_NOTIFIES, error));
}
