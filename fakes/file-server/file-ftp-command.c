#include "fakes/file-server/file-ftp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "protocols/memory.h"

typedef void (*doer)(struct ftp_session *session, const char *argument);

#define reply ftp_session_reply

/* --- who it is (RFC 959 4.1.1) --- */

static void do_user(struct ftp_session *session, const char *argument)
{
	free(session->user);
	session->user = memory_text(argument);
	session->logged_in = false;
	reply(session, 331, "Now the password");
}

static void do_pass(struct ftp_session *session, const char *argument)
{
	if (!session->user) {
		reply(session, 503, "First USER");
		return;
	}
	session->logged_in = file_server_login(session->ftp->server, session->user, argument);
	if (session->logged_in)
		reply(session, 230, "Welcome");
	else
		reply(session, 530, "That is no login of this server");
}

static void do_acct(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, session->logged_in ? 202 : 503, session->logged_in ? "Not needed" : "First PASS");
}

static void do_quit(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, 221, "Goodbye");
	ftp_session_close(session, false);
}

/* --- TLS (RFC 4217) --- */

static void do_auth(struct ftp_session *session, const char *argument)
{
	static const char *const words[] = { "TLS", "TLS-C", "SSL" };
	bool known = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		known = known || !strcasecmp(argument, words[i]);
	if (!known) {
		reply(session, 504, "Only TLS is known here");
	} else if (session->secure) {
		reply(session, 503, "It is in force");
	} else {
		reply(session, 234, "TLS it is");
		if (!session->dead)
			ftp_session_start_tls(session);
	}
}

static void do_pbsz(struct ftp_session *session, const char *argument)
{
	(void)argument;
	if (!session->secure) {
		reply(session, 503, "First AUTH");
		return;
	}
	session->sized = true;
	reply(session, 200, "PBSZ=0");
}

static void do_prot(struct ftp_session *session, const char *argument)
{
	if (!session->sized) {
		reply(session, 503, "First PBSZ");
	} else if (!strcasecmp(argument, "P") || !strcasecmp(argument, "C")) {
		session->private = *argument == 'P' || *argument == 'p';
		reply(session, 200, "%s", session->private ? "Data are private" : "Data are in clear");
	} else {
		reply(session, 536, "TLS has no such level");
	}
}

static void do_ccc(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, 533, "The control connection stays private");
}

/* --- how files are transferred (RFC 959 4.1.2, 5.3.2) --- */

static void do_type(struct ftp_session *session, const char *argument)
{
	bool image = !strcasecmp(argument, "I") || !strcasecmp(argument, "L 8");

	if (image || !strcasecmp(argument, "A") || !strcasecmp(argument, "A N")) {
		session->ascii = !image;
		reply(session, 200, "Type is %s", image ? "I" : "A");
	} else {
		reply(session, 504, "That type is not known");
	}
}

/* MODE and STRU: streams of octets, files without structure. */
static void only(struct ftp_session *session, const char *argument, const char *word)
{
	bool good = !strcasecmp(argument, word);

	reply(session, good ? 200 : 504, "%s", good ? "Yes" : "Nothing else is known");
}

static void do_mode(struct ftp_session *session, const char *argument)
{
	only(session, argument, "S");
}

static void do_stru(struct ftp_session *session, const char *argument)
{
	only(session, argument, "F");
}

static void do_allo(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, 202, "Not needed");
}

static void do_rest(struct ftp_session *session, const char *argument)
{
	int64_t number = ftp_number(argument);

	if (number < 0) {
		reply(session, 501, "That is no number");
		return;
	}
	session->rest = (uint64_t)number;
	reply(session, 350, "It begins at %lld", (long long)number);
}

/* --- data connections --- */

static void do_pasv(struct ftp_session *session, const char *argument)
{
	struct buffer text = { 0 };
	const struct address *address;

	(void)argument;
	if (session->extended_only || session->remote.family != 4) {
		reply(session, 522, "EPSV is needed");
		return;
	}
	address = ftp_data_listen(session);
	if (!address) {
		reply(session, 425, "No port can be had");
		return;
	}
	ftp_port_write(&text, address);
	reply(session, 227, "Entering Passive Mode (%s)", buffer_text(&text));
	buffer_free(&text);
}

/* RFC 2428 3: a network protocol, or ALL. */
static void do_epsv(struct ftp_session *session, const char *argument)
{
	const char *own = session->remote.family == 4 ? "1" : "2";
	const struct address *address;

	if (!strcasecmp(argument, "ALL")) {
		session->extended_only = true;
		reply(session, 200, "Only EPSV from now on");
		return;
	}
	if (*argument && strcmp(argument, own) != 0) {
		reply(session, 522, "Network protocol not supported, use (%s)", own);
		return;
	}
	address = ftp_data_listen(session);
	if (address)
		reply(session, 229, "Entering Extended Passive Mode (|||%u|)", address->port);
	else
		reply(session, 425, "No port can be had");
}

/* Only to the client itself, and to no port of a service (RFC 2577 3). */
static void go_active(struct ftp_session *session, const struct address *address)
{
	if (session->extended_only || !address_same_host(address, &session->remote) ||
	    address->port < 1024) {
		reply(session, 504, "Not there");
		return;
	}
	ftp_data_active(session, address);
	reply(session, 200, "There it will go");
}

static void do_port(struct ftp_session *session, const char *argument)
{
	struct address address = session->remote;

	if (ftp_port_parse(argument, &address))
		reply(session, 501, "That is no address");
	else
		go_active(session, &address);
}

static void do_eprt(struct ftp_session *session, const char *argument)
{
	struct address address = session->remote;

	if (ftp_eprt_parse(argument, &address))
		reply(session, 501, "That is no address");
	else
		go_active(session, &address);
}

/* --- files and folders --- */

/* Whatever a chart's URL names is there. */
static void go_to(struct ftp_session *session, const char *name)
{
	char *folder = ftp_path(session->folder, name);

	free(session->folder);
	session->folder = folder;
	reply(session, 250, "There you are");
}

static void do_cwd(struct ftp_session *session, const char *argument)
{
	go_to(session, argument);
}

static void do_cdup(struct ftp_session *session, const char *argument)
{
	(void)argument;
	go_to(session, "..");
}

static void say_folder(struct ftp_session *session, const char *folder, const char *what)
{
	struct buffer quoted = { 0 };

	ftp_quoted_write(&quoted, folder);
	reply(session, 257, "%s %s", buffer_text(&quoted), what);
	buffer_free(&quoted);
}

static void do_pwd(struct ftp_session *session, const char *argument)
{
	(void)argument;
	say_folder(session, session->folder, "is where you are");
}

static void do_mkd(struct ftp_session *session, const char *argument)
{
	char *folder = ftp_path(session->folder, argument);

	say_folder(session, folder, "is made");
	free(folder);
}

static struct stored_file *file_of(struct ftp_session *session, const char *name)
{
	char *path = ftp_path(session->folder, name);
	struct stored_file *file = file_store_find(&session->ftp->store, path);

	free(path);
	return file;
}

/* Of a file that a cue will give, nothing is known before it is fetched: that is no 550, which would
 * say that there is none. */
static void do_size(struct ftp_session *session, const char *argument)
{
	const struct stored_file *file = file_of(session, argument);

	if (file)
		reply(session, 213, "%zu", file->octets.length);
	else
		reply(session, 502, "The size of that is not told");
}

static void do_dele(struct ftp_session *session, const char *argument)
{
	char *path = ftp_path(session->folder, argument);
	bool gone = file_store_delete(&session->ftp->store, path);

	reply(session, gone ? 250 : 550, "%s", gone ? "It is gone" : "No such file");
	free(path);
}

static void do_rnfr(struct ftp_session *session, const char *argument)
{
	const struct stored_file *file = file_of(session, argument);

	free(session->from);
	session->from = file ? memory_text(file->path) : NULL;
	reply(session, file ? 350 : 550, "%s", file ? "To what?" : "No such file");
}

static void do_rnto(struct ftp_session *session, const char *argument)
{
	char *path = ftp_path(session->folder, argument);

	if (session->from)
		file_store_rename(&session->ftp->store, session->from, path);
	reply(session, session->from ? 250 : 503, "%s", session->from ? "Done" : "First RNFR");
	free(session->from);
	session->from = NULL;
	free(path);
}

static void do_retr(struct ftp_session *session, const char *argument)
{
	ftp_errand_begin(session, ERRAND_GET, "RETR", argument);
}

static void do_stor(struct ftp_session *session, const char *argument)
{
	ftp_errand_begin(session, ERRAND_PUT, "STOR", argument);
}

static void do_appe(struct ftp_session *session, const char *argument)
{
	ftp_errand_begin(session, ERRAND_PUT, "APPE", argument);
}

static void do_list(struct ftp_session *session, const char *argument)
{
	ftp_errand_begin(session, ERRAND_LIST, "LIST", argument);
}

static void do_nlst(struct ftp_session *session, const char *argument)
{
	ftp_errand_begin(session, ERRAND_LIST, "NLST", argument);
}

/* --- the rest --- */

static void do_noop(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, 200, "Yes");
}

static void do_abor(struct ftp_session *session, const char *argument)
{
	(void)argument;
	ftp_data_close(session, false);
	reply(session, 226, "There is nothing to abort");
}

static void do_syst(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, 215, "UNIX Type: L8");
}

static void do_feat(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, 211, "Features:\nAUTH TLS\nEPRT\nEPSV\nPBSZ\nPROT\nREST STREAM\nSIZE\nUTF8\nEnd");
}

static void do_opts(struct ftp_session *session, const char *argument)
{
	bool known = !strncasecmp(argument, "UTF8", 4);

	reply(session, known ? 200 : 501, "%s", known ? "Yes" : "There is no such option");
}

static void do_help(struct ftp_session *session, const char *argument)
{
	(void)argument;
	reply(session, 214, "RFC 959, 2228, 2389, 2428, 3659, 4217");
}

static const struct {
	const char *verb;
	doer doer;
	bool login, argument; /* needs that */
} table[] = {
	{ "ABOR", do_abor, true, false }, { "ACCT", do_acct, false, true },
	{ "ALLO", do_allo, true, true },  { "APPE", do_appe, true, true },
	{ "AUTH", do_auth, false, true }, { "CCC", do_ccc, false, false },
	{ "CDUP", do_cdup, true, false }, { "CWD", do_cwd, true, true },
	{ "DELE", do_dele, true, true },  { "EPRT", do_eprt, true, true },
	{ "EPSV", do_epsv, true, false }, { "FEAT", do_feat, false, false },
	{ "HELP", do_help, false, false }, { "LIST", do_list, true, false },
	{ "MKD", do_mkd, true, true },	  { "MODE", do_mode, true, true },
	{ "NLST", do_nlst, true, false }, { "NOOP", do_noop, false, false },
	{ "OPTS", do_opts, false, true }, { "PASS", do_pass, false, false },
	{ "PASV", do_pasv, true, false }, { "PBSZ", do_pbsz, false, true },
	{ "PORT", do_port, true, true },  { "PROT", do_prot, false, true },
	{ "PWD", do_pwd, true, false },	  { "QUIT", do_quit, false, false },
	{ "REST", do_rest, true, true },  { "RETR", do_retr, true, true },
	{ "RNFR", do_rnfr, true, true },  { "RNTO", do_rnto, true, true },
	{ "SIZE", do_size, true, true },  { "STOR", do_stor, true, true },
	{ "STRU", do_stru, true, true },  { "SYST", do_syst, false, false },
	{ "TYPE", do_type, true, true },  { "USER", do_user, false, true },
	{ "XCUP", do_cdup, true, false }, { "XCWD", do_cwd, true, true },
	{ "XMKD", do_mkd, true, true },	  { "XPWD", do_pwd, true, false },
};

void ftp_command_do(struct ftp_session *session, const char *line)
{
	struct ftp_command command;

	if (ftp_command_parse(line, &command)) {
		reply(session, 500, "That is no command");
		return;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].verb, command.verb) != 0)
			continue;
		if (table[i].login && !session->logged_in)
			reply(session, 530, "First USER and PASS");
		else if (table[i].argument && !*command.argument)
			reply(session, 501, "It needs an argument");
		else
			table[i].doer(session, command.argument);
		return;
	}
	reply(session, 502, "That is not done here");
}
