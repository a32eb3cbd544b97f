check_SCRIPTS += tests/interop/run-recording.tap tests/interop/tunnel-recording.tap
EXTRA_DIST += tests/interop/tunnel-recording.tap tests/interop/curl-device.tap tests/interop/live-device.tap \
	tests/interop/run-recording.tap tests/interop/curl-device.sh \
	tests/interop/curl-device.profile tests/interop/live-parts.sh
