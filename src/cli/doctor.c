#include "cli/cli.h"

#include <stdlib.h>

#include <sltrace/numerics.h>
#include <sltrace/page.h>

#include "base/world.h"

static slt_status doctor_run(const cli_call *call, slt_error *err)
{
    /* slt_doctor must see the floating environment as the process found it, so nothing is
     * started before it; it takes the cap from the environment. */
    const char *isa = cli_value(call, "isa");
    if (isa && slt_world.setenv("SLTRACE_ISA", isa, 1) != 0)
        return slt_fail(err, SLT_RESOURCE, "doctor: out of memory");
    slt_doctor_line lines[SLT_DOCTOR_LINES_MAX];
    size_t count = slt_doctor(lines);
    slt_status status = slt_start(isa, err);
    if (status == SLT_USAGE)
        return status;
    bool fit = slt_doctor_fit(lines, count);
    if (call->json)
        slt_doctor_json(lines, count, call->json);
    else
        cli_keep_status(slt_doctor_text(lines, count, stdout));
    if (fit || !cli_given(call, "strict"))
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT,
                    "this machine cannot judge goldens of float runs: see the BAD lines");
}

static const cli_option options[] = {
    {"strict", 0, NULL,
     "Exit with status 3 where anything keeps this machine from judging goldens of float "
     "runs.",
     NULL},
};

const cli_command cli_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = "tell what this machine is and whether it can judge",
    .details =
        "Looks at the CPU, the kernels in use, fused multiply-add, the floating-point "
        "environment (and whether it had to be set right), the fingerprint of every "
        "elementary function against those of numerics revision 1, the byte order, the "
        "libraries, gnuplot and the disk. One line a finding: ok, or BAD with the way "
        "out.\n\n"
        "Where a fingerprint differs, another SLEEF than 3.5.1 is loaded. Build that "
        "release and point sltrace to it:\n\n"
        "  git clone --branch 3.5.1 --depth 1 https://github.com/shibatch/sleef\n"
        "  cmake -S sleef -B sleef/build -DCMAKE_INSTALL_PREFIX=$HOME/sleef-3.5.1 \\\n"
        "      -DBUILD_SHARED_LIBS=TRUE -DBUILD_TESTS=FALSE -DBUILD_DFT=FALSE\n"
        "  cmake --build sleef/build --target install\n"
        "  cmake -S . -B build -DSLT_SLEEF_ROOT=$HOME/sleef-3.5.1\n\n"
        "Runs in fixed arithmetic need none of this: they judge on any machine.",
    .examples = "sltrace doctor\n"
                "sltrace doctor --strict && sltrace verify golden/smoke/linear.golden",
    CLI_OPTIONS(options),
    .json = true,
    .starts = true,
    .run = doctor_run,
};
