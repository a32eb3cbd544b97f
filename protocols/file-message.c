#include "protocols/file-message.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "protocols/limits.h"
#include "protocols/memory.h"
#include "protocols/xml-bounds.h"
#include "protocols/xml.h"

#define HASH_LENGTH 32

struct file_contents {
	struct buffer kept;
	uint64_t size; /* one past the last octet that came */
	EVP_MD_CTX *hash; /* of all, as long as they come in order; NULL then */
};

static const char *const outcomes[] = {
	[FILE_OK] = "ok", [FILE_NOT_FOUND] = "not-found", [FILE_NO_PERMISSION] = "no-permission",
	[FILE_LOGIN] = "login", [FILE_FULL] = "full", [FILE_CUT] = "cut", [FILE_FAILED] = "failed",
};

const char *file_outcome_name(enum file_outcome outcome)
{
	return outcomes[outcome];
}

/* --- contents --- */

struct file_contents *file_contents_new(void)
{
	struct file_contents *contents = memory_new(sizeof(*contents));

	contents->hash = EVP_MD_CTX_new();
	if (!contents->hash || EVP_DigestInit_ex(contents->hash, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(contents->hash);
		contents->hash = NULL;
	}
	return contents;
}

void file_contents_free(struct file_contents *contents)
{
	if (!contents)
		return;
	EVP_MD_CTX_free(contents->hash);
	buffer_free(&contents->kept);
	free(contents);
}

void file_contents_add(struct file_contents *contents, const void *octets, size_t length)
{
	file_contents_put(contents, contents->size, octets, length);
}

static void keep(struct file_contents *contents, uint64_t offset, const uint8_t *octets,
		 size_t length)
{
	static const uint8_t zeros[256];

	if (offset >= LIMIT_FILE_KEPT)
		return;
	if (length > LIMIT_FILE_KEPT - offset)
		length = (size_t)(LIMIT_FILE_KEPT - offset);
	while (contents->kept.length < offset) {
		size_t missing = (size_t)(offset - contents->kept.length);

		buffer_add(&contents->kept, zeros, missing < 256 ? missing : 256);
	}
	size_t over = contents->kept.length - (size_t)offset; /* written before */

	if (over > length)
		over = length;
	if (over)
		memcpy(contents->kept.octets + offset, octets, over);
	buffer_add(&contents->kept, octets + over, length - over);
}

void file_contents_put(struct file_contents *contents, uint64_t offset, const void *octets,
		       size_t length)
{
	if (!length || offset > LIMIT_HTTP_FILE)
		return;
	if (offset != contents->size) { /* not in order: only what is kept can be hashed */
		EVP_MD_CTX_free(contents->hash);
		contents->hash = NULL;
	}
	if (contents->hash)
		EVP_DigestUpdate(contents->hash, octets, length);
	keep(contents, offset, octets, length);
	if (offset + length > contents->size)
		contents->size = offset + length;
}

void file_contents_skip(struct file_contents *contents, uint64_t count)
{
	if (!count)
		return;
	EVP_MD_CTX_free(contents->hash);
	contents->hash = NULL;
	contents->size += count;
}

uint64_t file_contents_size(const struct file_contents *contents)
{
	return contents->size;
}

const struct buffer *file_contents_kept(const struct file_contents *contents)
{
	return &contents->kept;
}

static bool is_kept(const struct file_contents *contents)
{
	return contents->kept.length == contents->size;
}

/* The hash of all, into digest; false when not all of it is known any more. */
static bool hash_of(const struct file_contents *contents, uint8_t digest[HASH_LENGTH])
{
	EVP_MD_CTX *copy;
	bool known = false;

	if (!contents->hash)
		return is_kept(contents) &&
		       EVP_Digest(contents->kept.octets ? contents->kept.octets
							: (const uint8_t *)"",
				  contents->kept.length, digest, NULL, EVP_sha256(), NULL) == 1;
	copy = EVP_MD_CTX_new();
	if (copy && EVP_MD_CTX_copy_ex(copy, contents->hash) == 1)
		known = EVP_DigestFinal_ex(copy, digest, NULL) == 1;
	EVP_MD_CTX_free(copy);
	return known;
}

static bool is_gzip(const struct buffer *octets)
{
	return octets->length > 2 && octets->octets[0] == 0x1f && octets->octets[1] == 0x8b;
}

/* RFC 1952; out: at most LIMIT_FILE_KEPT octets. */
static int unzip(const struct buffer *in, struct buffer *out, struct problem *problem)
{
	z_stream stream = { .next_in = in->octets, .avail_in = (uInt)in->length };
	uint8_t piece[16384];
	int state = inflateInit2(&stream, 16 + MAX_WBITS);

	while (state == Z_OK && out->length <= LIMIT_FILE_KEPT) {
		stream.next_out = piece;
		stream.avail_out = sizeof(piece);
		state = inflate(&stream, Z_NO_FLUSH);
		buffer_add(out, piece, sizeof(piece) - stream.avail_out);
	}
	inflateEnd(&stream);
	if (state == Z_STREAM_END && out->length <= LIMIT_FILE_KEPT)
		return 0;
	return problem_set(problem, state == Z_OK ? "it is too large when unpacked"
						  : "it is no whole gzip file");
}

static bool is_text(const struct buffer *octets)
{
	for (size_t i = 0; i < octets->length; i++)
		if (octets->octets[i] < 0x20 && !strchr("\t\r\n\f", octets->octets[i]))
			return false;
	return memchr(octets->octets, '\0', octets->length) == NULL;
}

static bool begins_as_xml(const struct buffer *octets)
{
	const uint8_t *at = octets->octets;
	size_t left = octets->length;

	if (left >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3, left -= 3;
	while (left && strchr(" \t\r\n", *at) && *at)
		at++, left--;
	return left && *at == '<';
}

/* As in all messages: an element has no namespace, and says it in ns= where it is not its parent's.
 * The declarations stay, for attributes. */
static void strip_namespaces(xmlNode *parent, const char *outer, int depth)
{
	for (xmlNode *at = xml_child(parent, NULL); at; at = xml_next(at, NULL)) {
		const char *ns = at->ns ? (const char *)at->ns->href : "";

		if (depth < LIMIT_XML_DEPTH)
			strip_namespaces(at, ns, depth + 1);
		if (strcmp(ns, outer) != 0 && !xmlHasProp(at, (const xmlChar *)"ns"))
			message_attribute(at, "ns", "%s", ns);
		at->ns = NULL;
	}
}

/* The document's root becomes the body's child; false: it is no XML, why= says why. */
static bool take_document(xmlNode *body, const struct buffer *octets)
{
	struct problem problem = { "" };
	xmlDoc *document = NULL;

	if (!xml_bounds_exceeded((const char *)octets->octets, octets->length, &problem))
		document = xml_parse(octets->octets, octets->length, &problem);
	xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;

	if (root) {
		xmlAddChild(body, xmlDocCopyNode(root, body->doc, 1));
		strip_namespaces(body, "", 0);
	} else {
		message_attribute(body, "why", "%s", problem.text);
	}
	xmlFreeDoc(document);
	return root != NULL;
}

/* format= and the document; octets: as they are without compression. */
static void describe_format(xmlNode *body, const struct buffer *octets)
{
	const char *format = "binary";

	if (!octets->length)
		format = "empty";
	else if (begins_as_xml(octets) && take_document(body, octets))
		format = "xml";
	else if (is_text(octets))
		format = "text";
	message_attribute(body, "format", "%s", format);
}

static void describe_contents(xmlNode *body, const struct file_contents *contents, bool whole,
			      int64_t announced)
{
	uint8_t digest[HASH_LENGTH];
	char text[2 * HASH_LENGTH + 1];
	struct buffer plain = { 0 };
	struct problem problem = { "" };
	bool zipped = is_gzip(&contents->kept);

	if (announced >= 0)
		message_number(body, "announced", (uint64_t)announced);
	message_number(body, "size", contents->size);
	message_attribute(body, "whole", "%s", whole ? "true" : "false");
	message_attribute(body, "compressed", "%s", zipped ? "gzip" : "no");
	for (int i = 0; hash_of(contents, digest) && i < HASH_LENGTH; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	if (hash_of(contents, digest))
		message_attribute(body, "sha256", "%s", text);
	if (!is_kept(contents))
		message_attribute(body, "kept", "false");
	else if (!zipped)
		describe_format(body, &contents->kept);
	else if (unzip(&contents->kept, &plain, &problem) == 0)
		describe_format(body, &plain);
	else
		message_attribute(body, "why", "%s", problem.text);
	buffer_free(&plain);
}

/* --- messages --- */

static void text_attribute(struct message *message, const char *name, const char *value)
{
	message_attribute(message->body, name, "%s", value ? value : "");
}

struct message *file_message_login(const char *transport, const char *user, const char *method)
{
	struct message *message = message_new("file", "FileLogin");

	text_attribute(message, "transport", transport);
	text_attribute(message, "user", user);
	text_attribute(message, "method", method);
	return message;
}

struct message *file_message_login_response(const char *transport, const char *user, bool accepted,
					    int status, const char *text)
{
	struct message *message = message_new("file", "FileLoginResponse");

	text_attribute(message, "transport", transport);
	text_attribute(message, "user", user);
	text_attribute(message, "accepted", accepted ? "true" : "false");
	message_attribute(message->body, "status", "%d", status);
	text_attribute(message, "text", text);
	return message;
}

struct message *file_message_host_key(const char *algorithm, const char *fingerprint)
{
	struct message *message = message_new("file", "SshHostKey");

	text_attribute(message, "transport", "sftp");
	text_attribute(message, "algorithm", algorithm);
	text_attribute(message, "fingerprint", fingerprint);
	return message;
}

static struct message *about(const char *name, const struct file_request *request)
{
	struct message *message = message_new("file", name);

	text_attribute(message, "transport", request->transport);
	text_attribute(message, "path", request->path);
	text_attribute(message, "user", request->user);
	text_attribute(message, "method", request->method);
	message_number(message->body, "offset", request->offset);
	return message;
}

static void describe_answer(struct message *message, const struct file_answer *answer)
{
	text_attribute(message, "outcome", file_outcome_name(answer->outcome));
	message_attribute(message->body, "status", "%d", answer->status);
	text_attribute(message, "text", answer->text);
}

struct message *file_message_get(const struct file_request *request)
{
	return about("FileGet", request);
}

struct message *file_message_get_response(const struct file_request *request,
					  const struct file_answer *answer,
					  const struct file_contents *contents, bool whole,
					  int64_t announced)
{
	struct message *message = about("FileGetResponse", request);

	describe_answer(message, answer);
	if (contents)
		describe_contents(message->body, contents, whole, announced);
	return message;
}

struct message *file_message_put(const struct file_request *request)
{
	struct message *message = about("FilePut", request);

	text_attribute(message, "append", request->append ? "true" : "false");
	return message;
}

struct message *file_message_contents(const struct file_request *request,
				      const struct file_contents *contents, bool whole,
				      int64_t announced)
{
	struct message *message = about("FileContents", request);

	describe_contents(message->body, contents, whole, announced);
	return message;
}

struct message *file_message_put_response(const struct file_request *request,
					  const struct file_answer *answer)
{
	struct message *message = about("FilePutResponse", request);

	describe_answer(message, answer);
	return message;
}
