/* A golden in the making: its columns, and where it lies beside its manifest. */
#include "study_sample.h"
#include "traces_sample.h"

#include <unistd.h>

#include "figure/golden_make.h"

#define MANIFEST                                                                         \
    SAMPLE_HEAD("test/columns")                                                          \
    "sweep:\n  a: [1, 2, 4]\n"                                                           \
    "run:\n  arithmetic: f32\n  seed: $a\n" SAMPLE_DATA SAMPLE_NET                       \
    "  train: {optimizer: {kind: sgd, lr: 1e-3}, steps: 2}\n"                            \
    "  llc: [{at: last, lr: 1e-4, localization: 1, num_chains: 1, num_draws: 4}]\n"

static slt_error err;

static void has_columns(const char *figure, const char *const *want, const char *name)
{
    char text[2048];
    slt_golden *golden = NULL;
    snprintf(text, sizeof text, "%s%s", MANIFEST, figure);
    slt_manifest *manifest = sample_open(text);
    slt_status status = slt_study_golden_begin(manifest, "x.golden", &golden, &err);
    if (TAP_OK(status == SLT_OK, "%s: begun: %s", name, status ? err.text : "")) {
        size_t count = 0;
        while (want[count])
            count++;
        TAP_EQ_U64(golden->result_count, count, name);
        for (size_t i = 0; i < count && i < golden->result_count; i++)
            TAP_OK(quantity_is(&golden->results[i], want[i]), "%s: %s", name, want[i]);
        TAP_OK((golden->data != NULL) == (*figure != 0), "%s: data with a figure", name);
    }
    slt_golden_free(golden);
    slt_manifest_free(manifest);
}

static void test_columns(void)
{
    has_columns("", (const char *const[]){"loss", "llc/mean", NULL}, "without a figure");
    has_columns("figure:\n  rows: {by: a, value: llc/std}\n",
                (const char *const[]){"llc/std", NULL}, "of rows");
    has_columns("figure:\n  rows: {by: a, value: llc/std}\n"
                "  fit: {linear: {x: a, y: loss}}\n",
                (const char *const[]){"llc/std", "loss", NULL}, "of rows and a fit");
    has_columns("figure:\n  rows: {by: a, value: loss}\n"
                "  fit: {linear: {x: a, y: loss}}\n",
                (const char *const[]){"loss", NULL}, "once each");
    has_columns("figure:\n  rows: {by: a, value: llc/mean}\n"
                "  fit: {linear: {x: a, y: loss}, quadratic: {x: a, y: llc/std}}\n",
                (const char *const[]){"llc/mean", "loss", "llc/std", NULL},
                "of rows and two fits");
    has_columns("figure:\n  measures:\n    m: {value: 2 * 3}\n"
                "  rows: {by: a, value: m}\n",
                (const char *const[]){"loss", "llc/mean", NULL},
                "a measure is no result");
}

/* Its folder must be there, since the manifest is named from it. */
static void test_places(void)
{
    char folder[] = "/tmp/sltrace-make-XXXXXX", path[64], trace[3][64];
    slt_manifest *manifest = sample_open(MANIFEST);
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    if (!mkdtemp(folder))
        tap_bail("mkdtemp");
    for (size_t run = 0; run < 3; run++) {
        slt_buffer bytes = sample_bytes(MANIFEST, run, NULL);
        snprintf(trace[run], sizeof trace[run], "%s/%zu.trace", folder, run);
        if (slt_io_replace(trace[run], bytes.data, bytes.size, &err))
            tap_bail(err.text);
        slt_buffer_free(&bytes);
    }
    snprintf(path, sizeof path, "%s/x.golden", folder);
    TAP_OK(!sample_golden(manifest, folder, path, &golden, &figure, &err),
           "made beside its traces");
    TAP_OK(golden && strstr(golden->manifest, "/sample.yaml"),
           "which names its manifest");
    slt_golden_free(golden);
    slt_figure_free(figure);
    snprintf(path, sizeof path, "%s/none/x.golden", folder);
    TAP_OK(sample_golden(manifest, folder, path, &golden, &figure, &err) == SLT_FILE &&
               strstr(err.text, "none/x.golden: its folder is not there"),
           "%s", err.text);
    TAP_OK(!golden && !figure, "nothing is left of it");
    for (size_t run = 0; run < 3; run++)
        unlink(trace[run]);
    rmdir(folder);
    slt_manifest_free(manifest);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail("cannot start");
    test_columns();
    test_places();
    return tap_done();
}
