/* The picture of an estimate's chains. */
#ifndef SLT_REPORT_PICTURE_CHAINS_H
#define SLT_REPORT_PICTURE_CHAINS_H

#include "base/buffer.h"
#include "learn/diagnostics_curves.h"

/* Appends the script of gnuplot that draws their course, their ranks and their
 * autocorrelation, below one another. */
void slt_chains_script(const slt_chain_curves *curves, const char *title,
                       slt_buffer *script);

#endif
