profile  "Simulated HNB behind a router with NAT"
include  simulated-hnb-private.profile

ics
    home-gateway        yes

ixit
    lab.home-gateway    yes
