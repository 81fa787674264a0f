#include "verify/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/endian.h"
#include "base/escape.h"
#include "codec/digest.h"
#include "num/tensor.h"

/* Maps a number's bits to an integer so that integers are ordered as the numbers are. */
static uint64_t compare_ordered_bits(slt_real value)
{
    uint64_t half = UINT64_C(1) << 63;
    return value.bits & half ? half - (value.bits - half) : half + value.bits;
}

uint64_t slt_compare_ulp(slt_real a, slt_real b)
{
    uint64_t x = compare_ordered_bits(a), y = compare_ordered_bits(b);
    return x > y ? x - y : y - x;
}

/* ---- Tensors ----------------------------------------------------------------------- */

static bool find_arithmetic(const char *type, slt_arithmetic *arithmetic)
{
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++)
        if (!strcmp(slt_arithmetic_name(a), type)) {
            *arithmetic = a;
            return true;
        }
    return false;
}

/* *to stays empty where the bytes are no tensor. */
static slt_status compare_load_tensor(const slt_trace_tensor *from, slt_tensor *to,
                                      slt_error *err)
{
    slt_arithmetic arithmetic;
    if (!find_arithmetic(from->type, &arithmetic))
        return SLT_OK;
    slt_status status = slt_tensor_create(to, arithmetic, from->rows, from->cols, err);
    if (!status && slt_tensor_load(to, from->data, from->size, NULL))
        slt_tensor_free(to);
    return status;
}

static void note_element(const slt_tensor *a, const slt_tensor *b, slt_difference *out)
{
    for (size_t e = 0; e < slt_tensor_count(a) && !out->has_element; e++)
        if (slt_tensor_ulp(a, b, e)) {
            out->has_element = out->has_ulp = true;
            out->row = e / a->cols;
            out->column = e % a->cols;
            out->ulp = slt_tensor_ulp(a, b, e);
        }
}

static slt_status find_element(const slt_trace_tensor *expected,
                               const slt_trace_tensor *found, slt_difference *out,
                               slt_error *err)
{
    slt_tensor a = {0}, b = {0};
    if (!expected->data || !found->data || strcmp(expected->type, found->type) != 0 ||
        expected->rows != found->rows || expected->cols != found->cols)
        return SLT_OK;
    slt_status status = compare_load_tensor(expected, &a, err);
    if (!status)
        status = compare_load_tensor(found, &b, err);
    if (!status && a.data && b.data)
        note_element(&a, &b, out);
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    return status;
}

static slt_status compare_tensors(const slt_record *expected, const slt_record *found,
                                  slt_difference *out, slt_error *err)
{
    if (expected->tensor_count != found->tensor_count)
        return SLT_OK;
    for (size_t i = 0; i < expected->tensor_count; i++) {
        const slt_trace_tensor *a = &expected->tensors[i], *b = &found->tensors[i];
        if (!strcmp(a->name, b->name) && slt_digest_equal(a->hash, b->hash))
            continue;
        out->kind = SLT_DIFFERENT_TENSOR;
        snprintf(out->name, sizeof out->name, "%s", a->name);
        return find_element(a, b, out, err);
    }
    return SLT_OK;
}

/* ---- Metrics and results ----------------------------------------------------------- */

static void compare_results(const slt_result *expected, size_t expected_count,
                            const slt_result *found, size_t found_count,
                            slt_difference_kind kind, slt_difference *out)
{
    size_t count = expected_count < found_count ? expected_count : found_count;
    for (size_t i = 0; i < count; i++) {
        bool same = slt_quantity_equal(&expected[i].quantity, &found[i].quantity);
        if (same && expected[i].value.bits == found[i].value.bits)
            continue;
        out->kind = kind;
        out->has_ulp = same;
        out->ulp = slt_compare_ulp(expected[i].value, found[i].value);
        out->quantity = expected[i].quantity;
        return;
    }
}

/* ---- Chains ------------------------------------------------------------------------ */

static slt_real compare_loss_at(const slt_record *chain, size_t draw)
{
    return (slt_real){slt_load_le64(chain->losses + 8 * draw)};
}

static bool compare_number(const char *name, slt_real expected, slt_real found,
                           slt_difference *out)
{
    if (expected.bits == found.bits)
        return false;
    out->kind = SLT_DIFFERENT_CHAIN;
    out->has_ulp = true;
    out->ulp = slt_compare_ulp(expected, found);
    snprintf(out->name, sizeof out->name, "%s", name);
    return true;
}

/* If a trace does not store the losses, all that can be told is the quarter of the draws
 * in which they first differ. */
static bool compare_quarters(const slt_record *expected, const slt_record *found,
                             slt_difference *out)
{
    if (expected->has_losses || found->has_losses ||
        (expected->draws == found->draws &&
         slt_digest_equal(expected->losses_hash, found->losses_hash)))
        return false;
    size_t q = 0;
    while (q < 4 && expected->quarters[q].bits == found->quarters[q].bits)
        q++;
    out->kind = SLT_DIFFERENT_CHAIN;
    if (q < 4)
        snprintf(out->name, sizeof out->name, "losses, quarter %zu of the draws", q + 1);
    else
        snprintf(out->name, sizeof out->name, "losses");
    return true;
}

static bool compare_draws(const slt_record *expected, const slt_record *found,
                          slt_difference *out)
{
    size_t count = expected->loss_count < found->loss_count ? expected->loss_count
                                                            : found->loss_count;
    for (size_t draw = 0; draw < count; draw++) {
        slt_real a = compare_loss_at(expected, draw), b = compare_loss_at(found, draw);
        if (a.bits == b.bits)
            continue;
        out->kind = SLT_DIFFERENT_DRAW;
        out->draw = draw;
        out->has_ulp = true;
        out->ulp = slt_compare_ulp(a, b);
        return true;
    }
    return false;
}

static bool same_adapted(const slt_record *a, const slt_record *b)
{
    return a->has_adapted_lr == b->has_adapted_lr &&
           a->adapted_lr.bits == b->adapted_lr.bits;
}

static bool same_stein(const slt_record *a, const slt_record *b)
{
    return a->has_stein == b->has_stein && a->moving == b->moving &&
           !a->stein == !b->stein &&
           (!a->stein || !memcmp(a->stein, b->stein, 8 * SLT_TRACE_STEIN_SUMS));
}

static bool same_swaps(const slt_record *a, const slt_record *b)
{
    return a->swap_count == b->swap_count &&
           (!a->swaps || !memcmp(a->swaps, b->swaps, 8 * a->swap_count));
}

static bool same_observed(const slt_record *a, const slt_record *b)
{
    return a->observed_samples == b->observed_samples &&
           a->observed_count == b->observed_count && !a->observed == !b->observed &&
           (!a->observed || !memcmp(a->observed, b->observed, 8 * a->observed_count));
}

static bool same_measured(const slt_record *a, const slt_record *b)
{
    return a->measured_metrics == b->measured_metrics &&
           a->measured_count == b->measured_count && !a->measured == !b->measured &&
           (!a->measured || !memcmp(a->measured, b->measured, 8 * a->measured_count));
}

static bool same_energies(const slt_record *a, const slt_record *b)
{
    return a->has_energies == b->has_energies && a->energy_count == b->energy_count &&
           !a->energies == !b->energies &&
           (!a->energies || !memcmp(a->energies, b->energies, 8 * a->energy_count));
}

static void compare_chain(const slt_record *expected, const slt_record *found,
                          slt_difference *out)
{
    if (compare_number("nbeta", expected->nbeta, found->nbeta, out) ||
        compare_number("init_loss", expected->init_loss, found->init_loss, out) ||
        compare_draws(expected, found, out) || compare_quarters(expected, found, out))
        return;
    out->kind = SLT_DIFFERENT_CHAIN;
    const char *what = "acceptance";
    if (expected->chain_status != found->chain_status)
        what = "status";
    else if (!slt_digest_equal(expected->final_weights, found->final_weights))
        what = "final weights";
    else if (!same_adapted(expected, found))
        what = "adapted lr";
    else if (!same_swaps(expected, found))
        what = "rates of exchanges";
    else if (!same_stein(expected, found))
        what = "Stein sums";
    else if (!same_observed(expected, found))
        what = "losses of samples";
    else if (!same_measured(expected, found))
        what = "metrics along the chain";
    else if (!same_energies(expected, found))
        what = "energies";
    snprintf(out->name, sizeof out->name, "%s", what);
}

/* ---- Records ----------------------------------------------------------------------- */

static slt_status compare_checkpoint(const slt_record *a, const slt_record *b,
                                     slt_difference *out, slt_error *err)
{
    if (a->step != b->step)
        return SLT_OK;
    slt_status status = compare_tensors(a, b, out, err);
    if (status || out->kind == SLT_DIFFERENT_TENSOR)
        return status;
    if (a->has_joint && b->has_joint && !slt_digest_equal(a->joint, b->joint))
        out->kind = SLT_DIFFERENT_JOINT;
    else
        compare_results(a->metrics, a->metric_count, b->metrics, b->metric_count,
                        SLT_DIFFERENT_METRIC, out);
    return SLT_OK;
}

/* Finds what differs in a record that both traces have and that is of the same kind in
 * both. */
static slt_status compare_inside(const slt_record *a, const slt_record *b,
                                 slt_difference *out, slt_error *err)
{
    slt_status status = SLT_OK;
    out->kind = SLT_DIFFERENT_KIND; /* unless something more exact is found */
    switch (a->kind) {
    case SLT_RECORD_HEADER:
        out->kind = SLT_DIFFERENT_HEADER;
        break;
    case SLT_RECORD_CHECKPOINT:
        status = compare_checkpoint(a, b, out, err);
        break;
    case SLT_RECORD_CHAIN:
        if (a->llc == b->llc && a->chain == b->chain && a->at_step == b->at_step)
            compare_chain(a, b, out);
        break;
    case SLT_RECORD_TABLE:
        compare_results(a->results, a->result_count, b->results, b->result_count,
                        SLT_DIFFERENT_RESULT, out);
        break;
    case SLT_RECORD_END:
        out->kind = SLT_DIFFERENT_END;
        break;
    }
    return status;
}

static void compare_note_place(const slt_record *record, slt_difference *out)
{
    out->record_kind = record->kind;
    out->llc = record->llc;
    out->chain = record->chain;
    out->has_step =
        record->kind == SLT_RECORD_CHECKPOINT || record->kind == SLT_RECORD_CHAIN;
    out->step = record->kind == SLT_RECORD_CHAIN ? record->at_step : record->step;
}

/* Whether the records at one index of both traces are equal; either may be missing. */
typedef bool (*compare_alike)(const slt_trace *const traces[2], size_t index);

static bool compare_alike_so_far(const slt_trace *const traces[2], size_t index)
{
    return index < slt_trace_records(traces[0]) && index < slt_trace_records(traces[1]) &&
           slt_digest_equal(slt_trace_hash(traces[0], index),
                            slt_trace_hash(traces[1], index));
}

static bool compare_alike_in_body(const slt_trace *const traces[2], size_t index)
{
    slt_digest a, b;
    return slt_trace_body(traces[0], index, &a) && slt_trace_body(traces[1], index, &b) &&
           slt_digest_equal(a, b);
}

static const slt_record *compare_record_at(const slt_trace *trace, size_t index)
{
    return index < slt_trace_records(trace) ? slt_trace_record(trace, index) : NULL;
}

static slt_status compare_at(const slt_trace *const traces[2], size_t index,
                             slt_difference *out, slt_error *err)
{
    const slt_record *a = compare_record_at(traces[0], index),
                     *b = compare_record_at(traces[1], index);
    out->record = index;
    compare_note_place(a ? a : b, out);
    out->kind = SLT_DIFFERENT_KIND;
    return a && b && a->kind == b->kind ? compare_inside(a, b, out, err) : SLT_OK;
}

/* Reads no record but those that differ. */
static slt_status compare_records(const slt_trace *const traces[2], size_t first,
                                  size_t last, compare_alike equal, slt_difference *out,
                                  slt_error *err)
{
    const size_t here = slt_trace_records(traces[0]);
    const size_t there = slt_trace_records(traces[1]);
    size_t before = 0; /* the last checkpoint that is equal, if any */
    slt_status status = SLT_OK;
    *out = (slt_difference){.kind = SLT_SAME};
    for (size_t i = 0; i <= last && (i < here || i < there); i++) {
        if (i >= first && !equal(traces, i)) {
            status = compare_at(traces, i, out, err);
            break;
        }
        if (i < here && slt_trace_kind(traces[0], i) == SLT_RECORD_CHECKPOINT)
            before = i;
    }
    if (before) {
        out->has_last = true;
        out->last_step = slt_trace_record(traces[0], before)->step;
    }
    return status;
}

slt_status slt_compare_traces(const slt_trace *expected, const slt_trace *found,
                              size_t first, size_t last, slt_difference *difference,
                              slt_error *err)
{
    const slt_trace *const traces[2] = {expected, found};
    return compare_records(traces, first, last, compare_alike_so_far, difference, err);
}

slt_status slt_compare_bodies(const slt_trace *expected, const slt_trace *found,
                              slt_difference *difference, slt_error *err)
{
    const slt_trace *const traces[2] = {expected, found};
    return compare_records(traces, 1, SIZE_MAX, compare_alike_in_body, difference, err);
}

/* ---- Words ------------------------------------------------------------------------- */

static void compare_print_what(const slt_difference *d, slt_buffer *out)
{
    char name[SLT_QUANTITY_TEXT_MAX];
    slt_quantity_text(&d->quantity, name);
    switch (d->kind) {
    case SLT_SAME:
        slt_buffer_printf(out, "nothing");
        break;
    case SLT_DIFFERENT_HEADER:
        slt_buffer_printf(out, "the run, its numerics or its functions");
        break;
    case SLT_DIFFERENT_KIND:
        slt_buffer_printf(out, "another record stands there");
        break;
    case SLT_DIFFERENT_TENSOR:
        slt_buffer_printf(out, "tensor %s", d->name);
        break;
    case SLT_DIFFERENT_JOINT:
        slt_buffer_printf(out, "the joint hash of all tensors");
        break;
    case SLT_DIFFERENT_METRIC:
        slt_buffer_printf(out, "metric %s", name);
        break;
    case SLT_DIFFERENT_DRAW:
        slt_buffer_printf(out, "chain %u, draw %" PRIu64, d->chain, d->draw);
        break;
    case SLT_DIFFERENT_CHAIN:
        slt_buffer_printf(out, "chain %u, %s", d->chain, d->name);
        break;
    case SLT_DIFFERENT_RESULT:
        slt_buffer_printf(out, "result %s", name);
        break;
    case SLT_DIFFERENT_END:
        slt_buffer_printf(out, "how the run ended");
        break;
    }
}

void slt_difference_print(const slt_difference *d, slt_buffer *out)
{
    slt_buffer_printf(out, "record %zu (%s)", d->record,
                      slt_record_kind_name(d->record_kind));
    if (d->has_step)
        slt_buffer_printf(out, ", step %" PRIu64, d->step);
    slt_buffer_printf(out, ": ");
    compare_print_what(d, out);
    if (d->has_element)
        slt_buffer_printf(out, ", element [%zu, %zu]", d->row, d->column);
    if (d->has_ulp)
        slt_buffer_printf(out, ", %" PRIu64 " ulp", d->ulp);
}

void slt_difference_print_replay(const slt_difference *d, const char *trace,
                                 slt_buffer *out)
{
    slt_buffer_printf(out, "sltrace replay ");
    slt_escape_shell(out, trace);
    if (d->has_last)
        slt_buffer_printf(out, " --from %" PRIu64, d->last_step);
    if (d->has_step && d->record_kind == SLT_RECORD_CHECKPOINT)
        slt_buffer_printf(out, " --to %" PRIu64, d->step);
    slt_buffer_printf(out, " --steps -");
}

void slt_difference_print_replayed(const slt_difference *d, const char *trace,
                                   slt_buffer *out)
{
    slt_difference_print(d, out);
    if (d->kind != SLT_DIFFERENT_JOINT)
        return;
    slt_buffer_printf(out, "; which tensor, on both machines: ");
    slt_difference_print_replay(d, trace, out);
}
