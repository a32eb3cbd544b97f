profile  "Simulated HeNB, on the IPv6 loopback"
include  ../../../scenarios/profiles/simulated-henb.profile

ixit
    henb.address            "::1"
    initial-hems.address  "::1"
    serving-hems.address  "::1"
    public-dns.address    "::1"
    private-dns.address    "::1"
    file-server.address   "::1"
