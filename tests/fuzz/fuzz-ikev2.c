#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-crypto.h"
#include "protocols/ikev2-document.h"
#include "protocols/ikev2-proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static struct ipsec_cipher *known_cipher(void)
{
	static const uint8_t key[20] = { 1, 2, 3 };

	return ipsec_cipher_new(ipsec_encryption_find(IKEV2_ENCR_AES_GCM_16, 128), NULL,
				octets_of(key, sizeof(key)), octets_of(NULL, 0));
}

/* What could be read is chosen from, written and read again. */
static void use(const struct ikev2_chain *chain)
{
	struct ikev2_offer offer, ours;
	struct ikev2_proposal chosen;
	struct ikev2_suite suite;
	struct ikev2_writer writer = { 0 };
	struct ikev2_chain again;

	for (size_t i = 0; i < chain->count; i++) {
		if (chain->payloads[i].type != IKEV2_SA ||
		    ikev2_offer_read(chain->payloads[i].body, &offer, NULL) < 0)
			continue;
		ikev2_offer_write(&writer, &offer);
		ikev2_writer_finish(&writer);
		if (ikev2_chain_decode(writer.first,
				       octets_of(writer.out.octets, writer.out.length), &again,
				       NULL) < 0 ||
		    ikev2_offer_read(again.payloads[0].body, &ours, NULL) < 0 ||
		    ours.count != offer.count)
			__builtin_trap();
		if (ikev2_offer_choose(&offer, &ours, true, &chosen) == 0)
			(void)ikev2_suite_of(&chosen, &suite);
		ikev2_writer_free(&writer);
	}
}

/* The octets as what SK holds: sealed in one or more messages, opened and read. */
static void inside(uint8_t first, struct octets octets)
{
	struct ikev2_header header = { 1, 2, 0, IKEV2_VERSION, IKEV2_AUTH, 0, 1, 0 };
	struct ikev2_datagrams sealed = { .count = 0 };
	struct ikev2_reassembly reassembly = { 0 };
	struct ikev2_message message;
	struct ikev2_chain chain;
	struct buffer plain = { 0 };
	struct ipsec_cipher *cipher = known_cipher();
	uint64_t number = 0;
	bool one = first & 1;

	if (ikev2_seal(&header, first, octets, cipher, &number, one ? 0 : 200, &sealed) < 0)
		ikev2_datagrams_clear(&sealed);
	for (size_t i = 0; i < sealed.count; i++) {
		struct octets whole = octets_of(sealed.list[i].octets, sealed.list[i].length);
		int opened;

		if (ikev2_decode(whole, &message, NULL) < 0)
			__builtin_trap();
		opened = sealed.count == 1 ?
				 ikev2_open(whole, &message, cipher, &plain, NULL) == 0 :
				 ikev2_reassemble(&reassembly, whole, &message, cipher, &plain,
						  &message.chain.inner, NULL);
		if (opened < 0)
			__builtin_trap();
		if (opened != 1)
			continue;
		struct octets inner = octets_of(plain.octets, plain.length);
		if (ikev2_chain_decode(message.chain.inner, inner, &chain, NULL) == 0) {
			use(&chain);
			message_free(ikev2_document(whole, IKEV2_OPENED, &chain, 0));
		}
		break;
	}
	ikev2_reassembly_clear(&reassembly);
	ikev2_datagrams_clear(&sealed);
	ipsec_cipher_free(cipher);
	buffer_free(&plain);
}

/* First octet 0: a datagram from outside. Otherwise: the type of the first payload inside SK, and
 * what follows it. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct ikev2_message message;

	if (length < 1)
		return 0;
	struct octets rest = octets_of(octets + 1, length - 1);
	if (octets[0] == 0) {
		struct buffer datagram = { 0 };

		/* The length in the header need not be guessed. */
		buffer_add(&datagram, rest.at, rest.length);
		if (rest.length >= IKEV2_HEADER && rest.at[24] == 0xff) {
			datagram.octets[24] = datagram.octets[25] = 0;
			datagram.octets[26] = (uint8_t)(rest.length >> 8);
			datagram.octets[27] = (uint8_t)rest.length;
		}
		rest.at = datagram.octets;
		message_free(ikev2_document(rest, IKEV2_CLOSED, NULL, 0));
		if (ikev2_decode(rest, &message, NULL) == 0)
			use(&message.chain);
		buffer_free(&datagram);
	} else {
		inside(octets[0], rest);
	}
	return 0;
}
