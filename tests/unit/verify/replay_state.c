/* The state after a given update, against the states that a trace stores and the weights
 * that an export of inputs holds. */
#include "forged_sample.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/page.h>
#include <sltrace/show.h>

#include "base/io.h"

#define PATH_SIZE 512

static char folder[] = "/tmp/sltrace-state-XXXXXX";
static slt_error err;
static slt_status status;

#define MANIFEST(optimizer, state)                                                       \
    SAMPLE_HEAD("test/state")                                                            \
    "sweep:\n  arithmetic: [f32, fixed]\n"                                               \
    "run:\n  arithmetic: $arithmetic\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET "  train:\n"   \
    "    optimizer: {" optimizer ", lr: 1e-2}\n    steps: 20\n"                          \
    "    checkpoints: {every: 5, at: [0], state: " state "}\n"

static const char *in_folder(const char *name)
{
    static char paths[8][PATH_SIZE];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, PATH_SIZE, "%s/%.460s", folder, name);
    return path;
}

static void put_trace(slt_buffer bytes)
{
    if (slt_io_replace(in_folder("a.trace"), bytes.data, bytes.size, &err))
        tap_bail(err.text);
    slt_buffer_free(&bytes);
}

static bool told(const char *words)
{
    return strstr(err.text, words) != NULL;
}

/* What was printed; the state's files in FOLDER/states. */
static const char *write_state(uint64_t step)
{
    static char text[512];
    FILE *out = tmpfile();
    slt_state_options options = {.step = step, .folder = in_folder("states")};
    err.text[0] = 0;
    const slt_replay_page page = slt_replay_text(out);
    status = slt_replay_state(in_folder("a.trace"), &options, &page, &err);
    rewind(out);
    text[fread(text, 1, sizeof text - 1, out)] = 0;
    fclose(out);
    return text;
}

/* Files of FOLDER/states, and how many have a twin of the same bytes in FOLDER/all. */
static size_t compare(size_t *same)
{
    size_t count = 0;
    DIR *dir = opendir(in_folder("states"));
    *same = 0;
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char path[512];
        slt_buffer a = {0}, b = {0};
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "states/%.400s", entry->d_name);
        slt_io_read(in_folder(path), 1 << 20, &a, NULL);
        unlink(in_folder(path));
        snprintf(path, sizeof path, "all/%.400s", entry->d_name);
        slt_io_read(in_folder(path), 1 << 20, &b, NULL);
        count++;
        *same += a.size && a.size == b.size && !memcmp(a.data, b.data, a.size);
        slt_buffer_free(&a);
        slt_buffer_free(&b);
    }
    closedir(dir);
    return count;
}

static void clear_all(void)
{
    DIR *dir = opendir(in_folder("all"));
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char path[512];
        snprintf(path, sizeof path, "all/%.400s", entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(in_folder(path));
    }
    closedir(dir);
}

/* Every stored state of `full`, reached through the trace of `sparse`, whose runs differ
 * in nothing but what is stored. */
static void test_states(const char *full, const char *sparse, size_t index, size_t files)
{
    const char *traces[] = {in_folder("a.trace")};
    size_t written, same;
    put_trace(sample_bytes(full, index, NULL));
    if (slt_export_npy(traces, 1, in_folder("all"), &written, &err))
        tap_bail(err.text);
    put_trace(sample_bytes(sparse, index, NULL));
    for (uint64_t step = 0; step <= 20; step += 5) {
        const char *text = write_state(step);
        TAP_OK(!status, "step %d: %s", (int)step, err.text);
        TAP_OK(strstr(text, step == 20 ? "stored at step 20" : "from the header alone"),
               "from where the trace has a state");
        TAP_EQ_U64(compare(&same), files, "weights and moments");
        TAP_EQ_U64(same, files, "and each is the one that the other trace stores");
    }
    clear_all();
}

/* Between two checkpoints: the state after 8 updates is not that after 7 or 5, and does
 * not hang on where its computing began. */
static void test_between(void)
{
    size_t same;
    put_trace(sample_bytes(MANIFEST("kind: adam", "last"), 0, NULL));
    write_state(8);
    TAP_OK(!status && !rename(in_folder("states/a-step8-W1.npy"),
                              in_folder("all/a-step8-W1.npy")),
           "from the header");
    compare(&same);
    put_trace(sample_bytes(MANIFEST("kind: adam", "all"), 0, NULL));
    TAP_OK(strstr(write_state(8), "stored at step 5"), "from the state before");
    TAP_EQ_U64(compare(&same), 6, "six tensors");
    TAP_EQ_U64(same, 1, "W1 among them is the same");
    clear_all();
}

static void test_refusals(void)
{
    size_t same;
    put_trace(sample_bytes(MANIFEST("kind: sgd", "all"), 0, NULL));
    write_state(21);
    TAP_OK(status == SLT_USAGE && told("up to 20"), "no step beyond the end");
    write_state(20);
    write_state(20);
    TAP_OK(status == SLT_FILE && told("nothing is overwritten"), "no file twice");
    compare(&same);
    write_state(20);
    TAP_OK(!status, "unless it is gone");
    compare(&same);
}

/* A trace that went another way from update 7 on: the state is ours, and it is said that
 * the trace's is not. */
static void test_forged(void)
{
    size_t same;
    put_trace(forged_bytes(MANIFEST("kind: sgd", "none"), 0, 7, false));
    write_state(9);
    TAP_OK(!status, "before a checkpoint tells");
    compare(&same);
    write_state(12);
    TAP_OK(status == SLT_DIFFERS && told("W2 of step 10"), "%s", err.text);
    TAP_EQ_U64(compare(&same), 2, "the files are there");
}

/* Training that diverges here, of which a trace says that it went on. */
static void test_diverges(void)
{
    size_t same;
    put_trace(forged_end(SAMPLE_HEAD("test/diverges") //
                         "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET
                         "  train: {optimizer: {kind: sgd, lr: 99}, steps: 60,\n"
                         "          checkpoints: {state: none}}\n",
                         60, NULL));
    write_state(59);
    TAP_OK(status == SLT_DIFFERS && told("training ends at step ") &&
               told(" here, and later in the trace"),
           "%s", err.text);
    TAP_EQ_U64(compare(&same), 0, "no files");
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail(err.text);
    if (mkdir(in_folder("all"), 0700))
        tap_bail("no folder");
    test_states(MANIFEST("kind: adam", "all"), MANIFEST("kind: adam", "last"), 0, 6);
    test_states(MANIFEST("kind: sgd, momentum: 0.5", "all"),
                MANIFEST("kind: sgd, momentum: 0.5", "last"), 1, 4);
    test_between();
    test_refusals();
    test_forged();
    test_diverges();
    unlink(in_folder("a.trace"));
    rmdir(in_folder("all"));
    rmdir(in_folder("states"));
    rmdir(folder);
    return tap_done();
}
