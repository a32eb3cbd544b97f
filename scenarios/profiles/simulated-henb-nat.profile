profile  "Simulated HeNB behind a router with NAT"
include  simulated-henb-private.profile

ics
    home-gateway        yes

ixit
    lab.home-gateway    yes
