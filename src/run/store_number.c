/* The numbers of runs in a study's folder.
 *
 * A trace, finished or not, names its run in its header.  Where the manifest numbers its
 * runs anew (an axis was extended, or added), files move in two steps: those that must go
 * are named after their experiments, and when that is on the disk they take their new
 * numbers.  So no file is ever under a number of another run, whenever this is cut short,
 * and the next start finds the rest by the same headers. */
#include "run/store.h"

#include <sltrace/system.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/world.h"
#include "codec/digest.h"
#include "codec/experiments.h"
#include "run/traces.h"
#include "trace/trace_peek.h"

#define NONE SIZE_MAX
#define NAMED_MAX 8 /* of files in one remark */
#define NAME_MAX_BYTES 64

typedef enum fate {
    STAYS,
    MOVES,  /* to its run's number */
    PARKED, /* makes room: no number any more, but the name of its experiment */
    BROKEN, /* likewise, a file that is no trace */
    DROPPED /* a part that is not needed, or that nobody can go on with */
} fate;

/* traces/STEM.trace or traces/STEM.trace.part, with what belongs to it elsewhere. */
typedef struct item {
    char *stem;
    bool part, known; /* known: the header says whose it is */
    slt_digest experiment;
    size_t number, run; /* NONE: the stem is no number; no run of the manifest */
    fate fate;
} item;

typedef struct numbering {
    const slt_store *store;
    slt_manifest *manifest;
    bool renamed;
    item *items;
    size_t count;
    slt_experiments runs;
    size_t *chosen; /* by run: the item that is its trace or part, NONE */
    bool *named;    /* by run: a trace or part has its number */
} numbering;

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the list of traces");
}

static slt_status item_path(const numbering *n, const char *stem, bool part,
                            char path[SLT_FILE_PATH_MAX], slt_error *err)
{
    return slt_path_print(path, err, "%s/traces/%s.trace%s", n->store->out, stem,
                          part ? ".part" : "");
}

/* ---- What is there ----------------------------------------------------------------- */

size_t slt_store_number_of(const char *stem)
{
    char again[32];
    char *end;
    errno = 0;
    unsigned long long number = strtoull(stem, &end, 10);
    snprintf(again, sizeof again, "%06llu", number);
    return errno || *end || strcmp(again, stem) != 0 ? NONE : (size_t)number;
}

/* The length of the stem of a trace's or part's name; 0 for other files. */
static size_t stem_length(const char *name, bool *part)
{
    static const char *const ends[] = {".trace", ".trace.part"};
    size_t length = strlen(name);
    for (int i = 0; i < 2; i++) {
        size_t end = strlen(ends[i]);
        *part = i == 1;
        if (length > end && !strcmp(name + length - end, ends[i]))
            return length - end;
    }
    return 0;
}

static int is_item(const struct dirent *entry)
{
    bool part;
    return stem_length(entry->d_name, &part) > 0;
}

static void forget_items(numbering *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->items[i].stem);
    free(n->items);
    n->items = NULL;
    n->count = 0;
}

static slt_status list_items(numbering *n, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    struct dirent **entries;
    slt_status status = slt_path_print(path, err, "%s/traces", n->store->out);
    forget_items(n);
    if (status)
        return status;
    int count = slt_world.scandir(path, &entries, is_item, alphasort);
    if (count < 0)
        return errno == ENOENT ? SLT_OK
                               : slt_fail(err, SLT_FILE, "%s: cannot list: %s", path,
                                          strerror(errno));
    n->items = slt_world.calloc((size_t)count + 1, sizeof *n->items);
    if (!n->items)
        status = no_memory(err);
    for (int i = 0; i < count; i++) {
        item new = {.run = NONE};
        size_t length = stem_length(entries[i]->d_name, &new.part);
        new.stem = status ? NULL : slt_world.strndup(entries[i]->d_name, length);
        free(entries[i]);
        if (!status && !new.stem)
            status = no_memory(err);
        if (status)
            continue;
        new.number = slt_store_number_of(new.stem);
        n->items[n->count++] = new;
    }
    free(entries);
    return status;
}

/* SLT_OK with known false if the header is not whole. */
static slt_status numbering_identify(const numbering *n, item *one, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = item_path(n, one->stem, one->part, path, err);
    if (status)
        return status;
    status = slt_trace_peek(path, &one->experiment, err);
    one->known = status == SLT_OK;
    return status == SLT_RESOURCE ? status : SLT_OK;
}

/* Whether any name may be wrong.  Of numbered traces only those are looked into that are
 * asked for, and will be read anyway. */
static slt_status numbering_look(numbering *n, bool *needed, slt_error *err)
{
    const bool *selected = n->store->options->selected;
    size_t runs = slt_manifest_runs(n->manifest);
    slt_status status = list_items(n, err);
    *needed = n->renamed && n->count;
    for (size_t i = 0; i < n->count && !status && !*needed; i++) {
        item *one = &n->items[i];
        *needed = one->number >= runs; /* NONE among them */
        if (*needed || one->part || (selected && !selected[one->number]))
            continue;
        status = numbering_identify(n, one, err);
        *needed = one->known &&
                  !slt_digest_equal(one->experiment,
                                    slt_manifest_experiment(n->manifest, one->number));
    }
    return status;
}

/* ---- What is to become of it ------------------------------------------------------- */

/* A finished trace before a draft, one in its place before others. */
static bool is_better(const item *a, const item *b)
{
    if (a->part != b->part)
        return b->part;
    return a->number == a->run && b->number != b->run;
}

static slt_status numbering_choose(numbering *n, size_t i, slt_error *err)
{
    item *one = &n->items[i];
    size_t *chosen = &n->chosen[one->run];
    if (*chosen == NONE) {
        *chosen = i;
        return SLT_OK;
    }
    const item *other = &n->items[*chosen];
    slt_status status = SLT_OK;
    if (!one->part && !other->part) {
        char a[SLT_FILE_PATH_MAX], b[SLT_FILE_PATH_MAX];
        status = item_path(n, other->stem, false, a, err);
        if (!status)
            status = item_path(n, one->stem, false, b, err);
        if (!status)
            status = slt_traces_require_equal(a, b, err);
    }
    if (is_better(one, other))
        *chosen = i;
    return status;
}

/* A part that was on its way to its number, under the name of its experiment, and lost
 * its header to a power cut. */
static bool is_lost(const item *one)
{
    slt_digest experiment;
    return !one->known && slt_digest_parse(one->stem, &experiment);
}

static fate fate_of(const numbering *n, size_t i)
{
    const item *one = &n->items[i];
    bool in_the_way = one->number < slt_manifest_runs(n->manifest);
    if (one->run != NONE && n->chosen[one->run] == i)
        return one->number == one->run ? STAYS : MOVES;
    if (one->part && (one->run != NONE || is_lost(one)))
        return DROPPED;
    if (!in_the_way)
        return STAYS;
    if (one->known)
        return PARKED;
    if (one->part)
        return n->renamed || n->chosen[one->number] != NONE ? DROPPED : STAYS;
    return n->chosen[one->number] != NONE ? BROKEN : STAYS;
}

static slt_status numbering_plan(numbering *n, slt_error *err)
{
    size_t runs = slt_manifest_runs(n->manifest);
    slt_status status = SLT_OK;
    n->chosen = slt_world.malloc((runs + 1) * sizeof *n->chosen);
    n->named = slt_world.calloc(runs + 1, sizeof *n->named);
    for (size_t run = 0; run < runs && n->chosen; run++) {
        n->chosen[run] = NONE;
        if (!slt_experiments_add(&n->runs, slt_manifest_experiment(n->manifest, run)))
            return no_memory(err);
    }
    if (!n->chosen || !n->named)
        return no_memory(err);
    for (size_t i = 0; i < n->count && !status; i++) {
        item *one = &n->items[i];
        if (one->number < runs)
            n->named[one->number] = true;
        status = numbering_identify(n, one, err);
        one->run = one->known ? slt_experiments_find(&n->runs, one->experiment) : NONE;
        if (!status && one->run != NONE)
            status = numbering_choose(n, i, err);
    }
    for (size_t i = 0; i < n->count && !status; i++)
        n->items[i].fate = fate_of(n, i);
    return status;
}

/* A folder that holds traces, but of none of the manifest's runs: the first one tells. */
static slt_status refuse_strange(const numbering *n, slt_error *err)
{
    const item *strange = NULL;
    for (size_t i = 0; i < n->count; i++) {
        if (n->items[i].run != NONE)
            return SLT_OK;
        if (!strange && n->items[i].known && !n->items[i].part)
            strange = &n->items[i];
    }
    if (!strange)
        return SLT_OK;
    char path[SLT_FILE_PATH_MAX];
    slt_trace *trace = NULL;
    slt_status status = item_path(n, strange->stem, false, path, err);
    if (!status)
        status = slt_trace_open(path, &trace, err);
    size_t run = strange->number < slt_manifest_runs(n->manifest) ? strange->number : 0;
    if (!status)
        status = slt_store_refuse_other(n->manifest, run, path, trace, err);
    slt_trace_free(trace);
    return status;
}

/* ---- Moving ------------------------------------------------------------------------ */

/* Renames one file if it exists. */
static slt_status rename_file(const numbering *n, const char *folder, const char *from,
                              const char *to, const char *end, slt_error *err)
{
    char old[SLT_FILE_PATH_MAX], new[SLT_FILE_PATH_MAX];
    slt_status status =
        slt_path_print(old, err, "%s/%s/%s%s", n->store->out, folder, from, end);
    if (!status)
        status = slt_path_print(new, err, "%s/%s/%s%s", n->store->out, folder, to, end);
    bool there = false;
    if (!status)
        status = slt_files_look(old, &there, err);
    if (status || !there)
        return status;
    if (slt_world.rename(old, new))
        return slt_fail(err, SLT_FILE, "%s: cannot rename into place: %s", new,
                        strerror(errno));
    return SLT_OK;
}

static slt_status remove_file(const numbering *n, const char *folder, const char *stem,
                              const char *end, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status =
        slt_path_print(path, err, "%s/%s/%s%s", n->store->out, folder, stem, end);
    return status ? status : slt_file_remove(path, err);
}

/* What belongs to a trace or part: its provenance, its snapshot. */
static slt_status rename_beside(const numbering *n, const item *one, const char *to,
                                slt_error *err)
{
    slt_status status = rename_file(n, "provenance", one->stem, to, ".json", err);
    if (!status && one->part)
        status = remove_file(n, "resume", one->stem, ".snapshot" SLT_FILE_DRAFT, err);
    if (!status && one->part)
        status = rename_file(n, "resume", one->stem, to, ".snapshot", err);
    return status;
}

static slt_status rename_item(const numbering *n, item *one, const char *to,
                              slt_error *err)
{
    const char *end = one->part ? ".trace.part" : ".trace";
    char path[SLT_FILE_PATH_MAX];
    slt_status status = item_path(n, to, one->part, path, err);
    bool there = false;
    if (!status)
        status = slt_files_look(path, &there, err);
    if (there)
        status = slt_fail(err, SLT_FILE, "%s: exists already, where traces/%s%s is to go",
                          path, one->stem, end);
    if (!status)
        status = rename_file(n, "traces", one->stem, to, end, err);
    char *stem = status ? NULL : slt_world.strdup(to);
    if (!status && !stem)
        status = no_memory(err);
    if (status)
        return status;
    free(one->stem);
    one->stem = stem;
    return SLT_OK;
}

/* A name that is none of the numbers, "" if none is needed. */
static void name_aside(const item *one, char name[NAME_MAX_BYTES])
{
    char experiment[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(one->experiment, experiment);
    *name = 0;
    if (one->fate == PARKED)
        snprintf(name, NAME_MAX_BYTES, "%s-%.20s", experiment, one->stem);
    else if (one->fate == MOVES && one->number != NONE)
        snprintf(name, NAME_MAX_BYTES, "%s", experiment);
}

static void name_number(const item *one, char name[NAME_MAX_BYTES])
{
    *name = 0;
    if (one->fate == MOVES)
        snprintf(name, NAME_MAX_BYTES, "%06zu", one->run);
}

/* A snapshot or provenance whose trace is no more is nobody's, least of all that of the
 * run that gets its number. */
static slt_status drop_orphans(const numbering *n, const item *one, slt_error *err)
{
    char number[24], own[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(one->experiment, own);
    if (one->fate != MOVES || n->named[one->run] || !strcmp(one->stem, own))
        return SLT_OK; /* the last: on its way, what belongs to it may have gone before */
    snprintf(number, sizeof number, "%06zu", one->run);
    slt_status status = remove_file(n, "provenance", number, ".json", err);
    return status ? status : remove_file(n, "resume", number, ".snapshot", err);
}

static slt_status numbering_drop(const numbering *n, const item *one, slt_error *err)
{
    slt_status status = SLT_OK;
    if (one->fate == BROKEN)
        status = slt_store_set_aside(n->store, one->number, "no trace", err);
    if (one->fate != DROPPED)
        return status;
    if (is_lost(one))
        status = remove_file(n, "provenance", one->stem, ".json", err);
    if (!status)
        status = remove_file(n, "resume", one->stem, ".snapshot", err);
    if (!status)
        status = remove_file(n, "resume", one->stem, ".snapshot" SLT_FILE_DRAFT, err);
    return status ? status : remove_file(n, "traces", one->stem, ".trace.part", err);
}

static slt_status sync_folders(const numbering *n, slt_error *err)
{
    static const char *const names[] = {"traces", "provenance", "resume"};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < 3 && !status; i++) {
        char path[SLT_FILE_PATH_MAX];
        status = slt_path_print(path, err, "%s/%s", n->store->out, names[i]);
        bool there = false;
        if (!status)
            status = slt_files_look(path, &there, err);
        if (there)
            status = slt_folder_sync(path, err);
    }
    return status;
}

/* One step: the trace or part goes last, and after the others are there to stay, so that
 * they are found by its name until then, and by its new one from then on. */
static slt_status rename_all(const numbering *n, void (*name_of)(const item *, char *),
                             slt_error *err)
{
    char name[NAME_MAX_BYTES];
    slt_status status = SLT_OK;
    for (size_t i = 0; i < n->count && !status; i++) {
        name_of(&n->items[i], name);
        if (*name)
            status = rename_beside(n, &n->items[i], name, err);
    }
    if (!status)
        status = sync_folders(n, err);
    for (size_t i = 0; i < n->count && !status; i++) {
        name_of(&n->items[i], name);
        if (*name)
            status = rename_item(n, &n->items[i], name, err);
    }
    return status ? status : sync_folders(n, err);
}

static slt_status move_all(const numbering *n, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < n->count && !status; i++)
        status = drop_orphans(n, &n->items[i], err);
    for (size_t i = 0; i < n->count && !status; i++)
        status = numbering_drop(n, &n->items[i], err);
    if (!status)
        status = rename_all(n, name_aside, err);
    return status ? status : rename_all(n, name_number, err);
}

/* ---- What is told ------------------------------------------------------------------ */

/* Before names change: traces that were put here. */
static void tell_taken(const numbering *n)
{
    size_t moved = 0;
    for (size_t i = 0; i < n->count; i++) {
        const item *one = &n->items[i];
        char own[SLT_DIGEST_TEXT_MAX];
        if (one->fate != MOVES || one->part)
            continue;
        moved += one->number != NONE;
        slt_digest_text(one->experiment, own);
        if (one->number != NONE || !strcmp(one->stem, own)) /* ours, on its way */
            continue;
        const char *label = slt_manifest_label(n->manifest, one->run);
        slt_store_remark(n->store, "took traces/%s.trace as run %zu%s%s", one->stem,
                         one->run, *label ? " " : "", label);
    }
    if (moved)
        slt_store_remark(n->store, "%zu finished %s another number now", moved,
                         moved == 1 ? "run has" : "runs have");
}

/* After it: those that are none of ours. */
static void tell_others(const numbering *n)
{
    slt_buffer names = {0};
    size_t others = 0;
    for (size_t i = 0; i < n->count; i++) {
        const item *one = &n->items[i];
        bool ours = one->run != NONE && n->chosen[one->run] == i;
        if (one->part || !one->known || ours)
            continue;
        if (others++ < NAMED_MAX)
            slt_buffer_printf(&names, "%s%s.trace", others > 1 ? ", " : "", one->stem);
    }
    if (others)
        slt_store_remark(n->store,
                         "left alone in traces/, as %s not of these runs or there twice: "
                         "%s%s",
                         others == 1 ? "it is" : "they are", slt_buffer_text(&names),
                         others > NAMED_MAX ? ", ..." : "");
    slt_buffer_free(&names);
}

static bool must_move(const numbering *n)
{
    for (size_t i = 0; i < n->count; i++)
        if (n->items[i].fate != STAYS)
            return true;
    return false;
}

/* ---- All of it --------------------------------------------------------------------- */

/* alone: no other program computes here. */
static slt_status numbering_settle(numbering *n, bool alone, slt_error *err)
{
    slt_status status = list_items(n, err);
    if (!status)
        status = numbering_plan(n, err);
    if (!status && n->renamed)
        status = refuse_strange(n, err);
    if (status)
        return status;
    if (must_move(n) && !alone) {
        slt_store_remark(n->store,
                         "another program computes here: files in traces/ whose "
                         "names are not their runs' are taken later");
        return SLT_OK;
    }
    tell_taken(n);
    if (must_move(n))
        status = move_all(n, err);
    if (!status)
        tell_others(n);
    return status;
}

slt_status slt_store_number(const slt_store *store, slt_manifest *manifest, bool renamed,
                            slt_error *err)
{
    numbering n = {.store = store, .manifest = manifest, .renamed = renamed};
    bool needed = false, alone = false, again;
    slt_status status = numbering_look(&n, &needed, err);
    if (!status && (needed || renamed))
        status = slt_store_join(store, true, &alone, err);
    if (!status && renamed && !alone)
        status = slt_fail(err, SLT_RESOURCE,
                          "%s: another program computes here, by a manifest with other "
                          "runs or another order of them; start again when it has ended",
                          store->out);
    if (!status && needed)
        status = numbering_settle(&n, alone, err);
    if (!status && alone)
        status = slt_store_join(store, false, &again, err);
    forget_items(&n);
    free(n.chosen);
    free(n.named);
    slt_experiments_free(&n.runs);
    return status;
}
