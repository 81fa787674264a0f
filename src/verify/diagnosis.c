/* Tells the estimates of a trace.  Where it does not hold their Stein ratios the run is
 * done again, from the last stored state that comes before all chains, with estimates
 * that record them; checkpoints and chains must be the trace's. */
#include "verify/diagnosis.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/io.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "run/execute.h"
#include "trace/trace_agree.h"
#include "verify/compare.h"
#include "verify/fingerprints.h"
#include "verify/replay_start.h"

typedef struct diagnosis {
    const slt_diagnosis_options *options;
    const char *path;
    slt_buffer bytes;
    slt_trace *trace, *again;
    slt_run_spec *run;
    slt_estimates estimates, found; /* of the trace; of the run done again */
    /* The run done again. */
    slt_buffer kept;
    slt_execution execution;
    slt_trace_writer writer;
    uint64_t work;
    atomic_uint percent; /* told last */
} diagnosis;

/* ---- Hooks ------------------------------------------------------------------------- */

static slt_status diagnosis_keep(void *context, slt_trace_writer *writer, slt_error *err)
{
    diagnosis *d = context;
    slt_buffer_append(&d->kept, writer->bytes.data, writer->bytes.size);
    slt_buffer_clear(&writer->bytes);
    return d->kept.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a trace") : SLT_OK;
}

static bool diagnosis_wanted(void *context, uint64_t done)
{
    diagnosis *d = context;
    const unsigned percent = d->work ? (unsigned)(100 * done / d->work) : 100;
    if (d->options->progress && atomic_exchange(&d->percent, percent) != percent)
        d->options->progress(d->options->progress_context, percent);
    return d->options->cancel && *d->options->cancel;
}

static slt_status diagnosis_pause(void *context, const slt_execution *at,
                                  const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "stopped before the chains were run again");
}

/* ---- Chains run again -------------------------------------------------------------- */

static size_t diagnosis_first_chain(const diagnosis *d)
{
    size_t first = 0;
    while (slt_trace_record(d->trace, first)->kind != SLT_RECORD_CHAIN)
        first++;
    return first;
}

static slt_status diagnosis_execute(diagnosis *d, slt_error *err)
{
    size_t size;
    slt_pool *pool = NULL;
    const uint8_t *canonical = slt_trace_run(d->trace, &size);
    const slt_execute_hooks hooks = {.context = d,
                                     .record = diagnosis_keep,
                                     .wanted = diagnosis_wanted,
                                     .pause = diagnosis_pause};
    const size_t limit =
        slt_replay_start_limit(d->trace, d->run, diagnosis_first_chain(d));
    const size_t state = slt_replay_start_state(d->trace, limit);
    for (size_t i = 0; i < d->run->llc_count; i++)
        d->run->llc[i].stein = true;
    slt_status status = slt_execution_create(d->run, &d->execution, err);
    if (!status && state != SIZE_MAX) {
        const slt_record *record = slt_trace_record(d->trace, state);
        slt_buffer_append(&d->kept, d->bytes.data, record->offset + record->size);
        status = slt_replay_start_at(d->trace, &d->bytes, state, &d->execution,
                                     &d->writer, err);
    }
    if (!status)
        status = slt_pool_create(d->options->jobs ? d->options->jobs : 1, &pool, err);
    d->work = slt_execute_work(d->run);
    if (!status)
        status =
            slt_execute(&d->execution, canonical, size, &d->writer, pool, &hooks, err);
    slt_pool_free(pool);
    return status ? status
                  : slt_trace_parse_form(d->kept.data, d->kept.size, "the run done again",
                                         &d->again, err);
}

/* Checkpoints are compared as records; chains, which hold more now, by their draws and
 * hashes. */
static slt_status diagnosis_compare(diagnosis *d, slt_error *err)
{
    const size_t last = diagnosis_first_chain(d) - 1;
    slt_difference difference;
    slt_status status = slt_compare_traces(d->trace, d->again, 0, last, &difference, err);
    if (status)
        return status;
    if (difference.kind != SLT_SAME) {
        slt_buffer words = {0};
        slt_difference_print_replayed(&difference, d->path, &words);
        slt_fail(err, SLT_DIFFERS, "%s: the run done again differs at %s", d->path,
                 slt_buffer_text(&words));
        slt_buffer_free(&words);
        return SLT_DIFFERS;
    }
    for (size_t i = 0; i < d->estimates.count; i++)
        if (i >= d->found.count ||
            !slt_estimate_same(&d->estimates.list[i], &d->found.list[i]))
            return slt_fail(err, SLT_DIFFERS,
                            "%s: the chains of estimate %zu done again differ; sltrace "
                            "replay tells where",
                            d->path, (size_t)d->estimates.list[i].llc + 1);
    return SLT_OK;
}

static slt_status diagnosis_do_again(diagnosis *d, slt_error *err)
{
    slt_status status = slt_trace_judgeable(d->trace, d->path, d->run, err);
    if (status)
        return status;
    slt_trace_writer_init(&d->writer);
    status = diagnosis_execute(d, err);
    if (!status)
        status = slt_estimates_of_trace(d->again, &d->found, err);
    if (!status)
        status = diagnosis_compare(d, err);
    slt_trace_writer_free(&d->writer);
    return status;
}

static bool diagnosis_lacks_stein(const diagnosis *d)
{
    for (size_t i = 0; i < d->estimates.count; i++)
        if (d->estimates.list[i].whole && !d->estimates.list[i].found.stein.asked)
            return true;
    return false;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status diagnosis_read(diagnosis *d, slt_error *err)
{
    size_t size;
    d->run = slt_world.calloc(1, sizeof *d->run);
    if (!d->run)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status = slt_io_read(d->path, UINT32_MAX, &d->bytes, err);
    if (!status)
        status = slt_trace_parse(d->bytes.data, d->bytes.size, d->path, &d->trace, err);
    if (status)
        return status;
    const uint8_t *canonical = slt_trace_run(d->trace, &size);
    status = slt_canonical_decode(canonical, size, d->run, err);
    if (!status)
        status = slt_estimates_of_trace(d->trace, &d->estimates, err);
    if (!status && !d->estimates.count)
        status = slt_fail(err, SLT_USAGE, "%s: it has no estimates", d->path);
    return status;
}

static slt_status diagnosis_tell(const diagnosis *d, const slt_diagnosis_page *page,
                                 slt_error *err)
{
    const slt_estimates *all = d->found.count ? &d->found : &d->estimates;
    slt_temperatures_list found;
    slt_status status = slt_temperatures_find(all, d->run, &found, err);
    if (!status && page->begin)
        page->begin(page->context, d->path);
    for (size_t i = 0; i < all->count && page->estimate && !status; i++) {
        const slt_estimate *e = &all->list[i];
        const slt_diagnosed_estimate told = {e, &d->run->llc[e->llc],
                                             slt_temperatures_wbic(e, d->run)};
        page->estimate(page->context, &told);
    }
    if (!status && page->temperatures)
        page->temperatures(page->context, found.list, found.count);
    if (!status && page->end)
        page->end(page->context);
    slt_temperatures_free(&found);
    return status;
}

slt_status slt_diagnosis(const char *trace_path, const slt_diagnosis_options *options,
                         const slt_diagnosis_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const slt_diagnosis_page none;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    page = page ? page : &none;
    diagnosis *d = slt_world.calloc(1, sizeof *d);
    if (!d)
        return slt_fail(err, SLT_RESOURCE, "no memory for a diagnosis");
    d->options = options;
    d->path = trace_path;
    atomic_init(&d->percent, UINT32_MAX);
    slt_status status = diagnosis_read(d, err);
    if (!status && options->stein && diagnosis_lacks_stein(d))
        status = diagnosis_do_again(d, err);
    if (!status)
        status = diagnosis_tell(d, page, err);
    slt_estimates_free(&d->found);
    slt_estimates_free(&d->estimates);
    slt_execution_free(&d->execution);
    slt_buffer_free(&d->kept);
    slt_trace_free(d->again);
    slt_trace_free(d->trace);
    slt_buffer_free(&d->bytes);
    free(d->run);
    free(d);
    return status;
}
