-- A cell that is nothing but a foreign SCTP end. A test puts its device and addresses in place of
-- @...@.
profile  "A foreign SCTP end"
device   @DEVICE@
map      @DEVICE@-device2

ics
    s1   yes
    iuh  yes

ixit
    device.simulated     no
    device.oui           001122
    device.serial        "HNB0000001"
    config.plmn          "00101"
    @DEVICE@.address     @PEER@
    @SERVER@.address     @OWN@
    @SERVER@.port        @PORT@

limits
    limit.step           20 s   lab
    limit.settle          1 s   lab
    limit.scenario       60 s   lab

triggers
    power-on   command "$SCTP_PEER"
