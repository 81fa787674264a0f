/* Audits of estimates as JSON. */
#include "audit/estimates_internal.h"
#include "report/audit_json_internal.h"

static void put_row(slt_json *json, const slt_estimates_audit *a, size_t i)
{
    const slt_row *row = &a->rows.rows[i];
    const slt_judged_row *judged = &a->judged[i];
    const slt_golden_run *run = &a->ours.golden->runs[judged->run];
    slt_json_open(json, '{');
    slt_json_key_uint(json, "run", row->run);
    slt_json_key_text(json, "source", a->rows.sources[row->source]);
    if (row->line)
        slt_json_key_uint(json, "line", row->line);
    slt_json_key_real(json, "llc", row->llc);
    slt_json_key_real(json, "mcse", row->mcse);
    slt_json_key(json, "ours");
    if (run->has_result[a->ours.result])
        slt_json_real(json, run->results[a->ours.result]);
    else
        slt_json_null(json);
    slt_json_key_real(json, "mcse_of_ours", a->ours.mcse[judged->run]);
    slt_json_key_real(json, "difference", judged->difference);
    slt_json_key_real(json, "difference_in_mcse", judged->apart);
    slt_json_key_bool(json, "mcse_assumed", judged->assumed);
    slt_json_key_text(json, "verdict", slt_estimates_verdict(a, i));
    slt_json_key(json, "reason");
    if (judged->reason)
        slt_json_text(json, judged->reason);
    else
        slt_json_null(json);
    slt_json_close(json, '}');
}

static void put_group(slt_json *json, const slt_estimates_audit *a,
                      const slt_group *group)
{
    slt_buffer label = {0};
    slt_estimates_label(a, a->judged[group->first].run, true, &label);
    slt_json_open(json, '{');
    slt_json_key_text(json, "group", slt_buffer_text(&label));
    slt_json_key_uint(json, "runs", group->count);
    slt_json_key_real(json, "difference", group->difference);
    slt_json_key_real(json, "error", group->error);
    slt_json_key_real(json, "difference_in_errors", group->apart);
    slt_json_key_real(json, "paired_error", group->paired);
    slt_json_key_real(json, "difference_in_paired_errors", group->paired_apart);
    slt_json_key_text(json, "verdict", slt_agreement_text(group->agreement));
    slt_json_close(json, '}');
    slt_buffer_free(&label);
}

static void put_source(slt_json *json, const slt_estimates_audit *a, size_t index)
{
    static const char *const counts[] = {"identical", "within", "different", "unknown"};
    slt_source *source = &a->sources[index];
    slt_json_open(json, '{');
    slt_json_key_text(json, "source", a->rows.sources[index]);
    slt_json_key_uint(json, "rows", source->rows);
    for (int i = 0; i <= SLT_AGREE_UNKNOWN; i++)
        slt_json_key_uint(json, counts[i], source->agreements[i]);
    slt_json_key_uint(json, "nothing_to_compare", source->without);
    slt_json_key_uint(json, "missing", source->missing);
    slt_json_key_text(json, "missing_runs", slt_buffer_text(&source->missing_list));
    slt_json_key_real(json, "mean_in_mcse",
                      source->known ? source->apart_mean : source->apart_sd);
    slt_json_key_real(json, "sd_in_mcse", source->apart_sd);
    slt_json_key_open(json, "groups", '[');
    for (size_t i = 0; i < source->groups; i++)
        if (a->groups[source->first_group + i].count > 1)
            put_group(json, a, &a->groups[source->first_group + i]);
    slt_json_close(json, ']');
    slt_json_close(json, '}');
}

void slt_audit_json_estimates(void *context, const slt_estimates_audit *a)
{
    slt_json *json = context;
    slt_json_key_text(json, "estimates_of", a->path);
    slt_json_key_text(json, "golden", a->ours.golden->path);
    slt_json_key_text(json, "column", a->ours.column_name);
    slt_json_key_text(json, "mcse_of_ours_from", a->ours.mcse_from);
    slt_json_key_uint(json, "runs_in_another_arithmetic", a->converted);
    slt_json_key_uint(json, "runs_of_none", a->others);
    slt_json_key_open(json, "rows", '[');
    for (size_t i = 0;
         i < a->rows.count && !slt_audit_pause(&a->audit, "estimates", NULL); i++)
        if (a->judged[i].asked)
            put_row(json, a, i);
    slt_json_close(json, ']');
    slt_json_key_open(json, "sources", '[');
    for (size_t i = 0;
         i < a->rows.source_count && !slt_audit_pause(&a->audit, "estimates", NULL); i++)
        put_source(json, a, i);
    slt_json_close(json, ']');
}
