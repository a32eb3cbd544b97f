#!/bin/sh
# A Home NodeB without a line of femtoproof: strongSwan's charon brings up its tunnel, and
# curl-device.sh (shell, curl, dig, socat) speaks CWMP through it. It runs in the network that the
# bench made for a device under test, and lives until it is ended.
#
#   foreign-cell.sh FOLDER CA-FOLDER
#
# CELL_BREAK=no-tunnel: it speaks to its HMS without a tunnel.
set -u
folder=$1 authority=$2
mkdir -p "$folder/x509" "$folder/x509ca" "$folder/private"
rm -f "$folder/resolv.conf"

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$folder/private/cell.key"
openssl req -new -key "$folder/private/cell.key" -subj /CN=cell.lab.example -out "$folder/cell.csr"
echo "subjectAltName=DNS:cell.lab.example" >"$folder/cell.ext"
openssl x509 -req -in "$folder/cell.csr" -CA "$authority/ca.pem" -CAkey "$authority/ca.key" \
	-set_serial 4711 -days 30 -extfile "$folder/cell.ext" -out "$folder/x509/cell.pem"
cp "$authority/ca.pem" "$folder/x509ca/"

cat >"$folder/strongswan.conf" <<END
charon-systemd {
  load = random nonce pem pkcs1 pkcs8 x509 pubkey constraints openssl kdf kernel-libipsec kernel-netlink socket-default vici resolve updown
  plugins {
    vici { socket = unix://$folder/vici }
    resolve { file = $folder/resolv.conf }
  }
}
END
cat >"$folder/swanctl.conf" <<END
connections { backhaul {
  version = 2
  remote_addrs = $initial_segw_host
  proposals = aes128-sha256-ecp256,aes128-sha256-modp2048
  send_cert = always
  vips = 0.0.0.0
  local { auth = pubkey
    certs = cell.pem
    id = cell.lab.example }
  remote { auth = pubkey
    cacerts = ca.pem
    id = $initial_segw_host }
  children { inside { remote_ts = 10.99.0.0/16
    esp_proposals = aes128-sha256 } }
} }
END

STRONGSWAN_CONF=$folder/strongswan.conf SWANCTL_DIR=$folder
export STRONGSWAN_CONF SWANCTL_DIR
until_there() { # COMMAND...: at most 10 s
	tries=100
	until "$@"; do
		tries=$((tries - 1))
		test "$tries" -gt 0 || exit 1
		sleep 0.1
	done
}

if test "${CELL_BREAK-}" = no-tunnel; then
	DEVICE_ADDRESS=$hnb_address DNS_SERVER=$outer_dns_address
else
	unshare -m sh -c 'mount -t tmpfs none /run && exec /usr/sbin/charon-systemd' &
	until_there test -S "$folder/vici"
	swanctl --load-all --uri "unix://$folder/vici"
	swanctl --initiate --child inside --uri "unix://$folder/vici"
	until_there grep -q nameserver "$folder/resolv.conf"
	DNS_SERVER=$(sed -n 's/^nameserver *\([0-9.]*\).*/\1/p' "$folder/resolv.conf")
	DEVICE_ADDRESS=$(ip -4 -o addr show ipsec0 | sed -n 's/.* inet \([0-9.]*\).*/\1/p')
fi
DEVICE_FOLDER=$folder/cell HMS_URL=$initial_hms_url DNS_PORT=53 CALL_PORT=7548
export DEVICE_FOLDER DEVICE_ADDRESS HMS_URL DNS_SERVER DNS_PORT CALL_PORT
"$(dirname "$0")/curl-device.sh" power-on
wait
exec sleep 60
