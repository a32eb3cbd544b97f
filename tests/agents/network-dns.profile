profile  "The agent of the talks, whose name server is inside the operator's network"
include  network.profile

ixit
    public-dns.side  inside
