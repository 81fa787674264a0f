#include "check/audit/collected.h"

#include <stdlib.h>
#include <string.h>

#include "record/digest.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the estimates of a run");
}

static slt_status add(void *context, const slt_estimate *e, slt_error *err)
{
    slt_collection *all = context;
    slt_collected *list = realloc(all->list, (all->count + 1) * sizeof *list);
    if (!list)
        return no_memory(err);
    all->list = list;
    slt_collected *added = &list[all->count++];
    *added = (slt_collected){.chain = calloc(e->chains, sizeof *added->chain),
                             .chains = e->chains,
                             .llc = e->chain[0]->llc,
                             .at_step = e->chain[0]->at_step,
                             .last = true,
                             .whole = e->whole};
    if (!added->chain)
        return no_memory(err);
    memcpy(added->chain, e->chain, e->chains * sizeof *added->chain);
    for (size_t i = 0; i + 1 < all->count; i++)
        if (list[i].llc == added->llc)
            list[i].last = false;
    return e->whole ? slt_estimate_diagnose(e, &added->found, err) : SLT_OK;
}

slt_status slt_collect_estimates(const slt_trace *trace, slt_collection *all,
                                 slt_error *err)
{
    *all = (slt_collection){0};
    return slt_estimate_walk(trace, add, all, err);
}

void slt_collection_free(slt_collection *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->list[i].chain);
    free(all->list);
    *all = (slt_collection){0};
}

const slt_collected *slt_collected_find(const slt_collection *all, uint32_t llc,
                                        uint64_t at_step)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].llc == llc && all->list[i].at_step == at_step)
            return &all->list[i];
    return NULL;
}

static bool same_chain(const slt_record *x, const slt_record *y)
{
    bool losses =
        x->has_losses == y->has_losses && x->loss_count == y->loss_count &&
        (!x->loss_count || memcmp(x->losses, y->losses, 8 * x->loss_count) == 0) &&
        slt_digest_equal(x->losses_hash, y->losses_hash);
    return losses && x->chain == y->chain && x->chain_status == y->chain_status &&
           x->draws == y->draws && x->nbeta.bits == y->nbeta.bits &&
           x->init_loss.bits == y->init_loss.bits &&
           slt_digest_equal(x->final_weights, y->final_weights);
}

bool slt_collected_same(const slt_collected *a, const slt_collected *b)
{
    bool same = a->chains == b->chains;
    for (size_t i = 0; same && i < a->chains; i++)
        same = same_chain(a->chain[i], b->chain[i]);
    return same;
}
