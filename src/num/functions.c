/* The fingerprinted functions by name, and which of them operations call. */
#include <string.h>

#include "num/math.h"

static const char *const names[SLT_FN_COUNT] = {
#define NAME(name) #name,
    SLT_FUNCTION_MAP(NAME)
#undef NAME
};

const char *slt_function_name(slt_function function)
{
    return names[function];
}

slt_function slt_function_find(const char *name)
{
    int f = 0;
    while (f < SLT_FN_COUNT && strcmp(name, names[f]) != 0)
        f++;
    return (slt_function)f;
}

#define SET(name) ((slt_function_set)1 << SLT_FN_##name)

slt_function_set slt_functions_of_normals(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(log) | SET(sincospif),
        [SLT_F64] = SET(log) | SET(sincospi),
        [SLT_FIXED] = SET(fixed),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

slt_function_set slt_functions_of_exponentials(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(log),
        [SLT_F64] = SET(log),
        [SLT_FIXED] = SET(fixed),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

slt_function_set slt_functions_of_sincospi(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(sincospif),
        [SLT_F64] = SET(sincospi),
        [SLT_FIXED] = SET(fixed_sincospi),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

slt_function_set slt_functions_of_gelu(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(erff) | SET(expf),
        [SLT_F64] = SET(erf) | SET(exp),
        [SLT_FIXED] = SET(fixed_erf) | SET(fixed_exp),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

slt_function_set slt_functions_of_sigmoid(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(expf),
        [SLT_F64] = SET(exp),
        [SLT_FIXED] = SET(fixed_exp),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

slt_function_set slt_functions_of_softplus(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(expf) | SET(logf),
        [SLT_F64] = SET(exp) | SET(log),
        [SLT_FIXED] = SET(fixed_exp) | SET(fixed_log),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

slt_function_set slt_functions_of_tanh(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(tanhf),
        [SLT_F64] = SET(tanh),
        [SLT_FIXED] = SET(fixed_tanh),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

/* Both float arithmetics call binary64's logarithm. */
slt_function_set slt_functions_of_cross_entropy(slt_arithmetic arithmetic)
{
    static const slt_function_set sets[] = {
        [SLT_F32] = SET(expf) | SET(log),
        [SLT_F64] = SET(exp) | SET(log),
        [SLT_FIXED] = SET(fixed_exp) | SET(fixed_log),
        [SLT_INDEX] = 0,
    };
    return sets[arithmetic];
}

slt_function_set slt_functions_of_rotary(void)
{
    return SET(exp) | SET(log) | SET(sincospi);
}
