/* Manifests, as they come of the grammar of random ones and of their mutants: what is
 * taken has runs whose canonical forms are read, are their experiments' bytes, and are
 * those of the manifests written of them. */
#include "fuzz.h"
#include "manifest_sample.h"
#include "random_manifest.h"

#include "codec/digest.h"
#include "manifest/canonical.h"
#include "manifest/manifest.h"
#include "manifest/manifest_write.h"

#define RUNS 3 /* looked at of each manifest */

static void seed(size_t n, slt_buffer *bytes)
{
    const uint64_t state = random_state;
    if (n == 0) {
        slt_buffer_append(bytes, manifest_sample, strlen(manifest_sample));
        return;
    }
    random_state = n;
    random_manifest_write(bytes);
    random_state = state;
}

static void check_written(const uint8_t *bytes, size_t size)
{
    slt_value run;
    slt_buffer text = {0};
    slt_manifest *manifest = NULL;
    const uint8_t *again;
    size_t again_size;
    slt_error err = {0};
    FUZZ_REQUIRE(!slt_canonical_read(bytes, size, &run, &err), "its canonical form: %s",
                 err.text);
    slt_status status = slt_manifest_write("a/b", "", &run, &text, &err);
    slt_value_free(&run);
    FUZZ_REQUIRE(!status || strchr(err.text, '$'), "no manifest of a run: %s", err.text);
    if (!status) {
        status =
            slt_manifest_parse(slt_buffer_text(&text), text.size, "y", &manifest, &err);
        FUZZ_REQUIRE(!status, "the manifest of a run is refused: %s\n%.3000s", err.text,
                     slt_buffer_text(&text));
    }
    if (manifest) {
        status = slt_manifest_canonical(manifest, 0, &again, &again_size, &err);
        FUZZ_REQUIRE(!status && again_size == size && !memcmp(again, bytes, size),
                     "the manifest of a run is of another: %s",
                     status ? err.text : "other bytes");
    }
    slt_manifest_free(manifest);
    slt_buffer_free(&text);
}

static void check_run(slt_manifest *manifest, size_t run)
{
    const uint8_t *bytes;
    size_t size;
    static slt_run_spec spec;
    slt_error err = {0};
    slt_status status = slt_manifest_canonical(manifest, run, &bytes, &size, &err);
    if (status) { /* only what opening did not check */
        FUZZ_REQUIRE(slt_manifest_checked(manifest) < slt_manifest_runs(manifest),
                     "run %zu: %s", run, err.text);
        return;
    }
    FUZZ_REQUIRE(slt_digest_equal(slt_manifest_experiment(manifest, run),
                                  slt_digest_of(bytes, size)),
                 "run %zu is another experiment", run);
    status = slt_canonical_decode(bytes, size, &spec, &err);
    FUZZ_REQUIRE(!status, "run %zu: its canonical form: %s", run, err.text);
    check_written(bytes, size);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_manifest *manifest = NULL;
    slt_error err = {0};
    slt_status status =
        slt_manifest_parse((const char *)bytes, size, "x", &manifest, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x");
        FUZZ_REQUIRE(!manifest, "refused, and there");
        return false;
    }
    const size_t runs = slt_manifest_runs(manifest);
    FUZZ_REQUIRE(runs >= 1 && *slt_manifest_name(manifest), "no runs, or no name");
    const bool closer = fuzz_looks_closer();
    for (size_t run = 0; closer && run < runs && run < RUNS; run++)
        check_run(manifest, run);
    if (closer && runs > RUNS)
        check_run(manifest, runs - 1);
    slt_manifest_free(manifest);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_manifest *manifest = NULL;
    const uint8_t *run;
    slt_status status =
        slt_manifest_parse((const char *)bytes, size, "x", &manifest, NULL);
    if (!status)
        status = slt_manifest_canonical(manifest, 0, &run, &size, NULL);
    if (!status)
        slt_buffer_append(said, run, size);
    slt_manifest_free(manifest);
    return status;
}

static const fuzz_target fuzz_this = {.name = "manifest",
                                      .mutants = 20000,
                                      .seeds = 1 << 20,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
