#include "protocols/hnbap.h"
#include "protocols/ran-pdu.h"
#include "protocols/s1ap.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

/* The first octet says whose: what is read can be written again, element by element. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
	struct ran_writer writer = { .count = 0 };
	struct buffer out = { 0 };
	struct ran_pdu pdu, again;

	if (length == 0)
		return 0;
	enum ran_frame frame = octets[0] & 1 ? RAN_HNBAP : RAN_S1AP;
	octets++;
	length--;
	message_free(frame == RAN_HNBAP ? hnbap_message_decode(octets, length)
					: s1ap_message_decode(octets, length));
	if (ran_pdu_decode(frame, octets, length, &pdu, NULL) < 0)
		return 0;
	for (size_t i = 0; i < pdu.count; i++) {
		const struct ran_field *field = &pdu.fields[i];
		struct per_writer value =
			(field->extension ? ran_extension : ran_field)(&writer, field->id,
								       field->criticality);
		per_write_octets(&value, field->value, field->length);
	}
	ran_finish(&writer, frame, pdu.kind, pdu.procedure, pdu.criticality, &out);
	if (ran_pdu_decode(frame, out.octets, out.length, &again, NULL) < 0 ||
	    again.count != pdu.count || again.procedure != pdu.procedure)
		__builtin_trap();
	buffer_free(&out);
	return 0;
}
