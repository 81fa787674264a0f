#include "audit/rank_internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "num/math.h"

void slt_rank_tell(const slt_rank_job *job, unsigned part, uint64_t done, uint64_t all)
{
    const slt_rank_options *options = job->options;
    const double share = ((double)part + (double)done / (double)all) / SLT_RANK_PARTS;
    const slt_progress state = {.runs_done = job->index,
                                .runs_total = job->count,
                                .run = job->found.run,
                                .label = job->found.label,
                                .fraction =
                                    ((double)job->index + share) / (double)job->count};
    if (options->progress)
        options->progress(options->progress_context, &state);
}

const char *slt_rank_subject(const slt_rank_found *found)
{
    return found->form.residual.squares ? "residual" : "outputs";
}

const char *slt_rank_centre(const slt_rank_found *found)
{
    static const char *const words[] = {[SLT_CENTRE_NONE] = "none",
                                        [SLT_CENTRE_SAMPLES] = "samples",
                                        [SLT_CENTRE_OUTPUTS] = "outputs"};
    return words[found->form.residual.centre];
}

/* ---- One job ----------------------------------------------------------------------- */

/* "run 3 (p=5): " before the message of a manifest's run. */
static slt_status fail_job(const slt_rank_job *job, slt_error *wrong, slt_error *err)
{
    const slt_rank_found *found = &job->found;
    if (!found->label)
        return slt_error_copy(err, wrong);
    return slt_fail(err, wrong->status, "%s: run %zu%s%s%s: %s", found->source,
                    found->run, *found->label ? " (" : "", found->label,
                    *found->label ? ")" : "", wrong->text);
}

/* All that can be refused before anything is computed. */
static slt_status check_job(slt_rank_job *job, slt_error *err)
{
    slt_jacobian_form *form = &job->found.form;
    slt_status status = slt_jacobian_look(job->spec, form, err);
    if (status)
        return status;
    if (form->weights == 0 || form->samples == 0)
        return slt_fail(err, SLT_USAGE,
                        "expected trainable weights and samples, found %zu and %zu",
                        form->weights, form->samples);
    if (form->bytes > SLT_RANK_BYTES_MAX)
        return slt_fail(
            err, SLT_RESOURCE,
            "a Jacobian of %zu x %zu (%zu samples, %zu outputs; weights) takes %s%" PRIu64
            " MB, expected at most %" PRIu64,
            form->samples * form->residual.outputs, form->weights, form->samples,
            form->residual.outputs, form->bytes == UINT64_MAX ? "more than " : "",
            form->bytes / 1000000, SLT_RANK_BYTES_MAX / 1000000);
    return job->options->modulo ? slt_rank_check_modulo(job, err)
                                : slt_rank_check_values(job, err);
}

static slt_status find_loss(slt_rank_job *job, slt_error *err)
{
    slt_metrics metrics;
    if (slt_train_metrics(job->trainer, &job->state, &metrics) != SLT_STEP_MORE)
        return slt_fail(err, SLT_USAGE, "the loss at step %" PRIu64 " is not finite",
                        job->state.step);
    job->found.loss = metrics.list[0].value;
    return SLT_OK;
}

static slt_status do_job(slt_rank_job *job, const slt_trace *trace, const char *path,
                         slt_error *err)
{
    slt_status status = slt_rank_find_state(job, trace, path, err);
    if (status)
        return status;
    slt_rank_tell(job, 1, 0, 1);
    job->found.step = job->state.step;
    status = find_loss(job, err);
    if (!status)
        status = slt_cover_find(&slt_trainer_data(job->trainer)->train, &job->found.cover,
                                err);
    if (!status)
        status = job->options->modulo ? slt_rank_by_primes(job, err)
                                      : slt_rank_by_values(job, err);
    slt_rank_tell(job, SLT_RANK_PARTS - 1, 1, 1);
    return status;
}

/* Its estimates are left out: only the weights are asked for. */
static slt_status begin_job(slt_rank_job *job, slt_error *err)
{
    job->found.modulo = job->options->modulo;
    job->found.spec = job->spec = slt_run_spec_create();
    return job->spec ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a run");
}

static void end_job(slt_rank_job *job)
{
    slt_trainer_free(job->trainer);
    slt_state_free(&job->state);
    slt_cover_free(&job->found.cover);
    free(job->found.values);
    free(job->spec);
}

/* ---- Of a trace -------------------------------------------------------------------- */

static slt_status rank_opened(slt_rank_job *job, const slt_trace *trace, const char *path,
                              slt_error *err)
{
    slt_status status = begin_job(job, err);
    job->canonical = slt_trace_run(trace, &job->canonical_size);
    if (!status)
        status =
            slt_canonical_decode(job->canonical, job->canonical_size, job->spec, err);
    if (!status)
        status = check_job(job, err);
    if (status)
        return status;
    job->spec->llc_count = 0;
    return do_job(job, trace, path, err);
}

static slt_status rank_refuse(const slt_rank_options *options, const slt_rank_page *page,
                              slt_error *err)
{
    slt_status status = SLT_CHECK_PAGE(options, page, err);
    return status ? status : slt_num_available(SLT_FIXED, err); /* whether anything is */
}

slt_status slt_rank_trace(const char *path, const slt_rank_options *options,
                          const slt_rank_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const slt_rank_page none;
    slt_status refused = rank_refuse(options, page, err);
    if (refused)
        return refused;
    page = page ? page : &none;
    slt_rank_job job = {.options = options, .count = 1, .found.source = path};
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(path, &trace, err);
    if (!status)
        status = rank_opened(&job, trace, path, err);
    if (!status && page->found)
        page->found(page->context, &job.found);
    if (page->end)
        page->end(page->context);
    end_job(&job);
    slt_trace_free(trace);
    return status;
}

/* ---- Of a manifest ----------------------------------------------------------------- */

/* Which runs of a manifest, and where their traces may be. */
typedef struct runs {
    slt_manifest *manifest;
    const slt_traces *traces;
    const slt_rank_options *options;
    const slt_rank_page *page;
    size_t count, done;
} runs;

static slt_status begin_run(const runs *all, size_t run, slt_rank_job *job,
                            slt_error *err)
{
    *job = (slt_rank_job){.options = all->options,
                          .index = all->done,
                          .count = all->count,
                          .found.source = slt_manifest_path(all->manifest),
                          .found.run = run,
                          .found.label = slt_manifest_label(all->manifest, run)};
    slt_status status = begin_job(job, err);
    if (!status)
        status = slt_manifest_run(all->manifest, run, job->spec, err);
    if (!status)
        status = slt_manifest_canonical(all->manifest, run, &job->canonical,
                                        &job->canonical_size, err);
    if (!status)
        status = check_job(job, err);
    if (!status)
        job->spec->llc_count = 0;
    return status;
}

static slt_status compute_run(const runs *all, size_t run, slt_rank_job *job,
                              slt_error *err)
{
    slt_trace *trace = NULL;
    slt_digest experiment = slt_manifest_experiment(all->manifest, run);
    const char *path = all->traces ? slt_traces_find(all->traces, experiment) : NULL;
    slt_status status = SLT_OK;
    if (path)
        status = slt_traces_load(all->traces, experiment, &trace, err);
    if (!status)
        status = do_job(job, trace, path, err);
    slt_trace_free(trace);
    return status;
}

/* Without `computes` the run is checked alone. */
static slt_status rank_run(runs *all, size_t run, bool computes, slt_error *err)
{
    slt_rank_job job;
    slt_error wrong = {.status = SLT_OK};
    slt_status status = begin_run(all, run, &job, &wrong);
    if (!status && computes)
        status = compute_run(all, run, &job, &wrong);
    if (!status && computes && all->page->found)
        all->page->found(all->page->context, &job.found);
    all->done += !status && computes;
    if (status)
        fail_job(&job, &wrong, err);
    end_job(&job);
    return status;
}

slt_status slt_rank_manifest(slt_manifest *manifest, const bool *selected,
                             const slt_traces *traces, const slt_rank_options *options,
                             const slt_rank_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const slt_rank_page none;
    slt_status refused = rank_refuse(options, page, err);
    if (refused)
        return refused;
    page = page ? page : &none;
    runs all = {.manifest = manifest, .traces = traces, .options = options, .page = page};
    slt_status status = SLT_OK;
    const size_t count = slt_manifest_runs(manifest);
    for (size_t run = 0; run < count; run++)
        all.count += !selected || selected[run];
    for (int computes = 0; computes < 2; computes++)
        for (size_t run = 0; run < count && !status; run++)
            if (!selected || selected[run])
                status = rank_run(&all, run, computes, err);
    if (page->end)
        page->end(page->context);
    return status;
}
