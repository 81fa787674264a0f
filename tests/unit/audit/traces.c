/* audit: traces.c, find.c, explain.c: traces of one run made with faults
 * on purpose, and what an audit says of them. */
#include "study_sample.h"

#include <unistd.h>

#include <sltrace/page.h>
#include <sltrace/system.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "base/sha256.h"
#include "forged_sample.h"
#include "json_check.h"
#include "verify/step_lines.h"

static slt_error err;
static char folder[] = "/tmp/slt-audit-XXXXXX";
static char paths[3][64];

/* A weight that falls towards 0, until its gradient is subnormal. */
#define FALLING(arithmetic, init, checkpoints)                                           \
    SAMPLE_HEAD("test/falling")                                                          \
    "run:\n  arithmetic: " arithmetic "\n  seed: 3\n"                                    \
    "  data: {kind: constant, samples: 8, inputs: 1, outputs: 3}\n"                      \
    "  model:\n    weights:\n"                                                           \
    "      W: {shape: [3, 1], init: " init "}\n"                                         \
    "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"                         \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: sgd, lr: 0.8}\n    steps: 40\n"                     \
    "    checkpoints: {every: 10, " checkpoints "}\n"

/* Nothing is trained and nothing rounded before the chains. */
#define SAMPLED(losses)                                                                  \
    SAMPLE_HEAD("test/sampled")                                                          \
    "run:\n  arithmetic: f32\n  seed: 3\n"                                               \
    "  data: {kind: constant, samples: 8, inputs: 1, outputs: 2}\n"                      \
    "  model:\n    weights:\n"                                                           \
    "      W: {shape: [2, 1], init: {kind: constant, value: 0.5}}\n"                     \
    "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"                         \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  llc:\n    - {at: last, lr: 1e-3, localization: 1, num_chains: 3, num_draws: 40, " \
    "store_losses: " losses "}\n"

/* ---- Traces ------------------------------------------------------------------------ */

static void write_trace(size_t index, const slt_buffer *bytes)
{
    if (slt_io_replace(paths[index], bytes->data, bytes->size, &err))
        tap_bail(err.text);
}

static void make(size_t index, const char *manifest, slt_fpenv_fault fault)
{
    if (!slt_fpenv_pretend(fault))
        tap_bail("no such fault here");
    slt_buffer bytes = sample_bytes(manifest, 0, NULL);
    slt_fpenv_pretend(SLT_FPENV_RIGHT);
    write_trace(index, &bytes);
    slt_buffer_free(&bytes);
}

static const char *steps_given; /* as --steps has them, NULL: none */

static slt_status audit(size_t count, char **text, char **json)
{
    const char *const traces[] = {paths[0], paths[1], paths[2]};
    const slt_audit_traces_options more = {.steps = steps_given};
    size_t text_size;
    slt_json *document;
    slt_json_create(&document, &err);
    slt_audit_text lines = {.out = open_memstream(text, &text_size)};
    const slt_audit_page pages[] = {slt_audit_text_page(&lines),
                                    slt_audit_json_page(document)};
    slt_audit_options options = {.pages = pages, .page_count = 2, .jobs = 2};
    slt_status status = slt_audit_traces(traces, count, &more, &options, &err);
    fclose(lines.out);
    *json = json_document(document);
    return status;
}

/* What an audit of the first two says must hold each of these lines, NULL at the end. */
static void says(const char *name, const char *const *lines)
{
    char *text, *json;
    TAP_OK(audit(2, &text, &json) == SLT_DIFFERS, "%s: %s", name, err.text);
    for (; *lines; lines++)
        if (!TAP_OK(strstr(text, *lines), "%s: %s", name, *lines))
            tap_note("%s", text);
    TAP_OK(json_is_valid(json), "%s: JSON", name);
    free(text);
    free(json);
}

/* ---- Where two environments part --------------------------------------------------- */

/* Weights after each of 40 steps. */
typedef struct path {
    float weight[40][3];
} path;

static slt_status note_weights(void *context, const slt_execution *at, slt_real loss,
                               slt_error *wrong)
{
    path *p = context;
    (void)loss, (void)wrong;
    memcpy(p->weight[at->state.step - 1], at->state.weights.tensor[0].data,
           sizeof p->weight[0]);
    return SLT_OK;
}

static void follow(const char *manifest, slt_fpenv_fault fault, path *p)
{
    sample_run run = sample_begin(manifest, 0);
    slt_execute_hooks hooks = {.context = p, .step = note_weights};
    slt_fpenv_pretend(fault);
    slt_status status = slt_execute(&run.execution, run.canonical, run.canonical_size,
                                    &run.writer, NULL, &hooks, &err);
    slt_fpenv_pretend(SLT_FPENV_RIGHT);
    if (status)
        tap_bail(err.text);
    sample_end(&run);
}

/* "they part at step ..." as it must be, by comparing the weights themselves. */
static void find(const char *manifest, slt_fpenv_fault fault, char line[128])
{
    static path right, wrong;
    follow(manifest, SLT_FPENV_RIGHT, &right);
    follow(manifest, fault, &wrong);
    for (unsigned step = 0; step < 40; step++)
        for (unsigned e = 0; e < 3; e++) {
            uint32_t x, y;
            memcpy(&x, &right.weight[step][e], 4);
            memcpy(&y, &wrong.weight[step][e], 4);
            if (x == y)
                continue;
            snprintf(line, 128,
                     "  they part at step %u: tensor W, element [%u, 0], %u ulp",
                     step + 1, e, x > y ? x - y : y - x);
            return;
        }
    tap_bail("the fault changes nothing");
}

static void test_fault(slt_fpenv_fault fault, const char *manifest, const char *from)
{
    char where[128], cause[200], agrees[200];
    if (!slt_fpenv_pretend(fault)) {
        tap_skip(slt_fpenv_fault_text(fault), "this CPU has no switch for it");
        return;
    }
    slt_fpenv_pretend(SLT_FPENV_RIGHT);
    find(manifest, fault, where);
    snprintf(cause, sizeof cause, "  %s comes out with ", paths[1]);
    snprintf(agrees, sizeof agrees, "  replayed from %s: this machine agrees with %s\n",
             from, paths[0]);
    make(0, manifest, SLT_FPENV_RIGHT);
    make(1, manifest, fault);
    const char *const lines[] = {agrees, cause, slt_fpenv_fault_text(fault), where, NULL};
    says(slt_fpenv_fault_text(fault), lines);
}

static void test_faults(void)
{
    test_fault(SLT_FPENV_FTZ_DAZ,
               FALLING("f32", "{kind: normal, std: 1e-31}", "state: all"), "step 10");
    test_fault(SLT_FPENV_FTZ_DAZ,
               FALLING("f32", "{kind: normal, std: 1e-31}", "state: none"), "the start");
    test_fault(SLT_FPENV_FTZ_DAZ,
               FALLING("f32", "{kind: normal, std: 1e-31}", "state: none, hashes: joint"),
               "the start");
    test_fault(SLT_FPENV_UP, FALLING("f32", "{kind: constant, value: 0.1}", "state: all"),
               "the start");
    test_fault(SLT_FPENV_TOWARD_ZERO,
               FALLING("f32", "{kind: constant, value: 0.1}", "state: last"),
               "the start");
}

/* Rounding changes what is drawn: the run begins with another state. */
static void test_start(void)
{
    make(0, FALLING("f32", "{kind: normal, std: 0.1}", "state: all"), SLT_FPENV_RIGHT);
    make(1, FALLING("f32", "{kind: normal, std: 0.1}", "state: all"), SLT_FPENV_UP);
    const char *const lines[] = {"record 1 (checkpoint), step 10: tensor W",
                                 "  replayed from the start: this machine agrees with ",
                                 "  they part at step 0: tensor W, element [0, 0], ",
                                 NULL};
    says("another beginning", lines);
}

/* Neither side is what this machine computes; each has its own reason. */
static void test_neither(void)
{
    char up[200], down[200];
    snprintf(up, sizeof up, "  %s comes out with rounding up\n", paths[0]);
    snprintf(down, sizeof down, "  %s comes out with rounding down", paths[1]);
    make(0, FALLING("f32", "{kind: constant, value: 0.1}", "state: all"), SLT_FPENV_UP);
    make(1, FALLING("f32", "{kind: constant, value: 0.1}", "state: all"), SLT_FPENV_DOWN);
    const char *const lines[] = {"this machine agrees with neither\n", up, down,
                                 "  they part at step 1: tensor W, element [0, 0], ",
                                 NULL};
    says("two faults", lines);
}

/* A tensor that no fault makes. */
static void test_unexplained(const char *arithmetic, const char *manifest)
{
    char none[200];
    snprintf(none, sizeof none, " here give %s\n", paths[1]);
    make(0, manifest, SLT_FPENV_RIGHT);
    slt_buffer bytes = forged_bytes(manifest, 0, 20, false);
    write_trace(1, &bytes);
    slt_buffer_free(&bytes);
    const char *const lines[] = {"record 2 (checkpoint), step 20: tensor W, element [2",
                                 none,
                                 "  which step: where each was made, ",
                                 "--from 10 --to 20 --steps FILE",
                                 "  which element: audit with --program ",
                                 NULL};
    says(arithmetic, lines);
}

/* Lines of a run that is off from step 20 on, where `off`. */
typedef struct following {
    forgery forged;
    bool off;
    FILE *out;
} following;

static slt_status write_line(void *context, const slt_execution *at, slt_real loss,
                             slt_error *wrong)
{
    following *l = context;
    slt_buffer line = {0};
    if (l->off)
        forgery_step(&l->forged, at, loss, wrong);
    slt_step_line_print(&at->run->model, &at->state, loss, &line);
    fwrite(line.data, 1, line.size, l->out);
    slt_buffer_free(&line);
    return SLT_OK;
}

static void write_steps(const char *manifest, bool off, const char *file)
{
    following l = {.forged = {.run = sample_begin(manifest, 0), .step = 20}, .off = off};
    sample_run *run = &l.forged.run;
    slt_execute_hooks hooks = {.context = &l, .step = write_line};
    l.out = fopen(file, "w");
    if (!l.out || slt_execute(&run->execution, run->canonical, run->canonical_size,
                              &run->writer, NULL, &hooks, &err))
        tap_bail("no steps");
    fclose(l.out);
    sample_end(run);
}

/* What no fault makes is found by hashes of steps from where it was made. */
static void test_steps(const char *manifest)
{
    char a[80], b[80], both[200];
    snprintf(a, sizeof a, "%s/a.steps", folder);
    snprintf(b, sizeof b, "%s/b.steps", folder);
    snprintf(both, sizeof both, "%s,%s", a, b);
    write_steps(manifest, false, a);
    write_steps(manifest, true, b);
    steps_given = both;
    const char *const found[] = {"  they part at step 20: tensor W\n",
                                 "  which element: audit with --program ", NULL};
    says("steps from elsewhere", found);
    unlink(b);
    char *text, *json;
    TAP_OK(audit(2, &text, &json) == SLT_FILE && strstr(err.text, b), "%s", err.text);
    free(text);
    free(json);
    steps_given = NULL;
    unlink(a);
}

/* The init file that both runs began with is not here. */
static void test_missing_file(void)
{
    char file[80], manifest[1024];
    static const uint8_t weights[12] = {0, 0, 0, 63, 0, 0, 128, 62, 0, 0, 64, 63};
    char sha256[SLT_SHA256_TEXT_MAX];
    snprintf(file, sizeof file, "%s/w.bin", folder);
    slt_sha256_of(weights, sizeof weights, sha256);
    if (slt_io_replace(file, weights, sizeof weights, &err))
        tap_bail(err.text);
    snprintf(manifest, sizeof manifest,
             FALLING("f32", "{kind: file, file: \"%s\", sha256: %s}", "state: none"),
             file, sha256);
    make(0, manifest, SLT_FPENV_RIGHT);
    make(1, manifest, SLT_FPENV_UP);
    unlink(file);
    const char *const lines[] = {"record 1 (checkpoint), step 10: tensor W",
                                 "  not replayed: ", file, "--to 10 --steps FILE", NULL};
    says("a file that is missing", lines);
}

/* ---- Chains ------------------------------------------------------------------------ */

static void test_chains(void)
{
    char cause[200];
    snprintf(cause, sizeof cause, "  %s comes out with rounding up\n", paths[1]);
    make(0, SAMPLED("all"), SLT_FPENV_RIGHT);
    make(1, SAMPLED("all"), SLT_FPENV_UP);
    const char *const stored[] = {"record 2 (chain), step 0: chain 0, draw 1, ", cause,
                                  "  LLC 0 at step 0: equal within Monte Carlo error, ",
                                  NULL};
    says("losses that are stored", stored);
    make(0, SAMPLED("none"), SLT_FPENV_RIGHT);
    make(1, SAMPLED("none"), SLT_FPENV_UP);
    const char *const hashed[] = {"record 2 (chain), step 0: chain 0, losses, quarter 1",
                                  cause, "  they part at draw 1, ", NULL};
    says("losses that are not", hashed);
}

/* ---- Several ----------------------------------------------------------------------- */

static void test_several(void)
{
    char *text, *json;
    make(0, SAMPLED("all"), SLT_FPENV_RIGHT);
    make(1, SAMPLED("all"), SLT_FPENV_RIGHT);
    make(2, SAMPLED("all"), SLT_FPENV_RIGHT);
    TAP_OK(audit(3, &text, &json) == SLT_OK && strstr(text, "identical: 3 traces\n") &&
               json_is_valid(json),
           "three of one kind");
    free(text);
    free(json);
    make(2, SAMPLED("all"), SLT_FPENV_DOWN);
    TAP_OK(audit(3, &text, &json) == SLT_DIFFERS && json_is_valid(json) &&
               strstr(json, "\"identical\":true,\"verdict\":\"identical\"") &&
               strstr(json, "\"identical\":false,\"difference\":") &&
               strstr(json, "\"verdict\":\"equal within Monte Carlo error\""),
           "two and another: %s", err.text);
    free(text);
    free(json);
}

int main(void)
{
    slt_files_anywhere(); /* the files here are our own */
    if (!mkdtemp(folder) || slt_start(NULL, &err))
        tap_bail("no start");
    for (size_t i = 0; i < 3; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%c.trace", folder, (char)('a' + i));
    if (slt_num_available(SLT_F32, &err)) {
        tap_skip("faults of floats", err.text);
    } else {
        test_faults();
        test_start();
        test_neither();
        test_missing_file();
        test_chains();
        test_several();
        test_unexplained("f32",
                         FALLING("f32", "{kind: constant, value: 0.1}", "state: all"));
    }
    test_unexplained("fixed",
                     FALLING("fixed", "{kind: constant, value: 0.1}", "state: all"));
    test_steps(FALLING("fixed", "{kind: constant, value: 0.1}", "state: all"));
    for (size_t i = 0; i < 3; i++)
        unlink(paths[i]);
    rmdir(folder);
    return tap_done();
}
