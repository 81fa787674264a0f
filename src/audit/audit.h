/* What all forms of an audit share: what was judged, who is told, and whether two
 * learning coefficients agree. */
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
    SLT_AUDIT_WARNED, /* worth a look, no difference in itself */
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

/* What an audit came to, as it ends. */
struct slt_audit_report {
    bool whole; /* it was made to its end, or stopped by trouble after
                   something was judged; else nothing is worth telling */
    slt_status status;
    const slt_error *error;  /* its message */
    slt_audit_state overall; /* the worst of all results */
    const slt_audit_result *results;
    size_t result_count;
    /* Files that were judged; those that say how, as a manifest or a golden. */
    const slt_audit_file *subjects, *configuration;
    size_t subject_count, configuration_count;
};

/* Latches a lack of memory; slt_audit_end tells of it. */
typedef struct slt_audit {
    const slt_audit_options *options;
    slt_audit_result *results;
    slt_audit_file *subjects, *configuration;
    size_t result_count, subject_count, configuration_count;
    slt_index_set subject_names, configuration_names;
    bool failed;
} slt_audit;

/* form: "traces", "against" or "estimates". To be ended. */
void slt_audit_begin(slt_audit *audit, const char *form,
                     const slt_audit_options *options);
/* Calls of every page that has them: slt_audit_tell(audit, pair, stage, pair). */
#define slt_audit_tell(audit, call, ...)                                                 \
    for (size_t page_ = 0; page_ < (audit)->options->page_count; page_++)                \
        if ((audit)->options->pages[page_].call)                                         \
    (audit)->options->pages[page_].call((audit)->options->pages[page_].context,          \
                                        __VA_ARGS__)
/* A question and its answer; the name stands in the statement. */
void slt_audit_judge(slt_audit *audit, slt_audit_state state, const char *name,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A file that is judged; one that says how. A name that is there already is not put there
 * again. */
void slt_audit_add_subject(slt_audit *audit, const char *name, const char *sha256);
void slt_audit_add_configuration(slt_audit *audit, const char *name, const char *sha256);
/* SLT_INTERRUPTED, "stopped before all WHAT were judged", if the caller asked to stop. */
slt_status slt_audit_pause(const slt_audit *audit, const char *what, slt_error *err);

/* Tells the pages of the end and frees; err holds the message of the status.  Returns it,
 * or what is worse. */
slt_status slt_audit_end(slt_audit *audit, slt_status status, slt_error *err);

/* ---- Agreement of estimates -------------------------------------------------------- */

typedef enum slt_agreement {
    SLT_AGREE_IDENTICAL,
    SLT_AGREE_WITHIN, /* at most SLT_AGREE_MCSE Monte Carlo standard errors apart */
    SLT_AGREE_NOT,
    SLT_AGREE_UNKNOWN /* they differ, and no error of them is known */
} slt_agreement;
#define SLT_AGREE_MCSE 3

/* Of two estimates with their Monte Carlo standard errors (not finite: unknown).  *apart
 * is (b - a) / sqrt(mcse_a^2 + mcse_b^2), not finite where that is unknown.  Identical:
 * the same bits. Advisory. */
slt_agreement slt_agreement_of(slt_real a, slt_real mcse_a, slt_real b, slt_real mcse_b,
                               slt_real *apart);
/* The less agreeable one: different, then not known, then within, then identical. */
slt_agreement slt_agreement_worse(slt_agreement a, slt_agreement b);
/* Different has failed; what is not known is worth a look. */
slt_audit_state slt_agreement_state(slt_agreement agreement);
/* "identical", "equal within Monte Carlo error", "different", "not known". */
const char *slt_agreement_text(slt_agreement agreement);

#endif
