#include "protocols/ssh.h"

#include <openssl/evp.h>
#include <string.h>

#include "protocols/limits.h"

enum { /* RFC 4250 4.1.2; 31 is also the group of RFC 4419, whose reply is 33 */
	MESSAGE_NEWKEYS = 21, MESSAGE_KEX_REPLY = 31, MESSAGE_KEX_GROUP_REPLY = 33,
};

#define PACKET_MOST 35000 /* RFC 4253 6.1 */

bool ssh_greets(const void *octets, size_t length)
{
	return length > 8 && (!memcmp(octets, "SSH-2.0-", 8) || !memcmp(octets, "SSH-1.99", 8));
}

static int read_string(struct octets *from, struct octets *string)
{
	struct octets look = *from;
	uint32_t length;

	if (octets_u32(&look, &length) < 0 || octets_take(&look, length, string) < 0)
		return -1;
	*from = look;
	return 0;
}

/* Names are of printable characters, without commas (RFC 4251 6). */
static bool is_name(struct octets name)
{
	if (name.length < 4 || name.length >= SSH_ALGORITHM)
		return false;
	for (size_t i = 0; i < name.length; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~' || name.at[i] == ',')
			return false;
	return true;
}

int ssh_host_key_read(struct octets blob, struct ssh_host_key *key)
{
	struct octets rest = blob, name;
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	char base64[4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1];

	if (read_string(&rest, &name) < 0 || !is_name(name) || !rest.length ||
	    EVP_Digest(blob.at, blob.length, digest, &length, EVP_sha256(), NULL) != 1)
		return -1;
	memcpy(key->algorithm, name.at, name.length);
	key->algorithm[name.length] = '\0';
	EVP_EncodeBlock((unsigned char *)base64, digest, (int)length);
	base64[strcspn(base64, "=")] = '\0';
	memcpy(key->fingerprint, "SHA256:", 7);
	memcpy(key->fingerprint + 7, base64, SSH_FINGERPRINT - 7);
	return 0;
}

/* A payload: 1 with the key, 0 it holds none, -1 there will be none any more. */
static int read_payload(struct octets payload, struct ssh_host_key *key)
{
	struct octets blob;
	uint8_t type;

	if (octets_u8(&payload, &type) < 0)
		return 0;
	if (type == MESSAGE_NEWKEYS)
		return -1;
	return (type == MESSAGE_KEX_REPLY || type == MESSAGE_KEX_GROUP_REPLY) &&
	       read_string(&payload, &blob) == 0 && ssh_host_key_read(blob, key) == 0;
}

/* RFC 4253 4.2: a server may say other lines first. */
static int read_line(struct ssh_server_side *side)
{
	const uint8_t *end = memchr(side->held.octets, '\n', side->held.length);

	if (!end)
		return 0;
	side->greeted = ssh_greets(side->held.octets, side->held.length);
	buffer_consume(&side->held, (size_t)(end - side->held.octets) + 1);
	return 1;
}

/* The next packet, without its padding: 1, 0 or -1. */
static int take_packet(struct octets *stream, struct octets *payload)
{
	struct octets look = *stream, packet;
	uint32_t length;
	uint8_t padding;

	if (octets_u32(&look, &length) < 0)
		return 0;
	if (length < 2 || length > PACKET_MOST)
		return -1;
	if (octets_take(&look, length, &packet) < 0)
		return 0;
	octets_u8(&packet, &padding);
	if (padding >= packet.length)
		return -1;
	*payload = octets_of(packet.at, packet.length - padding);
	*stream = look;
	return 1;
}

static int read_packets(struct ssh_server_side *side, struct ssh_host_key *key)
{
	struct octets stream = octets_of(side->held.octets, side->held.length), payload;
	int taken, found = 0;

	while (!found && (taken = take_packet(&stream, &payload)) != 0)
		found = taken < 0 ? -1 : read_payload(payload, key);
	buffer_consume(&side->held, side->held.length - stream.length);
	return found;
}

int ssh_server_feed(struct ssh_server_side *side, const void *octets, size_t length,
		    struct ssh_host_key *key)
{
	int result = 0;

	if (side->held.length + length > LIMIT_SSH_CLEAR)
		return -1;
	buffer_add(&side->held, octets, length);
	while (!side->greeted && side->held.length)
		if (!read_line(side))
			return 0;
	if (side->greeted)
		result = read_packets(side, key);
	return result;
}

void ssh_server_clear(struct ssh_server_side *side)
{
	buffer_free(&side->held);
	side->greeted = false;
}
