# What the tests with strongSwan's charon share: sourced, not run. Two network namespaces, peer for
# our IKE node and swan for charon, joined by a wire.
charon=/usr/sbin/charon-systemd
swan_address=192.0.2.2 peer_address=192.0.2.1 # of charon, and whom it talks to
peer_network=10.99.0.0/24                     # what is behind the gateway

need_charon() {
	skip() { echo "1..0 # SKIP $1"; exit 0; }
	test "$(id -u)" -eq 0 || skip "network namespaces for two hosts need root"
	test -x "$charon" || skip "charon is not installed (Debian package: charon-systemd)"
	need swanctl strongswan-swanctl
	test -e /usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so ||
		skip "no ESP in user space (Debian package: libcharon-extra-plugins)"
	test -e /usr/lib/ipsec/plugins/libstrongswan-openssl.so ||
		skip "charon has no OpenSSL (Debian package: libstrongswan-standard-plugins)"
	need ip iproute2
	need unshare util-linux
	need openssl openssl
	test -c /dev/net/tun || skip "there is no /dev/net/tun"
	ip netns add "$peer_host" 2>/dev/null || skip "no network namespace can be made here"
	ip netns exec "$peer_host" true 2>/dev/null || {
		ip netns del "$peer_host"
		skip "nothing can be run in a network namespace here (its mounts are refused)"
	}
}

hosts() { # the two namespaces, an address behind ours is answered by our node itself
	ip netns add "$swan_host"
	ip link add "wire$$" netns "$swan_host" type veth peer name "wire$$" netns "$peer_host"
	ip -n "$peer_host" addr add 192.0.2.1/24 dev "wire$$"
	ip -n "$swan_host" addr add 192.0.2.2/24 dev "wire$$"
	for host in "$peer_host" "$swan_host"; do
		ip -n "$host" link set lo up
		ip -n "$host" link set "wire$$" up
	done
}

certificates() { # KIND (rsa, ec) of end keys: DIRECTORY/KIND/{ca,hnb,segw}.{pem,key}
	mkdir -p "$work/$1"
	(
		cd "$work/$1" || exit
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -days 30 \
			-subj "/CN=Lab root" -keyout ca.key -out ca.pem 2>/dev/null
		for name in hnb segw; do
			case $1 in
			rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $name.key ;;
			*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $name.key ;;
			esac 2>/dev/null
			openssl req -new -key $name.key -subj "/CN=$name.lab.example" -out $name.csr
			echo "subjectAltName=DNS:$name.lab.example" >$name.ext
			openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -days 30 \
				-CAcreateserial -extfile $name.ext -out $name.pem 2>/dev/null
		done
	)
}

start_charon() {
	mkdir -p "$work/swan/x509" "$work/swan/x509ca" "$work/swan/private"
	rm -f "$work/swan/vici" # of one that has ended
	cat >"$work/swan/strongswan.conf" <<-END
		charon-systemd {
		  load = random nonce pem pkcs1 pkcs8 x509 pubkey constraints openssl kdf kernel-libipsec kernel-netlink socket-default vici resolve updown
		  retransmit_tries = 3
		  retransmit_timeout = 2
		  plugins {
		    vici { socket = unix://$work/swan/vici }
		    resolve { file = $work/swan/resolv.conf }
		  }
		  filelog { log { path = $work/swan/log
		    default = 1
		    ike = 2
		    flush_line = yes } }
		}
	END
	STRONGSWAN_CONF=$work/swan/strongswan.conf
	SWANCTL_DIR=$work/swan
	export STRONGSWAN_CONF SWANCTL_DIR
	ip netns exec "$swan_host" unshare -m sh -c \
		"mount -t tmpfs none /run && exec $charon" >"$work/swan/terminal" 2>&1 &
	charon_id=$!
	within 50 test -S "$work/swan/vici"
}

swan() { # swanctl in charon's namespace
	timeout 30 ip netns exec "$swan_host" swanctl "$@" --uri "unix://$work/swan/vici" \
		>>"$work/swan/cli" 2>&1
}

# AUTH (psk, rsa, ec) SIDE (hnb or segw, of charon) IKE ESP [EXTRA setting of the connection]
configure_charon() {
	other=segw
	test "$2" = hnb || other=hnb
	rm -f "$work"/swan/x509/* "$work"/swan/x509ca/* "$work"/swan/private/*
	if test "$1" = psk; then
		local="auth = psk" remote="auth = psk"
	else
		cp "$work/$1/$2.pem" "$work/swan/x509/"
		cp "$work/$1/ca.pem" "$work/swan/x509ca/"
		cp "$work/$1/$2.key" "$work/swan/private/"
		local="auth = pubkey
		certs = $2.pem" remote="auth = pubkey
		cacerts = ca.pem"
	fi
	vips="vips = 0.0.0.0" remote_ts="remote_ts = $peer_network"
	test "$2" = hnb || vips="pools = p4" remote_ts="local_ts = $peer_network"
	cat >"$work/swan/swanctl.conf" <<-END
		connections { lab {
		  version = 2
		  local_addrs = $swan_address
		  remote_addrs = $peer_address
		  proposals = $3
		  send_cert = always
		  rekey_time = 0
		  $vips
		  ${5-}
		  local { $local
		    id = $2.lab.example }
		  remote { $remote
		    id = $other.lab.example }
		  children { c1 { $remote_ts
		    rekey_time = 0
		    esp_proposals = $4 } }
		} }
		pools { p4 { addrs = 10.99.1.0/24
		  dns = 10.99.0.53 } }
		secrets { ike-lab { secret = "the-secret-of-the-lab" } }
	END
	swan --load-all --clear
}

start_peer() { # respond|initiate NAME=VALUE...
	rm -rf "$work/orders" "$work/record"
	mkdir "$work/record"
	mkfifo "$work/orders"
	role=$1
	shift
	# shellcheck disable=SC2094
	ip netns exec "$peer_host" "$FEMTOPROOF_BUILD/tests/interop/ikev2-peer" "$role" 192.0.2.1 \
		192.0.2.2 record="$work/record" "$@" <"$work/orders" >"$work/peer.out" 2>"$work/peer.err" &
	peer_id=$!
	exec 7<>"$work/orders"
	within 50 grep -q '^ready' "$work/peer.out"
}

order() {
	echo "$*" >&7
}

stop_peer() {
	order quit
	exec 7>&-
	wait "$peer_id"
	peer_status=$?
	peer_id=
}

shark() { # a display filter, for the last recording by its own tables of keys
	WIRESHARK_CONFIG_DIR=$work/record timeout 60 tshark -r "$work/record/packets.pcapng" \
		-o esp.enable_encryption_decode:TRUE -o esp.enable_authentication_check:TRUE \
		"$@" 2>/dev/null
}

# tshark opens all of IKE and ESP with the keys; of the check values it calls none wrong, and those
# that it can check (IKE's of AEAD it cannot) right.
opened() {
	shark -V >"$work/shark"
	test "$(grep -c 'Payload: Authentication (39)' "$work/shark")" -ge 2 || return 1
	test -n "$(shark -Y "esp && (icmp || udp.port == 7)")" || return 1
	grep -q 'ESP ICV: .*\[correct\]' "$work/shark" || return 1
	grep -E 'incorrect|Malformed|(Data|ICV): .*(HMAC.*>)$' "$work/shark"
	test $? -eq 1
}

said() { # REGULAR-EXPRESSION: our node says it, within some seconds
	within "${patience:-80}" grep -qE "$1" "$work/peer.out"
}

explain() {
	cat "$work/peer.out"
	grep -v '^[<-]' "$work/peer.err" | tail -n 5
	tail -n 25 "$work/swan/log"
	tail -n 3 "$work/swan/cli"
}

clean_up() {
	exec 7>&-
	test -z "${peer_id-}" || kill "$peer_id" 2>/dev/null
	test -z "${charon_id-}" || kill "$charon_id" 2>/dev/null
	wait
	ip netns del "$peer_host" 2>/dev/null
	ip netns del "$swan_host" 2>/dev/null
	rm -rf "$work"
}
