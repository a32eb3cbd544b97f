#include "fakes/device/device-tls.h"

#include <openssl/x509v3.h>

#include "fakes/device/state.h"
#include "harness/loop/certificate.h"
#include "harness/loop/tls-context.h"

#define DAY 86400 /* seconds */

/* Defects: what is wrong with a certificate, and does not matter. */
static void forgive_certificates(struct device *device)
{
	const struct { enum trait trait; int error; } forgiven[] = {
		{DEFECT_ACCEPTS_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED},
		{DEFECT_ACCEPTS_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID},
		{DEFECT_ACCEPTS_WRONG_NAME, X509_V_ERR_HOSTNAME_MISMATCH},
		{DEFECT_ACCEPTS_SELF_SIGNED, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
		{DEFECT_ACCEPTS_INCOMPLETE_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
		{DEFECT_ACCEPTS_INCOMPLETE_CHAIN, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE},
		{DEFECT_ACCEPTS_ANY_USAGE, X509_V_ERR_INVALID_PURPOSE},
	};

	for (size_t i = 0; i < sizeof(forgiven) / sizeof(*forgiven); i++)
		if (device_has(device, forgiven[i].trait))
			tls_context_forgive(device->factory.tls, forgiven[i].error);
}

/* Shows a certificate of that validity, in days from now; issuer NULL: that nobody else signed. */
static void show_made(struct device *device, const struct certificate *issuer, int from, int until)
{
	int64_t now = loop_now(device->loop) / SECONDS(1);
	const struct certificate_wishes wishes = {
		.use = CERTIFICATE_DEVICE, .subject = "femtocell", .names = { "femtocell", NULL },
		.from = now + from * DAY, .until = now + until * DAY, .issuer = issuer,
	};
	struct certificate own = { NULL, NULL };

	if (!certificate_make(&wishes, &own, NULL))
		tls_context_show(device->factory.tls, &own);
	certificate_clear(&own);
}

/* Shows one that the maker's authority signed. */
static void show_makers(struct device *device, int from, int until)
{
	int64_t now = loop_now(device->loop) / SECONDS(1);
	const struct certificate_wishes wishes = {
		.use = CERTIFICATE_AUTHORITY, .subject = "maker of femtocells",
		.from = now - 900 * DAY, .until = now + 900 * DAY,
	};
	struct certificate maker = { NULL, NULL };

	if (!certificate_make(&wishes, &maker, NULL))
		show_made(device, &maker, from, until);
	certificate_clear(&maker);
}

/* Shows its own, whose contents were changed behind its signature. */
static void show_changed(struct device *device)
{
	SSL_CTX *tls = device->factory.tls;
	const X509 *right = SSL_CTX_get0_certificate(tls);
	struct certificate changed = { right ? X509_dup(right) : NULL, SSL_CTX_get0_privatekey(tls) };
	ASN1_TIME *until = X509_gmtime_adj(NULL, 900 * DAY);

	if (changed.x509 && changed.key && until && X509_set1_notAfter(changed.x509, until) &&
	    i2d_re_X509_tbs(changed.x509, NULL) > 0)
		tls_context_show(tls, &changed);
	ASN1_TIME_free(until);
	X509_free(changed.x509); /* the key is the context's */
}

/* Defects: what it shows of itself. */
static void show_certificate(struct device *device)
{
	if (device_has(device, DEFECT_SHOWS_NO_CERTIFICATE))
		tls_context_show(device->factory.tls, NULL);
	else if (device_has(device, DEFECT_SHOWS_OWN_CERTIFICATE))
		show_made(device, NULL, -1, 1);
	else if (device_has(device, DEFECT_SHOWS_EXPIRED_CERTIFICATE))
		show_makers(device, -3, -1);
	else if (device_has(device, DEFECT_SHOWS_EARLY_CERTIFICATE))
		show_makers(device, 1, 3);
	else if (device_has(device, DEFECT_SHOWS_CHANGED_CERTIFICATE))
		show_changed(device);
	else if (device_has(device, DEFECT_SHOWS_MAKERS_CERTIFICATE))
		show_makers(device, -1, 1);
}

/* Defects: what the device takes or does not take of TLS. */
void device_tls_adjust(struct device *device)
{
	SSL_CTX *tls = device->factory.tls;
	bool old = device_has(device, DEFECT_SPEAKS_OLD_TLS);
	bool clear = device_has(device, DEFECT_TAKES_NO_ENCRYPTION);

	if (!tls)
		return;
	forgive_certificates(device);
	if (old || clear)
		tls_context_weaken(tls, old, clear);
	show_certificate(device);
	if (device_has(device, DEFECT_KNOWS_NO_INTERMEDIATE))
		SSL_CTX_set_verify_depth(tls, 0);
	if (device_has(device, DEFECT_ACCEPTS_SUBJECT_NAME))
		X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(tls),
						X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT);
}
