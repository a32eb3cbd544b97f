#include "fakes/device/device-tls.h"

#include <openssl/x509v3.h>

#include "fakes/device/state.h"
#include "harness/loop/certificate.h"
#include "harness/loop/tls-context.h"

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

/* Defects: what it shows of itself. */
static void show_certificate(struct device *device)
{
	int64_t now = loop_now(device->loop) / SECONDS(1);
	const struct certificate_wishes wishes = {
		.use = CERTIFICATE_DEVICE, .subject = "femtocell", .names = { "femtocell", NULL },
		.from = now - 86400, .until = now + 86400,
	};
	struct certificate own = { NULL, NULL };

	if (device_has(device, DEFECT_SHOWS_NO_CERTIFICATE)) {
		tls_context_show(device->factory.tls, NULL);
	} else if (device_has(device, DEFECT_SHOWS_OWN_CERTIFICATE) &&
		   !certificate_make(&wishes, &own, NULL)) {
		tls_context_show(device->factory.tls, &own);
		certificate_clear(&own);
	}
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
