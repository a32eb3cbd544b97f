profile  "Simulated HNB, HMS inside the operator's network"
include  simulated-hnb.profile

ics
    discovery-internet  no   "the initial HMS of this profile is inside the operator's network"
    discovery-private   yes
    ipsec               yes
    tls                 no   "the tunnel protects what goes to the initial HMS"
    iuh                 yes

ixit
    lab.bench            netns
    initial-hms.scheme  http
    initial-hms.side    inside
