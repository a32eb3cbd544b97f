/*
 * cwmp: TR-069 envelopes (Amendment 2 clause 3.5, Annex A) from octets and to octets.
 *
 * The same unprefixed tree stands on both sides: cwmp_decode makes it of an envelope (see
 * message.h), cwmp_encode makes an envelope of it.
 */
#ifndef PROTOCOLS_CWMP_H
#define PROTOCOLS_CWMP_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "protocols/buffer.h"
#include "protocols/message.h"
#include "protocols/problem.h"

#define SOAP_1_1 "http://schemas.xmlsoap.org/soap/envelope/"
#define CWMP_1_0 "urn:dslforum-org:cwmp-1-0"
#define CWMP_1_1 "urn:dslforum-org:cwmp-1-1"
#define CWMP_1_2 "urn:dslforum-org:cwmp-1-2"

/* How an envelope is written. Zeroed fields mean the usual. */
struct cwmp_style {
	const char *ns;            /* CWMP namespace; NULL = CWMP_1_1 */
	const char *id;            /* header ID; NULL = no ID element */
	bool hold_requests;        /* header HoldRequests 1 */
	const char *soap_prefix;   /* NULL = "soap"; "" = SOAP's namespace is the default one */
	const char *cwmp_prefix;   /* NULL = "cwmp" */
	bool no_declaration;       /* leave out <?xml ...?> */
	const char *envelope_ns;   /* NULL = SOAP 1.1 */
	/* Other ways to write the same; all are lawful. */
	const char *declaration;   /* instead of the usual <?xml ...?> */
	const char *schema_prefix, *instance_prefix, *encoding_prefix; /* xsd, xsi, soapenc */
	bool declare_late;         /* each namespace on the elements that use it */
	bool pretty;               /* an element a line, indented */
	bool spaced;               /* white space around values whose type lets it be */
	bool comments;             /* in front of each element */
	bool cdata;                /* text in CDATA sections */
	bool typed;                /* xsi:type on every argument, as SOAP's encoding has it */
	bool numeric_booleans;     /* 1 and 0 for true and false, where a type says boolean */
	bool fault_prefix;         /* faultcode soap:Client */
};

/*
 * Writes an envelope. body: an element named like the RPC ("Inform"), unprefixed. In it
 *   - attribute type="xsd:string" becomes xsi:type="xsd:string", in the style's prefixes;
 *   - attribute arrayType="ParameterValueStruct" becomes soapenc:arrayType with prefix and the
 *     number of child elements; one with '[' in it, or a prefix but xsd:, is written as it stands;
 *   - other attributes are left out.
 * An element "Fault" becomes a SOAP Fault: its children FaultCode, FaultString,
 * SetParameterValuesFault* go to the cwmp:Fault in detail; attribute side="Client"/"Server"
 * gives faultcode (default "Client").
 */
void cwmp_encode(const xmlNode *body, const struct cwmp_style *style, struct buffer *out);

/*
 * Reads an envelope into a new message (protocol "cwmp"): name, document with soap facet
 * and body. A SOAP Fault with a cwmp:Fault inside becomes
 *   <Fault><faultcode/><faultstring/><FaultCode/><FaultString/><SetParameterValuesFault>...</Fault>
 * Its ns is the cwmp:Fault's namespace (soap-ns: the outer one's); without a cwmp:Fault the
 * SOAP Fault stands as it came. detail-in="faultstring": the detail stood inside it.
 * An RPC element that is no known method gives the name UnknownMethod (attribute method=).
 * Text of leaf elements is trimmed (then padded="true"). The soap facet also has payloads=
 * (elements in the Body), headers= (in the Header), declaration=, encoding= (as declared),
 * encodingStyle=, undeclared-prefix= (the first one; the tree was usable all the same),
 * leading-space= and trailing-zeros= (octets around the document that were read over).
 * What is not one readable envelope gives Unreadable with attribute why=. Never NULL.
 */
struct message *cwmp_decode(const void *octets, size_t length);
/* The same by libxml2 alone, without the quick reader for plain envelopes: the tests compare. */
struct message *cwmp_decode_slowly(const void *octets, size_t length);

/* The text of soap/Header/ID in a decoded message: new memory, or NULL when there is none. */
char *cwmp_id(const struct message *message);

/* A new body element NAME, in a document of its own (free with xmlFreeDoc(node->doc)). */
xmlNode *cwmp_body_new(const char *name);
/* Adds <NAME arrayType="TYPE"/> and gives it. */
xmlNode *cwmp_array(xmlNode *parent, const char *name, const char *type);
/* Adds a ParameterValueStruct with a typed value ("xsd:string") to a ParameterList. */
void cwmp_parameter(xmlNode *list, const char *name, const char *value, const char *type);
/* A complete Fault body: code, its standard text from the table when text is NULL. */
xmlNode *cwmp_fault_new(int code, const char *text);

/* Tables, TR-069 Annex A. */
struct cwmp_method {
	const char *name;        /* "Inform" */
	bool device_answers;     /* a CPE method (the HMS calls it) */
	bool required;           /* R in Am2 */
	const char *clause;      /* "A.3.3.1" */
	const char *const *arguments;      /* names in order, NULL at the end */
	const char *const *results;
};
const struct cwmp_method *cwmp_methods(size_t *count);
const struct cwmp_method *cwmp_method_find(const char *name); /* without "Response" */

struct cwmp_fault_code {
	int code;
	const char *text;
	bool device; /* 9xxx: from the CPE */
};
const struct cwmp_fault_code *cwmp_fault_find(int code); /* NULL = no such. A code of a
 * reserved or vendor's range gives the range's entry, whose code is the first of it. */

struct cwmp_event_code {
	const char *code;  /* "0 BOOTSTRAP", "M Reboot" */
	bool multiple;     /* one entry per CommandKey */
	bool command_key;  /* carries one ("M ..."); the digit events have it empty */
	const char *since; /* the namespace's version that brought it: "1.0" */
};
const struct cwmp_event_code *cwmp_event_find(const char *code);

#endif
