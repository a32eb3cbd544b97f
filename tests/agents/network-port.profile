profile  "The agent of the talks, whose MME and HNB gateway have ports of their own"
include  network.profile

ixit
    mme.s1-port      36999
    hnb-gw.iuh-port  29999
