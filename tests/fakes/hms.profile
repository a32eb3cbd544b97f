profile  "Scripted client of the HMS fake"
device   henb
map      henb-device2
