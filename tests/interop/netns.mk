check_SCRIPTS += tests/interop/netns.tap tests/interop/interface.tap
EXTRA_DIST += tests/interop/netns.tap tests/interop/interface.tap
