#include "fakes/fake-tls.h"

#include <string.h>

#include "fakes/fake-settings.h"

static int set_versions(struct fake_tls *tls, struct problem *problem)
{
	static const char *const words[] = { "", "1.0", "1.1", "1.2", "1.3", NULL };
	static const int numbers[] = { 0, TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
				       TLS1_3_VERSION };
	int oldest = fake_choose_word(tls->stage, tls->role, "tls-oldest", "", words, problem);
	int newest = fake_choose_word(tls->stage, tls->role, "tls-newest", "", words, problem);

	if (oldest < 0 || newest < 0)
		return -1;
	tls->versions.oldest = numbers[oldest];
	tls->versions.newest = numbers[newest];
	return 0;
}

int fake_tls_configure(struct fake_tls *tls, struct problem *problem)
{
	static const char *const certificates[] = { "none", "asked", "required", NULL };
	int certificate = fake_choose_word(tls->stage, tls->role, "client-certificate", "none",
					   certificates, problem);

	if (certificate < 0)
		return -1;
	tls->client_certificate = (enum fake_client_certificate)certificate;
	return set_versions(tls, problem);
}

static SSL_CTX *server_context(const struct fake_tls *tls, enum pki_flaw flaw,
			       const struct pki_versions *versions,
			       enum fake_client_certificate certificate, struct problem *problem)
{
	const struct stage *stage = tls->stage;
	struct address address;
	char literal[ADDRESS_TEXT];

	bench_address(stage->bench, tls->role, &address);
	return pki_server(stage->pki, tls->host, address_host(&address, literal), flaw, versions,
			  (int)certificate, stage->tap, problem);
}

SSL_CTX *fake_tls_context(const struct fake_tls *tls, struct problem *problem)
{
	return server_context(tls, PKI_GOOD, &tls->versions, tls->client_certificate, problem);
}

static void weaken(const struct fault *fault, enum pki_flaw *flaw, struct pki_versions *versions)
{
	if (!fault || !fault->text)
		return;
	if (!strcmp(fault->text, "no-encryption"))
		*flaw = PKI_NO_ENCRYPTION;
	else if (!strcmp(fault->text, "1.1"))
		versions->oldest = versions->newest = TLS1_1_VERSION;
	else
		versions->oldest = versions->newest = TLS1_VERSION;
}

/* How the arrow wants a handshake to be refused; NULL = by an alert. */
static const struct stream_refusal *refusal_of(const struct arrow *arrow)
{
	static const char answer[] = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
				     "Content-Length: 23\r\nConnection: close\r\n\r\n"
				     "This is a port of HTTP\n";
	static const struct stream_refusal cut = {
		"", 0, "the connection was closed without an alert, as its cue said"
	};
	static const struct stream_refusal clear = {
		answer, sizeof(answer) - 1, "it was answered in clear, as its cue said"
	};

	return fake_fault(arrow, "cut") ? &cut : fake_fault(arrow, "in-clear") ? &clear : NULL;
}

static bool is_certificate(void *context, const struct arrow *arrow)
{
	(void)context;
	return !strcmp(arrow->message, "TlsCertificate");
}

/* The cue wants a bad certificate in the handshake, perhaps; false: it is to be refused. */
static bool take_cue(const struct fake_tls *tls, struct stream *stream, enum pki_flaw *flaw,
		     struct pki_versions *versions, enum fake_client_certificate *certificate)
{
	const struct stage *stage = tls->stage;
	const char *peer = fake_peer(stage, stream_remote(stream));
	const struct cue *cue = stage->cue ? stage->cue(stage->context, tls->role, peer,
							is_certificate, NULL)
					   : NULL;

	if (!cue)
		return true;
	const struct arrow *arrow = cue->arrow; /* the cue is good only until the judge is called */
	const struct stream_refusal *refusal = refusal_of(arrow);
	const struct fault *wrong = fake_fault(arrow, "wrong-certificate");

	if (wrong && wrong->text)
		pki_flaw_find(wrong->text, flaw);
	if (fake_fault(arrow, "intermediate"))
		*flaw = PKI_INTERMEDIATE;
	weaken(fake_fault(arrow, "weak-tls"), flaw, versions);
	if (fake_fault(arrow, "ask-certificate"))
		*certificate = CLIENT_LOOKED_AT;
	if (stage->cue_taken)
		stage->cue_taken(stage->context, arrow);
	stream_refuse_by(stream, refusal);
	return !fake_fault(arrow, "no-answer") && !refusal;
}

SSL_CTX *fake_tls_choose(void *context, struct stream *stream)
{
	const struct fake_tls *tls = context;
	enum pki_flaw flaw = PKI_GOOD;
	enum fake_client_certificate certificate = tls->client_certificate;
	struct pki_versions versions = tls->versions;
	struct problem problem = { "" };

	if (!take_cue(tls, stream, &flaw, &versions, &certificate))
		return NULL;
	return server_context(tls, flaw, &versions, certificate, &problem);
}
