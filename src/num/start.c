/* Start-up: the floating-point environment, and the choice of kernels. */
#include <sltrace/numerics.h>

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/cpu.h"
#include "base/fpenv.h"
#include "base/world.h"
#include "num/kernels.h"
#include "num/math.h"

/* The copies of kernels in this build, in rising order of instruction sets. */
#ifdef SLT_FLOAT
static const bool floats_built = true;
#define SLT_FLOAT_COPIES(name) &slt_kernels_f32_##name, &slt_kernels_f64_##name
#else
static const bool floats_built = false;
#define SLT_FLOAT_COPIES(name) NULL, NULL
#endif
#define SLT_COPY(ISA, name)                                                              \
    {                                                                                    \
        SLT_ISA_##ISA, SLT_FLOAT_COPIES(name), &slt_kernels_fixed_##name                 \
    }
#define SLT_COPY_DECLARE(name)                                                           \
    extern const slt_kernels slt_kernels_f32_##name, slt_kernels_f64_##name,             \
        slt_kernels_fixed_##name;

extern const slt_kernels slt_kernels_f64_integers, slt_kernels_modular;
SLT_COPY_DECLARE(scalar)
#ifdef SLT_HAVE_NEON
SLT_COPY_DECLARE(neon)
#endif
#ifdef SLT_HAVE_AVX2
SLT_COPY_DECLARE(avx2)
#endif
#ifdef SLT_HAVE_AVX512
SLT_COPY_DECLARE(avx512)
#endif

static const struct {
    slt_isa isa;
    const slt_kernels *f32, *f64, *fixed;
} copies[] = {
    SLT_COPY(SCALAR, scalar),
#ifdef SLT_HAVE_NEON
    SLT_COPY(NEON, neon),
#endif
#ifdef SLT_HAVE_AVX2
    SLT_COPY(AVX2, avx2),
#endif
#ifdef SLT_HAVE_AVX512
    SLT_COPY(AVX512, avx512),
#endif
};

static const slt_kernels *kernels_in_use[SLT_MODULAR + 1];
static slt_isa isa_in_use;
static slt_error no_floats; /* why floats cannot run; SLT_OK if they can */

static char environment[SLT_FPENV_TEXT_MAX]; /* as the first slt_num_start found it */
static bool environment_corrected;

const char *slt_num_environment(bool *corrected)
{
    *corrected = environment_corrected;
    return environment;
}

/* The environment is set right where that is possible, for float runs and for pictures.
 * Where it is not, floats cannot run, and nothing else is affected. */
static slt_status find_floats(slt_error *err)
{
    bool corrected;
    if (!*environment)
        slt_fpenv_describe(environment);
    slt_status status = slt_fpenv_enter(&corrected, err);
    environment_corrected |= corrected;
    if (!floats_built)
        return slt_fail(err, SLT_UNFIT,
                        "this build has no floating-point arithmetic (SLT_FLOAT=OFF); "
                        "use one that has it");
    if (!slt_cpu_has_fma())
        return slt_fail(err, SLT_UNFIT,
                        "this CPU has no fused multiply-add, which arithmetics f32 and "
                        "f64 need; use a CPU that has it (x86-64-v3, arm64, s390x, "
                        "ppc64el)");
    return status;
}

void slt_num_start(slt_isa cap)
{
    size_t best = 0;
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        if (copies[i].isa <= cap && slt_cpu_has(copies[i].isa))
            best = i;
    isa_in_use = copies[best].isa;
    no_floats = (slt_error){.status = SLT_OK};
    bool floats = find_floats(&no_floats) == SLT_OK;
    kernels_in_use[SLT_F32] = floats ? copies[best].f32 : NULL;
    kernels_in_use[SLT_F64] = floats ? copies[best].f64 : &slt_kernels_f64_integers;
    kernels_in_use[SLT_FIXED] = copies[best].fixed;
    kernels_in_use[SLT_MODULAR] = &slt_kernels_modular;
}

slt_isa slt_num_isa(void)
{
    return isa_in_use;
}

slt_status slt_num_available(slt_arithmetic arithmetic, slt_error *err)
{
    const bool floats = arithmetic == SLT_F32 || arithmetic == SLT_F64;
    if (!kernels_in_use[SLT_FIXED])
        return slt_fail(err, SLT_USAGE, "slt_start comes before anything that computes");
    if (!floats || no_floats.status == SLT_OK)
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT,
                    "cannot judge here: %s, or arithmetic: fixed in a manifest of your "
                    "own",
                    no_floats.text);
}

static _Thread_local bool integers_alone;

void slt_num_integers_alone(bool alone)
{
    integers_alone = alone;
}

bool slt_num_by_hardware(void)
{
    return no_floats.status == SLT_OK && !integers_alone;
}

const slt_kernels *slt_kernels_of(slt_arithmetic arithmetic)
{
    SLT_ASSERT(arithmetic <= SLT_MODULAR && kernels_in_use[arithmetic]);
    if (arithmetic == SLT_F64 && integers_alone)
        return &slt_kernels_f64_integers;
    return kernels_in_use[arithmetic];
}

void slt_kernels_replace(slt_arithmetic arithmetic, const slt_kernels *kernels)
{
    SLT_ASSERT(arithmetic < SLT_INDEX && kernels_in_use[arithmetic]);
    kernels_in_use[arithmetic] = kernels;
}

slt_status slt_start(const char *isa, slt_error *err)
{
    SLT_FPENV_KEPT;
    slt_isa cap = SLT_ISA_COUNT;
    slt_error wrong;
    const char *name = isa ? isa : slt_world.getenv("SLTRACE_ISA");
    if (!name || !*name) {
        slt_num_start(cap);
        return SLT_OK;
    }
    slt_status status = slt_isa_parse(name, &cap, &wrong);
    if (status != SLT_OK)
        return slt_fail(err, status, "%s%s", isa ? "" : "SLTRACE_ISA: ", wrong.text);
    slt_num_start(cap);
    return SLT_OK;
}
