#include "simulate/study.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sltrace/numerics.h>

#include "cli/cli.h"
#include "codec/digest.h"
#include "simulate/system.h"
#include "tap.h"
#include "trace/trace_scan.h"

enum { ARGUMENTS_MAX = 16, SNAPSHOT_EXPERIMENT = 24 };

/* ---- Scenarios --------------------------------------------------------------------- */

/* Seeds are an axis that grows at its front, so that numbers change. */
#define STUDY(seeds)                                                                     \
    "sltrace: 1\nname: test/simulate\n"                                                  \
    "sweep:\n  seed: [" seeds "]\n"                                                      \
    "run:\n  arithmetic: f32\n  seed: $seed\n"                                           \
    "  data: {kind: linear-teacher, samples: 6, inputs: 2, outputs: 2, rank: 1}\n"       \
    "  model:\n    weights:\n"                                                           \
    "      W1: {shape: [2, 2], init: {kind: normal, std: 0.5}}\n"                        \
    "      W2: {shape: [2, 2], init: {kind: normal, std: 0.5}}\n"                        \
    "    ops:\n      - {op: linear, in: x, weight: W1, out: h}\n"                        \
    "      - {op: linear, in: h, weight: W2, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 12\n"                   \
    "    checkpoints: {every: 4, at: [0], state: all}\n"                                 \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 8}\n"         \
    "figure:\n"                                                                          \
    "  measures:\n    m: {metric: loss, at: last}\n"                                     \
    "  rows: {by: seed, value: m, error: none}\n"                                        \
    "  claims:\n"                                                                        \
    "    - {id: a, says: s, value: rows.max, expect: 1, tolerance: 9, basis: b}\n"

#define ELSEWHERE "computed by another process|another program"
#define TRACES "out/traces/"

static const study_command run_one = {.words = "run -j1 --out out study.yaml",
                                      .reads = TRACES,
                                      .may_say = ELSEWHERE},
                           run_two = {.words = "run -j2 --out out study.yaml",
                                      .reads = TRACES,
                                      .may_say = ELSEWHERE},
                           run_tail = {.words = "run -j1 --out out tail.yaml",
                                       .reads = TRACES,
                                       .may_say = ELSEWHERE};
static const study_command record_new = {
    .words = "record --from out --golden study.golden study.yaml",
    .reads = TRACES,
    .may_say = "are missing",
    .same_words = true,
    .fresh = true};
static const study_command record_over = {
    .words = "record --from out --golden study.golden --force x study.yaml",
    .reads = TRACES,
    .may_say = "are missing",
    .same_words = true};
static const study_command record_merged = {
    .words = "record --from a --from b --golden study.golden study.yaml",
    .reads = "a/traces/|b/traces/",
    .same_words = true,
    .fresh = true};
static const study_command verify_traces = {.words =
                                                "verify -j1 --traces out study.golden",
                                            .reads = "study.golden|study.csv",
                                            .may_say = "missing|cannot open",
                                            .same_words = true};
static const study_command figure_made = {.words =
                                              "figure --from out --out figure study.yaml",
                                          .reads = TRACES,
                                          .may_say = "are missing",
                                          .same_words = true};
static const study_command summary_told = {
    .words = "summary out", .reads = TRACES, .may_say = "No such file|no trace"};
static const study_command replay_written = {
    .words = "replay -j1 --write new.trace " TRACES "000001.trace",
    .reads = TRACES "000001.trace",
    .same_words = true,
    .fresh = true};
static const study_command export_arrays = {.words = "export --npy arrays --force " TRACES
                                                     "000001.trace",
                                            .reads = TRACES "000001.trace",
                                            .same_words = true};

enum stage { EMPTY, TAIL, STALE, RUN, PUT, RECORDED, BEFORE, OLD, STAGES };

const study_scenario study_scenarios[] = {
    {"run", EMPTY, NULL, {&run_one}},
    {"run -j2", EMPTY, NULL, {&run_two}},
    {"run, grown", EMPTY, &run_tail, {&run_one}},
    {"run, grown later", TAIL, NULL, {&run_two}},
    {"run, grown, old snapshots", STALE, NULL, {&run_one}},
    {"run, traces put in", PUT, NULL, {&run_one}},
    {"two runs", EMPTY, NULL, {&run_one, &run_two}},
    {"two runs, grown", TAIL, NULL, {&run_one, &run_one}},
    {"three runs", EMPTY, NULL, {&run_one, &run_one, &run_one}},
    {"run and record", EMPTY, NULL, {&run_one, &record_new}},
    {"run and verify", BEFORE, NULL, {&run_one, &verify_traces}},
    {"run and figure", EMPTY, NULL, {&run_two, &figure_made}},
    {"run and summary", EMPTY, NULL, {&run_one, &summary_told}},
    {"record", RUN, NULL, {&record_new}},
    {"record --force", OLD, NULL, {&record_over}},
    {"two records", OLD, NULL, {&record_over, &record_over}},
    {"merge", RUN, NULL, {&record_merged}},
    {"verify", RECORDED, NULL, {&verify_traces}},
    {"figure", RECORDED, NULL, {&figure_made}},
    {"replay --write", RECORDED, NULL, {&replay_written}},
    {"export", RECORDED, NULL, {&export_arrays}},
};
enum { SCENARIOS = sizeof study_scenarios / sizeof *study_scenarios };
const unsigned study_scenario_count = SCENARIOS;

static disk_mark *stages[STAGES];
static study_measure measures[SCENARIOS];

/* ---- Commands ---------------------------------------------------------------------- */

static int outs[PROCESSES_MAX], errs[PROCESSES_MAX];

static int call(void *context, unsigned number)
{
    const study_command *const *commands = context;
    char text[256], *arguments[ARGUMENTS_MAX + 2] = {(char *)(uintptr_t) "sltrace"};
    int count = 1;
    snprintf(text, sizeof text, "%s", commands[number]->words);
    for (char *word = strtok(text, " "); word && count < ARGUMENTS_MAX;
         word = strtok(NULL, " "))
        arguments[count++] = word;
    dup2(outs[number], 1);
    dup2(errs[number], 2);
    system_enter();
    return cli_main(count, arguments);
}

static void take_text(int fd, char text[WORDS_MAX])
{
    ssize_t got = pread(fd, text, WORDS_MAX - 1, 0);
    text[got > 0 ? got : 0] = 0;
}

static void empty_text(int fd)
{
    if (ftruncate(fd, 0))
        tap_bail("cannot truncate");
    lseek(fd, 0, SEEK_SET);
}

void study_run(const schedule_plan *plan, const study_command *const *commands,
               unsigned count, study_outcome *outcome)
{
    for (unsigned i = 0; i < count; i++) {
        empty_text(outs[i]);
        empty_text(errs[i]);
    }
    schedule_run(plan, count, call, (void *)(uintptr_t)commands, &outcome->result);
    for (unsigned i = 0; i < count; i++) {
        take_text(outs[i], outcome->words[i]);
        take_text(errs[i], outcome->complaint[i]);
    }
}

int study_exit(const study_outcome *outcome, unsigned command)
{
    int how = outcome->result.how[command];
    bool itself = outcome->result.ending[command] == ENDED_ITSELF;
    return itself && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/* ---- What is on the disk ----------------------------------------------------------- */

static bool ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), size = strlen(end);
    return length >= size && strcmp(path + length - size, end) == 0;
}

/* Six drawn letters behind a dot. */
static bool has_drawn_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strlen(dot) == 7 &&
           strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz"
                           "0123456789") == 6 &&
           !ends_with(path, ".golden");
}

study_kind study_kind_of(const char *path)
{
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    if (strstr(path, "/.unfinished-") || has_drawn_name(path))
        return KIND_TEMPORARY;
    if (strcmp(name, "lock") == 0)
        return KIND_LOCK;
    if (strstr(path, "/provenance/"))
        return KIND_PROVENANCE;
    if (ends_with(path, ".damaged"))
        return KIND_ASIDE;
    if (ends_with(path, ".part") || ends_with(path, ".tmp") || strstr(path, "/resume/") ||
        (strstr(path, "/traces/") && strcspn(name, ".-") == 32))
        return KIND_UNDERWAY;
    return KIND_RESULT;
}

static uint64_t hash_on(uint64_t hash, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

static bool tells_time(const uint8_t *line, size_t size)
{
    static const char *const keys[] = {"\"started\"", "\"finished\"", "\"resumed\"",
                                       "\"digest\""};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (memmem(line, size, keys[i], strlen(keys[i])))
            return true;
    return false;
}

static uint64_t hash_file(const disk_bytes *bytes, study_kind kind)
{
    uint64_t hash = 0xcbf29ce484222325;
    if (kind != KIND_PROVENANCE)
        return hash_on(hash, bytes->data, bytes->size);
    for (size_t at = 0, size; at < bytes->size; at += size) {
        const uint8_t *line = bytes->data + at;
        const uint8_t *end = memchr(line, '\n', bytes->size - at);
        size = end ? (size_t)(end - line) + 1 : bytes->size - at;
        if (!tells_time(line, size))
            hash = hash_on(hash, line, size);
    }
    return hash;
}

static void list_one(void *context, const char *path, disk_node *file)
{
    study_tree *tree = context;
    if (tree->count == FILES_MAX)
        tap_bail("too many files");
    study_file *one = &tree->files[tree->count++];
    snprintf(one->path, sizeof one->path, "%s", path);
    one->kind = study_kind_of(path);
    one->hash = hash_file(&file->bytes, one->kind);
}

void study_list(study_tree *tree)
{
    tree->count = 0;
    disk_walk(tree, list_one);
}

const study_file *study_find(const study_tree *tree, const char *path)
{
    for (size_t i = 0; i < tree->count; i++)
        if (strcmp(tree->files[i].path, path) == 0)
            return &tree->files[i];
    return NULL;
}

static bool is_same(const study_tree *tree, const study_file *file)
{
    const study_file *there = study_find(tree, file->path);
    return there && there->hash == file->hash;
}

/* ---- Stages ------------------------------------------------------------------------ */

static study_outcome outcome;
static const schedule_plan calm = {.tick_ns = 1000, .kind = EVENT_NONE};

static void do_now(const study_command *command)
{
    study_run(&calm, &command, 1, &outcome);
    if (study_exit(&outcome, 0) != 0)
        tap_bail(outcome.complaint[0][0] ? outcome.complaint[0] : command->words);
}
#define DO(text) do_now(&(const study_command){.words = (text)})

static disk_node *folder_at(const char *path)
{
    char name[DISK_NAME_MAX];
    disk_node *folder = disk_folder_of(path, name);
    disk_node *there = disk_look(folder, name);
    return there ? there : disk_make(folder, name, true, 0777);
}

static void put_file(const char *path, const void *bytes, size_t size)
{
    char name[DISK_NAME_MAX];
    disk_node *folder = disk_folder_of(path, name);
    disk_put(disk_make(folder, name, false, 0644), 0, bytes, size);
}

static void copy_file(const char *from, const char *to)
{
    const disk_node *file = disk_find(from);
    put_file(to, file->bytes.data, file->bytes.size);
}

/* Finished runs with snapshots of their making, whose removal a power cut has undone:
 * they have the numbers of other runs once the manifest has grown. */
static void make_stale(void)
{
    static const char path[] = "out/resume/000000.snapshot";
    schedule_plan plan = {.tick_ns = 400000000, .kind = EVENT_KILL};
    uint8_t *bytes = NULL;
    size_t size = 0;
    for (; !bytes; plan.at++) {
        disk_set_back(stages[EMPTY]);
        study_run(&plan, (const study_command *const[]){&run_tail}, 1, &outcome);
        const disk_node *file = disk_find(path);
        if (!outcome.result.happened)
            tap_bail("there is no snapshot");
        if (!file)
            continue;
        size = file->bytes.size;
        bytes = memcpy(malloc(size), file->bytes.data, size);
    }
    disk_set_back(stages[TAIL]);
    folder_at("out/resume");
    put_file(path, bytes, size);
    stages[STALE] = disk_keep();
    free(bytes);
}

static void make_stages(void)
{
    put_file("study.yaml", STUDY("1, 2, 3, 4"), strlen(STUDY("1, 2, 3, 4")));
    put_file("tail.yaml", STUDY("3, 4"), strlen(STUDY("3, 4")));
    stages[EMPTY] = disk_keep();
    DO("run -j1 --out out tail.yaml");
    stages[TAIL] = disk_keep();
    make_stale();
    disk_set_back(stages[TAIL]);
    DO("record --from out --golden study.golden tail.yaml");
    DO("run -j1 --out out study.yaml");
    stages[OLD] = disk_keep();
    disk_set_back(stages[EMPTY]);
    DO("run -j1 --out out study.yaml");
    DO("run -j1 --only 0-1 --out a study.yaml");
    DO("run -j1 --only 2-3 --out b study.yaml");
    stages[RUN] = disk_keep();
    folder_at("put");
    folder_at("put/traces");
    copy_file("a/traces/000000.trace", "put/traces/one.trace");
    copy_file("b/traces/000003.trace", "put/traces/other.trace");
    disk_remove(disk_find("."), "out");
    disk_rename(disk_find("."), "put", disk_find("."), "out");
    stages[PUT] = disk_keep();
    disk_set_back(stages[RUN]);
    DO("record --from out --golden study.golden study.yaml");
    stages[RECORDED] = disk_keep();
    disk_remove(disk_find("."), "out");
    stages[BEFORE] = disk_keep();
}

/* ---- Undisturbed ------------------------------------------------------------------- */

static void measure(unsigned number)
{
    const study_scenario *scenario = &study_scenarios[number];
    study_measure *m = &measures[number];
    disk_set_back(stages[scenario->stage]);
    study_list(&m->state[m->states++]);
    if (scenario->first) {
        do_now(scenario->first);
        study_list(&m->state[m->states++]);
    }
    for (; scenario->together[m->commands]; m->commands++) {
        study_run(&calm, &scenario->together[m->commands], 1, &outcome);
        m->doors += outcome.result.doors;
        m->exit[m->commands] = study_exit(&outcome, 0);
        memcpy(m->words[m->commands], outcome.words[0], WORDS_MAX);
        study_list(&m->state[m->states++]);
        bool again = m->commands && scenario->together[m->commands]->fresh &&
                     scenario->together[0] == scenario->together[m->commands];
        if (m->exit[m->commands] != 0 && !again)
            TAP_OK(false, "%s: undisturbed, %s: %d: %s", scenario->name,
                   scenario->together[m->commands]->words, m->exit[m->commands],
                   outcome.complaint[0]);
    }
}

/* Where the words of commands go. */
static void open_texts(void)
{
    for (unsigned i = 0; i < PROCESSES_MAX; i++) {
        outs[i] = memfd_create("out", MFD_CLOEXEC);
        errs[i] = memfd_create("err", MFD_CLOEXEC);
        if (outs[i] < 0 || errs[i] < 0)
            tap_bail("no memory for words");
    }
}

void study_begin(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    open_texts();
    disk_begin();
    system_begin();
    schedule_begin(system_end_process);
    system_restart(true);
    schedule_seed(1);
    make_stages();
    for (unsigned i = 0; i < SCENARIOS; i++)
        measure(i);
}

void study_separate(void)
{
    open_texts();
    disk_separate();
    system_begin();
    schedule_separate();
}

const study_measure *study_measured(unsigned scenario)
{
    return &measures[scenario];
}

void study_set_back(unsigned scenario)
{
    disk_set_back(stages[study_scenarios[scenario].stage]);
}

/* ---- Judging ----------------------------------------------------------------------- */

static char wrong[400];

#define WRONG(...) (snprintf(wrong, sizeof wrong, __VA_ARGS__), wrong)

/* Whether one of the texts between '|' is in a complaint. */
static bool says_one_of(const char *texts, const char *complaint)
{
    char all[200];
    snprintf(all, sizeof all, "%s", texts);
    for (char *text = strtok(all, "|"); text; text = strtok(NULL, "|"))
        if (strstr(complaint, text))
            return true;
    return false;
}

const char *study_judge_end(unsigned scenario, unsigned command, const study_outcome *o,
                            bool alone)
{
    const study_command *c = study_scenarios[scenario].together[command];
    const study_measure *m = &measures[scenario];
    const char *complaint = o->complaint[command];
    int got = study_exit(o, command);
    if (o->result.ending[command] == ENDED_STUCK)
        return WRONG("%s: stuck", c->words);
    if (o->result.ending[command] == ENDED_SLOW)
        return WRONG("%s: hangs", c->words);
    if (got == 2 && c->fresh && strstr(complaint, "exists already"))
        return NULL;
    if (got == 2 && !alone && c->may_say && says_one_of(c->may_say, complaint))
        return NULL;
    if (got != m->exit[command])
        return WRONG("%s: exit status %d (%d), expected %d: %.200s", c->words, got,
                     o->result.how[command], m->exit[command], complaint);
    if (c->same_words && strcmp(o->words[command], m->words[command]) != 0)
        return WRONG("%s: other words: %.200s", c->words, o->words[command]);
    return NULL;
}

static study_tree now;

/* Whether the file was like that at some moment of the undisturbed commands. */
static bool belongs(const study_measure *m, const study_file *file)
{
    for (unsigned i = 0; i < m->states; i++)
        if (is_same(&m->state[i], file))
            return true;
    return false;
}

static const char *first_missing(const study_tree *before, const study_tree *after)
{
    for (size_t i = 0; i < after->count; i++) {
        const study_file *file = &after->files[i];
        if (file->kind > KIND_PROVENANCE || (before && is_same(before, file)))
            continue;
        if (!is_same(&now, file))
            return file->path;
    }
    return NULL;
}

const char *study_judge_names(unsigned scenario)
{
    const study_measure *m = &measures[scenario];
    study_list(&now);
    for (size_t i = 0; i < now.count; i++) {
        const study_file *file = &now.files[i];
        if (file->kind == KIND_RESULT && !belongs(m, file))
            return WRONG("%s: has its name, and other bytes", file->path);
    }
    const study_tree *before = &m->state[0];
    for (size_t i = 0; i < before->count; i++) {
        const study_file *file = &before->files[i];
        bool stays = file->kind == KIND_RESULT;
        for (unsigned k = 1; k < m->states; k++)
            stays = stays && is_same(&m->state[k], file);
        if (stays && !is_same(&now, file))
            return WRONG("%s: was there before, and is lost", file->path);
    }
    return NULL;
}

const char *study_judge_made(unsigned scenario, unsigned command)
{
    const study_measure *m = &measures[scenario];
    const study_command *const *all = study_scenarios[scenario].together;
    const study_tree *after = &m->state[m->states - m->commands + command];
    const study_tree *before = after - 1;
    for (unsigned i = command; i > 0 && !strncmp(all[i - 1]->words, all[i]->words, 4);
         i--)
        before--; /* who did it first does not matter */
    study_list(&now);
    const char *path = first_missing(before, after);
    return path ? WRONG("%s: said to be made, and lost or with other bytes", path) : NULL;
}

const char *study_judge_all(unsigned scenario, bool killed, bool rotten)
{
    const study_measure *m = &measures[scenario];
    const study_tree *after = &m->state[m->states - 1];
    study_list(&now);
    const char *path = first_missing(NULL, after);
    if (path)
        return WRONG("%s: missing, or with other bytes", path);
    for (size_t i = 0; i < now.count; i++) {
        const study_file *file = &now.files[i];
        bool allowed = file->kind == KIND_LOCK || (file->kind == KIND_ASIDE && rotten) ||
                       (file->kind == KIND_TEMPORARY && killed);
        if (!study_find(after, file->path) && !allowed)
            return WRONG("%s: left over", file->path);
    }
    return NULL;
}

/* Whether a path is below one of those between '|'. */
static bool is_below(const char *paths, const char *path)
{
    char all[200];
    snprintf(all, sizeof all, "%s", paths);
    for (char *one = strtok(all, "|"); one; one = strtok(NULL, "|"))
        if (strncmp(path, one, strlen(one)) == 0)
            return true;
    return false;
}

const char *study_judge_rotten(unsigned scenario, unsigned command, const char *path,
                               bool told)
{
    const study_measure *m = &measures[scenario];
    const study_command *c = study_scenarios[scenario].together[command];
    const study_tree *after = &m->state[m->states - 1];
    study_list(&now);
    for (size_t i = 0; i < after->count; i++) {
        const study_file *file = &after->files[i];
        if (file->kind == KIND_RESULT && strcmp(file->path, path) != 0 &&
            !is_same(&now, file))
            return WRONG("%s: %s rots, and %s changes", c->words, path, file->path);
    }
    const study_file *rotten = study_find(&now, path);
    if (!told && c->reads && is_below(c->reads, path) && rotten && !belongs(m, rotten))
        return WRONG("%s: %s rots, and is taken", c->words, path);
    return NULL;
}

/* ---- Snapshots --------------------------------------------------------------------- */

/* The experiment of a trace, whole or not. */
static bool experiment_of(const disk_bytes *bytes, slt_digest *experiment)
{
    slt_trace_scan scan;
    slt_record record;
    slt_trace_scan_init(&scan, bytes->data, bytes->size);
    bool got = slt_trace_scan_next(&scan, &record);
    if (got) {
        *experiment = slt_digest_of(scan.head.run.bytes, scan.head.run.size);
        slt_record_free(&record);
    }
    slt_trace_scan_free(&scan);
    return got;
}

static const disk_node *run_file(const char *format, unsigned run)
{
    char path[64];
    snprintf(path, sizeof path, format, run);
    return disk_find(path);
}

unsigned study_snapshots(void)
{
    unsigned owed = 0;
    for (unsigned run = 0; run < 4; run++) {
        const disk_node *part = run_file("out/traces/%06u.trace.part", run);
        const disk_node *snapshot = run_file("out/resume/%06u.snapshot", run);
        slt_digest experiment;
        if (part && snapshot && experiment_of(&part->bytes, &experiment) &&
            snapshot->bytes.size > SNAPSHOT_EXPERIMENT + sizeof experiment.bytes &&
            memcmp(snapshot->bytes.data + SNAPSHOT_EXPERIMENT, experiment.bytes,
                   sizeof experiment.bytes) == 0)
            owed |= 1u << run;
    }
    return owed;
}

const char *study_judge_snapshots(unsigned owed, const study_outcome *o)
{
    for (unsigned run = 0; run < 4; run++) {
        char text[64];
        snprintf(text, sizeof text, "/resume/%06u.snapshot: impossible", run);
        if (owed >> run & 1 && strstr(o->complaint[0], text))
            return WRONG("a snapshot of bytes that are not there: %.250s",
                         o->complaint[0]);
    }
    return NULL;
}
