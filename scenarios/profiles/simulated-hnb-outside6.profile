profile  "Simulated HNB, on an Internet of IPv6"
include  simulated-hnb-private.profile

ics
    outer-ipv6          yes
    usage-indicator     no   "without its tunnel it has no way to what is of IPv4"
    pm-http             no   "without its tunnel it has no way to what is of IPv4"

ixit
    hnb.address             "2001:db8:2::10"
    outer-dns.address       "2001:db8:100::c"
    initial-segw.address    "2001:db8:100::1e"
    serving-segw.address    "2001:db8:100::1f"
