/* What an audit judged, as an in-toto statement. */
#include <sltrace/page.h>

#include <stdint.h>

#include "audit/audit.h"
#include "report/statement.h"

static void put_files(const slt_audit_file *files, size_t count, slt_json *json)
{
    for (size_t i = 0; i < count; i++)
        slt_statement_put_file(json, files[i].name, files[i].sha256);
}

static void put_names(const slt_audit_report *report, slt_audit_state state,
                      const char *key, slt_json *json)
{
    slt_json_key_open(json, key, '[');
    for (size_t i = 0; i < report->result_count; i++)
        if (report->results[i].state == state)
            slt_json_text(json, report->results[i].name);
    slt_json_close(json, ']');
}

static slt_status put_statement(const slt_audit_report *report, const slt_attestation *to,
                                slt_error *err)
{
    static const char *const words[] = {"PASSED", "WARNED", "FAILED"};
    slt_json json = {0};
    slt_statement_begin(&json);
    put_files(report->subjects, report->subject_count, &json);
    slt_statement_judge(&json, words[report->overall]);
    put_files(report->configuration, report->configuration_count, &json);
    slt_json_close(&json, ']');
    put_names(report, SLT_AUDIT_PASSED, "passedTests", &json);
    put_names(report, SLT_AUDIT_WARNED, "warnedTests", &json);
    put_names(report, SLT_AUDIT_FAILED, "failedTests", &json);
    slt_status status = slt_statement_end(&json, to, err);
    slt_buffer_free(&json.text);
    return status;
}

static slt_status attest_end(void *context, const slt_audit_report *report,
                             slt_error *err)
{
    if (!report->whole || (report->status && report->status != SLT_DIFFERS))
        return SLT_OK;
    return put_statement(report, context, err);
}

slt_status slt_audit_attest_page(const slt_attestation *to, slt_audit_page *page,
                                 slt_error *err)
{
    *page = (slt_audit_page){.context = (void *)(uintptr_t)to, .end = attest_end};
    return slt_statement_check(to, err);
}
