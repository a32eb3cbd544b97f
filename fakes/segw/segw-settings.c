/*
 * The gateway as its profile has it.
 *
 * Variables, each with ROLE. in front: address, host; ike-port, nat-port; certificate (ecdsa, rsa);
 * authentication (certificate, shared-secret), secret; ike, esp: proposals; old-algorithms (yes:
 * 3DES, MODP-1024, NULL too); pool, pool6: networks that inner addresses are of (or "none");
 * traffic: the networks behind it, separated by commas; dead-peer: seconds after which it probes;
 * hosting-party (yes), with device.usim-identity, device.usim-k and device.usim-opc. Of the device:
 * device.authority: a file of CA certificates that its own may lead to.
 */
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fakes/segw/segw.h"
#include "harness/chart/roles.h"
#include "protocols/ikev2-proposal.h"
#include "protocols/memory.h"

/* TS 33.210 5.4.2 and TS 33.310 of the releases, the newer ones first. */
#define IKE_OFFER                                                                              \
	"aes128gcm16-aes256gcm16-prfsha256-prfsha384-ecp256-ecp384-modp2048-modp3072,"         \
	"aes128-aes256-sha256-sha384-sha1-modp2048-modp3072-ecp256-ecp384"
#define ESP_OFFER                                                                              \
	"aes128gcm16-aes256gcm16-modp2048-modp3072-ecp256-ecp384-noesn-esn,"                   \
	"aes128-aes256-sha256-sha384-sha1-modp2048-modp3072-ecp256-ecp384-noesn-esn,"          \
	"aes128gcm16-aes256gcm16-noesn-esn,aes128-aes256-sha256-sha384-sha1-noesn-esn"
#define OLD_IKE ",3des-aes128-sha1-modp1024-modp2048"
#define OLD_ESP ",3des-null-sha1-sha256"

const char *segw_variable(const struct segw *segw, const char *name, const char *otherwise)
{
	char full[96];
	const char *value;

	snprintf(full, sizeof(full), "%s.%s", segw->roles[0], name);
	value = profile_variable(segw->stage->profile, full);
	return value ? value : otherwise;
}

static bool is_said(const struct segw *segw, const char *name)
{
	return strcasecmp(segw_variable(segw, name, "no"), "yes") == 0;
}

static int set_offers(struct segw *segw, struct problem *problem)
{
	bool old = is_said(segw, "old-algorithms");
	char *ike = memory_format("%s%s", segw_variable(segw, "ike", IKE_OFFER), old ? OLD_IKE : "");
	char *esp = memory_format("%s%s", segw_variable(segw, "esp", ESP_OFFER), old ? OLD_ESP : "");
	int result = ikev2_offer_parse(ike, IKEV2_PROTOCOL_IKE, old, &segw->good.ike, problem);

	if (result == 0)
		result = ikev2_offer_parse(esp, IKEV2_PROTOCOL_ESP, old, &segw->good.esp, problem);
	free(ike);
	free(esp);
	return result;
}

/* "10.99.0.0/16" -> its first and last address. */
static int set_range(const char *text, struct ikev2_selector *selector)
{
	const char *slash = strchr(text, '/');
	char *literal = memory_text_length(text, slash ? (size_t)(slash - text) : strlen(text));
	int parsed = address_parse(literal, &selector->first);
	unsigned bits = selector->first.family == 4 ? 32 : 128;
	unsigned long prefix = slash ? strtoul(slash + 1, NULL, 10) : bits;

	free(literal);
	if (parsed < 0 || prefix > bits)
		return -1;
	selector->type = selector->first.family == 4 ? IKEV2_TS_IPV4 : IKEV2_TS_IPV6;
	selector->last_port = UINT16_MAX;
	selector->last = selector->first;
	for (unsigned long bit = prefix; bit < bits; bit++) {
		selector->first.octets[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
		selector->last.octets[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	}
	return 0;
}

static int set_traffic(const struct segw *segw, const char *text,
		       struct ikev2_selectors *selectors, struct problem *problem)
{
	while (*text) {
		size_t length = strcspn(text, ",");
		char *one = memory_text_length(text, length);
		int result = selectors->count < IKEV2_SELECTORS ?
				     set_range(one, &selectors->list[selectors->count++]) :
				     -1;

		if (result < 0)
			problem_set(problem, "%s.traffic: \"%s\" is no network", segw->roles[0],
				    one);
		free(one);
		if (result < 0)
			return -1;
		text += length + (text[length] == ',');
	}
	return 0;
}

static int read_authorities(struct segw *segw, const char *path, struct problem *problem)
{
	FILE *file = fopen(path, "re");
	X509 *certificate;
	int count = 0;

	while (file && (certificate = PEM_read_X509(file, NULL, NULL, NULL))) {
		sk_X509_push(segw->roots, certificate);
		count++;
	}
	if (file)
		fclose(file);
	if (count > 0)
		return 0;
	return problem_set(problem, "device.authority: there is no certificate in %s", path);
}

static int set_roots(struct segw *segw, struct problem *problem)
{
	STACK_OF(X509) *ours = pki_roots(segw->stage->pki, segw->rsa, problem);
	const char *path = profile_variable(segw->stage->profile, "device.authority");

	if (!ours)
		return -1;
	segw->roots = sk_X509_new_null();
	for (int i = 0; i < sk_X509_num(ours); i++)
		if (X509_up_ref(sk_X509_value(ours, i)) == 1)
			sk_X509_push(segw->roots, sk_X509_value(ours, i));
	segw->good.roots = segw->roots;
	return path ? read_authorities(segw, path, problem) : 0;
}

static int set_proof(struct segw *segw, struct problem *problem)
{
	const char *how = segw_variable(segw, "authentication", "certificate");
	const struct pki_identity *identity;

	segw->rsa = strcasecmp(segw_variable(segw, "certificate", "ecdsa"), "rsa") == 0;
	if (strcmp(how, "shared-secret") == 0) {
		segw->secret = memory_text(segw_variable(segw, "secret", "secret"));
		segw->good.shared_secret = octets_of(segw->secret, strlen(segw->secret));
		return 0;
	}
	if (strcmp(how, "certificate") != 0)
		return problem_set(problem, "%s.authentication is \"%s\", which is not known here",
				   segw->roles[0], how);
	identity = pki_identity(segw->stage->pki, bench_host(segw->stage->bench, segw->roles[0]),
				segw->also_address, segw->rsa, PKI_GOOD, problem);
	if (!identity)
		return -1;
	segw->good.certificate = identity->certificate;
	segw->good.key = identity->key;
	return set_roots(segw, problem);
}

static int hexadecimal(const struct segw *segw, const char *name, uint8_t octets[16],
		       struct problem *problem)
{
	const char *text = profile_variable(segw->stage->profile, name);

	if (octets_from_hexadecimal(text, octets, 16) < 0)
		return problem_set(problem, "%s is to be 32 hexadecimal digits", name);
	return 0;
}

static int set_hosting_party(struct segw *segw, struct problem *problem)
{
	const char *identity = profile_variable(segw->stage->profile, "device.usim-identity");

	if (!is_said(segw, "hosting-party"))
		return 0;
	if (!identity)
		return problem_set(problem, "a hosting party wants device.usim-identity");
	segw->usim_identity = memory_text(identity);
	segw->good.hosting_party = true;
	if (hexadecimal(segw, "device.usim-k", segw->usim.k, problem) < 0)
		return -1;
	return hexadecimal(segw, "device.usim-opc", segw->usim.opc, problem);
}

static const char *none_is_null(const char *text)
{
	return strcmp(text, "none") == 0 ? NULL : text;
}

static int set_pool(struct segw *segw, struct problem *problem)
{
	const struct role *role = role_find(segw->roles[0]);
	char *four = memory_format("10.99.%d.0/24", role->number);
	char *six = memory_format("fd00:99:%d::/112", role->number);

	segw->pool = address_pool_new(none_is_null(segw_variable(segw, "pool", four)),
				      none_is_null(segw_variable(segw, "pool6", six)), problem);
	free(four);
	free(six);
	return segw->pool ? 0 : -1;
}

/* The name server inside: what a device is told by CP. */
static void set_dns(struct segw *segw)
{
	const struct stage *stage = segw->stage;
	const struct role *device = role_find(profile_device(stage->profile));
	const char *server = device && !device->device_is_henb ? "inner-dns" : "private-dns";
	unsigned prefix;

	for (int i = 0; i < 2; i++) {
		struct address network;

		if (!address_pool_network(segw->pool, i ? 6 : 4, &network, &prefix))
			continue;
		bench_towards(stage->bench, server, &network, &segw->dns[i]);
		if (segw->dns[i].family != network.family)
			segw->dns[i].family = 0;
	}
}

int segw_configure(struct segw *segw, struct problem *problem)
{
	const char *host = bench_host(segw->stage->bench, segw->roles[0]);
	struct address address;
	char text[ADDRESS_TEXT];

	bench_address(segw->stage->bench, segw->roles[0], &address);
	segw->also_address = memory_text(address_host(&address, text));
	segw->good.local_id = (struct ikev2_id){ IKEV2_ID_FQDN, octets_of(host, strlen(host)) };
	segw->good.dead_peer = SECONDS(atoi(segw_variable(segw, "dead-peer", "0")));
	if (set_offers(segw, problem) < 0 || set_proof(segw, problem) < 0 ||
	    set_hosting_party(segw, problem) < 0 || set_pool(segw, problem) < 0 ||
	    set_traffic(segw, segw_variable(segw, "traffic", "10.99.0.0/16,fd00:99::/32"),
			&segw->good.local, problem) < 0 ||
	    set_traffic(segw, "0.0.0.0/0,::/0", &segw->good.remote, problem) < 0)
		return problem_in(problem, "%s", segw->roles[0]);
	set_dns(segw);
	segw->current = segw->good;
	return 0;
}

void segw_unconfigure(struct segw *segw)
{
	address_pool_free(segw->pool);
	sk_X509_pop_free(segw->roots, X509_free);
	free(segw->also_address);
	free(segw->usim_identity);
	if (segw->secret)
		OPENSSL_cleanse(segw->secret, strlen(segw->secret));
	free(segw->secret);
	OPENSSL_cleanse(&segw->usim, sizeof(segw->usim));
}
