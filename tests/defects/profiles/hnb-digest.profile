profile  "Simulated HNB, Digest at every HMS"
include  ../../../scenarios/profiles/simulated-hnb.profile

ixit
    initial-hms.authentication  digest
    serving-hms.authentication  digest
