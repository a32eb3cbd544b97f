# What the tests share that talk with the file server fake alone: sourced, not run, behind live-parts.sh.
# Each lane has a server of its own, which says on a pipe what it made of cues and octets: so nobody
# has to look again and again whether it did.

said= # by the server, since begin
server_begin() { # NAME=VALUE...: its $work/ca.pem is there, and what it published
	mkfifo "$work/cues" "$work/sayings"
	timeout 120 "$FEMTOPROOF_BUILD/tests/interop/file-fake-server" "$work" \
		file-server.username=cell file-server.password=secret "$@" \
		<"$work/cues" >"$work/sayings" 2>"$work/complaints" &
	server_id=$!
	exec 3>"$work/cues" 4<"$work/sayings"
	hear ready || {
		echo "Bail out! the server does not start: $(cat "$work/complaints")"
		exit 99
	}
	host=$(published host) address=$(published address) key=$(published host-key)
	http=$(published http-port) https=$(published https-port) ftp=$(published ftp-port)
	ftps=$(published ftps-port) sftp=$(published sftp-port)
}

server_end() { # fails when it does not end in order
	exec 3>&-
	said=$(cat <&4) # or it might wait until it is heard
	exec 4<&-
	wait "$server_id"
}

published() {
	printf '%s\n' "$said" | sed -n "s/^$1=//p"
}

hear() { # WORD: up to the line that begins with it
	while IFS= read -r line <&4; do
		case $line in
		"$1"*) return ;;
		left=*) ;;
		*) said="$said
$line" ;;
		esac
	done
	return 1
}

cue() { # for the next answers; the server has read it then
	echo "$*" >&3
	hear heard
}

begin() { # CUE: the messages from here on are looked at; nothing is left of the case before
	cue clear
	test -z "$1" || cue "$1"
	said=
	rm -f "$work/got"
}

# A message of this case. It may come behind the client's end, so the server is asked some times: each
# answer is a turn of its loop.
seen() { # REGULAR-EXPRESSION
	turns=50
	until printf '%s\n' "$said" | grep -qE -- "$1"; do
		turns=$((turns - 1))
		test "$turns" -gt 0 || return 1
		cue left || return 1
	done
}

unseen() {
	cue left && ! printf '%s\n' "$said" | grep -qE -- "$1"
}

explain() {
	echo "exit $exit: $(head -c 300 "$work/words" | tr '\n' ' ')"
	printf '%s\n' "$said" | cut -c 1-300
}

with_curl() { # OPTION...: its exit, and what came
	patiently=${patience:-20}
	for port in "$http" "$https" "$ftp" "$ftps"; do
		set -- --resolve "$host:$port:$address" "$@"
	done
	curl -sS --noproxy '*' --interface 127.0.1.1 --max-time "$patiently" -u cell:secret \
		--cacert "$work/ca.pem" --hostpubsha256 "${key#SHA256:}" -o "$work/got" "$@" \
		>"$work/said-by-client" 2>"$work/words"
	exit=$?
}

# lftp is told no names; a transfer that fails it begins once more, and there it ends.
with_lftp() { # URL COMMANDS
	private=no
	test -z "${tls-}" || private=yes
	by_ssh="ssh -a -x -F /dev/null -o BindAddress=127.0.1.1 -o UserKnownHostsFile=$work/known"
	timeout 30 lftp --norc -c "set net:max-retries 1; set net:timeout ${patience:-10};
		set net:persist-retries 0; set net:reconnect-interval-base 1;
		set net:socket-bind-ipv4 127.0.1.1;
		set ssl:ca-file $work/ca.pem; set ssl:check-hostname no;
		set ftp:ssl-allow $private; set ftp:ssl-force $private;
		set ftp:ssl-protect-data $private; set xfer:clobber yes; set cmd:fail-exit yes;
		set sftp:auto-confirm yes;
		set sftp:connect-program \"$by_ssh -o GlobalKnownHostsFile=/dev/null\";
		open -u cell,secret $1; $2" </dev/null >"$work/said-by-client" 2>"$work/words"
	exit=$?
}
