#include "trace/trace_format.h"

#include <string.h>

#include "base/endian.h"

/* Neither text nor UTF-8; any conversion of line ends changes it. */
static const uint8_t magic[SLT_TRACE_MAGIC_SIZE] = {0x8b, 'S',  'L',  'T',
                                                    '\r', '\n', 0x1a, '\n'};

void slt_trace_start_bytes(uint8_t start[SLT_TRACE_START_SIZE])
{
    memcpy(start, magic, SLT_TRACE_MAGIC_SIZE);
    slt_store_le32(start + SLT_TRACE_MAGIC_SIZE, SLT_TRACE_FORMAT);
}

static const char *const kind_names[] = {"header", "checkpoint", "chain", "table", "end"};

const char *slt_record_kind_name(slt_record_kind kind)
{
    return kind_names[kind];
}

static const char *const status_names[] = {"done", "diverged", "overflow"};

const char *slt_run_status_name(slt_run_status status)
{
    return status_names[status];
}

bool slt_run_status_find(const char *name, slt_run_status *status)
{
    for (size_t i = 0; i < sizeof status_names / sizeof *status_names; i++)
        if (strcmp(name, status_names[i]) == 0) {
            *status = (slt_run_status)i;
            return true;
        }
    return false;
}

/* Whether the chain sorts after the last one. */
static bool order_is_later(const slt_trace_order *order, const slt_record *record)
{
    if (record->llc != order->llc)
        return record->llc > order->llc;
    if (record->at_step != order->at_step)
        return record->at_step > order->at_step;
    return record->chain > order->chain;
}

static const char *order_expected(const slt_trace_order *order, const slt_record *record)
{
    if (order->records == 0)
        return record->kind == SLT_RECORD_HEADER ? NULL : "the header first";
    if (order->kind == SLT_RECORD_END)
        return "nothing after the end";
    if (record->kind == SLT_RECORD_HEADER)
        return "one header only";
    if (record->kind < order->kind)
        return "checkpoints, then chains, then a table, then the end";
    if (record->kind > order->kind)
        return NULL;
    if (record->kind == SLT_RECORD_CHECKPOINT && record->step <= order->step)
        return "checkpoints with rising steps";
    if (record->kind == SLT_RECORD_CHAIN && !order_is_later(order, record))
        return "chains in rising order";
    return record->kind == SLT_RECORD_TABLE ? "one table only" : NULL;
}

const char *slt_trace_order_take(slt_trace_order *order, const slt_record *record)
{
    const char *wrong = order_expected(order, record);
    if (wrong)
        return wrong;
    order->records++;
    order->kind = record->kind;
    if (record->kind == SLT_RECORD_CHECKPOINT)
        order->step = record->step;
    if (record->kind == SLT_RECORD_CHAIN) {
        order->llc = record->llc;
        order->at_step = record->at_step;
        order->chain = record->chain;
    }
    return NULL;
}

size_t slt_trace_type_size(const char *type)
{
    if (strcmp(type, "f32") == 0)
        return 4;
    return strcmp(type, "f64") == 0 || strcmp(type, "fixed") == 0 ? 8 : 0;
}

size_t slt_trace_type_prefix(const char *type)
{
    return strcmp(type, "fixed") == 0 ? 8 : 0;
}
