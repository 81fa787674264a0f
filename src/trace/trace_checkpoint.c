#include "trace/trace_body.h"

#include "codec/digest.h"
#include "codec/keys.h"
#include "learn/train.h"
#include "trace/trace_fields.h"

_Static_assert(sizeof(((slt_record *)0)->powers) == SLT_POWERS_MAX * sizeof(slt_real),
               "a record has room for an optimiser's powers");

size_t slt_trace_read_metrics(slt_trace_scan *scan, const char *key,
                              const slt_result **list)
{
    slt_pack_reader *reader = &scan->reader;
    slt_keys seen = {0};
    slt_pack_expect_key(reader, key);
    size_t count = slt_pack_read_map(reader), done = 0;
    for (; done < count && !reader->failed; done++) {
        slt_result *result = slt_trace_grow(scan, *list, done, sizeof *result);
        if (!result)
            break;
        *list = result;
        result += done;
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_error wrong;
        size_t offset = reader->at;
        slt_pack_span span = slt_trace_read_name(reader, name, sizeof name);
        if (!reader->failed && slt_quantity_read(name, &result->quantity, &wrong))
            slt_pack_reader_fail(reader, offset, "%s", wrong.text);
        if (!reader->failed && !slt_keys_add(&seen, span))
            slt_pack_reader_fail(reader, offset, "key '%s' is repeated", name);
        result->value = slt_trace_read_real_or_nil(reader);
    }
    scan->short_of_memory = scan->short_of_memory || seen.failed;
    slt_keys_free(&seen);
    return done;
}

/* The bytes of rows * cols elements with their prefix; SIZE_MAX if they are too many to
 * address. */
static size_t tensor_size(const slt_trace_tensor *tensor)
{
    size_t most = SIZE_MAX / 2;
    size_t element = slt_trace_type_size(tensor->type);
    if (tensor->cols > 0 && tensor->rows > most / element / tensor->cols)
        return SIZE_MAX;
    return tensor->rows * tensor->cols * element + slt_trace_type_prefix(tensor->type);
}

static void read_tensor_data(slt_pack_reader *reader, slt_trace_tensor *tensor)
{
    slt_pack_expect_key(reader, "data");
    size_t offset = reader->at;
    slt_pack_span data = slt_pack_read_bin(reader);
    if (reader->failed)
        return;
    tensor->data = data.bytes;
    if (data.size != tensor->size)
        slt_pack_reader_fail(reader, offset, "expected %zu bytes of tensor %s, found %zu",
                             tensor->size, tensor->name, data.size);
    else if (!slt_digest_equal(slt_digest_of(data.bytes, data.size), tensor->hash))
        slt_pack_reader_fail(reader, offset, "tensor %s does not have its hash",
                             tensor->name);
    else if (slt_trace_type_prefix(tensor->type) == 0 &&
             !slt_bytes_finite(data.bytes, tensor->rows * tensor->cols,
                               slt_trace_type_size(tensor->type)))
        slt_pack_reader_fail(reader, offset, "expected finite numbers in tensor %s",
                             tensor->name);
}

static void read_tensor_type(slt_pack_reader *reader, slt_trace_tensor *tensor)
{
    slt_pack_expect_key(reader, "type");
    size_t offset = reader->at;
    slt_trace_read_name(reader, tensor->type, sizeof tensor->type);
    if (!reader->failed && slt_trace_type_size(tensor->type) == 0)
        slt_pack_reader_fail(reader, offset, "expected f32, f64 or fixed, found '%s'",
                             tensor->type);
}

static void read_tensor(slt_pack_reader *reader, slt_trace_tensor *tensor, slt_keys *seen)
{
    size_t begin = reader->at;
    size_t fields = slt_trace_read_fields(reader, 5, 1);
    slt_pack_expect_key(reader, "name");
    slt_pack_span name = slt_trace_read_name(reader, tensor->name, sizeof tensor->name);
    if (!reader->failed && !slt_keys_add(seen, name))
        slt_pack_reader_fail(reader, begin, "tensor '%s' is repeated", tensor->name);
    read_tensor_type(reader, tensor);
    tensor->rows = (size_t)slt_trace_read_uint(reader, "rows", INT32_MAX);
    tensor->cols = (size_t)slt_trace_read_uint(reader, "cols", INT32_MAX);
    slt_pack_expect_key(reader, "hash");
    tensor->hash = slt_trace_read_digest(reader);
    if (reader->failed)
        return;
    tensor->size = tensor_size(tensor);
    if (tensor->size == SIZE_MAX)
        slt_pack_reader_fail(reader, begin, "tensor '%s' is too large", tensor->name);
    if (fields == 6)
        read_tensor_data(reader, tensor);
}

/* Reads the list of tensors, or the one hash that may stand instead of it. */
static void read_tensors(slt_trace_scan *scan, slt_record *record)
{
    slt_pack_reader *reader = &scan->reader;
    slt_keys seen = {0};
    record->has_joint = slt_pack_accept_key(reader, "joint");
    if (record->has_joint) {
        record->joint = slt_trace_read_digest(reader);
        return;
    }
    slt_pack_expect_key(reader, "tensors");
    size_t count = slt_pack_read_array(reader);
    for (size_t i = 0; i < count && !reader->failed; i++) {
        size_t offset = reader->at;
        slt_trace_tensor *tensor =
            slt_trace_grow(scan, record->tensors, i, sizeof *tensor);
        if (!tensor)
            break;
        record->tensors = tensor;
        tensor += i;
        read_tensor(reader, tensor, &seen);
        if (i == 0)
            record->has_state = tensor->data != NULL;
        if (record->has_state != (tensor->data != NULL))
            slt_pack_reader_fail(reader, offset,
                                 "expected data in all tensors or in none");
        record->tensor_count++;
    }
    scan->short_of_memory = scan->short_of_memory || seen.failed;
    slt_keys_free(&seen);
}

static void read_powers(slt_pack_reader *reader, slt_record *record)
{
    slt_pack_expect_key(reader, "powers");
    size_t offset = reader->at;
    const size_t count = slt_pack_read_array(reader);
    if (count < 1 || count > SLT_POWERS_MAX || !record->has_state)
        slt_pack_reader_fail(reader, offset,
                             "expected one or two powers, beside a state");
    for (size_t i = 0; i < count && !reader->failed; i++)
        record->powers[record->power_count++] = slt_pack_read_real(reader);
}

void slt_trace_read_checkpoint(slt_trace_scan *scan, slt_record *record)
{
    size_t fields = slt_trace_read_fields(&scan->reader, 3, 1);
    record->step = slt_trace_read_uint(&scan->reader, "step", UINT64_MAX);
    record->metric_count = slt_trace_read_metrics(scan, "metrics", &record->metrics);
    read_tensors(scan, record);
    if (fields == 4)
        read_powers(&scan->reader, record);
}
