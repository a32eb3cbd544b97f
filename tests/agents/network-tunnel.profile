profile  "The agent of the talks, which reaches its HMS by a tunnel"
include  network.profile

ics
    discovery-internet  no   "the HMS is inside the operator's network"
    discovery-private   yes
    ipsec               yes
    tls                 no   "the tunnel protects what goes to the HMS"

ixit
    initial-segw.host     192.0.2.30
    serving-hems.address  10.99.0.21
    serving-hems.host     10.99.0.21
    serving-segw.address  192.0.2.30
    serving-segw.host     192.0.2.30
