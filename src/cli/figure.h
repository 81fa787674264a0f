/* The command figure: of a manifest or golden, and of a folder of goldens. */
#ifndef SLT_CLI_FIGURE_H
#define SLT_CLI_FIGURE_H

#include <sltrace/study.h>

#include "cli/cli.h"

/* A claim as a JSON object, behind a comma unless it is the first. */
void cli_figure_claim(const slt_claim *claim, bool first);
/* ,"runs": how many, and which ended early; null where that is not known. */
void cli_figure_runs(const slt_figure *figure);
/* ,"chains": how many estimates have settled; null where that is not known. */
void cli_figure_chains(const slt_figure *figure);
/* ,"hidden": points that logarithmic axes cannot show. */
void cli_figure_hidden(const slt_figure *figure);
/* The same as remarks; of: what comes before each, such as "fig6.golden: ". */
void cli_figure_tell_hidden(const char *of, const slt_figure *figure);

bool cli_is_folder(const char *path);
/* One HTML page of the goldens in a folder.  The worst of what became of them. */
slt_status cli_figure_folder(const cli_call *call, const char *folder, slt_error *err);

#endif
