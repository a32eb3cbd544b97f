profile  "Simulated HNB, IPv6 inside its tunnel"
include  simulated-hnb-private.profile

ics
    inner-ipv6          yes
    usage-indicator     no   "without its tunnel it has no way to what is of IPv6"

ixit
    device.inside          both
    initial-segw.pool      none
    serving-segw.pool      none
    initial-hms.address     "fd00:99::16"
    serving-hms.address     "fd00:99::17"
    hnb-gw.address          "fd00:99::32"
    second-hnb-gw.address   "fd00:99::34"
    file-server.address     "fd00:99::28"
    config.dead-address    "fd00:99::fa"  -- inside the network, where nobody is
