/* trace/export_csv.c: runs with more rows than are kept at once. */
#include "forge.h"
#include "kinds_sample.h"

#include <stdlib.h>
#include <unistd.h>

#include <sltrace/show.h>
#include <sltrace/trace.h>

#include "base/endian.h"

static char folder[] = "/tmp/slt-rows-XXXXXX", paths[3][64];
static slt_error err;

#define LONG                                                                             \
    SAMPLE_HEAD("test/long")                                                             \
    "run:\n  arithmetic: fixed\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET                      \
    "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 1}\n"                            \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 9, store_losses: none}\n"    \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 1500}\n"

/* Rows of two traces are more than are kept at once; where the losses are not stored
 * their quarters are told. */
static void test_long(void)
{
    slt_buffer bytes = sample_bytes(LONG, 0, NULL), table = {0};
    slt_trace *trace = NULL;
    char quarters[512], text[SLT_REAL_TEXT_MAX];
    const char *traces[2] = {paths[0], paths[1]}, *to = paths[2];
    size_t used = 0, rows = 0;
    for (size_t i = 0; i < 2; i++)
        slt_io_replace(paths[i], bytes.data, bytes.size, NULL);
    if (slt_trace_open(paths[0], &trace, &err) ||
        slt_export_csv(traces, 2, to, false, &err) ||
        slt_io_read(to, 1 << 20, &table, &err))
        tap_bail(err.text);
    const char *csv = slt_buffer_text(&table);
    size_t record = slt_trace_records(trace) - 4;
    const slt_record *chain = slt_trace_record(trace, record);
    for (size_t q = 0; q < 4; q++) {
        slt_real_text(chain->quarters[q], text);
        used += (size_t)snprintf(quarters + used, sizeof quarters - used,
                                 "%s,%zu,chain,1,0,0,,quarter/%zu,%s\n", paths[1], record,
                                 q, text);
    }
    TAP_OK(!chain->has_losses && strstr(csv, quarters), "the quarters of one chain");
    for (const char *c = csv; *c; c++)
        rows += *c == '\n';
    size_t results = slt_trace_record(trace, record + 2)->result_count, checkpoints = 0;
    for (size_t i = 1; i < record; i++)
        checkpoints += slt_trace_record(trace, i)->metric_count;
    TAP_EQ_U64(rows, 1 + 2 * (checkpoints + 2 + 4 + 2 + 1500 + results), "all rows");
    TAP_OK(slt_export_csv(traces, 2, to, false, &err) == SLT_FILE,
           "nothing is overwritten: %s", err.text);
    TAP_OK(!slt_export_csv(traces, 2, to, true, &err), "unless asked");
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
    slt_buffer_free(&table);
}

/* The sums of each batch of draws, where a chain has them. */
static void test_stein(void)
{
    slt_buffer bytes = sample_bytes(STEIN, 0, NULL), table = {0};
    const char *traces[1] = {paths[0]};
    size_t sums = 0, moving = 0;
    slt_io_replace(paths[0], bytes.data, bytes.size, NULL);
    if (slt_export_csv(traces, 1, paths[2], true, &err) ||
        slt_io_read(paths[2], 1 << 20, &table, &err))
        tap_bail(err.text);
    const char *csv = slt_buffer_text(&table);
    for (const char *at = csv; (at = strstr(at, ",stein/drift/")); at++)
        sums++;
    for (const char *at = csv; (at = strstr(at, ",moving,")); at++)
        moving++;
    TAP_OK(sums == 5 * 16 && moving == 5, "%zu sums of %zu chains", sums, moving);
    slt_buffer_free(&bytes);
    slt_buffer_free(&table);
}

/* How likely each pair of replicas was exchanged. */
static void test_swaps(void)
{
    slt_buffer bytes = sample_bytes(TEMPERED, 0, NULL), table = {0};
    const char *traces[1] = {paths[0]};
    slt_io_replace(paths[0], bytes.data, bytes.size, NULL);
    if (slt_export_csv(traces, 1, paths[2], true, &err) ||
        slt_io_read(paths[2], 1 << 20, &table, &err))
        tap_bail(err.text);
    size_t first = 0, second = 0;
    for (const char *at = slt_buffer_text(&table); (at = strstr(at, ",swap/0,")); at++)
        first++;
    for (const char *at = slt_buffer_text(&table); (at = strstr(at, ",swap/1,")); at++)
        second++;
    TAP_OK(first == 3 && second == 2, "%zu and %zu rates of exchanges", first, second);
    slt_buffer_free(&bytes);
    slt_buffer_free(&table);
}

/* Sums that were no numbers are not told; how many dimensions there were is. */
static void test_no_sums(void)
{
    slt_buffer bytes = sample_bytes(STEIN, 0, NULL), again = {0}, nil = {0}, table = {0};
    const char *traces[1] = {paths[0]};
    size_t sums = 0, moving = 0, results = 0;
    slt_pack_nil(&nil);
    for (bool chain = false, more = true; more;) {
        forge f = forge_open(&bytes);
        const forge_leaf *leaf = chain ? NULL : forge_find(&f, "chain/stein", 4);
        for (size_t l = 0; l < f.leaf_count && !leaf; l++)
            if (!strncmp(f.leaves[l].path, "table/results/stein2", 20) &&
                f.leaves[l].kind == SLT_PACK_REAL)
                leaf = &f.leaves[l];
        results += chain && leaf;
        chain = true;
        more = leaf != NULL;
        if (more) {
            forge_leaf_with(&f, leaf, &nil, &again);
            slt_buffer_clear(&bytes);
            slt_buffer_append(&bytes, again.data, again.size);
        }
        forge_free(&f);
    }
    slt_io_replace(paths[0], bytes.data, bytes.size, NULL);
    if (slt_export_csv(traces, 1, paths[2], true, &err) ||
        slt_io_read(paths[2], 1 << 20, &table, &err))
        tap_bail(err.text);
    const char *csv = slt_buffer_text(&table);
    for (const char *at = csv; (at = strstr(at, ",stein/drift/")); at++)
        sums++;
    for (const char *at = csv; (at = strstr(at, ",moving,")); at++)
        moving++;
    TAP_OK(sums == 4 * 16 && moving == 5 && results, "%zu sums, %zu chains, %zu results",
           sums, moving, results);
    slt_buffer_free(&bytes);
    slt_buffer_free(&again);
    slt_buffer_free(&nil);
    slt_buffer_free(&table);
}

/* Losses of single samples, by the draws that they are taken at. */
static void test_observed(void)
{
    slt_buffer bytes = sample_bytes(OBSERVED, 0, NULL), table = {0};
    slt_trace *trace = NULL;
    const char *traces[1] = {paths[0]};
    char text[SLT_REAL_TEXT_MAX], row[256];
    size_t losses = 0;
    slt_io_replace(paths[0], bytes.data, bytes.size, NULL);
    if (slt_export_csv(traces, 1, paths[2], true, &err) ||
        slt_trace_open(paths[0], &trace, &err) ||
        slt_io_read(paths[2], 1 << 20, &table, &err))
        tap_bail(err.text);
    const char *csv = slt_buffer_text(&table);
    const size_t last = slt_trace_records(trace) - 3;
    const slt_record *chain = slt_trace_record(trace, last);
    for (const char *at = csv; (at = strstr(at, ",loss/")); at++)
        losses++;
    TAP_EQ_U64(losses, 2 * 6 * 15 + 2 * 2 * 2, "all of them");
    slt_real_text((slt_real){slt_load_le64(chain->observed + 24)}, text);
    snprintf(row, sizeof row, "%s,%zu,chain,2,1,1,4,loss/1,%s\n", paths[0], last, text);
    TAP_OK(strstr(csv, row) != NULL, "the last: %s", row);
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
    slt_buffer_free(&table);
}

/* Metrics at the same draws, by their names. */
static void test_measured(void)
{
    slt_buffer bytes = sample_bytes(MEASURED, 0, NULL), table = {0};
    slt_trace *trace = NULL;
    const char *traces[1] = {paths[0]};
    char text[SLT_REAL_TEXT_MAX], row[256];
    slt_io_replace(paths[0], bytes.data, bytes.size, NULL);
    if (slt_export_csv(traces, 1, paths[2], true, &err) ||
        slt_trace_open(paths[0], &trace, &err) ||
        slt_io_read(paths[2], 1 << 20, &table, &err))
        tap_bail(err.text);
    const size_t last = slt_trace_records(trace) - 5;
    const slt_record *chain = slt_trace_record(trace, last);
    TAP_EQ_U64(chain->measured_count, 4, "two metrics at two draws");
    slt_real_text((slt_real){slt_load_le64(chain->measured + 24)}, text);
    snprintf(row, sizeof row, "%s,%zu,chain,4,0,1,4,metric/norm,%s\n", paths[0], last,
             text);
    TAP_OK(strstr(slt_buffer_text(&table), row) != NULL, "the last: %s", row);
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
    slt_buffer_free(&table);
}

static void test_adapted(void)
{
    slt_buffer bytes = sample_bytes(ADAPTED, 0, NULL), table = {0};
    slt_trace *trace = NULL;
    const char *traces[1] = {paths[0]};
    char text[SLT_REAL_TEXT_MAX], row[256];
    slt_io_replace(paths[0], bytes.data, bytes.size, NULL);
    if (slt_export_csv(traces, 1, paths[2], true, &err) ||
        slt_trace_open(paths[0], &trace, &err) ||
        slt_io_read(paths[2], 1 << 20, &table, &err))
        tap_bail(err.text);
    const size_t last = slt_trace_records(trace) - 3;
    const slt_record *chain = slt_trace_record(trace, last);
    slt_real_text(chain->adapted_lr, text);
    snprintf(row, sizeof row, "%s,%zu,chain,%d,1,0,,adapted_lr,%s\n", paths[0], last,
             (int)chain->at_step, text);
    TAP_OK(strstr(slt_buffer_text(&table), row) != NULL, "an adapted lr: %s", row);
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
    slt_buffer_free(&table);
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail("cannot start");
    for (size_t i = 0; i < 3; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%zu", folder, i);
    test_long();
    test_stein();
    test_no_sums();
    test_swaps();
    test_observed();
    test_measured();
    test_adapted();
    for (size_t i = 0; i < 3; i++)
        unlink(paths[i]);
    rmdir(folder);
    return tap_done();
}
