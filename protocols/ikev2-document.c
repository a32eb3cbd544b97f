#include "protocols/eap-aka.h"
#include "protocols/ikev2-document.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/ikev2-auth.h"
#include "protocols/ikev2-proposal.h"

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static void set_hexadecimal(xmlNode *node, const char *name, struct octets octets)
{
	char *text = octets_hexadecimal(octets);

	message_attribute(node, name, "%s", text);
	free(text);
}

static xmlNode *child_hexadecimal(xmlNode *parent, const char *name, struct octets octets)
{
	char *text = octets_hexadecimal(octets);
	xmlNode *node = message_child(parent, name, text);

	free(text);
	return node;
}

static void add_transform(xmlNode *parent, const struct ikev2_transform *transform)
{
	xmlNode *node = message_child(parent, "transform", NULL);

	message_attribute(node, "type", "%s",
			  ikev2_name(IKEV2_TRANSFORM_TYPE_NAMES, transform->type));
	message_attribute(node, "name", "%s",
			  ikev2_name(ikev2_transform_registry(transform->type), transform->id));
	message_number(node, "number", transform->id);
	if (transform->key_bits)
		message_number(node, "key-bits", transform->key_bits);
}

static void add_proposal(xmlNode *parent, const struct ikev2_proposal *proposal)
{
	xmlNode *node = message_child(parent, "proposal", NULL);
	char *text = NULL;

	message_number(node, "number", proposal->number);
	message_attribute(node, "protocol", "%s", ikev2_name(IKEV2_PROTOCOLS, proposal->protocol));
	if (proposal->spi_length)
		message_attribute(node, "spi", "%0*llx", 2 * proposal->spi_length,
				  (unsigned long long)proposal->spi);
	text = ikev2_proposal_text(proposal);
	message_attribute(node, "text", "%s", text);
	free(text);
	for (size_t i = 0; i < proposal->count; i++)
		add_transform(node, &proposal->transforms[i]);
}

static void add_sa(xmlNode *node, struct octets body)
{
	struct ikev2_offer offer;

	if (ikev2_offer_read(body, &offer, NULL) == 0)
		for (size_t i = 0; i < offer.count; i++)
			add_proposal(node, &offer.proposals[i]);
}

static void add_ke(xmlNode *node, struct octets body)
{
	struct ikev2_ke ke;

	if (ikev2_ke_read(body, &ke, NULL) < 0)
		return;
	message_attribute(node, "group", "%s", ikev2_name(IKEV2_GROUPS, ke.group));
	message_number(node, "length", ke.data.length);
}

static void add_text(xmlNode *node, const char *text)
{
	/* message_child takes care of octets that no document may have; so does an attribute. */
	xmlNode *holder = message_child(node, "text", text);
	xmlNode *content = holder->children;

	if (content) {
		xmlUnlinkNode(content);
		xmlAddChild(node, content);
	}
	xmlUnlinkNode(holder);
	xmlFreeNode(holder);
}

static void add_id(xmlNode *node, struct octets body)
{
	struct ikev2_id id;

	if (ikev2_id_read(body, &id, NULL) < 0)
		return;
	char *text = ikev2_id_text(&id);
	message_attribute(node, "type", "%s", ikev2_name(IKEV2_ID_TYPES, id.type));
	add_text(node, text);
	free(text);
}

static void set_time(xmlNode *node, const char *name, const ASN1_TIME *time)
{
	ASN1_GENERALIZEDTIME *whole = ASN1_TIME_to_generalizedtime(time, NULL);

	if (whole)
		message_attribute(node, name, "%.*s", ASN1_STRING_length(whole),
				  (const char *)ASN1_STRING_get0_data(whole));
	ASN1_GENERALIZEDTIME_free(whole);
}

static void add_name(xmlNode *parent, const GENERAL_NAME *name)
{
	int kind;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &kind);
	const char *type = kind == GEN_DNS ? "dns" : kind == GEN_EMAIL ? "email" : "uri";
	struct ikev2_id id = { IKEV2_ID_FQDN, { NULL, 0 } };

	if (kind == GEN_IPADD) {
		type = "address";
		id.type = ASN1_STRING_length(value) == 4 ? IKEV2_ID_IPV4_ADDR :
							   IKEV2_ID_IPV6_ADDR;
	} else if (kind != GEN_DNS && kind != GEN_EMAIL && kind != GEN_URI) {
		return;
	}
	id.data = octets_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
	char *text = ikev2_id_text(&id);
	message_attribute(message_child(parent, "name", text), "type", "%s", type);
	free(text);
}

static void add_certificate(xmlNode *node, X509 *certificate)
{
	char *subject = ikev2_distinguished_name(X509_get_subject_name(certificate));
	char *issuer = ikev2_distinguished_name(X509_get_issuer_name(certificate));
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	EVP_PKEY *key = X509_get0_pubkey(certificate);

	message_attribute(node, "subject", "%s", subject);
	message_attribute(node, "issuer", "%s", issuer);
	set_time(node, "not-before", X509_get0_notBefore(certificate));
	set_time(node, "not-after", X509_get0_notAfter(certificate));
	if (key && EVP_PKEY_get0_type_name(key))
		message_attribute(node, "key", "%s %d", EVP_PKEY_get0_type_name(key),
				  EVP_PKEY_get_bits(key));
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		add_name(node, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	free(subject);
	free(issuer);
}

static void add_cert(xmlNode *node, struct octets body)
{
	struct ikev2_typed cert;
	X509 *certificate = NULL;

	if (ikev2_typed_read(body, &cert, NULL) < 0)
		return;
	message_attribute(node, "encoding", "%s", ikev2_name(IKEV2_CERT_ENCODINGS, cert.type));
	message_number(node, "length", cert.data.length);
	if (cert.type == IKEV2_CERT_X509_SIGNATURE)
		certificate = ikev2_certificate_read(cert.data);
	if (certificate)
		add_certificate(node, certificate);
	X509_free(certificate);
}

static void add_certreq(xmlNode *node, struct octets body)
{
	struct ikev2_typed request;
	struct octets hash;

	if (ikev2_typed_read(body, &request, NULL) < 0)
		return;
	message_attribute(node, "encoding", "%s", ikev2_name(IKEV2_CERT_ENCODINGS, request.type));
	if (request.type == IKEV2_CERT_X509_SIGNATURE)
		while (octets_take(&request.data, IKEV2_KEY_HASH, &hash) == 0)
			child_hexadecimal(node, "authority", hash);
}

static void add_auth(xmlNode *node, struct octets body)
{
	struct ikev2_typed auth;

	if (ikev2_auth_read(body, &auth, NULL) < 0)
		return;
	message_attribute(node, "method", "%s", ikev2_name(IKEV2_AUTH_METHODS, auth.type));
	if (auth.type == IKEV2_AUTH_DIGITAL_SIGNATURE)
		message_attribute(node, "algorithm", "%s", ikev2_auth_algorithm(auth.data));
	message_number(node, "length", auth.data.length);
}

static void add_notify(xmlNode *node, struct octets body)
{
	struct ikev2_notify notify;

	if (ikev2_notify_read(body, &notify, NULL) < 0)
		return;
	message_attribute(node, "type", "%s", ikev2_name(IKEV2_NOTIFIES, notify.type));
	message_number(node, "number", notify.type);
	if (notify.protocol)
		message_attribute(node, "protocol", "%s",
				  ikev2_name(IKEV2_PROTOCOLS, notify.protocol));
	if (notify.spi.length)
		set_hexadecimal(node, "spi", notify.spi);
	if (notify.data.length)
		set_hexadecimal(node, "data", notify.data);
}

static void add_delete(xmlNode *node, struct octets body)
{
	struct ikev2_delete list;
	struct octets spi;

	if (ikev2_delete_read(body, &list, NULL) < 0)
		return;
	message_attribute(node, "protocol", "%s", ikev2_name(IKEV2_PROTOCOLS, list.protocol));
	while (list.spi_length > 0 && octets_take(&list.spis, list.spi_length, &spi) == 0)
		child_hexadecimal(node, "spi", spi);
}

static void add_selectors(xmlNode *parent, struct octets body)
{
	struct ikev2_selectors selectors;
	char text[ADDRESS_TEXT];

	if (ikev2_selectors_read(body, &selectors, NULL) < 0)
		return;
	for (size_t i = 0; i < selectors.count; i++) {
		const struct ikev2_selector *selector = &selectors.list[i];
		xmlNode *node = message_child(parent, "selector", NULL);

		message_attribute(node, "type", "%s", ikev2_name(IKEV2_TS_TYPES, selector->type));
		message_number(node, "protocol", selector->protocol);
		if (selector->first.family == 0)
			continue;
		message_attribute(node, "first", "%s", address_host(&selector->first, text));
		message_attribute(node, "last", "%s", address_host(&selector->last, text));
		message_number(node, "first-port", selector->first_port);
		message_number(node, "last-port", selector->last_port);
	}
}

/* An address where the attribute has one (an IPv6 one may have a prefix length behind it). */
static void add_attribute(xmlNode *parent, const struct ikev2_attribute *attribute)
{
	const char *name = ikev2_name(IKEV2_CP_ATTRIBUTES, attribute->type);
	bool four = strstr(name, "_IP4_") && attribute->value.length >= 4;
	bool six = strstr(name, "_IP6_") && attribute->value.length >= 16;
	struct ikev2_id id = { four ? IKEV2_ID_IPV4_ADDR : IKEV2_ID_IPV6_ADDR,
			       octets_of(attribute->value.at, four ? 4 : 16) };
	char *text = NULL;
	xmlNode *node;

	if (four || six)
		text = ikev2_id_text(&id);
	else if (attribute->value.length)
		text = octets_hexadecimal(attribute->value);
	node = message_child(parent, "attribute", text);
	message_attribute(node, "type", "%s", name);
	if (six && attribute->value.length == 17)
		message_number(node, "prefix", attribute->value.at[16]);
	free(text);
}

static void add_cp(xmlNode *node, struct octets body)
{
	struct ikev2_cp cp;

	if (ikev2_cp_read(body, &cp, NULL) < 0)
		return;
	message_attribute(node, "type", "%s", ikev2_name(IKEV2_CP_TYPES, cp.type));
	for (size_t i = 0; i < cp.count; i++)
		add_attribute(node, &cp.list[i]);
}

static void add_eap(xmlNode *node, struct octets body)
{
	struct ikev2_eap eap;
	char *text;

	if (ikev2_eap_read(body, &eap, NULL) < 0)
		return;
	message_attribute(node, "code", "%s", ikev2_name(IKEV2_EAP_CODES, eap.code));
	message_number(node, "identifier", eap.identifier);
	if (eap.type)
		message_attribute(node, "type", "%s", ikev2_name(IKEV2_EAP_TYPES, eap.type));
	if ((eap.type == EAP_AKA || eap.type == EAP_AKA_PRIME) && eap.data.length > 0)
		message_attribute(node, "subtype", "%s",
				  ikev2_name(IKEV2_AKA_SUBTYPES, eap.data.at[0]));
	text = octets_hexadecimal(eap.data);
	add_text(node, text);
	free(text);
}

static void add_vendor(xmlNode *node, struct octets body)
{
	char *text = octets_hexadecimal(body);

	add_text(node, text);
	free(text);
}

static void add_length(xmlNode *node, struct octets body)
{
	message_number(node, "length", body.length);
}

static const struct {
	uint8_t type;
	const char *element;
	void (*add)(xmlNode *node, struct octets body);
} describers[] = {
	{ IKEV2_SA, "SA", add_sa },           { IKEV2_KE, "KE", add_ke },
	{ IKEV2_IDI, "IDi", add_id },         { IKEV2_IDR, "IDr", add_id },
	{ IKEV2_CERT, "CERT", add_cert },     { IKEV2_CERTREQ, "CERTREQ", add_certreq },
	{ IKEV2_AUTHENTICATION, "AUTH", add_auth }, { IKEV2_NONCE, "Nonce", add_length },
	{ IKEV2_NOTIFY, "N", add_notify },    { IKEV2_DELETE, "D", add_delete },
	{ IKEV2_VENDOR, "V", add_vendor },    { IKEV2_TSI, "TSi", add_selectors },
	{ IKEV2_TSR, "TSr", add_selectors },  { IKEV2_CP, "CP", add_cp },
	{ IKEV2_EAP, "EAP", add_eap },
};

static void add_payload(xmlNode *body, const struct ikev2_payload *payload)
{
	struct problem problem = { "" };
	xmlNode *node;

	for (size_t i = 0; i < sizeof(describers) / sizeof(describers[0]); i++)
		if (describers[i].type == payload->type) {
			node = message_child(body, describers[i].element, NULL);
			if (ikev2_payload_check(payload, &problem) < 0)
				message_attribute(node, "malformed", "%s", problem.text);
			else
				describers[i].add(node, payload->body);
			if (payload->critical)
				message_attribute(node, "critical", "true");
			return;
		}
	node = message_child(body, "Unknown", NULL);
	message_attribute(node, "type", "%s", ikev2_name(IKEV2_PAYLOAD_TYPES, payload->type));
	message_attribute(node, "critical", "%s", truth(payload->critical));
	message_number(node, "length", payload->body.length);
}

static void add_chain(xmlNode *body, const struct ikev2_chain *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->payloads[i].type != IKEV2_SK && chain->payloads[i].type != IKEV2_SKF)
			add_payload(body, &chain->payloads[i]);
}

static struct message *named(const struct ikev2_header *header)
{
	static const char *const names[][2] = {
		{ "IkeSaInit", "IkeSaInitResponse" },
		{ "IkeAuth", "IkeAuthResponse" },
		{ "CreateChildSa", "CreateChildSaResponse" },
		{ "IkeInformational", "IkeInformationalResponse" },
		{ "IkeOther", "IkeOther" },
	};
	size_t index = header->exchange >= IKEV2_SA_INIT &&
				       header->exchange <= IKEV2_INFORMATIONAL ?
			       header->exchange - (size_t)IKEV2_SA_INIT : 4;

	return message_new("ike", names[index][header->flags & IKEV2_FLAG_RESPONSE ? 1 : 0]);
}

static void add_header(xmlNode *body, const struct ikev2_header *header)
{
	message_attribute(body, "exchange", "%s", ikev2_name(IKEV2_EXCHANGES, header->exchange));
	message_attribute(body, "initiator-spi", "%016llx",
			  (unsigned long long)header->initiator_spi);
	message_attribute(body, "responder-spi", "%016llx",
			  (unsigned long long)header->responder_spi);
	message_number(body, "message-id", header->message_id);
	message_attribute(body, "from-initiator", "%s",
			  truth(header->flags & IKEV2_FLAG_INITIATOR));
	if (header->version != IKEV2_VERSION)
		message_attribute(body, "version", "%u.%u", header->version >> 4,
				  header->version & 15u);
	message_number(body, "length", header->length);
}

struct message *ikev2_document(struct octets octets, enum ikev2_encrypted encrypted,
			       const struct ikev2_chain *inner, unsigned fragments)
{
	static const char *const states[] = { "none", "opened", "closed", "wrong" };
	struct ikev2_message ike;
	struct problem problem = { "" };
	struct message *message;

	if (ikev2_decode(octets, &ike, &problem) < 0) {
		message = message_new("ike", "IkeMalformed");
		message_attribute(message->body, "why", "%s", problem.text);
		return message;
	}
	message = named(&ike.header);
	add_header(message->body, &ike.header);
	if (fragments)
		message_number(message->body, "fragments", fragments);
	message_attribute(message->body, "encryption", "%s", states[encrypted]);
	add_chain(message->body, &ike.chain);
	if (inner)
		add_chain(message->body, inner);
	return message;
}
