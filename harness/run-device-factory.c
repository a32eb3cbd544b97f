#include "harness/run-device-factory.h"

#include <stdlib.h>
#include <string.h>

#include "harness/chart/roles.h"
#include "protocols/memory.h"

/* TS 33.310: what releases up to the newest offer, the better first. */
#define IKE_ALGORITHMS "aes128-sha256-ecp256-modp2048"
#define ESP_ALGORITHMS "aes128-sha256"

enum { USED_BEFORE = 1000 };

static const char *ixit(const struct run *run, const char *name)
{
	return profile_variable(run->profile, name);
}

static bool claims(const struct run *run, const char *name)
{
	const struct ics_item *item = profile_ics(run->profile, name);

	return item && item->supported;
}

/* The HMS that is programmed in at the factory: the initial one, or in a chart that has none,
 * the serving one. */
static const char *factory_url(const struct run *run, bool henb)
{
	const char *initial = bench_variable(run->bench, henb ? "initial-hems.url"
							      : "initial-hms.url");

	if (ixit(run, "device.factory-url"))
		return ixit(run, "device.factory-url");
	return initial ? initial : bench_variable(run->bench, henb ? "serving-hems.url"
								   : "serving-hms.url");
}

/* Where a DNS fake answers, from what it published. */
static struct address dns_of(const struct run *run, const char *role)
{
	struct address address = { 0 };
	char name[ROLE_NAME + 8];

	snprintf(name, sizeof(name), "%s.port", role);
	const char *port = bench_variable(run->bench, name);
	bench_address(run->bench, role, &address);
	if (!port)
		address.family = 0;
	else
		address.port = (uint16_t)strtoul(port, NULL, 10);
	return address;
}

static int take_key(const struct run *run, const char *name, uint8_t octets[16],
		    struct problem *problem)
{
	if (octets_from_hexadecimal(ixit(run, name), octets, 16) < 0)
		return problem_set(problem, "%s is to be 32 hexadecimal digits", name);
	return 0;
}

/* The USIM has been used before, so its sequence number is not the first one. */
static int give_usim(struct run_device_factory *made, const struct run *run,
		     struct problem *problem)
{
	if (!claims(run, "hosting-party"))
		return 0;
	made->ipsec.usim_identity = ixit(run, "device.usim-identity");
	made->ipsec.usim = &made->usim;
	made->usim.highest_sqn = USED_BEFORE;
	if (!made->ipsec.usim_identity)
		return problem_set(problem, "a hosting party wants device.usim-identity");
	if (take_key(run, "device.usim-k", made->usim.k, problem) < 0)
		return -1;
	return take_key(run, "device.usim-opc", made->usim.opc, problem);
}

static int give_ipsec(struct run_device_factory *made, const struct run *run,
		      struct problem *problem)
{
	const char *identity = ixit(run, "device.identity"), *key = ixit(run, "device.key");
	const char *ike = ixit(run, "device.ike"), *esp = ixit(run, "device.esp");
	const char *inside = ixit(run, "device.inside");
	bool rsa = key && strcmp(key, "rsa") == 0;
	const struct pki_identity *own;

	made->identity = identity ? memory_text(identity)
				  : memory_format("%s-%s.lab.example", made->factory.oui,
						  made->factory.serial);
	own = pki_device_identity(run->pki, made->identity, rsa, problem);
	if (!own)
		return -1;
	made->ipsec = (struct device_ipsec){
		.identity = made->identity,
		.certificate = own->certificate,
		.key = own->key,
		.roots = pki_roots(run->pki, rsa, problem),
		.ike = ike ? ike : IKE_ALGORITHMS,
		.esp = esp ? esp : ESP_ALGORITHMS,
		.inside4 = !inside || strcmp(inside, "ipv6") != 0,
		.inside6 = inside && strcmp(inside, "ipv4") != 0,
	};
	made->factory.ipsec = &made->ipsec;
	made->factory.tunnel_ends = &ipsec_tunnel_ends;
	if (claims(run, "discovery-private"))
		made->factory.segw = bench_host(run->bench, "initial-segw");
	if (give_usim(made, run, problem) < 0)
		return -1;
	return made->ipsec.roots ? device_ipsec_check(&made->ipsec, problem) : -1;
}

int run_device_factory_fill(struct run_device_factory *made, const struct run *run,
			    struct problem *problem)
{
	const char *role = profile_device(run->profile);
	bool henb = strcmp(role, "henb") == 0;

	*made = (struct run_device_factory){ .factory = {
		.is_henb = henb,
		.map = profile_map(run->profile),
		.model = run->model,
		.grammar = run->set->grammar,
		.manufacturer = ixit(run, "device.manufacturer"),
		.oui = ixit(run, "device.oui"),
		.product_class = ixit(run, "device.product-class"),
		.serial = ixit(run, "device.serial"),
		.hms_url = factory_url(run, henb),
		.other_url = bench_variable(run->bench, henb ? "serving-hems.url"
							     : "serving-hms.url"),
		.file_host_key = bench_variable(run->bench, "file-server.host-key"),
		.username = ixit(run, "device.username"),
		.password = ixit(run, "device.password"),
		.dns = dns_of(run, henb ? "public-dns" : "outer-dns"),
		.wrong_dns = dns_of(run, henb ? "private-dns" : "inner-dns"),
		.ns = ixit(run, "device.cwmp-namespace"),
		.backhaul = claims(run, henb ? "s1" : "iuh"),
	} };
	bench_address(run->bench, role, &made->factory.local);
	if (run_bench_uses_tls(run)) {
		made->factory.tls = pki_client(run->pki, "device.lab.example", true, run->loop,
					       problem);
		made->factory.tls_blind = pki_client(run->pki, "device.lab.example", false,
						     run->loop, problem);
		if (!made->factory.tls || !made->factory.tls_blind)
			return -1;
	}
	/* Tunnels need a bench with more than one network. */
	if (claims(run, "ipsec") && strcmp(bench_kind(run->bench), "netns") == 0)
		return give_ipsec(made, run, problem);
	return 0;
}

void run_device_factory_clear(struct run_device_factory *made)
{
	free(made->identity);
	made->identity = NULL;
}
