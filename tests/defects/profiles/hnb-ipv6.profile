profile  "Simulated HNB, on the IPv6 loopback"
include  ../../../scenarios/profiles/simulated-hnb.profile

ixit
    hnb.address            "::1"
    initial-hms.address  "::1"
    serving-hms.address  "::1"
    outer-dns.address    "::1"
    inner-dns.address    "::1"
    file-server.address   "::1"
