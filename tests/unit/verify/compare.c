/* Units in the last place between two numbers, over zero and signs; and what is told of
 * two traces that differ in one place: each kind of difference, in words. */
#include "trace_sample.h"

#include "verify/compare.h"

static void apart(double a, double b, uint64_t want, const char *name)
{
    TAP_EQ_U64(slt_compare_ulp(slt_real_of(a), slt_real_of(b)), want, name);
    TAP_EQ_U64(slt_compare_ulp(slt_real_of(b), slt_real_of(a)), want,
               "the other way round");
}

/* ---- Two traces -------------------------------------------------------------------- */

static slt_trace *expected, *found;

static slt_trace *parse(void (*fill)(sample *))
{
    sample s = {0};
    slt_trace *trace = NULL;
    slt_error err;
    fill(&s);
    if (slt_trace_parse_form(s.bytes.data, s.bytes.size, "sample", &trace, &err))
        tap_bail(err.text);
    sample_free(&s);
    return trace;
}

/* Two equal traces, in which a test then changes what was read. */
static void open_pair(void (*fill)(sample *))
{
    expected = parse(fill);
    found = parse(fill);
}

static slt_record *record_of(slt_trace *trace, size_t index)
{
    return (slt_record *)(uintptr_t)slt_trace_record(trace, index);
}

/* A record of the second trace, whose hash is another from now on. */
static slt_record *other(size_t index)
{
    slt_record *record = record_of(found, index);
    record->hash.bytes[0] ^= 1;
    return record;
}

/* Puts other values in the place of a record's list. */
static void put_results(const slt_result **list, const slt_result *values, size_t count)
{
    slt_result *copy = (slt_result *)malloc(count * sizeof *copy);
    if (!copy)
        tap_bail("no memory");
    memcpy(copy, values, count * sizeof *copy);
    free((void *)(uintptr_t)*list);
    *list = copy;
}

static void close_pair(void)
{
    slt_trace_free(expected);
    slt_trace_free(found);
}

static const char *words(void (*print)(const slt_difference *, slt_buffer *),
                         const slt_difference *d)
{
    static char text[512];
    slt_buffer out = {0};
    print(d, &out);
    snprintf(text, sizeof text, "%s", slt_buffer_text(&out));
    slt_buffer_free(&out);
    return text;
}

static slt_difference compare(size_t first, size_t last)
{
    slt_difference d;
    if (slt_compare_traces(expected, found, first, last, &d, NULL))
        tap_bail("no memory");
    return d;
}

static slt_difference compare_bodies(const slt_trace *a, const slt_trace *b)
{
    slt_difference d;
    if (slt_compare_bodies(a, b, &d, NULL))
        tap_bail("no memory");
    return d;
}

/* What the pair differs in, which is then closed. */
static slt_difference tells(const char *want)
{
    slt_difference d = compare(0, SIZE_MAX);
    TAP_EQ_TEXT(words(slt_difference_print, &d), want, want);
    close_pair();
    return d;
}

static slt_real next(slt_real value, uint64_t ulp)
{
    return (slt_real){value.bits + ulp};
}

/* ---- Checkpoints ------------------------------------------------------------------- */

/* The second tensor of record 2, in both, as 2 x 2 with these numbers. */
static slt_trace_tensor *square(const float *a, const float *b)
{
    slt_trace_tensor *tensors[2];
    const float *data[2] = {a, b};
    other(2);
    for (size_t i = 0; i < 2; i++) {
        const slt_record *record = slt_trace_record(i ? found : expected, 2);
        tensors[i] = (slt_trace_tensor *)(uintptr_t)record->tensors;
        tensors[i][1].rows = tensors[i][1].cols = 2;
        tensors[i][1].data = (const uint8_t *)data[i];
        tensors[i][1].size = 16;
    }
    tensors[1][1].hash.bytes[15] ^= 1;
    return tensors[1];
}

static void test_tensors(void)
{
    static const float a[4] = {1, 2, 4, 8}, b[4] = {1, 2, 4.00000095f, 9};
    open_pair(sample_whole);
    square(a, b);
    slt_difference d =
        tells("record 2 (checkpoint), step 300: tensor m/W1, element [1, 0], 2 ulp");
    TAP_OK(d.kind == SLT_DIFFERENT_TENSOR && d.record == 2 && d.has_last &&
               d.last_step == 0,
           "and as a value");
    open_pair(sample_whole);
    square(a, a);
    tells("record 2 (checkpoint), step 300: tensor m/W1");
    open_pair(sample_whole);
    snprintf(square(a, b)[1].type, sizeof "f64", "f64");
    tells("record 2 (checkpoint), step 300: tensor m/W1");
    open_pair(sample_whole);
    slt_trace_tensor *flat = square(a, b);
    flat[1].rows = 1;
    flat[1].cols = 4;
    tells("record 2 (checkpoint), step 300: tensor m/W1");
    open_pair(sample_whole);
    square(a, NULL);
    tells("record 2 (checkpoint), step 300: tensor m/W1");
    open_pair(sample_whole);
    square(NULL, b);
    tells("record 2 (checkpoint), step 300: tensor m/W1");
    open_pair(sample_whole);
    snprintf(square(a, a)[0].name, sizeof "U1", "U1");
    tells("record 2 (checkpoint), step 300: tensor W1");
    open_pair(sample_whole);
    square(a, b);
    record_of(found, 2)->tensor_count = 1;
    tells("record 2 (checkpoint), step 300: another record stands there");
}

static void test_checkpoints(void)
{
    slt_result metrics[2];
    open_pair(sample_whole);
    slt_difference same = tells("record 0 (header): nothing");
    TAP_OK(same.kind == SLT_SAME && same.has_last && same.last_step == 300,
           "equal traces");
    open_pair(sample_whole);
    other(0);
    TAP_OK(!tells("record 0 (header): the run, its numerics or its functions").has_last,
           "nothing before it is equal");
    open_pair(sample_whole);
    other(1)->step = 7;
    TAP_OK(!tells("record 1 (checkpoint), step 0: another record stands there").has_last,
           "nothing before it is equal");

    open_pair(sample_compact);
    other(1)->joint.bytes[3] ^= 1;
    slt_difference d =
        tells("record 1 (checkpoint), step 0: the joint hash of all tensors");
    TAP_OK(d.kind == SLT_DIFFERENT_JOINT, "a joint hash");
    for (int one = 0; one < 2; one++) {
        open_pair(sample_compact);
        other(1)->joint.bytes[3] ^= 1;
        record_of(one ? found : expected, 1)->has_joint = false;
        tells("record 1 (checkpoint), step 0: another record stands there");
    }

    for (size_t i = 0; i < 2; i++) {
        metrics[0] = result_of("loss", 0.25);
        metrics[1] = result_of("val/loss", 0.5);
        open_pair(sample_whole);
        slt_record *before = record_of(expected, 2), *record = other(2);
        put_results(&before->metrics, metrics, 2);
        metrics[i].value = next(metrics[i].value, 5);
        put_results(&record->metrics, metrics, 2);
        record->metric_count = before->metric_count = 2;
        tells(i ? "record 2 (checkpoint), step 300: metric val/loss, 5 ulp"
                : "record 2 (checkpoint), step 300: metric loss, 5 ulp");
    }
    metrics[0] = result_of("val/loss", 0.25);
    open_pair(sample_whole);
    put_results(&other(2)->metrics, metrics, 1);
    d = tells("record 2 (checkpoint), step 300: metric loss");
    TAP_OK(d.kind == SLT_DIFFERENT_METRIC, "another metric, of the same value");
    open_pair(sample_whole);
    other(2)->metric_count = 0;
    tells("record 2 (checkpoint), step 300: another record stands there");
}

/* ---- Chains, results, ends --------------------------------------------------------- */

/* The sums for the Stein ratio, told where nothing before them differs. */
static void test_stein(void)
{
    uint8_t sums[2][8 * SLT_TRACE_STEIN_SUMS] = {{0}};
    for (int way = 0; way < 4; way++) {
        open_pair(sample_whole);
        slt_record *record = other(3), *like = record_of(expected, 3);
        memset(sums, 0, sizeof sums);
        record->has_stein = like->has_stein = true;
        record->stein = sums[0];
        like->stein = sums[1];
        sums[0][8 * SLT_TRACE_STEIN_SUMS - 1] ^= way == 0;
        record->moving += way == 1;
        record->has_stein = way != 2;
        if (way == 3)
            record->stein = NULL;
        tells("record 3 (chain), step 300: chain 0, Stein sums");
    }
}

/* The losses of single samples, likewise. */
static void test_observed(void)
{
    uint8_t losses[2][16];
    for (int way = 0; way < 4; way++) {
        open_pair(sample_whole);
        slt_record *record = other(3), *like = record_of(expected, 3);
        memset(losses, 0, sizeof losses);
        record->observed_samples = like->observed_samples = 2;
        record->observed_count = like->observed_count = 2;
        record->observed = losses[0];
        like->observed = losses[1];
        losses[0][15] ^= way == 0;
        record->observed_samples -= way == 1;
        record->observed_count -= way == 2;
        if (way == 3)
            record->observed = NULL;
        tells("record 3 (chain), step 300: chain 0, losses of samples");
    }
}

/* Metrics along a chain, likewise. */
static void test_measured(void)
{
    uint8_t numbers[2][16];
    for (int way = 0; way < 4; way++) {
        open_pair(sample_whole);
        slt_record *record = other(3), *like = record_of(expected, 3);
        memset(numbers, 0, sizeof numbers);
        record->measured_metrics = like->measured_metrics = 2;
        record->measured_count = like->measured_count = 2;
        record->measured = numbers[0];
        like->measured = numbers[1];
        numbers[0][15] ^= way == 0;
        record->measured_metrics -= way == 1;
        record->measured_count -= way == 2;
        if (way == 3)
            record->measured = NULL;
        tells("record 3 (chain), step 300: chain 0, metrics along the chain");
    }
}

static void test_energies(void)
{
    uint8_t energies[2][16];
    for (int way = 0; way < 4; way++) {
        open_pair(sample_whole);
        slt_record *record = other(3), *like = record_of(expected, 3);
        memset(energies, 0, sizeof energies);
        record->has_energies = like->has_energies = true;
        record->energy_count = like->energy_count = 2;
        record->energies = energies[0];
        like->energies = energies[1];
        energies[0][15] ^= way == 0;
        record->energy_count -= way == 1;
        record->has_energies = way != 2;
        if (way == 3)
            record->energies = NULL;
        tells("record 3 (chain), step 300: chain 0, energies");
    }
}

static void test_chains(void)
{
    static uint8_t losses[16];
    open_pair(sample_whole);
    slt_record *record = other(4);
    record->nbeta = next(record->nbeta, 1);
    slt_difference d = tells("record 4 (chain), step 300: chain 1, nbeta, 1 ulp");
    TAP_OK(d.kind == SLT_DIFFERENT_CHAIN && d.llc == 0 && d.chain == 1, "whose");
    open_pair(sample_whole);
    record = other(3);
    record->init_loss = next(record->init_loss, 4);
    tells("record 3 (chain), step 300: chain 0, init_loss, 4 ulp");
    for (size_t draw = 0; draw < 2; draw++) {
        open_pair(sample_whole);
        record = other(3);
        memcpy(losses, record->losses, sizeof losses);
        losses[8 * draw] ^= 3;
        record->losses = losses;
        d = tells(draw ? "record 3 (chain), step 300: chain 0, draw 1, 3 ulp"
                       : "record 3 (chain), step 300: chain 0, draw 0, 3 ulp");
        TAP_OK(d.kind == SLT_DIFFERENT_DRAW && d.draw == draw, "as a value");
    }
    open_pair(sample_whole);
    record = other(3);
    memcpy(losses, record->losses, sizeof losses);
    losses[8] ^= 1;
    record->losses = losses;
    record->loss_count = 1;
    tells("record 3 (chain), step 300: chain 0, acceptance");
    open_pair(sample_whole);
    record = other(3);
    record->chain_status = SLT_RUN_DIVERGED;
    record->final_weights.bytes[0] ^= 1;
    tells("record 3 (chain), step 300: chain 0, status");
    open_pair(sample_whole);
    other(3)->final_weights.bytes[0] ^= 1;
    tells("record 3 (chain), step 300: chain 0, final weights");
    open_pair(sample_whole);
    record = other(3);
    record->acceptance = next(record->acceptance, 1);
    tells("record 3 (chain), step 300: chain 0, acceptance");
    open_pair(sample_whole);
    record = other(3);
    record->adapted_lr = next(record->adapted_lr, 1);
    tells("record 3 (chain), step 300: chain 0, adapted lr");
    open_pair(sample_whole);
    other(3)->has_adapted_lr = true;
    tells("record 3 (chain), step 300: chain 0, adapted lr");
    static const uint8_t rates[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1};
    for (size_t count = 1; count < 3; count++) {
        open_pair(sample_whole);
        record = other(3);
        record->swaps = rates;
        record->swap_count = count;
        tells("record 3 (chain), step 300: chain 0, rates of exchanges");
    }
    test_stein();
    test_observed();
    test_energies();
    test_measured();
    for (int member = 0; member < 3; member++) {
        open_pair(sample_whole);
        record = other(3);
        record->llc += member == 0;
        record->chain += member == 1;
        record->at_step += member == 2;
        tells("record 3 (chain), step 300: another record stands there");
    }
}

static void test_quarters(void)
{
    static const char *const places[4] = {
        "record 3 (chain), step 300: chain 0, losses, quarter 1 of the draws",
        "record 3 (chain), step 300: chain 0, losses, quarter 2 of the draws",
        "record 3 (chain), step 300: chain 0, losses, quarter 3 of the draws",
        "record 3 (chain), step 300: chain 0, losses, quarter 4 of the draws"};
    slt_record *record;
    for (size_t q = 0; q < 4; q++) {
        open_pair(sample_compact);
        record = other(3);
        record->losses_hash.bytes[2] ^= 1;
        for (size_t later = q; later < 4; later++)
            record->quarters[later] = next(record->quarters[later], 1);
        TAP_OK(tells(places[q]).kind == SLT_DIFFERENT_CHAIN, "the first that differs");
    }
    open_pair(sample_compact);
    other(3)->losses_hash.bytes[2] ^= 1;
    tells("record 3 (chain), step 300: chain 0, losses");
    open_pair(sample_compact);
    other(3)->draws++;
    tells("record 3 (chain), step 300: chain 0, losses");
    open_pair(sample_compact);
    other(3)->final_weights.bytes[0] ^= 1;
    tells("record 3 (chain), step 300: chain 0, final weights");
    for (int one = 0; one < 2; one++) {
        open_pair(sample_compact);
        other(3)->losses_hash.bytes[2] ^= 1;
        record_of(one ? found : expected, 3)->has_losses = true;
        tells("record 3 (chain), step 300: chain 0, acceptance");
    }
}

static void test_ends(void)
{
    slt_result results[2];
    open_pair(sample_whole);
    memcpy(results, record_of(found, 5)->results, sizeof results);
    results[0].value = next(results[0].value, 2);
    put_results(&other(5)->results, results, 2);
    TAP_OK(tells("record 5 (table): result llc/mean, 2 ulp").kind == SLT_DIFFERENT_RESULT,
           "a result");
    open_pair(sample_whole);
    other(6);
    slt_difference d = tells("record 6 (end): how the run ended");
    TAP_OK(d.kind == SLT_DIFFERENT_END && !d.has_step && d.last_step == 300, "an end");
    open_pair(sample_whole);
    other(4)->kind = SLT_RECORD_TABLE;
    d = tells("record 4 (chain), step 300: another record stands there");
    TAP_OK(d.kind == SLT_DIFFERENT_KIND && d.chain == 1, "another kind of record");
}

/* ---- Which records ----------------------------------------------------------------- */

/* As sample_whole; with another last digit of a function's fingerprint, or without
 * chains. */
static void put_trace(sample *s, uint8_t digit, bool chains)
{
    sample_begin(s);
    sample_header(s);
    s->body.data[s->body.size - 1] = digit;
    sample_record(s, 0);
    sample_checkpoint(s, 0, false);
    sample_record(s, 1);
    sample_checkpoint(s, 300, true);
    sample_record(s, 1);
    for (uint64_t chain = 0; chain < 2 && chains; chain++) {
        sample_chain(s, chain, chain == 0);
        sample_record(s, 2);
    }
    sample_table(s);
    sample_record(s, 3);
    sample_end(s, "done");
    sample_record(s, 4);
}

static void another_header(sample *s)
{
    put_trace(s, '1', true);
}

static void without_chains(sample *s)
{
    put_trace(s, '0', false);
}

static void test_windows(void)
{
    static const struct {
        size_t first, last;
        bool differs, has_last;
        uint64_t last_step;
    } windows[] = {{0, SIZE_MAX, true, true, 0},
                   {2, 2, true, true, 0},
                   {0, 1, false, true, 0},
                   {0, 0, false, false, 0},
                   {3, SIZE_MAX, false, true, 300}};
    open_pair(sample_whole);
    other(2)->metric_count = 0;
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        slt_difference d = compare(windows[i].first, windows[i].last);
        TAP_OK((d.kind != SLT_SAME) == windows[i].differs &&
                   d.has_last == windows[i].has_last &&
                   d.last_step == windows[i].last_step,
               "records from %zu on", windows[i].first);
    }
    close_pair();
}

static void test_bodies(void)
{
    expected = parse(sample_whole);
    found = parse(another_header);
    slt_difference d = compare_bodies(expected, found);
    TAP_OK(d.kind == SLT_SAME && d.last_step == 300, "a header's hash alone");
    tells("record 0 (header): the run, its numerics or its functions");
    expected = parse(sample_whole);
    found = parse(without_chains);
    d = compare_bodies(expected, found);
    TAP_EQ_TEXT(words(slt_difference_print, &d),
                "record 3 (chain), step 300: another record stands there",
                "chains that are not there");
    d = compare_bodies(found, expected);
    TAP_EQ_TEXT(words(slt_difference_print, &d),
                "record 3 (table): another record stands there", "the other way round");
    close_pair();
}

/* ---- The command ------------------------------------------------------------------- */

static void print_replay(const slt_difference *d, slt_buffer *out)
{
    slt_difference_print_replay(d, "a b.trace", out);
}

static void print_replayed(const slt_difference *d, slt_buffer *out)
{
    slt_difference_print_replayed(d, "x.trace", out);
}

static void test_commands(void)
{
    slt_difference d = {.kind = SLT_DIFFERENT_JOINT,
                        .record = 4,
                        .record_kind = SLT_RECORD_CHECKPOINT,
                        .has_step = true,
                        .step = 20,
                        .has_last = true,
                        .last_step = 10};
    TAP_EQ_TEXT(words(print_replay, &d),
                "sltrace replay 'a b.trace' --from 10 --to 20 --steps -", "a checkpoint");
    TAP_EQ_TEXT(words(print_replayed, &d),
                "record 4 (checkpoint), step 20: the joint hash of all tensors; which "
                "tensor, on both machines: sltrace replay x.trace --from 10 --to 20 "
                "--steps -",
                "a joint hash names no tensor");
    d.has_last = false;
    TAP_EQ_TEXT(words(print_replay, &d), "sltrace replay 'a b.trace' --to 20 --steps -",
                "the first checkpoint");
    d.has_last = true;
    d.record_kind = SLT_RECORD_CHAIN;
    d.kind = SLT_DIFFERENT_CHAIN;
    snprintf(d.name, sizeof d.name, "nbeta");
    TAP_EQ_TEXT(words(print_replay, &d), "sltrace replay 'a b.trace' --from 10 --steps -",
                "a chain");
    TAP_EQ_TEXT(words(print_replayed, &d), "record 4 (chain), step 20: chain 0, nbeta",
                "it is named already");
    d.has_step = d.has_last = false;
    d.record_kind = SLT_RECORD_CHECKPOINT;
    TAP_EQ_TEXT(words(print_replay, &d), "sltrace replay 'a b.trace' --steps -",
                "no step at all");
}

int main(void)
{
    apart(1, 1, 0, "a number and itself");
    apart(1, 1 + 0x1p-52, 1, "neighbours");
    apart(-1, -1 - 0x1p-52, 1, "neighbours below 0");
    apart(1, 2, UINT64_C(1) << 52, "a binade");
    apart(0, -0.0, 0, "both zeros");
    apart(0, 0x1p-1074, 1, "zero and the least number");
    apart(-0x1p-1074, 0x1p-1074, 2, "over zero");
    apart(-1, 1, UINT64_C(2) * 0x3ff0000000000000, "from -1 to 1");
    test_tensors();
    test_checkpoints();
    test_chains();
    test_quarters();
    test_ends();
    test_windows();
    test_bodies();
    test_commands();
    return tap_done();
}
