profile  "The agent of the talks, behind a security gateway"
include  agent.profile

ixit
    initial-hems.side     inside
    public-dns.address    192.0.2.53
    initial-segw.address  192.0.2.30
    mme.address           192.0.2.51
    hnb-gw.address        192.0.2.50
