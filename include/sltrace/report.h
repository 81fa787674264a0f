/* The figure of one golden, or one self-contained HTML page about several goldens. */
#ifndef SLTRACE_REPORT_H
#define SLTRACE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/golden.h>
#include <sltrace/signature.h>
#include <sltrace/study.h>

SLT_C_BEGIN

/* Makes the figure of a golden from the data beside it or, if `from` names folders of
 * its study, from the traces in these.  Golden, manifest, data and claims must agree with
 * one another; SLT_DIFFERS names what does not.  The caller frees the figure before the
 * manifest. */
SLT_API slt_status slt_golden_figure(const char *path, const char *const *from,
                                     size_t from_count, slt_manifest **manifest,
                                     slt_figure **figure, slt_error *err);

typedef struct slt_report slt_report;

/* One golden of a report. */
typedef struct slt_report_entry {
    const char *path;         /* of the golden, as given to slt_report_add */
    const char *name;         /* NULL if the golden cannot be read */
    slt_status status;        /* SLT_OK if golden, manifest, data and claims agree */
    const char *message;      /* why they do not; "" on SLT_OK */
    const slt_golden *golden; /* NULL if it cannot be read */
    const slt_figure *figure; /* NULL if the status is not SLT_OK, or without data */
    slt_status drawn;         /* SLT_UNFIT if gnuplot is not installed */
    const char *no_picture;   /* why the section has no picture; "" if it has one */
    const char
        *no_chains; /* why no traces tell whether the chains settled; "": they do */
    const char
        *wrong_runs; /* what is wrong with the golden's table of runs; "": nothing */
    slt_status runs_status; /* SLT_DIFFERS if that table contradicts the golden or
                               itself */
    const char *wrong_verified; /* what is wrong with the statement of a verification
                                   beside the golden, GOLDEN.verified; "": nothing */
    slt_status verified_status; /* SLT_DIFFERS if the signer did not sign it */
    const char *not_in_page; /* what kept the page from verifying it; "": nothing did, or
                                it is not in fixed point */
    slt_status in_page_status;
} slt_report_entry;

SLT_API slt_status slt_report_create(const char *title, slt_report **report,
                                     slt_error *err);
SLT_API void slt_report_free(slt_report *report);
/* From here on, statements of verifications beside goldens (slt_verify_attest_begin)
 * count only if `key` signed them. */
SLT_API void slt_report_set_signer(slt_report *report, const slt_public_key *key);

/* The program of fixed point that pages carry: verify.js and verify.wasm of a folder,
 * which tools/wasm/wasm makes.  SLT_FILE or SLT_FORMAT if it is not there. */
typedef struct slt_report_program slt_report_program;
SLT_API slt_status slt_report_program_read(const char *folder,
                                           slt_report_program **program, slt_error *err);
SLT_API void slt_report_program_free(slt_report_program *program);
/* The page will carry this program, which must stay until the report is freed, and make
 * runs of the goldens that are added from now on again in the reader's browser. */
SLT_API void slt_report_verify_in_page(slt_report *report,
                                       const slt_report_program *program);

/* Adds the section of a golden, made from its manifest and the figure data beside it, or
 * from traces: `from` names folders with studies in them (FROM/NAME), which are used
 * if they have the traces of all runs.  A golden that cannot be read, or that its
 * manifest, data or claims contradict, gets a section that says so and has no verdicts.
 * The entry tells; the returned status is not SLT_OK only if memory is short. Commands
 * on the page show `path`, so it should be relative to where a reader will run them. */
SLT_API slt_status slt_report_add(slt_report *report, const char *path,
                                  const char *const *from, size_t from_count,
                                  slt_error *err);
SLT_API size_t slt_report_count(const slt_report *report);
SLT_API slt_report_entry slt_report_at(const slt_report *report, size_t index);

/* Writes the page: HTML in UTF-8 that is also well-formed XML, loads nothing and, unless
 * it verifies in the page, runs no script.  The same files, and the same gnuplot, give
 * the same bytes.  malloc'ed, with a NUL behind it that *size does not count. */
SLT_API slt_status slt_report_html(const slt_report *report, char **text, size_t *size,
                                   slt_error *err);

/* The front page of several reports: a table a report, a row a golden with its paper, the
 * figure as a link into its report, its verdicts, whether its chains settled, and what
 * the statement beside the golden says of its last verification. */
typedef struct slt_front slt_front;
SLT_API slt_status slt_front_create(const char *title, slt_front **front, slt_error *err);
SLT_API void slt_front_free(slt_front *front);
/* Adds a report, which lies at `page` as the front page sees it; nothing of the report is
 * needed afterwards. */
SLT_API slt_status slt_front_add(slt_front *front, const char *name, const char *page,
                                 const slt_report *report, slt_error *err);
SLT_API size_t slt_front_reports(const slt_front *front);
/* As slt_report_html. */
SLT_API slt_status slt_front_html(const slt_front *front, char **text, size_t *size,
                                  slt_error *err);

SLT_C_END

#endif
