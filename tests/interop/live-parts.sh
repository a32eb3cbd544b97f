# What the tests share that run femtoproof on the real clock: sourced, not run.
: "${FEMTOPROOF_SOURCE:=.}" "${FEMTOPROOF_BUILD:=.}"
: "${FEMTOPROOF:=$FEMTOPROOF_BUILD/femtoproof}"
: "${FEMTOPROOF_DATA:=$FEMTOPROOF_SOURCE/scenarios}"
export FEMTOPROOF_DATA
number=0

need() { # PROGRAM DEBIAN-PACKAGE: skips the whole test without it
	command -v "$1" >/dev/null 2>&1 && return
	echo "1..0 # SKIP $1 is not installed (Debian package: $2)"
	exit 0
}

check() { # NAME COMMAND...: one test case; explain() says more of a failed one
	number=$((number + 1))
	name=$1
	shift
	if "$@" >"$work/said" 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		echo "# $*"
		sed 's/^/# /' "$work/said" | head -n 20
		explain | sed 's/^/# /'
	fi
}

free_port() { # a port that nobody listens at now, below those that the kernel gives out
	while :; do
		port=$(($(od -An -N 2 -tu2 /dev/urandom) % 12000 + 20000))
		hexadecimal=$(printf ':%04X ' "$port")
		grep -qi "$hexadecimal" /proc/net/tcp /proc/net/udp 2>/dev/null || break
	done
	echo "$port"
}

within() { # TENTHS-OF-SECONDS COMMAND...: until it succeeds
	tenths=$1
	shift
	while ! "$@"; do
		tenths=$((tenths - 1))
		test "$tenths" -gt 0 || return 1
		sleep 0.1
	done
}

run_xml() { # XPATH: of the run log of the run before
	xmllint --xpath "$1" "$work/report/run.xml"
}
