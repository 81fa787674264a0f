/* audit: backend.c, trajectory.c, trajectory_divergence.c, estimate_pairs.c. */
#include "manifest_sample.h"
#include "tap.h"

#include <math.h>
#include <unistd.h>

#include "audit/backend.h"
#include "audit/estimate_pairs.h"
#include "audit/trajectory.h"
#include "num/math.h"
#include "run/execute.h"

static slt_error err;
static slt_run_spec run;
static char folder[] = "/tmp/slt-test-XXXXXX";

/* ---- Back ends --------------------------------------------------------------------- */

static void backends(void)
{
    slt_backend list[SLT_BACKENDS_MAX];
    size_t count = 0;
    char name[40];
    TAP_EQ_U64(slt_backend_read("fixed,openblas:Zen,isa:avx2", list, &count, &err),
               SLT_OK, "three back ends");
    TAP_EQ_U64(count, 4, "behind ours");
    TAP_OK(list[0].kind == SLT_BACKEND_OURS && list[1].kind == SLT_BACKEND_ARITHMETIC &&
               list[1].arithmetic == SLT_FIXED && list[2].kind == SLT_BACKEND_OPENBLAS &&
               list[3].kind == SLT_BACKEND_ISA && list[3].isa == SLT_ISA_AVX2,
           "their kinds");
    TAP_EQ_TEXT(list[2].core, "Zen", "the core type");
    slt_backend_file_name(&list[2], name);
    TAP_EQ_TEXT(name, "openblas-Zen", "as part of a file's name");
    static const char *const wrong[] = {
        "",
        ",",
        "f64,",
        "f65",
        "isa:none",
        "openblas:",
        "openblas:a/b",
        "ours",
        "index",
        "F64",
        "f64 ",
        "f64,,f32",
        "openblas:a=b",
        "openblas:0123456789012345678901234567890123456789"};
    size_t accepted = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        accepted += slt_backend_read(wrong[i], list, &count, &err) != SLT_USAGE;
    TAP_EQ_U64(accepted, 0, "what is none is refused");
    slt_buffer many = {0};
    for (int i = 0; i < SLT_BACKENDS_MAX; i++)
        slt_buffer_printf(&many, "%sopenblas:c%d", i ? "," : "", i);
    TAP_EQ_U64(slt_backend_read(slt_buffer_text(&many), list, &count, &err), SLT_USAGE,
               "and too many");
    slt_buffer_free(&many);
}

/* ---- Steps ------------------------------------------------------------------------- */

static slt_status write_steps(const char *name, uint64_t last, uint64_t from,
                              size_t element, slt_real value)
{
    slt_trajectory_writer writer;
    slt_state state;
    slt_status status = slt_state_create(&run, &state, &err);
    if (!status)
        status = slt_trajectory_create(&writer, &run, folder, name, &err);
    for (uint64_t step = 0; step <= last && !status; step++) {
        state.step = step;
        for (size_t w = 0; w < state.weights.count; w++)
            for (size_t e = 0; e < slt_tensor_count(&state.weights.tensor[w]); e++)
                slt_tensor_set(&state.weights.tensor[w], e, slt_real_of(1));
        if (step >= from)
            slt_tensor_set(&state.weights.tensor[0], element, value);
        status = slt_trajectory_add(&writer, &state, slt_real_of((double)step), &err);
    }
    if (!status)
        status = slt_trajectory_end(&writer, &err);
    slt_status closed = slt_trajectory_close(&writer, &err);
    slt_state_free(&state);
    return status ? status : closed;
}

static void steps(void)
{
    static const uint64_t kept[] = {0, 1, 2, 5, 10, 20, 40, 50, 60, 77};
    slt_divergence way;
    float above = nextafterf(1, 2);
    const double numbers = 6 + 5; /* of W1 and W2 */
    size_t wrong = 0;
    TAP_OK(write_steps("a", 77, 99, 0, slt_real_of(1)) == SLT_OK &&
               write_steps("b", 90, 47, 3, slt_real_of((double)above)) == SLT_OK,
           "two computations, one ulp apart from step 47 on");
    if (!TAP_OK(slt_divergence_find(folder, "a", "b", &run, true, &way, &err) == SLT_OK,
                "compared")) {
        tap_note("%s", err.text);
        return;
    }
    TAP_OK(way.differs && way.first == 47, "the first step that differs is found");
    TAP_OK(way.last_a == 77 && way.last_b == 90, "and where each ends");
    TAP_EQ_U64(way.count, sizeof kept / sizeof *kept - 1,
               "round steps and checkpoints are kept of both; a's last is not b's");
    for (size_t i = 0; i < way.count; i++)
        wrong += way.steps[i].step != kept[i] ||
                 slt_real_double(way.steps[i].loss_b) != (double)kept[i] ||
                 slt_real_double(way.steps[i].all.ulp_largest) != (kept[i] >= 47);
    TAP_EQ_U64(wrong, 0, "their steps, losses and ulps");
    const slt_step_distance *last = &way.steps[way.count - 1];
    TAP_OK(fabs(slt_real_double(last->all.relative) -
                (double)(above - 1) / sqrt(numbers)) < 1e-20,
           "the relative distance of all weights");
    TAP_OK(fabs(slt_real_double(last->tensor[0].relative) -
                (double)(above - 1) / sqrt(6)) < 1e-20 &&
               slt_real_double(last->tensor[1].relative) == 0,
           "and of each");
    TAP_OK(slt_real_double(last->all.ulp_median) == 0, "the median");
    slt_divergence_free(&way);
    TAP_OK(slt_divergence_find(folder, "a", "b", &run, false, &way, &err) == SLT_OK &&
               slt_real_double(way.steps[way.count - 1].all.ulp_largest) == 0x1p29,
           "in units of binary64 the same is 2^29");
    slt_divergence_free(&way);
}

/* What binary32 cannot tell apart is no difference in its units. */
static void rounding(void)
{
    slt_divergence way;
    run.arithmetic = SLT_F64;
    TAP_OK(write_steps("c", 3, 2, 1, slt_real_of(1 + 0x1p-24)) == SLT_OK, "half an ulp");
    run.arithmetic = SLT_F32;
    TAP_OK(slt_divergence_find(folder, "a", "c", &run, true, &way, &err) == SLT_OK &&
               !way.differs,
           "rounds to the same");
    slt_divergence_free(&way);
    TAP_OK(slt_divergence_find(folder, "a", "c", &run, false, &way, &err) == SLT_OK &&
               way.differs && way.first == 2,
           "but not in units of binary64");
    slt_divergence_free(&way);
    char path[64];
    snprintf(path, sizeof path, "%s/c.weights", folder);
    TAP_OK(truncate(path, 20) == 0 && slt_divergence_find(folder, "a", "c", &run, true,
                                                          &way, &err) == SLT_FORMAT,
           "a file that was cut is told");
    tap_note("%s", err.text);
}

/* Many checkpoints are thinned evenly. */
static void thinning(void)
{
    slt_divergence way;
    slt_run_spec plain = run;
    run.train.steps = 5000;
    run.train.every = 3;
    run.train.at_count = 0;
    TAP_OK(write_steps("d", 5000, 9999, 0, slt_real_of(1)) == SLT_OK &&
               slt_divergence_find(folder, "d", "d", &run, true, &way, &err) == SLT_OK,
           "1667 checkpoints");
    TAP_OK(way.count > SLT_TRAJECTORY_CHECKPOINTS_MAX &&
               way.count < SLT_TRAJECTORY_CHECKPOINTS_MAX + 20,
           "%zu steps are kept", way.count);
    uint64_t gap = 0;
    for (size_t i = 1; i < way.count; i++)
        if (way.steps[i].step - way.steps[i - 1].step > gap)
            gap = way.steps[i].step - way.steps[i - 1].step;
    TAP_OK(gap < 2 * 5000 / SLT_TRAJECTORY_CHECKPOINTS_MAX, "%" PRIu64 " apart at most",
           gap);
    slt_divergence_free(&way);
    run = plain;
}

/* ---- Pairs ------------------------------------------------------------------------- */

static slt_status keep(void *context, slt_trace_writer *writer, slt_error *wrong)
{
    (void)wrong;
    slt_buffer_append(context, writer->bytes.data, writer->bytes.size);
    slt_buffer_clear(&writer->bytes);
    return SLT_OK;
}

/* The sample's run with an estimate changed, as a trace. */
static slt_trace *trace_with(const char *old, const char *replacement)
{
    slt_manifest *manifest = NULL;
    slt_trace *trace = NULL;
    slt_execution execution = {0};
    slt_trace_writer writer;
    slt_buffer bytes = {0};
    slt_run_spec *spec = calloc(1, sizeof *spec);
    const uint8_t *canonical;
    size_t size;
    const slt_execute_hooks hooks = {.context = &bytes, .record = keep};
    slt_trace_writer_init(&writer);
    slt_status status = open_with(old, replacement, &manifest, &err);
    if (!status)
        status = slt_manifest_run(manifest, 2, spec, &err);
    if (!status)
        status = slt_manifest_canonical(manifest, 2, &canonical, &size, &err);
    if (!status)
        status = slt_execution_create(spec, &execution, &err);
    if (!status)
        status = slt_execute(&execution, canonical, size, &writer, NULL, &hooks, &err);
    if (!status)
        status = slt_trace_parse(bytes.data, bytes.size, "a test", &trace, &err);
    if (status)
        tap_note("%s", err.text);
    slt_execution_free(&execution);
    slt_trace_writer_free(&writer);
    slt_buffer_free(&bytes);
    slt_manifest_free(manifest);
    free(spec);
    return trace;
}

#define LLC "lr: 1e-3, localization: 1, num_draws: 40"

/* Of two chains the error of the difference is that of their two differences. */
static void check_pairing(const slt_estimate_pair *pair, const slt_trace *a,
                          const slt_trace *b)
{
    double llc[2][2];
    size_t count = 0;
    for (size_t i = 0; i < slt_trace_records(a) && count < 2; i++) {
        const slt_record *x = slt_trace_record(a, i), *y = slt_trace_record(b, i);
        const slt_record *both[] = {x, y};
        if (x->kind != SLT_RECORD_CHAIN)
            continue;
        for (size_t s = 0; s < 2; s++) {
            double sum = 0, loss;
            for (size_t d = 0; d < both[s]->loss_count; d++) {
                memcpy(&loss, both[s]->losses + 8 * d, 8);
                sum += loss - slt_real_double(both[s]->init_loss);
            }
            llc[s][count] =
                slt_real_double(both[s]->nbeta) * sum / (double)both[s]->loss_count;
        }
        count++;
    }
    double first = llc[1][0] - llc[0][0], second = llc[1][1] - llc[0][1];
    TAP_OK(fabs(slt_real_double(pair->difference) - (first + second) / 2) < 1e-9,
           "the difference %g", slt_real_double(pair->difference));
    TAP_OK(fabs(slt_real_double(pair->paired_mcse) - fabs(first - second) / 2) < 1e-9,
           "its error from pairs of chains %g", slt_real_double(pair->paired_mcse));
    double x = slt_real_double(pair->a.mcse), y = slt_real_double(pair->b.mcse);
    TAP_OK(fabs(slt_real_double(pair->combined_mcse) - sqrt(x * x + y * y)) < 1e-12,
           "and from both as if independent %g", slt_real_double(pair->combined_mcse));
}

static void pairs(void)
{
    slt_estimate_pairs found;
    slt_trace *a = trace_with(LLC, LLC ", num_chains: 2");
    slt_trace *b = trace_with(LLC, "lr: 2e-3, localization: 1, num_draws: 40, "
                                   "num_chains: 2");
    slt_trace *c = trace_with(LLC, LLC ", num_chains: 3");
    slt_trace *d = trace_with("steps: 100", "steps: 90");
    slt_trace *e = trace_with(LLC, LLC);
    if (!TAP_OK(a && b && c && d && e, "five traces"))
        return;
    TAP_OK(slt_estimate_pairs_find(a, a, &found, &err) == SLT_OK && found.count == 1 &&
               found.list[0].agreement == SLT_AGREE_IDENTICAL &&
               !found.list[0].draw_differs &&
               slt_real_double(found.list[0].paired_apart) == 0,
           "a trace agrees with itself");
    slt_estimate_pairs_free(&found);
    TAP_OK(slt_estimate_pairs_find(a, b, &found, &err) == SLT_OK && found.count == 1 &&
               found.list[0].has_b && found.list[0].last,
           "another step of SGLD");
    TAP_OK(found.list[0].draw_differs && found.list[0].draw == 1,
           "differs from the second draw on");
    check_pairing(&found.list[0], a, b);
    slt_estimate_pairs_free(&found);
    TAP_OK(slt_estimate_pairs_find(a, c, &found, &err) == SLT_OK &&
               slt_real_finite(found.list[0].apart) &&
               !slt_real_finite(found.list[0].paired_mcse),
           "other numbers of chains make no pairs");
    slt_estimate_pairs_free(&found);
    TAP_OK(slt_estimate_pairs_find(e, d, &found, &err) == SLT_OK && found.list[0].has_b &&
               found.list[0].step_a == 100 && found.list[0].step_b == 90,
           "the last estimates go together wherever training ended");
    slt_estimate_pairs_free(&found);
    slt_trace_free(a);
    slt_trace_free(b);
    slt_trace_free(c);
    slt_trace_free(d);
    slt_trace_free(e);
}

int main(void)
{
    slt_manifest *manifest = NULL;
    slt_num_start(SLT_ISA_COUNT);
    if (!mkdtemp(folder) || open_with("x", "x", &manifest, &err) ||
        slt_manifest_run(manifest, 0, &run, &err))
        tap_bail(err.text);
    backends();
    steps();
    rounding();
    thinning();
    pairs();
    slt_manifest_free(manifest);
    static const char *const names[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s.steps", folder, names[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/%s.weights", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return tap_done();
}
