/* Canonical elementary functions, their fingerprints, and the choice of kernels. */
#ifndef SLT_NUM_MATH_H
#define SLT_NUM_MATH_H

#include <stdbool.h>
#include <stdint.h>

#include <sltrace/status.h>

#include "base/cpu.h"
#include "num/tensor.h"

/* X(name): functions with a fingerprint of their own, sorted by name. */
#define SLT_FUNCTION_MAP(X)                                                              \
    X(erf)                                                                               \
    X(erff)                                                                              \
    X(exp)                                                                               \
    X(expf)                                                                              \
    X(fixed)                                                                             \
    X(fixed_erf)                                                                         \
    X(fixed_exp)                                                                         \
    X(fixed_log)                                                                         \
    X(fixed_sincospi)                                                                    \
    X(fixed_tanh)                                                                        \
    X(log)                                                                               \
    X(logf)                                                                              \
    X(sincospi)                                                                          \
    X(sincospif)                                                                         \
    X(tanh)                                                                              \
    X(tanhf)

typedef enum slt_function {
#define SLT_FUNCTION_ENUM(name) SLT_FN_##name,
    SLT_FUNCTION_MAP(SLT_FUNCTION_ENUM)
#undef SLT_FUNCTION_ENUM
        SLT_FN_COUNT
} slt_function;

#define SLT_FINGERPRINT_MAX 17 /* 16 hex digits and NUL */

const char *slt_function_name(slt_function function);
/* The function of that name; SLT_FN_COUNT where there is none. */
slt_function slt_function_find(const char *name);

/* Whether this program can call the function on this machine.  Functions of integers,
 * and the log and exp of scalars, can be called everywhere, others where floats are
 * available. */
bool slt_function_here(slt_function function);
/* Whether it can be called everywhere. */
bool slt_function_in_integers(slt_function function);
/* The fingerprint of a function here: XXH3-64, 16 hex digits, over its results on a
 * fixed grid, which docs/spec/04-functions.md defines.  Computed once per process.  log
 * and exp are the kernels' in a float run, and those of scalar.h in a fixed one and
 * where floats are not available.  Asserts slt_function_here(function). */
void slt_fingerprint(slt_function function, slt_arithmetic arithmetic,
                     char text[SLT_FINGERPRINT_MAX]);

/* The fingerprint that the numerics revision requires. */
const char *slt_fingerprint_expected(slt_function function);

/* The set of functions (bit f = slt_function f) that an arithmetic's operation calls. */
typedef uint32_t slt_function_set;
slt_function_set slt_functions_of_normals(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_exponentials(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_sincospi(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_gelu(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_sigmoid(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_softplus(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_tanh(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_cross_entropy(slt_arithmetic arithmetic);
slt_function_set slt_functions_of_rotary(void); /* of scalars, whatever the arithmetic */

/* Chooses the kernels: the best instruction set that this CPU has, at most `cap`.  Call
 * it once before anything computes; tests call it again to change the cap.  It succeeds
 * on every machine: slt_num_available tells what keeps floats from running. */
void slt_num_start(slt_isa cap);
/* The instruction set in use. */
slt_isa slt_num_isa(void);
/* The floating-point environment that the first slt_num_start found
 * (slt_fpenv_describe), and whether it had to be set right. */
const char *slt_num_environment(bool *corrected);
/* SLT_OK where `arithmetic` can run here.  SLT_UNFIT, with the reason and a way out, in
 * a build without floats, on a CPU without fma, and in a floating-point environment that
 * cannot be set right.  Fixed point runs everywhere. */
slt_status slt_num_available(slt_arithmetic arithmetic, slt_error *err);

/* While `alone`, what this thread computes in binary64 is computed in integers, with the
 * same bits: a fixed-point run takes no floating-point instruction on its way to a hash,
 * whatever the environment. */
void slt_num_integers_alone(bool alone);
/* Whether this thread computes binary64 by hardware. */
bool slt_num_by_hardware(void);

#endif
