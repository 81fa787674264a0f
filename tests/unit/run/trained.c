/* run/trained.c: a run takes its training from a trace only where that is its own
 * training, whole, with the last state; it then writes the bytes that it writes alone. */
#include "study_sample.h"

#include <unistd.h>

#include <sltrace/study.h>

#define MANIFEST(seed, train, llc)                                                       \
    SAMPLE_HEAD("test/trained")                                                          \
    "run:\n  arithmetic: f32\n  seed: " seed "\n" SAMPLE_DATA SAMPLE_NET                 \
    "  train:\n    optimizer: {kind: " train "  llc:" llc
#define STATE                                                                            \
    "adam, lr: 1e-2}\n    steps: 9\n    checkpoints: {every: 3, at: [0, 4], state: "     \
    "last}\n"
#define BARE "adam, lr: 1e-2}\n    steps: 9\n    checkpoints: {every: 3, at: [0, 4]}\n"
#define NONE " []\n"
#define AT(place) "\n    - {at: " place ", lr: 1e-4, localization: 1, num_draws: 5}\n"

static slt_error err;
static char root[] = "/tmp/slt-trained-XXXXXX";
static size_t studies;

/* Runs the manifest's one run in a folder of its own, and opens its trace. */
static slt_status run(const char *text, const slt_trace *trained, slt_trace **trace)
{
    char folder[64], path[128];
    slt_manifest *manifest = sample_open(text);
    slt_study_counts counts;
    snprintf(folder, sizeof folder, "%s/%zu", root, studies++);
    snprintf(path, sizeof path, "%s/traces/000000.trace", folder);
    const slt_study_options options = {.out = folder, .jobs = 1, .trained = trained};
    *trace = NULL;
    slt_status status = slt_study_run(manifest, &options, &counts, &err);
    slt_manifest_free(manifest);
    return status ? status : slt_trace_open(path, trace, &err);
}

static slt_trace *trained_by(const char *text)
{
    slt_trace *trace;
    if (run(text, NULL, &trace))
        tap_bail(err.text);
    return trace;
}

/* Alone, and with its training taken. */
static void same_bytes(const char *name, const char *text, const slt_trace *trained)
{
    slt_trace *alone = trained_by(text), *taken;
    size_t size, other = 0;
    const uint8_t *bytes = slt_trace_bytes(alone, &size), *others = NULL;
    const slt_status status = run(text, trained, &taken);
    if (!status)
        others = slt_trace_bytes(taken, &other);
    TAP_OK(others && size == other && memcmp(bytes, others, size) == 0,
           "%s: the bytes of training", name);
    slt_trace_free(taken);
    slt_trace_free(alone);
}

static void refused(const char *name, const char *text, const slt_trace *trained,
                    const char *why)
{
    slt_trace *taken;
    const slt_status status = run(text, trained, &taken);
    TAP_OK(status == SLT_DIFFERS && strstr(err.text, why), "%s: %s", name,
           status ? err.text : "taken");
    slt_trace_free(taken);
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("cannot start");
    slt_trace *whole = trained_by(MANIFEST("2", STATE, NONE));
    slt_trace *bare = trained_by(MANIFEST("2", BARE, NONE));
    slt_trace *early = trained_by(MANIFEST("2", "sgd, lr: 1e30}\n    steps: 9\n", NONE));
    same_bytes("without a state of its own", MANIFEST("2", BARE, AT("last")), whole);
    same_bytes("with one", MANIFEST("2", STATE, AT("last")), whole);
    same_bytes("without an estimate", MANIFEST("2", BARE, NONE), whole);
    refused("another seed", MANIFEST("3", BARE, AT("last")), whole, "another run");
    refused("another checkpoint",
            MANIFEST("2", "adam, lr: 1e-2}\n    steps: 9\n    checkpoints: {every: 3}\n",
                     AT("last")),
            whole, "another run");
    refused("an estimate on the way", MANIFEST("2", BARE, AT("4")), whole, "another run");
    refused("a training that ended early",
            MANIFEST("2", "sgd, lr: 1e30}\n    steps: 9\n", AT("last")), early,
            "another run");
    refused("no state", MANIFEST("2", BARE, AT("last")), bare, "its last state");
    slt_trace_free(early);
    slt_trace_free(bare);
    slt_trace_free(whole);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    TAP_OK(system(command) == 0, "removed");
    return tap_done();
}
