/* Finished traces by their runs: read as this program makes them, and as the runs that
 * they were when they were found. */
#include "forge.h"
#include "study_sample.h"

#include <sltrace/study.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "run/traces.h"

static char folder[] = "/tmp/sltrace-traces-XXXXXX";
static slt_error err;

static const char *path_of(size_t run)
{
    static char paths[2][64];
    snprintf(paths[run], sizeof paths[run], "%s/%zu.trace", folder, run);
    return paths[run];
}

static void make(size_t index, slt_buffer *bytes)
{
    *bytes = sample_bytes(SAMPLE_MANIFEST, index, NULL);
    if (slt_io_replace(path_of(index), bytes->data, bytes->size, &err))
        tap_bail(err.text);
}

static slt_traces *find(slt_manifest *manifest)
{
    const char *where = folder;
    slt_traces *traces = NULL;
    if (slt_traces_open(manifest, &where, 1, &traces, &err))
        tap_bail(err.text);
    return traces;
}

/* Golden, figure: of what lies in the folder now, as it was found before. */
static slt_status record(slt_manifest *manifest, const slt_traces *traces)
{
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    slt_status status =
        slt_study_golden(manifest, traces, "x.golden", &golden, &figure, &err);
    slt_golden_free(golden);
    slt_figure_free(figure);
    return status;
}

static slt_status draw(slt_manifest *manifest, const slt_traces *traces)
{
    slt_figure *figure = NULL;
    slt_status status = slt_figure_make(manifest, traces, &figure, &err);
    slt_figure_free(figure);
    return status;
}

static void both_refuse(slt_manifest *manifest, const slt_traces *traces,
                        const char *words, const char *name)
{
    TAP_OK(record(manifest, traces) == SLT_FORMAT && strstr(err.text, words),
           "no golden of %s: %s", name, err.text);
    TAP_OK(draw(manifest, traces) == SLT_FORMAT && strstr(err.text, words),
           "no figure of %s: %s", name, err.text);
}

/* Another program gives runs other numbers while their traces are read. */
static void test_moved(slt_manifest *manifest)
{
    char aside[80];
    slt_traces *traces = find(manifest);
    slt_trace *trace = NULL;
    snprintf(aside, sizeof aside, "%s/aside", folder);
    TAP_OK(!record(manifest, traces) && !draw(manifest, traces), "as they were found");
    if (rename(path_of(0), aside) || rename(path_of(1), path_of(0)) ||
        rename(aside, path_of(1)))
        tap_bail("rename");
    both_refuse(manifest, traces, "another run's by now", "traces that changed places");
    TAP_OK(slt_traces_load(traces, slt_manifest_experiment(manifest, 1), &trace, &err) ==
                   SLT_FORMAT &&
               !trace,
           "%s", err.text);
    slt_traces_free(traces);
    traces = find(manifest);
    TAP_OK(!record(manifest, traces) && !draw(manifest, traces), "found again");
    slt_traces_free(traces);
}

/* A machine with another SLEEF made it. */
static void test_functions(slt_manifest *manifest, const slt_buffer *bytes)
{
    slt_buffer value = {0}, forged = {0};
    forge f = forge_open(bytes);
    const forge_leaf *leaf = NULL;
    for (size_t i = 0; i < f.leaf_count && !leaf; i++)
        if (strncmp(f.leaves[i].path, "header/functions/", 17) == 0 && !f.leaves[i].key)
            leaf = &f.leaves[i];
    if (!leaf)
        tap_bail("the sample calls no function");
    slt_pack_text(&value, "0123456789abcdef");
    forge_leaf_with(&f, leaf, &value, &forged);
    if (slt_io_replace(path_of(1), forged.data, forged.size, &err))
        tap_bail(err.text);
    slt_traces *traces = find(manifest);
    both_refuse(manifest, traces, "than that of numerics revision 1: 0123456789abcdef",
                "other functions");
    slt_traces_free(traces);
    slt_buffer_free(&value);
    slt_buffer_free(&forged);
    forge_free(&f);
}

int main(void)
{
    slt_buffer bytes[2] = {{0}};
    char command[64];
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    if (!mkdtemp(folder))
        tap_bail("no temporary folder");
    for (size_t run = 0; run < 2; run++)
        make(run, &bytes[run]);
    slt_manifest *manifest = sample_open(SAMPLE_MANIFEST);
    test_moved(manifest);
    /* run 0 lies at number 1 now */
    test_functions(manifest, &bytes[0]);
    slt_manifest_free(manifest);
    slt_buffer_free(&bytes[0]);
    slt_buffer_free(&bytes[1]);
    snprintf(command, sizeof command, "rm -r %s", folder);
    TAP_OK(system(command) == 0, "nothing is left");
    return tap_done();
}
