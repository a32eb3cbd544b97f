profile  "The agent of the talks, whose operator cannot switch IPsec off"
include  network.profile

ics
    usage-indicator  no   "IPsec is always used"
