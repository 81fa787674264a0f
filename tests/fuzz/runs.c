/* Mutated tables of runs: refused with path:line, or such that writing them gives them
 * again; and what is read is summed up without harm. */
#include "golden_sample.h"
#include "mutate.h"

#include "codec/json.h"
#include "report/runs_text.h"

static size_t accepted, refused, wrong;

static slt_runs_estimate estimate(size_t run, const slt_golden *golden)
{
    return (slt_runs_estimate){.run = run,
                               .at_step = 50,
                               .chains = 4,
                               .whole = true,
                               .mean = golden->runs[run].results[0],
                               .sd = slt_real_of(0.5),
                               .found = {.rhat = slt_real_of(1.5),
                                         .ess_bulk = slt_real_of(40),
                                         .ess_tail = slt_real_of(60),
                                         .mcse = slt_real_of(0.25),
                                         .mcse_chains = slt_real_of(0.25),
                                         .drift = slt_real_of(-2),
                                         .draws = 100}};
}

static bool is_itself(slt_runs *runs, const slt_golden *golden, const uint8_t *bytes,
                      size_t size)
{
    slt_buffer again = {0}, said = {0};
    slt_json json = {0};
    slt_runs_print(runs, golden, &again);
    bool same = again.size == size && !memcmp(again.data, bytes, size);
    const slt_runs_source what = {runs, "x", "name", NULL};
    if (accepted % 2)
        slt_runs_text(&what, &said);
    else
        slt_runs_json(&what, &json);
    const slt_buffer *text = accepted % 2 ? &said : &json.text;
    same = same && !again.failed && !text->failed && text->size > 0;
    slt_buffer_free(&again);
    slt_buffer_free(&said);
    slt_buffer_free(&json.text);
    return same;
}

static void one(const slt_buffer *original, const slt_golden *golden)
{
    size_t size;
    slt_runs runs;
    slt_error err = {0};
    uint8_t *bytes = mutate(original, &size);
    slt_status status = slt_runs_parse((char *)bytes, size, "x", golden, &runs, &err);
    if (status == SLT_OK) {
        accepted++;
        wrong += !is_itself(&runs, golden, bytes, size);
        slt_runs_free(&runs);
    } else {
        refused++;
        wrong += (status != SLT_FORMAT && status != SLT_DIFFERS) ||
                 strncmp(err.text, "x:", 2) != 0;
    }
    free(bytes);
}

int main(void)
{
    slt_golden *golden = golden_sample();
    slt_buffer original = {0};
    slt_runs runs = {0};
    slt_runs_estimate list[4];
    for (size_t i = 0; i < 4; i++) {
        list[i] = estimate(i, golden);
        if (slt_runs_add(&runs, i, "", NULL, NULL))
            tap_bail("no runs");
    }
    runs.estimates = list;
    runs.estimate_count = 4;
    slt_runs_print(&runs, golden, &original);
    random_begin();
    for (size_t i = 0; i < 20000; i++)
        one(&original, golden);
    TAP_OK(wrong == 0, "refused with a place, or written as they were read");
    TAP_OK(accepted > 0 && refused > 0, "%zu accepted, %zu refused", accepted, refused);
    slt_buffer_free(&original);
    runs.estimates = NULL;
    slt_runs_free(&runs);
    slt_golden_free(golden);
    return tap_done();
}
