profile  "Simulated HeNB, initial HMS on the Internet, the rest behind a security gateway"
include  simulated-henb.profile

ics
    discovery-internet  yes
    ipsec               yes
    s1                  yes

ixit
    lab.bench  netns
