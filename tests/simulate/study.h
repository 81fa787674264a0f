/* The commands that are simulated, where they begin, and how a disk is judged by what
 * undisturbed commands leave on it. */
#ifndef SLT_TESTS_SIMULATE_STUDY_H
#define SLT_TESTS_SIMULATE_STUDY_H

#include "simulate/disk.h"
#include "simulate/schedule.h"

enum { FILES_MAX = 256, STATES_MAX = PROCESSES_MAX + 2, WORDS_MAX = 1 << 14 };

typedef struct study_command {
    const char *words;   /* as they are typed */
    const char *reads;   /* of rotten files, those below this must be noticed; or NULL */
    const char *may_say; /* with status 2 beside others: one of these, by '|' */
    bool same_words;     /* whatever happened before, it prints the same */
    bool fresh;          /* it overwrites nothing */
} study_command;

typedef struct study_scenario {
    const char *name;
    int stage;
    const study_command *first; /* comes before, where it is not NULL */
    const study_command *together[PROCESSES_MAX + 1];
} study_scenario;

extern const study_scenario study_scenarios[];
extern const unsigned study_scenario_count;

/* ---- What is on the disk ----------------------------------------------------------- */

typedef enum study_kind {
    KIND_RESULT,     /* what a command is to make */
    KIND_PROVENANCE, /* told by a clock, and in no hash */
    KIND_UNDERWAY,   /* a run that goes on has these */
    KIND_TEMPORARY,  /* what a process that was killed may leave beside a result */
    KIND_ASIDE,      /* a damaged trace */
    KIND_LOCK
} study_kind;
study_kind study_kind_of(const char *path);

typedef struct study_file {
    char path[128]; /* below the root */
    study_kind kind;
    uint64_t hash; /* of a provenance, without what tells the time */
} study_file;

typedef struct study_tree {
    size_t count;
    study_file files[FILES_MAX];
} study_tree;

void study_list(study_tree *tree);
const study_file *study_find(const study_tree *tree, const char *path);

/* ---- Undisturbed ------------------------------------------------------------------- */

/* What the commands of a scenario do, one after the other: trees before and after each,
 * that of `first` too. */
typedef struct study_measure {
    unsigned long doors; /* of the commands that go together */
    unsigned commands;   /* that go together */
    unsigned states;     /* trees */
    study_tree state[STATES_MAX];
    int exit[PROCESSES_MAX];
    char words[PROCESSES_MAX][WORDS_MAX];
} study_measure;

/* Makes what scenarios begin with, and measures each; bails out where one fails. */
void study_begin(void);
/* Gives the process, and those it forks from now on, a world of their own. */
void study_separate(void);
const study_measure *study_measured(unsigned scenario);
void study_set_back(unsigned scenario);

/* ---- Commands ---------------------------------------------------------------------- */

typedef struct study_outcome {
    schedule_result result;
    char words[PROCESSES_MAX][WORDS_MAX], complaint[PROCESSES_MAX][WORDS_MAX];
} study_outcome;

void study_run(const schedule_plan *plan, const study_command *const *commands,
               unsigned count, study_outcome *outcome);
/* -1: by a signal, or not by itself. */
int study_exit(const study_outcome *outcome, unsigned command);

/* ---- Judging: NULL, or what is wrong ----------------------------------------------- */

/* A command that was not cut short, alone or beside others. */
const char *study_judge_end(unsigned scenario, unsigned command,
                            const study_outcome *outcome, bool alone);
/* At any moment: no file has its name but with bytes that belong there. */
const char *study_judge_names(unsigned scenario);
/* What a command has made, which said so. */
const char *study_judge_made(unsigned scenario, unsigned command);
/* At the end: what is there is what is to be there, and nothing else. */
const char *study_judge_all(unsigned scenario, bool killed, bool rotten);
/* After a command that met a rotten file: all others are as before, and it is healed,
 * unless that was told or is none of the command's business. */
const char *study_judge_rotten(unsigned scenario, unsigned command, const char *path,
                               bool told);

/* Snapshots that their runs must be able to go on from, by run; and whether a run
 * complained of one of them. */
unsigned study_snapshots(void);
const char *study_judge_snapshots(unsigned owed, const study_outcome *outcome);

#endif
