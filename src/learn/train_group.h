/* Trains several runs side by side, each in a lane of its own (num/members.h), if the
 * model is so small that this pays (net/ensemble.h).
 *
 * A group advances the runs' states to the same bits as slt_train_step: afterwards a run
 * may be continued alone, in another group or by another program. */
#ifndef SLT_LEARN_TRAIN_GROUP_H
#define SLT_LEARN_TRAIN_GROUP_H

#include "learn/train.h"

/* The most runs in a group with this one; 0 if it must be trained alone, because of a
 * model that ensembles do not take, an optimiser that does not run in lanes, no training
 * at all, trials, or training that a loss may stop. */
size_t slt_train_group_width(const slt_run_spec *run);
/* How many runs a group needs to be faster than one by one. */
size_t slt_train_group_min(const slt_run_spec *run);
/* Whether two runs may be in one group: the same arithmetic, model and training, and data
 * of the same shape.  Seeds and everything else may differ. */
bool slt_train_groups(const slt_run_spec *a, const slt_run_spec *b);

/* Of 1 <= count <= width trainers that go together; borrowed, and not to be used while
 * the group advances. */
typedef struct slt_train_group slt_train_group;
slt_status slt_train_group_create(slt_trainer *const *trainers, size_t count,
                                  slt_train_group **group, slt_error *err);
void slt_train_group_free(slt_train_group *group);

/* Does slt_train_step `steps` times for every run i whose results[i] is SLT_STEP_MORE;
 * their states must be at the same step.  A run that cannot continue leaves the group:
 * results[i] tells why, and the other runs are not affected. */
void slt_train_group_advance(slt_train_group *group, slt_state *const *states,
                             uint64_t steps, slt_step_result *results);

#endif
