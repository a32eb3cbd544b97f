/* What a client may say before it asks for the file, and the way to a data connection. */
#include "fakes/device/file-ftp.h"

#include <stdlib.h>
#include <string.h>

#include "protocols/memory.h"

typedef bool (*preparation)(struct ftp_transfer *transfer); /* false: there is nothing to say */

static bool talk(struct ftp_transfer *transfer, const char *verb, const char *argument)
{
	if (transfer->options.ftp.asks)
		ftp_transfer_command(transfer, STEP_TALK, verb, argument);
	return transfer->options.ftp.asks;
}

static bool ask_features(struct ftp_transfer *transfer)
{
	return talk(transfer, "FEAT", NULL);
}

static bool ask_system(struct ftp_transfer *transfer)
{
	return talk(transfer, "SYST", NULL);
}

static bool ask_folder(struct ftp_transfer *transfer)
{
	return talk(transfer, "PWD", NULL);
}

static bool say_mode(struct ftp_transfer *transfer)
{
	return talk(transfer, "MODE", "S");
}

static bool say_structure(struct ftp_transfer *transfer)
{
	return talk(transfer, "STRU", "F");
}

/* RFC 1738 3.2.2: a CWD for each folder of the path. */
static bool enter_folder(struct ftp_transfer *transfer)
{
	const char *end = strchr(transfer->name, '/');
	char *folder;

	if (!transfer->options.ftp.folders || !end)
		return false;
	folder = memory_text_length(transfer->name, (size_t)(end - transfer->name));
	transfer->name = end + 1;
	transfer->prepared--; /* there may be another */
	ftp_transfer_command(transfer, STEP_FOLDER, "CWD", folder);
	free(folder);
	return true;
}

static bool ask_size(struct ftp_transfer *transfer)
{
	if (!transfer->options.ftp.sizes)
		return false;
	ftp_transfer_command(transfer, STEP_TALK, "SIZE", transfer->name);
	return true;
}

static void say_where(struct ftp_transfer *transfer)
{
	if (transfer->options.ftp.active)
		ftp_transfer_data_listen(transfer);
	else if (transfer->options.ftp.pasv_only && stream_remote(transfer->control.stream)->family == 4)
		ftp_transfer_command(transfer, STEP_PASV, "PASV", NULL);
	else
		ftp_transfer_command(transfer, STEP_EPSV, "EPSV", NULL);
}

static bool list(struct ftp_transfer *transfer)
{
	if (!transfer->options.ftp.lists || transfer->put)
		return false;
	transfer->listing = true;
	say_where(transfer);
	return true;
}

void ftp_transfer_listed(struct ftp_transfer *transfer)
{
	ftp_transfer_data_close(transfer);
	buffer_clear(&transfer->octets);
	transfer->listing = transfer->begun = transfer->over = false;
	transfer->data_open = transfer->data_ended = false;
	ftp_transfer_prepare(transfer);
}

static bool say_rest(struct ftp_transfer *transfer)
{
	if (!transfer->options.ftp.rests)
		return false;
	ftp_transfer_command(transfer, STEP_REST, "REST", "0");
	return true;
}

void ftp_transfer_prepare(struct ftp_transfer *transfer)
{
	static const preparation preparations[] = {
		ask_features, ask_system, ask_folder, say_mode, say_structure, enter_folder,
		ask_size, list, say_rest,
	};

	while (transfer->prepared < sizeof(preparations) / sizeof(preparations[0]))
		if (preparations[transfer->prepared++](transfer))
			return;
	say_where(transfer);
}
