check_SCRIPTS += tests/interop/run-recording.tap
EXTRA_DIST += tests/interop/curl-device.tap tests/interop/live-device.tap \
	tests/interop/run-recording.tap tests/interop/curl-device.sh \
	tests/interop/curl-device.profile tests/interop/live-parts.sh
