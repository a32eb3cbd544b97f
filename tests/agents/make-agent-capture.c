/*
 * make-agent-capture TALK FILE: a pcapng of the TCP connections between a device and an HMS that a
 * talk describes: so that what agents do oddly can be shown in a few lines.
 *
 *   @connect             the device opens a connection, which is the current one from here on
 *   @connect elsewhere   likewise, to a host that is not the HMS's
 *   @moved               the device has another address from here on
 *   @call                the HMS opens one to the device, for a Connection Request
 *   @on N                the Nth connection is the current one again
 *   @close  @close hms   the device, the HMS closes it (the other end follows)
 *   @reset               the device resets it
 *   @wait SECONDS
 *   @foreign             at the top: the capture does not tell what is inside and what outside
 *   @tls                 the device sends the head of a TLS record, and what cannot be read
 *   @dns NAME            the device asks 192.0.2.53 for the address of NAME, and is told the HMS's
 *   @device [WORD]...    the device sends a POST; the lines below, up to the next @, are its body
 *   @hms [WORD]...       the HMS answers
 *   @ask [WORD]...       the HMS sends a Connection Request, on the connection that it called by
 *   @told [WORD]...      the device answers it
 *
 * A body that is no envelope of its own is put in one. A body <inform>EVENTS</inform> is a
 * whole Inform with these events, separated by |, an event's CommandKey behind =. Lines that begin
 * with "> " are header fields, added; "> -Name" leaves one out that would be there. A line
 * "~ OLD ~ NEW" puts NEW for OLD in the body as it goes out. Words: id=ID; of an Inform retry=N,
 * serial=TEXT, key=TEXT (its ParameterKey), add=NAME=TEXT (one more parameter); cwmp=1-0 (the
 * namespace), status=N, start=REQUEST-LINE (with _ for blanks), chunked, raw (no envelope), short=N
 * (Content-Length says N octets less), lost (sent, and missing in the capture). What a talk says
 * beside CWMP is told in talk-network.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/buffer.h"
#include "protocols/memory.h"
#include "protocols/packet-write.h"
#include "protocols/pcapng-write.h"
#include "tests/agents/talk-network.h"

#define SEGMENT 1400
#define STEP 1000 /* microseconds between packets */
#define BEGIN 1700000000000000
#define CONNECTIONS 16

enum { HMS, DEVICE };

struct connection {
	struct address ends[2];
	uint32_t next[2];
};

struct capture {
	FILE *file;
	const char *path;
	uint32_t interface; /* 1: inside */
	int64_t time;
	struct connection connections[CONNECTIONS];
	int count, current;
	bool losing, moved;
	struct buffer packet, block;
};

struct said { /* an @device or @hms with what stands below it */
	int from;
	bool call; /* a Connection Request, or its answer */
	char *id, *status, *start, *retry, *serial, *key, *add, *cwmp;
	bool chunked, raw, lost;
	size_t less; /* than the body has octets */
	struct buffer headers, left_out, body, edits;
};

static void send_segment(struct capture *capture, int from, uint8_t flags, const uint8_t *octets,
			 size_t length)
{
	struct connection *connection = &capture->connections[capture->current];
	const struct packet_tcp tcp = {
		.source = connection->ends[from],
		.destination = connection->ends[!from],
		.sequence = connection->next[from],
		.acknowledgement = flags == TCP_SYN ? 0 : connection->next[!from],
		.flags = flags,
		.window = 65535,
	};

	packet_write_tcp(&capture->packet, &tcp, octets, length);
	connection->next[from] += (uint32_t)length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
	pcapng_packet(&capture->block, capture->interface, capture->time, capture->packet.octets,
		      capture->packet.length, NULL);
	if (!capture->losing)
		fwrite(capture->block.octets, 1, capture->block.length, capture->file);
	buffer_clear(&capture->packet);
	buffer_clear(&capture->block);
	capture->time += STEP;
}

static void open_connection(struct capture *capture, int from, bool elsewhere)
{
	uint16_t port = (uint16_t)(40000 + capture->count);

	if (capture->count == CONNECTIONS)
		return;
	capture->current = capture->count++;
	capture->connections[capture->current] = (struct connection){
		.ends = { { 4, { 192, 0, 2, elsewhere ? 99 : 1 },
			    from == HMS ? port : elsewhere ? 443 : 7547, PLACE_HOST },
			  { 4, { 192, 0, 2, capture->moved ? 11 : 10 },
			    from == HMS ? 7547 : port, PLACE_HOST } },
		.next = { 5000, 6000 },
	};
	send_segment(capture, from, TCP_SYN, NULL, 0);
	send_segment(capture, !from, TCP_SYN | TCP_ACK, NULL, 0);
	send_segment(capture, from, TCP_ACK, NULL, 0);
}

static void choose_connection(struct capture *capture, long number)
{
	if (number >= 1 && number <= capture->count)
		capture->current = (int)number - 1;
}

static void close_connection(struct capture *capture, int from)
{
	send_segment(capture, from, TCP_ACK | TCP_FIN, NULL, 0);
	send_segment(capture, !from, TCP_ACK | TCP_FIN, NULL, 0);
	send_segment(capture, from, TCP_ACK, NULL, 0);
}

static void add_events(struct buffer *out, char *events)
{
	struct buffer list = { 0 };
	size_t count = 0;

	for (char *event = strtok(events, "|"); event; event = strtok(NULL, "|")) {
		char *key = strchr(event, '=');

		if (key)
			*key++ = '\0';
		buffer_format(&list, "<EventStruct><EventCode>%s</EventCode><CommandKey>%s</CommandKey>"
				     "</EventStruct>", event, key ? key : "");
		count++;
	}
	buffer_format(out, "<Event soapenc:arrayType=\"cwmp:EventStruct[%zu]\">%s</Event>", count,
		      buffer_text(&list));
	buffer_free(&list);
}

static void add_parameter(struct buffer *out, const char *name, const char *value)
{
	buffer_format(out, "<ParameterValueStruct><Name>Device.%s</Name><Value "
			   "xsi:type=\"xsd:string\">%s</Value></ParameterValueStruct>", name, value);
}

static void add_inform(struct buffer *out, char *events, const struct said *said)
{
	static const char *const names[] = {
		"DeviceInfo.HardwareVersion", "DeviceInfo.SoftwareVersion",
		"DeviceInfo.ProvisioningCode", "ManagementServer.ParameterKey",
	};

	buffer_format(out, "<cwmp:Inform><DeviceId><Manufacturer>Example</Manufacturer>"
			   "<OUI>0000AA</OUI><ProductClass>agent</ProductClass>"
			   "<SerialNumber>%s</SerialNumber></DeviceId>",
		      said->serial ? said->serial : "17");
	add_events(out, events);
	buffer_format(out, "<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>2026-01-01T00:00:00Z"
			   "</CurrentTime><RetryCount>%s</RetryCount>",
		      said->retry ? said->retry : "0");
	buffer_format(out, "<ParameterList soapenc:arrayType=\"cwmp:ParameterValueStruct[%d]\">",
		      said->add ? 6 : 5);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_parameter(out, names[i], i == 3 && said->key ? said->key : "1");
	if (said->add) {
		char *name = memory_text(said->add);

		name[strcspn(name, "=")] = '\0';
		add_parameter(out, name, said->add + strlen(name) + 1);
		free(name);
	}
	buffer_add_text(out, "<ParameterValueStruct><Name>Device.ManagementServer."
			     "ConnectionRequestURL</Name><Value xsi:type=\"xsd:string\">"
			     "http://192.0.2.10:7547/cr</Value></ParameterValueStruct>"
			     "</ParameterList></cwmp:Inform>");
}

/* The body as it goes on the wire. */
static void wrap(const struct said *said, struct buffer *out)
{
	const char *body = buffer_text(&said->body);
	bool inform = strncmp(body, "<inform>", 8) == 0;

	if (said->raw || body[0] != '<' || strstr(body, ":Envelope")) {
		buffer_add_text(out, body);
		return;
	}
	buffer_add_text(out, "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\""
			     " xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\""
			     " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
			     " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
			     " xmlns:cwmp=\"urn:dslforum-org:cwmp-");
	buffer_format(out, "%s\">", said->cwmp ? said->cwmp : "1-1");
	buffer_format(out, "<soap:Header><cwmp:ID soap:mustUnderstand=\"1\">%s</cwmp:ID>"
			   "</soap:Header><soap:Body>", said->id ? said->id : "1");
	if (inform) {
		char *events = memory_text(body + 8);

		events[strcspn(events, "<")] = '\0';
		add_inform(out, events, said);
		free(events);
	} else {
		buffer_add_text(out, body);
	}
	buffer_add_text(out, "</soap:Body></soap:Envelope>");
}

/* Puts new for the first old in a text. */
static void replace(struct buffer *text, const char *old, size_t old_length, const char *new,
		    size_t new_length)
{
	struct buffer out = { 0 };
	const char *begin = buffer_text(text);
	const char *at = memmem(begin, text->length, old, old_length);

	if (!at) {
		fprintf(stderr, "make-agent-capture: \"%.*s\" is not there\n", (int)old_length, old);
		return;
	}
	buffer_add(&out, begin, (size_t)(at - begin));
	buffer_add(&out, new, new_length);
	buffer_add(&out, at + old_length, text->length - (size_t)(at - begin) - old_length);
	buffer_free(text);
	*text = out;
}

/* Does the edits of an @device or @hms: lines "OLD ~ NEW". */
static void edit(const struct said *said, struct buffer *body)
{
	for (const char *line = buffer_text(&said->edits); *line;) {
		size_t length = strcspn(line, "\n");
		const char *middle = memmem(line, length, " ~ ", 3);

		if (middle)
			replace(body, line, (size_t)(middle - line), middle + 3,
				length - (size_t)(middle - line) - 3);
		line += length + 1;
	}
}

/* A header field, unless "> -Name" leaves it out. */
static void add_header(struct buffer *out, const struct said *said, const char *name,
		       const char *value)
{
	char *wanted = memory_format("-%s\n", name);

	if (!strstr(buffer_text(&said->left_out), wanted))
		buffer_format(out, "%s:%s%s\r\n", name, *value ? " " : "", value);
	free(wanted);
}

static void start_line(struct buffer *out, const struct said *said, bool empty)
{
	const char *status = said->status ? said->status : empty ? "204" : "200";
	bool request = (said->from == DEVICE) != said->call;

	if (said->start)
		buffer_format(out, "%s\r\n", said->start);
	else if (!request)
		buffer_format(out, "HTTP/1.1 %s Said\r\n", status);
	else if (said->call)
		buffer_add_text(out, "GET /cr HTTP/1.1\r\n");
	else
		buffer_add_text(out, "POST /acs HTTP/1.1\r\n");
	if (request)
		add_header(out, said, "Host", said->call ? "192.0.2.10:7547" : "192.0.2.1:7547");
}

static void send_said(struct capture *capture, struct said *said)
{
	struct buffer body = { 0 }, message = { 0 };
	char length[32];

	wrap(said, &body);
	edit(said, &body);
	start_line(&message, said, body.length == 0);
	if (body.length > 0) {
		add_header(&message, said, "Content-Type", "text/xml; charset=\"utf-8\"");
		if (said->from == DEVICE)
			add_header(&message, said, "SOAPAction", "");
	}
	snprintf(length, sizeof(length), "%zu", body.length - said->less);
	add_header(&message, said, said->chunked ? "Transfer-Encoding" : "Content-Length",
		   said->chunked ? "chunked" : length);
	buffer_format(&message, "%s\r\n", buffer_text(&said->headers));
	if (said->chunked && body.length > 0)
		buffer_format(&message, "%zx\r\n%s\r\n", body.length, buffer_text(&body));
	else
		buffer_add_text(&message, buffer_text(&body));
	if (said->chunked)
		buffer_add_text(&message, "0\r\n\r\n");
	capture->losing = said->lost;
	for (size_t at = 0; at < message.length; at += SEGMENT) {
		size_t left = message.length - at;

		send_segment(capture, said->from, TCP_ACK | TCP_PSH, message.octets + at,
			     left < SEGMENT ? left : SEGMENT);
	}
	capture->losing = false;
	buffer_free(&body);
	buffer_free(&message);
}

static void read_word(struct said *said, const char *word)
{
	const char *value = strchr(word, '=');

	if (strcmp(word, "chunked") == 0)
		said->chunked = true;
	else if (strcmp(word, "lost") == 0)
		said->lost = true;
	else if (strcmp(word, "raw") == 0)
		said->raw = true;
	else if (value && strncmp(word, "short=", 6) == 0)
		said->less = strtoul(value + 1, NULL, 10);
	else if (value && strncmp(word, "id=", 3) == 0)
		said->id = memory_text(value + 1);
	else if (value && strncmp(word, "retry=", 6) == 0)
		said->retry = memory_text(value + 1);
	else if (value && strncmp(word, "serial=", 7) == 0)
		said->serial = memory_text(value + 1);
	else if (value && strncmp(word, "key=", 4) == 0)
		said->key = memory_text(value + 1);
	else if (value && strncmp(word, "add=", 4) == 0)
		said->add = memory_text(value + 1);
	else if (value && strncmp(word, "cwmp=", 5) == 0)
		said->cwmp = memory_text(value + 1);
	else if (value && strncmp(word, "status=", 7) == 0)
		said->status = memory_text(value + 1);
	else if (value && strncmp(word, "start=", 6) == 0)
		said->start = memory_text(value + 1);
	for (char *blank = said->start; blank && *blank; blank++)
		if (*blank == '_')
			*blank = ' ';
}

/* The lines up to the next @; gives the first that is not among them. */
static struct line *read_said(struct said *said, struct line *line)
{
	for (; line && line->text[0] != '@'; line = line->next) {
		const char *text = line->text;

		if (strncmp(text, "> -", 3) == 0)
			buffer_format(&said->left_out, "%s\n", text + 2);
		else if (strncmp(text, "~ ", 2) == 0)
			buffer_format(&said->edits, "%s\n", text + 2);
		else if (strncmp(text, "> ", 2) == 0)
			buffer_format(&said->headers, "%s\r\n", text + 2);
		else if (*text && strncmp(text, "--", 2) != 0)
			buffer_add_text(&said->body, text);
	}
	return line;
}

static struct line *say(struct capture *capture, struct line *line)
{
	bool ask = strncmp(line->text, "@ask", 4) == 0, told = strncmp(line->text, "@told", 5) == 0;
	bool hms = ask || strncmp(line->text, "@hms", 4) == 0;
	struct said said = { .from = hms ? HMS : DEVICE, .call = ask || told };

	strtok(line->text, " ");
	for (const char *word = strtok(NULL, " "); word; word = strtok(NULL, " "))
		read_word(&said, word);
	line = read_said(&said, line->next);
	send_said(capture, &said);
	free(said.id);
	free(said.retry);
	free(said.serial);
	free(said.key);
	free(said.add);
	free(said.cwmp);
	free(said.status);
	free(said.start);
	buffer_free(&said.headers);
	buffer_free(&said.left_out);
	buffer_free(&said.body);
	buffer_free(&said.edits);
	return line;
}

static void send_datagram(struct capture *capture, const struct address *source,
			  const struct address *destination, const struct buffer *octets)
{
	packet_write_udp(&capture->packet, source, destination, octets->octets, octets->length);
	pcapng_packet(&capture->block, capture->interface, capture->time, capture->packet.octets,
		      capture->packet.length, NULL);
	fwrite(capture->block.octets, 1, capture->block.length, capture->file);
	buffer_clear(&capture->packet);
	buffer_clear(&capture->block);
	capture->time += STEP;
}

static void add_dns(struct buffer *out, const char *name, bool answer)
{
	static const char query_head[] = "\0\7\1\0\0\1\0\0\0\0\0\0";
	static const char answer_head[] = "\0\7\201\200\0\1\0\1\0\0\0\0";
	static const char tail[] = "\0\0\1\0\1";
	static const char record[] = "\300\14\0\1\0\1\0\0\0\74\0\4\300\0\2\1";

	buffer_add(out, answer ? answer_head : query_head, sizeof(query_head) - 1);
	while (*name) {
		size_t length = strcspn(name, ".");

		buffer_format(out, "%c%.*s", (char)length, (int)length, name);
		name += length + (name[length] == '.');
	}
	buffer_add(out, tail, sizeof(tail) - 1);
	if (answer)
		buffer_add(out, record, sizeof(record) - 1);
}

static void ask_name(struct capture *capture, const char *name)
{
	const struct address device = { 4, { 192, 0, 2, 10 }, 50000, PLACE_HOST };
	const struct address server = { 4, { 192, 0, 2, 53 }, 53, PLACE_HOST };
	struct buffer octets = { 0 };

	add_dns(&octets, name, false);
	send_datagram(capture, &device, &server, &octets);
	buffer_clear(&octets);
	add_dns(&octets, name, true);
	send_datagram(capture, &server, &device, &octets);
	buffer_free(&octets);
}

static void send_tls(struct capture *capture)
{
	static const uint8_t hello[] = { 22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 90, 165 };

	send_segment(capture, DEVICE, TCP_ACK | TCP_PSH, hello, sizeof(hello));
}

static void put_packet(void *context, const struct buffer *packet)
{
	struct capture *capture = context;

	pcapng_packet(&capture->block, capture->interface, capture->time, packet->octets,
		      packet->length, NULL);
	fwrite(capture->block.octets, 1, capture->block.length, capture->file);
	buffer_clear(&capture->block);
	capture->time += STEP;
}

static struct line *act(struct capture *capture, struct line *line)
{
	const char *text = line->text;

	if (talk_network(&line, capture->path, put_packet, capture))
		return line;

	if (strncmp(text, "@device", 7) == 0 || strncmp(text, "@hms", 4) == 0 ||
	    strncmp(text, "@ask", 4) == 0 || strncmp(text, "@told", 5) == 0)
		return say(capture, line);
	if (strcmp(text, "@connect") == 0)
		open_connection(capture, DEVICE, false);
	else if (strcmp(text, "@connect elsewhere") == 0)
		open_connection(capture, DEVICE, true);
	else if (strcmp(text, "@moved") == 0)
		capture->moved = true;
	else if (strcmp(text, "@call") == 0)
		open_connection(capture, HMS, false);
	else if (strncmp(text, "@on ", 4) == 0)
		choose_connection(capture, strtol(text + 4, NULL, 10));
	else if (strcmp(text, "@close") == 0 || strcmp(text, "@close hms") == 0)
		close_connection(capture, text[6] ? HMS : DEVICE);
	else if (strcmp(text, "@reset") == 0)
		send_segment(capture, DEVICE, TCP_RST | TCP_ACK, NULL, 0);
	else if (strcmp(text, "@inside") == 0 || strcmp(text, "@outside") == 0)
		capture->interface = text[1] == 'i';
	else if (strcmp(text, "@tls") == 0)
		send_tls(capture);
	else if (strncmp(text, "@dns ", 5) == 0)
		ask_name(capture, text + 5);
	else if (strncmp(text, "@wait ", 6) == 0)
		capture->time += strtol(text + 6, NULL, 10) * 1000000;
	else if (text[0] == '@' && strcmp(text, "@foreign") != 0)
		fprintf(stderr, "make-agent-capture: what is \"%s\"?\n", text);
	return line->next;
}

static struct line *read_lines(const char *path)
{
	struct line *first = NULL, **end = &first;
	FILE *file = fopen(path, "r");
	char text[8192];

	while (file && fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		*end = memory_new(sizeof(**end));
		(*end)->text = memory_text(text);
		end = &(*end)->next;
	}
	if (file)
		fclose(file);
	return first;
}

static bool is_foreign(const struct line *line)
{
	for (; line; line = line->next)
		if (strcmp(line->text, "@foreign") == 0)
			return true;
	return false;
}

static int make(struct line *line, const char *path)
{
	struct capture capture = { .file = fopen(path, "wb"), .path = path, .time = BEGIN };

	if (!capture.file)
		return -1;
	pcapng_section(&capture.block, "make-agent-capture", NULL);
	pcapng_interface(&capture.block, LINK_RAW, "outside");
	pcapng_interface(&capture.block, LINK_RAW, is_foreign(line) ? "eth1" : "inside");
	fwrite(capture.block.octets, 1, capture.block.length, capture.file);
	buffer_clear(&capture.block);
	while (line)
		line = act(&capture, line);
	buffer_free(&capture.packet);
	buffer_free(&capture.block);
	int failed = ferror(capture.file);
	return fclose(capture.file) != 0 || failed ? -1 : 0;
}

int main(int count, char **arguments)
{
	if (count != 3) {
		fprintf(stderr, "usage: make-agent-capture TALK FILE\n");
		return 2;
	}
	struct line *lines = read_lines(arguments[1]);

	errno = errno ? errno : EINVAL;
	int result = lines ? make(lines, arguments[2]) : -1;

	if (result < 0)
		fprintf(stderr, "make-agent-capture: %s\n", strerror(errno));
	while (lines) {
		struct line *next = lines->next;

		free(lines->text);
		free(lines);
		lines = next;
	}
	return result < 0;
}
