/* Fuzz target: the scenario language. What begins with "r" is read as rules; what a scenario
 * then says is linted and explained. Files are never found: "use" and "after" name nothing. */
#include <stdlib.h>
#include <string.h>

#include "harness/chart/chart.h"
#include "harness/chart/vocabulary.h"

int LLVMFuzzerTestOneInput(const unsigned char *octets, size_t length);

static void read_scenario(const char *text, size_t length, const struct vocabulary *vocabulary,
			  struct diagnostics *diagnostics)
{
	struct chart *chart =
	    chart_parse(text, length, "fuzz.flow", "/nonexistent", vocabulary, diagnostics);

	if (!chart)
		return;
	chart_lint(chart, diagnostics);
	free(chart_explain(chart));
	for (const struct item *item = chart->body->first; item; item = item->next)
		if (item->arrow)
			free(arrow_text(item->arrow));
	chart_free(chart);
}

int LLVMFuzzerTestOneInput(const unsigned char *octets, size_t length)
{
	struct diagnostics diagnostics = { 0 };
	struct vocabulary vocabulary = { 0 };

	names_add(&vocabulary.parameters, "ManagementServer");
	names_add(&vocabulary.statements, "HENB-5.1.3-01");
	names_add(&vocabulary.items, "tls");
	names_add(&vocabulary.variables, "device.serial");
	if (length > 0 && octets[0] == 'r') {
		struct rules rules = { 0 };

		rules_parse((const char *)octets, length, "fuzz.rules", &vocabulary, &rules,
			    &diagnostics);
		rules_free(&rules);
	} else {
		read_scenario((const char *)octets, length, &vocabulary, &diagnostics);
	}
	vocabulary_clear(&vocabulary);
	diagnostics_clear(&diagnostics);
	return 0;
}
