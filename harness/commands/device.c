#include "harness/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "fakes/device/device.h"
#include "harness/data-folder.h"
#include "harness/judge/grammar.h"
#include "harness/judge/profile.h"
#include "harness/loop/loop.h"
#include "protocols/memory.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

enum { OPTION_DEFECT = 256, OPTION_VARIANT, OPTION_LIST_DEFECTS, OPTION_LIST_VARIANTS,
       OPTION_HMS, OPTION_DNS, OPTION_ADDRESS, OPTION_CA, OPTION_STORE };

static const struct option_row options[] = {
	{ "profile", "FILE", 'p', "who the device is (default simulated-henb)" },
	{ "hms", "URL", OPTION_HMS, "the HMS that is programmed in (else ixit device.factory-url)" },
	{ "dns", "ADDRESS[:PORT]", OPTION_DNS, "the DNS server it asks (port 53 unless given)" },
	{ "address", "ADDRESS", OPTION_ADDRESS, "where it lives (default 127.0.0.1)" },
	{ "ca", "FILE", OPTION_CA, "the operator's root certificate, PEM" },
	{ "store", "FOLDER", OPTION_STORE, "keep its configuration there, as a cell keeps it" },
	{ "defect", "NAME", OPTION_DEFECT, "give it a defect; may be repeated" },
	{ "variant", "NAME", OPTION_VARIANT, "let it differ lawfully; may be repeated" },
	{ "list-defects", NULL, OPTION_LIST_DEFECTS, "print the defects" },
	{ "list-variants", NULL, OPTION_LIST_VARIANTS, "print the lawful variants" },
	{ NULL, NULL, 0, NULL },
};

struct settings {
	const char *profile, *hms, *dns, *address, *ca, *store;
	struct word_list defects, variants;
};

static void print_traits(const struct device_trait *traits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%-34s %-16s %s\n", traits[i].name,
		       traits[i].statement ? traits[i].statement : "", traits[i].meaning);
}

/* The second column: of the variants with the same word there a device can have one. */
static void print_variants(const struct device_trait *variants, size_t count)
{
	for (size_t i = 0; i < count; i++)
		printf("%-22s %-12s %s (%s)\n", variants[i].name,
		       variants[i].group[0] ? variants[i].group : "-", variants[i].meaning,
		       variants[i].statement);
}

/* 0 go on, else an exit status + 1. */
static int read_option(struct settings *settings, int letter)
{
	size_t count;

	switch (letter) {
	case 'p': settings->profile = optarg; break;
	case OPTION_HMS: settings->hms = optarg; break;
	case OPTION_DNS: settings->dns = optarg; break;
	case OPTION_ADDRESS: settings->address = optarg; break;
	case OPTION_CA: settings->ca = optarg; break;
	case OPTION_STORE: settings->store = optarg; break;
	case OPTION_DEFECT: word_list_add(&settings->defects, optarg); break;
	case OPTION_VARIANT: word_list_add(&settings->variants, optarg); break;
	case OPTION_LIST_DEFECTS: {
		const struct device_trait *traits = device_defects(&count);
		print_traits(traits, count);
		return 1 + EXIT_ALL_PASSED;
	}
	case OPTION_LIST_VARIANTS: {
		const struct device_trait *traits = device_variants(&count);
		print_variants(traits, count);
		return 1 + EXIT_ALL_PASSED;
	}
	case 'h': return 1 + EXIT_ALL_PASSED;
	default: return 1 + EXIT_WRONG_INPUT;
	}
	return 0;
}

/* "192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:53" */
static int parse_server(const char *text, uint16_t port, struct address *address)
{
	char *host = memory_text(text[0] == '[' ? text + 1 : text);
	char *end = strchr(host, text[0] == '[' ? ']' : ':');
	const char *number = NULL;

	if (end && text[0] != '[' && strchr(end + 1, ':'))
		end = NULL; /* a bare IPv6 literal */
	if (end) {
		number = strchr(end, ':');
		*end = '\0';
	}
	int result = address_parse(host, address);
	address->port = number ? (uint16_t)strtoul(number + 1, NULL, 10) : port;
	free(host);
	return result;
}

static int make_tls(const struct settings *settings, struct device_factory *factory)
{
	factory->tls = SSL_CTX_new(TLS_client_method());
	factory->tls_blind = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_verify(factory->tls, SSL_VERIFY_PEER, NULL);
	if (settings->ca && SSL_CTX_load_verify_locations(factory->tls, settings->ca, NULL) != 1)
		return command_wrong(&command_device, "cannot read certificates from %s",
				     settings->ca);
	return 0;
}

static int live(const struct settings *settings, const struct device_factory *factory)
{
	struct problem problem = { "" };
	struct loop *loop = loop_new(CLOCK_REAL_TIME);
	struct device *device = NULL;
	int status = EXIT_WRONG_INPUT;

	if (loop_catch_signals(loop, &problem) == 0)
		device = device_new(loop, factory, &problem);
	for (size_t i = 0; device && i < settings->defects.count && !problem.text[0]; i++)
		device_defect(device, settings->defects.list[i], &problem);
	for (size_t i = 0; device && i < settings->variants.count && !problem.text[0]; i++)
		device_variant(device, settings->variants.list[i], &problem);
	if (device && !problem.text[0] &&
	    device_act(device, "power-on", NULL, NULL, &problem) == 0) {
		loop_run(loop); /* until a signal */
		status = EXIT_ALL_PASSED;
	}
	if (problem.text[0])
		command_wrong(&command_device, "%s", problem.text);
	device_free(device);
	loop_free(loop);
	return status;
}

static int power_on(const struct settings *settings, const struct profile *profile,
		    struct grammar *grammar)
{
	struct device_factory factory = {
		.is_henb = strcmp(profile_device(profile), "henb") == 0,
		.map = profile_map(profile),
		.grammar = grammar,
		.manufacturer = profile_variable(profile, "device.manufacturer"),
		.oui = profile_variable(profile, "device.oui"),
		.product_class = profile_variable(profile, "device.product-class"),
		.serial = profile_variable(profile, "device.serial"),
		.hms_url = settings->hms ? settings->hms
					 : profile_variable(profile, "device.factory-url"),
		.username = profile_variable(profile, "device.username"),
		.password = profile_variable(profile, "device.password"),
		.ns = profile_variable(profile, "device.cwmp-namespace"),
		.store = settings->store,
	};

	if (!factory.hms_url)
		return command_wrong(&command_device, "which HMS? Give --hms URL");
	if (settings->dns && parse_server(settings->dns, 53, &factory.dns) < 0)
		return command_wrong(&command_device, "%s is no address of a DNS server",
				     settings->dns);
	if (parse_server(settings->address ? settings->address : "127.0.0.1", 0,
			 &factory.local) < 0)
		return command_wrong(&command_device, "%s is no address", settings->address);
	int status = make_tls(settings, &factory);
	if (status == 0)
		status = live(settings, &factory);
	SSL_CTX_free(factory.tls);
	SSL_CTX_free(factory.tls_blind);
	return status;
}

static int with_profile(const struct settings *settings)
{
	struct diagnostics diagnostics = { 0 };
	struct problem problem = { "" };
	char *folder = find_data_folder(&problem);

	if (!folder)
		return command_wrong(&command_device, "%s", problem.text);
	char *maps = memory_format("%s/maps", folder);
	char *own = memory_format("%s/profiles/%s.profile", folder,
				  settings->profile ? settings->profile : "simulated-henb");
	bool is_own = !settings->profile || !is_file(settings->profile);
	struct profile *profile = profile_load(is_own ? own : settings->profile, maps,
					       &diagnostics);
	char *schemas = memory_format("%s/schemas", folder);
	struct grammar *grammar = grammar_new(schemas);
	int status = profile ? power_on(settings, profile, grammar)
			     : command_mistakes(&command_device, &diagnostics, &problem);

	grammar_free(grammar);
	profile_free(profile);
	diagnostics_clear(&diagnostics);
	free(schemas);
	free(own);
	free(maps);
	free(folder);
	return status;
}

static int device(int argc, char **argv)
{
	struct settings settings = { 0 };
	int status = 0;

	for (int letter; !status && (letter = command_option(&command_device, argc, argv)) != -1;)
		status = read_option(&settings, letter);
	if (!status && optind < argc)
		status = 1 + command_wrong(&command_device, "%s: it takes options only",
					   argv[optind]);
	if (!status)
		status = 1 + with_profile(&settings);
	free(settings.defects.list);
	free(settings.variants.list);
	return status - 1;
}

const struct command command_device = {
	.name = "device",
	.arguments = "",
	.summary = "run the simulated device alone, against any HMS",
	.options = options,
	.run = device,
};
