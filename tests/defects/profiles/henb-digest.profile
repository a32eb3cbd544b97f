profile  "Simulated HeNB, Digest at every HMS"
include  ../../../scenarios/profiles/simulated-henb.profile

ixit
    initial-hems.authentication  digest
    serving-hems.authentication  digest
