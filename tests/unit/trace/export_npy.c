/* trace/export_npy.c: files of estimates made once and of those made at checkpoints. */
#include "kinds_sample.h"

#include <stdlib.h>
#include <unistd.h>

#include <sltrace/show.h>

/* The losses of the last checkpoint alone are stored, under its step, as others of the
 * estimate were made before; those of an estimate made once have no step. */
static void test_series(const char *folder, const char *manifest,
                        const char *const *names, size_t count)
{
    slt_error err = {0};
    char path[96];
    size_t files = 0;
    slt_buffer bytes = sample_bytes(manifest, 0, NULL);
    snprintf(path, sizeof path, "%s/a.trace", folder);
    const char *traces[1] = {path};
    slt_io_replace(path, bytes.data, bytes.size, NULL);
    slt_buffer_free(&bytes);
    TAP_OK(!slt_export_npy(traces, 1, folder, &files, &err), "exported: %s", err.text);
    TAP_EQ_U64(files, count, "so many files");
    unlink(path);
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        TAP_OK(!unlink(path), "%s", names[i]);
    }
}

int main(void)
{
    static const char *const of_series[] = {
        "a-llc0-step9-chain0.npy", "a-llc0-step9-chain1.npy", "a-step9-W1.npy",
        "a-step9-W2.npy",          "a-step9-m.W1.npy",        "a-step9-m.W2.npy"};
    static const char *const of_two[] = {"a-llc0-chain0.npy", "a-llc0-chain1.npy",
                                         "a-llc1-chain0.npy", "a-llc1-chain1.npy"};
    static const char *const observed[] = {
        "a-llc0-chain0.npy", "a-llc0-chain0-samples.npy",
        "a-llc0-chain1.npy", "a-llc0-chain1-samples.npy",
        "a-llc1-chain0.npy", "a-llc1-chain0-samples.npy",
        "a-llc1-chain1.npy", "a-llc1-chain1-samples.npy"};
    static const char *const measured[] = {
        "a-llc0-chain0.npy",         "a-llc0-chain0-samples.npy",
        "a-llc0-chain0-metrics.npy", "a-llc0-chain1.npy",
        "a-llc0-chain1-samples.npy", "a-llc0-chain1-metrics.npy"};
    char folder[] = "/tmp/sltrace-npy-XXXXXX";
    slt_error err = {0};
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail("cannot start");
    test_series(folder, SERIES, of_series, sizeof of_series / sizeof *of_series);
    test_series(folder,
                HEAD("two", "f64") SAMPLE_DATA SAMPLE_NET
                "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 4, checkpoints: "
                "{every: 2}}\n"
                "  llc:\n    - {at: 2, " DRAWS "}\n    - {at: last, " DRAWS "}\n",
                of_two, sizeof of_two / sizeof *of_two);
    test_series(folder, OBSERVED, observed, sizeof observed / sizeof *observed);
    test_series(folder,
                CLASSES("f64") "    metrics: {norm: {kind: norm, weight: W}}\n"
                               "  llc:\n    - {at: last, " DRAWS
                               ", observables: {losses: {}, metrics: [norm]}}\n",
                measured, sizeof measured / sizeof *measured);
    TAP_OK(!rmdir(folder), "and no others");
    return tap_done();
}
