profile  "Simulated HeNB with a Hosting Party Module"
include  simulated-henb-private.profile

ics
    hosting-party       yes

ixit
    initial-segw.hosting-party  yes
    serving-segw.hosting-party  yes
    device.usim-identity        "0001010000000001@wlan.mnc001.mcc001.3gppnetwork.org"
    device.usim-k               "465b5ce8b199b49faa5f0a2ee238a6bc"
    device.usim-opc             "cd63cb71954a9f4e48a5994e37a02baf"
