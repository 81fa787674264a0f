/* The command figure: of a manifest or golden, and of a folder of goldens. */
#ifndef SLT_CLI_FIGURE_H
#define SLT_CLI_FIGURE_H

#include <sltrace/study.h>

#include "cli/cli.h"

/* Members of a document: "claims"; "runs", how many, and which ended early; "chains", how
 * many estimates have settled; "hidden", points that logarithmic axes cannot show.  Of no
 * figure (NULL) they are empty, null or 0. */
void cli_figure_put(slt_json *json, const slt_figure *figure);
/* Hidden points as remarks; of: what comes before each, such as "fig6.golden: ". */
void cli_figure_tell_hidden(const char *of, const slt_figure *figure);

/* One HTML page of the goldens in a folder.  The worst of what became of them. */
slt_status cli_figure_folder(const cli_call *call, const char *folder, slt_error *err);

/* Writes the page about one golden, made from the data beside it. */
slt_status cli_figure_page(const cli_call *call, const char *golden, const char *title,
                           const char *path, slt_error *err);

#endif
