/* The formulas of slt_theory_quadratic_net: a row each, by regime. */
#ifndef SLT_THEORY_QUADRATIC_INTERNAL_H
#define SLT_THEORY_QUADRATIC_INTERNAL_H

#include <sltrace/theory.h>

/* What a formula is, and how to set the value, verdict and reason of one. */
typedef struct slt_quadratic_row {
    const char *name;
    bool printed;
    const char *quantity, *relation, *text, *source;
    void (*make)(const slt_quadratic_net *net, slt_formula *formula);
} slt_quadratic_row;

/* The rows of each regime; a row without a name ends them. */
extern const slt_quadratic_row slt_quadratic_generic[], slt_quadratic_memorising[],
    slt_quadratic_lazy[], slt_quadratic_generalising[], slt_quadratic_data[];

#define SLT_QUADRATIC_V1 "Cullen et al. 2026, arXiv:2603.01192v1"
#define SLT_QUADRATIC_V3 "Cullen et al. 2026, arXiv:2603.01192v3"

/* The ranges of slt_quadratic_net keep every product below within 62 bits. */
int64_t slt_quadratic_least(int64_t a, int64_t b);
/* Directions of a neuron: p + s - c - 1, which is 3 p - 2 on a connected full set. */
int64_t slt_quadratic_directions(const slt_quadratic_net *net);
/* The largest rank of J where so many neurons are in use and V has rank r. */
int64_t slt_quadratic_rank_most(const slt_quadratic_net *net, int64_t neurons, int64_t r);
/* Whether generic points have that rank whatever the split is; else it must give each of
 * its symbols slt_quadratic_pairs_least pairs. */
bool slt_quadratic_thick(const slt_quadratic_net *net, int64_t neurons);
int64_t slt_quadratic_pairs_least(const slt_quadratic_net *net, int64_t neurons);
/* Twice lambda at a memorising point with 1'V = 0. */
int64_t slt_quadratic_memorising_rank(const slt_quadratic_net *net);

/* Sets the value to numerator / divisor, divisor > 0. */
void slt_formula_set(slt_formula *formula, int64_t numerator, int64_t divisor);
void slt_formula_say(slt_formula *formula, slt_formula_verdict verdict,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
