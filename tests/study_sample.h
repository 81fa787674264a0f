/* Small runs for tests of run/ and verify/: a manifest in text, a run in memory. */
#ifndef SLT_TESTS_STUDY_SAMPLE_H
#define SLT_TESTS_STUDY_SAMPLE_H

#include "quantity_sample.h"
#include "tap.h"

#include <dirent.h>

#include <sltrace/numerics.h>

#include "base/io.h"
#include "manifest/manifest.h"
#include "run/execute.h"

#define SAMPLE_HEAD(name) "sltrace: 1\nname: " name "\n"

#define SAMPLE_NET                                                                       \
    "  model:\n"                                                                         \
    "    weights:\n"                                                                     \
    "      W1: {shape: [2, 4], init: {kind: normal, std: 0.3}}\n"                        \
    "      W2: {shape: [3, 2], init: {kind: normal, std: 0.3}}\n"                        \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W1, out: h}\n"                                  \
    "      - {op: linear, in: h, weight: W2, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"

#define SAMPLE_DATA                                                                      \
    "  data: {kind: linear-teacher, samples: 12, inputs: 4, outputs: 3, rank: 2}\n"

/* Two seeds; checkpoints at 0, 3, 4, 8, 10; estimates at the end and at step 4. */
#define SAMPLE_MANIFEST                                                                  \
    SAMPLE_HEAD("test/sample")                                                           \
    "sweep:\n  seed: {from: 0, count: 2}\n"                                              \
    "run:\n  arithmetic: f32\n  seed: $seed\n" SAMPLE_DATA SAMPLE_NET "  train:\n"       \
    "    optimizer: {kind: adam, lr: 1e-2}\n"                                            \
    "    batch: {size: 5, order: epochs}\n"                                              \
    "    steps: 10\n"                                                                    \
    "    checkpoints: {every: 4, at: [0, 3], state: last}\n"                             \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_chains: 3, num_draws: 12}\n"        \
    "    - {at: 4, lr: 1e-4, localization: 1, num_chains: 1, num_draws: 6,\n"            \
    "       batch: {size: 5, order: fresh}, loss: full}\n"

static inline slt_manifest *sample_open(const char *text)
{
    slt_manifest *manifest = NULL;
    slt_error err = {0};
    if (slt_manifest_parse(text, strlen(text), "sample.yaml", &manifest, &err)) {
        fprintf(stderr, "%s\n", err.text);
        tap_bail("the sample manifest does not parse");
    }
    return manifest;
}

/* A run on its way through one or several executions. */
typedef struct sample_run {
    slt_manifest *manifest;
    slt_run_spec *spec;
    const uint8_t *canonical;
    size_t canonical_size;
    slt_execution execution;
    slt_trace_writer writer;
    slt_buffer bytes; /* the trace */
    size_t records_seen;
    size_t asked, stop_after; /* pauses wanted: every stop_after-th question; 0: none */
    slt_buffer snapshot;      /* of the last pause */
} sample_run;

static inline slt_status sample_record(void *context, slt_trace_writer *writer,
                                       slt_error *err)
{
    sample_run *run = (sample_run *)context;
    (void)err;
    slt_buffer_append(&run->bytes, writer->bytes.data, writer->bytes.size);
    slt_buffer_clear(&writer->bytes);
    run->records_seen++;
    return SLT_OK;
}

static inline sample_run sample_begin(const char *manifest, size_t index)
{
    slt_error err = {0};
    sample_run run = {.manifest = sample_open(manifest)};
    run.spec = (slt_run_spec *)calloc(1, sizeof *run.spec);
    if (slt_manifest_run(run.manifest, index, run.spec, &err) ||
        slt_manifest_canonical(run.manifest, index, &run.canonical, &run.canonical_size,
                               &err) ||
        slt_execution_create(run.spec, &run.execution, &err))
        tap_bail(err.text);
    slt_trace_writer_init(&run.writer);
    return run;
}

static inline void sample_end(sample_run *run)
{
    slt_execution_free(&run->execution);
    slt_trace_writer_free(&run->writer);
    slt_buffer_free(&run->bytes);
    slt_buffer_free(&run->snapshot);
    slt_manifest_free(run->manifest);
    free(run->spec);
}

/* Runs to the end; bails out where that fails. */
static inline void sample_go(sample_run *run, slt_pool *pool)
{
    slt_error err = {0};
    slt_execute_hooks hooks = {.context = run, .record = sample_record};
    if (slt_execute(&run->execution, run->canonical, run->canonical_size, &run->writer,
                    pool, &hooks, &err))
        tap_bail(err.text);
}

/* The bytes of a run of a manifest, to be freed. */
static inline slt_buffer sample_bytes(const char *manifest, size_t index, slt_pool *pool)
{
    sample_run run = sample_begin(manifest, index);
    sample_go(&run, pool);
    slt_buffer bytes = run.bytes;
    run.bytes = (slt_buffer){0};
    sample_end(&run);
    return bytes;
}

static inline slt_trace *sample_trace(const char *manifest, size_t index)
{
    slt_error err = {0};
    slt_trace *trace = NULL;
    slt_buffer bytes = sample_bytes(manifest, index, NULL);
    if (slt_trace_parse(bytes.data, bytes.size, "sample", &trace, &err))
        tap_bail(err.text);
    slt_buffer_free(&bytes);
    return trace;
}

static inline const slt_record *sample_last(const slt_trace *trace)
{
    return slt_trace_record(trace, slt_trace_records(trace) - 1);
}

static inline const slt_result *sample_result(const slt_trace *trace, const char *name)
{
    const slt_record *table = slt_trace_record(trace, slt_trace_records(trace) - 2);
    for (size_t i = 0; i < table->result_count; i++)
        if (quantity_is(&table->results[i].quantity, name))
            return &table->results[i];
    return NULL;
}

/* ---- Folders of studies -------------------------------------------------------- */

/* Whether both are there, with the same bytes and not empty. */
static inline bool sample_same_file(const char *a, const char *b)
{
    slt_buffer x = {0}, y = {0};
    bool same = !slt_io_read(a, 1 << 26, &x, NULL) &&
                !slt_io_read(b, 1 << 26, &y, NULL) && x.size == y.size && x.size > 0 &&
                !memcmp(x.data, y.data, x.size);
    slt_buffer_free(&x);
    slt_buffer_free(&y);
    return same;
}

/* How many files a folder of a study has, but for hidden ones. */
static inline size_t sample_entries(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    DIR *open_folder = opendir(path);
    size_t count = 0;
    if (!open_folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(open_folder));)
        count += entry->d_name[0] != '.';
    closedir(open_folder);
    return count;
}

#endif
