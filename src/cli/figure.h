/* The command figure: of a manifest or golden, and of a folder of goldens. */
#ifndef SLT_CLI_FIGURE_H
#define SLT_CLI_FIGURE_H

#include <sltrace/report.h>
#include <sltrace/study.h>

#include "cli/cli.h"

/* Members of a document: "claims"; "runs", how many, and which ended early; "chains", how
 * many estimates have settled; "hidden", points that logarithmic axes cannot show.  Of no
 * figure (NULL) they are empty, null or 0. */
void cli_figure_put(slt_json *json, const slt_figure *figure);
/* Hidden points as remarks; of: what comes before each, such as "fig6.golden: ". */
void cli_figure_tell_hidden(const char *of, const slt_figure *figure);

/* What all pages of a call have in common. */
typedef struct cli_pages {
    const cli_call *call;
    slt_report_program *program; /* of --verify-in-page; NULL: none */
    slt_public_key signer;       /* of --public-key, ... */
    bool has_signer;             /* ... if it is given */
} cli_pages;

slt_status cli_pages_open(cli_pages *pages, const cli_call *call, slt_error *err);
void cli_pages_close(cli_pages *pages);

/* One HTML page of the goldens in a folder.  The worst of what became of them. */
slt_status cli_figure_folder(const cli_pages *pages, const char *folder, slt_error *err);

/* Writes the page about one golden, made from the data beside it. */
slt_status cli_figure_page(const cli_pages *pages, const char *golden, const char *title,
                           const char *path, slt_error *err);

#endif
