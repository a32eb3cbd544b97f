/*
 * make-capture N FILE: a pcapng of N packets: TR-069 sessions (Inform, InformResponse, EmptyPost,
 * SetParameterValues, SetParameterValuesResponse, 204) of one device, one after the other, each
 * on a connection of its own, with handshake, acknowledgements and close.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/packet-write.h"
#include "protocols/pcapng-write.h"

#define SEGMENT 1400
#define STEP 500 /* microseconds between packets */
#define BEGIN 1700000000000000

#define ENVELOPE "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"" \
	" xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\"" \
	" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"" \
	" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"" \
	" xmlns:cwmp=\"urn:dslforum-org:cwmp-1-1\"><soap:Header>" \
	"<cwmp:ID soap:mustUnderstand=\"1\">%u</cwmp:ID></soap:Header><soap:Body>"
#define ENVELOPE_END "</soap:Body></soap:Envelope>"

static const char *const informed[] = {
	"DeviceSummary", "DeviceInfo.HardwareVersion", "DeviceInfo.SoftwareVersion",
	"DeviceInfo.ProvisioningCode", "ManagementServer.ParameterKey",
	"ManagementServer.ConnectionRequestURL", "FAP.GPS.LockedLatitude", "FAP.GPS.LockedLongitude",
	"Services.FAPService.1.FAPControl.LTE.OpState", "Services.FAPService.1.DeviceType",
};

static const char *const set[] = {
	"Services.FAPService.1.FAPControl.LTE.Gateway.S1SigLinkServerList",
	"Services.FAPService.1.CellConfig.LTE.EPC.TAC",
	"Services.FAPService.1.CellConfig.LTE.RAN.RF.EARFCNDL",
	"Services.FAPService.1.FAPControl.LTE.AdminState",
};

struct capture {
	FILE *file;
	unsigned long packets, wanted;
	int64_t time;
	struct buffer packet, block;
};

struct session {
	unsigned number;
	struct address ends[2]; /* 0 the HMS, 1 the device */
	uint32_t next[2];
};

static void send_segment(struct capture *capture, struct session *session, int from, uint8_t flags,
			 const char *octets, size_t length)
{
	struct packet_tcp tcp = {
		.source = session->ends[from],
		.destination = session->ends[!from],
		.sequence = session->next[from],
		.acknowledgement = flags == TCP_SYN ? 0 : session->next[!from],
		.flags = flags,
		.window = 65535,
	};

	if (capture->packets == capture->wanted)
		return;
	packet_write_tcp(&capture->packet, &tcp, octets, length);
	session->next[from] += (uint32_t)length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	pcapng_packet(&capture->block, 0, capture->time, capture->packet.octets,
		      capture->packet.length, NULL);
	fwrite(capture->block.octets, 1, capture->block.length, capture->file);
	buffer_clear(&capture->packet);
	buffer_clear(&capture->block);
	capture->time += STEP;
	capture->packets++;
}

/* A message in as many segments as it needs, and the other side's acknowledgement. */
static void send_octets(struct capture *capture, struct session *session, int from,
			const struct buffer *message)
{
	for (size_t at = 0; at < message->length; at += SEGMENT) {
		size_t left = message->length - at;

		send_segment(capture, session, from, left > SEGMENT ? TCP_ACK : TCP_ACK | TCP_PSH,
			     (const char *)message->octets + at, left < SEGMENT ? left : SEGMENT);
	}
	send_segment(capture, session, !from, TCP_ACK, NULL, 0);
}

static void send_http(struct capture *capture, struct session *session, int from,
		      const struct buffer *body)
{
	struct buffer message = { 0 };

	if (from)
		buffer_add_text(&message, "POST /acs HTTP/1.1\r\nHost: 192.0.2.1:7547\r\n"
				"User-Agent: bench\r\nSOAPAction: \"\"\r\n");
	else
		buffer_add_text(&message, body->length ? "HTTP/1.1 200 OK\r\n"
						       : "HTTP/1.1 204 No Content\r\n");
	if (body->length)
		buffer_add_text(&message, "Content-Type: text/xml; charset=\"utf-8\"\r\n");
	if (body->length || from)
		buffer_format(&message, "Content-Length: %zu\r\n", body->length);
	buffer_add_text(&message, "\r\n");
	buffer_add(&message, buffer_text(body), body->length);
	send_octets(capture, session, from, &message);
	buffer_free(&message);
}

static void add_parameter(struct buffer *body, const char *name, unsigned value)
{
	buffer_format(body, "<ParameterValueStruct><Name>Device.%s</Name>"
		      "<Value xsi:type=\"xsd:string\">%u</Value></ParameterValueStruct>", name,
		      value);
}

static void add_list(struct buffer *body, const char *const *names, size_t count, unsigned value)
{
	buffer_format(body, "<ParameterList soapenc:arrayType=\"cwmp:ParameterValueStruct[%zu]\">",
		      count);
	for (size_t i = 0; i < count; i++)
		add_parameter(body, names[i], value + (unsigned)i);
	buffer_add_text(body, "</ParameterList>");
}

static void write_inform(struct buffer *body, unsigned number)
{
	buffer_format(body, ENVELOPE, 1u);
	buffer_format(body, "<cwmp:Inform><DeviceId><Manufacturer>Bench</Manufacturer>"
		      "<OUI>00D0A0</OUI><ProductClass>HeNB</ProductClass>"
		      "<SerialNumber>00000001</SerialNumber></DeviceId>"
		      "<Event soapenc:arrayType=\"cwmp:EventStruct[1]\"><EventStruct>"
		      "<EventCode>2 PERIODIC</EventCode><CommandKey></CommandKey>"
		      "</EventStruct></Event><MaxEnvelopes>1</MaxEnvelopes>"
		      "<CurrentTime>2026-01-01T00:00:00Z</CurrentTime><RetryCount>0</RetryCount>");
	add_list(body, informed, sizeof(informed) / sizeof(informed[0]), number);
	buffer_add_text(body, "</cwmp:Inform>" ENVELOPE_END);
}

static void write_set(struct buffer *body, unsigned number)
{
	buffer_format(body, ENVELOPE, 2u);
	buffer_add_text(body, "<cwmp:SetParameterValues>");
	add_list(body, set, sizeof(set) / sizeof(set[0]), number);
	buffer_add_text(body, "<ParameterKey>key</ParameterKey></cwmp:SetParameterValues>"
			ENVELOPE_END);
}

static void say(struct capture *capture, struct session *session, int from, const char *text,
		unsigned id)
{
	struct buffer body = { 0 };

	if (text) {
		buffer_format(&body, ENVELOPE, id);
		buffer_add_text(&body, text);
		buffer_add_text(&body, ENVELOPE_END);
	}
	send_http(capture, session, from, &body);
	buffer_free(&body);
}

static void hold_session(struct capture *capture, unsigned number)
{
	struct session session = { .number = number, .next = { 5000, 6000 } };
	struct buffer body = { 0 };

	session.ends[0] = (struct address){ 4, { 192, 0, 2, 1 }, 7547, PLACE_HOST };
	/* One device, for only one is judged. */
	session.ends[1] = (struct address){
		4, { 10, 0, 0, 1 }, (uint16_t)(32768 + number % 28000), PLACE_HOST };
	send_segment(capture, &session, 1, TCP_SYN, NULL, 0);
	send_segment(capture, &session, 0, TCP_SYN | TCP_ACK, NULL, 0);
	send_segment(capture, &session, 1, TCP_ACK, NULL, 0);
	write_inform(&body, number);
	send_http(capture, &session, 1, &body);
	say(capture, &session, 0, "<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes>"
	    "</cwmp:InformResponse>", 1);
	say(capture, &session, 1, NULL, 0);
	buffer_clear(&body);
	write_set(&body, number);
	send_http(capture, &session, 0, &body);
	say(capture, &session, 1, "<cwmp:SetParameterValuesResponse><Status>0</Status>"
	    "</cwmp:SetParameterValuesResponse>", 2);
	say(capture, &session, 0, NULL, 0);
	send_segment(capture, &session, 1, TCP_ACK | TCP_FIN, NULL, 0);
	send_segment(capture, &session, 0, TCP_ACK | TCP_FIN, NULL, 0);
	send_segment(capture, &session, 1, TCP_ACK, NULL, 0);
	buffer_free(&body);
}

static int make(const char *path, unsigned long wanted)
{
	struct capture capture = { .wanted = wanted, .time = BEGIN };

	capture.file = fopen(path, "wb");
	if (!capture.file)
		return -1;
	pcapng_section(&capture.block, "make-capture", NULL);
	pcapng_interface(&capture.block, LINK_RAW, NULL);
	fwrite(capture.block.octets, 1, capture.block.length, capture.file);
	buffer_clear(&capture.block);
	for (unsigned number = 1; capture.packets < capture.wanted; number++)
		hold_session(&capture, number);
	buffer_free(&capture.packet);
	buffer_free(&capture.block);
	int failed = ferror(capture.file);
	return fclose(capture.file) != 0 || failed ? -1 : 0;
}

int main(int count, char **arguments)
{
	char *end = NULL;
	unsigned long wanted = count == 3 ? strtoul(arguments[1], &end, 10) : 0;

	if (wanted == 0 || *end != '\0') {
		fprintf(stderr, "usage: make-capture N FILE\n");
		return 2;
	}
	if (make(arguments[2], wanted) < 0) {
		fprintf(stderr, "make-capture: %s: %s\n", arguments[2], strerror(errno));
		return 1;
	}
	return 0;
}
