/* Runs chains of one sampler side by side, each in a lane of its own (num/members.h), if
 * the model is so small that this pays (net/ensemble.h).
 *
 * A group advances slt_chains to the same bits as slt_chain_advance: afterwards a chain
 * may be continued alone, in another group or by another program. */
#ifndef SLT_LEARN_CHAIN_GROUP_H
#define SLT_LEARN_CHAIN_GROUP_H

#include "learn/llc.h"

/* How many of the `chains` still to be grouped go into the next group; 1 if they must run
 * one by one, or if so few would be slower together.  They must run one by one because of
 * a model that ensembles do not take, a sampler without a step for members, a recorded
 * acceptance, or a restriction to a hyperplane. */
size_t slt_chain_group_share(const slt_sampler *sampler, size_t chains);

/* For chains `first` to first + count - 1 of the sampler.  They must be able to run side
 * by side, and count be at most slt_chain_group_share of any number of chains. */
typedef struct slt_chain_group slt_chain_group;
slt_status slt_chain_group_create(slt_sampler *sampler, uint32_t first, size_t count,
                                  slt_chain_group **group, slt_error *err);
void slt_chain_group_free(slt_chain_group *group);

/* Does slt_chain_advance for each of the `count` chains.  Chains that are behind others
 * are first brought to the update of the foremost, one by one, which may need memory. */
slt_status slt_chain_group_advance(slt_chain_group *group, slt_chain *chains,
                                   uint64_t updates_max, slt_error *err);

#endif
