/*
 * segw-lab: the security gateway fake on the netns bench, in real time, for an IKE that is not
 * ours; and an IPsec host of ours as a device.
 *
 *   segw-lab FOLDER [NAME=VALUE]...
 *
 * Sets the variables in the profile; writes certificates into FOLDER/ec and FOLDER/rsa (ca, hnb,
 * segw), and a recording into FOLDER unless record=no. Prints "device PATH", "internet PATH",
 * "core PATH" (the network namespaces), then "ready". Commands on standard input, a line each:
 *
 *   set NAME VALUE      of the profile, for the next start
 *   start ROLE | stop   of the fake
 *   act ACTION          of the fake
 *   cue LINE            as tests/fakes/hms-script.h has it
 *   connect ADDRESS KIND IKE ESP   our device: KIND is psk, ec or rsa
 *   device rekey|rekey-child|probe|delete|authenticate-anew   the last: another IKE SA, and the
 *                       first is deleted when that is up (RFC 7296 2.8.3)
 *   repeat NUMBER ADDRESS KIND IKE ESP   connects and deletes so often, one after the other; tells
 *                       "times MEDIAN P99", microseconds until a tunnel is up
 *   memory              tells how many octets are in use
 *
 * What happens is told on standard output, a line each.
 */
#include <malloc.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "captures/recorder.h"
#include "fakes/fake.h"
#include "fakes/ipsec/ipsec-host.h"
#include "protocols/ikev2-proposal.h"
#include "protocols/memory.h"
#include "tests/fakes/hms-script.h"

struct lab {
	struct loop *loop;
	struct profile *profile;
	struct bench *bench;
	struct pki *pki;
	struct tap tap;
	struct recorder *recorder;
	struct script script;
	struct stage stage;
	struct fake *fake;
	struct ipsec_host *device;
	struct ikev2_settings ike;
	struct ipsec_tunnel *tunnel, *former; /* whose place it takes */
	struct address gateway;
	struct buffer input;
	struct watch *watch;
	const char *folder;
	unsigned ike_keys, esp_keys;
	struct repeat {
		size_t most, count;
		int64_t began, *times;
	} repeat;
};

static const char secret[] = "the-secret-of-the-lab";

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

/* --- the tap --- */

static void datagram(void *context, const struct address *source,
		     const struct address *destination, int64_t time, const void *octets,
		     size_t length)
{
	struct lab *lab = context;

	if (lab->recorder)
		recorder_udp(lab->recorder, source, destination, time, octets, length);
}

static void packet(void *context, const struct address *source, const struct address *destination,
		   uint8_t protocol, int64_t time, const void *octets, size_t length)
{
	struct lab *lab = context;

	if (lab->recorder)
		recorder_packet(lab->recorder, source, destination, protocol, time, octets, length);
}

static void ike_key(void *context, const char *row)
{
	struct lab *lab = context;

	if (lab->recorder)
		recorder_ike_key(lab->recorder, row);
	lab->ike_keys++;
	if (!lab->repeat.most)
		say("ike-keys %u", lab->ike_keys);
}

static void esp_key(void *context, const char *row)
{
	struct lab *lab = context;

	if (lab->recorder)
		recorder_esp_key(lab->recorder, row);
	lab->esp_keys++;
	if (!lab->repeat.most)
		say("esp-keys %u", lab->esp_keys);
}

/* --- our device --- */

static int compare_times(const void *a, const void *b)
{
	int64_t difference = *(const int64_t *)a - *(const int64_t *)b;

	return difference < 0 ? -1 : difference > 0;
}

static void once_more(struct lab *lab)
{
	lab->repeat.began = loop_now(lab->loop);
	ipsec_host_connect(lab->device, &lab->gateway, &lab->ike);
}

static void repeat_told(struct lab *lab, struct ipsec_tunnel *tunnel, const struct ipsec_news *news)
{
	struct repeat *repeat = &lab->repeat;

	if (news->type == IPSEC_UP) {
		repeat->times[repeat->count++] = loop_now(lab->loop) - repeat->began;
		ipsec_tunnel_delete(tunnel);
		return;
	}
	if (!news->is_gone)
		return;
	if (news->type == IPSEC_DOWN && repeat->count < repeat->most) {
		once_more(lab);
		return;
	}
	qsort(repeat->times, repeat->count, sizeof(*repeat->times), compare_times);
	if (repeat->count > 0)
		say("times %lld %lld", (long long)repeat->times[repeat->count / 2],
		    (long long)repeat->times[repeat->count * 99 / 100]);
	say("repeated %zu %s", repeat->count, news->why);
	free(repeat->times);
	*repeat = (struct repeat){ 0 };
}

static void tell(void *context, struct ipsec_tunnel *tunnel, const struct ipsec_news *news)
{
	static const char *const words[] = { "up", "refused", "down", "rekeyed", "child-rekeyed",
					     "alive" };
	struct lab *lab = context;
	const struct ikev2_inner *inner = ipsec_tunnel_inner(tunnel);
	char text[ADDRESS_TEXT], dns[ADDRESS_TEXT];

	if (lab->repeat.most) {
		repeat_told(lab, tunnel, news);
		return;
	}
	if (tunnel == lab->former) {
		say("former %s %s", words[news->type], news->why);
		lab->former = news->is_gone ? NULL : tunnel;
		return;
	}
	lab->tunnel = news->is_gone ? NULL : tunnel;
	if (news->type == IPSEC_UP && lab->former)
		ipsec_tunnel_delete(lab->former);
	if (news->type == IPSEC_UP && inner)
		say("up %s dns %s %s", address_host(&inner->address4, text),
		    address_host(&inner->dns[0], dns),
		    ipsec_tunnel_is_encapsulated(tunnel) ? "in-udp" : "plain");
	else
		say("%s %s", words[news->type], news->why);
}

static void everything(struct ikev2_selectors *selectors)
{
	selectors->count = 1;
	selectors->list[0] = (struct ikev2_selector){
		.type = IKEV2_TS_IPV4, .last_port = 65535, .first = { .family = 4 },
		.last = { .family = 4, .octets = { 255, 255, 255, 255 } },
	};
}

static void connect_device(struct lab *lab, const char *gateway, const char *kind, const char *ike,
			   const char *esp)
{
	static const char name[] = "hnb.lab.example";
	bool rsa = !strcmp(kind, "rsa");
	const struct pki_identity *identity = pki_device_identity(lab->pki, name, rsa, NULL);
	struct ipsec_host_settings settings = { .loop = lab->loop, .plain_esp = true,
						.tun = "cell", .tun_place = PLACE_DEVICE,
						.tell = tell, .context = lab };
	struct problem problem = { "" };

	memset(&lab->ike, 0, sizeof(lab->ike));
	lab->ike.local_id = (struct ikev2_id){ IKEV2_ID_FQDN, octets_of(name, strlen(name)) };
	if (!strcmp(kind, "psk")) {
		lab->ike.shared_secret = octets_of(secret, strlen(secret));
	} else {
		lab->ike.certificate = identity->certificate;
		lab->ike.key = identity->key;
		lab->ike.roots = pki_roots(lab->pki, rsa, NULL);
	}
	lab->ike.ask_address4 = true;
	everything(&lab->ike.local);
	everything(&lab->ike.remote);
	bench_address(lab->bench, "henb", &settings.outer);
	if (!lab->device)
		lab->device = ipsec_host_new(&settings, &problem);
	if (!lab->device || address_parse(gateway, &lab->gateway) < 0 ||
	    ikev2_offer_parse(ike, IKEV2_PROTOCOL_IKE, true, &lab->ike.ike, &problem) < 0 ||
	    ikev2_offer_parse(esp, IKEV2_PROTOCOL_ESP, true, &lab->ike.esp, &problem) < 0)
		say("cannot connect: %s", problem.text);
	else
		once_more(lab);
}

static void do_device(struct lab *lab, const char *what)
{
	if (!lab->tunnel)
		say("there is no tunnel");
	else if (!strcmp(what, "rekey"))
		ipsec_tunnel_rekey(lab->tunnel);
	else if (!strcmp(what, "rekey-child"))
		ipsec_tunnel_rekey_child(lab->tunnel);
	else if (!strcmp(what, "probe"))
		ipsec_tunnel_probe(lab->tunnel);
	else if (!strcmp(what, "delete"))
		ipsec_tunnel_delete(lab->tunnel);
	else if (!strcmp(what, "authenticate-anew")) {
		lab->former = lab->tunnel;
		lab->tunnel = NULL;
		once_more(lab);
	}
}

/* --- commands --- */

static void start_fake(struct lab *lab, const char *role)
{
	struct problem problem = { "" };

	if (lab->fake)
		segw_fake.stop(lab->fake);
	lab->script.from = role;
	lab->ike_keys = lab->esp_keys = 0;
	lab->fake = segw_fake.start(&lab->stage, role, &problem);
	say("%s", lab->fake ? "started" : problem.text);
}

static void do_line(struct lab *lab, char *line)
{
	struct problem problem = { "" };
	char *rest = NULL;

	if (!strncmp(line, "cue ", 4)) {
		if (script_add(&lab->script, line + 4) < 0)
			say("no cue: %s", line);
		return;
	}
	const char *order = strtok_r(line, " ", &rest), *words[5] = { "", "", "", "", "" };
	for (int i = 0; i < 5; i++) {
		const char *word = strtok_r(NULL, " ", &rest);

		words[i] = word ? word : "";
	}
	if (!order)
		return;
	if (!strcmp(order, "set")) {
		profile_set(lab->profile, words[0], words[1]);
	} else if (!strcmp(order, "start")) {
		start_fake(lab, "serving-segw");
	} else if (!strcmp(order, "stop")) {
		segw_fake.stop(lab->fake);
		lab->fake = NULL;
	} else if (!strcmp(order, "act")) {
		if (segw_fake.act(lab->fake, words[0], NULL, NULL, &problem) < 0)
			say("%s", problem.text);
	} else if (!strcmp(order, "connect")) {
		connect_device(lab, words[0], words[1], words[2], words[3]);
	} else if (!strcmp(order, "repeat")) {
		lab->repeat.most = strtoul(words[0], NULL, 10);
		lab->repeat.times = memory_new((lab->repeat.most + 1) * sizeof(int64_t));
		connect_device(lab, words[1], words[2], words[3], words[4]);
	} else if (!strcmp(order, "memory")) {
		say("memory %zu", mallinfo2().uordblks);
	} else if (!strcmp(order, "device")) {
		do_device(lab, words[0]);
	} else {
		say("no order: %s", order);
	}
}

static void on_input(void *context, int fd, int ready)
{
	struct lab *lab = context;
	char octets[1024], *end;
	ssize_t length = read(fd, octets, sizeof(octets));

	(void)ready;
	if (length <= 0) {
		loop_stop(lab->loop);
		return;
	}
	buffer_add(&lab->input, octets, (size_t)length);
	while ((end = memchr(lab->input.octets, '\n', lab->input.length))) {
		size_t line = (size_t)(end - (char *)lab->input.octets);

		*end = '\0';
		if (!strcmp((char *)lab->input.octets, "quit")) {
			loop_stop(lab->loop);
			return;
		}
		do_line(lab, (char *)lab->input.octets);
		buffer_consume(&lab->input, line + 1);
	}
}

/* --- files for the other IKE --- */

static void write_file(const char *folder, const char *name, X509 *certificate, EVP_PKEY *key)
{
	char *path = memory_format("%s/%s", folder, name);
	FILE *file = fopen(path, "w");

	if (file) {
		if (key)
			PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
		else
			PEM_write_X509(file, certificate);
		fclose(file);
	}
	free(path);
}

static int write_certificates(struct lab *lab, const char *kind, bool rsa,
			      struct problem *problem)
{
	const struct pki_identity *device =
		pki_device_identity(lab->pki, "hnb.lab.example", rsa, problem);
	const struct pki_identity *gateway =
		pki_identity(lab->pki, "segw.lab.example", NULL, rsa, PKI_GOOD, problem);
	STACK_OF(X509) *roots = pki_roots(lab->pki, rsa, problem);
	char *folder = memory_format("%s/%s", lab->folder, kind);

	if (device && gateway && roots) {
		mkdir(folder, 0700);
		write_file(folder, "ca.pem", sk_X509_value(roots, sk_X509_num(roots) - 1), NULL);
		write_file(folder, "hnb.pem", device->certificate, NULL);
		write_file(folder, "hnb.key", NULL, device->key);
		write_file(folder, "segw.pem", gateway->certificate, NULL);
		write_file(folder, "segw.key", NULL, gateway->key);
	}
	free(folder);
	return device && gateway && roots ? 0 : -1;
}

static int load_profile(struct lab *lab, char **settings)
{
	static const char text[] = "profile \"lab\"\ndevice henb\nmap henb-device2\n"
				   "ics\n    ipsec yes\n";
	struct diagnostics diagnostics = { 0 };

	lab->profile = profile_parse(text, strlen(text), "lab.profile", &diagnostics);
	diagnostics_print(&diagnostics, stderr);
	diagnostics_clear(&diagnostics);
	for (; lab->profile && *settings; settings++) {
		char *value = strchr(*settings, '=');

		if (!value)
			return -1;
		*value = '\0';
		profile_set(lab->profile, *settings, value + 1);
	}
	return lab->profile ? 0 : -1;
}

static void say_places(const struct lab *lab)
{
	static const struct {
		const char *name;
		enum network_place place;
	} places[] = { { "device", PLACE_DEVICE }, { "internet", PLACE_INTERNET },
		       { "core", PLACE_CORE } };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		say("%s /proc/%d/fd/%d", places[i].name, (int)getpid(),
		    loop_namespace(lab->loop, places[i].place));
}

static int open_recording(struct lab *lab, struct problem *problem)
{
	const char *record = profile_variable(lab->profile, "record");
	char *path;

	if (record && !strcmp(record, "no"))
		return 0;
	path = memory_format("%s/run.pcapng", lab->folder);
	lab->recorder = recorder_new(path, "segw-lab", problem);
	free(path);
	return lab->recorder ? 0 : -1;
}

static int start(struct lab *lab, struct problem *problem)
{
	lab->loop = loop_new(CLOCK_REAL_TIME);
	lab->bench = bench_new("netns", lab->profile, problem);
	if (!lab->bench)
		return -1;
	bench_enter(lab->bench, lab->loop);
	lab->pki = pki_new(loop_now(lab->loop) / SECONDS(1), problem);
	lab->tap = (struct tap){ .context = lab, .datagram = datagram, .packet = packet,
				 .ike_key = ike_key, .esp_key = esp_key };
	lab->script.to = "henb";
	lab->stage = (struct stage){ .loop = lab->loop, .bench = lab->bench, .pki = lab->pki,
				     .profile = lab->profile, .tap = &lab->tap,
				     .cue = script_cue, .cue_taken = script_cue_taken,
				     .context = &lab->script };
	lab->watch = loop_watch(lab->loop, STDIN_FILENO, LOOP_READ, on_input, lab);
	if (write_certificates(lab, "ec", false, problem) < 0 ||
	    write_certificates(lab, "rsa", true, problem) < 0)
		return -1;
	return open_recording(lab, problem) < 0 ? -1 : loop_catch_signals(lab->loop, problem);
}

static void stop(struct lab *lab)
{
	ipsec_host_free(lab->device);
	if (lab->fake)
		segw_fake.stop(lab->fake);
	if (lab->recorder)
		recorder_close(lab->recorder, NULL);
	pki_free(lab->pki);
	loop_unwatch(lab->watch);
	loop_free(lab->loop);
	bench_free(lab->bench);
	profile_free(lab->profile);
	buffer_free(&lab->input);
}

int main(int argc, char **argv)
{
	static struct lab lab;
	struct problem problem = { "" };
	int status = EXIT_SUCCESS;

	if (argc < 2 || load_profile(&lab, argv + 2) < 0) {
		fprintf(stderr, "usage: segw-lab FOLDER [NAME=VALUE]...\n");
		return EXIT_FAILURE;
	}
	lab.folder = argv[1];
	if (start(&lab, &problem) == 0) {
		say_places(&lab);
		say("ready");
		loop_run(lab.loop);
	} else {
		fprintf(stderr, "segw-lab: %s\n", problem.text);
		status = EXIT_FAILURE;
	}
	stop(&lab);
	return status;
}
