/* Audits as JSON documents. */
#include "report/audit_json_internal.h"

#include "audit/against_internal.h"

void slt_audit_json_settled(slt_json *json, slt_settled settled)
{
    slt_json_key(json, "settled");
    if (settled == SLT_SETTLED_UNKNOWN)
        slt_json_null(json);
    else
        slt_json_bool(json, settled == SLT_SETTLED_YES);
}

static void json_begin(void *context, const char *form)
{
    char schema[40];
    snprintf(schema, sizeof schema, "sltrace.audit-%s/1", form);
    slt_json_begin(context, schema);
    slt_json_key_text(context, "audit", form);
}

static void json_traces_end(void *context, size_t count, bool identical)
{
    (void)count;
    slt_json_close(context, ']');
    slt_json_key_bool(context, "identical", identical);
}

static void json_against(void *context, const slt_against *against)
{
    slt_json_key_text(context, "manifest", slt_manifest_path(against->manifest));
    slt_json_key_text(context, "name", slt_manifest_name(against->manifest));
    slt_json_key_open(context, "runs", '[');
}

static void json_against_end(void *context, const slt_against *against)
{
    (void)against;
    slt_json_close(context, ']');
}

static slt_status json_end(void *context, const slt_audit_report *report, slt_error *err)
{
    static const char *const words[] = {"passed", "warned", "failed"};
    slt_json *json = context;
    (void)err;
    if (!report->whole) {
        slt_json_clear(json);
        return SLT_OK;
    }
    slt_json_key_uint(json, "exit", (uint64_t)slt_status_exit(report->status));
    slt_json_key_text(json, "message", report->status ? report->error->text : NULL);
    slt_json_key_text(json, "result", words[report->overall]);
    slt_json_key_open(json, "tests", '[');
    for (size_t i = 0; i < report->result_count; i++) {
        const slt_audit_result *result = &report->results[i];
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", result->name);
        slt_json_key_text(json, "status", words[result->state]);
        slt_json_key_text(json, "message", result->message);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    return SLT_OK;
}

slt_audit_page slt_audit_json_page(slt_json *json)
{
    return (slt_audit_page){.context = json,
                            .begin = json_begin,
                            .traces = slt_audit_json_traces,
                            .pair = slt_audit_json_pair,
                            .traces_end = json_traces_end,
                            .against = json_against,
                            .run = slt_audit_json_run,
                            .against_end = json_against_end,
                            .estimates = slt_audit_json_estimates,
                            .end = json_end};
}
