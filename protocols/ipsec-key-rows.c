#include "protocols/ipsec-key-rows.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 12     /* newer tables of Wireshark have more behind those that are read */
#define FIELDS_READ 8
#define FIELD_OCTETS 160 /* the longest is a key of 64 octets */

struct fields {
	char text[FIELDS][FIELD_OCTETS];
	size_t count;
};

struct key {
	uint8_t octets[IPSEC_KEY_LIMIT];
	size_t length;
};

/* Comma-separated, each perhaps between quotation marks. false: too many, or too long. */
static bool split(const char *line, struct fields *fields)
{
	const char *at = line;

	memset(fields, 0, sizeof(*fields));
	for (;;) {
		bool quoted = *at == '"';
		size_t length;

		at += quoted;
		length = strcspn(at, quoted ? "\"\r\n" : ",\r\n");
		if (fields->count == FIELDS || length >= FIELD_OCTETS)
			return false;
		memcpy(fields->text[fields->count++], at, length);
		at += length;
		if (quoted && *at++ != '"')
			return false;
		if (*at != ',')
			return *at == '\0' || *at == '\r' || *at == '\n';
		at++;
	}
}

static int digit(char letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	if (letter >= 'a' && letter <= 'f')
		return letter - 'a' + 10;
	if (letter >= 'A' && letter <= 'F')
		return letter - 'A' + 10;
	return -1;
}

/* Hexadecimal, with or without 0x before it. */
static bool read_key(const char *text, struct key *key)
{
	size_t length;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	length = strlen(text);
	if (length % 2 || length / 2 > sizeof(key->octets))
		return false;
	for (key->length = 0; key->length < length / 2; key->length++) {
		int high = digit(text[2 * key->length]), low = digit(text[2 * key->length + 1]);

		if (high < 0 || low < 0)
			return false;
		key->octets[key->length] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool read_number(const char *text, size_t most, uint64_t *number)
{
	struct key key = { .length = 0 };

	if (!read_key(text, &key) || key.length == 0 || key.length > most)
		return false;
	*number = 0;
	for (size_t i = 0; i < key.length; i++)
		*number = *number << 8 | key.octets[i];
	return true;
}

static struct octets view(const struct key *key)
{
	return octets_of(key->octets, key->length);
}

static bool is_none(const char *integrity)
{
	return strncmp(integrity, "NONE", 4) == 0 || strcmp(integrity, "NULL") == 0 ||
	       strcmp(integrity, "") == 0;
}

/* NULL, with why, when the algorithms are not known or the keys do not fit them. */
static struct ipsec_cipher *cipher_of(const char *encryption, const char *integrity, bool esp,
				      const char *key_text, const char *integrity_text,
				      struct problem *problem)
{
	struct key key = { .length = 0 }, integrity_key = { .length = 0 };
	const struct ipsec_encryption *encrypts = NULL;
	const struct ipsec_integrity *protects = NULL;
	struct ipsec_cipher *cipher = NULL;

	if (!read_key(key_text, &key) || !read_key(integrity_text, &integrity_key)) {
		problem_set(problem, "a key is not hexadecimal, or too long");
		return NULL;
	}
	encrypts = ipsec_encryption_wireshark(encryption, esp, key.length);
	if (!is_none(integrity))
		protects = ipsec_integrity_wireshark(integrity, esp);
	if (!encrypts)
		problem_set(problem, "no encryption \"%.60s\" with a key of %zu octets is known",
			    encryption, key.length);
	else if (!protects && !is_none(integrity))
		problem_set(problem, "no integrity algorithm \"%.60s\" is known", integrity);
	else
		cipher = ipsec_cipher_new(encrypts, protects, view(&key), view(&integrity_key));
	if (!cipher && encrypts && (protects || is_none(integrity)))
		problem_set(problem, "the keys have not the lengths of their algorithms");
	OPENSSL_cleanse(&key, sizeof(key));
	OPENSSL_cleanse(&integrity_key, sizeof(integrity_key));
	return cipher;
}

bool ike_key_row_is(const char *line)
{
	struct fields fields;
	uint64_t spi;
	bool is = split(line, &fields) && fields.count >= FIELDS_READ &&
		  strlen(fields.text[0]) == 16 && read_number(fields.text[0], 8, &spi);

	OPENSSL_cleanse(&fields, sizeof(fields));
	return is;
}

static int read_ike(const struct fields *fields, struct ike_key_row *row, struct problem *problem)
{
	if (!read_number(fields->text[0], 8, &row->initiator_spi) ||
	    !read_number(fields->text[1], 8, &row->responder_spi))
		return problem_set(problem, "the SPIs are not hexadecimal");
	for (int initiator = 0; initiator < 2; initiator++) {
		row->ciphers[initiator] = cipher_of(fields->text[4], fields->text[7], false,
						    fields->text[initiator ? 2 : 3],
						    fields->text[initiator ? 5 : 6], problem);
		if (!row->ciphers[initiator]) {
			ike_key_row_clear(row);
			return -1;
		}
	}
	return 0;
}

int ike_key_row_read(const char *line, struct ike_key_row *row, struct problem *problem)
{
	struct fields fields;
	int result;

	memset(row, 0, sizeof(*row));
	if (!split(line, &fields) || fields.count < FIELDS_READ)
		result = problem_set(problem, "a row of IKE keys has 8 fields with commas between");
	else
		result = read_ike(&fields, row, problem);
	OPENSSL_cleanse(&fields, sizeof(fields));
	return result;
}

void ike_key_row_clear(struct ike_key_row *row)
{
	ipsec_cipher_free(row->ciphers[0]);
	ipsec_cipher_free(row->ciphers[1]);
	memset(row, 0, sizeof(*row));
}

static bool read_host(const char *text, struct address *address)
{
	if (strcmp(text, "*") == 0)
		return true;
	return address_parse(text, address) == 0;
}

static struct esp_sa *sa_of(const struct fields *fields, uint32_t spi, bool extended,
			    struct problem *problem)
{
	struct ipsec_cipher *cipher = cipher_of(fields->text[4], fields->text[6], true,
						fields->text[5], fields->text[7], problem);

	return cipher ? esp_sa_new(spi, extended, cipher) : NULL;
}

static int read_esp(const struct fields *fields, struct esp_key_row *row, struct problem *problem)
{
	uint64_t spi;

	if (!read_host(fields->text[1], &row->source) ||
	    !read_host(fields->text[2], &row->destination))
		return problem_set(problem, "\"%.40s\" or \"%.40s\" is no address",
				   fields->text[1], fields->text[2]);
	if (!read_number(fields->text[3], 4, &spi))
		return problem_set(problem, "the SPI is not hexadecimal");
	row->spi = (uint32_t)spi;
	row->sa = sa_of(fields, row->spi, false, problem);
	row->extended = row->sa ? sa_of(fields, row->spi, true, problem) : NULL;
	return row->sa ? 0 : -1;
}

int esp_key_row_read(const char *line, struct esp_key_row *row, struct problem *problem)
{
	struct fields fields;
	int result;

	memset(row, 0, sizeof(*row));
	if (!split(line, &fields) || fields.count < FIELDS_READ)
		result = problem_set(problem, "a row of ESP keys has 8 fields with commas between");
	else
		result = read_esp(&fields, row, problem);
	OPENSSL_cleanse(&fields, sizeof(fields));
	return result;
}

void esp_key_row_clear(struct esp_key_row *row)
{
	esp_sa_free(row->sa);
	esp_sa_free(row->extended);
	memset(row, 0, sizeof(*row));
}
