/* The numbers of an influence page by name, as its tables, arrays and pictures hold
 * them. */
#ifndef SLT_REPORT_INFLUENCE_NUMBERS_H
#define SLT_REPORT_INFLUENCE_NUMBERS_H

#include <sltrace/influence.h>

/* Of an observable with a sample, whose place in found->covariance is `at`. */
#define SLT_INFLUENCE_PAIR 6
/* How many of them there are: susceptibilities are of metrics alone. */
size_t slt_influence_pairs(const slt_influence *found);
extern const char *const slt_influence_pair_names[SLT_INFLUENCE_PAIR];
void slt_influence_pair(const slt_influence *found, size_t at,
                        slt_real values[SLT_INFLUENCE_PAIR]);
/* "mean", "12" (a sample), "metric/size": observable `number`. */
#define SLT_INFLUENCE_OBSERVABLE_MAX 80
void slt_influence_observable(const slt_influence *found, size_t number,
                              char text[SLT_INFLUENCE_OBSERVABLE_MAX]);
/* What the observable's mean changes by where a sample counts more: of its weight in the
 * loss, 1 at first, the derivative. */
slt_covariance slt_influence_change(const slt_influence *found, size_t at);

/* Of a sample left out; not finite where it is not known. */
#define SLT_INFLUENCE_SAMPLE 5
extern const char *const slt_influence_sample_names[SLT_INFLUENCE_SAMPLE];
void slt_influence_sample(const slt_influence *found, size_t sample,
                          slt_real values[SLT_INFLUENCE_SAMPLE]);

/* One of them: number `number` of the pair at `at`, or of sample `at`; and its name. */
slt_real slt_influence_number(const slt_influence *found, bool of_pair, size_t number,
                              size_t at);
const char *slt_influence_number_name(bool of_pair, size_t number);

/* The one of `count` values that comes next behind `last` by its size, then by its
 * number; the first behind count, and count behind the last. */
size_t slt_influence_next(const slt_covariance *values, size_t count, size_t last);

#endif
