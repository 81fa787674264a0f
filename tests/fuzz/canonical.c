/* Canonical runs: what is taken is msgpack of the strict profile, the manifest written of
 * it has the same canonical form, it differs in nothing from itself, and in another
 * arithmetic and back it is the same run. */
#include "fuzz.h"
#include "random_manifest.h"

#include "codec/pack.h"
#include "manifest/canonical.h"
#include "manifest/manifest.h"
#include "manifest/manifest_write.h"

/* The first run of random manifest n. */
static void seed(size_t n, slt_buffer *bytes)
{
    const uint64_t state = random_state;
    slt_buffer text = {0};
    slt_manifest *manifest = NULL;
    const uint8_t *run;
    size_t size;
    slt_error err;
    random_state = n;
    random_manifest_write(&text);
    random_state = state;
    if (slt_manifest_parse(slt_buffer_text(&text), text.size, "seed.yaml", &manifest,
                           &err) ||
        slt_manifest_canonical(manifest, 0, &run, &size, &err))
        tap_bail(err.text);
    slt_buffer_append(bytes, run, size);
    slt_manifest_free(manifest);
    slt_buffer_free(&text);
}

static void check_written(const slt_value *run, const uint8_t *bytes, size_t size)
{
    slt_buffer text = {0};
    slt_manifest *manifest = NULL;
    const uint8_t *again;
    size_t again_size;
    slt_error err = {0};
    slt_status status = slt_manifest_write("a/b", "made of a run", run, &text, &err);
    FUZZ_REQUIRE(!status || strchr(err.text, '$'), "no manifest of it: %s", err.text);
    if (!status) {
        status =
            slt_manifest_parse(slt_buffer_text(&text), text.size, "y", &manifest, &err);
        FUZZ_REQUIRE(!status, "its manifest is refused: %s\n%.3000s", err.text,
                     slt_buffer_text(&text));
    }
    if (manifest) {
        status = slt_manifest_canonical(manifest, 0, &again, &again_size, &err);
        FUZZ_REQUIRE(!status && again_size == size && !memcmp(again, bytes, size),
                     "its manifest is of another run: %s\n%.3000s",
                     status ? err.text : "other bytes", slt_buffer_text(&text));
    }
    slt_manifest_free(manifest);
    slt_buffer_free(&text);
}

static void check_difference(const uint8_t *bytes, size_t size)
{
    slt_buffer field = {0}, a = {0}, b = {0};
    bool differs = true;
    slt_error err = {0};
    slt_status status = slt_canonical_difference(bytes, size, bytes, size, &field, &a, &b,
                                                 &differs, &err);
    FUZZ_REQUIRE(!status && !differs, "differs from itself: %s %s",
                 slt_buffer_text(&field), err.text);
    slt_buffer_free(&field);
    slt_buffer_free(&a);
    slt_buffer_free(&b);
}

static void check_converted(const uint8_t *bytes, size_t size, slt_arithmetic own)
{
    slt_error err = {0};
    for (int to = SLT_F32; to <= SLT_FIXED; to++) {
        slt_buffer other = {0}, back = {0};
        if (!slt_canonical_convert(bytes, size, (slt_arithmetic)to, &other, &err)) {
            slt_status status =
                slt_canonical_convert(other.data, other.size, own, &back, &err);
            FUZZ_REQUIRE(!status && fuzz_same(&back, bytes, size),
                         "in arithmetic %d and back: %s", to,
                         status ? err.text : "another run");
        }
        slt_buffer_free(&other);
        slt_buffer_free(&back);
    }
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_value run;
    static slt_run_spec spec;
    slt_error err = {0};
    slt_status status = slt_canonical_decode(bytes, size, &spec, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "");
        return false;
    }
    FUZZ_REQUIRE(!slt_pack_validate(bytes, size, "run", &err), "%s", err.text);
    if (!fuzz_looks_closer())
        return true;
    status = slt_canonical_read(bytes, size, &run, &err);
    FUZZ_REQUIRE(!status, "as a tree: %s", err.text);
    if (!status)
        check_written(&run, bytes, size);
    slt_value_free(&run);
    check_difference(bytes, size);
    check_converted(bytes, size, spec.arithmetic);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    static slt_run_spec spec;
    slt_value run;
    slt_status status = slt_canonical_decode(bytes, size, &spec, NULL);
    if (!status)
        status = slt_canonical_convert(bytes, size, SLT_FIXED, said, NULL);
    if (status && status != SLT_FORMAT)
        return status;
    status = slt_canonical_read(bytes, size, &run, NULL);
    if (!status)
        status = slt_manifest_write("a/b", "", &run, said, NULL);
    slt_value_free(&run);
    return status;
}

static const fuzz_target fuzz_this = {.name = "canonical",
                                      .mutants = 10000,
                                      .seeds = 1 << 20,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
