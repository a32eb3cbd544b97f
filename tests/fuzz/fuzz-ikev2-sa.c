#include <string.h>

#include "protocols/ikev2-state.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static void drop(void *context, const struct ikev2_path *path, struct octets datagram)
{
	(void)context;
	(void)path;
	(void)datagram;
}

static int assign(void *context, struct ikev2_sa *sa, const struct ikev2_cp *request,
		  struct ikev2_inner *inner)
{
	(void)context;
	(void)sa;
	address_parse("10.99.1.7", &inner->address4);
	return request->count > 0 ? 0 : -1;
}

static struct eap_aka_usim *subscriber(void *context, struct octets identity)
{
	static struct eap_aka_usim usim;

	(void)context;
	return identity.length > 0 ? &usim : NULL;
}

static void see(void *context, const struct ikev2_path *path, bool sent, struct message *message)
{
	(void)context;
	(void)path;
	(void)sent;
	message_free(message);
}

static void set_any(struct ikev2_selectors *selectors)
{
	selectors->count = 1;
	selectors->list[0].type = IKEV2_TS_IPV4;
	selectors->list[0].last_port = 65535;
	selectors->list[0].first.family = selectors->list[0].last.family = 4;
	memset(selectors->list[0].last.octets, 0xff, 4);
}

/* An SA with known keys, as if IKE_SA_INIT (or more) had been. */
static struct ikev2_sa *make_sa(struct ikev2_node *node, const struct ikev2_path *path,
				bool initiator, enum sa_state state)
{
	struct ikev2_sa *sa = ikev2_sa_new(node, path, initiator);
	struct ikev2_child *child;

	sa->initiator_spi = 1;
	sa->responder_spi = 2;
	ikev2_sa_index(sa);
	sa->suite.encryption = ipsec_encryption_find(IKEV2_ENCR_AES_GCM_16, 128);
	sa->suite.prf = ikev2_prf_find(IKEV2_PRF_HMAC_SHA2_256);
	sa->suite.group = ikev2_dh_group_find(IKEV2_ECP_256);
	sa->initiator_nonce.length = sa->responder_nonce.length = 32;
	ikev2_make_ciphers(sa);
	ikev2_sa_state(sa, state);
	sa->next_in = sa->next_out = 1;
	sa->inner_is_ours = initiator;
	if (state != SA_ESTABLISHED)
		return sa;
	child = ikev2_child_begin(sa);
	child->spi_out = 0x03030303;
	child->suite.encryption = sa->suite.encryption;
	set_any(&child->local);
	set_any(&child->remote);
	ikev2_child_up(sa, child, false);
	return sa;
}

/* What this end is waiting for when the answer comes. */
static void ask(struct ikev2_sa *sa, unsigned what)
{
	if (sa->state == SA_HALF_OPEN) {
		ikev2_auth_request(sa);
		return;
	}
	switch (what) {
	case 0:
		ikev2_rekey(sa, 1);
		break;
	case 1:
		ikev2_rekey_child(sa, sa->children->spi_in, 1);
		break;
	case 2:
		ikev2_delete_child(sa, sa->children->spi_in, 1);
		break;
	case 3:
		ikev2_delete_sa(sa, 1);
		break;
	default:
		ikev2_probe(sa, 1);
	}
}

static void give(struct ikev2_node *node, const struct ikev2_path *path,
		 const struct ikev2_header *header, uint8_t first, struct octets inside);

/* The hosting party's authentication is under way: the responder has challenged it (and waits for
 * message 2), the initiator has told who it is. */
static void begin_hosting(struct ikev2_sa *sa, const struct ikev2_path *path,
			  struct ikev2_header *header)
{
	static const uint8_t idr[] = { 0, 0, 0, 9, 2, 0, 0, 0, 'b' };
	struct ikev2_chain chain;

	if (!sa->initiator) {
		chain.count = 0;
		ikev2_hosting_begin(sa, &chain);
		header->exchange = IKEV2_AUTH;
		give(sa->node, path, header, IKEV2_IDI, octets_of(idr, sizeof(idr)));
		header->message_id = 2;
	} else if (ikev2_chain_decode(IKEV2_IDR, octets_of(idr, sizeof(idr)), &chain, NULL) == 0) {
		ikev2_hosting_request(sa, &chain);
		sa->current.kind = TASK_AUTH;
	}
}

static void give(struct ikev2_node *node, const struct ikev2_path *path,
		 const struct ikev2_header *header, uint8_t first, struct octets inside)
{
	static const uint8_t key[20];
	struct ipsec_cipher *cipher =
		ipsec_cipher_new(ipsec_encryption_find(IKEV2_ENCR_AES_GCM_16, 128), NULL,
				 octets_of(key, sizeof(key)), octets_of(NULL, 0));
	struct ikev2_datagrams sealed = { .count = 0 };
	uint64_t number = 1000;

	if (ikev2_seal(header, first, inside, cipher, &number, 0, &sealed) == 0)
		ikev2_receive(node, path,
			      octets_of(sealed.list[0].octets, sealed.list[0].length), 2);
	ikev2_datagrams_clear(&sealed);
	ipsec_cipher_free(cipher);
}

/* Octets 0 to 2: flags, exchange, first payload; then what SK holds. With
 * flag 0x40 the rest is a datagram for the node as it comes from outside, without protection; with
 * 0x80 the hosting party's authentication is under way. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	static struct ikev2_settings settings;
	static struct eap_aka_usim usim;
	struct ikev2_calls calls = { NULL, drop, NULL, assign, see, subscriber, NULL };
	struct ikev2_path path = { { 4, { 192, 0, 2, 1 }, 500, PLACE_HOST },
				    { 4, { 192, 0, 2, 2 }, 500, PLACE_HOST },
				   false };
	struct octets rest;

	if (length < 4)
		return 0;
	if (settings.ike.count == 0) {
		ikev2_offer_parse("aes128gcm16-prfsha256-ecp256", IKEV2_PROTOCOL_IKE, false,
				  &settings.ike, NULL);
		ikev2_offer_parse("aes128gcm16,aes128gcm16-ecp256", IKEV2_PROTOCOL_ESP, false,
				  &settings.esp, NULL);
		settings.local_id = (struct ikev2_id){ IKEV2_ID_FQDN, octets_of("a.example", 9) };
		settings.usim = &usim;
		settings.usim_identity = octets_of("a", 1);
		settings.shared_secret = octets_of("secret", 6);
		set_any(&settings.local);
		set_any(&settings.remote);
	}
	rest = octets_of(octets + 3, length - 3);
	struct ikev2_node *node = ikev2_node_new(&settings, &calls);
	bool initiator = octets[0] & 1, response = octets[0] & 2;

	if (octets[0] & 0x40) {
		ikev2_receive(node, &path, rest, 1);
	} else {
		struct ikev2_sa *sa = make_sa(node, &path, initiator,
					      octets[0] & 4 ? SA_HALF_OPEN : SA_ESTABLISHED);
		struct ikev2_header header = { 1, 2, 0, IKEV2_VERSION, octets[1], 0, 1, 0 };

		header.flags = (uint8_t)((initiator ? 0 : IKEV2_FLAG_INITIATOR) |
					 (response ? IKEV2_FLAG_RESPONSE : 0));
		if ((octets[0] & 0x84) == 0x84 && initiator == response)
			begin_hosting(sa, &path, &header);
		else if (response)
			ask(sa, octets[0] >> 3 & 7);
		give(node, &path, &header, octets[2], rest);
		ikev2_time(node, INT64_MAX / 2);
	}
	ikev2_node_free(node);
	return 0;
}
