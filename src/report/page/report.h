/* The page about several goldens: what it shows, and the functions that write its parts.
 * None of them opens a file. */
#ifndef SLT_REPORT_PAGE_REPORT_H
#define SLT_REPORT_PAGE_REPORT_H

#include <sltrace/golden.h>
#include <sltrace/report.h>

#include "figure/figure.h"
#include "report/page/html.h"
#include "report/verified.h"

/* What is known of one golden. Owned by the caller. */
typedef struct slt_report_part {
    char *path;             /* of the golden, shown in commands */
    char *manifest_path;    /* likewise; NULL if there is no manifest */
    char *anchor;           /* id of the section, unique in the page */
    slt_golden *golden;     /* NULL if it cannot be read */
    slt_manifest *manifest; /* NULL likewise */
    slt_figure *figure;     /* NULL if a check failed, or without data */
    slt_buffer csv, svg;    /* verified data; picture, empty if there is none */
    slt_error trouble;      /* its status is SLT_OK if every check succeeded */
    bool of_table; /* what is known of runs is from the table beside the golden */
    /* Reasons, if their status is not SLT_OK: why there is no picture, nothing from
     * traces, or why the table of runs is wrong. */
    slt_error no_picture, no_chains, wrong_runs;
    slt_verified verified; /* what a statement beside the golden says */
    /* What the page needs to make a run again; where in_page is false, none was asked
     * for. */
    bool in_page;
    bool *fixed;         /* for each run whether it is in fixed point, ... */
    size_t fixed_count;  /* ... and how many are */
    slt_buffer bundle;   /* empty if none is */
    slt_error no_bundle; /* why there is no bundle or twin, if its status is not SLT_OK */
    char *twin;          /* path of the same figure's golden in fixed point, or NULL */
} slt_report_part;

struct slt_report_program {
    slt_buffer script, wasm; /* the first starts the second */
};

/* The goldens of a report. */
const slt_report_part *slt_report_parts(const slt_report *report, size_t *count);

/* Writes what stands before <body>, and opens <html>.  `script` is the one that may run;
 * NULL: none. */
void slt_report_begin_page(slt_html *page, const char *title, const char *script);
/* Writes the whole page; without a program none of its runs can be made again in it. */
void slt_report_page(const char *title, const slt_report_part *parts, size_t count,
                     const slt_report_program *program, slt_buffer *out);

/* ---- Its pieces -------------------------------------------------------------------- */

extern const char slt_report_style[];

void slt_report_put_summary(slt_html *page, const slt_report_part *parts, size_t count);
/* Writes the section of one of the parts. */
void slt_report_put_section(slt_html *page, const slt_report_part *part,
                            const slt_report_part *parts, size_t count);
void slt_report_put_grids(slt_html *page, const slt_report_part *part);
void slt_report_put_claims(slt_html *page, const slt_report_part *part);
/* Writes whether the chains have settled: in total, and a row for each run. */
void slt_report_put_runs(slt_html *page, const slt_report_part *part);
void slt_report_put_settings(slt_html *page, const slt_report_part *part);
/* A cell: when and where the golden was verified last, as a statement says. */
void slt_report_put_verified(slt_html *page, const slt_report_part *part);
void slt_report_put_hashes(slt_html *page, const slt_report_part *part);
void slt_report_put_commands(slt_html *page, const slt_report_part *part);
void slt_report_put_data(slt_html *page, const slt_report_part *part);
/* Writes the button by which the page makes a run again, or why there is none. */
void slt_report_put_in_page(slt_html *page, const slt_report_part *part,
                            const slt_report_part *parts, size_t count);
/* Describes in words what a picture shows. */
void slt_report_describe(const slt_figure *figure, slt_buffer *text);

/* ---- Runs that the page makes again ------------------------------------------------ */

extern const char slt_report_in_page_script[];

/* Finds what the page needs for a golden that holds. */
void slt_report_in_page(slt_report_part *part);
/* Writes the program and the script that starts it. */
void slt_report_put_program(slt_html *page, const slt_report_program *program);

/* ---- What they share --------------------------------------------------------------- */

/* "Figure 6: Low-rank linear network", or the golden's path. */
void slt_report_heading(const slt_report_part *part, slt_buffer *text);
/* ANCHOR:WHAT, an id that no other element has. */
void slt_report_id(const slt_report_part *part, const char *what, slt_buffer *text);
/* Writes a third-level heading with that id. */
void slt_report_put_heading(slt_html *page, const slt_report_part *part, const char *what,
                            const char *text);
/* What its manifest cites; NULL without a manifest. */
const slt_cite_spec *slt_report_cite(const slt_report_part *part);
/* Writes links to the paper if `cite` has an address, arXiv number or DOI. */
void slt_report_put_paper(slt_html *page, const slt_cite_spec *cite);

/* Opens a table that scrolls inside its own box; caption is its accessible name. */
void slt_report_open_table(slt_html *page, const char *class_name, const char *caption);
void slt_report_close_table(slt_html *page);
/* Writes a <thead> of one row; a name that begins with '>' heads a column of numbers. */
void slt_report_put_head(slt_html *page, const char *const *names, size_t count);

/* Writes " 2 of 20 runs ended early and are in none of these numbers."; nothing if all
 * ended normally. */
void slt_report_put_left_out(slt_html *page, const slt_report_part *part);
/* Writes a cell "18 of 20, 2 diverged", if any run of the figure ended early. */
void slt_report_put_coverage(slt_html *page, const slt_figure *figure, size_t row);
/* Writes a cell with a hash, or what stands in its column. */
void slt_report_put_hash(slt_html *page, const char *value);
void slt_report_put_verdict(slt_html *page, const slt_claim *claim);
/* Writes a number with six digits; or, given the row with its standard error, with as
 * many digits as the error leaves certain. */
void slt_report_put_number(slt_html *page, slt_real value, const slt_table_row *error);
/* The row that a claim's expression names, if the expression is one name with a standard
 * error; else NULL. */
const slt_table_row *slt_report_error_of(const slt_figure *figure, size_t claim);

#endif
