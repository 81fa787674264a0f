/* Verifications as TAP. */
#include <sltrace/page.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "report/tap.h"
#include "report/verdict.h"

enum { INDENT = 4 };

struct slt_tap {
    slt_tap_lines outer, lines; /* of all goldens; of the current one */
    bool several;
    const char *path;     /* of the current golden */
    slt_verify_plan plan; /* golden is NULL if there is no plan */
    bool failed;          /* a test of the current golden */
    size_t goldens;       /* told so far */
    size_t unfit;         /* those of them that this machine cannot judge */
    slt_error first_unfit;
};

slt_status slt_tap_begin(FILE *out, size_t goldens, slt_tap **tap, slt_error *err)
{
    *tap = slt_world.calloc(1, sizeof **tap);
    if (!*tap)
        return slt_fail(err, SLT_RESOURCE, "verify: out of memory");
    (*tap)->outer.out = out;
    (*tap)->several = goldens > 1;
    if ((*tap)->several) {
        slt_tap_version(&(*tap)->outer);
        slt_tap_plan(&(*tap)->outer, goldens);
    }
    return SLT_OK;
}

void slt_tap_end(slt_tap *tap)
{
    if (tap->unfit && tap->unfit == tap->goldens)
        slt_tap_bail(&tap->outer, tap->first_unfit.text);
    free(tap);
}

/* ---- One golden -------------------------------------------------------------------- */

static void tap_begin(void *context, const char *path)
{
    slt_tap *tap = context;
    tap->lines = (slt_tap_lines){tap->outer.out, tap->several ? INDENT : 0, 0};
    tap->path = path;
    tap->plan = (slt_verify_plan){0};
    tap->failed = false;
    if (tap->several)
        slt_tap_comment(&tap->outer, "Subtest: %s", path);
    else
        slt_tap_version(&tap->lines);
}

static void put_words(slt_tap *tap, slt_verdict_words words)
{
    bool ok = words.verdict == SLT_VERDICT_IDENTICAL;
    tap->failed |= !ok;
    slt_tap_test(&tap->lines, ok, slt_buffer_text(&words.name),
                 *words.note ? words.note : NULL, &words.block);
    slt_verdict_words_free(&words);
}

static void put_golden(slt_tap *tap, const slt_verify_plan *plan, const char *manifest)
{
    const slt_golden *golden = plan->golden;
    slt_tap_comment(&tap->lines, "golden %s: root ok, %zu runs, numerics %u%s",
                    golden->name, golden->run_count, golden->numerics, manifest);
    slt_tap_comment(&tap->lines, "runs sha256:%s", plan->runs_sha256);
    if (plan->signature)
        slt_tap_comment(&tap->lines, "signed by key %s: %s", plan->signature->key,
                        plan->signature->comment);
}

static void tap_refused(void *context, const char *path, const slt_error *why)
{
    slt_tap *tap = context;
    slt_tap_plan(&tap->lines, 1);
    put_words(tap, slt_verdict_of_refusal(path, why));
}

static void tap_mismatch(void *context, const slt_verify_plan *plan, const char *manifest,
                         const slt_mismatch *mismatch)
{
    slt_tap *tap = context;
    put_golden(tap, plan, "");
    slt_tap_plan(&tap->lines, 1);
    put_words(tap, slt_verdict_of_mismatch(plan->golden, manifest, mismatch));
}

static void tap_plan(void *context, const slt_verify_plan *plan)
{
    slt_tap *tap = context;
    tap->plan = *plan;
    put_golden(tap, plan, ", manifest matches");
    if (plan->spot_key)
        return; /* how many stretches there are is in the traces: the plan comes last */
    slt_tap_comment(&tap->lines, "judging %zu of %zu runs", plan->judged,
                    plan->golden->run_count);
    slt_tap_plan(&tap->lines, plan->judged + plan->parts);
}

static void put_pieces(slt_tap *tap, const slt_golden *golden,
                       const slt_run_verdict *verdict)
{
    const slt_run_pieces *pieces = &verdict->pieces;
    const char *stretches = pieces->stretches == 1 ? "stretch" : "stretches";
    if (pieces->divided && pieces->trials)
        slt_tap_comment(&tap->lines, "%s[%zu]: %zu %s of trials", golden->name,
                        verdict->run, pieces->stretches, stretches);
    else if (pieces->divided)
        slt_tap_comment(&tap->lines, "%s[%zu]: %zu %s of training, %zu %s", golden->name,
                        verdict->run, pieces->stretches, stretches, pieces->estimates,
                        pieces->estimates == 1 ? "estimate" : "estimates");
    else if (*pieces->whole)
        slt_tap_comment(&tap->lines, "%s[%zu]: verified whole: %s", golden->name,
                        verdict->run, pieces->whole);
}

static void tap_spot(void *context, const slt_spot *spot)
{
    slt_tap *tap = context;
    slt_tap_comment(&tap->lines, "spot: %zu of %zu stretches, drawn by the key %s",
                    spot->drawn, spot->stretches, spot->key);
}

static void tap_run(void *context, const slt_golden *golden,
                    const slt_run_verdict *verdict)
{
    put_pieces(context, golden, verdict);
    put_words(context, slt_verdict_of_run(golden, verdict));
}

static void tap_part(void *context, const slt_golden *golden,
                     const slt_part_verdict *verdict)
{
    put_words(context, slt_verdict_of_part(golden, verdict));
}

static void tap_claim(void *context, const slt_claim *claim)
{
    slt_tap *tap = context;
    slt_tap_comment(&tap->lines, "claim %s: %s", claim->id, slt_claim_verdict(claim));
}

static void put_counts(slt_tap *tap, const slt_verify_result *r)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%zu identical, %zu %s, %zu not judged", r->identical,
                      r->differ, r->differ > 1 ? "differ" : "differs", r->not_judged);
    if (r->trouble)
        slt_buffer_printf(&text, ", %zu in trouble", r->trouble);
    if (r->diverged || r->overflowed)
        slt_buffer_printf(&text, "; of the identical");
    if (r->diverged)
        slt_buffer_printf(&text, " %zu diverged", r->diverged);
    if (r->overflowed)
        slt_buffer_printf(&text, "%s %zu overflowed", r->diverged ? "," : "",
                          r->overflowed);
    slt_tap_comment(&tap->lines, "%s", slt_buffer_text(&text));
    slt_buffer_free(&text);
}

/* What a spot check that found nothing shows, and what it does not. */
static void put_spot(slt_tap *tap, const slt_spot *spot)
{
    char caught[SLT_REAL_TEXT_MAX];
    slt_real_text(spot->caught, caught);
    slt_tap_comment(&tap->lines,
                    "shown: %zu of %zu stretches (%zu of training, %zu estimates) give "
                    "the published bytes",
                    spot->drawn, spot->stretches, spot->training, spot->estimates);
    if (spot->drawn == spot->stretches)
        return;
    slt_tap_comment(&tap->lines,
                    "shown: a publisher who changed 1 %% of the stretches (%zu of %zu) "
                    "would have been caught with probability %s",
                    spot->changed, spot->stretches, caught);
    slt_tap_comment(&tap->lines,
                    "shown: one who changed %zu of them or more, with 0.95 at least",
                    spot->least);
    slt_tap_comment(&tap->lines,
                    "not shown: the other %zu stretches; a single one that is changed "
                    "can change all that follows in its run",
                    spot->stretches - spot->drawn);
}

static void put_end_of_spot(slt_tap *tap, const slt_verify_result *result)
{
    const slt_spot *spot = &result->spot;
    if (result->error.status && !tap->failed) /* trouble before there was a verdict */
        put_words(tap, slt_verdict_of_refusal(tap->path, &result->error));
    slt_tap_plan(&tap->lines, tap->lines.tests);
    if (!spot->drawn)
        slt_tap_comment(&tap->lines, "not judged: any stretch; a spot check draws from "
                                     "the stretches of all traces of the golden");
    else if (result->complete && !result->error.status)
        put_spot(tap, spot);
}

static slt_status tap_end(void *context, const slt_verify_result *result, slt_error *err)
{
    slt_tap *tap = context;
    const slt_golden *golden = tap->plan.golden;
    slt_status status = result->error.status;
    if (golden && tap->plan.spot_key)
        put_end_of_spot(tap, result);
    if (result->complete && tap->plan.judged < golden->run_count && golden->data)
        slt_tap_comment(&tap->lines,
                        "not judged: whether the figure data follow from all runs (%zu "
                        "of %zu were judged)",
                        tap->plan.judged, golden->run_count);
    if (result->complete)
        put_counts(tap, result);
    if (result->unfit_machine && !tap->unfit++)
        tap->first_unfit = result->error;
    tap->goldens++;
    if (tap->several)
        slt_tap_test(&tap->outer, status == SLT_OK, tap->path,
                     status == SLT_UNFIT ? "not judged" : NULL, NULL);
    return slt_world.fflush(tap->outer.out)
               ? slt_fail(err, SLT_FILE, "cannot write the verdicts")
               : SLT_OK;
}

slt_verify_page slt_tap_page(slt_tap *tap)
{
    return (slt_verify_page){.context = tap,
                             .begin = tap_begin,
                             .refused = tap_refused,
                             .mismatch = tap_mismatch,
                             .plan = tap_plan,
                             .run = tap_run,
                             .spot = tap_spot,
                             .part = tap_part,
                             .claim = tap_claim,
                             .end = tap_end};
}
