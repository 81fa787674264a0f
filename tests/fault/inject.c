/* Whatever call of the system fails, a command says so and exits with status 2, or it
 * does what it would have done; and given again, it does.  Each command is run in a child
 * process over a world in which one call fails: the Nth of its name, once or from there
 * on, by each error that it can have, or is cut short.  A seeded sample of the places is
 * taken; SLT_LONG=1 takes all.
 *
 *     SLT_SEED=N          another sample
 *     SLT_SAMPLE=N        of about so many places
 *     SLT_FAULT='NAME:CALL:AT:WAY:ERROR'   one place, as a failure prints it, with what
 *                                          the command wrote */
#include "failing_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sltrace/numerics.h>

#include "cli/cli.h"
#include "num/draw.h"
#include "tap.h"

enum {
    PATHS_MAX = 512,
    GROUPS_MAX = 1 << 14,
    SAMPLE = 20000,
    WORKERS = 2,
    PATIENCE_S = 60
};

static char root[] = "/dev/shm/sltrace-inject-XXXXXX";

#define STUDY(name, arithmetic, axes)                                                    \
    "sltrace: 1\nname: " name "\nsweep:\n" axes "run:\n  arithmetic: " arithmetic        \
    "\n  seed: $seed\n"                                                                  \
    "  data: {kind: linear-teacher, samples: 6, inputs: 2, outputs: 2, rank: 1}\n"       \
    "  model:\n    weights:\n"                                                           \
    "      W1: {shape: [$rank, 2], init: {kind: normal, std: 0.5}}\n"                    \
    "      W2: {shape: [2, $rank], init: {kind: normal, std: 0.5}}\n"                    \
    "    ops:\n      - {op: linear, in: x, weight: W1, out: h}\n"                        \
    "      - {op: linear, in: h, weight: W2, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 4\n"                    \
    "    checkpoints: {every: 2, at: [0], state: all}\n"                                 \
    "  llc:\n    - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 6}\n"

static const char study[] = STUDY(
    "test/inject", "f64",
    "  rank: [1, 2]\n  seed: {from: 0, count: 2}\n") "figure:\n"
                                                     "  measures:\n    m: {metric: loss, "
                                                     "at: last}\n"
                                                     "    i: {first: loss, below: 3}\n"
                                                     "  checkpoints: [{name: c, of: "
                                                     "{loss: loss}}]\n"
                                                     "  rows: {by: rank, value: "
                                                     "llc/mean, error: sd}\n"
                                                     "  points: [{name: p, x: i, y: m}, "
                                                     "{name: q, x: c.step, y: c.loss, "
                                                     "series: rank}]\n"
                                                     "  fit: {linear: {x: rank, y: "
                                                     "llc/mean}}\n"
                                                     "  curves: [{name: l, run: 1, of: "
                                                     "loss}]\n"
                                                     "  statistics: [m]\n"
                                                     "  clusters: [{name: k, of: m, gap: "
                                                     "2}]\n"
                                                     "  bootstrap: [{name: b, fit: "
                                                     "linear, resamples: 2, seed: 1}]\n"
                                                     "  summary: llc/mean\n"
                                                     "  histograms: [{name: h, of: m, "
                                                     "from: 0, to: 8, bins: 4}]\n"
                                                     "  claims:\n"
                                                     "    - {id: a, says: s, value: "
                                                     "rows.max, expect: 1, tolerance: 9, "
                                                     "basis: b}\n";

static const char small[] = STUDY("test/small", "f64", "  rank: [1]\n  seed: [0]\n");

static const char estimates[] = "run,source,llc,mcse\n0,x,1,0.1\n1,x,2,\n";

/* ---- Commands ---------------------------------------------------------------------- */

#define TRACES "out/traces/"
#define ARGUMENTS_MAX 16

/* Where a command begins: what was there, and which commands came before. */
typedef enum stage { WRITTEN, HALF_RUN, RUN, RECORDED, STAGES } stage;

typedef struct scenario {
    const char *name;
    stage from;
    bool same_words; /* whatever happened before, it prints the same */
    bool fresh;      /* it overwrites nothing */
    bool tells;      /* its file says what is wrong, which status 2 goes with */
    const char *arguments[ARGUMENTS_MAX];
} scenario;

static const scenario scenarios[] = {
    {"run", WRITTEN, false, false, false, {"run", "-j1", "--out", "out", "study.yaml"}},
    {"run -j2",
     WRITTEN,
     false,
     false,
     false,
     {"run", "-j2", "--out", "out", "study.yaml"}},
    {"resume",
     HALF_RUN,
     false,
     false,
     false,
     {"run", "-j1", "--out", "out", "study.yaml"}},
    {"record",
     RUN,
     true,
     false,
     false,
     {"record", "--from", "out", "--golden", "study.golden", "--force", "x",
      "study.yaml"}},
    {"merge",
     RUN,
     true,
     false,
     false,
     {"record", "--from", "out", "--from", "other", "--golden", "study.golden", "--force",
      "x", "study.yaml"}},
    {"verify", RECORDED, true, false, false, {"verify", "-j1", "small.golden"}},
    {"verify --sample",
     RECORDED,
     true,
     false,
     false,
     {"verify", "-j1", "--sample", "2", "study.golden"}},
    {"verify --only",
     RECORDED,
     true,
     false,
     false,
     {"verify", "-j1", "--only", "rank=1", "--manifest", "study.yaml", "study.golden"}},
    {"verify --segments",
     RECORDED,
     true,
     false,
     false,
     {"verify", "-j2", "--segments", "--traces", "tiny", "small.golden"}},
    {"replay", RECORDED, true, false, false, {"replay", "-j1", TRACES "000001.trace"}},
    {"replay --from",
     RECORDED,
     true,
     false,
     false,
     {"replay", "-j1", "--from", "2", "--to", "4", "--steps", "-",
      TRACES "000001.trace"}},
    {"replay --write",
     RECORDED,
     true,
     true,
     false,
     {"replay", "-j1", "--write", "new.trace", TRACES "000001.trace"}},
    {"replay --state",
     RECORDED,
     true,
     true,
     false,
     {"replay", "-j1", "--state", "3", "--npy", "arrays", TRACES "000001.trace"}},
    {"replay --arithmetic",
     RECORDED,
     true,
     false,
     false,
     {"replay", "-j1", "--arithmetic", "f32", "--out", "f32", TRACES "000001.trace"}},
    {"figure",
     RECORDED,
     true,
     false,
     false,
     {"figure", "--from", "out", "--out", "figure", "study.yaml"}},
    {"figure GOLDEN",
     RECORDED,
     true,
     false,
     false,
     {"figure", "--out", "figure", "study.golden"}},
    {"report", RECORDED, true, false, true, {"figure", "--out", "page", "goldens"}},
    {"audit",
     RECORDED,
     true,
     false,
     false,
     {"audit", "-j1", TRACES "000001.trace", "other/traces/000001.trace"}},
    {"audit --against",
     RECORDED,
     true,
     false,
     false,
     {"audit", "-j1", "--against", "fixed", "small.yaml"}},
    {"audit --estimates",
     RECORDED,
     true,
     false,
     false,
     {"audit", "--estimates", "estimates.csv", "--from", "out", "study.golden"}},
    {"export --csv",
     RECORDED,
     true,
     false,
     false,
     {"export", "--csv", "-", TRACES "000001.trace"}},
    {"export --csv FILE",
     RECORDED,
     true,
     false,
     false,
     {"export", "--force", "--csv", "all.csv", TRACES "000001.trace",
      TRACES "000002.trace"}},
    {"export --npy",
     RECORDED,
     true,
     false,
     false,
     {"export", "--force", "--npy", "arrays", "--inputs", "2", TRACES "000001.trace"}},
    {"show TRACE", RECORDED, true, false, false, {"show", TRACES "000001.trace"}},
    {"show GOLDEN", RECORDED, false, false, false, {"show", "--json", "study.golden"}},
    {"show MANIFEST", RECORDED, false, false, false, {"show", "study.yaml"}},
    {"summary", RECORDED, true, false, false, {"summary", "out"}},
    {"summary GOLDEN",
     RECORDED,
     true,
     false,
     false,
     {"summary", "--json", "study.golden"}},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

/* ---- Files ------------------------------------------------------------------------- */

typedef struct file {
    char path[200]; /* below the folder */
    uint64_t hash;
} file;

typedef struct tree {
    size_t count;
    file files[PATHS_MAX];
} tree;

static uint64_t hash_file(const char *path)
{
    uint8_t bytes[16384];
    uint64_t hash = 0xcbf29ce484222325;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got; i++)
            hash = (hash ^ bytes[i]) * 0x100000001b3;
    close(fd);
    return hash;
}

/* Every file below a folder: what(context, its path, the part of it below the top). */
static void walk(const char *folder, size_t top, void *context,
                 void (*what)(void *context, const char *path, const char *below))
{
    DIR *all = opendir(folder);
    char path[512];
    for (struct dirent *entry; all && (entry = readdir(all));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_DIR) {
            walk(path, top, context, what);
            what(context, path, NULL);
        } else {
            what(context, path, path + top);
        }
    }
    if (all)
        closedir(all);
}

static void remove_one(void *context, const char *path, const char *below)
{
    (void)context;
    if (below)
        unlink(path);
    else
        rmdir(path);
}

static void remove_tree(const char *folder)
{
    walk(folder, 0, NULL, remove_one);
    rmdir(folder);
}

static void make_parents(char *path)
{
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        mkdir(path, 0777);
        *at = '/';
    }
}

static void copy_file(const char *from, const char *to)
{
    uint8_t bytes[16384];
    char path[512];
    ssize_t got;
    snprintf(path, sizeof path, "%s", to);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (out < 0) {
        make_parents(path);
        out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    while ((got = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)got) != got)
            tap_bail("cannot copy");
    close(in);
    close(out);
}

static void copy_one(void *context, const char *path, const char *below)
{
    char to[512];
    snprintf(to, sizeof to, "%s%s", (const char *)context, below ? below : "");
    if (below)
        copy_file(path, to);
}

static void copy_tree(const char *from, const char *to)
{
    char path[512];
    snprintf(path, sizeof path, "%s", to);
    mkdir(path, 0777);
    walk(from, strlen(from), path, copy_one);
}

/* Provenance tells the time; a lock is empty. */
static bool is_result(const char *path)
{
    return !strstr(path, "/provenance/") && !strstr(path, "/lock");
}

static void list_one(void *context, const char *path, const char *below)
{
    tree *t = context;
    if (!below || !is_result(below))
        return;
    if (t->count == PATHS_MAX)
        tap_bail("too many files");
    snprintf(t->files[t->count].path, sizeof t->files[0].path, "%s", below);
    t->files[t->count++].hash = hash_file(path);
}

static void list_tree(const char *folder, tree *t)
{
    t->count = 0;
    walk(folder, strlen(folder), t, list_one);
}

static const file *find_file(const tree *t, const char *path)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->files[i].path, path) == 0)
            return &t->files[i];
    return NULL;
}

/* The first file of one tree that the other lacks or has with other bytes. */
static const char *first_lost(const tree *t, const tree *in)
{
    for (size_t i = 0; i < t->count; i++) {
        const file *other = find_file(in, t->files[i].path);
        if (!other || other->hash != t->files[i].hash)
            return t->files[i].path;
    }
    return NULL;
}

/* A run that goes on has these. */
static bool is_underway(const char *path)
{
    return strstr(path, ".part") || strstr(path, "/resume/");
}

/* The first file that is neither as it was before nor as it is to be. */
static const char *first_wrong(const tree *now, const tree *before, const tree *after)
{
    for (size_t i = 0; i < now->count; i++) {
        const file *f = &now->files[i];
        if (is_underway(f->path))
            continue;
        const file *old = find_file(before, f->path), *new = find_file(after, f->path);
        if ((old || new) && !(old && old->hash == f->hash) &&
            !(new &&new->hash == f->hash))
            return f->path;
    }
    return NULL;
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out || fputs(text, out) < 0 || fclose(out))
        tap_bail("cannot write");
}

/* ---- One command ------------------------------------------------------------------- */

typedef struct outcome {
    int how; /* as waitpid tells; -1: it took too long */
    size_t words, complaint;
    char out[1 << 16], err[1 << 14];
} outcome;

typedef struct worker {
    char folder[128];
    int out, err;
    world_counts *seen;
    outcome got, again;
    tree now;
} worker;

static void run_child(const worker *w, const scenario *s)
{
    char *arguments[ARGUMENTS_MAX + 1] = {(char *)(uintptr_t) "sltrace"};
    int count = 1, nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sigset_t set;
    for (; s->arguments[count - 1]; count++)
        arguments[count] = (char *)(uintptr_t)s->arguments[count - 1];
    dup2(nothing, 0);
    dup2(w->out, 1);
    dup2(w->err, 2);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    if (chdir(w->folder))
        _exit(100);
    world_begin(w->seen);
    exit(cli_main(count, arguments));
}

static size_t take_text(int fd, char *text, size_t size)
{
    ssize_t got = pread(fd, text, size - 1, 0);
    text[got > 0 ? got : 0] = 0;
    return got > 0 ? (size_t)got : 0;
}

static void run_command(worker *w, const scenario *s, outcome *got)
{
    const struct timespec patience = {.tv_sec = PATIENCE_S};
    sigset_t set;
    memset(w->seen, 0, sizeof *w->seen);
    if (ftruncate(w->out, 0) || ftruncate(w->err, 0))
        tap_bail("cannot truncate");
    lseek(w->out, 0, SEEK_SET);
    lseek(w->err, 0, SEEK_SET);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        run_child(w, s);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    bool late = sigtimedwait(&set, NULL, &patience) < 0;
    if (late)
        kill(child, SIGKILL);
    waitpid(child, &got->how, 0);
    if (late)
        got->how = -1;
    got->words = take_text(w->out, got->out, sizeof got->out);
    got->complaint = take_text(w->err, got->err, sizeof got->err);
}

static void open_worker(worker *w, int number)
{
    snprintf(w->folder, sizeof w->folder, "%s/work%d", root, number);
    w->out = memfd_create("out", MFD_CLOEXEC);
    w->err = memfd_create("err", MFD_CLOEXEC);
    w->seen = mmap(NULL, sizeof *w->seen, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (w->out < 0 || w->err < 0 || w->seen == MAP_FAILED)
        tap_bail("no worker");
}

static int exit_of(const outcome *o)
{
    return o->how >= 0 && WIFEXITED(o->how) ? WEXITSTATUS(o->how) : -1;
}

/* ---- Where commands begin ---------------------------------------------------------- */

static void stage_folder(char path[128], stage at)
{
    snprintf(path, 128, "%s/stage%d", root, (int)at);
}

static void prepare(worker *w, const char *const *arguments)
{
    scenario s = {.name = "preparing"};
    memcpy(s.arguments, arguments, sizeof s.arguments);
    run_command(w, &s, &w->got);
    if (exit_of(&w->got) != 0)
        tap_bail(w->got.err);
}
#define PREPARE(w, ...) prepare(w, (const char *const[ARGUMENTS_MAX]){__VA_ARGS__})

static void keep_stage(const worker *w, stage at)
{
    char path[128];
    stage_folder(path, at);
    copy_tree(w->folder, path);
}

static void copy_within(const worker *w, const char *from, const char *to)
{
    char a[512], b[512];
    snprintf(a, sizeof a, "%s/%s", w->folder, from);
    snprintf(b, sizeof b, "%s/%s", w->folder, to);
    make_parents(b);
    copy_file(a, b);
}

static void make_stages(worker *w)
{
    char a[160], b[160];
    mkdir(w->folder, 0777);
    write_text(w->folder, "study.yaml", study);
    write_text(w->folder, "small.yaml", small);
    write_text(w->folder, "estimates.csv", estimates);
    keep_stage(w, WRITTEN);
    /* The process dies in the third run. */
    PREPARE(w, "run", "-j1", "--out", "out", "study.yaml");
    long writes = w->seen->calls[WORLD_write];
    snprintf(a, sizeof a, "%s/out", w->folder);
    remove_tree(a);
    world_plan.call = WORLD_write;
    world_plan.at = writes * 5 / 8;
    world_plan.way = WORLD_DIES;
    PREPARE(w, "run", "-j1", "--out", "out", "study.yaml");
    world_plan.call = WORLD_CALLS;
    keep_stage(w, HALF_RUN);
    PREPARE(w, "run", "-j1", "--out", "out", "study.yaml");
    snprintf(b, sizeof b, "%s/other", w->folder);
    copy_tree(a, b);
    keep_stage(w, RUN);
    PREPARE(w, "record", "--from", "out", "--golden", "study.golden", "study.yaml");
    PREPARE(w, "run", "-j1", "--out", "tiny", "small.yaml");
    PREPARE(w, "record", "--from", "tiny", "--golden", "small.golden", "small.yaml");
    copy_within(w, "study.yaml", "goldens/study.yaml");
    PREPARE(w, "record", "--from", "out", "--golden", "goldens/study.golden",
            "goldens/study.yaml");
    keep_stage(w, RECORDED);
}

/* ---- Places ------------------------------------------------------------------------ */

/* The places of one call of one command by one error, in one way: numbers 0 to count. */
typedef struct group {
    int scenario, call;
    world_way way;
    int reason;
    long count;
} group;

static group groups[GROUPS_MAX];
static size_t group_count;

static bool is_call(int call, const char *among)
{
    const char *name = world_calls[call].name;
    size_t length = strlen(name);
    for (const char *at = among; (at = strstr(at, name)); at += length)
        if ((at == among || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

static void add_group(int number, int call, world_way way, int reason, long count)
{
    if (group_count == GROUPS_MAX)
        tap_bail("too many groups");
    groups[group_count++] = (group){number, call, way, reason, count};
}

/* Every way in which a call can fail. */
static void add_groups(int number, int call, long count)
{
    bool memory = strcmp(world_calls[call].kind, "memory") == 0;
    bool threads = strcmp(world_calls[call].kind, "threads") == 0;
    bool children = strcmp(world_calls[call].kind, "children") == 0;
    int reason = memory ? ENOMEM : threads || children ? EAGAIN : EIO;
    if (world_calls[call].failure == WORLD_FAILS_none)
        return;
    add_group(number, call, WORLD_ONCE, reason, count);
    add_group(number, call, WORLD_ON, reason, count);
    if (is_call(call, "open mkstemp dup fopen tmpfile opendir scandir pipe2"))
        add_group(number, call, WORLD_SAME, EMFILE, count);
    if (is_call(call, "open mkstemp mkdtemp mkdir write ftruncate fsync fflush fclose "
                      "fwrite rename renameat2 link"))
        add_group(number, call, WORLD_SAME, ENOSPC, count);
    if (is_call(call, "read pread write poll waitpid nanosleep close"))
        add_group(number, call, WORLD_ONCE, EINTR, count);
    if (is_call(call, "read pread write"))
        add_group(number, call, WORLD_BRIEF, 0, count);
}

/* ---- What is undisturbed ----------------------------------------------------------- */

typedef struct measure {
    int exit;
    size_t words;
    char *out;
    tree before, after;
} measure;

static measure undisturbed[SCENARIOS];

static void begin_again(worker *w, const scenario *s)
{
    char from[128];
    stage_folder(from, s->from);
    remove_tree(w->folder);
    copy_tree(from, w->folder);
}

static void measure_scenario(worker *w, int number)
{
    const scenario *s = &scenarios[number];
    measure *m = &undisturbed[number];
    begin_again(w, s);
    list_tree(w->folder, &m->before);
    run_command(w, s, &w->got);
    list_tree(w->folder, &m->after);
    m->exit = exit_of(&w->got);
    m->words = w->got.words;
    m->out = strdup(w->got.out);
    if (m->exit == 2 || m->exit < 0 || !m->out || w->got.words + 1 >= sizeof w->got.out)
        TAP_OK(false, "%s: undisturbed: %d: %s", s->name, m->exit, w->got.err);
    for (int call = 0; call < WORLD_CALLS; call++)
        if (w->seen->calls[call])
            add_groups(number, call, w->seen->calls[call]);
}

/* ---- Judging ----------------------------------------------------------------------- */

typedef enum verdict { TOLD, HARMLESS, ABORTED, HUNG, WRONG, VERDICTS } verdict;
static const char *const verdict_names[] = {"told", "harmless", "aborted", "hung",
                                            "wrong"};

static bool same_words(const measure *m, const outcome *o)
{
    return o->words == m->words && memcmp(o->out, m->out, m->words) == 0;
}

/* What came of a fault; *why says what is wrong. */
static verdict judge(worker *w, const scenario *s, const measure *m, const char **why)
{
    const char *path;
    int got = exit_of(&w->got);
    list_tree(w->folder, &w->now);
    if (w->seen->unsynced)
        return *why = "a file has its name before its bytes are synced", WRONG;
    if (w->got.how < 0)
        return *why = "it hangs", HUNG;
    if (got < 0)
        return *why = "it dies of a signal", ABORTED;
    path = first_wrong(&w->now, &m->before, &m->after);
    if (path && !(s->tells && got == 2))
        return *why = path, WRONG;
    if (got == 2)
        return *why = "no message",
               w->got.complaint > sizeof "sltrace: \n" ? TOLD : WRONG;
    if (got != m->exit)
        return *why = "another exit status", WRONG;
    if (s->same_words && !same_words(m, &w->got))
        return *why = "other words", WRONG;
    if ((path = first_lost(&m->after, &w->now)))
        return *why = path, WRONG;
    return HARMLESS;
}

/* The command again, without a fault. */
static verdict judge_again(worker *w, const scenario *s, const measure *m,
                           const char **why)
{
    run_command(w, s, &w->again);
    list_tree(w->folder, &w->now);
    bool stands = s->fresh && exit_of(&w->again) == 2 && strstr(w->again.err, "exists");
    if (exit_of(&w->again) != m->exit && !stands)
        return *why = "again: another exit status", WRONG;
    if (s->same_words && !stands && !same_words(m, &w->again))
        return *why = "again: other words", WRONG;
    /* Where nothing could be renamed any more, nothing could be taken back. */
    bool stuck = stands && (world_plan.way == WORLD_ON || world_plan.way == WORLD_SAME);
    const char *path = stuck ? NULL : first_lost(&m->after, &w->now);
    return path ? (*why = path, WRONG) : TOLD;
}

static verdict try_place(worker *w, const group *g, long at, const char **why)
{
    const scenario *s = &scenarios[g->scenario];
    const measure *m = &undisturbed[g->scenario];
    begin_again(w, s);
    world_plan.call = g->call;
    world_plan.at = at;
    world_plan.way = g->way;
    world_plan.reason = g->reason;
    run_command(w, s, &w->got);
    world_plan.call = WORLD_CALLS;
    verdict v = judge(w, s, m, why);
    if (v == TOLD && judge_again(w, s, m, why) != TOLD)
        v = WRONG;
    return v;
}

/* ---- The campaign ------------------------------------------------------------------ */

typedef struct tally {
    atomic_size_t next; /* of the places */
    atomic_long of[SCENARIOS][VERDICTS];
    atomic_long by_call[WORLD_CALLS][VERDICTS];
} tally;

typedef struct place {
    uint32_t group;
    uint32_t at;
} place;

static place *places;
static size_t place_count;

static long taken_of(const group *g, long most)
{
    return g->count + 1 < most ? g->count + 1 : most;
}

/* How many places of a group are taken, so that all together are about `sample`. */
static long choose_most(size_t sample)
{
    size_t total = 0;
    long most = 0;
    while (total < sample && most < 1 << 20) {
        most = most ? most + 1 + most / 16 : 1;
        total = 0;
        for (size_t i = 0; i < group_count; i++)
            total += (size_t)taken_of(&groups[i], most);
    }
    return most;
}

static uint64_t next_draw(uint64_t *state)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return *state >> 33;
}

static void shuffle_places(uint64_t *state)
{
    for (size_t i = place_count; i > 1; i--) {
        size_t j = next_draw(state) % i;
        place other = places[j];
        places[j] = places[i - 1];
        places[i - 1] = other;
    }
}

/* sample 0: all of them. */
static void choose_places(uint64_t seed, size_t sample)
{
    long most = sample ? choose_most(sample) : LONG_MAX;
    size_t room = 0;
    for (size_t i = 0; i < group_count; i++)
        room += (size_t)taken_of(&groups[i], most);
    places = calloc(room + 1, sizeof *places);
    if (!places)
        tap_bail("no memory");
    for (size_t i = 0; i < group_count; i++) {
        long count = groups[i].count + 1, taken = taken_of(&groups[i], most);
        for (long j = 0; j < taken; j++) {
            /* One of each of `taken` equal stretches. */
            long first = count * j / taken, end = count * (j + 1) / taken;
            long at = first + (long)(next_draw(&seed) % (uint64_t)(end - first));
            places[place_count++] = (place){(uint32_t)i, (uint32_t)at};
        }
    }
    shuffle_places(&seed);
}

static const char *const way_names[] = {"once", "on", "same", "brief"};

static void tell_place(const group *g, long at, const worker *w, verdict v,
                       const char *why)
{
    printf("# SLT_FAULT='%s:%s:%ld:%s:%d' %s: %s (exit %d) %.200s\n",
           scenarios[g->scenario].name, world_calls[g->call].name, at, way_names[g->way],
           g->reason, verdict_names[v], why, exit_of(&w->got), w->got.err);
    fflush(stdout);
}

static void work(worker *w, tally *t)
{
    for (size_t i; (i = atomic_fetch_add(&t->next, 1)) < place_count;) {
        const group *g = &groups[places[i].group];
        const char *why = "";
        verdict v = try_place(w, g, places[i].at, &why);
        if (v >= ABORTED && atomic_load(&t->of[g->scenario][v]) < 40)
            tell_place(g, places[i].at, w, v, why);
        atomic_fetch_add(&t->of[g->scenario][v], 1);
        atomic_fetch_add(&t->by_call[g->call][v], 1);
    }
}

static void campaign(tally *t)
{
    static worker all[WORKERS];
    pid_t pids[WORKERS];
    fflush(stdout);
    for (int i = 0; i < WORKERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            open_worker(&all[i], i + 1);
            work(&all[i], t);
            _exit(0);
        }
    }
    for (int i = 0; i < WORKERS; i++)
        waitpid(pids[i], NULL, 0);
}

static void report(const tally *t)
{
    for (int i = 0; i < SCENARIOS; i++) {
        long bad = t->of[i][ABORTED] + t->of[i][HUNG] + t->of[i][WRONG];
        TAP_OK(bad == 0 && t->of[i][TOLD] > 0,
               "%s: %ld faults told, %ld harmless, %ld aborted, %ld hung, %ld wrong",
               scenarios[i].name, t->of[i][TOLD], t->of[i][HARMLESS], t->of[i][ABORTED],
               t->of[i][HUNG], t->of[i][WRONG]);
    }
    for (int call = 0; call < WORLD_CALLS; call++) {
        long sum = 0;
        for (int v = 0; v < VERDICTS; v++)
            sum += t->by_call[call][v];
        if (sum)
            tap_note("%-12s %-30s %6ld told %6ld harmless %4ld bad",
                     world_calls[call].kind, world_calls[call].name,
                     t->by_call[call][TOLD], t->by_call[call][HARMLESS],
                     t->by_call[call][ABORTED] + t->by_call[call][HUNG] +
                         t->by_call[call][WRONG]);
    }
}

/* ---- One place --------------------------------------------------------------------- */

static int try_one(worker *w, const char *text)
{
    char name[64], call[64], way[16];
    group g = {.scenario = -1, .call = -1};
    long at;
    const char *why = "";
    if (sscanf(text, "%63[^:]:%63[^:]:%ld:%15[^:]:%d", name, call, &at, way, &g.reason) !=
        5)
        tap_bail("SLT_FAULT=NAME:CALL:AT:WAY:ERROR");
    for (int i = 0; i < SCENARIOS; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            g.scenario = i;
    for (int i = 0; i < WORLD_CALLS; i++)
        if (strcmp(world_calls[i].name, call) == 0)
            g.call = i;
    for (int i = 0; i < 4; i++)
        if (strcmp(way_names[i], way) == 0)
            g.way = (world_way)i;
    if (g.scenario < 0 || g.call < 0)
        tap_bail("SLT_FAULT names no command or no call");
    measure_scenario(w, g.scenario);
    verdict v = try_place(w, &g, at, &why);
    tell_place(&g, at, w, v, why);
    printf("# %s\n---- it wrote:\n%s---- and:\n%s---- again:\n%s---- and:\n%s",
           verdict_names[v], w->got.out, w->got.err, w->again.out, w->again.err);
    return v >= ABORTED;
}

#ifdef __SANITIZE_ADDRESS__
/* A command that ends early leaves its memory to the system. */
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return 1;
}
#endif

int main(void)
{
    static worker w;
    const char *seed = getenv("SLT_SEED"), *one = getenv("SLT_FAULT");
    const char *sample = getenv("SLT_SAMPLE");
    size_t wanted = sample ? strtoull(sample, NULL, 0) : getenv("SLT_LONG") ? 0 : SAMPLE;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    setenv("TMPDIR", ".", 1);
    if (!mkdtemp(root))
        tap_bail("no folder");
    open_worker(&w, 0);
    make_stages(&w);
    if (one) {
        int failed = try_one(&w, one);
        remove_tree(root);
        return failed;
    }
    for (int i = 0; i < SCENARIOS; i++)
        measure_scenario(&w, i);
    choose_places(seed ? strtoull(seed, NULL, 0) : 1, wanted);
    tap_note("%zu places of %zu ways", place_count, group_count);
    tally *t =
        mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        tap_bail("no memory");
    campaign(t);
    report(t);
    remove_tree(root);
    return tap_done();
}
