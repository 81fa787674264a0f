/* Memory that runs out: whatever allocation fails, once or from there on, what reads and
 * writes manifests, traces and goldens says so and lets go of what it had. */
#include "golden_sample.h"
#include "outcome_sample.h"
#include "study_sample.h"

#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

#include <sltrace/show.h>

#include "figure/golden_make.h"
#include "figure/runs/runs.h"
#include "figure/theory.h"
#include "golden/golden_lines.h"
#include "manifest/canonical.h"
#include "manifest/manifest_write.h"
#include "net/plant.h"
#include "trace/trace_peek.h"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* ---- Allocations that fail --------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool counting;      /* what our own code asks for; other libraries have theirs */
static size_t asked;       /* allocations so far */
static size_t first, last; /* those that fail, from 1 */

static const void *file_of(const void *address)
{
    Dl_info info;
    return dladdr(address, &info) ? info.dli_fbase : NULL;
}

static bool memory_fails(const void *caller)
{
    if (!counting || (file_of(caller) != file_of((const void *)(uintptr_t)slt_start) &&
                      file_of(caller) != file_of(&counting)))
        return false;
    bool fails = ++asked >= first && asked <= last;
    if (fails)
        errno = ENOMEM;
    return fails;
}

void *malloc(size_t size)
{
    return memory_fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return memory_fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return memory_fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

char *strdup(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = memory_fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

/* ---- What needs memory ------------------------------------------------------------- */

static char folder[] = "/tmp/sltrace-memory-XXXXXX", trace_path[64], golden_path[64];
static slt_buffer trace_bytes;
static char *golden_text;
static size_t golden_size;
static slt_golden *ours, *theirs;
static const uint8_t *canonical;
static size_t canonical_size;
static slt_manifest *constant, *huge; /* a closed form is known; 100000 runs */
static slt_run_spec *spec;
static slt_trace *finished;
static slt_buffer runs_text;
static char csv_path[64];

static slt_status open_manifest(slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_status status = slt_manifest_parse(SAMPLE_MANIFEST, strlen(SAMPLE_MANIFEST),
                                           "sample.yaml", &manifest, err);
    if (!status)
        slt_manifest_free(manifest);
    return status;
}

static slt_status use_canonical(slt_error *err)
{
    slt_buffer out = {0};
    slt_value run = {0};
    slt_status status =
        slt_canonical_convert(canonical, canonical_size, SLT_F64, &out, err);
    if (!status)
        status = slt_canonical_read(canonical, canonical_size, &run, err);
    slt_value_free(&run);
    slt_buffer_free(&out);
    return status;
}

static slt_status differ(slt_error *err)
{
    slt_buffer field = {0}, a = {0}, b = {0};
    bool differs;
    slt_status status =
        slt_canonical_difference(canonical, canonical_size, canonical, canonical_size,
                                 &field, &a, &b, &differs, err);
    slt_buffer_free(&field);
    slt_buffer_free(&a);
    slt_buffer_free(&b);
    return status;
}

static slt_status read_trace(slt_error *err)
{
    slt_trace *trace = NULL;
    slt_status status =
        slt_trace_parse(trace_bytes.data, trace_bytes.size, "sample", &trace, err);
    if (!status)
        slt_trace_free(trace);
    return status;
}

static slt_status open_trace(slt_error *err)
{
    slt_trace *trace = NULL;
    slt_digest experiment;
    slt_status status = slt_trace_peek(trace_path, &experiment, err);
    if (!status)
        status = slt_trace_open(trace_path, &trace, err);
    if (!status)
        slt_trace_free(trace);
    return status;
}

static slt_status read_golden(slt_error *err)
{
    slt_golden *golden = NULL;
    slt_status status = slt_golden_parse(golden_text, golden_size, "x", &golden, err);
    if (!status)
        slt_golden_free(golden);
    return status;
}

static slt_status open_golden(slt_error *err)
{
    slt_golden *golden = NULL;
    slt_status status = slt_golden_open(golden_path, &golden, err);
    if (!status)
        slt_golden_free(golden);
    return status;
}

static slt_status write_golden(slt_error *err)
{
    char *text = NULL;
    size_t size = 0;
    slt_status status = slt_golden_write(ours, &text, &size, err);
    if (!status)
        free(text);
    return status;
}

static slt_status compare_goldens(slt_error *err)
{
    slt_golden_difference difference = {0};
    return slt_golden_compare_line(ours, theirs, SLT_GOLDEN_RUN, 1, &difference, err);
}

static const char figure_text[] =
    OUTCOME_HEAD "  measures:\n    m: {metric: loss, at: last}\n"
                 "    i: {first: loss, below: 3}\n"
                 "    g: {mean: c.loss - c.llc, if: m}\n"
                 "    h: {max: c.loss, give: c.step}\n"
                 "  checkpoints: [{name: c, of: {loss: loss, llc: llc/mean}}]\n"
                 "  rows: {by: a, value: llc/mean, error: sd}\n"
                 "  points: [{name: p, x: i, y: m}, {name: c, x: c.step, y: c.loss, "
                 "series: a}]\n"
                 "  fit: {linear: {x: a, y: llc/mean}}\n"
                 "  curves: [{name: c, run: 1, of: loss}, {name: d, of: loss}]\n"
                 "  statistics: [m]\n"
                 "  clusters: [{name: k, of: m, gap: 2}]\n"
                 "  bootstrap: [{name: b, fit: linear, resamples: 1, seed: 1}]\n"
                 "  transitions: [{name: t, metric: loss, window: 1, drop: 0.1, "
                 "n: 12}]\n"
                 "  summary: llc/mean\n"
                 "  histograms: [{name: h, of: m, from: 1, to: 8, bins: 7}]\n"
                 "  claims:\n    - {id: a, says: s, value: rows.max, expect: 1, "
                 "tolerance: 9, basis: b}\n";
static outcome_sample made;

static slt_status make_figure(slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_figure *figure = NULL;
    slt_status status =
        slt_manifest_parse(figure_text, strlen(figure_text), "x.yaml", &manifest, err);
    if (!status)
        status = slt_figure_of_outcomes(manifest, made.outcomes, &figure, err);
    slt_figure_free(figure);
    if (manifest)
        slt_manifest_free(manifest);
    return status;
}

static slt_status read_data(slt_error *err)
{
    slt_table table;
    size_t size;
    const char *csv = slt_figure_csv(made.figure, &size);
    slt_status status = slt_table_parse(csv, size, "x", &table, err);
    if (!status)
        slt_table_free(&table);
    return status;
}

/* A figure of its data alone. */
static slt_status read_figure(slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_figure *figure = NULL;
    size_t size;
    const char *csv = slt_figure_csv(made.figure, &size);
    slt_status status =
        slt_manifest_parse(figure_text, strlen(figure_text), "x.yaml", &manifest, err);
    if (!status)
        status = slt_figure_of_csv(manifest, csv, size, &figure, err);
    slt_figure_free(figure);
    if (manifest)
        slt_manifest_free(manifest);
    return status;
}

static slt_status begin_golden(slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_golden *golden = NULL;
    slt_status status =
        slt_manifest_parse(figure_text, strlen(figure_text), "x.yaml", &manifest, err);
    if (!status)
        status = slt_study_golden_begin(manifest, "x.golden", &golden, err);
    if (!status)
        status = slt_study_golden_set_figure(golden, made.figure, err);
    slt_golden_free(golden);
    if (manifest)
        slt_manifest_free(manifest);
    return status;
}

/* The table of runs of the golden without estimates, as a file. */
static void print_runs(void)
{
    slt_error err = {0};
    slt_runs runs = {0};
    for (size_t i = 0; i < ours->run_count; i++) {
        for (size_t j = 0; j < ours->result_count; j++)
            ours->runs[i].has_result[j] &= !slt_quantity_is_mean(&ours->results[j]);
        if (slt_runs_add(&runs, i, "", NULL, &err))
            tap_bail(err.text);
    }
    slt_runs_print(&runs, ours, &runs_text);
    slt_runs_free(&runs);
}

static void open_manifests(void)
{
    static const char head[] = SAMPLE_HEAD("test/x");
    static const char middle[] =
        "run:\n  arithmetic: f64\n  seed: 1\n"
        "  data: {kind: constant, samples: 8, inputs: 3, outputs: 2, x_value: 0.5}\n"
        "  model:\n    weights:\n      W: {shape: [2, 3], init: {kind: zero}}\n"
        "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
        "    loss: {op: mse, in: y}\n  llc:\n"
        "    - {at: last, lr: 1e-2, localization: 0.5, nbeta: 4, num_draws: 50}\n";
    slt_buffer text = {0}, swept = {0};
    slt_buffer_printf(&text, "%s%s", head, middle);
    constant = sample_open(slt_buffer_text(&text));
    slt_buffer_free(&text);
    slt_buffer_printf(&swept,
                      "%ssweep:\n  n: {from: 20, count: 1000}\n"
                      "  inputs: {from: 1, count: 100}\n",
                      head);
    slt_buffer_printf(&swept, "%s", middle);
    const char *const edits[][2] = {{"samples: 8", "samples: $n"},
                                    {"inputs: 3", "inputs: $inputs"},
                                    {"[2, 3]", "[2, inputs]"}};
    for (size_t i = 0; i < 3; i++) {
        slt_buffer next = {0};
        const char *whole = slt_buffer_text(&swept), *at = strstr(whole, edits[i][0]);
        slt_buffer_append(&next, whole, (size_t)(at - whole));
        slt_buffer_printf(&next, "%s%s", edits[i][1], at + strlen(edits[i][0]));
        slt_buffer_free(&swept);
        swept = next;
    }
    huge = sample_open(slt_buffer_text(&swept));
    slt_buffer_free(&swept);
    spec = calloc(1, sizeof *spec);
}

static void fill_outcomes(void)
{
    static const double losses[] = {8, 4, 2, 1};
    outcome_open(&made, figure_text + strlen(OUTCOME_HEAD));
    for (size_t run = 0; run < OUTCOME_RUNS; run++) {
        outcome_curve(&made, run, "loss", 10, 4, losses);
        outcome_result(&made, run, "llc/mean", 3 + (double)run);
        outcome_result(&made, run, "llc/mean@10", 4);
    }
    if (outcome_make(&made))
        tap_bail(made.err.text);
}

/* A manifest of a run, and the same run in another arithmetic. */
static slt_status write_manifest(slt_error *err)
{
    slt_buffer out = {0}, other = {0};
    slt_value run = {0};
    slt_status status = slt_canonical_read(canonical, canonical_size, &run, err);
    if (!status)
        status = slt_manifest_write("x", "a comment", &run, &out, err);
    if (!status)
        status = slt_manifest_write_converted("x", "", canonical, canonical_size, SLT_F64,
                                              NULL, 0, &other, err);
    slt_value_free(&run);
    slt_buffer_free(&out);
    slt_buffer_free(&other);
    return status;
}

static slt_status write_template(slt_error *err)
{
    char *text = NULL;
    slt_status status = slt_manifest_template("x", &text, err);
    if (!status)
        free(text);
    if (!status)
        status = slt_manifest_manual(&text, err);
    if (!status)
        free(text);
    return status;
}

/* A golden's part of one run, from its trace. */
#define TRIALS_MANIFEST                                                                  \
    SAMPLE_HEAD("test/trials")                                                           \
    "run:\n  arithmetic: f32\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 2\n"                    \
    "    checkpoints: {every: 1}\n"                                                      \
    "  trials:\n    count: 5\n    block: 3\n    tally:\n"                                \
    "      a: {kind: sum, of: loss}\n      b: {kind: curve, of: loss}\n"

/* Makes them, and reads what comes of them. */
static slt_status make_trials(slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_execution execution = {0};
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    const uint8_t *bytes = NULL;
    size_t size = 0;
    const slt_execute_hooks hooks = {0};
    slt_run_spec *run = calloc(1, sizeof *run);
    slt_status status = run ? slt_manifest_parse(TRIALS_MANIFEST, strlen(TRIALS_MANIFEST),
                                                 "sample.yaml", &manifest, err)
                            : slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_trace_writer_init(&writer);
    if (!status)
        status = slt_manifest_run(manifest, 0, run, err);
    if (!status)
        status = slt_manifest_canonical(manifest, 0, &bytes, &size, err);
    if (!status)
        status = slt_execution_create(run, &execution, err);
    if (!status)
        status = slt_execute(&execution, bytes, size, &writer, NULL, &hooks, err);
    if (!status)
        status = slt_trace_parse(writer.bytes.data, writer.bytes.size, "x", &trace, err);
    slt_trace_free(trace);
    slt_trace_writer_free(&writer);
    slt_execution_free(&execution);
    if (manifest)
        slt_manifest_free(manifest);
    free(run);
    return status;
}

static slt_status begin_run(slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_golden *golden = NULL;
    slt_status status = slt_manifest_parse(SAMPLE_MANIFEST, strlen(SAMPLE_MANIFEST),
                                           "sample.yaml", &manifest, err);
    if (!status)
        status = slt_study_golden_begin(manifest, "x.golden", &golden, err);
    if (!status)
        status = slt_study_golden_set_run(golden, 0, finished, "x.trace", err);
    slt_golden_free(golden);
    if (manifest)
        slt_manifest_free(manifest);
    return status;
}

/* Of a sweep so large that a run is checked when it is used. */
static slt_status use_run(slt_error *err)
{
    const uint8_t *bytes;
    size_t size;
    static size_t run =
        50000; /* another one each time: the manifest keeps what it made */
    slt_status status = slt_manifest_run(huge, ++run, spec, err);
    if (!status)
        status = slt_manifest_canonical(huge, run, &bytes, &size, err);
    return status;
}

static slt_status predict_planted(slt_error *err)
{
    slt_planted planted;
    return slt_planted_predict(constant, 0, 0, &planted, err);
}

static slt_status export_csv(slt_error *err)
{
    return slt_export_csv((const char *[]){trace_path}, 1, csv_path, true, err);
}

static slt_status read_runs(slt_error *err)
{
    slt_runs runs;
    slt_status status = slt_runs_parse(slt_buffer_text(&runs_text), runs_text.size, "x",
                                       ours, &runs, err);
    if (!status)
        slt_runs_free(&runs);
    return status;
}

/* ---- Planted weights --------------------------------------------------------------- */

static slt_run_spec *planting;
static slt_data planting_data;

/* A quadratic network, planted by `fields`. */
static void take_planting(const char *fields)
{
    char text[2048];
    slt_error err = {0};
    snprintf(
        text, sizeof text,
        SAMPLE_HEAD("test/plant") "run:\n  arithmetic: f32\n  seed: 1\n"
                                  "  data: {kind: modular-addition, p: 3, "
                                  "train_fraction: 0.6}\n"
                                  "  model:\n    weights:\n"
                                  "      A: {shape: [3, 4], init: {kind: normal, "
                                  "std: 0.3}}\n"
                                  "      V: {shape: [3, 4], init: {kind: normal, "
                                  "std: 0.3}}\n"
                                  "    ops:\n"
                                  "      - {op: embedding, in: a, weight: A, out: h}\n"
                                  "      - {op: linear, in: h, weight: V, out: y}\n"
                                  "    loss: {op: mse-classes, in: y, centre: "
                                  "samples}\n"
                                  "    plant: {%s}\n",
        fields);
    slt_manifest *manifest = sample_open(text);
    if (slt_manifest_run(manifest, 0, planting, &err) ||
        slt_data_make(&planting->data, "", SLT_F32, (slt_seed){.key = 1}, &planting_data,
                      &err))
        tap_bail(err.text);
    slt_manifest_free(manifest);
}

static slt_status plant_weights(slt_error *err)
{
    const slt_init_source source = {.seed = {.key = 1}};
    slt_params params = {0};
    slt_status status = slt_params_create(&planting->model, SLT_F32, &params, err);
    if (!status)
        status = slt_plant(&planting->model, &source, &planting_data.train, &params, err);
    slt_params_free(&params);
    return status;
}

/* ---- Each of them, with each allocation failing ------------------------------------ */

static void run_out(const char *name, slt_status (*use)(slt_error *err))
{
    slt_error err = {0};
    size_t wrong = 0, silent = 0;
    first = last = asked = 0;
    counting = true;
    slt_status status = use(&err);
    counting = false;
    size_t count = asked;
    TAP_OK(status == SLT_OK && count > 0, "%s: %zu allocations", name, count);
    for (size_t at = 1; at <= count; at++)
        for (int all = 0; all < 2; all++) {
            err = (slt_error){0};
            asked = 0;
            first = at;
            last = all ? SIZE_MAX : at;
            counting = true;
            status = use(&err);
            counting = false;
            silent += status && !*err.text;
            if (status != SLT_RESOURCE && wrong++ < 3)
                tap_note("%s, allocation %zu%s: status %d, %s", name, at,
                         all ? " and later ones" : "", (int)status, err.text);
        }
    TAP_EQ_U64(wrong, 0, "each that fails is told");
    TAP_EQ_U64(silent, 0, "in words");
}

static void test_planting(void)
{
    planting = calloc(1, sizeof *planting);
    if (!planting)
        tap_bail("out of memory");
    take_planting("kind: zero-loss, loss: 10, sum_over_classes: zero");
    run_out("planting at a loss of 0", plant_weights);
    slt_data_free(&planting_data);
    take_planting("kind: least-squares, weight: V");
    run_out("planting by least squares", plant_weights);
    slt_data_free(&planting_data);
    free(planting);
}

int main(void)
{
    slt_error err = {0};
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail("cannot start");
    trace_bytes = sample_bytes(SAMPLE_MANIFEST, 0, NULL);
    slt_manifest *manifest = sample_open(SAMPLE_MANIFEST);
    ours = golden_sample();
    theirs = golden_sample();
    snprintf(trace_path, sizeof trace_path, "%s/x.trace", folder);
    snprintf(golden_path, sizeof golden_path, "%s/x.golden", folder);
    if (slt_manifest_canonical(manifest, 0, &canonical, &canonical_size, &err) ||
        slt_golden_write(ours, &golden_text, &golden_size, &err) ||
        slt_io_replace(trace_path, trace_bytes.data, trace_bytes.size, &err) ||
        slt_io_replace(golden_path, golden_text, golden_size, &err))
        tap_bail(err.text);
    run_out("opening a manifest", open_manifest);
    run_out("reading a canonical form", use_canonical);
    run_out("comparing canonical forms", differ);
    run_out("reading a trace", read_trace);
    run_out("opening a trace", open_trace);
    run_out("reading a golden", read_golden);
    run_out("opening a golden", open_golden);
    run_out("writing a golden", write_golden);
    run_out("comparing goldens", compare_goldens);
    run_out("writing a manifest", write_manifest);
    run_out("writing a template", write_template);
    open_manifests();
    run_out("predicting an estimate", predict_planted);
    run_out("a run of a huge sweep", use_run);
    if (slt_trace_open(trace_path, &finished, &err))
        tap_bail(err.text);
    run_out("a run of a golden", begin_run);
    run_out("making trials", make_trials);
    snprintf(csv_path, sizeof csv_path, "%s/x.csv", folder);
    run_out("exporting a trace", export_csv);
    print_runs();
    run_out("reading a table of runs", read_runs);
    fill_outcomes();
    run_out("making a figure", make_figure);
    run_out("reading figure data", read_data);
    run_out("a figure of its data", read_figure);
    run_out("beginning a golden", begin_golden);
    test_planting();
    outcome_close(&made);
    slt_trace_free(finished);
    slt_manifest_free(constant);
    slt_manifest_free(huge);
    slt_buffer_free(&runs_text);
    free(spec);
    unlink(csv_path);
    unlink(trace_path);
    unlink(golden_path);
    rmdir(folder);
    free(golden_text);
    slt_golden_free(ours);
    slt_golden_free(theirs);
    slt_manifest_free(manifest);
    slt_buffer_free(&trace_bytes);
    return tap_done();
}

#else

int main(void)
{
    printf("1..0 # SKIP allocations are replaced under glibc alone\n");
    return 0;
}

#endif
