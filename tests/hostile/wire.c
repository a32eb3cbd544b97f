#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROOT "InternetGatewayDevice."
#define FAP ROOT "Services.FAPService.1."

static struct sockaddr_in name_of(const char *address, int port)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	inet_pton(AF_INET, address, &name.sin_addr);
	return name;
}

static int open_socket(const char *local, int type)
{
	const struct timeval patience = {.tv_sec = 5};
	struct sockaddr_in own = name_of(local, 0);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int dial(const char *local, const char *address, int port, int type)
{
	struct sockaddr_in peer = name_of(address, port);
	int fd = open_socket(local, type), yes = 1;

	if (fd < 0)
		return -1;
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int wire_dial(const char *address, int port)
{
	return dial("127.0.0.1", address, port, SOCK_STREAM);
}

int wire_dial_from(const char *local, const char *address, int port)
{
	return dial(local, address, port, SOCK_STREAM);
}

int wire_datagrams(const char *address, int port)
{
	return dial("127.0.0.1", address, port, SOCK_DGRAM);
}

int wire_listen(const char *address, int port)
{
	struct sockaddr_in own = name_of(address, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0 || listen(fd, 16) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int wire_put(int fd, const void *octets, size_t length)
{
	const char *at = octets;

	while (length > 0) {
		ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);

		if (sent <= 0)
			return -1;
		at += sent;
		length -= (size_t)sent;
	}
	return 0;
}

int wire_say(int fd, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	int result = length < 0 ? -1 : wire_put(fd, text, (size_t)length);

	free(text);
	return result;
}

int wire_repeat(int fd, const char *text, size_t octets)
{
	size_t length = strlen(text), count = 65536 / length, whole = count * length;
	char *many = malloc(whole);
	int result = 0;

	for (size_t i = 0; i < count; i++)
		memcpy(many + i * length, text, length);
	for (size_t put = 0; put < octets && result == 0; put += whole)
		result = wire_put(fd, many, octets - put < whole ? octets - put : whole);
	free(many);
	return result;
}

/* One line without its end; -1 at the end of the stream. */
static int read_line(int fd, char *line, size_t size)
{
	size_t length = 0;
	char c;

	while (recv(fd, &c, 1, 0) == 1) {
		if (c == '\n') {
			line[length && line[length - 1] == '\r' ? length - 1 : length] = '\0';
			return 0;
		}
		if (length + 1 < size)
			line[length++] = c;
	}
	return -1;
}

int wire_answer(int fd, char cookie[256])
{
	char line[1024];
	size_t length = 0;
	int status = 0;
	char c;

	if (read_line(fd, line, sizeof(line)) < 0 || sscanf(line, "HTTP/1.1 %d", &status) != 1)
		return -1;
	while (read_line(fd, line, sizeof(line)) == 0 && line[0]) {
		if (strncasecmp(line, "Content-Length:", 15) == 0)
			length = strtoul(line + 15, NULL, 10);
		if (cookie && strncasecmp(line, "Set-Cookie: ", 12) == 0) {
			size_t there = strlen(cookie);

			snprintf(cookie + there, 256 - there, "%s%.*s", there ? "; " : "",
				 (int)strcspn(line + 12, ";"), line + 12);
		}
	}
	while (length > 0 && recv(fd, &c, 1, 0) == 1)
		length--;
	return status;
}

void wire_drain(int fd)
{
	char octets[65536];

	while (recv(fd, octets, sizeof(octets), 0) > 0)
		continue;
}

void wire_reset(int fd)
{
	const struct linger abort = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
	close(fd);
}

void wire_pause(int milliseconds)
{
	const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

	nanosleep(&time, NULL);
}

int wire_post(int fd, const struct place *place, const char *framing)
{
	return wire_say(fd,
			"POST /serving-hms HTTP/1.1\r\nHost: serving-hms.lab.example:%d\r\n"
			"Content-Type: text/xml; charset=utf-8\r\nSOAPAction:\r\n%s\r\n",
			place->serving_port, framing);
}

char *wire_envelope(const char *body)
{
	char *text = NULL;

	if (asprintf(&text,
		     "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" "
		     "xmlns:n=\"http://schemas.xmlsoap.org/soap/encoding/\" "
		     "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
		     "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		     "xmlns:c=\"urn:dslforum-org:cwmp-1-1\"><e:Header>"
		     "<c:ID e:mustUnderstand=\"1\">1</c:ID></e:Header><e:Body>%s</e:Body></e:Envelope>",
		     body) < 0)
		abort();
	return text;
}

static const struct {
	const char *name, *type, *value;
} forced[] = {
	{ROOT "DeviceSummary", "string", "InternetGatewayDevice:1.0[](Baseline:1)"},
	{ROOT "DeviceInfo.SpecVersion", "string", "1.0"},
	{ROOT "DeviceInfo.HardwareVersion", "string", "1"},
	{ROOT "DeviceInfo.SoftwareVersion", "string", "1"},
	{ROOT "DeviceInfo.ProvisioningCode", "string", ""},
	{ROOT "ManagementServer.ParameterKey", "string", ""},
	{ROOT "WANDevice.1.WANConnectionDevice.1.WANIPConnection.1.ExternalIPAddress", "string",
	 "127.0.0.1"},
	{FAP "FAPControl.UMTS.OpState", "boolean", "0"},
	{FAP "FAPControl.UMTS.RFTxStatus", "boolean", "0"},
	{FAP "REM.UMTS.WCDMA.Cell.1.BCCH.CellID", "unsignedInt", "4711"},
};

#define FORCED (sizeof(forced) / sizeof(forced[0]))

char *wire_inform_begin(const char *event, size_t parameters)
{
	char *body = NULL, now[32];
	time_t seconds = time(NULL);

	strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", gmtime(&seconds));
	if (asprintf(&body,
		     "<c:Inform><DeviceId><Manufacturer>Shell</Manufacturer><OUI>ABCDEF</OUI>"
		     "<ProductClass>Shell HNB</ProductClass><SerialNumber>000042</SerialNumber>"
		     "</DeviceId><Event n:arrayType=\"c:EventStruct[1]\"><EventStruct><EventCode>%s"
		     "</EventCode><CommandKey></CommandKey></EventStruct></Event>"
		     "<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>%s</CurrentTime>"
		     "<RetryCount>0</RetryCount><ParameterList n:arrayType=\""
		     "c:ParameterValueStruct[%zu]\">",
		     event, now, parameters) < 0)
		abort();
	char *text = wire_envelope(body);

	free(body);
	text[strlen(text) - strlen("</e:Body></e:Envelope>")] = '\0';
	return text;
}

const char *wire_inform_end(void)
{
	return "</ParameterList></c:Inform></e:Body></e:Envelope>";
}

/* Gives the longer text; frees the one before. */
static char *add(char *text, const char *name, const char *type, const char *value)
{
	char *longer = NULL;

	if (asprintf(&longer,
		     "%s<ParameterValueStruct><Name>%s</Name><Value xsi:type=\"xsd:%s\">%s</Value>"
		     "</ParameterValueStruct>",
		     text, name, type, value) < 0)
		abort();
	free(text);
	return longer;
}

char *wire_inform(const struct place *place, const char *event)
{
	char *text = wire_inform_begin(event, FORCED + 1), *whole = NULL, url[128];

	for (size_t i = 0; i < FORCED; i++)
		text = add(text, forced[i].name, forced[i].type, forced[i].value);
	snprintf(url, sizeof(url), "http://%s:%d/call", place->call,
		 place->call_port);
	text = add(text, ROOT "ManagementServer.ConnectionRequestURL", "string", url);
	if (asprintf(&whole, "%s%s", text, wire_inform_end()) < 0)
		abort();
	free(text);
	return whole;
}

int wire_post_text(int fd, const struct place *place, const char *cookie, const char *text)
{
	char framing[512];

	snprintf(framing, sizeof(framing), "Content-Length: %zu\r\n%s%s%s", strlen(text),
		 cookie && *cookie ? "Cookie: " : "", cookie ? cookie : "",
		 cookie && *cookie ? "\r\n" : "");
	return wire_post(fd, place, framing) < 0 ? -1 : wire_put(fd, text, strlen(text));
}

int wire_session(const struct place *place, const char *event)
{
	int fd = wire_dial(place->serving, place->serving_port), status;
	char cookie[256] = "", *inform = wire_inform(place, event);

	wire_post_text(fd, place, NULL, inform);
	free(inform);
	status = wire_answer(fd, cookie);
	if (status == 200) {
		wire_say(fd,
			 "POST /serving-hms HTTP/1.1\r\nHost: serving-hms.lab.example:%d\r\n"
			 "Cookie: %s\r\nContent-Length: 0\r\n\r\n",
			 place->serving_port, cookie);
		status = wire_answer(fd, NULL);
	}
	close(fd);
	return status == 204 ? 0 : -1;
}
