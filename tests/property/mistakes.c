/* What a caller of the library may do wrong ends no process: each call that can fail says
 * what is wrong, before slt_start, without options or a page, with options that this
 * version does not know. */
#include "study_sample.h"

#include <sys/wait.h>
#include <unistd.h>

#include <sltrace/sltrace.h>

static char folder[] = "/tmp/sltrace-mistakes-XXXXXX";
static char trace[64], out[64];
static slt_error err;

/* All options at once, so that one loop sets and looks at each. */
static struct {
    slt_study_options study;
    slt_verify_options verify;
    slt_replay_options replay;
    slt_state_options state;
    slt_trial_options trial;
    slt_rerun_options rerun;
    slt_diagnosis_options diagnosis;
    slt_predict_options predict;
    slt_inputs_options inputs;
    slt_audit_options audit;
    slt_calibrate_options calibrate;
    slt_influence_options influence;
    slt_rank_options rank;
} zeros;

static struct {
    slt_verify_page verify;
    slt_replay_page replay;
    slt_rerun_page rerun;
    slt_diagnosis_page diagnosis;
    slt_predict_page predict;
    slt_audit_page audit;
    slt_calibrate_page calibrate;
    slt_influence_page influence;
    slt_rank_page rank;
    slt_core_page core;
} pages;
static bool paged; /* whether a call gets its page */

/* A call with the options at hand; NULL: without. */
#define GIVEN(member) (with ? &zeros.member : NULL)
#define PAGE(member) (paged ? &pages.member : NULL)

static slt_status call_run(bool with, slt_manifest *manifest)
{
    slt_study_counts counts;
    zeros.study.out = out;
    return slt_study_run(manifest, GIVEN(study), &counts, &err);
}

static slt_status call_verify(bool with, slt_manifest *manifest)
{
    (void)manifest;
    return slt_verify(SLT_SOURCE_DIR "/golden/smoke/linear.golden", GIVEN(verify),
                      PAGE(verify), NULL, &err);
}

static slt_status call_replay(bool with, slt_manifest *manifest)
{
    (void)manifest;
    return slt_replay(trace, GIVEN(replay), PAGE(replay), &err);
}

static slt_status call_state(bool with, slt_manifest *manifest)
{
    (void)manifest;
    zeros.state.folder = out;
    return slt_replay_state(trace, GIVEN(state), PAGE(replay), &err);
}

static slt_status call_trial(bool with, slt_manifest *manifest)
{
    (void)manifest;
    return slt_replay_trial(trace, GIVEN(trial), PAGE(replay), &err);
}

static slt_status call_rerun(bool with, slt_manifest *manifest)
{
    (void)manifest;
    zeros.rerun.arithmetic = "f64";
    zeros.rerun.out = out;
    return slt_rerun(trace, GIVEN(rerun), PAGE(rerun), &err);
}

static slt_status call_diagnosis(bool with, slt_manifest *manifest)
{
    (void)manifest;
    return slt_diagnosis(trace, GIVEN(diagnosis), PAGE(diagnosis), &err);
}

static slt_status call_predict(bool with, slt_manifest *manifest)
{
    (void)manifest;
    return slt_predict(trace, GIVEN(predict), PAGE(predict), &err);
}

static slt_status call_inputs(bool with, slt_manifest *manifest)
{
    const char *const traces[] = {trace};
    size_t files;
    (void)manifest;
    zeros.inputs.updates = 1;
    return slt_export_inputs(traces, 1, out, GIVEN(inputs), &files, &err);
}

static slt_status call_audit(bool with, slt_manifest *manifest)
{
    static const slt_audit_traces_options more;
    const char *const traces[] = {trace, trace};
    (void)manifest;
    zeros.audit.pages = PAGE(audit);
    zeros.audit.page_count = paged;
    return slt_audit_traces(traces, 2, &more, GIVEN(audit), &err);
}

static slt_status call_calibrate(bool with, slt_manifest *manifest)
{
    zeros.calibrate.out = out;
    return slt_calibrate(manifest, GIVEN(calibrate), PAGE(calibrate), &err);
}

static slt_status call_influence(bool with, slt_manifest *manifest)
{
    (void)manifest;
    return slt_influence_tell(trace, GIVEN(influence), PAGE(influence), &err);
}

static slt_status call_rank(bool with, slt_manifest *manifest)
{
    (void)manifest;
    return slt_rank_trace(trace, GIVEN(rank), PAGE(rank), &err);
}

static slt_status call_ranks(bool with, slt_manifest *manifest)
{
    return slt_rank_manifest(manifest, NULL, NULL, GIVEN(rank), PAGE(rank), &err);
}

static slt_status call_sample(bool with, slt_manifest *manifest)
{
    slt_core *core = NULL;
    (void)manifest;
    slt_status status =
        slt_core_create(SAMPLE_MANIFEST, sizeof SAMPLE_MANIFEST - 1, NULL, &core, &err);
    if (!status)
        status = slt_core_sample(with ? core : NULL, 0, PAGE(core), NULL, &err);
    slt_core_free(core);
    return status;
}

static slt_status call_plan(bool with, slt_manifest *manifest)
{
    slt_plan plan;
    return slt_study_plan(manifest, with ? 0 : 99, &plan, &err);
}

static slt_status call_core(bool with, slt_manifest *manifest)
{
    slt_core *core = NULL;
    (void)manifest;
    slt_status status = slt_core_create(
        SAMPLE_MANIFEST, with ? sizeof SAMPLE_MANIFEST - 1 : 9, NULL, &core, &err);
    slt_core_free(core);
    return status;
}

static const struct {
    const char *name;
    slt_status (*call)(bool with, slt_manifest *manifest);
    uintptr_t *later; /* of its options; NULL: it has none */
    uintptr_t *page;  /* of its page, likewise */
    bool reads;       /* it tells what a file says, for which nothing need be started */
} calls[] = {
    {"slt_study_run", call_run, zeros.study.later, NULL, false},
    {"slt_verify", call_verify, zeros.verify.later, pages.verify.later, false},
    {"slt_replay", call_replay, zeros.replay.later, pages.replay.later, false},
    {"slt_replay_state", call_state, zeros.state.later, pages.replay.later, false},
    {"slt_replay_trial", call_trial, zeros.trial.later, pages.replay.later, false},
    {"slt_rerun", call_rerun, zeros.rerun.later, pages.rerun.later, false},
    {"slt_diagnosis", call_diagnosis, zeros.diagnosis.later, pages.diagnosis.later, true},
    {"slt_predict", call_predict, zeros.predict.later, pages.predict.later, false},
    {"slt_export_inputs", call_inputs, zeros.inputs.later, NULL, false},
    {"slt_audit_traces", call_audit, zeros.audit.later, pages.audit.later, true},
    {"slt_calibrate", call_calibrate, zeros.calibrate.later, pages.calibrate.later, true},
    {"slt_influence_tell", call_influence, zeros.influence.later, pages.influence.later,
     true},
    {"slt_rank_trace", call_rank, zeros.rank.later, pages.rank.later, false},
    {"slt_rank_manifest", call_ranks, zeros.rank.later, pages.rank.later, false},
    {"slt_study_plan", call_plan, NULL, NULL, false},
    {"slt_core_create", call_core, NULL, NULL, false},
    {"slt_core_sample", call_sample, NULL, pages.core.later, false},
};

/* What a call in a process of its own gave. */
typedef struct told {
    slt_status status;
    char text[SLT_ERROR_TEXT_MAX];
} told;

static told call_apart(size_t i, bool with, slt_manifest *manifest, const char *when)
{
    int ends[2], how;
    told back = {.status = SLT_OK};
    if (pipe(ends))
        tap_bail("pipe");
    fflush(stdout);
    const pid_t child = fork();
    if (!child) {
        back.status = calls[i].call(with, manifest);
        memcpy(back.text, err.text, sizeof back.text);
        _exit(write(ends[1], &back, sizeof back) != (ssize_t)sizeof back);
    }
    close(ends[1]);
    const bool came = read(ends[0], &back, sizeof back) == (ssize_t)sizeof back;
    close(ends[0]);
    waitpid(child, &how, 0);
    TAP_OK(came && WIFEXITED(how) && WEXITSTATUS(how) == 0, "%s %s ends no process",
           calls[i].name, when);
    return back;
}

static void test_without(size_t i, slt_manifest *manifest)
{
    told got = call_apart(i, false, manifest, "without options");
    if (calls[i].later)
        TAP_OK(got.status == SLT_USAGE && strstr(got.text, "options: found NULL"),
               "which it says: %s", got.text);
    else
        TAP_OK(got.status == SLT_USAGE || got.status == SLT_FORMAT, "which it says: %s",
               got.text);
}

/* Options or a page of a later version; `whose` says which. */
static void test_later(size_t i, slt_manifest *manifest, uintptr_t *later,
                       const char *whose)
{
    char when[64], refusal[64];
    snprintf(when, sizeof when, "with %s of a later version", whose);
    snprintf(refusal, sizeof refusal, "%s: one of a later version", whose);
    later[SLT_OPTIONS_LATER - 1] = 1;
    const told got = call_apart(i, true, manifest, when);
    later[SLT_OPTIONS_LATER - 1] = 0;
    TAP_OK(got.status == SLT_USAGE && strstr(got.text, refusal), "which it says: %s",
           got.text);
}

static slt_manifest *prepare(void)
{
    slt_buffer bytes;
    slt_manifest *manifest = sample_open(SAMPLE_MANIFEST);
    if (!mkdtemp(folder))
        tap_bail(folder);
    snprintf(trace, sizeof trace, "%s/0.trace", folder);
    snprintf(out, sizeof out, "%s/out", folder);
    const pid_t child = fork();
    if (!child) { /* the trace, by a process that has started */
        if (slt_start(NULL, &err))
            _exit(1);
        bytes = sample_bytes(SAMPLE_MANIFEST, 0, NULL);
        _exit(slt_io_replace(trace, bytes.data, bytes.size, &err) != SLT_OK);
    }
    int how;
    waitpid(child, &how, 0);
    if (how)
        tap_bail("no trace");
    return manifest;
}

int main(void)
{
    const size_t count = sizeof calls / sizeof *calls;
    char command[96];
    slt_manifest *manifest = prepare();
    for (size_t i = 0; i < count; i++) {
        const told got = call_apart(i, true, manifest, "before slt_start");
        TAP_OK(calls[i].reads ||
                   (got.status == SLT_USAGE && strstr(got.text, "slt_start")),
               "which it says: %s", got.text);
    }
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < count; i++) {
        test_without(i, manifest);
        if (calls[i].later)
            test_later(i, manifest, calls[i].later, "options");
        for (int with = 0; with < 1 + (calls[i].page != NULL); with++) {
            paged = with;
            const told got = call_apart(
                i, true, manifest, with ? "with a page of zeros" : "with zeros alone");
            TAP_OK(got.status != SLT_RESOURCE, "and says: %s",
                   got.status ? got.text : "all is well");
        }
        if (calls[i].page)
            test_later(i, manifest, calls[i].page, "page");
        paged = false;
    }
    slt_manifest_free(manifest);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        tap_bail(command);
    return tap_done();
}
