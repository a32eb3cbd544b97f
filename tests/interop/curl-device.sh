#!/bin/sh
# A Home NodeB of shell, curl, dig and socat: a peer that shares no code with femtoproof.
#
#   curl-device.sh power-on    fresh from the factory, and switched on in the background
#   curl-device.sh power-off   switched off, if it was on
#
# It finds its HMS by DNS, keeps its configuration in files, one a parameter, answers the RPCs
# that a registration and a configuration need, and takes Connection Requests.
#
# From the environment: DEVICE_FOLDER (its memory), HMS_URL (the factory's), DNS_SERVER,
# DNS_PORT, INNER_DNS (another name server), CA_FILE, DEVICE_ADDRESS (its own), CALL_PORT (for
# Connection Requests), HMS_LOGIN (user:password), and BREAK, the name of the rule that it is to
# break:
#   no-bootstrap, wrong-serial, two-informs, wrong-id, other-answer, empty-answer, status-2,
#   forgetful, content-type, no-soapaction, unforced, old-envelope, wrong-name, inner-dns,
#   open-door, deaf, hasty, blind
set -u

: "${DEVICE_FOLDER:?}" "${HMS_URL:?}" "${DNS_SERVER:?}" "${DNS_PORT:?}" "${CALL_PORT:?}"
: "${INNER_DNS:=127.0.13.1}" "${DEVICE_ADDRESS:=127.0.0.1}"
: "${CA_FILE:=/nonexistent}" "${HMS_LOGIN:=femtocell:secret}" "${BREAK:=}"
values=$DEVICE_FOLDER/values
nonces=$DEVICE_FOLDER/nonces
calls=$DEVICE_FOLDER/calls
root=InternetGatewayDevice
management=$root.ManagementServer
fap=$root.Services.FAPService.1
gateway=$fap.FAPControl.UMTS.Gateway.FAPGWServer1

breaks() { # NAME: is it to break this rule?
	test "$BREAK" = "$1"
}

# Configuration: the first line of a file is the type, the second the value.

keep() { # PARAMETER TYPE VALUE
	printf '%s\n%s\n' "$2" "$3" >"$values/$1"
}

value() { # PARAMETER
	sed -n 2p "$values/$1" 2>/dev/null
}

factory() {
	rm -rf "$DEVICE_FOLDER"
	mkdir -p "$values" "$nonces"
	mkfifo "$calls"
	while read -r name type text; do
		keep "$name" "xsd:$type" "$text"
	done <<-END
	$root.DeviceSummary string InternetGatewayDevice:1.10[](Baseline:1)
	$root.DeviceInfo.SpecVersion string 1.0
	$root.DeviceInfo.HardwareVersion string shell
	$root.DeviceInfo.SoftwareVersion string 1.0
	$root.DeviceInfo.ProvisioningCode string
	$management.URL string $HMS_URL
	$management.ParameterKey string
	$management.ConnectionRequestURL string http://$DEVICE_ADDRESS:$CALL_PORT/call
	$management.ConnectionRequestUsername string cr-user
	$management.ConnectionRequestPassword string cr-secret
	$management.PeriodicInformInterval unsignedInt 86400
	$root.WANDevice.1.WANConnectionDevice.1.WANIPConnection.1.ExternalIPAddress string $DEVICE_ADDRESS
	$fap.FAPControl.UMTS.OpState boolean 0
	$fap.FAPControl.UMTS.RFTxStatus boolean 0
	$gateway string
	$fap.AccessMgmt.UMTS.AccessMode string Open Access
	$fap.REM.UMTS.WCDMA.Cell.1.BCCH.CellID unsignedInt 4711
	END
}

# XML: what the HMS says -> lines of words, set apart by tabs; and our envelopes.

understand() { # FILE: method NAME, id TEXT, set PARAMETER TYPE VALUE, get PARAMETER, key TEXT
	awk -v RS='<' '
	function plain(text) {
		gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text)
		gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text)
		return text
	}
	{
		end = index($0, ">")
		tag = substr($0, 1, end - 1)
		text = plain(substr($0, end + 1))
		split(tag, words, /[ \t\r\n\/]+/); name = words[1]; sub(/^.*:/, "", name)
		if (substr(tag, 1, 1) == "/")
			next
		if (body) { print "method\t" name; body = 0 }
		if (name == "Body") body = 1
		else if (name == "ID") print "id\t" text
		else if (name == "Name") parameter = text
		else if (name == "string") print "get\t" text
		else if (name == "ParameterKey") print "key\t" text
		else if (name == "Value") {
			type = match(tag, /type="[^"]*"/) ? \
				substr(tag, RSTART + 6, RLENGTH - 7) : "xsd:string"
			print "set\t" parameter "\t" type "\t" text
		}
	}' "$1"
}

escaped() { # TEXT
	printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
}

envelope() { # ID < body > envelope
	soap=http://schemas.xmlsoap.org/soap/envelope/
	breaks old-envelope && soap=http://www.w3.org/2003/05/soap-envelope
	echo '<?xml version="1.0" encoding="UTF-8"?>'
	echo "<e:Envelope xmlns:e=\"$soap\" xmlns:n=\"http://schemas.xmlsoap.org/soap/encoding/\""
	echo ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
	echo ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
	echo ' xmlns:c="urn:dslforum-org:cwmp-1-1"><e:Header>'
	echo "<c:ID e:mustUnderstand=\"1\">$1</c:ID></e:Header><e:Body>"
	cat
	echo '</e:Body></e:Envelope>'
}

parameter_list() { # PARAMETER...
	echo "<ParameterList n:arrayType=\"c:ParameterValueStruct[$#]\">"
	for name; do
		type=$(sed -n 1p "$values/$name")
		echo "<ParameterValueStruct><Name>$name</Name>"
		echo "<Value xsi:type=\"$type\">$(escaped "$(value "$name")")</Value>"
		echo "</ParameterValueStruct>"
	done
	echo "</ParameterList>"
}

inform() { # EVENT...: the body of an Inform
	serial=000042
	breaks wrong-serial && serial=000024
	forced=$fap.FAPControl.UMTS.OpState
	breaks unforced && forced=
	echo "<c:Inform><DeviceId><Manufacturer>Shell</Manufacturer><OUI>ABCDEF</OUI>"
	echo "<ProductClass>Shell HNB</ProductClass><SerialNumber>$serial</SerialNumber></DeviceId>"
	echo "<Event n:arrayType=\"c:EventStruct[$#]\">"
	for event; do
		echo "<EventStruct><EventCode>$event</EventCode><CommandKey/></EventStruct>"
	done
	echo "</Event><MaxEnvelopes>1</MaxEnvelopes>"
	echo "<CurrentTime>$(date -u +%Y-%m-%dT%H:%M:%SZ)</CurrentTime>"
	echo "<RetryCount>$retries</RetryCount>"
	# shellcheck disable=SC2086 # nothing, or a name
	parameter_list $root.DeviceSummary $root.DeviceInfo.SpecVersion \
		$root.DeviceInfo.HardwareVersion $root.DeviceInfo.SoftwareVersion \
		$root.DeviceInfo.ProvisioningCode $management.ParameterKey \
		$management.ConnectionRequestURL \
		$root.WANDevice.1.WANConnectionDevice.1.WANIPConnection.1.ExternalIPAddress \
		$fap.FAPControl.UMTS.RFTxStatus $forced $fap.REM.UMTS.WCDMA.Cell.1.BCCH.CellID
	echo "</c:Inform>"
}

# The RPCs of the HMS: lines of understand() in, the body of the answer out.

fault() { # CODE TEXT
	echo "<e:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring>"
	echo "<detail><c:Fault><FaultCode>$1</FaultCode><FaultString>$2</FaultString></c:Fault>"
	echo "</detail></e:Fault>"
}

set_values() {
	while IFS=$tab read -r word name type text; do
		case $word in
		set)
			breaks forgetful && test "$name" = "$gateway" && continue
			keep "$name" "$type" "$text"
			;;
		key) keep $management.ParameterKey xsd:string "$name" ;;
		esac
	done <"$DEVICE_FOLDER/request"
	status=0
	breaks status-2 && status=2
	answer=SetParameterValuesResponse
	breaks other-answer && answer=AddObjectResponse
	echo "<c:$answer><Status>$status</Status></c:$answer>"
}

get_values() {
	set --
	while IFS=$tab read -r word name type text; do
		test "$word" = get || continue
		if ! test -f "$values/$name"; then
			fault 9005 "$name is not known"
			return
		fi
		set -- "$@" "$name"
	done <"$DEVICE_FOLDER/request"
	echo "<c:GetParameterValuesResponse>"
	parameter_list "$@"
	echo "</c:GetParameterValuesResponse>"
}

# Sessions.

resolve() { # NAME: its address
	case $1 in
	*[!0-9.]*)
		dig +short +tries=2 +time=2 -b "$DEVICE_ADDRESS" -p "$DNS_PORT" "@$DNS_SERVER" "$1" A |
			tail -n 1
		;;
	*) echo "$1" ;;
	esac
}

post() { # [FILE]: an envelope, or nothing; sets status; what came back stands in $DEVICE_FOLDER/in
	set -- "${1-}" -sS --noproxy '*' --interface "$DEVICE_ADDRESS" --max-time 20 \
		--resolve "$host:$port:$address" --cacert "$CA_FILE" --anyauth -u "$HMS_LOGIN" \
		-b "$DEVICE_FOLDER/cookies" -c "$DEVICE_FOLDER/cookies" \
		-o "$DEVICE_FOLDER/in" -w '%{http_code}'
	body=$1
	shift
	if test -n "$body"; then
		type='text/xml; charset=utf-8'
		breaks content-type && type=text/plain
		set -- "$@" -H "Content-Type: $type" --data-binary "@$body"
		breaks no-soapaction || set -- "$@" -H 'SOAPAction;'
	else
		set -- "$@" -H 'Content-Type:' --data-binary ''
	fi
	breaks blind && set -- "$@" -k
	: >"$DEVICE_FOLDER/in"
	status=$(curl "$@" "$url")
	test "$status" = 200 || test "$status" = 204
}

heard() { # WORD: what understand() said of it
	sed -n "s/^$1$tab//p" "$DEVICE_FOLDER/request" | head -n 1
}

answer() { # to the RPC in $DEVICE_FOLDER/in; 1: the session is over
	test -s "$DEVICE_FOLDER/in" || return 1
	understand "$DEVICE_FOLDER/in" >"$DEVICE_FOLDER/request"
	id=$(heard id)
	breaks wrong-id && id=${id}0
	case $(heard method) in
	SetParameterValues) set_values ;;
	GetParameterValues) get_values ;;
	SetParameterAttributes) echo "<c:SetParameterAttributesResponse/>" ;; # keeps none: it reports nothing
	*) fault 9000 "method not supported" ;;
	esac >"$DEVICE_FOLDER/body"
	envelope "$id" <"$DEVICE_FOLDER/body" >"$DEVICE_FOLDER/out"
	out=$DEVICE_FOLDER/out
	breaks empty-answer && grep -q SetParameterValuesResponse "$out" && out=
	post "$out"
}

talk() { # EVENT...: one session; 1: it came to no good end
	rm -f "$DEVICE_FOLDER/cookies"
	inform "$@" >"$DEVICE_FOLDER/body"
	envelope 1 <"$DEVICE_FOLDER/body" >"$DEVICE_FOLDER/out"
	post "$DEVICE_FOLDER/out" || return 1
	if breaks two-informs; then
		post "$DEVICE_FOLDER/out" || return 1
	fi
	post || return 1
	while answer; do :; done
	test "$status" = 204
}

session() { # EVENT...: until it succeeds; TR-069 3.2.1.1: waits from 5 s on, twice as long each
	retries=0 wait=6
	url=$(value $management.URL)
	host=${url#*://} host=${host%%/*}
	port=${host##*:} host=${host%:*}
	asked=$host
	breaks wrong-name && asked=wrong-$host
	breaks inner-dns && dig +short +tries=1 +time=1 -b "$DEVICE_ADDRESS" -p "$DNS_PORT" "@$INNER_DNS" "$host" A
	while :; do
		address=$(resolve "$asked")
		if test -n "$address" && talk "$@"; then
			return
		fi
		breaks hasty || sleep $wait
		retries=$((retries + 1)) wait=$((wait * 2))
	done
}

# Connection Requests: one process a caller, its socket is standard input and output.

field() { # NAME: of $credentials
	printf ' %s\n' "$credentials" | sed -n "s/.*[ ,]$1=\"\{0,1\}\([^\",]*\).*/\1/p"
}

md5() { # TEXT
	printf '%s' "$1" | md5sum | cut -d ' ' -f 1
}

known() { # do $credentials prove the password (RFC 2617 3.2.2)? A nonce is good once.
	breaks open-door && return
	nonce=$(field nonce)
	test -n "$nonce" && rm "$nonces/$nonce" 2>/dev/null || return
	user=$(value $management.ConnectionRequestUsername)
	secret=$(md5 "$user:shell:$(value $management.ConnectionRequestPassword)")
	request=$(md5 "GET:$(field uri)")
	proof=$(md5 "$secret:$nonce:$(field nc):$(field cnonce):$(field qop):$request")
	test "$(field username)" = "$user" && test "$(field response)" = "$proof"
}

reply() { # STATUS [HEADER]
	printf 'HTTP/1.1 %s\r\n%sContent-Length: 0\r\n\r\n' "$1" "${2:+$2$return$feed}"
}

take_calls() {
	while read -r method _ _; do
		credentials=
		while read -r head rest && head=${head%"$return"} && test -n "$head"; do
			case $head in
			[Aa]uthorization:) credentials=${rest%"$return"} ;;
			esac
		done
		if test "$method" != GET; then
			reply "405 Method Not Allowed" "Allow: GET"
		elif known; then
			reply "200 OK"
			breaks deaf || echo "6 CONNECTION REQUEST" >"$calls"
		else
			nonce=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
			: >"$nonces/$nonce"
			challenge="Digest realm=\"shell\", qop=\"auth\", nonce=\"$nonce\""
			reply "401 Unauthorized" "WWW-Authenticate: $challenge"
		fi
	done
}

# Power.

live() {
	exec 3<>"$calls"
	cd "$(dirname "$0")" || exit
	socat "TCP-LISTEN:$CALL_PORT,bind=$DEVICE_ADDRESS,reuseaddr,fork" EXEC:"./curl-device.sh take-calls" &
	echo $! >"$DEVICE_FOLDER/listener"
	if breaks no-bootstrap; then
		session "1 BOOT"
	else
		session "0 BOOTSTRAP" "1 BOOT"
	fi
	while :; do
		test "$url" = "$(value $management.URL)" || session "0 BOOTSTRAP"
		read -r event <&3 && session "$event"
	done
}

power_off() {
	for process in life listener; do
		read -r number 2>/dev/null <"$DEVICE_FOLDER/$process" || continue
		kill "$number" 2>/dev/null
	done
	rm -f "$DEVICE_FOLDER/life" "$DEVICE_FOLDER/listener"
}

tab=$(printf '\t')
return=$(printf '\r')
feed='
'
case ${1-} in
power-on)
	power_off
	factory
	"$0" live </dev/null >"$DEVICE_FOLDER/log" 2>&1 &
	echo $! >"$DEVICE_FOLDER/life"
	;;
power-off) power_off ;;
live) live ;;
take-calls) take_calls ;;
*)
	echo "usage: curl-device.sh power-on|power-off" >&2
	exit 2
	;;
esac
