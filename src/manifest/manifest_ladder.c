/* An estimate whose nbeta is a list is one estimate at each: it is put in their place
 * before anything is checked, so that a run only ever has single ones. */
#include "manifest/manifest_internal.h"

#include "codec/value.h"

/* What may differ from one estimate of a ladder to the next. */
static const char *const rungs[] = {"nbeta", "lr"};
#define RUNGS (sizeof rungs / sizeof *rungs)

static bool is_list(const slt_value *value)
{
    return value && value->kind == SLT_VALUE_LIST;
}

/* Whether the lists of an item whose nbeta is one go together. */
static slt_status check_rungs(const slt_schema_walk *walk, const slt_schema_path *path,
                              const slt_value *item)
{
    const slt_value *nbeta = slt_value_get(item, rungs[0]);
    const slt_value *lr = slt_value_get(item, rungs[1]);
    const slt_schema_path path_of_nbeta = {path, rungs[0], 0};
    const slt_schema_path path_of_lr = {path, rungs[1], 0};
    if (!nbeta->count || nbeta->count > SLT_LLC_MAX)
        return slt_schema_fail(walk, &path_of_nbeta, nbeta,
                               "expected 1 to %d values, one estimate at each",
                               SLT_LLC_MAX);
    if (is_list(lr) && lr->count != nbeta->count)
        return slt_schema_fail(walk, &path_of_lr, lr,
                               "expected as many values as nbeta has, %zu, or one",
                               nbeta->count);
    return SLT_OK;
}

static bool has_ladders(const slt_value *llc)
{
    for (size_t i = 0; i < llc->count; i++)
        if (is_list(slt_value_get(&llc->items[i], rungs[0])))
            return true;
    return false;
}

/* The item, of a ladder with value n of each of its lists. */
static bool put_rung(const slt_value *item, size_t n, bool ladder, slt_value *rung)
{
    if (!rung || !slt_value_copy(item, rung))
        return false;
    for (size_t i = 0; i < RUNGS && ladder; i++) {
        slt_value *field = (slt_value *)slt_value_get(rung, rungs[i]), one;
        if (!is_list(field))
            continue;
        if (!slt_value_copy(&field->items[n], &one))
            return false;
        slt_value_free(field);
        *field = one;
    }
    return true;
}

/* Appends what an item stands for. */
static slt_status unfold_estimate(const slt_schema_walk *walk,
                                  const slt_schema_path *path, const slt_value *item,
                                  slt_value *all)
{
    const slt_value *nbeta = slt_value_get(item, rungs[0]);
    const bool ladder = is_list(nbeta);
    slt_status status = ladder ? check_rungs(walk, path, item) : SLT_OK;
    bool fits = true;
    for (size_t n = 0; n < (ladder ? nbeta->count : 1) && fits && !status; n++)
        fits = put_rung(item, n, ladder, slt_value_append(all));
    return fits ? status
                : slt_fail(walk->err, SLT_RESOURCE, "%s: out of memory", walk->file);
}

slt_status slt_manifest_unfold_ladders(const slt_schema_walk *walk, slt_value *run)
{
    static const slt_schema_path path_of_run = {NULL, "run", 0};
    static const slt_schema_path path_of_llc = {&path_of_run, "llc", 0};
    slt_value *llc = (slt_value *)slt_value_get(run, "llc");
    slt_status status = SLT_OK;
    if (!is_list(llc) || !has_ladders(llc))
        return SLT_OK;
    slt_value all = {.kind = SLT_VALUE_LIST, .line = llc->line, .column = llc->column};
    for (size_t i = 0; i < llc->count && !status; i++) {
        const slt_schema_path path = {&path_of_llc, NULL, i};
        status = unfold_estimate(walk, &path, &llc->items[i], &all);
    }
    slt_value_free(status ? &all : llc);
    if (!status)
        *llc = all;
    return status;
}
