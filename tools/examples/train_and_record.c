/* Computes all runs of a manifest into a folder and records its golden and figure data,
 * as `sltrace run` and `sltrace record` do:
 *
 *     train_and_record MANIFEST OUT GOLDEN */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/sltrace.h>

static void tell_progress(void *context, const slt_progress *progress)
{
    FILE *out = context;
    if (progress->run_ended)
        fprintf(out, "%zu of %zu: %s %s\n", progress->runs_done, progress->runs_total,
                progress->label, slt_run_status_name(progress->run_status));
}

/* The figure data, which lie beside the golden. */
static slt_status write_data(const slt_golden *golden, const slt_figure *figure,
                             const char *beside, slt_error *err)
{
    char path[4096];
    size_t size;
    const char *csv = slt_figure_csv(figure, &size);
    const char *slash = strrchr(beside, '/');
    if (!golden->data)
        return SLT_OK;
    snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - beside) + 1 : 0, beside,
             golden->data);
    return slt_output_write(path, csv, size, false, err);
}

/* The golden of a finished study, which is to lie at `path`. */
static slt_status write_golden(slt_manifest *manifest, const char *out, const char *path,
                               slt_error *err)
{
    slt_traces *traces = NULL;
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    char *text = NULL;
    size_t size = 0;
    slt_status status = slt_traces_open(manifest, &out, 1, &traces, err);
    if (!status)
        status = slt_study_golden(manifest, traces, path, &golden, &figure, err);
    if (!status)
        status = slt_golden_write(golden, &text, &size, err);
    if (!status)
        status = slt_output_write(path, text, size, false, err);
    if (!status)
        status = write_data(golden, figure, path, err);
    if (!status)
        printf("root %s\n", golden->root);
    free(text);
    slt_figure_free(figure);
    slt_golden_free(golden);
    slt_traces_free(traces);
    return status;
}

int main(int argc, char **argv)
{
    slt_error err;
    slt_manifest *manifest = NULL;
    slt_study_counts counts;
    if (argc != 4) {
        fprintf(stderr, "usage: train_and_record MANIFEST OUT GOLDEN\n");
        return 2;
    }
    const slt_study_options options = {.out = argv[2],
                                       .jobs = slt_processors_here().jobs,
                                       .progress = tell_progress,
                                       .progress_context = stderr};
    slt_status status = slt_start(NULL, &err);
    if (!status)
        status = slt_manifest_open(argv[1], &manifest, &err);
    if (!status)
        status = slt_study_run(manifest, &options, &counts, &err);
    if (!status)
        status = write_golden(manifest, argv[2], argv[3], &err);
    if (status)
        fprintf(stderr, "train_and_record: %s\n", err.text);
    slt_manifest_free(manifest);
    return slt_status_exit(status);
}
