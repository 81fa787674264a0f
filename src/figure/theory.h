/* Theory beside a figure's rows: lines over the data rows, advisory. */
#ifndef SLT_FIGURE_THEORY_H
#define SLT_FIGURE_THEORY_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/manifest.h>
#include <sltrace/real.h>

#include "base/buffer.h"

struct slt_figure;

#define SLT_THEORY_LINES_MAX 2

/* One line for a closed form, two for what SGLD must give: of chains as they were run,
 * and of chains without end. */
typedef struct slt_theory {
    size_t lines; /* 0: none, or none that could be made */
    const char *title;
    const char *name[SLT_THEORY_LINES_MAX];
    const char *column[SLT_THEORY_LINES_MAX]; /* over a table's column of numbers */
    slt_real *value[SLT_THEORY_LINES_MAX]; /* of each data row; NaN where it has none */
    slt_buffer note;                       /* why there is no line where one is asked */
    bool made;
} slt_theory;

/* Of figure.theory: made when first asked for, owned by the figure. */
const slt_theory *slt_figure_theory(const struct slt_figure *figure);
void slt_theory_free(slt_theory *theory);

/* What SGLD must give in a run whose model is one `linear` op on the data and whose loss
 * is its squared error, from the curvatures of the run's data (the recursion of
 * slt_theory_quadratic_sgld): the estimate of the chains as they are, and its limit for
 * long ones.  estimate: from 0.  SLT_FORMAT where the run is none of this form, SLT_UNFIT
 * without LAPACK; the message ends a sentence. */
typedef struct slt_planted {
    slt_real chain, stationary;
} slt_planted;
slt_status slt_planted_predict(slt_manifest *manifest, size_t run, size_t estimate,
                               slt_planted *planted, slt_error *err);

#endif
