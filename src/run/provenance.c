#include "run/provenance.h"

#include <gnu/libc-version.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <msgpack.h>
#include <sodium.h>
#include <xxhash.h>
#include <yaml.h>
#ifdef SLT_FLOAT
#include <sleef.h>
#endif

#include <sltrace/numerics.h>

#include "base/cpu.h"
#include "base/fpenv.h"
#include "base/world.h"
#include "codec/digest.h"
#include "codec/json.h"
#include "num/math.h"

#ifndef SLT_BUILD_FLAGS
#define SLT_BUILD_FLAGS ""
#endif
#ifndef SLT_LINK_FLAGS
#define SLT_LINK_FLAGS ""
#endif
#ifndef SLT_BUILD_FIXED_FLAGS
#define SLT_BUILD_FIXED_FLAGS ""
#endif
#define STRING_OF(x) #x
#define STRING(x) STRING_OF(x)
/* The version of the header that this was compiled with; fingerprints tell which library
 * was loaded. */
#ifdef SLT_FLOAT
#define SLEEF_TEXT                                                                       \
    STRING(SLEEF_VERSION_MAJOR)                                                          \
    "." STRING(SLEEF_VERSION_MINOR) "." STRING(SLEEF_VERSION_PATCHLEVEL)
#else
#define SLEEF_TEXT "none (SLT_FLOAT=OFF)"
#endif
#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

void slt_provenance_now(char text[32])
{
    time_t now;
    struct tm parts;
    slt_world.time(&now);
    gmtime_r(&now, &parts);
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static void print_machine(slt_json *json)
{
    struct utsname about;
    if (slt_world.uname(&about))
        return;
    slt_json_key_text(json, "host", about.nodename);
    slt_json_key_text(json, "machine", about.machine);
    slt_json_key_text(json, "system", about.sysname);
    slt_json_key_text(json, "release", about.release);
}

static void print_fingerprints(const slt_run_spec *run, slt_json *json)
{
    slt_function_set functions = slt_run_functions(run);
    slt_json_key_open(json, "fingerprints", '{');
    for (int f = 0; f < SLT_FN_COUNT; f++) {
        char text[SLT_FINGERPRINT_MAX];
        if (!(functions >> f & 1))
            continue;
        slt_fingerprint((slt_function)f, run->arithmetic, text);
        slt_json_key_text(json, slt_function_name((slt_function)f), text);
    }
    slt_json_close(json, '}');
}

static void print_libraries(slt_json *json)
{
    char xxhash[32];
    unsigned version = XXH_versionNumber();
    snprintf(xxhash, sizeof xxhash, "%u.%u.%u", version / 10000, version / 100 % 100,
             version % 100);
    slt_json_key_open(json, "libraries", '{');
    slt_json_key_text(json, "glibc", gnu_get_libc_version());
    slt_json_key_text(json, "sleef", SLEEF_TEXT);
    slt_json_key_text(json, "xxhash", xxhash);
    slt_json_key_text(json, "msgpack-c", msgpack_version());
    slt_json_key_text(json, "libyaml", yaml_get_version_string());
    slt_json_key_text(json, "libsodium", sodium_version_string());
    slt_json_close(json, '}');
}

/* The objects that the process has loaded; the program itself is "".  A library that is
 * preloaded, or was linked with fast-math, shows here. */
static int print_object(struct dl_phdr_info *object, size_t size, void *context)
{
    const char *slash = strrchr(object->dlpi_name, '/');
    const char *name = slash ? slash + 1 : object->dlpi_name;
    (void)size;
    if (*name)
        slt_json_text(context, name);
    return 0;
}

static void print_loaded(slt_json *json)
{
    slt_json_key_open(json, "loaded", '[');
    dl_iterate_phdr(print_object, json);
    slt_json_close(json, ']');
}

static void print_environment(slt_json *json)
{
    char now[SLT_FPENV_TEXT_MAX];
    bool corrected;
    const char *start = slt_num_environment(&corrected);
    slt_fpenv_describe(now);
    slt_json_key_open(json, "environment", '{');
    slt_json_key_text(json, "at_start", start);
    slt_json_key_bool(json, "corrected", corrected);
    slt_json_key_text(json, "at_end", now);
    slt_json_close(json, '}');
}

static void print_build(slt_json *json)
{
    slt_json_key_text(json, "compiler", COMPILER);
    slt_json_key_text(json, "flags", SLT_BUILD_FLAGS);
    slt_json_key_text(json, "fixed_flags", SLT_BUILD_FIXED_FLAGS);
    slt_json_key_text(json, "link_flags", SLT_LINK_FLAGS);
    slt_json_key_bool(json, "floats", !slt_num_available(SLT_F64, NULL));
}

void slt_provenance_print(const slt_run_spec *run, const char *started, bool resumed,
                          slt_buffer *out)
{
    char finished[32];
    slt_json json = {.text = *out, .lines = true};
    slt_provenance_now(finished);
    slt_json_begin(&json, "sltrace.provenance/1");
    slt_json_key_text(&json, "sltrace", slt_version());
    slt_json_key_uint(&json, "numerics", SLT_NUMERICS_REVISION);
    print_machine(&json);
    slt_json_key_text(&json, "cpu", slt_cpu_model());
    slt_json_key_text(&json, "isa", slt_isa_name(slt_num_isa()));
    print_build(&json);
    print_environment(&json);
    slt_json_key_text(&json, "started", started);
    slt_json_key_text(&json, "finished", finished);
    slt_json_key_bool(&json, "resumed", resumed);
    print_fingerprints(run, &json);
    print_loaded(&json);
    print_libraries(&json);
    char digest[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(slt_digest_of(json.text.data, json.text.size), digest);
    slt_json_key_text(&json, "digest", digest);
    slt_json_close(&json, '}');
    slt_buffer_byte(&json.text, '\n');
    *out = json.text;
}

bool slt_provenance_whole(const uint8_t *bytes, size_t size)
{
    char end[SLT_DIGEST_TEXT_MAX + 32], digest[SLT_DIGEST_TEXT_MAX] = "";
    size_t length = (size_t)snprintf(end, sizeof end, ",\n  \"digest\": \"%*s\"\n}\n",
                                     SLT_DIGEST_TEXT_MAX - 1, "");
    if (size < length)
        return false;
    slt_digest_text(slt_digest_of(bytes, size - length), digest);
    snprintf(end, sizeof end, ",\n  \"digest\": \"%s\"\n}\n", digest);
    return memcmp(bytes + size - length, end, length) == 0;
}
