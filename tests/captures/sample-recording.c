#include "tests/captures/sample-recording.h"

#include <string.h>

#include "protocols/buffer.h"

#define LARGE 3000000

static const char inform[] =
	"<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
	"xmlns:cwmp=\"urn:dslforum-org:cwmp-1-1\"><soap:Header>"
	"<cwmp:ID soap:mustUnderstand=\"1\">1</cwmp:ID></soap:Header><soap:Body><cwmp:Inform>"
	"<DeviceId><Manufacturer>M</Manufacturer><OUI>00D0A0</OUI><ProductClass>P</ProductClass>"
	"<SerialNumber>1</SerialNumber></DeviceId><MaxEnvelopes>1</MaxEnvelopes>"
	"</cwmp:Inform></soap:Body></soap:Envelope>";

static const uint8_t query[] = { 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
				 3, 'h', 'm', 's', 0, 0, 1, 0, 1 };

static struct address address_of(const char *host, uint16_t port)
{
	struct address address = { 0 };

	address_parse(host, &address);
	address.port = port;
	return address;
}

static void say(struct recorder *recorder, uint64_t connection, bool from_client, int64_t time,
		const char *text)
{
	recorder_tcp_octets(recorder, connection, from_client, time, text, strlen(text));
}

/* An Inform and its answer. how: how the connection ends. */
static void converse(struct recorder *recorder, uint64_t connection, const char *client_host,
		     const char *server_host, int64_t time, enum stream_end how)
{
	struct address client = address_of(client_host, (uint16_t)(40000 + connection));
	struct address server = address_of(server_host, 7547);
	struct buffer request = { 0 };

	recorder_tcp_open(recorder, connection, &client, &server, time);
	buffer_format(&request, "POST /acs HTTP/1.1\r\nHost: acs\r\nContent-Type: text/xml\r\n"
		      "Content-Length: %zu\r\n\r\n%s", strlen(inform), inform);
	say(recorder, connection, true, time + 1000, buffer_text(&request));
	say(recorder, connection, false, time + 2000, "HTTP/1.1 204 No Content\r\n\r\n");
	recorder_tcp_end(recorder, connection, true, time + 3000, how);
	recorder_tcp_end(recorder, connection, false, time + 4000, how);
	buffer_free(&request);
}

/* More than a window without an answer. */
static void send_large(struct recorder *recorder, int64_t time)
{
	struct address client = address_of("192.0.2.1", 50000);
	struct address server = address_of("192.0.2.2", 8080);
	struct buffer body = { 0 };

	buffer_format(&body, "PUT /file HTTP/1.1\r\nHost: files\r\nContent-Length: %d\r\n\r\n",
		      LARGE);
	for (int i = 0; i < LARGE / 10; i++)
		buffer_add(&body, "0123456789", 10);
	recorder_tcp_open(recorder, 99, &client, &server, time);
	recorder_tcp_octets(recorder, 99, true, time, body.octets, body.length);
	say(recorder, 99, false, time, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
	recorder_tcp_end(recorder, 99, false, time, STREAM_CLOSED);
	recorder_tcp_end(recorder, 99, true, time, STREAM_CLOSED);
	buffer_free(&body);
}

int sample_recording(const char *file, struct problem *problem)
{
	struct address device = address_of("192.0.2.1", 5353), dns = address_of("192.0.2.3", 53);
	struct address device6 = address_of("2001:db8::1", 5353);
	struct address dns6 = address_of("2001:db8::3", 53);
	struct recorder *recorder = recorder_new(file, "femtoproof test", problem);

	if (!recorder)
		return -1;
	recorder_comment(recorder, "femtoproof: scenario first begins");
	recorder_comment(recorder, "step 1");
	recorder_udp(recorder, &device, &dns, SAMPLE_TIME, query, sizeof(query));
	recorder_udp(recorder, &device6, &dns6, SAMPLE_TIME + 1, query, sizeof(query));
	converse(recorder, 1, "192.0.2.1", "192.0.2.2", SAMPLE_TIME + 1000000, STREAM_CLOSED);
	recorder_comment(recorder, "femtoproof: scenario second begins");
	converse(recorder, 2, "2001:db8::1", "2001:db8::2", SAMPLE_TIME + 2000000, STREAM_CLOSED);
	recorder_tls_key(recorder, "CLIENT_RANDOM 0011 2233");
	converse(recorder, 3, "192.0.2.1", "192.0.2.2", SAMPLE_TIME + 3000000, STREAM_RESET);
	send_large(recorder, SAMPLE_TIME + 4000000);
	return recorder_close(recorder, problem);
}
