/* The page about several goldens: what is shown, and the parts that write it.  Nothing
 * here opens a file. */
#ifndef SLT_REPORT_PAGE_REPORT_H
#define SLT_REPORT_PAGE_REPORT_H

#include <sltrace/golden.h>

#include "figure/figure.h"
#include "report/page/html.h"

/* What is known of one golden.  Owned by whoever made it. */
typedef struct slt_report_part {
    char *path;          /* of the golden, for the commands */
    char *manifest_path; /* likewise; NULL where there is no manifest */
    char *anchor; /* id of the section, other than those of the page's other parts */
    slt_golden *golden;     /* NULL: it cannot be read */
    slt_manifest *manifest; /* NULL likewise */
    slt_figure *figure;     /* NULL where anything does not hold, or without data */
    slt_buffer csv, svg;    /* data that hold; picture, empty where there is none */
    slt_error trouble;      /* its status is SLT_OK where everything holds */
    bool of_table; /* what is known of runs is from the table beside the golden */
    /* Reasons, where their status is not SLT_OK: no picture, nothing from traces, a table
     * of runs that cannot be believed. */
    slt_error no_picture, no_chains, wrong_runs;
} slt_report_part;

/* The whole page. */
void slt_report_page(const char *title, const slt_report_part *parts, size_t count,
                     slt_buffer *out);

/* ---- Its pieces -------------------------------------------------------------------- */

extern const char slt_report_style[];

void slt_report_put_summary(slt_html *page, const slt_report_part *parts, size_t count);
void slt_report_put_section(slt_html *page, const slt_report_part *part);
void slt_report_put_claims(slt_html *page, const slt_report_part *part);
/* Whether the chains have settled: in all, and a row a run. */
void slt_report_put_runs(slt_html *page, const slt_report_part *part);
void slt_report_put_settings(slt_html *page, const slt_report_part *part);
void slt_report_put_hashes(slt_html *page, const slt_report_part *part);
void slt_report_put_commands(slt_html *page, const slt_report_part *part);
void slt_report_put_data(slt_html *page, const slt_report_part *part);
/* What a picture shows, in words. */
void slt_report_describe(const slt_figure *figure, slt_buffer *text);

/* "Figure 6: Low-rank linear network", or the golden's path. */
void slt_report_heading(const slt_report_part *part, slt_buffer *text);
/* ANCHOR:WHAT, an id no other element has. */
void slt_report_id(const slt_report_part *part, const char *what, slt_buffer *text);
/* A heading of third order with that id. */
void slt_report_put_heading(slt_html *page, const slt_report_part *part, const char *what,
                            const char *text);
/* What its manifest cites: nothing without one. */
const slt_cite_spec *slt_report_cite(const slt_report_part *part);
/* Links to the paper where `cite` has an address, arXiv number or DOI. */
void slt_report_put_paper(slt_html *page, const slt_cite_spec *cite);

/* A table that scrolls inside its own box.  caption is its name. */
void slt_report_open_table(slt_html *page, const char *class_name, const char *caption);
void slt_report_close_table(slt_html *page);
/* <thead> of one row; a name behind '>' stands over numbers. */
void slt_report_put_head(slt_html *page, const char *const *names, size_t count);

/* " 2 of 20 runs ended early and are in none of these numbers."; nothing where all ended
 * well. */
void slt_report_put_left_out(slt_html *page, const slt_report_part *part);
/* A cell "18 of 20, 2 diverged", where any run of the figure ended early. */
void slt_report_put_coverage(slt_html *page, const slt_figure *figure, size_t row);
void slt_report_put_verdict(slt_html *page, const slt_claim *claim);
/* Six digits; or with the standard error of a row, as many as that leaves certain. */
void slt_report_put_number(slt_html *page, slt_real value, const slt_table_row *error);
/* The claim's expression, where it is one name with a standard error; else NULL. */
const slt_table_row *slt_report_error_of(const slt_figure *figure, size_t claim);

#endif
