#include "verify/fingerprints.h"

#include <string.h>

#include <sltrace/numerics.h>

#include "num/math.h"

slt_status slt_fingerprint_check(const char *name, const char *fingerprint,
                                 slt_arithmetic arithmetic, const char *whose,
                                 slt_error *err)
{
    char found[SLT_FINGERPRINT_MAX];
    slt_function function = slt_function_find(name);
    if (function == SLT_FN_COUNT)
        return slt_fail(err, SLT_UNFIT,
                        "cannot judge here: the %s needs the function %s, which this "
                        "program does not have",
                        whose, name);
    if (!slt_function_here(function))
        return SLT_OK;
    slt_fingerprint(function, arithmetic, found);
    if (!strcmp(found, fingerprint))
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT,
                    "cannot judge here: %s fingerprint %s, %s %s (numerics 1 is SLEEF "
                    "3.5.1, another is loaded: see sltrace doctor)",
                    name, found, whose, fingerprint);
}

slt_status slt_trace_judgeable(const slt_trace *trace, const char *path,
                               const slt_run_spec *run, slt_error *err)
{
    if (slt_trace_numerics(trace) != SLT_NUMERICS_REVISION)
        return slt_fail(
            err, SLT_UNFIT,
            "%s: cannot judge here: numerics revision %u, this program has %d", path,
            slt_trace_numerics(trace), SLT_NUMERICS_REVISION);
    slt_status status = slt_num_available(run->arithmetic, err);
    for (size_t i = 0; i < slt_trace_functions(trace) && !status; i++) {
        const char *fingerprint;
        const char *name = slt_trace_function(trace, i, &fingerprint);
        status = slt_fingerprint_check(name, fingerprint, run->arithmetic, "trace", err);
    }
    return status;
}
