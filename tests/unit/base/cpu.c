#include "base/cpu.h"

#include "tap.h"

static void test_names(void)
{
    for (int i = 0; i < SLT_ISA_COUNT; i++) {
        slt_isa isa = SLT_ISA_COUNT;
        slt_status status = slt_isa_parse(slt_isa_name((slt_isa)i), &isa, NULL);
        TAP_OK(status == SLT_OK && (int)isa == i, "%s is read back",
               slt_isa_name((slt_isa)i));
    }
    slt_error err = {0};
    slt_isa isa = SLT_ISA_SCALAR;
    TAP_OK(slt_isa_parse("sse9", &isa, &err) == SLT_USAGE && strstr(err.text, "'sse9'"),
           "an unknown name is a usage error that shows it");
    TAP_OK(slt_isa_parse("AVX2", &isa, NULL) == SLT_USAGE, "names are lower case");
}

static void test_features(void)
{
    TAP_OK(slt_cpu_has(SLT_ISA_SCALAR), "scalar is always there");
    TAP_OK(!slt_cpu_has(SLT_ISA_AVX512) || slt_cpu_has(SLT_ISA_AVX2),
           "AVX-512 comes with AVX2");
    TAP_OK(!slt_cpu_has(SLT_ISA_AVX2) || slt_cpu_has_fma(), "AVX2 kernels need fma");
#ifdef __aarch64__
    TAP_OK(slt_cpu_has(SLT_ISA_NEON) && slt_cpu_has_fma(), "arm64 has NEON and fma");
#else
    TAP_OK(!slt_cpu_has(SLT_ISA_NEON), "NEON is arm64's");
#endif
}

#if defined(__x86_64__)
#include <cpuid.h>

/* Whether /proc/cpuinfo speaks of this CPU: an emulator shows the host's. */
static bool is_named(const char *model)
{
    unsigned words[13] = {0};
    for (unsigned i = 0; i < 3; i++)
        __get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2],
                    &words[4 * i + 3]);
    return strstr((const char *)words, model) != NULL;
}

static void test_cpuinfo(void)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[8192];
    bool fma = false, found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        found = strncmp(line, "flags", 5) == 0;
        fma = found && strstr(line, " fma ");
    }
    if (file)
        fclose(file);
    if (found && is_named(slt_cpu_model()))
        TAP_OK(fma == slt_cpu_has_fma(), "fma as /proc/cpuinfo has it");
    else
        tap_skip("fma as /proc/cpuinfo has it", "it speaks of another CPU");
}
#else
static void test_cpuinfo(void)
{
    tap_skip("fma as /proc/cpuinfo has it", "asked on x86-64 only");
}
#endif

static void test_model(void)
{
    const char *model = slt_cpu_model();
    TAP_OK(model == slt_cpu_model() && strlen(model) < 128, "model: %s", model);
}

int main(void)
{
    test_names();
    test_features();
    test_cpuinfo();
    test_model();
    return tap_done();
}
