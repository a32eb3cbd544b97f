/* The file of one period: what was counted, in the form of TS 32.435. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "fakes/device/measurements.h"
#include "fakes/device/state.h"
#include "protocols/memory.h"
#include "protocols/pm-file.h"

#define COUNTERS_MOST 4
#define PERIODS_MOST 2

struct sheet { /* what the file points into */
	char values[PERIODS_MOST][COUNTERS_MOST][24];
	const char *results[PERIODS_MOST][COUNTERS_MOST];
	struct pm_value value[PERIODS_MOST];
	struct pm_info infos[PERIODS_MOST];
	char *name;   /* of the managed element */
};

/* TS 32.452, TS 32.453: attempts, successes, failures; the last one for who counts more. */
static const char *const hnb_types[COUNTERS_MOST] = {
	"RRC.AttConnEstab", "RRC.SuccConnEstab", "RRC.FailConnEstab", "VS.Restarts",
};
static const char *const henb_types[COUNTERS_MOST] = {
	"RRC.ConnEstabAtt", "RRC.ConnEstabSucc", "RRC.ConnEstabFail", "VS.Restarts",
};

void measurements_factory(struct device *device)
{
	const char *const *types = device->factory.is_henb ? henb_types : hnb_types;

	for (int i = 0; i < COUNTERS_MOST - 1; i++) {
		char *name = memory_format("PeriodicStatistics.SampleSet.1.Parameter.%d.Reference",
					   i + 1);

		device_set(device, name, types[i]);
		free(name);
	}
}

/* A cell in a quiet street: what is counted follows from the time, so that runs repeat. */
static void count(struct sheet *sheet, int period, int64_t end)
{
	int64_t attempts = end / 60 % 17 + 3, failures = end / 60 % 3;
	const int64_t counted[COUNTERS_MOST] = { attempts, attempts - failures, failures, 0 };

	for (int i = 0; i < COUNTERS_MOST; i++) {
		snprintf(sheet->values[period][i], sizeof(sheet->values[period][i]), "%" PRId64,
			 counted[i]);
		sheet->results[period][i] = sheet->values[period][i];
	}
}

/* The granularity periods of a report: one, or (a variant) two halves; the first may be cut, where
 * the counting began in the middle of it. */
static size_t fill(struct device *device, const struct measurement_period *period,
		   struct sheet *sheet)
{
	bool gap = device_has(device, DEFECT_PM_PERIOD_GAP);
	bool halves = (gap || device_has(device, VARIANT_PM_HALVES)) && period->interval % 2 == 0;
	size_t types = device_has(device, VARIANT_PM_MORE_COUNTERS) ? COUNTERS_MOST
								    : COUNTERS_MOST - 1;
	int64_t length = halves ? period->interval / 2 : period->interval;
	size_t periods = 0;

	for (int64_t end = halves ? period->end - length : period->end; end <= period->end;
	     end += length) {
		if (end <= period->begin)
			continue;
		count(sheet, (int)periods, end);
		sheet->value[periods] = (struct pm_value){
			sheet->name, sheet->results[periods],
			types - device_has(device, DEFECT_PM_WRONG_COUNTS),
		};
		sheet->infos[periods] = (struct pm_info){
			.id = "cell", .duration = length,
			.end = end + 30 * device_has(device, DEFECT_PM_PERIOD_BEYOND) -
			       10 * (gap && end < period->end),
			.report = period->interval *
				  (1 + device_has(device, DEFECT_PM_OTHER_REPORT_PERIOD)),
			.types = device->factory.is_henb ? henb_types : hnb_types,
			.type_count = types, .values = &sheet->value[periods], .value_count = 1,
		};
		periods++;
	}
	return periods;
}

static void pack(struct buffer *octets)
{
	uLong most = compressBound((uLong)octets->length) + 64;
	uint8_t *packed = memory_new(most);
	z_stream stream = { .next_in = octets->octets, .avail_in = (uInt)octets->length,
			    .next_out = packed, .avail_out = (uInt)most };

	if (deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		memory_exhausted();
	deflate(&stream, Z_FINISH);
	buffer_clear(octets);
	buffer_add(octets, packed, (size_t)stream.total_out);
	deflateEnd(&stream);
	free(packed);
}

/* PeriodicStatistics shows what was reported last. */
static void show(struct device *device, const struct measurement_period *period,
		 const struct sheet *sheet)
{
	static const struct pm_clock utc = { PM_ZONE_UTC, 0 };
	char begin[32], end[32], length[24];

	pm_time_write(period->begin, &utc, begin);
	pm_time_write(period->end, &utc, end);
	snprintf(length, sizeof(length), "%" PRId64, sheet->infos[0].duration);
	device_set(device, "PeriodicStatistics.SampleSet.1.ReportStartTime", begin);
	device_set(device, "PeriodicStatistics.SampleSet.1.ReportEndTime", end);
	device_set(device, "PeriodicStatistics.SampleSet.1.SampleInterval", length);
}

static char *name_of(struct device *device, const struct measurement_period *period,
		     const struct pm_clock *clock, size_t periods)
{
	int64_t off = device_has(device, DEFECT_PM_OTHER_NAME_TIMES) ? 3600 : 0;
	struct pm_name name = { .type = periods > 1 ? 'B' : 'A', .begin = period->begin - off,
				.end = period->end - off, .count = period->count,
				.packed = device_has(device, VARIANT_PM_GZIP) };

	memory_place(name.unique, sizeof(name.unique), device->factory.serial);
	return pm_name_write(&name, clock, false);
}

/* TS 32.584 5.2 takes the one-by-one form out of the HNB's file. */
static bool is_positional(const struct device *device)
{
	return device_has(device, VARIANT_PM_POSITIONAL) ||
	       device_has(device, DEFECT_PM_SAME_PLACES) ||
	       (device_has(device, DEFECT_PM_BY_PLACES) && !device->factory.is_henb);
}

char *measurement_file(struct device *device, const struct measurement_period *period,
		       struct buffer *octets)
{
	bool local = device_has(device, VARIANT_PM_LOCAL_TIME);
	struct sheet sheet = { 0 };
	struct parameter *prefix = tree_find_ending(device->tree, ".DNPrefix");
	struct pm_file file = {
		.version = "32.435 V10.0", .vendor = device->factory.manufacturer,
		.prefix = prefix && *prefix->value ? prefix->value : NULL,
		.begin = period->begin, .end = period->end,
		.clock = { local ? PM_ZONE_OFFSET : PM_ZONE_UTC, local ? 120 : 0 },
		.positional = is_positional(device),
		.infos = sheet.infos,
	};

	sheet.name = memory_format("%s=%s", device->factory.is_henb ? "HeNB" : "HNB",
				   device_has(device, DEFECT_PM_OTHER_ELEMENT)
					   ? "other" : device->factory.serial);
	file.sender = file.element = sheet.name;
	file.info_count = fill(device, period, &sheet);
	if (device_has(device, DEFECT_PM_WRONG_ORDER))
		file.begin = period->end;
	if (device_has(device, DEFECT_PM_NO_ZONE))
		file.clock.zone = PM_ZONE_NONE;
	pm_file_write(&file, octets);
	measurement_file_spoil(device, octets);
	if (device_has(device, VARIANT_PM_GZIP))
		pack(octets);
	show(device, period, &sheet);
	free(sheet.name);
	if (device_has(device, DEFECT_PM_OTHER_NAME))
		return memory_text("measurements.xml");
	return name_of(device, period, &file.clock, file.info_count);
}
