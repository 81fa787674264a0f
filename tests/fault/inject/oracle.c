#include "oracle.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

const char *const verdict_names[] = {"told", "harmless", "aborted", "hung", "wrong"};

bool oracle_measure(worker *w, const char *root, const scenario *s, undisturbed *m)
{
    stage_begin(w, root, s->from);
    tree_list(w->folder, &m->before);
    worker_run(w, s->command, &worker_no_fault, &w->got);
    tree_list(w->folder, &m->after);
    m->exit = outcome_exit(&w->got);
    m->words = w->got.words;
    m->out = strdup(w->got.out);
    return m->exit >= 0 && m->exit != 2 && m->out && m->words + 1 < sizeof w->got.out;
}

static bool same_words(const undisturbed *m, const outcome *o)
{
    return o->words == m->words && memcmp(o->out, m->out, m->words) == 0;
}

/* A run that goes on has these. */
static bool is_underway(const char *path)
{
    return strstr(path, ".part") || strstr(path, "/resume/");
}

/* The first file that is neither as it was before nor as it is to be. */
static const char *first_wrong(const tree *now, const undisturbed *m)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct tree_file *f = &now->files[i];
        const uint64_t *before = tree_find(&m->before, f->path),
                       *after = tree_find(&m->after, f->path);
        bool known = before || after, right = (before && *before == f->hash) ||
                                              (after && *after == f->hash);
        if (!is_underway(f->path) && known && !right)
            return f->path;
    }
    return NULL;
}

/* A library that cannot be loaded is one that is not installed: the command says that
 * it cannot do without, or does with what it has. */
static bool is_without_library(const world_fault *fault)
{
    return strcmp(world_calls[fault->call].kind, "libraries") == 0;
}

static verdict judge_fault(const worker *w, const tree *now, const scenario *s,
                           const undisturbed *m, const world_fault *fault,
                           const char **why)
{
    int got = outcome_exit(&w->got);
    if (w->seen->unsynced)
        return *why = "a file has its name before its bytes are synced", WRONG;
    if (w->got.how < 0)
        return *why = "it hangs", HUNG;
    if (got < 0)
        return *why = "it dies of a signal", ABORTED;
    const char *path = first_wrong(now, m);
    if (path && !((s->flags & TELLS) && got == 2) && !is_without_library(fault))
        return *why = path, WRONG;
    if (got == 2 || (got == 3 && is_without_library(fault)))
        return *why = "no message",
               w->got.complaint > sizeof "sltrace: \n" ? TOLD : WRONG;
    if (got != m->exit)
        return *why = "another exit status", WRONG;
    if (!(s->flags & TIMES) && !is_without_library(fault) && !same_words(m, &w->got))
        return *why = "other words", WRONG;
    path = is_without_library(fault) ? NULL : tree_first_lost(&m->after, now);
    return path ? (*why = path, WRONG) : HARMLESS;
}

/* What is wrong with the command given again, without a fault; NULL: nothing. */
static const char *judge_again(const worker *w, const tree *now, const scenario *s,
                               const undisturbed *m, const world_fault *fault)
{
    bool stands = (s->flags & KEEPS) && outcome_exit(&w->again) == 2 &&
                  strstr(w->again.err, "exists");
    if (outcome_exit(&w->again) != m->exit && !stands)
        return "again: another exit status";
    if (!(s->flags & TIMES) && !stands && !same_words(m, &w->again))
        return "again: other words";
    /* Where nothing could be renamed any more, nothing could be taken back. */
    bool stuck = stands && ((s->flags & PARTS) || fault->way == WORLD_ON ||
                            fault->way == WORLD_SAME);
    return stuck ? NULL : tree_first_lost(&m->after, now);
}

verdict oracle_judge(worker *w, const char *root, const scenario *s, const undisturbed *m,
                     const world_fault *fault, const char **why)
{
    static tree now;
    stage_begin(w, root, s->from);
    worker_run(w, s->command, fault, &w->got);
    tree_list(w->folder, &now);
    verdict v = judge_fault(w, &now, s, m, fault, why);
    if (v != TOLD)
        return v;
    worker_run(w, s->command, &worker_no_fault, &w->again);
    tree_list(w->folder, &now);
    const char *wrong = judge_again(w, &now, s, m, fault);
    return wrong ? (*why = wrong, WRONG) : TOLD;
}
