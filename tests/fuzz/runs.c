/* Tables of runs: what is taken is what is written of it, and is summed up as text and as
 * JSON. */
#include "fuzz.h"
#include "golden_sample.h"
#include "json_check.h"

#include "codec/json.h"
#include "report/runs_text.h"

static slt_golden *golden;

/* The run that overflowed has no results. */
static void begin(void)
{
    golden = golden_sample();
    golden->runs[2].has_result[0] = golden->runs[2].has_result[1] = false;
}

static slt_runs_estimate estimate(size_t run)
{
    slt_runs_estimate one = {.run = run, .at_step = 50, .chains = 4};
    if (run == 2) {
        one.ended_early = 1;
        return one;
    }
    one.whole = true;
    one.mean = golden->runs[run].results[0];
    one.sd = slt_real_of(0.5);
    one.found = (slt_diagnostics){.rhat = slt_real_of(1.5),
                                  .ess_bulk = slt_real_of(40),
                                  .ess_tail = slt_real_of(60),
                                  .mcse = slt_real_of(0.25),
                                  .mcse_chains = slt_real_of(0.25),
                                  .drift = slt_real_of(-2),
                                  .draws = 100};
    return one;
}

/* With an estimate of that run, and without. */
static void seed(size_t n, slt_buffer *bytes)
{
    slt_runs runs = {0};
    slt_runs_estimate list[4];
    for (size_t i = 0; i < 4; i++) {
        if (i != 2 || n)
            list[runs.estimate_count++] = estimate(i);
        if (slt_runs_add(&runs, i, "", NULL, NULL))
            tap_bail("no runs");
    }
    runs.estimates = list;
    slt_runs_print(&runs, golden, bytes);
    runs.estimates = NULL;
    slt_runs_free(&runs);
}

static void check_shown(const slt_runs *runs)
{
    const slt_runs_source what = {runs, "x", "name", NULL};
    slt_buffer text = {0};
    slt_json *json = NULL;
    char *document;
    slt_runs_text(&what, &text);
    FUZZ_REQUIRE(!text.failed && text.size > 0, "it is not summed up");
    slt_buffer_free(&text);
    if (slt_json_create(&json, NULL))
        tap_bail("no memory");
    slt_runs_json(&what, json);
    document = json_document(json);
    FUZZ_REQUIRE(json_is_valid(document), "summed up as JSON it is none: %.900s",
                 document);
    free(document);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_runs runs;
    slt_buffer again = {0};
    slt_error err = {0};
    slt_status status =
        slt_runs_parse((const char *)bytes, size, "x", golden, &runs, &err);
    if (status == SLT_DIFFERS) { /* it is not of this golden */
        FUZZ_REQUIRE(!strncmp(err.text, "x:", 2), "%s", err.text);
        return false;
    }
    if (status) {
        FUZZ_REFUSED(status, err, "x:");
        return false;
    }
    slt_runs_print(&runs, golden, &again);
    FUZZ_REQUIRE(fuzz_same(&again, bytes, size), "written again it is other bytes");
    slt_buffer_free(&again);
    check_shown(&runs);
    slt_runs_free(&runs);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_runs runs;
    slt_status status =
        slt_runs_parse((const char *)bytes, size, "x", golden, &runs, NULL);
    if (status)
        return status;
    slt_runs_print(&runs, golden, said);
    slt_runs_free(&runs);
    return status;
}

static const fuzz_target fuzz_this = {.name = "runs",
                                      .mutants = 20000,
                                      .seeds = 2,
                                      .begin = begin,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
