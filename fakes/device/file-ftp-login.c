#include "fakes/device/file-ftp.h"

/* Was AUTH not said that should have been? */
static bool wants_auth(const struct ftp_transfer *transfer)
{
	return transfer->url.secure && !transfer->secure && !transfer->options.http.clear &&
	       !transfer->options.ftp.in_clear;
}

static void say_auth(struct ftp_transfer *transfer)
{
	ftp_transfer_command(transfer, STEP_AUTH, "AUTH", "TLS");
}

void ftp_transfer_greeted(struct ftp_transfer *transfer)
{
	if (wants_auth(transfer) && !transfer->options.ftp.password_first)
		say_auth(transfer);
	else
		ftp_transfer_login(transfer);
}

void ftp_transfer_start_tls(struct ftp_transfer *transfer)
{
	const struct stream_tls_wish wish = {
		.context = transfer->options.http.tls,
		.client = true,
		.server_name = transfer->url.host,
		.unverified = transfer->options.ftp.unverified,
		.resumable = true,
	};

	transfer->secure = true;
	transfer->private = !transfer->options.ftp.clear_data && !transfer->options.ftp.broken_word;
	file_connection_patience(&transfer->control);
	stream_start_tls(transfer->control.stream, &wish);
}

static bool is_anonymous(const struct ftp_transfer *transfer)
{
	return transfer->options.ftp.anonymous || !transfer->username;
}

void ftp_transfer_login(struct ftp_transfer *transfer)
{
	ftp_transfer_command(transfer, STEP_USER, "USER",
			     is_anonymous(transfer) ? "anonymous" : transfer->username);
}

void ftp_transfer_password(struct ftp_transfer *transfer)
{
	const char *password = transfer->password ? transfer->password : "";

	ftp_transfer_command(transfer, STEP_PASS, "PASS",
			     is_anonymous(transfer) ? "anonymous@" : password);
}

/* RFC 4217 9: before data that are to be private. */
void ftp_transfer_logged_in(struct ftp_transfer *transfer)
{
	if (wants_auth(transfer))
		say_auth(transfer);
	else if (transfer->secure)
		ftp_transfer_command(transfer, STEP_PBSZ, "PBSZ", "0");
	else
		ftp_transfer_type(transfer);
}

void ftp_transfer_protect(struct ftp_transfer *transfer)
{
	ftp_transfer_command(transfer, STEP_PROT, "PROT",
			     transfer->options.ftp.clear_data ? "C" : "P");
}

void ftp_transfer_type(struct ftp_transfer *transfer)
{
	ftp_transfer_command(transfer, STEP_TYPE, "TYPE", transfer->options.ftp.ascii ? "A" : "I");
}
