/* What all forms of an audit share: the report on its way, and whether two learning
 * coefficients agree. */
#ifndef SLT_AUDIT_AUDIT_H
#define SLT_AUDIT_AUDIT_H

#include <stdbool.h>

#include <sltrace/audit.h>
#include <sltrace/real.h>

#include "audit/places.h"
#include "base/buffer.h"
#include "base/sha256.h"
#include "codec/json.h"
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

/* Latches a lack of memory; slt_audit_end tells of it. */
typedef struct slt_audit {
    const slt_audit_options *options;
    slt_json *json; /* a document that stands open: members are put behind; that of the
                       options, or else `unseen` */
    slt_json unseen;
    slt_audit_result *results;
    slt_audit_file *subjects, *configuration;
    size_t result_count, subject_count, configuration_count;
    slt_places subject_names, configuration_names;
    bool failed;
} slt_audit;

/* form: "traces", "against" or "estimates".  SLT_FILE where the file to attest exists
 * already.  To be ended in any case. */
slt_status slt_audit_begin(slt_audit *audit, const char *form,
                           const slt_audit_options *options, slt_error *err);
/* Text for people, at once.  Names from files go through slt_escape_word first. */
void slt_audit_print(slt_audit *audit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A number in as few characters as say enough; "-" where there is none.  An LLC takes at
 * most 8 below a million. */
const char *slt_audit_number(slt_real value, const char *format, char text[32])
    __attribute__((format_arg(2)));
const char *slt_audit_llc_text(slt_real value, char text[32]);
/* Key "settled": true, false, or null where it is not known. */
void slt_audit_put_settled(slt_json *json, slt_settled settled);
/* A question and its answer; the name stands in the statement. */
void slt_audit_judge(slt_audit *audit, slt_audit_state state, const char *name,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A file that is judged; one that says how, as a manifest or a golden. A name that is
 * there already is not put there again. */
void slt_audit_add_subject(slt_audit *audit, const char *name, const char *sha256);
void slt_audit_add_configuration(slt_audit *audit, const char *name, const char *sha256);
/* Writes the statement where status is SLT_OK (nothing failed) or SLT_DIFFERS (something
 * did), JSON after SLT_UNFIT too and after trouble where something was judged, and frees;
 * err holds the message of that status. Returns it, or what is worse. */
slt_status slt_audit_end(slt_audit *audit, slt_status status, slt_error *err);

/* The in-toto statement (v1, predicate test-result v0.1). */
void slt_audit_print_statement(const slt_audit *audit, slt_json *json);

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
