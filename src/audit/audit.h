/* What all forms of an audit share: the list of what was judged, the calls to the report
 * pages, and whether two learning coefficients agree. */
#ifndef SLT_AUDIT_AUDIT_H
#define SLT_AUDIT_AUDIT_H

#include <stdbool.h>

#include <sltrace/audit.h>
#include <sltrace/real.h>

#include "audit/index_set.h"
#include "base/buffer.h"
#include "base/sha256.h"
#include "learn/diagnostics.h"

/* ---- The report -------------------------------------------------------------------- */

typedef enum slt_audit_state {
    SLT_AUDIT_PASSED,
    SLT_AUDIT_WARNED, /* worth a look, but not a difference */
    SLT_AUDIT_FAILED
} slt_audit_state;

/* One question that was judged. */
typedef struct slt_audit_result {
    char *name, *message;
    slt_audit_state state;
} slt_audit_result;

typedef struct slt_audit_file {
    char *name;
    char sha256[SLT_SHA256_TEXT_MAX];
} slt_audit_file;

/* The outcome of an audit, given to the pages at its end. */
struct slt_audit_report {
    bool whole; /* it ran to completion, or stopped on an error after something was
                   judged; otherwise there is nothing to report */
    slt_status status;
    const slt_error *error;  /* its message */
    slt_audit_state overall; /* the worst of all results */
    const slt_audit_result *results;
    size_t result_count;
    /* The files that were judged; and the files that say how, such as a manifest or a
     * golden. */
    const slt_audit_file *subjects, *configuration;
    size_t subject_count, configuration_count;
};

/* If memory runs out, `failed` is set and slt_audit_end reports it. */
typedef struct slt_audit {
    const slt_audit_options *options;
    slt_audit_result *results;
    slt_audit_file *subjects, *configuration;
    size_t result_count, subject_count, configuration_count;
    slt_index_set subject_names, configuration_names;
    bool failed;
} slt_audit;

/* SLT_USAGE where the options, or a page, are none or of a later version. */
slt_status slt_audit_check(const slt_audit_options *options, slt_error *err);
/* form: "traces", "against" or "estimates". Every audit begun must be ended by
 * slt_audit_end. */
void slt_audit_begin(slt_audit *audit, const char *form,
                     const slt_audit_options *options);
/* Calls a function of every page that has it: slt_audit_tell(audit, pair, stage,
 * pair). */
#define slt_audit_tell(audit, call, ...)                                                 \
    for (size_t page_ = 0; page_ < (audit)->options->page_count; page_++)                \
        if ((audit)->options->pages[page_].call)                                         \
    (audit)->options->pages[page_].call((audit)->options->pages[page_].context,          \
                                        __VA_ARGS__)
/* Adds a question and its answer; the name appears in the attested statement. */
void slt_audit_judge(slt_audit *audit, slt_audit_state state, const char *name,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds a file that is judged, or one that says how. A name that was added already is not
 * added again. */
void slt_audit_add_subject(slt_audit *audit, const char *name, const char *sha256);
void slt_audit_add_configuration(slt_audit *audit, const char *name, const char *sha256);
/* SLT_INTERRUPTED, "stopped before all WHAT were judged", if the caller asked to stop. */
slt_status slt_audit_pause(const slt_audit *audit, const char *what, slt_error *err);

/* Tells the pages that the audit ends, and frees it; err holds the message of the status.
 * Returns the status, or that of a page that failed if it is worse. */
slt_status slt_audit_end(slt_audit *audit, slt_status status, slt_error *err);

/* ---- Agreement of estimates -------------------------------------------------------- */

typedef enum slt_agreement {
    SLT_AGREE_IDENTICAL,
    SLT_AGREE_WITHIN, /* at most SLT_AGREE_MCSE Monte Carlo standard errors apart */
    SLT_AGREE_NOT,
    SLT_AGREE_UNKNOWN /* they differ, and their errors are not known */
} slt_agreement;
#define SLT_AGREE_MCSE 3

/* Whether two estimates agree, given their Monte Carlo standard errors (not finite:
 * unknown). *apart is (b - a) / sqrt(mcse_a^2 + mcse_b^2), not finite if that is unknown.
 * Identical means the same bits. Advisory. */
slt_agreement slt_agreement_of(slt_real a, slt_real mcse_a, slt_real b, slt_real mcse_b,
                               slt_real *apart);
/* The worse of two agreements. From worst to best: different, not known, within,
 * identical. */
slt_agreement slt_agreement_worse(slt_agreement a, slt_agreement b);
/* A difference has failed; an agreement that is not known is a warning. */
slt_audit_state slt_agreement_state(slt_agreement agreement);
/* "identical", "equal within Monte Carlo error", "different", "not known". */
const char *slt_agreement_text(slt_agreement agreement);

#endif
