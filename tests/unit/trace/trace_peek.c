/* trace/trace_peek.c: whose run a trace holds. */
#include "study_sample.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/world.h"
#include "codec/digest.h"
#include "trace/trace_peek.h"

static char folder[] = "/tmp/slt-peek-XXXXXX", path[64];
static slt_error err;

static slt_status peek(const void *bytes, size_t size, slt_digest *experiment)
{
    if (slt_io_replace(path, bytes, size, &err))
        tap_bail(err.text);
    return slt_trace_peek(path, experiment, &err);
}

/* A header of more than one reading: names are long, and the sweep has one value. */
static slt_buffer long_manifest(void)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text,
                      SAMPLE_HEAD("test/long") "run:\n  arithmetic: f32\n  seed: 1\n" //
                      SAMPLE_DATA "  model:\n    weights:\n");
    for (int i = 0; i < 60; i++)
        slt_buffer_printf(
            &text, "      W%d: {shape: [4, 4], init: {kind: normal, std: 0.1}}\n", i);
    slt_buffer_printf(&text, "      V: {shape: [3, 4], init: {kind: normal, std: 0.1}}\n"
                             "    ops:\n");
    for (int i = 0; i < 60; i++) {
        char in[16] = "x";
        if (i)
            snprintf(in, sizeof in, "h%d", i - 1);
        slt_buffer_printf(&text, "      - {op: linear, in: %s, weight: W%d, out: h%d}\n",
                          in, i, i);
    }
    slt_buffer_printf(&text, "      - {op: linear, in: h59, weight: V, out: y}\n"
                             "    loss: {op: mse, in: y}\n"
                             "  train:\n    optimizer: {kind: sgd, lr: 1e-3}\n"
                             "    steps: 1\n");
    return text;
}

static void check(const char *manifest, const char *name)
{
    slt_buffer bytes = sample_bytes(manifest, 0, NULL);
    slt_trace *trace = NULL;
    slt_digest found = {{0}};
    if (slt_trace_parse(bytes.data, bytes.size, "sample", &trace, &err))
        tap_bail(err.text);
    size_t header = slt_trace_record(trace, 0)->offset + slt_trace_record(trace, 0)->size;
    slt_digest own = slt_trace_experiment(trace);
    TAP_OK(!peek(bytes.data, bytes.size, &found) && slt_digest_equal(found, own),
           "%s: of a whole trace (its header ends at %zu)", name, header);
    TAP_OK(!peek(bytes.data, header, &found) && slt_digest_equal(found, own),
           "%s: of a header alone", name);
    TAP_OK(peek(bytes.data, header - 1, &found) == SLT_FORMAT, "%s: cut: %s", name,
           err.text);
    bytes.data[header / 2] ^= 1;
    TAP_OK(peek(bytes.data, bytes.size, &found) == SLT_FORMAT, "%s: damaged", name);
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
}

/* A reading that a signal interrupts is made again; one that fails says so. */
static ssize_t (*system_pread)(int, void *, size_t, off_t);
static int reason; /* of the next reading; 0: it does not fail */

static ssize_t failing_pread(int fd, void *bytes, size_t size, off_t at)
{
    if (!reason)
        return system_pread(fd, bytes, size, at);
    errno = reason;
    reason = 0;
    return -1;
}

static void test_failing(void)
{
    slt_buffer bytes = sample_bytes(SAMPLE_MANIFEST, 0, NULL);
    slt_digest found;
    system_pread = slt_world.pread;
    slt_world.pread = failing_pread;
    reason = EINTR;
    TAP_OK(!peek(bytes.data, bytes.size, &found), "interrupted: read again");
    reason = EIO;
    TAP_OK(slt_trace_peek(path, &found, &err) == SLT_FILE &&
               strstr(err.text, "cannot read"),
           "%s", err.text);
    slt_world.pread = system_pread;
    slt_buffer_free(&bytes);
}

int main(void)
{
    slt_digest found;
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail("cannot start");
    snprintf(path, sizeof path, "%s/x.trace", folder);
    check(SAMPLE_MANIFEST, "short");
    slt_buffer text = long_manifest();
    check(slt_buffer_text(&text), "long");
    slt_buffer_free(&text);
    test_failing();
    TAP_OK(peek("", 0, &found) == SLT_FORMAT, "an empty file: %s", err.text);
    unlink(path);
    TAP_OK(slt_trace_peek(path, &found, &err) == SLT_FILE, "none: %s", err.text);
    TAP_OK(mkfifo(path, 0600) == 0 && slt_trace_peek(path, &found, &err) == SLT_FILE,
           "a FIFO does not hang: %s", err.text);
    unlink(path);
    rmdir(folder);
    return tap_done();
}
