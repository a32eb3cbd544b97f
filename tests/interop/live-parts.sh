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

# A network of loopback addresses that no other test has at the time: each test and each of its lanes
# binds ports without meeting anybody there. LANE 0..30, NUMBER 1..8: of the address in it.
own_address() { # LANE NUMBER
	echo "127.$((64 + $$ / 250 % 190)).$(($$ % 250)).$(($1 * 8 + $2))"
}

# Much of a test on the real clock is waiting, so its pieces are done side by side, eight at a time, or
# $lanes_most of them.
# Each has a folder and a number of its own: $work and $lane; what it says comes out in lanes_end.
lane=0
lanes_begun=0

beside() { # COMMAND...
	lanes_begun=$((lanes_begun + 1))
	mkdir "$work/lane-$lanes_begun"
	(
		lane=$lanes_begun
		work=$work/lane-$lane
		"$@" >"$work/said-by-lane" 2>&1
	) &
	test $((lanes_begun % ${lanes_most:-8})) -ne 0 || wait
}

lanes_end() {
	wait
	index=0
	while test "$index" -lt "$lanes_begun"; do
		index=$((index + 1))
		cat "$work/lane-$index/said-by-lane"
	done >"$work/all-said"
	awk -v number="$number" '/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++number) } { print }' \
		"$work/all-said"
	number=$((number + $(grep -cE '^(not )?ok ' "$work/all-said")))
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
