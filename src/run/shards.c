/* Runs divided over shards by what they are planned to take: the most costly first, each
 * to the shard that has least by then.  So no two shards differ by more than one run. */
#include <sltrace/study.h>

#include <stdlib.h>

#include "base/fpenv.h"
#include "base/world.h"

/* A multiply-add, on a machine that nobody has: the division is the same on all. */
enum { MADD_PS = 100 };
/* Costs are kept to so many bits: the last ones of a plan, which are sums of reals, hang
 * on the compiler. */
enum { COST_BITS = 10 };

/* A run and what it costs, or a shard and what its runs cost together. */
typedef struct load {
    uint64_t cost;
    size_t number;
} load;

static uint64_t round_cost(uint64_t cost)
{
    unsigned shift = 0;
    while (cost >> shift >> COST_BITS)
        shift++;
    return cost >> shift << shift;
}

/* In nanoseconds, at least 1; sums of as many as there are runs stay within 64 bits. */
static slt_status cost_of_run(slt_manifest *manifest, size_t run, uint64_t *cost,
                              slt_error *err)
{
    slt_plan plan;
    slt_status status = slt_study_plan(manifest, run, &plan, err);
    if (status)
        return status;
    const uint64_t most = UINT64_MAX / (slt_manifest_runs(manifest) + 1);
    const uint64_t work = plan.work / 1000 * MADD_PS + plan.work % 1000 * MADD_PS / 1000;
    uint64_t sum;
    if (__builtin_add_overflow(work, plan.beside_ns, &sum) || sum > most)
        sum = most;
    *cost = round_cost(sum) | 1;
    return SLT_OK;
}

static bool is_less(const load *a, const load *b)
{
    return a->cost != b->cost ? a->cost < b->cost : a->number < b->number;
}

/* Lets entry `at` of a heap whose least is the first sink to its place. */
static void sink(load *heap, size_t at, size_t count)
{
    for (size_t next; (next = 2 * at + 1) < count; at = next) {
        next += next + 1 < count && is_less(&heap[next + 1], &heap[next]);
        if (!is_less(&heap[next], &heap[at]))
            return;
        const load moved = heap[at];
        heap[at] = heap[next];
        heap[next] = moved;
    }
}

/* The most costly first. */
static void sort_loads(load *list, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sink(list, i, count);
    for (size_t end = count; end-- > 1;) {
        const load least = list[0];
        list[0] = list[end];
        list[end] = least;
        sink(list, 0, end);
    }
}

slt_status slt_study_shards(slt_manifest *manifest, const bool *selected, size_t shards,
                            slt_shard *of, slt_error *err)
{
    SLT_FPENV_ENTERED;
    const size_t runs = slt_manifest_runs(manifest);
    size_t count = 0;
    load *list = slt_world.calloc(runs + 1, sizeof *list);
    load *heap = slt_world.calloc(shards + 1, sizeof *heap);
    slt_status status = SLT_OK;
    if (!list || !heap)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu shards of %zu runs",
                          shards, runs);
    for (size_t run = 0; run < runs && !status; run++) {
        of[run] = (slt_shard){.shard = SLT_NO_SHARD};
        if (selected && !selected[run])
            continue;
        status = cost_of_run(manifest, run, &of[run].cost_ns, err);
        list[count++] = (load){of[run].cost_ns, run};
    }
    if (!status) {
        sort_loads(list, count);
        for (size_t i = 0; i < shards; i++)
            heap[i].number = i;
        for (size_t i = 0; i < count; i++) {
            of[list[i].number].shard = heap[0].number;
            heap[0].cost += list[i].cost;
            sink(heap, 0, shards);
        }
    }
    free(list);
    free(heap);
    return status;
}
