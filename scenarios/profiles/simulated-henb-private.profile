profile  "Simulated HeNB, HMS inside the operator's network"
include  simulated-henb.profile

ics
    discovery-internet  no   "the initial HMS of this profile is inside the operator's network"
    discovery-private   yes
    ipsec               yes
    tls                 no   "the tunnel protects what goes to the initial HMS"
    s1                  yes

ixit
    lab.bench            netns
    initial-hems.scheme  http
    initial-hems.side    inside
