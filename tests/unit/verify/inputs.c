/* Inputs exported for another program: what the files hold, against the replay's hashes,
 * the batches of the net, and the SGLD step written out. */
#include "forged_sample.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sltrace/check.h>
#include <sltrace/show.h>

#include "base/endian.h"
#include "base/io.h"
#include "codec/digest.h"
#include "num/fixed/fixed.h"
#include "num/scalar.h"

static char folder[] = "/tmp/sltrace-inputs-XXXXXX";
static slt_error err;

static const char *in_folder(const char *name)
{
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static size_t count_files(const char *remove)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        count += entry->d_name[0] != '.';
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, remove) != 0)
            unlink(in_folder(entry->d_name));
    }
    closedir(dir);
    return count;
}

/* The elements of a file, its type and shape checked. */
typedef struct array {
    slt_buffer bytes;
    const uint8_t *data;
    size_t size;
} array;

static array read_array(const char *name, const char *type, const char *shape)
{
    array a = {.data = NULL};
    char header[128];
    snprintf(header, sizeof header,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", type, shape);
    if (slt_io_read(in_folder(name), 1 << 20, &a.bytes, &err))
        tap_bail(err.text);
    TAP_OK(a.bytes.size >= 128 && !memcmp(a.bytes.data + 10, header, strlen(header)),
           "%s: %s %s", name, type, shape);
    a.data = a.bytes.data + 128;
    a.size = a.bytes.size - 128;
    return a;
}

static float f32_at(const array *a, size_t element)
{
    uint32_t bits = slt_load_le32(a->data + 4 * element);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void write_trace(const char *name, const char *manifest)
{
    slt_pool *pool = NULL;
    if (slt_pool_create(1, &pool, &err))
        tap_bail(err.text);
    slt_buffer bytes = sample_bytes(manifest, 0, pool);
    slt_io_replace(in_folder(name), bytes.data, bytes.size, NULL);
    slt_buffer_free(&bytes);
    slt_pool_free(pool);
}

static slt_status export(const char *name, uint64_t updates, uint32_t chain,
                         size_t *files)
{
    const char *traces[] = {in_folder(name)};
    slt_inputs_options options = {.updates = updates, .chain = chain};
    return slt_export_inputs(traces, 1, folder, &options, files, &err);
}

/* Row t of the weights has the hash that replay --steps prints for step t. */
static void test_weights(void)
{
    char *text = NULL, name[64];
    size_t size = 0;
    FILE *steps = open_memstream(&text, &size);
    slt_replay_options options = {.steps = steps};
    if (slt_replay(in_folder("a.trace"), &options, NULL, &err))
        tap_bail(err.text);
    fclose(steps);
    const struct {
        const char *name, *shape;
        size_t bytes;
    } weights[] = {{"W1", "(9, 2, 4)", 32}, {"W2", "(9, 3, 2)", 24}};
    array losses = read_array("a-train-losses.npy", "<f8", "(8,)");
    for (size_t w = 0; w < 2; w++) {
        snprintf(name, sizeof name, "a-train-weight.%s.npy", weights[w].name);
        array rows = read_array(name, "<f4", weights[w].shape);
        const char *line = strchr(text, '\n') + 1;
        size_t same = 0;
        for (size_t t = 1; t <= 8; t++, line = strchr(line, '\n') + 1) {
            char hash[SLT_DIGEST_TEXT_MAX], want[64], loss[SLT_REAL_TEXT_MAX], head[64];
            slt_digest_text(
                slt_digest_of(rows.data + t * weights[w].bytes, weights[w].bytes), hash);
            slt_real_text((slt_real){slt_load_le64(losses.data + 8 * (t - 1))}, loss);
            snprintf(want, sizeof want, " %s=%s", weights[w].name, hash);
            snprintf(head, sizeof head, "%zu %s ", t, loss);
            const char *found = strstr(line, want);
            same += found && found < strchr(line, '\n') &&
                    strncmp(line, head, strlen(head)) == 0;
        }
        TAP_EQ_U64(same, 8, "losses and weights are those of the replay");
        slt_buffer_free(&rows.bytes);
    }
    slt_buffer_free(&losses.bytes);
    free(text);
}

/* Rows of the data by number give the batches of training. */
static void test_batches(const slt_run_spec *spec)
{
    slt_data data;
    slt_batcher *batcher = NULL;
    if (slt_data_make(&spec->data, "", spec->arithmetic, slt_run_data_seed(spec), &data,
                      &err) ||
        slt_batcher_create(&spec->train.batch, &data, spec->seed, SLT_DRAW_BATCH, 0, 0,
                           &batcher, &err))
        tap_bail(err.text);
    array x = read_array("a-data-x.npy", "<f4", "(12, 4)");
    array target = read_array("a-data-target.npy", "<f4", "(12, 3)");
    array rows = read_array("a-train-batches.npy", "<i4", "(8, 5)");
    size_t same = 0, padded = 0;
    for (size_t t = 0; t < 8; t++) {
        const slt_batch *batch = slt_batcher_at(batcher, t);
        uint8_t want[5 * 4 * 4];
        slt_tensor_store(&batch->input[0], want);
        for (size_t i = 0; i < 5; i++) {
            uint32_t row = slt_load_le32(rows.data + 4 * (5 * t + i));
            if (i >= batch->rows)
                padded += row == UINT32_MAX;
            else
                same += row < 12 && !memcmp(x.data + 16 * row, want + 16 * i, 16);
        }
    }
    TAP_EQ_U64(same, 3 * 5 + 3 * 5 + 2 * 2, "the batches of three epochs, less one");
    TAP_EQ_U64(padded, 2 * 3, "short ones are filled up with -1");
    uint8_t want[12 * 3 * 4];
    slt_tensor_store(&data.train.target, want);
    TAP_EQ_BYTES(target.data, want, sizeof want, "the targets");
    slt_buffer_free(&x.bytes);
    slt_buffer_free(&target.bytes);
    slt_buffer_free(&rows.bytes);
    slt_batcher_free(batcher);
    slt_data_free(&data);
}

static void load_weights(const array files[2], size_t row, slt_params *weights)
{
    for (size_t w = 0; w < 2; w++) {
        size_t bytes = slt_tensor_bytes(&weights->tensor[w]);
        if (slt_tensor_load(&weights->tensor[w], files[w].data + row * bytes, bytes,
                            &err))
            tap_bail(err.text);
    }
}

/* Weights, batches and noise of a chain fit the SGLD step, section 10.1. */
static void test_chain(const slt_run_spec *spec)
{
    const slt_llc_spec *llc = &spec->llc[1];
    const char *weight_name[] = {"a-llc1-chain0-weight.W1.npy",
                                 "a-llc1-chain0-weight.W2.npy"},
               *noise_name[] = {"a-llc1-chain0-noise.W1.npy",
                                "a-llc1-chain0-noise.W2.npy"},
               *weight_shape[] = {"(6, 2, 4)", "(6, 3, 2)"},
               *noise_shape[] = {"(5, 2, 4)", "(5, 3, 2)"};
    array weight[2], noise[2],
        rows = read_array("a-llc1-chain0-batches.npy", "<i4", "(5, 5)");
    slt_params at = {0}, gradient = {0};
    slt_data data;
    slt_net *net = NULL;
    slt_batch batch;
    for (size_t w = 0; w < 2; w++) {
        weight[w] = read_array(weight_name[w], "<f4", weight_shape[w]);
        noise[w] = read_array(noise_name[w], "<f4", noise_shape[w]);
    }
    if (slt_data_make(&spec->data, "", spec->arithmetic, slt_run_data_seed(spec), &data,
                      &err) ||
        slt_net_create(&spec->model, &data.train, 12, SLT_F32, &net, &err) ||
        slt_params_create(&spec->model, SLT_F32, &at, &err) ||
        slt_params_create(&spec->model, SLT_F32, &gradient, &err))
        tap_bail(err.text);
    batch = data.train;
    batch.rows = 5;
    if (slt_tensor_create(&batch.input[0], SLT_F32, 5, 4, &err) ||
        slt_tensor_create(&batch.target, SLT_F32, 5, 3, &err))
        tap_bail(err.text);
    const double lr = 1e-4, nbeta = 12 / log(12);
    const float half = (float)(lr / 2), root = (float)sqrt(lr);
    size_t same = 0;
    for (size_t s = 0; s < 5; s++) {
        for (size_t i = 0; i < 5; i++) {
            size_t row = slt_load_le32(rows.data + 4 * (5 * s + i));
            memcpy((float *)batch.input[0].data + 4 * i,
                   (float *)data.train.input[0].data + 4 * row, 16);
            memcpy((float *)batch.target.data + 3 * i,
                   (float *)data.train.target.data + 3 * row, 12);
        }
        load_weights(weight, s, &at);
        slt_net_gradient(net, &at, &batch, &gradient);
        for (size_t w = 0; w < 2; w++) {
            size_t count = slt_tensor_count(&at.tensor[w]);
            for (size_t e = 0; e < count; e++) {
                float here = f32_at(&weight[w], s * count + e);
                float g = ((float *)gradient.tensor[w].data)[e];
                float t = 1.0f * (here - f32_at(&weight[w], e));
                t = fmaf((float)nbeta, g, t);
                t = fmaf(-half, t, here);
                t = fmaf(root, f32_at(&noise[w], s * count + e), t);
                same += t == f32_at(&weight[w], (s + 1) * count + e);
            }
        }
    }
    TAP_OK(llc->num_draws == 6 && llc->batch.order == SLT_BATCH_FRESH, "the estimate");
    TAP_EQ_U64(same, 5 * 14, "weights follow from weights, batches and noise");
    for (size_t w = 0; w < 2; w++) {
        slt_buffer_free(&weight[w].bytes);
        slt_buffer_free(&noise[w].bytes);
    }
    slt_buffer_free(&rows.bytes);
    slt_tensor_free(&batch.input[0]);
    slt_tensor_free(&batch.target);
    slt_params_free(&at);
    slt_params_free(&gradient);
    slt_net_free(net);
    slt_data_free(&data);
}

static void test_starts(void)
{
    slt_trace *trace = NULL;
    if (slt_trace_open(in_folder("a.trace"), &trace, &err))
        tap_bail(err.text);
    array training = read_array("a-train-weight.W1.npy", "<f4", "(9, 2, 4)");
    array middle = read_array("a-llc1-chain0-weight.W1.npy", "<f4", "(6, 2, 4)");
    array last = read_array("a-llc0-chain0-weight.W1.npy", "<f4", "(9, 2, 4)");
    array losses = read_array("a-llc0-chain0-losses.npy", "<f8", "(8,)");
    TAP_EQ_BYTES(middle.data, training.data + 4 * 32, 32, "at step 4");
    const slt_record *checkpoint = NULL, *chain = NULL;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT)
            checkpoint = record;
        if (record->kind == SLT_RECORD_CHAIN && !chain)
            chain = record;
    }
    TAP_EQ_BYTES(last.data, checkpoint->tensors[0].data, 32, "at the stored last step");
    TAP_EQ_BYTES(losses.data, chain->losses, 64, "losses of the first draws");
    slt_buffer_free(&training.bytes);
    slt_buffer_free(&middle.bytes);
    slt_buffer_free(&last.bytes);
    slt_buffer_free(&losses.bytes);
    slt_trace_free(trace);
}

static void test_bounds(void)
{
    size_t files = 0;
    TAP_OK(export("a.trace", 4000000000, 0, &files) == SLT_OK, "more than there are");
    array rows = read_array("a-train-weight.W1.npy", "<f4", "(11, 2, 4)");
    array chain = read_array("a-llc0-chain0-noise.W2.npy", "<f4", "(11, 3, 2)");
    slt_buffer_free(&rows.bytes);
    slt_buffer_free(&chain.bytes);
    count_files("a.trace");
    TAP_OK(export("a.trace", 0, 0, &files) == SLT_OK, "none");
    rows = read_array("a-train-batches.npy", "<i4", "(0, 5)");
    slt_buffer_free(&rows.bytes);
    count_files("a.trace");
    TAP_OK(export("a.trace", 2, 2, &files) == SLT_OK, "the last chain");
    TAP_EQ_U64(files, 2 + 4 + 5, "of the one estimate that has it");
    rows = read_array("a-llc0-chain2-weight.W2.npy", "<f4", "(3, 3, 2)");
    slt_buffer_free(&rows.bytes);
    count_files("a.trace");
}

#define SERIES_MANIFEST                                                                  \
    SAMPLE_HEAD("test/series")                                                           \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET "  train:\n"           \
    "    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 6\n"                               \
    "    checkpoints: {every: 2}\n"                                                      \
    "  llc:\n    - {at: checkpoints, from: 3, lr: 1e-4, localization: 1, num_draws: "    \
    "4}\n"

/* Its losses, which are compared on the way, hang on noise and batches of that place. */
static void test_series(void)
{
    size_t files = 0;
    write_trace("s.trace", SERIES_MANIFEST);
    TAP_OK(export("s.trace", 6, 0, &files) == SLT_OK, "an estimate at checkpoints 4, 6");
    array training = read_array("s-train-weight.W1.npy", "<f4", "(7, 2, 4)");
    array first = read_array("s-llc0-chain0-weight.W1.npy", "<f4", "(4, 2, 4)");
    TAP_EQ_BYTES(first.data, training.data + 4 * 32, 32, "the first of them");
    slt_buffer_free(&training.bytes);
    slt_buffer_free(&first.bytes);
    count_files("a.trace");
}

#define BIASED(first, second)                                                            \
    SAMPLE_HEAD("test/tied")                                                             \
    "run:\n  arithmetic: f32\n  seed: 1\n"                                               \
    "  data: {kind: linear-teacher, samples: 12, inputs: 4, outputs: 4, rank: 2}\n"      \
    "  model:\n    weights:\n"                                                           \
    "      W1: {shape: [2, 4], init: {kind: normal, std: 0.3}}\n"                        \
    "      W2: " first "\n"                                                              \
    "      F: {shape: [4, 4], init: {kind: constant, value: 0.5}, trainable: " second    \
    "}\n"                                                                                \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W1, out: h}\n"                                  \
    "      - {op: linear, in: h, weight: W2, transpose: true, out: y1}\n"                \
    "      - {op: linear, in: x, weight: F, out: y2}\n"                                  \
    "      - {op: add, in: [y1, y2], out: y}\n"                                          \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 3}\n"                            \
    "  llc: [{at: last, lr: 1e-4, localization: 1, num_draws: 4}]\n"

/* A weight's noise hangs on its place alone, so one that is tied, or frozen, takes none
 * of another's; it has no file. */
static void test_tied(void)
{
    size_t files = 0;
    write_trace("t.trace", BIASED("{tied: W1}", "false"));
    TAP_OK(export("t.trace", 3, 0, &files) == SLT_OK, "a tied weight and a frozen one");
    TAP_EQ_U64(files, 2 + 3 + 4, "data, training (two weights, losses), chain");
    array noise = read_array("t-llc0-chain0-noise.W1.npy", "<f4", "(3, 2, 4)");
    array kept = read_array("t-llc0-chain0-weight.F.npy", "<f4", "(4, 4, 4)");
    size_t same = 0;
    for (size_t e = 0; e < 64; e++)
        same += f32_at(&kept, e) == 0.5f;
    TAP_EQ_U64(same, 64, "the frozen weight stays");
    slt_buffer_free(&kept.bytes);
    count_files("a.trace");
    write_trace("t.trace", BIASED("{shape: [2, 4]}", "true"));
    TAP_OK(export("t.trace", 3, 0, &files) == SLT_OK, "neither tied nor frozen");
    TAP_EQ_U64(files, 2 + 4 + 7, "each with its files");
    array free_noise = read_array("t-llc0-chain0-noise.W1.npy", "<f4", "(3, 2, 4)");
    TAP_EQ_BYTES(noise.data, free_noise.data, 3 * 32, "the first weight's noise");
    slt_buffer_free(&noise.bytes);
    slt_buffer_free(&free_noise.bytes);
    count_files("a.trace");
}

#define INTEGERS                                                                         \
    SAMPLE_HEAD("test/integers")                                                         \
    "run:\n  arithmetic: fixed\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                      \
    "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 3}\n"                            \
    "  llc: [{at: last, lr: 1e-4, localization: 1, num_draws: 4}]\n"

/* The exponent of normals, of all weights, is named as that of other arrays is. */
static void test_integers(void)
{
    static const char *const weights[] = {"W1", "W2"},
                             *shapes[] = {"(3, 2, 4)", "(3, 3, 2)"};
    size_t files = 0;
    write_trace("i.trace", INTEGERS);
    TAP_OK(export("i.trace", 3, 0, &files) == SLT_OK, "in fixed point: %s", err.text);
    for (size_t w = 0; w < 2; w++) {
        char name[96];
        int64_t normals[8] = {0};
        size_t count = w ? 6 : 8;
        snprintf(name, sizeof name, "i-llc0-chain0-noise.%s.frac%d.npy", weights[w],
                 SLT_NORMAL_FRAC);
        array noise = read_array(name, "<i8", shapes[w]);
        slt_fixed_normals(slt_stream_of(1, SLT_DRAW_SGLD, (uint32_t)w, 0, 2, 1), 0,
                          normals, count);
        size_t same = 0;
        for (size_t e = 0; e < count; e++)
            same +=
                (int64_t)slt_load_le64(noise.data + 8 * (2 * count + e)) == normals[e];
        TAP_EQ_U64(same, count, "the normals of the third update");
        slt_buffer_free(&noise.bytes);
    }
    count_files("a.trace");
}

/* A million weights, so that the second estimate's files alone are too many. */
#define LARGE                                                                            \
    SAMPLE_HEAD("test/large")                                                            \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA "  model:\n    weights:\n"        \
    "      A: {shape: [1000, 4], init: {kind: normal, std: 0.1}}\n"                      \
    "      B: {shape: [1000, 1000], init: {kind: normal, std: 0.01}}\n"                  \
    "      C: {shape: [3, 1000], init: {kind: normal, std: 0.01}}\n"                     \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: A, out: h}\n"                                   \
    "      - {op: linear, in: h, weight: B, out: k}\n"                                   \
    "      - {op: linear, in: k, weight: C, out: y}\n"                                   \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-6}\n    steps: 1\n"                     \
    "    checkpoints: {state: none}\n"                                                   \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-9, localization: 1, num_draws: 90,\n"                       \
    "       batch: {size: 1, order: fresh}}\n"                                           \
    "    - {at: last, lr: 1e-9, localization: 1, num_draws: 1}\n"

/* Each estimate counts in what an update costs: 4 bytes a weight for training, 8 for
 * each of two chains; losses and rows besides. */
static void test_large(void)
{
    size_t files = 0;
    write_trace("l.trace", LARGE);
    TAP_OK(export("l.trace", 100, 0, &files) == SLT_USAGE &&
               strstr(err.text, "at most 1024 MiB of inputs, which are 52 updates of "
                                "this run; found 89 updates"),
           "%s", err.text);
    count_files("a.trace");
}

static void write_forged(const char *name, const char *manifest, uint64_t step,
                         forgery_fill fill)
{
    slt_buffer bytes = forged_end(manifest, step, fill);
    slt_io_replace(in_folder(name), bytes.data, bytes.size, NULL);
    slt_buffer_free(&bytes);
}

static void put_zero_state(slt_trace_writer *writer, const slt_run_spec *run)
{
    forgery_put_state(writer, run, 0, SLT_TRACE_HASHED);
}

static void put_joint_state(slt_trace_writer *writer, const slt_run_spec *run)
{
    forgery_put_state(writer, run, 0, SLT_TRACE_JOINT);
}

#define LONG(steps, checkpoints)                                                         \
    SAMPLE_HEAD("test/long")                                                             \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET "  train:\n"           \
    "    optimizer: {kind: sgd, lr: 1e-3}\n    steps: " steps "\n"                       \
    "    checkpoints: {" checkpoints "}\n"

#define DIVERGES                                                                         \
    SAMPLE_HEAD("test/diverges")                                                         \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train: {optimizer: {kind: sgd, lr: 99}, steps: 60, checkpoints: {state: none}}\n"

/* Adam: its moments are in the hash. */
#define JOINT_MANIFEST                                                                   \
    SAMPLE_HEAD("test/joint")                                                            \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET "  train:\n"           \
    "    optimizer: {kind: adam, lr: 1e-3}\n    steps: 3\n"                              \
    "    checkpoints: {every: 1, at: [0], hashes: joint}\n"

#define TEMPERED_CHAIN                                                                   \
    SAMPLE_HEAD("test/hot")                                                              \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                        \
    "  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_draws: 3, sampler: mala,\n" \
    "       nbeta: 9, tempering: {nbeta: [3], lr: [1e-4]}}\n"

/* What exchanges make of a chain's weights is not among the inputs. */
static void test_replicas(void)
{
    size_t files = 0;
    write_trace("h.trace", TEMPERED_CHAIN);
    TAP_OK(export("h.trace", 8, 0, &files) == SLT_FORMAT &&
               strstr(err.text, "chain 0 of llc 0 exchanges its weights with replicas"),
           "%s", err.text);
    count_files("a.trace");
}

static void test_refusals(void)
{
    size_t files = 0;
    const atomic_int cancelled = 1;
    write_forged("long.trace", LONG("4000000000", "state: none"), 4000000000, NULL);
    TAP_OK(export("long.trace", 4000000000, 0, &files) == SLT_USAGE &&
               strstr(err.text, "are 16777209 updates of this run"),
           "%s", err.text);
    TAP_OK(export("long.trace", 3, 0, &files) == SLT_OK, "a few of many");
    write_forged("long.trace", LONG("3", "at: [0]"), 3, put_zero_state);
    TAP_OK(export("long.trace", 3, 0, &files) == SLT_DIFFERS &&
               strstr(err.text, "W1 of step 0 is not"),
           "%s", err.text);
    write_forged("long.trace", LONG("3", "at: [0], hashes: joint"), 3, put_joint_state);
    TAP_OK(export("long.trace", 3, 0, &files) == SLT_DIFFERS &&
               strstr(err.text, "the state of step 0 is not"),
           "%s", err.text);
    write_trace("joint.trace", JOINT_MANIFEST);
    TAP_OK(export("joint.trace", 3, 0, &files) == SLT_OK, "a true joint hash");
    TAP_OK(export("a.trace", 3, 3, &files) == SLT_USAGE &&
               strstr(err.text, "expected a chain below 3, found 3"),
           "%s", err.text);
    write_forged("long.trace", LONG("3", "state: none"), 3, NULL);
    TAP_OK(export("long.trace", 3, 1, &files) == SLT_USAGE &&
               strstr(err.text, "expected a chain below 0, found 1"),
           "without an estimate: %s", err.text);
    write_forged("long.trace", DIVERGES, 60, NULL);
    TAP_OK(export("long.trace", 60, 0, &files) == SLT_DIFFERS &&
               strstr(err.text, "training ends at step ") &&
               strstr(err.text, " here, and later in the trace"),
           "%s", err.text);
    TAP_OK(export("none.trace", 3, 0, &files) == SLT_FILE, "%s", err.text);
    count_files("a.trace");
    const char *traces[] = {in_folder("a.trace")};
    slt_inputs_options options = {.updates = 3, .cancel = &cancelled};
    TAP_OK(slt_export_inputs(traces, 1, folder, &options, &files, &err) ==
               SLT_INTERRUPTED,
           "%s", err.text);
    TAP_EQ_U64(count_files("a.trace"), 3, "the data alone is left beside the trace");
}

/* A limit on the file size stands in for a full disk. */
static void test_full_disk(void)
{
    struct rlimit was;
    size_t files = 0;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){340, was.rlim_max});
    slt_status status = export("a.trace", 8, 0, &files);
    setrlimit(RLIMIT_FSIZE, &was);
    TAP_OK(status == SLT_FILE, "%s", err.text);
    TAP_OK(files < 6 && count_files("a.trace") == files + 1, "no part of a file is left");
}

#define FIXED_MANIFEST                                                                   \
    SAMPLE_HEAD("test/fixed")                                                            \
    "run:\n  arithmetic: fixed\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET "  train:\n"         \
    "    optimizer: {kind: sgd, lr: 1e-3}\n    steps: 2\n"                               \
    "  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_draws: 3}\n"

/* Integers: the exponent stands in the name; noise is the float's, rounded otherwise. */
static void test_fixed(void)
{
    size_t files = 0;
    write_trace("f.trace", FIXED_MANIFEST);
    TAP_OK(export("f.trace", 2, 0, &files) == SLT_OK, "a run in integers");
    array rows = read_array("f-train-weight.W1.frac48.npy", "<i8", "(3, 2, 4)");
    array noise = read_array("f-llc0-chain0-noise.W2.frac60.npy", "<i8", "(2, 3, 2)");
    array data = read_array("f-data-x.frac48.npy", "<i8", "(12, 4)");
    slt_tensor z;
    if (slt_tensor_create(&z, SLT_F32, 3, 2, &err))
        tap_bail(err.text);
    slt_draw_normal(slt_stream_of(1, SLT_DRAW_SGLD, 1, 0, 1, 1), &z, slt_real_of(1));
    double worst = 0;
    for (size_t e = 0; e < 6; e++) {
        int64_t m = (int64_t)slt_load_le64(noise.data + 8 * (6 + e));
        worst = fmax(
            worst, fabs(ldexp((double)m, -60) - slt_real_double(slt_tensor_get(&z, e))));
    }
    TAP_OK(worst < 1e-6, "noise of update 1: %g off the float's", worst);
    slt_tensor_free(&z);
    slt_buffer_free(&rows.bytes);
    slt_buffer_free(&noise.bytes);
    slt_buffer_free(&data.bytes);
    count_files("a.trace");
}

int main(void)
{
    size_t files = 0;
    if (!mkdtemp(folder) || slt_start(NULL, &err))
        tap_bail("no temporary folder");
    sample_run run = sample_begin(SAMPLE_MANIFEST, 0);
    write_trace("a.trace", SAMPLE_MANIFEST);
    TAP_OK(export("a.trace", 8, 0, &files) == SLT_OK, "export of eight updates");
    TAP_EQ_U64(files, 2 + 4 + 5 + 6, "data, training, a chain of each estimate");
    test_weights();
    test_batches(run.spec);
    test_chain(run.spec);
    test_starts();
    TAP_EQ_U64(count_files("a.trace"), files + 1, "nothing else");
    test_bounds();
    test_series();
    test_tied();
    test_integers();
    test_large();
    test_refusals();
    test_replicas();
    test_full_disk();
    test_fixed();
    sample_end(&run);
    count_files("");
    rmdir(folder);
    return tap_done();
}
