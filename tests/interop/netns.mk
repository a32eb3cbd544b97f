check_SCRIPTS += tests/interop/netns.tap tests/interop/interface.tap tests/interop/foreign-cell.tap
EXTRA_DIST += tests/interop/netns.tap tests/interop/interface.tap tests/interop/foreign-cell.tap \
	tests/interop/foreign-cell.sh
