/*
 * make-hostile-capture MODE FILE: a pcap (raw IPv4) of what no device should do. "list" prints the
 * modes. Nothing of femtoproof's own writes it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT 16000
#define DEVICE 0x0a000002u
#define HMS 0x0a000001u

static FILE *file;
static uint64_t microseconds = 1700000000000000;

struct connection {
	uint16_t port;
	uint32_t next; /* of the device's sequence numbers */
};

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* One IPv4 packet; fragment: the field of flags and offset. */
static void packet(uint32_t from, uint32_t to, uint8_t protocol, unsigned fragment,
		   const uint8_t *octets, size_t length)
{
	uint8_t header[20] = {0x45, 0, 0, 0, 0, 1, 0, 0, 64};
	uint32_t record[4];

	put16(header + 2, (unsigned)(sizeof(header) + length));
	put16(header + 4, (unsigned)(microseconds / 10));
	put16(header + 6, fragment);
	header[9] = protocol;
	put32(header + 12, from);
	put32(header + 16, to);
	microseconds += 10;
	record[0] = (uint32_t)(microseconds / 1000000);
	record[1] = (uint32_t)(microseconds % 1000000);
	record[2] = record[3] = (uint32_t)(sizeof(header) + length);
	fwrite(record, 4, 4, file);
	fwrite(header, 1, sizeof(header), file);
	fwrite(octets, 1, length, file);
}

static void segment(struct connection *connection, uint8_t flags, const void *octets, size_t length)
{
	uint8_t whole[20 + SEGMENT] = {0};

	put16(whole, connection->port);
	put16(whole + 2, 7547);
	put32(whole + 4, connection->next);
	put32(whole + 8, 1);
	whole[12] = 5 << 4;
	whole[13] = flags;
	put16(whole + 14, 65535);
	memcpy(whole + 20, octets, length);
	packet(DEVICE, HMS, 6, 0, whole, 20 + length);
	connection->next += (uint32_t)length + (flags & 2 ? 1 : 0);
}

static struct connection dial(unsigned port)
{
	struct connection connection = {(uint16_t)port, 1000};

	segment(&connection, 2, "", 0);
	return connection;
}

static void say(struct connection *connection, const char *text)
{
	segment(connection, 0x18, text, strlen(text));
}

/* So many octets of the text, over and over. */
static void repeat(struct connection *connection, const char *text, size_t octets)
{
	char many[SEGMENT];

	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = text[i % strlen(text)];
	for (size_t put = 0; put < octets; put += sizeof(many))
		segment(connection, 0x10, many, sizeof(many));
}

#define HEAD "POST /acs HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nSOAPAction:\r\n"
#define OPEN "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" " \
	     "xmlns:c=\"urn:dslforum-org:cwmp-1-0\"><e:Body><c:Inform>"

static void endless_body(void)
{
	struct connection connection = dial(1025);

	say(&connection, HEAD "Content-Length: 4000000000\r\n\r\n" OPEN);
	repeat(&connection, "0123456789abcdef", (size_t)100 << 20);
}

static void endless_header(void)
{
	struct connection connection = dial(1025);

	say(&connection, HEAD "X-Endless: ");
	repeat(&connection, "0123456789abcdef", (size_t)50 << 20);
}

static void many_bodies(void)
{
	for (unsigned i = 0; i < 200; i++) {
		struct connection connection = dial(1025 + i);

		say(&connection, HEAD "Content-Length: 15000000\r\n\r\n" OPEN);
		repeat(&connection, "<a>", 1 << 20);
	}
}

static void many_connections(void)
{
	for (unsigned i = 0; i < 60000; i++) {
		struct connection connection = dial(1025 + i);

		say(&connection, HEAD "Content-Length: 1000\r\n\r\n" OPEN);
	}
}

/* Everything but the first segment. */
static void gap(void)
{
	struct connection connection = dial(1025);

	connection.next += 1000;
	repeat(&connection, "0123456789abcdef", (size_t)100 << 20);
}

static void nested(void)
{
	struct connection connection = dial(1025);
	char head[256];

	snprintf(head, sizeof(head), HEAD "Content-Length: %zu\r\n\r\n" OPEN, strlen(OPEN) + 9600000);
	say(&connection, head);
	repeat(&connection, "<a>", 9600000);
}

/* Each of another device. */
static void many_sessions(void)
{
	for (unsigned i = 0; i < 20000; i++) {
		struct connection connection = dial(1025 + i);
		char body[1024], text[2048];

		snprintf(body, sizeof(body),
			 OPEN "<DeviceId><Manufacturer>M</Manufacturer><OUI>ABCDEF</OUI><ProductClass>"
			 "P</ProductClass><SerialNumber>%u</SerialNumber></DeviceId></c:Inform></e:Body>"
			 "</e:Envelope>", i);
		snprintf(text, sizeof(text), HEAD "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
		say(&connection, text);
	}
}

static void dns_flood(void)
{
	uint8_t datagram[8 + 12] = {0};

	put16(datagram, 1025);
	put16(datagram + 2, 53);
	put16(datagram + 4, sizeof(datagram));
	for (unsigned i = 0; i < 200000; i++) {
		for (size_t at = 8; at < sizeof(datagram); at++)
			datagram[at] = (uint8_t)(i * 2654435761u >> (at + 3));
		packet(DEVICE, HMS, 17, 0, datagram, sizeof(datagram));
	}
}

/* The first fragments of datagrams that never become whole. */
static void fragments(void)
{
	uint8_t part[1400] = {0};

	for (unsigned i = 0; i < 50000; i++)
		packet(DEVICE, HMS, 17, 0x2000, part, sizeof(part));
}

static void endless_record(void)
{
	const uint32_t record[4] = {1700000000, 0, 0xfffffff0u, 0xfffffff0u};

	fwrite(record, 4, 4, file);
	for (int i = 0; i < 4 << 20; i++)
		fwrite("0123456789abcdef", 1, 16, file);
}

static const struct {
	const char *name;
	void (*make)(void);
} modes[] = {
	{"endless-body", endless_body},
	{"endless-header", endless_header},
	{"many-bodies", many_bodies},
	{"many-connections", many_connections},
	{"gap", gap},
	{"nested", nested},
	{"many-sessions", many_sessions},
	{"dns-flood", dns_flood},
	{"fragments", fragments},
	{"endless-record", endless_record},
};

int main(int argc, char **argv)
{
	static const uint32_t header[6] = {0xa1b2c3d4u, 2 | 4 << 16, 0, 0, 262144, 101};
	size_t count = sizeof(modes) / sizeof(modes[0]);

	for (size_t i = 0; i < count && argc == 2; i++)
		puts(modes[i].name);
	for (size_t i = 0; i < count && argc == 3; i++) {
		if (strcmp(modes[i].name, argv[1]) != 0)
			continue;
		file = fopen(argv[2], "wb");
		if (!file)
			return 1;
		fwrite(header, 4, 6, file);
		modes[i].make();
		return fclose(file) == 0 ? 0 : 1;
	}
	return argc == 2 ? 0 : 2;
}
