#include "protocols/http-auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/limits.h"
#include "protocols/memory.h"

/* The longest field of the two structs below. */
#define FIELD_MOST LIMIT_HTTP_FIELD

#define CHALLENGES_MOST 8 /* in one field */

/* One NAME=VALUE of a challenge or of credentials. */
struct field {
	char name[32];
	char value[FIELD_MOST];
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Reads a quoted string (text stands after the quote); past its end, or NULL. */
static const char *read_quoted(const char *text, char value[FIELD_MOST])
{
	size_t length = 0;

	while (*text && *text != '"') {
		if (*text == '\\' && text[1])
			text++;
		if (length + 1 >= FIELD_MOST)
			return NULL;
		value[length++] = *text++;
	}
	value[length] = '\0';
	return *text == '"' ? text + 1 : NULL;
}

static const char *read_plain(const char *text, char value[FIELD_MOST])
{
	size_t length = strcspn(text, ", \t");

	if (length >= FIELD_MOST)
		return NULL;
	memcpy(value, text, length);
	value[length] = '\0';
	return text + length;
}

/* Reads the next field. Past it, or NULL with *end: no field stands there (the end, or the
 * name of another scheme), or else it is malformed. */
static const char *read_field(const char *text, struct field *field, bool *end)
{
	size_t length;

	while (is_space(*text) || *text == ',')
		text++;
	length = strcspn(text, "=, \t\"");
	*end = !length || length >= sizeof(field->name);
	if (*end)
		return NULL;
	memcpy(field->name, text, length);
	field->name[length] = '\0';
	text += length;
	while (is_space(*text))
		text++;
	if (*text != '=') {
		*end = true;
		return NULL;
	}
	text++;
	while (is_space(*text))
		text++;
	return *text == '"' ? read_quoted(text + 1, field->value)
			    : read_plain(text, field->value);
}

/* Copies a value that has to fit. */
static int keep(char *target, size_t size, const struct field *field, struct problem *problem)
{
	size_t length = strlen(field->value);

	if (length >= size)
		return problem_set(problem, "the field %s is longer than %zu octets", field->name,
				   size - 1);
	memcpy(target, field->value, length + 1);
	return 0;
}

/* Is "auth" in a list of qualities ("auth,auth-int")? */
static bool lists_auth(const char *list)
{
	while (*list) {
		size_t length;

		list += strspn(list, ", \t");
		length = strcspn(list, ", \t");
		if (length == 4 && !strncasecmp(list, "auth", 4))
			return true;
		list += length;
	}
	return false;
}

static int challenge_field(struct http_challenge *challenge, const struct field *field,
			   struct problem *problem)
{
	if (!strcasecmp(field->name, "realm"))
		return keep(challenge->realm, sizeof(challenge->realm), field, problem);
	if (!strcasecmp(field->name, "nonce"))
		return keep(challenge->nonce, sizeof(challenge->nonce), field, problem);
	if (!strcasecmp(field->name, "opaque"))
		return keep(challenge->opaque, sizeof(challenge->opaque), field, problem);
	if (!strcasecmp(field->name, "algorithm"))
		return keep(challenge->algorithm, sizeof(challenge->algorithm), field, problem);
	if (!strcasecmp(field->name, "qop"))
		challenge->qop_auth = lists_auth(field->value);
	else if (!strcasecmp(field->name, "stale"))
		challenge->stale = !strcasecmp(field->value, "true");
	return 0;
}

/* The scheme named at text, *length octets long. */
static enum http_auth_scheme read_scheme(const char *text, size_t *length)
{
	*length = strcspn(text, " \t,=");
	if (*length == 6 && !strncasecmp(text, "Digest", 6))
		return HTTP_AUTH_DIGEST;
	if (*length == 5 && !strncasecmp(text, "Basic", 5))
		return HTTP_AUTH_BASIC;
	return HTTP_AUTH_NONE;
}

static const char *read_challenge(const char *text, struct http_challenge *challenge,
				  struct problem *problem)
{
	struct field field;
	size_t length;
	bool end = false;

	memset(challenge, 0, sizeof(*challenge));
	challenge->scheme = read_scheme(text, &length);
	text += length;
	for (;;) {
		const char *next = read_field(text, &field, &end);

		if (!next && !end) {
			problem_set(problem, "the field %s of the challenge is malformed",
				    field.name);
			return NULL;
		}
		if (!next)
			break;
		if (challenge_field(challenge, &field, problem) < 0)
			return NULL;
		text = next;
	}
	return text + strspn(text, ", \t");
}

int http_challenges_parse(const char *value, struct http_challenge *challenges, size_t most,
			  struct problem *problem)
{
	struct http_challenge one;
	size_t count = 0;

	value += strspn(value, ", \t");
	while (*value) {
		const char *next = read_challenge(value, &one, problem);

		if (!next)
			return -1;
		if (one.scheme == HTTP_AUTH_DIGEST && !one.nonce[0])
			return problem_set(problem, "a Digest challenge without a nonce");
		if (one.scheme != HTTP_AUTH_NONE && count < most)
			challenges[count++] = one;
		if (next == value)
			break;
		value = next;
	}
	return (int)count;
}

int http_challenge_parse(const char *value, struct http_challenge *challenge,
			 struct problem *problem)
{
	struct http_challenge list[CHALLENGES_MOST];
	int count = http_challenges_parse(value, list, CHALLENGES_MOST, problem);

	memset(challenge, 0, sizeof(*challenge));
	if (count < 0)
		return -1;
	for (int i = 0; i < count; i++)
		if (list[i].scheme > challenge->scheme)
			*challenge = list[i];
	if (challenge->scheme == HTTP_AUTH_NONE)
		return problem_set(problem, "the challenge offers neither Digest nor Basic");
	return 0;
}

static void add_quoted(struct buffer *out, const char *name, const char *value)
{
	buffer_format(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			buffer_add(out, "\\", 1);
		buffer_add(out, value, 1);
	}
	buffer_add(out, "\"", 1);
}

void http_challenge_write(const struct http_challenge *challenge, struct buffer *out)
{
	bool digest = challenge->scheme == HTTP_AUTH_DIGEST;

	buffer_add_text(out, digest ? "Digest " : "Basic ");
	add_quoted(out, "realm", challenge->realm);
	if (!digest)
		return;
	if (challenge->qop_auth)
		buffer_add_text(out, ", qop=\"auth\"");
	buffer_add_text(out, ", ");
	add_quoted(out, "nonce", challenge->nonce);
	if (challenge->opaque[0]) {
		buffer_add_text(out, ", ");
		add_quoted(out, "opaque", challenge->opaque);
	}
	if (challenge->algorithm[0])
		buffer_format(out, ", algorithm=%s", challenge->algorithm);
	if (challenge->stale)
		buffer_add_text(out, ", stale=true");
}

static int read_count(const struct field *field, struct http_credentials *credentials,
		      struct problem *problem)
{
	char *end;
	unsigned long count = strtoul(field->value, &end, 16);

	if (strlen(field->value) > 8 || end == field->value || *end)
		return problem_set(problem, "nc is no number of eight hexadecimal digits");
	credentials->has_nc = true;
	credentials->nc = (uint32_t)count;
	memcpy(credentials->nc_text, field->value, strlen(field->value) + 1);
	return 0;
}

static int credentials_field(struct http_credentials *credentials, const struct field *field,
			     struct problem *problem)
{
	const struct {
		const char *name;
		char *target;
		size_t size;
	} fields[] = {
		{"username", credentials->username, sizeof(credentials->username)},
		{"realm", credentials->realm, sizeof(credentials->realm)},
		{"nonce", credentials->nonce, sizeof(credentials->nonce)},
		{"opaque", credentials->opaque, sizeof(credentials->opaque)},
		{"uri", credentials->uri, sizeof(credentials->uri)},
		{"response", credentials->response, sizeof(credentials->response)},
		{"cnonce", credentials->cnonce, sizeof(credentials->cnonce)},
		{"algorithm", credentials->algorithm, sizeof(credentials->algorithm)},
		{"qop", credentials->qop, sizeof(credentials->qop)},
	};
	size_t index;

	for (index = 0; index < sizeof(fields) / sizeof(fields[0]); index++)
		if (!strcasecmp(field->name, fields[index].name))
			return keep(fields[index].target, fields[index].size, field, problem);
	if (!strcasecmp(field->name, "nc"))
		return read_count(field, credentials, problem);
	return 0;
}

/* Reads base64 into text of at most size - 1 octets; -1 when it is none or too long. */
static int read_base64(const char *value, char *text, size_t size)
{
	unsigned char octets[LIMIT_HTTP_PASSWORD * 2];
	size_t length = strcspn(value, " \t"), padding = 0;
	int got;

	if (!length || length % 4 || length / 4 * 3 > sizeof(octets))
		return -1;
	while (padding < 2 && value[length - 1 - padding] == '=')
		padding++;
	got = EVP_DecodeBlock(octets, (const unsigned char *)value, (int)length);
	if (got < 0 || (size_t)got < padding || (size_t)got - padding >= size)
		return -1;
	memcpy(text, octets, (size_t)got - padding);
	text[(size_t)got - padding] = '\0';
	return strlen(text) == (size_t)got - padding ? 0 : -1;
}

static int read_basic(const char *text, struct http_credentials *credentials,
		      struct problem *problem)
{
	char pair[LIMIT_HTTP_PASSWORD];
	char *colon;

	text += strspn(text, " \t");
	if (read_base64(text, pair, sizeof(pair)) < 0)
		return problem_set(problem, "the Basic credentials are not base64 of a text");
	colon = strchr(pair, ':');
	if (!colon)
		return problem_set(problem, "the Basic credentials hold no colon");
	*colon = '\0';
	if (strlen(pair) >= sizeof(credentials->username) ||
	    strlen(colon + 1) >= sizeof(credentials->password))
		return problem_set(problem, "the Basic credentials are too long");
	memcpy(credentials->username, pair, strlen(pair) + 1);
	memcpy(credentials->password, colon + 1, strlen(colon + 1) + 1);
	return 0;
}

int http_credentials_parse(const char *value, struct http_credentials *credentials,
			   struct problem *problem)
{
	struct field field;
	size_t length;
	bool end = false;

	memset(credentials, 0, sizeof(*credentials));
	value += strspn(value, " \t");
	credentials->scheme = read_scheme(value, &length);
	value += length;
	if (credentials->scheme == HTTP_AUTH_NONE)
		return problem_set(problem, "the Authorization is neither Digest nor Basic");
	if (credentials->scheme == HTTP_AUTH_BASIC)
		return read_basic(value, credentials, problem);
	while ((value = read_field(value, &field, &end)))
		if (credentials_field(credentials, &field, problem) < 0)
			return -1;
	if (!end)
		return problem_set(problem, "the field %s of the Authorization is malformed",
				   field.name);
	return 0;
}

static const EVP_MD *digest_of(const char *algorithm)
{
	if (!algorithm[0] || !strcasecmp(algorithm, "MD5"))
		return EVP_md5();
	return !strcasecmp(algorithm, "SHA-256") ? EVP_sha256() : NULL;
}

/* The hexadecimal digest of what the buffer holds; empties the buffer. */
static void digest(const EVP_MD *type, struct buffer *text, char hex[2 * EVP_MAX_MD_SIZE + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char octets[EVP_MAX_MD_SIZE];
	unsigned length = 0, index;

	if (!EVP_Digest(buffer_text(text), text->length, octets, &length, type, NULL))
		length = 0;
	for (index = 0; index < length; index++) {
		hex[2 * index] = digits[octets[index] >> 4];
		hex[2 * index + 1] = digits[octets[index] & 15];
	}
	hex[2 * length] = '\0';
	OPENSSL_cleanse(text->octets, text->length);
	buffer_clear(text);
}

/* The response of RFC 7616 3.4.1; credentials: realm, nonce, uri, cnonce, qop, nc. */
static void compute_response(const EVP_MD *type, const struct http_credentials *credentials,
			     const char *username, const char *password, const char *method,
			     char response[2 * EVP_MAX_MD_SIZE + 1])
{
	char secret[2 * EVP_MAX_MD_SIZE + 1], request[2 * EVP_MAX_MD_SIZE + 1];
	struct buffer text = {0};

	buffer_format(&text, "%s:%s:%s", username, credentials->realm, password);
	digest(type, &text, secret);
	buffer_format(&text, "%s:%s", method, credentials->uri);
	digest(type, &text, request);
	buffer_format(&text, "%s:%s:", secret, credentials->nonce);
	if (credentials->qop[0])
		buffer_format(&text, "%s:%s:%s:", credentials->nc_text, credentials->cnonce,
			      credentials->qop);
	buffer_add_text(&text, request);
	digest(type, &text, response);
	buffer_free(&text);
}

bool http_credentials_response(const struct http_credentials *credentials, const char *password,
			       const char *method, struct buffer *response)
{
	const EVP_MD *type = digest_of(credentials->algorithm);
	const char *const quoted[] = { credentials->username, credentials->realm,
				       credentials->nonce, credentials->uri, credentials->cnonce };
	char hex[2 * EVP_MAX_MD_SIZE + 1];

	if (credentials->scheme != HTTP_AUTH_DIGEST || !type)
		return false;
	if (credentials->qop[0] && (strcmp(credentials->qop, "auth") != 0 ||
				    !credentials->has_nc || !credentials->cnonce[0]))
		return false;
	for (size_t i = 0; i < sizeof(quoted) / sizeof(quoted[0]); i++)
		if (strpbrk(quoted[i], "\\\""))
			return false;
	compute_response(type, credentials, credentials->username, password, method, hex);
	buffer_add_text(response, hex);
	return true;
}

static bool secret_same(const char *a, const char *b)
{
	size_t length = strlen(a);

	return length == strlen(b) && !CRYPTO_memcmp(a, b, length);
}

static int check_digest(const struct http_credentials *credentials,
			const struct http_challenge *challenge, const char *username,
			const char *password, const char *method, struct problem *problem)
{
	const EVP_MD *type = digest_of(challenge->algorithm);
	const EVP_MD *used = digest_of(credentials->algorithm);
	char response[2 * EVP_MAX_MD_SIZE + 1];
	char lower[sizeof(credentials->response)];
	size_t index;

	if (!type || used != type)
		return problem_set(problem, "the algorithm is %s, not %s",
				   credentials->algorithm[0] ? credentials->algorithm : "MD5",
				   challenge->algorithm[0] ? challenge->algorithm : "MD5");
	if (credentials->qop[0] && strcasecmp(credentials->qop, "auth"))
		return problem_set(problem, "the qop is %s, not auth", credentials->qop);
	if (credentials->qop[0] && (!credentials->has_nc || !credentials->cnonce[0]))
		return problem_set(problem, "qop stands without %s",
				   credentials->has_nc ? "cnonce" : "nc");
	for (index = 0; credentials->response[index]; index++) {
		char c = credentials->response[index];

		lower[index] = (char)(c >= 'A' && c <= 'F' ? c | 0x20 : c);
	}
	lower[index] = '\0';
	compute_response(type, credentials, username, password, method, response);
	if (!secret_same(lower, response))
		return problem_set(problem, "the response does not prove the password");
	return 0;
}

int http_credentials_check(const struct http_credentials *credentials,
			   const struct http_challenge *challenge, const char *username,
			   const char *password, const char *method, const char *target,
			   struct problem *problem)
{
	if (credentials->scheme != challenge->scheme)
		return problem_set(problem, "the scheme is not the one of the challenge");
	if (strcmp(credentials->username, username))
		return problem_set(problem, "the username is not %s", username);
	if (credentials->scheme == HTTP_AUTH_BASIC) {
		if (!secret_same(credentials->password, password))
			return problem_set(problem, "the password is wrong");
		return 0;
	}
	if (strcmp(credentials->realm, challenge->realm))
		return problem_set(problem, "the realm is not the one of the challenge");
	if (strcmp(credentials->nonce, challenge->nonce))
		return problem_set(problem, "the nonce is not the one of the challenge");
	if (strcmp(credentials->opaque, challenge->opaque))
		return problem_set(problem, "the opaque is not the one of the challenge");
	if (strcmp(credentials->uri, target))
		return problem_set(problem, "the uri is \"%s\", not the target \"%s\"",
				   credentials->uri, target);
	return check_digest(credentials, challenge, username, password, method, problem);
}

static void write_basic(const char *username, const char *password, struct buffer *out)
{
	char *pair = memory_format("%s:%s", username, password);
	size_t length = strlen(pair);
	unsigned char *text = memory_new((length + 2) / 3 * 4 + 1);

	EVP_EncodeBlock(text, (const unsigned char *)pair, (int)length);
	buffer_add_text(out, "Basic ");
	buffer_add_text(out, (const char *)text);
	OPENSSL_cleanse(pair, length);
	free(pair);
	free(text);
}

void http_authorization_write(const struct http_challenge *challenge, const char *username,
			      const char *password, const char *method, const char *target,
			      const char *cnonce, uint32_t nc, struct buffer *out)
{
	const EVP_MD *type = digest_of(challenge->algorithm);
	struct http_credentials credentials = {.nc = nc};
	char response[2 * EVP_MAX_MD_SIZE + 1];

	if (challenge->scheme != HTTP_AUTH_DIGEST) {
		write_basic(username, password, out);
		return;
	}
	snprintf(credentials.nc_text, sizeof(credentials.nc_text), "%08x", nc);
	snprintf(credentials.realm, sizeof(credentials.realm), "%s", challenge->realm);
	snprintf(credentials.nonce, sizeof(credentials.nonce), "%s", challenge->nonce);
	snprintf(credentials.uri, sizeof(credentials.uri), "%s", target);
	snprintf(credentials.cnonce, sizeof(credentials.cnonce), "%s", cnonce);
	if (challenge->qop_auth)
		snprintf(credentials.qop, sizeof(credentials.qop), "auth");
	compute_response(type ? type : EVP_md5(), &credentials, username, password, method,
			 response);
	buffer_add_text(out, "Digest ");
	add_quoted(out, "username", username);
	buffer_add_text(out, ", ");
	add_quoted(out, "realm", challenge->realm);
	buffer_add_text(out, ", ");
	add_quoted(out, "nonce", challenge->nonce);
	buffer_add_text(out, ", ");
	add_quoted(out, "uri", credentials.uri);
	if (challenge->algorithm[0])
		buffer_format(out, ", algorithm=%s", challenge->algorithm);
	if (challenge->qop_auth) {
		buffer_format(out, ", qop=auth, nc=%08x, ", nc);
		add_quoted(out, "cnonce", credentials.cnonce);
	}
	buffer_format(out, ", response=\"%s\"", response);
	if (challenge->opaque[0]) {
		buffer_add_text(out, ", ");
		add_quoted(out, "opaque", challenge->opaque);
	}
}
