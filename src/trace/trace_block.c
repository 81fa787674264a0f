#include "trace/trace_block.h"

#include <inttypes.h>
#include <string.h>

#include "base/endian.h"
#include "codec/digest.h"
#include "codec/pack.h"
#include "trace/trace_write.h"

/* Counts are whole numbers of the exponent 0. */
static const char *type_of(const slt_tally_table *table)
{
    return slt_arithmetic_name(table->sums ? SLT_F64 : SLT_FIXED);
}

static void append_number(slt_buffer *bytes, uint64_t number)
{
    uint8_t le[8];
    slt_store_le64(le, number);
    slt_buffer_append(bytes, le, sizeof le);
}

static void pack_table(slt_trace_writer *writer, const slt_tally_table *table,
                       const uint64_t *numbers)
{
    slt_buffer *out = &writer->scratch, *bytes = &writer->tensor;
    const size_t rows = slt_tally_rows(table);
    slt_buffer_clear(bytes);
    if (!table->sums)
        append_number(bytes, 0);
    for (size_t i = 0; i < rows * table->cols; i++)
        append_number(bytes, numbers[table->number + i]);
    writer->failed = writer->failed || bytes->failed;
    if (!bytes->failed)
        slt_trace_pack_tensor(out, table->name, type_of(table), rows, table->cols, bytes,
                              true);
}

void slt_trace_write_block(slt_trace_writer *writer, const slt_tally_layout *layout,
                           const uint64_t *numbers, uint64_t trials)
{
    slt_record about = {.kind = SLT_RECORD_CHECKPOINT, .step = trials};
    slt_buffer *out = slt_trace_begin(writer, &about);
    slt_pack_map(out, 3);
    slt_pack_text(out, "step");
    slt_pack_uint(out, trials);
    slt_pack_text(out, "metrics");
    slt_pack_map(out, 0);
    slt_pack_text(out, "tensors");
    slt_pack_array(out, layout->count);
    for (size_t i = 0; i < layout->count; i++)
        pack_table(writer, &layout->table[i], numbers);
    slt_trace_finish(writer);
}

static slt_status read_table(const slt_trace_tensor *tensor, const slt_tally_table *table,
                             uint64_t *numbers, slt_error *err)
{
    const size_t rows = slt_tally_rows(table);
    if (strcmp(tensor->name, table->name) != 0 || tensor->rows != rows ||
        tensor->cols != table->cols || strcmp(tensor->type, type_of(table)) != 0)
        return slt_fail(err, SLT_FORMAT,
                        "expected table %s, %s of %zu x %zu, found %s, %s of %zu x %zu",
                        table->name, type_of(table), rows, table->cols, tensor->name,
                        tensor->type, tensor->rows, tensor->cols);
    const uint8_t *at = tensor->data;
    if (!table->sums && slt_load_le64(at))
        return slt_fail(err, SLT_FORMAT,
                        "table %s: expected whole numbers, of exponent 0, found %" PRIi64,
                        table->name, (int64_t)slt_load_le64(at));
    at += table->sums ? 0 : 8;
    for (size_t i = 0; i < rows * table->cols; i++)
        numbers[table->number + i] = slt_load_le64(at + 8 * i);
    return SLT_OK;
}

slt_status slt_trace_read_block(const slt_record *record, const slt_tally_layout *layout,
                                uint64_t *numbers, slt_error *err)
{
    slt_status status = SLT_OK;
    if (!record->has_state || record->tensor_count != layout->count)
        return slt_fail(err, SLT_FORMAT,
                        "expected %zu tables of tallies with their numbers, found %zu%s",
                        layout->count, record->tensor_count,
                        record->has_state ? "" : " without");
    for (size_t i = 0; i < layout->count && !status; i++)
        status = read_table(&record->tensors[i], &layout->table[i], numbers, err);
    return status;
}
