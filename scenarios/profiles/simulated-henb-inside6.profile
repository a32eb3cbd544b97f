profile  "Simulated HeNB, IPv6 inside its tunnel"
include  simulated-henb-private.profile

ics
    inner-ipv6          yes
    usage-indicator     no   "without its tunnel it has no way to what is of IPv6"

ixit
    device.inside          both
    initial-segw.pool      none
    serving-segw.pool      none
    initial-hems.address    "fd00:99::14"
    serving-hems.address    "fd00:99::15"
    mme.address             "fd00:99::33"
    second-mme.address      "fd00:99::35"
    file-server.address     "fd00:99::28"
    config.dead-address    "fd00:99::fa"  -- inside the network, where nobody is
