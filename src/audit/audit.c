#include "audit/audit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/later.h"
#include "base/world.h"

/* ---- Judging ----------------------------------------------------------------------- */

/* Adds a zeroed element of `size` bytes to a list and returns it; NULL if memory runs
 * out. list: the address of the pointer to the first element. */
static void *audit_grow(slt_audit *audit, void *list, size_t count, size_t size)
{
    void *old;
    memcpy(&old, list, sizeof old);
    uint8_t *longer = slt_world.realloc(old, (count + 1) * size);
    if (!longer) {
        audit->failed = true;
        return NULL;
    }
    memcpy(list, &longer, sizeof longer);
    return memset(longer + count * size, 0, size);
}

void slt_audit_judge(slt_audit *audit, slt_audit_state state, const char *name,
                     const char *format, ...)
{
    slt_buffer message = {0};
    va_list arguments;
    slt_audit_result *result =
        audit_grow(audit, &audit->results, audit->result_count, sizeof *result);
    if (!result)
        return;
    va_start(arguments, format);
    slt_buffer_vprintf(&message, format, arguments);
    va_end(arguments);
    slt_buffer_text(&message);
    audit->result_count++;
    *result = (slt_audit_result){slt_world.strdup(name), (char *)message.data, state};
    /* Neither is empty, but where the caller had no memory to make it. */
    audit->failed |= !result->name || !*name || message.failed || !message.size;
}

/* Finding a file in a list by its name. */
typedef struct named {
    const slt_audit_file *files;
    const char *name;
} named;

static bool audit_has_name(const void *context, size_t index)
{
    const named *wanted = context;
    const char *name = wanted->files[index].name;
    return name && strcmp(name, wanted->name) == 0;
}

static void audit_add_file(slt_audit *audit, slt_audit_file **files, size_t *count,
                           slt_index_set *names, const char *name, const char *sha256)
{
    const named wanted = {*files, name};
    const uint64_t hash = slt_index_set_hash_text(name);
    if (slt_index_set_find(names, hash, audit_has_name, &wanted))
        return;
    slt_audit_file *file = audit_grow(audit, files, *count, sizeof *file);
    if (!file)
        return;
    audit->failed |= slt_index_set_add(names, hash, (*count)++, NULL) != SLT_OK;
    file->name = slt_world.strdup(name);
    snprintf(file->sha256, sizeof file->sha256, "%s", sha256);
    audit->failed |= !file->name;
}

void slt_audit_add_subject(slt_audit *audit, const char *name, const char *sha256)
{
    audit_add_file(audit, &audit->subjects, &audit->subject_count, &audit->subject_names,
                   name, sha256);
}

void slt_audit_add_configuration(slt_audit *audit, const char *name, const char *sha256)
{
    audit_add_file(audit, &audit->configuration, &audit->configuration_count,
                   &audit->configuration_names, name, sha256);
}

/* ---- Beginning and end ------------------------------------------------------------- */

slt_status slt_audit_check(const slt_audit_options *options, slt_error *err)
{
    slt_status status = SLT_CHECK_OPTIONS(options, err);
    for (size_t i = 0; !status && i < options->page_count; i++)
        status = SLT_CHECK_PAGE(options, &options->pages[i], err);
    return status;
}

void slt_audit_begin(slt_audit *audit, const char *form, const slt_audit_options *options)
{
    *audit = (slt_audit){.options = options};
    slt_audit_tell(audit, begin, form);
}

slt_status slt_audit_pause(const slt_audit *audit, const char *what, slt_error *err)
{
    const atomic_int *cancel = audit->options->cancel;
    return cancel && *cancel
               ? slt_fail(err, SLT_INTERRUPTED, "stopped before all %s were judged", what)
               : SLT_OK;
}

/* The worst of all results. */
static slt_audit_state audit_overall(const slt_audit *audit)
{
    slt_audit_state worst = SLT_AUDIT_PASSED;
    for (size_t i = 0; i < audit->result_count; i++)
        if (audit->results[i].state > worst)
            worst = audit->results[i].state;
    return worst;
}

/* Tells each page that the audit ends. Once one fails, the pages after it get a report
 * that is not whole. */
static slt_status audit_tell_end(const slt_audit *audit, slt_audit_report *report,
                                 slt_error *err)
{
    slt_status failed = SLT_OK;
    if (report->whole && audit->failed) {
        report->whole = false;
        failed = slt_fail(err, SLT_RESOURCE, "no memory for the report of an audit");
    }
    for (size_t i = 0; i < audit->options->page_count; i++) {
        const slt_audit_page *page = &audit->options->pages[i];
        slt_error late;
        slt_status status = page->end ? page->end(page->context, report, &late) : SLT_OK;
        if (!status)
            continue;
        report->whole = false;
        if (!failed && err)
            *err = late;
        failed = failed ? failed : status;
    }
    return failed;
}

static void audit_free_all(slt_audit *audit)
{
    for (size_t i = 0; i < audit->result_count; i++) {
        free(audit->results[i].name);
        free(audit->results[i].message);
    }
    for (size_t i = 0; i < audit->subject_count; i++)
        free(audit->subjects[i].name);
    for (size_t i = 0; i < audit->configuration_count; i++)
        free(audit->configuration[i].name);
    free(audit->results);
    free(audit->subjects);
    free(audit->configuration);
    slt_index_set_free(&audit->subject_names);
    slt_index_set_free(&audit->configuration_names);
    *audit = (slt_audit){0};
}

slt_status slt_audit_end(slt_audit *audit, slt_status status, slt_error *err)
{
    slt_error late = {0};
    bool judged = !status || status == SLT_DIFFERS || status == SLT_UNFIT;
    slt_audit_report report = {
        .whole = judged || (audit->result_count && status != SLT_INTERRUPTED),
        .status = status,
        .error = err,
        .overall = audit_overall(audit),
        .results = audit->results,
        .result_count = audit->result_count,
        .subjects = audit->subjects,
        .configuration = audit->configuration,
        .subject_count = audit->subject_count,
        .configuration_count = audit->configuration_count};
    SLT_ASSERT((status && status != SLT_DIFFERS) || audit->failed ||
               (status == SLT_DIFFERS) == (report.overall == SLT_AUDIT_FAILED));
    slt_status told = audit_tell_end(audit, &report, &late);
    audit_free_all(audit);
    if (told && err)
        *err = late;
    return slt_status_worse(status, told);
}

/* ---- Agreement --------------------------------------------------------------------- */

slt_agreement slt_agreement_of(slt_real a, slt_real mcse_a, slt_real b, slt_real mcse_b,
                               slt_real *apart)
{
    double x = slt_real_double(mcse_a), y = slt_real_double(mcse_b);
    double error = sqrt(x * x + y * y);
    double difference = slt_real_double(b) - slt_real_double(a);
    bool known = slt_real_finite(slt_real_of(error)) && error > 0 &&
                 slt_real_finite(slt_real_of(difference));
    *apart = slt_real_of(known ? difference / error : (double)NAN);
    if (a.bits == b.bits) {
        *apart = known ? *apart : (slt_real){0};
        return SLT_AGREE_IDENTICAL;
    }
    if (!known)
        return SLT_AGREE_UNKNOWN;
    return fabs(difference / error) <= SLT_AGREE_MCSE ? SLT_AGREE_WITHIN : SLT_AGREE_NOT;
}

slt_agreement slt_agreement_worse(slt_agreement a, slt_agreement b)
{
    static const int rank[] = {[SLT_AGREE_IDENTICAL] = 0,
                               [SLT_AGREE_WITHIN] = 1,
                               [SLT_AGREE_UNKNOWN] = 2,
                               [SLT_AGREE_NOT] = 3};
    return rank[a] >= rank[b] ? a : b;
}

slt_audit_state slt_agreement_state(slt_agreement agreement)
{
    return agreement == SLT_AGREE_NOT       ? SLT_AUDIT_FAILED
           : agreement == SLT_AGREE_UNKNOWN ? SLT_AUDIT_WARNED
                                            : SLT_AUDIT_PASSED;
}

const char *slt_agreement_text(slt_agreement agreement)
{
    static const char *const words[] = {"identical", "equal within Monte Carlo error",
                                        "different", "not known"};
    return words[agreement];
}
