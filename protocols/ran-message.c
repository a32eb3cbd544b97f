#include "protocols/ran-message.h"

static const struct ran_procedure *find_procedure(const struct ran_protocol *protocol,
						  const struct ran_pdu *pdu)
{
	for (size_t i = 0; i < protocol->procedure_count; i++) {
		const struct ran_procedure *procedure = &protocol->procedures[i];

		if (procedure->code == pdu->procedure && procedure->kind == pdu->kind)
			return procedure;
	}
	return NULL;
}

static struct message *malformed(const struct ran_protocol *protocol, size_t length,
				 const char *why)
{
	struct message *message = message_new(protocol->name, protocol->malformed);

	message_attribute(message->body, "why", "%s", why);
	message_number(message->body, "length", length);
	return message;
}

static const struct ran_element *find_element(const struct ran_procedure *procedure,
					      const struct ran_field *field)
{
	for (size_t i = 0; procedure && i < procedure->element_count; i++)
		if (procedure->elements[i].id == field->id &&
		    procedure->elements[i].extension == field->extension)
			return &procedure->elements[i];
	return NULL;
}

/* Adds a name to a list in an attribute. */
static void add_name(struct buffer *list, const char *name)
{
	buffer_format(list, "%s%s", list->length > 0 ? " " : "", name);
}

static void say_names(xmlNode *body, const char *attribute, struct buffer *list)
{
	if (list->length > 0)
		message_attribute(body, attribute, "%s", buffer_text(list));
	buffer_free(list);
}

static void say_unknown(xmlNode *body, const struct ran_field *field)
{
	xmlNode *node = message_child(body, "Unknown", NULL);

	message_number(node, "id", field->id);
	message_attribute(node, "criticality", "%s", ran_criticality_name(field->criticality));
	message_number(node, "length", field->length);
}

/* NULL, or the element whose value cannot be read. */
static const struct ran_element *read_elements(const struct ran_procedure *procedure,
					       const struct ran_pdu *pdu, xmlNode *body)
{
	for (size_t i = 0; i < pdu->count; i++) {
		const struct ran_field *field = &pdu->fields[i];
		const struct ran_element *element = find_element(procedure, field);
		struct per_reader reader = per_read(field->value, field->length);

		if (!element) {
			say_unknown(body, field);
			continue;
		}
		if (!element->read)
			continue;
		element->read(&reader, body);
		if (reader.broken || (reader.bit + 7) / 8 != field->length)
			return element;
	}
	return NULL;
}

/* What TS 36.413 10.3 calls abstract syntax errors. */
static void say_errors(const struct ran_procedure *procedure, const struct ran_pdu *pdu,
		       xmlNode *body)
{
	struct buffer missing = { 0 }, repeated = { 0 }, misplaced = { 0 }, criticality = { 0 };

	for (size_t i = 0; i < procedure->element_count; i++) {
		const struct ran_element *element = &procedure->elements[i];
		size_t seen = 0;

		for (size_t k = 0; k < pdu->count; k++)
			seen += find_element(procedure, &pdu->fields[k]) == element;
		if (seen == 0 && element->mandatory)
			add_name(&missing, element->name);
		if (seen > 1)
			add_name(&repeated, element->name);
	}
	const struct ran_element *last = NULL;
	for (size_t k = 0; k < pdu->count; k++) {
		const struct ran_element *element = find_element(procedure, &pdu->fields[k]);

		if (!element)
			continue;
		if (last && element < last)
			add_name(&misplaced, element->name);
		if (element->criticality != pdu->fields[k].criticality)
			add_name(&criticality, element->name);
		last = element;
	}
	say_names(body, "missing", &missing);
	say_names(body, "repeated", &repeated);
	say_names(body, "misplaced", &misplaced);
	say_names(body, "wrong-criticality", &criticality);
}

struct message *ran_message_decode(const struct ran_protocol *protocol, const void *octets,
				   size_t length)
{
	static const char *const kinds[] = { "initiating", "successful", "unsuccessful" };
	struct problem problem = { "" };
	struct ran_pdu pdu;

	if (ran_pdu_decode(protocol->frame, octets, length, &pdu, &problem) < 0)
		return malformed(protocol, length, problem.text);
	const struct ran_procedure *procedure = find_procedure(protocol, &pdu);
	struct message *message =
		message_new(protocol->name, procedure ? procedure->message : protocol->other);
	message_attribute(message->body, "criticality", "%s",
			  ran_criticality_name(pdu.criticality));
	if (!procedure) {
		message_number(message->body, "procedure", pdu.procedure);
		message_attribute(message->body, "kind", "%s", kinds[pdu.kind]);
	}
	const struct ran_element *broken = read_elements(procedure, &pdu, message->body);
	if (broken) {
		message_free(message);
		problem_set(&problem, "the value of %s in it cannot be read", broken->name);
		return malformed(protocol, length, problem.text);
	}
	if (procedure)
		say_errors(procedure, &pdu, message->body);
	return message;
}
