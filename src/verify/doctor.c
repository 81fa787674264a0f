/* What this machine is, and whether it can judge goldens of float runs. */
#include <sltrace/check.h>
#include <sltrace/numerics.h>
#include <sltrace/system.h>

#include <dlfcn.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <msgpack.h>
#include <sodium/version.h>
#include <xxhash.h>
#include <yaml.h>

#include "base/assert.h"
#include "base/cpu.h"
#include "base/fpenv.h"
#include "base/world.h"
#include "num/math.h"
#ifdef SLT_FLOAT
#include "num/float/sleef.h"
#endif

typedef struct findings {
    slt_doctor_line *lines;
    size_t count;
} findings;

__attribute__((format(printf, 4, 5))) static void
doctor_add(findings *f, bool fine, const char *name, const char *format, ...)
{
    SLT_ASSERT(f->count < SLT_DOCTOR_LINES_MAX);
    slt_doctor_line *line = &f->lines[f->count++];
    va_list arguments;
    va_start(arguments, format);
    line->fine = fine;
    snprintf(line->name, sizeof line->name, "%s", name);
    vsnprintf(line->text, sizeof line->text, format, arguments);
    va_end(arguments);
}

static void look_at_environment(findings *f)
{
    bool corrected = false;
    slt_error err = {.status = SLT_OK};
    if (slt_fpenv_enter(&corrected, &err))
        doctor_add(f, false, "fp environment",
                   "%s: float runs are refused, fixed ones judge", err.text);
    else
        doctor_add(f, true, "fp environment", "round to nearest, subnormals kept%s",
                   corrected ? "; set right at start: something loaded here changes it"
                             : "");
}

static void look_at_cpu(findings *f)
{
    const char *model = slt_cpu_model();
    char sets[64] = "";
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++)
        if (slt_cpu_has((slt_isa)isa)) {
            size_t used = strlen(sets);
            snprintf(sets + used, sizeof sets - used, "%s%s", used ? " " : "",
                     slt_isa_name((slt_isa)isa));
        }
    doctor_add(f, true, "cpu", "%s", *model ? model : "unknown model");
    doctor_add(f, true, "instruction sets", "%s in use; here: %s",
               slt_isa_name(slt_num_isa()), sets);
    doctor_add(f, true, "byte order", "%s-endian",
               __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "little" : "big");
}

#ifdef SLT_FLOAT
static void look_at_floats(findings *f)
{
    doctor_add(f, slt_cpu_has_fma(), "fma", "%s",
               slt_cpu_has_fma()
                   ? "in hardware"
                   : "not in this CPU: float runs are refused, fixed ones judge");
}
#else
static void look_at_floats(findings *f)
{
    doctor_add(
        f, false, "floats",
        "not in this build (SLT_FLOAT=OFF): float runs are refused, fixed ones judge");
}
#endif

static void look_at_function(findings *f, slt_function function)
{
    char found[SLT_FINGERPRINT_MAX];
    const char *expected = slt_fingerprint_expected(function);
    const char *name = slt_function_name(function);
    slt_fingerprint(function, SLT_F64, found);
    if (strcmp(found, expected) == 0)
        doctor_add(f, true, name, "%s", found);
    else
        doctor_add(
            f, false, name,
            "%s, numerics %d has %s: not SLEEF 3.5.1 as it should be; build tag 3.5.1 "
            "and "
            "configure with -DSLT_SLEEF_ROOT=DIR (sltrace doctor --help)",
            found, SLT_NUMERICS_REVISION, expected);
}

static void look_at_functions(findings *f)
{
    for (int i = 0; i < SLT_FN_COUNT; i++)
        if (slt_function_here((slt_function)i))
            look_at_function(f, (slt_function)i);
}

#ifdef SLT_FLOAT
/* The file that a library's function came from. */
static void library_file(const void *function, char path[160])
{
    Dl_info info;
    char *real = NULL;
    if (slt_world.dladdr(function, &info) && info.dli_fname)
        real = slt_world.realpath(info.dli_fname, NULL);
    snprintf(path, 160, "%s", real ? real : "linked in");
    free(real);
}

static void look_at_sleef(findings *f)
{
    char path[160];
    double (*exponential)(double) = Sleef_finz_expd1_u10purecfma;
    void *address;
    memcpy(&address, &exponential, sizeof address);
    library_file(address, path);
    doctor_add(f, true, "sleef", "%s", path);
}
#else
static void look_at_sleef(findings *f)
{
    doctor_add(f, true, "sleef", "none: this build has no floats");
}
#endif

static void look_at_libraries(findings *f)
{
    unsigned xxh = XXH_versionNumber();
    doctor_add(f, true, "libraries",
               "xxHash %u.%u.%u, msgpack %s, libyaml %s, libsodium %s", xxh / 10000,
               xxh / 100 % 100, xxh % 100, msgpack_version(), yaml_get_version_string(),
               sodium_version_string());
}

/* Whether PATH has a program of that name. */
static bool find_program(const char *name, char path[160])
{
    const char *folders = slt_world.getenv("PATH");
    while (folders && *folders) {
        size_t length = strcspn(folders, ":");
        snprintf(path, 160, "%.*s/%s", (int)length, folders, name);
        if (slt_world.access(path, X_OK) == 0)
            return true;
        folders += length + (folders[length] == ':');
    }
    return false;
}

static void look_at_processors(findings *f)
{
    const slt_processors here = slt_processors_here();
    char text[SLT_PROCESSORS_TEXT_MAX];
    slt_processors_print(&here, text);
    doctor_add(f, true, "processors", "%s", text);
}

static void look_around(findings *f)
{
    char path[160];
    if (find_program("gnuplot", path))
        doctor_add(f, true, "gnuplot", "%s", path);
    else
        doctor_add(f, true, "gnuplot", "not found: figures come as CSV, without SVG");
    struct statvfs disk;
    if (slt_world.statvfs(".", &disk) == 0)
        doctor_add(f, true, "disk", "%" PRIu64 " MB free in this folder",
                   (uint64_t)disk.f_bavail * disk.f_frsize / 1000000);
    look_at_processors(f);
}

size_t slt_doctor(slt_doctor_line lines[SLT_DOCTOR_LINES_MAX])
{
    SLT_FPENV_KEPT;
    findings f = {.lines = lines};
    slt_error err = {.status = SLT_OK};
    doctor_add(&f, true, "sltrace", "%s, numerics revision %d", slt_version(),
               SLT_NUMERICS_REVISION);
    look_at_environment(&f); /* first: it is as the caller left it */
    slt_status started = slt_start(NULL, &err);
    if (started)
        doctor_add(&f, false, "start", "%s", err.text);
    look_at_cpu(&f);
    look_at_floats(&f);
    if (started == SLT_OK)
        look_at_functions(&f);
    look_at_sleef(&f);
    look_at_libraries(&f);
    look_around(&f);
    return f.count;
}

bool slt_doctor_fit(const slt_doctor_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!lines[i].fine)
            return false;
    return true;
}
