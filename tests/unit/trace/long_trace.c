/* Traces of many records: what is not held is read again, the same to any thread; and
 * memory grows by the bytes of the file and 16 bytes a record.  SLT_LONG=1 takes a
 * million records. */
#include "trace_sample.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sltrace/show.h>

#include "trace/trace_scan.h"

enum { FEW = 6000, OWN_BYTES = 20 << 20, RECORD_BYTES = 24, THREADS = 4 };

static slt_error err;
static sample s;

/* Header, `count` checkpoints of three kinds, chains, table, end. */
static void fill(size_t count)
{
    sample_begin(&s);
    sample_header(&s);
    sample_record(&s, 0);
    for (size_t i = 0; i < count; i++) {
        if (i % 3)
            sample_joint(&s, i);
        else
            sample_checkpoint(&s, i, i % 2);
        sample_record(&s, 1);
    }
    s.step = count - 1;
    sample_chain(&s, 0, true);
    sample_record(&s, 2);
    sample_unstored(&s, 1);
    sample_record(&s, 2);
    sample_table(&s);
    sample_record(&s, 3);
    sample_end(&s, "done");
    sample_record(&s, 4);
}

static slt_trace *parse(void)
{
    slt_trace *trace = NULL;
    if (slt_trace_parse_form(s.bytes.data, s.bytes.size, "sample", &trace, &err))
        tap_bail(err.text);
    return trace;
}

/* ---- The same records ------------------------------------------------------------ */

static bool same_lists(const slt_record *a, const slt_record *b)
{
    bool same = a->metric_count == b->metric_count &&
                a->tensor_count == b->tensor_count && a->result_count == b->result_count;
    for (size_t i = 0; i < a->metric_count && same; i++)
        same = slt_quantity_equal(&a->metrics[i].quantity, &b->metrics[i].quantity) &&
               a->metrics[i].value.bits == b->metrics[i].value.bits;
    for (size_t i = 0; i < a->result_count && same; i++)
        same = slt_quantity_equal(&a->results[i].quantity, &b->results[i].quantity) &&
               a->results[i].value.bits == b->results[i].value.bits;
    for (size_t i = 0; i < a->tensor_count && same; i++) {
        const slt_trace_tensor *x = &a->tensors[i], *y = &b->tensors[i];
        same = !strcmp(x->name, y->name) && !strcmp(x->type, y->type) &&
               x->rows == y->rows && x->cols == y->cols && x->size == y->size &&
               slt_digest_equal(x->hash, y->hash) && !x->data == !y->data &&
               (!x->data || !memcmp(x->data, y->data, x->size));
    }
    return same;
}

/* But for pointers into the bytes, of which each has its own. */
static bool same_record(const slt_record *a, const slt_record *b)
{
    return a->kind == b->kind && a->offset == b->offset && a->size == b->size &&
           slt_digest_equal(a->hash, b->hash) && a->step == b->step &&
           a->has_joint == b->has_joint && slt_digest_equal(a->joint, b->joint) &&
           a->has_state == b->has_state && a->power_count == b->power_count &&
           a->powers[0].bits == b->powers[0].bits && a->llc == b->llc &&
           a->chain == b->chain && a->at_step == b->at_step && a->draws == b->draws &&
           a->chain_status == b->chain_status && a->has_losses == b->has_losses &&
           a->loss_count == b->loss_count && a->nbeta.bits == b->nbeta.bits &&
           slt_digest_equal(a->losses_hash, b->losses_hash) &&
           a->quarters[3].bits == b->quarters[3].bits &&
           a->acceptance.bits == b->acceptance.bits &&
           a->adapted_lr.bits == b->adapted_lr.bits &&
           slt_digest_equal(a->final_weights, b->final_weights) &&
           a->status == b->status && a->records == b->records && same_lists(a, b);
}

static void test_records(void)
{
    fill(FEW);
    slt_trace *trace = parse();
    slt_trace_scan scan;
    slt_record record;
    size_t index = 0, other = 0;
    slt_trace_scan_init(&scan, s.bytes.data, s.bytes.size);
    while (slt_trace_scan_next(&scan, &record)) {
        for (int again = 0; again < 2; again++) {
            other += !same_record(&record, slt_trace_record(trace, index));
            slt_trace_forget(trace, index);
        }
        other += slt_trace_kind(trace, index) != record.kind ||
                 !slt_digest_equal(slt_trace_hash(trace, index), record.hash);
        slt_record_free(&record);
        index++;
    }
    slt_trace_scan_free(&scan);
    TAP_EQ_U64(index, FEW + 5, "records");
    TAP_EQ_U64(slt_trace_records(trace), index, "as many in the trace");
    TAP_EQ_U64(other, 0, "each the same, and again after it was forgotten");
    slt_trace_free(trace);
}

static void *ask(void *argument)
{
    const slt_trace *trace = argument;
    size_t steps = 0;
    for (size_t i = 0; i < slt_trace_records(trace); i++)
        steps += slt_trace_record(trace, i)->kind == SLT_RECORD_CHECKPOINT;
    return (void *)steps;
}

static void test_threads(void)
{
    slt_trace *trace = parse();
    pthread_t threads[THREADS];
    const slt_record *last = slt_trace_record(trace, FEW);
    size_t right = 0;
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, ask, trace))
            tap_bail("no thread");
    for (size_t i = 0; i < THREADS; i++) {
        void *found = NULL;
        pthread_join(threads[i], &found);
        right += (size_t)found == FEW;
    }
    TAP_EQ_U64(right, THREADS, "threads read the same trace");
    TAP_OK(slt_trace_record(trace, FEW) == last, "a record stays where it is");
    slt_trace_free(trace);
}

/* ---- Memory --------------------------------------------------------------------- */

static void show(size_t count)
{
    FILE *out = fopen("/dev/null", "w");
    fill(count);
    slt_trace *trace = parse();
    if (!out || slt_show_trace(trace, "sample", NULL, out, &err))
        _exit(1);
}

static bool is_watched(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return getenv("SLT_UNTIMED") != NULL;
#endif
}

static void test_memory(void)
{
    const size_t count = getenv("SLT_LONG") ? 1000000 : 60000;
    struct rusage usage;
    int how;
    const pid_t child = fork();
    if (child == 0) {
        show(count);
        _exit(0);
    }
    if (child < 0 || wait4(child, &how, 0, &usage) != child || how)
        tap_bail("a child failed");
    fill(count);
    /* The bytes here, while they grow, and the trace's copy. */
    const size_t bytes = s.bytes.capacity + s.bytes.size + count * RECORD_BYTES;
    const long most = (long)((OWN_BYTES + bytes) / 1024);
    if (is_watched())
        tap_skip("memory", "it is watched");
    else
        TAP_OK(usage.ru_maxrss < most, "%zu records of %zu bytes: %ld kB, at most %ld",
               count, s.bytes.size, usage.ru_maxrss, most);
}

int main(void)
{
    test_memory();
    test_records();
    test_threads();
    sample_free(&s);
    return tap_done();
}
