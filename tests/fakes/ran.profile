profile  "For the tests of the MME and HNB gateway fakes"
device   henb
map      henb-device2

ics
    s1   yes
    iuh  yes

ixit
    config.plmn    "00101"
    mme.group      "32769"
    hnb-gw.rnc-id  "77"
