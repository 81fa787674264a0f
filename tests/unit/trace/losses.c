/* Chains whose losses a trace does not hold: what stands for them, and what show, export,
 * comparison and diagnostics make of it. */
#include "shown_sample.h"
#include "json_check.h"
#include "study_sample.h"

#include <unistd.h>

#include <sltrace/show.h>

#include "base/endian.h"
#include "base/io.h"
#include "codec/digest.h"
#include "figure/figure.h"
#include "learn/diagnostics.h"
#include "num/scalar.h"
#include "trace/trace_agree.h"
#include "verify/compare.h"

static slt_error err;

#define LOSSES_MANIFEST(store)                                                           \
    SAMPLE_HEAD("test/losses")                                                           \
    "run:\n  arithmetic: f32\n  seed: 4\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: sgd, lr: 5e-2}\n    steps: 9\n"                     \
    "    checkpoints: {every: 3}\n"                                                      \
    "  llc:\n"                                                                           \
    "    - {at: checkpoints, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 10,\n" \
    "       store_losses: " store "}\n"

static const slt_record *chain_at(const slt_trace *trace, uint64_t step, uint32_t chain)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_CHAIN && record->at_step == step &&
            record->chain == chain)
            return record;
    }
    tap_bail("no such chain");
}

/* ---- What the trace holds ---------------------------------------------------------- */

static bool stands_for(const slt_record *without, const slt_record *with)
{
    slt_real losses[10];
    bool same = !without->has_losses && without->draws == 10 &&
                slt_digest_equal(without->losses_hash, slt_digest_of(with->losses, 80)) &&
                slt_digest_equal(without->final_weights, with->final_weights);
    for (size_t i = 0; i < 10; i++)
        losses[i].bits = slt_load_le64(with->losses + 8 * i);
    for (size_t q = 0; q < 4; q++) {
        size_t from = q * 10 / 4, to = (q + 1) * 10 / 4;
        same &= without->quarters[q].bits == slt_real_mean(losses + from, to - from).bits;
    }
    return same;
}

static void test_store(void)
{
    slt_trace *all = sample_trace(LOSSES_MANIFEST("all"), 0);
    slt_trace *last = sample_trace(LOSSES_MANIFEST("last"), 0);
    slt_trace *none = sample_trace(LOSSES_MANIFEST("none"), 0);
    size_t wrong = 0;
    for (uint64_t step = 3; step <= 9; step += 3)
        for (uint32_t chain = 0; chain < 2; chain++) {
            const slt_record *whole = chain_at(all, step, chain);
            const slt_record *some = chain_at(last, step, chain);
            wrong += !whole->has_losses || whole->draws != 10;
            wrong += !stands_for(chain_at(none, step, chain), whole);
            wrong += step < 9 ? !stands_for(some, whole)
                              : memcmp(some->losses, whole->losses, 80) != 0;
        }
    TAP_EQ_U64(wrong, 0, "all, last, none");
    const slt_record *a = slt_trace_record(all, slt_trace_records(all) - 2);
    const slt_record *b = slt_trace_record(none, slt_trace_records(none) - 2);
    TAP_OK(a->result_count == b->result_count && a->result_count > 10, "as many results");
    for (size_t i = 0; i < a->result_count && i < b->result_count; i++)
        wrong += a->results[i].value.bits != b->results[i].value.bits;
    TAP_EQ_U64(wrong, 0, "and the same");
    slt_trace_free(all);
    slt_trace_free(last);
    slt_trace_free(none);
}

/* ---- Show and export --------------------------------------------------------------- */

static void test_show(void)
{
    slt_trace *trace = sample_trace(LOSSES_MANIFEST("last"), 0);
    const slt_record *chain = chain_at(trace, 3, 0);
    char *text = NULL, *json = NULL, hash[SLT_DIGEST_TEXT_MAX], number[SLT_REAL_TEXT_MAX];
    char want[128];
    slt_json *document;
    slt_digest_text(chain->losses_hash, hash);
    slt_real_text(chain->quarters[0], number);
    slt_json_create(&document, &err);
    shown_trace(trace, "x", &text, &err);
    slt_show_trace(trace, "x", document, NULL, &err);
    json = json_document(document);
    snprintf(want, sizeof want, "  losses:%.8s  quarter/0 %s", hash, number);
    TAP_OK(strstr(text, "at step 3  done  10 draws") && strstr(text, want), "shown: %s",
           want);
    TAP_OK(strstr(text, "mean_loss"), "the last chains' means as ever");
    snprintf(want, sizeof want, "\"draws\":10,\"losses_hash\":\"%s\",\"quarters\":[%s,",
             hash, number);
    TAP_OK(strstr(json, want), "as JSON: %s", want);
    free(text);
    free(json);
    slt_trace_free(trace);
}

static bool is_there(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return unlink(path) == 0;
}

static void test_export(void)
{
    char folder[] = "/tmp/slt-losses-XXXXXX", path[256], csv[256], want[512];
    char number[SLT_REAL_TEXT_MAX];
    slt_buffer bytes = sample_bytes(LOSSES_MANIFEST("last"), 0, NULL), table = {0};
    slt_trace *trace = sample_trace(LOSSES_MANIFEST("last"), 0);
    size_t files = 0;
    if (!mkdtemp(folder))
        tap_bail("no folder");
    snprintf(path, sizeof path, "%s/7.trace", folder);
    snprintf(csv, sizeof csv, "%s/7.csv", folder);
    slt_io_replace(path, bytes.data, bytes.size, &err);
    const char *const traces[] = {path};
    TAP_OK(!slt_export_npy(traces, 1, folder, &files, &err) && files == 2,
           "two chains hold losses");
    TAP_OK(is_there(folder, "7-llc0-step9-chain0.npy") &&
               is_there(folder, "7-llc0-step9-chain1.npy"),
           "named by their step");
    TAP_OK(!slt_export_csv(traces, 1, csv, true, &err) &&
               !slt_io_read(csv, 1 << 20, &table, &err),
           "CSV");
    slt_real_text(chain_at(trace, 3, 1)->quarters[3], number);
    snprintf(want, sizeof want, ",chain,3,0,1,,quarter/3,%s\n", number);
    TAP_OK(strstr(slt_buffer_text(&table), want), "has their quarters: %s", want);
    unlink(path);
    unlink(csv);
    rmdir(folder);
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
    slt_buffer_free(&table);
}

/* ---- Comparison -------------------------------------------------------------------- */

static slt_trace *trace_of(const slt_real *losses)
{
    static const uint8_t canonical[] = {0x80};
    const slt_llc_setup setup = {.nbeta = slt_real_of(2), .init_loss = slt_real_of(1)};
    const slt_llc_spec spec = {.num_draws = 8};
    const slt_model_spec model = {0};
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    slt_trace_writer_init(&writer);
    slt_trace_write_header(&writer, canonical, sizeof canonical, 0, SLT_F32);
    for (uint32_t i = 0; i < 2; i++) {
        const slt_chain chain = {.draws = 8, .losses = (slt_real *)(uintptr_t)losses + i};
        slt_trace_write_chain(&writer, &model, &spec, 0, i, 5, &setup, &chain, false);
    }
    slt_trace_write_end(&writer, SLT_RUN_DONE, NULL, 0);
    if (slt_trace_parse_form(writer.bytes.data, writer.bytes.size, "x", &trace, &err))
        tap_bail(err.text);
    slt_trace_writer_free(&writer);
    return trace;
}

static void fill_losses(slt_real *losses)
{
    for (size_t i = 0; i < 9; i++)
        losses[i] = slt_real_of(1 + (double)(i * i % 7) / 8);
}

static slt_difference compare(const slt_trace *a, const slt_trace *b)
{
    slt_difference d;
    if (slt_compare_traces(a, b, 0, SIZE_MAX, &d, NULL))
        tap_bail("no memory");
    return d;
}

static void test_compare(void)
{
    slt_real losses[9];
    slt_buffer words = {0};
    fill_losses(losses);
    slt_trace *a = trace_of(losses);
    losses[5].bits ^= 1u << 20;
    slt_trace *b = trace_of(losses);
    slt_difference d = compare(a, b);
    slt_difference_print(&d, &words);
    TAP_EQ_TEXT(slt_buffer_text(&words),
                "record 1 (chain), step 5: chain 0, losses, quarter 3 of the draws",
                "a loss that is not stored differs");
    slt_buffer_clear(&words);
    fill_losses(losses);
    slt_real swapped = losses[1];
    losses[1] = losses[2];
    losses[2] = swapped;
    slt_trace *c = trace_of(losses);
    d = compare(a, c);
    TAP_OK(d.kind == SLT_DIFFERENT_CHAIN && !strncmp(d.name, "losses", 6),
           "losses in another order: %s", d.name);
    d = compare(a, a);
    slt_buffer_clear(&words);
    slt_difference_print(&d, &words);
    TAP_OK(d.kind == SLT_SAME && strstr(slt_buffer_text(&words), "): nothing"),
           "of one trace nothing differs: %s", slt_buffer_text(&words));
    slt_buffer_free(&words);
    slt_trace_free(a);
    slt_trace_free(b);
    slt_trace_free(c);
}

/* ---- Diagnostics ------------------------------------------------------------------- */

static bool close_to(slt_real a, slt_real b)
{
    double x = slt_real_double(a), y = slt_real_double(b);
    return x - y < 1e-12 && y - x < 1e-12;
}

static void test_diagnose(void)
{
    slt_real losses[9], quarters[2][4];
    const slt_real *chains[2] = {losses, losses + 1};
    slt_diagnostics full, part;
    slt_buffer words = {0};
    fill_losses(losses);
    for (size_t i = 0; i < 2; i++)
        for (size_t q = 0; q < 4; q++)
            quarters[i][q] = slt_real_mean(chains[i] + 2 * q, 2);
    slt_diagnosed of = {
        .chains = 2, .draws = 8, .nbeta = slt_real_of(2), .init_loss = slt_real_of(1)};
    slt_diagnose(&of, chains, &full, &err);
    slt_diagnose_quarters(&of, (const slt_real(*)[4])quarters, &part);
    TAP_OK(close_to(full.llc, part.llc) && close_to(full.mcse, part.mcse) &&
               close_to(full.drift, part.drift),
           "estimate, error and drift from quarters");
    size_t wrong = 0;
    for (size_t q = 0; q < 4; q++)
        wrong += !close_to(full.quarters[q], part.quarters[q]);
    TAP_EQ_U64(wrong, 0, "the quarters");
    TAP_OK(part.constant == 0 && part.nonfinite == 0, "both chains move");
    TAP_OK(part.settled != SLT_SETTLED_YES && part.no_losses && !full.no_losses &&
               !slt_real_finite(part.rhat) && !slt_real_finite(part.ess_bulk),
           "no R-hat, no ESS, not settled");
    slt_diagnostics_words(&part, &words);
    TAP_OK(part.settled == SLT_SETTLED_UNKNOWN
               ? strstr(slt_buffer_text(&words), "not known: its losses were not stored")
               : strstr(slt_buffer_text(&words), "has not settled: the second half"),
           "said in words: %s", slt_buffer_text(&words));
    of.baseline = SLT_BASELINE_FIRST_DRAWS;
    slt_diagnose_quarters(&of, (const slt_real(*)[4])quarters, &part);
    TAP_OK(!slt_real_finite(part.mcse) && close_to(full.mcse, part.mcse_chains),
           "the error of a baseline of draws that were not stored is not known");
    of.baseline = SLT_BASELINE_EXACT;
    of.chains = 1;
    slt_diagnose_quarters(&of, (const slt_real(*)[4])quarters, &part);
    TAP_OK(!slt_real_finite(part.mcse), "one chain: no error");
    of.chains = 2;
    for (size_t q = 0; q < 4; q++)
        quarters[0][q] = slt_real_of(1.5);
    quarters[1][2] = slt_real_of(1. / 0.);
    slt_diagnose_quarters(&of, (const slt_real(*)[4])quarters, &part);
    TAP_OK(part.constant == 1 && part.nonfinite == 1,
           "a chain whose quarters are one number, one with a loss that is none");
    slt_buffer_free(&words);
}

static void test_summary(void)
{
    slt_trace *trace = sample_trace(LOSSES_MANIFEST("last"), 0);
    slt_runs runs = {0};
    slt_status status = slt_runs_add(&runs, 0, "", trace, &err);
    slt_chain_summary summary = slt_chain_summary_of(&runs);
    TAP_OK(!status && summary.estimates == 3 && summary.no_losses == 2,
           "three estimates, two without losses");
    TAP_OK(summary.largest_drift.known == 3 && summary.worst_rhat.known == 1,
           "each with a drift, and an R-hat of the one");
    slt_runs_free(&runs);
    slt_trace_free(trace);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_store();
    test_show();
    test_export();
    test_compare();
    test_diagnose();
    test_summary();
    return tap_done();
}
