profile  "Simulated HNB, initial HMS on the Internet, the rest behind a security gateway"
include  simulated-hnb.profile

ics
    discovery-internet  yes
    ipsec               yes
    iuh                 yes

ixit
    lab.bench  netns
