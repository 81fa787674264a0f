/* Theory beside a figure's rows: lines over the data rows, advisory. */
#ifndef SLT_FIGURE_THEORY_H
#define SLT_FIGURE_THEORY_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/manifest.h>
#include <sltrace/real.h>

#include "base/buffer.h"

struct slt_figure;
struct slt_table_row;

#define SLT_THEORY_LINES_MAX 2

/* A line for each closed form; two for what theory predicts for SGLD: for chains as they
 * were run, and for infinitely long ones. */
typedef struct slt_theory {
    size_t lines;     /* 0 if none was asked for, or none could be made */
    bool predictions; /* the two lines are for SGLD; else each is a closed form */
    const char *title;
    const char *name[SLT_THEORY_LINES_MAX];
    const char
        *column[SLT_THEORY_LINES_MAX];      /* heading of the line's column in a table */
    slt_real *value[SLT_THEORY_LINES_MAX];  /* at each data row; NaN if it has none */
    char heading[SLT_THEORY_LINES_MAX][96]; /* for columns that are composed */
    slt_buffer note;                        /* why a line that was asked for is missing */
    slt_error trouble; /* that memory was too short to find that out */
    bool made;
} slt_theory;

/* What figure.theory asks for: computed at the first call, owned by the figure. */
const slt_theory *slt_figure_theory(const struct slt_figure *figure);
/* SLT_OK where all of it could be found out, or why not. */
slt_status slt_figure_theory_status(const struct slt_figure *figure, slt_error *err);
void slt_theory_free(slt_theory *theory);

/* Notes why a row has no number; the first note stays.  Where memory was short
 * (SLT_RESOURCE) that is not known. */
void slt_theory_note_row(slt_theory *theory, const struct slt_table_row *row,
                         const slt_error *error);
/* Sets the lines of closed forms of grokking: at the rows of figure.rows their values,
 * and of a chance of times what it expects in the bins of the histograms. */
void slt_theory_set_grokking(const struct slt_figure *figure, slt_theory *theory);

/* What theory predicts for SGLD in a run whose model is one `linear` op on the data and
 * whose loss is its squared error, from the curvatures of the run's data (the recursion
 * of slt_theory_quadratic_sgld): the estimate of the chains as they are run, and its
 * limit for long chains.  estimate: from 0.  SLT_FORMAT if the run is not of this form,
 * SLT_UNFIT without LAPACK; the message is the end of a sentence. */
typedef struct slt_planted {
    slt_real chain, stationary;
} slt_planted;
slt_status slt_planted_predict(slt_manifest *manifest, size_t run, size_t estimate,
                               slt_planted *planted, slt_error *err);

/* The same two numbers for any run, if the loss were quadratic around the weights of a
 * checkpoint (figure/prediction.h): the one that the quantity, a mean of an estimate,
 * names, or the estimate's last one.  Its weights are those that the trace stores there,
 * or those that the run starts with; trace: the path, NULL if there is none. */
slt_status slt_at_point_predict(slt_manifest *manifest, size_t run, const char *trace,
                                const slt_quantity *quantity, slt_planted *planted,
                                slt_error *err);

#endif
