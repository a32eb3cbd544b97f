#include "harness/judge/verdict.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = { "none", "pass", "inconc", "fail", "error" };

	return names[verdict];
}

enum verdict verdict_worse(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

enum verdict verdict_final(enum verdict verdict)
{
	return verdict == VERDICT_NONE ? VERDICT_ERROR : verdict;
}
