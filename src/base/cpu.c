#include "base/cpu.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/world.h"

static const char *const isa_names[SLT_ISA_COUNT] = {"scalar", "neon", "avx2", "avx512"};

const char *slt_isa_name(slt_isa isa)
{
    return isa_names[isa];
}

slt_status slt_isa_parse(const char *text, slt_isa *isa, slt_error *err)
{
    for (int i = 0; i < SLT_ISA_COUNT; i++) {
        if (strcmp(text, isa_names[i]) == 0) {
            *isa = (slt_isa)i;
            return SLT_OK;
        }
    }
    return slt_fail(
        err, SLT_USAGE,
        "instruction set: expected scalar, neon, avx2 or avx512, found '%.40s'", text);
}

#if defined(__x86_64__) || defined(__i386__)

/* The builtins also ask XGETBV whether the operating system saves the registers. */
static bool has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

static bool has_neon(void)
{
    return false;
}

bool slt_cpu_has_fma(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("fma");
}

#else

static bool has_avx2(void)
{
    return false;
}

static bool has_avx512(void)
{
    return false;
}

static bool has_neon(void)
{
#ifdef __aarch64__
    return true;
#else
    return false;
#endif
}

bool slt_cpu_has_fma(void)
{
#if defined(__aarch64__) || defined(__s390x__) || defined(__powerpc64__) ||              \
    (defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF))
    return true;
#else
    return false;
#endif
}

#endif

bool slt_cpu_has(slt_isa isa)
{
    switch (isa) {
    case SLT_ISA_SCALAR:
        return true;
    case SLT_ISA_NEON:
        return has_neon();
    case SLT_ISA_AVX2:
        return has_avx2();
    case SLT_ISA_AVX512:
        return has_avx512();
    case SLT_ISA_COUNT:
        break;
    }
    return false;
}

static char model[128];

/* x86 says "model name", ppc64 "cpu", s390x "processor 0"; arm64 gives numbers only. */
static bool take_model(const char *line)
{
    static const char *const keys[] = {"model name", "cpu", "processor 0", "CPU part"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t length = strlen(keys[i]);
        if (strncmp(line, keys[i], length) != 0)
            continue;
        const char *value = line + length + strspn(line + length, " \t");
        if (*value != ':')
            continue;
        value += 1 + strspn(value + 1, " \t");
        snprintf(model, sizeof model, "%s%.*s", i == 3 ? "arm64 part " : "",
                 (int)strcspn(value, "\n"), value);
        return true;
    }
    return false;
}

static void read_model(void)
{
    FILE *file = slt_world.fopen("/proc/cpuinfo", "r");
    if (!file)
        return;
    char line[512];
    while (slt_world.fgets(line, sizeof line, file) && !take_model(line))
        continue;
    slt_world.fclose(file);
}

const char *slt_cpu_model(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    slt_world.pthread_once(&once, read_model);
    return model;
}
