/* Structs -> payloads. */
#include <string.h>

#include "protocols/ikev2-payload.h"

#define KEY_LENGTH 0x800e /* attribute 14 with a fixed length, RFC 7296 3.3.5 */

static void add_zeros(struct buffer *out, size_t count)
{
	while (count-- > 0)
		buffer_add_u8(out, 0);
}

static void add_octets(struct buffer *out, struct octets octets)
{
	buffer_add(out, octets.at, octets.length);
}

static void write_transform(struct buffer *out, const struct ikev2_transform *transform, bool last)
{
	buffer_add_u8(out, last ? 0 : 3);
	buffer_add_u8(out, 0);
	buffer_add_u16(out, transform->key_bits ? 12 : 8);
	buffer_add_u8(out, transform->type);
	buffer_add_u8(out, 0);
	buffer_add_u16(out, transform->id);
	if (transform->key_bits) {
		buffer_add_u16(out, KEY_LENGTH);
		buffer_add_u16(out, transform->key_bits);
	}
}

static void write_proposal(struct buffer *out, const struct ikev2_proposal *proposal, bool last)
{
	size_t at = out->length;

	buffer_add_u8(out, last ? 0 : 2);
	add_zeros(out, 3);
	buffer_add_u8(out, proposal->number);
	buffer_add_u8(out, proposal->protocol);
	buffer_add_u8(out, proposal->spi_length);
	buffer_add_u8(out, (uint8_t)proposal->count);
	for (size_t i = proposal->spi_length; i > 0; i--)
		buffer_add_u8(out, (uint8_t)(proposal->spi >> 8 * (i - 1)));
	for (size_t i = 0; i < proposal->count; i++)
		write_transform(out, &proposal->transforms[i], i + 1 == proposal->count);
	out->octets[at + 2] = (uint8_t)((out->length - at) >> 8);
	out->octets[at + 3] = (uint8_t)(out->length - at);
}

void ikev2_offer_write(struct ikev2_writer *writer, const struct ikev2_offer *offer)
{
	ikev2_writer_begin(writer, IKEV2_SA);
	for (size_t i = 0; i < offer->count; i++)
		write_proposal(&writer->out, &offer->proposals[i], i + 1 == offer->count);
}

void ikev2_ke_write(struct ikev2_writer *writer, uint16_t group, struct octets data)
{
	ikev2_writer_begin(writer, IKEV2_KE);
	buffer_add_u16(&writer->out, group);
	add_zeros(&writer->out, 2);
	add_octets(&writer->out, data);
}

void ikev2_id_write(struct ikev2_writer *writer, uint8_t payload, const struct ikev2_id *id)
{
	ikev2_writer_begin(writer, payload);
	buffer_add_u8(&writer->out, id->type);
	add_zeros(&writer->out, 3);
	add_octets(&writer->out, id->data);
}

void ikev2_typed_write(struct ikev2_writer *writer, uint8_t payload, uint8_t type,
		       struct octets data)
{
	ikev2_writer_begin(writer, payload);
	buffer_add_u8(&writer->out, type);
	add_octets(&writer->out, data);
}

void ikev2_auth_write(struct ikev2_writer *writer, uint8_t method, struct octets data)
{
	ikev2_writer_begin(writer, IKEV2_AUTHENTICATION);
	buffer_add_u8(&writer->out, method);
	add_zeros(&writer->out, 3);
	add_octets(&writer->out, data);
}

void ikev2_octets_write(struct ikev2_writer *writer, uint8_t payload, struct octets data)
{
	ikev2_writer_begin(writer, payload);
	add_octets(&writer->out, data);
}

void ikev2_notify_write(struct ikev2_writer *writer, uint16_t type, uint8_t protocol,
			struct octets spi, struct octets data)
{
	ikev2_writer_begin(writer, IKEV2_NOTIFY);
	buffer_add_u8(&writer->out, protocol);
	buffer_add_u8(&writer->out, (uint8_t)spi.length);
	buffer_add_u16(&writer->out, type);
	add_octets(&writer->out, spi);
	add_octets(&writer->out, data);
}

void ikev2_status_write(struct ikev2_writer *writer, uint16_t type)
{
	ikev2_notify_write(writer, type, 0, octets_of(NULL, 0), octets_of(NULL, 0));
}

void ikev2_delete_write(struct ikev2_writer *writer, uint8_t protocol, const uint32_t *spis,
			size_t count)
{
	ikev2_writer_begin(writer, IKEV2_DELETE);
	buffer_add_u8(&writer->out, protocol);
	buffer_add_u8(&writer->out, protocol == IKEV2_PROTOCOL_IKE ? 0 : 4);
	buffer_add_u16(&writer->out, (uint16_t)count);
	for (size_t i = 0; i < count; i++)
		buffer_add_u32(&writer->out, spis[i]);
}

void ikev2_selectors_write(struct ikev2_writer *writer, uint8_t payload,
			   const struct ikev2_selectors *selectors)
{
	struct buffer *out = &writer->out;

	ikev2_writer_begin(writer, payload);
	buffer_add_u8(out, (uint8_t)selectors->count);
	add_zeros(out, 3);
	for (size_t i = 0; i < selectors->count; i++) {
		const struct ikev2_selector *selector = &selectors->list[i];
		size_t size = selector->first.family == 4 ? 4 : 16;

		buffer_add_u8(out, size == 4 ? IKEV2_TS_IPV4 : IKEV2_TS_IPV6);
		buffer_add_u8(out, selector->protocol);
		buffer_add_u16(out, (uint16_t)(8 + 2 * size));
		buffer_add_u16(out, selector->first_port);
		buffer_add_u16(out, selector->last_port);
		buffer_add(out, selector->first.octets, size);
		buffer_add(out, selector->last.octets, size);
	}
}

void ikev2_cp_write(struct ikev2_writer *writer, const struct ikev2_cp *cp)
{
	ikev2_writer_begin(writer, IKEV2_CP);
	buffer_add_u8(&writer->out, cp->type);
	add_zeros(&writer->out, 3);
	for (size_t i = 0; i < cp->count; i++) {
		buffer_add_u16(&writer->out, cp->list[i].type);
		buffer_add_u16(&writer->out, (uint16_t)cp->list[i].value.length);
		add_octets(&writer->out, cp->list[i].value);
	}
}
