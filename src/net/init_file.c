/* file: the elements of a .npy file, or raw ones. */
#include "net/init_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "array/format.h"
#include "array/npy_read.h"
#include "base/buffer.h"
#include "base/endian.h"
#include "base/io.h"
#include "base/sha256.h"
#include "base/tree.h"
#include "base/world.h"
#include "net/init_internal.h"
#include "num/scalar.h"

/* One file on its way into a weight of rows x cols. */
typedef struct source {
    const slt_init_spec *spec;
    const char *path;
    size_t rows, cols;
    slt_arithmetic weight; /* of the weight */
    slt_buffer bytes;      /* of the file; then as slt_tensor_store writes them ... */
    slt_arithmetic holds;  /* ... in this arithmetic, */
    slt_buffer unpacked;   /* a member of the file, where that is packed */
    slt_array array;       /* ... or, where it has a size, what borrows from them */
    /* Entry i is the file's axis that is the weight's i-th. */
    size_t order[SLT_ARRAY_DIMENSIONS_MAX];
    char words[SLT_INIT_HOLDS_MAX];
} source;

/* Size of the weight's bytes in an arithmetic. */
static size_t bytes_in(const source *s, slt_arithmetic arithmetic)
{
    const slt_tensor shape = {.arithmetic = arithmetic, .rows = s->rows, .cols = s->cols};
    return slt_tensor_bytes(&shape);
}

/* The type of raw elements: as the manifest says, else as the file's name says, else that
 * of the run.  The number of bytes decides nothing. */
static slt_arithmetic raw_type(const source *s)
{
    static const struct {
        const char *suffix;
        slt_arithmetic type;
    } names[] = {{".f32", SLT_F32},
                 {".raw32", SLT_F32},
                 {".f64", SLT_F64},
                 {".raw64", SLT_F64},
                 {".fixed", SLT_FIXED}};
    switch (s->spec->type) {
    case SLT_INIT_TYPE_F32:
        return SLT_F32;
    case SLT_INIT_TYPE_F64:
        return SLT_F64;
    case SLT_INIT_TYPE_FIXED:
        return SLT_FIXED;
    case SLT_INIT_TYPE_NAMED:
        break;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slt_files_end_in(s->spec->file, names[i].suffix))
            return names[i].type;
    return s->weight;
}

/* Raw elements of another number than the weight's; where they are as many bytes as those
 * of another type, the way out. */
static slt_status wrong_size(const source *s, uint64_t size, slt_error *err)
{
    const slt_arithmetic type = raw_type(s);
    char advice[80] = "";
    for (slt_arithmetic a = SLT_F32; a < SLT_INDEX; a++)
        if (a != type && bytes_in(s, a) == size)
            snprintf(advice, sizeof advice,
                     "; if these are numbers of %s, say `type: %s`",
                     slt_arithmetic_name(a), slt_arithmetic_name(a));
    return slt_fail(err, SLT_FORMAT,
                    "init: %s: expected %zu bytes (%zu x %zu of %s), found %" PRIu64 "%s",
                    s->path, bytes_in(s, type), s->rows, s->cols,
                    slt_arithmetic_name(type), size, advice);
}

/* ---- The bytes --------------------------------------------------------------------- */

/* The most bytes of an array that is the weight, with a header. */
static size_t array_bytes_max(const source *s)
{
    return bytes_in(s, SLT_FIXED) + SLT_NPY_HEADER_MAX;
}

/* Whether the file is of others: one array, or several, of which one has a name. */
static bool is_array(const source *s)
{
    return *s->spec->tensor || slt_npy_is(s->bytes.data, s->bytes.size);
}

/* The whole of a file, which is no larger than the weight with a header can be unless it
 * has other arrays too. */
static slt_status read_bytes(source *s, int descriptor, uint64_t size, slt_error *err)
{
    char found[SLT_SHA256_TEXT_MAX];
    const bool alone = !*s->spec->tensor;
    if (size > (alone ? array_bytes_max(s) : SLT_ARRAY_FILE_MAX))
        return wrong_size(s, size, err);
    slt_status status =
        slt_io_read_open(descriptor, s->path, (size_t)size, &s->bytes, err);
    if (status != SLT_OK)
        return err ? slt_error_prefix(err, "init") : status;
    if (!is_array(s) && s->bytes.size != bytes_in(s, raw_type(s)))
        return wrong_size(s, s->bytes.size, err);
    slt_sha256_of(s->bytes.data, s->bytes.size, found);
    if (strcmp(found, s->spec->sha256) != 0)
        return slt_fail(err, SLT_FORMAT, "init: %s: expected SHA-256 %s, found %s",
                        s->path, s->spec->sha256, found);
    return SLT_OK;
}

/* ---- NumPy's files ----------------------------------------------------------------- */

/* F of a name that ends in ".fracF.npy". */
static slt_status exponent_of(const source *s, int64_t *frac, slt_error *err)
{
    const char *file = s->spec->file, *at = strstr(file, ".frac");
    char *end = NULL;
    for (const char *next = at; next; next = strstr(next + 1, ".frac"))
        at = next;
    if (at)
        *frac = strtol(at + 5, &end, 10);
    if (!at || end == at + 5 || strcmp(end, ".npy") != 0)
        return slt_fail(err, SLT_FORMAT,
                        "init: %s: integers are fixed point: expected a name that ends "
                        "in .fracF.npy, F fractional bits",
                        s->path);
    return SLT_OK;
}

static void order_axes(source *s, const slt_array *array)
{
    const size_t axes = (size_t)array->dimensions;
    for (size_t i = 0; i < axes; i++)
        s->order[i] = s->spec->permuted    ? s->spec->permute[i]
                      : s->spec->transpose ? axes - 1 - i
                                           : i;
}

/* Whether rows, and no less, are the first of the axes in the weight's order. */
static bool rows_fit(const source *s, const slt_array *array)
{
    size_t rows = 1;
    if (array->dimensions == 1)
        return s->rows == 1;
    if (array->dimensions == 2)
        return array->shape[s->order[0]] == s->rows;
    for (int i = 0; i < array->dimensions && rows != s->rows; i++)
        rows *= array->shape[s->order[i]];
    return rows == s->rows;
}

static slt_status check_shape(const source *s, const slt_array *array, slt_error *err)
{
    char shape[SLT_ARRAY_SHAPE_TEXT_MAX];
    const bool moved = s->spec->permuted || s->spec->transpose;
    slt_array_shape_text(array, shape);
    if (s->spec->permuted && s->spec->permuted != (size_t)array->dimensions)
        return slt_fail(err, SLT_FORMAT,
                        "init: %s: expected %zu axes to permute, found the shape %s",
                        s->path, s->spec->permuted, shape);
    if (array->dimensions && slt_array_count(array) == s->rows * s->cols &&
        rows_fit(s, array))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "init: %s: expected the shape [%zu, %zu]%s, found %s", s->path,
                    s->rows, s->cols, moved ? " once its axes are moved" : "", shape);
}

/* Where in the array element e of the weight is. */
static size_t source_of(const source *s, const slt_array *array, size_t e)
{
    size_t at[SLT_ARRAY_DIMENSIONS_MAX], from = 0;
    if (!s->spec->permuted && !s->spec->transpose)
        return e;
    for (int i = array->dimensions - 1; i >= 0; i--) {
        at[s->order[i]] = e % array->shape[s->order[i]];
        e /= array->shape[s->order[i]];
    }
    for (int i = 0; i < array->dimensions; i++)
        from = from * array->shape[i] + at[i];
    return from;
}

static bool is_fixed(const slt_array *array)
{
    return array->form == SLT_ARRAY_SIGNED && array->size == 8;
}

static slt_status check_type(const source *s, const slt_array *array, slt_error *err)
{
    if (array->form == SLT_ARRAY_FLOAT || array->form == SLT_ARRAY_BFLOAT ||
        is_fixed(array))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "init: %s: expected elements of type f2, f4, f8 or i8, found %s",
                    s->path, array->type);
}

/* Integers become the bytes of a fixed tensor with that exponent. */
static slt_status take_fixed(source *s, const slt_array *array, int64_t frac,
                             slt_error *err)
{
    const size_t count = s->rows * s->cols;
    slt_buffer elements = {0};
    uint8_t *at = slt_buffer_extend(&elements, 8 * (count + 1));
    if (at)
        slt_store_le64(at, (uint64_t)frac);
    for (size_t e = 0; at && e < count; e++)
        slt_store_le64(at + 8 * (e + 1), slt_array_bits(array, source_of(s, array, e)));
    slt_buffer_free(&s->bytes);
    s->bytes = elements;
    s->holds = SLT_FIXED;
    return at ? SLT_OK : slt_fail(err, SLT_RESOURCE, "init: %s: out of memory", s->path);
}

static slt_status take_array(source *s, slt_error *err)
{
    slt_array array;
    slt_error cause = {0};
    const char *format = "";
    int64_t frac = 0;
    if (s->spec->type != SLT_INIT_TYPE_NAMED)
        return slt_fail(err, SLT_FORMAT,
                        "init: %s: such a file says its type itself: leave `type` out",
                        s->path);
    slt_status status =
        slt_array_find(s->bytes.data, s->bytes.size, s->spec->tensor, array_bytes_max(s),
                       &s->unpacked, &array, &format, &cause);
    if (status)
        return slt_fail(err, status, "init: %s: %s", s->path, cause.text);
    status = check_type(s, &array, err);
    order_axes(s, &array);
    if (status == SLT_OK)
        status = check_shape(s, &array, err);
    if (status == SLT_OK && is_fixed(&array))
        status = exponent_of(s, &frac, err);
    if (status != SLT_OK)
        return status;
    snprintf(s->words, sizeof s->words, "%s of %s", format, array.type);
    if (is_fixed(&array))
        return take_fixed(s, &array, frac, err);
    s->array = array;
    return SLT_OK;
}

/* ---- The numbers ------------------------------------------------------------------- */

static slt_status load_numbers(const source *s, slt_tensor *tensor, slt_error *err)
{
    slt_error cause = {0};
    const int frac = tensor->frac; /* the one exponent that weights have */
    slt_status status = slt_tensor_load(tensor, s->bytes.data, s->bytes.size, &cause);
    if (status != SLT_OK)
        return slt_fail(err, status, "init: %s: %s", s->path, cause.text);
    if (tensor->frac != frac)
        return slt_fail(err, SLT_FORMAT,
                        "init: %s: expected %d fractional bits, found %d", s->path, frac,
                        tensor->frac);
    return SLT_OK;
}

/* Sets an element to a number of another arithmetic, which must fit. */
static slt_status set_number(const source *s, slt_tensor *weight, size_t e,
                             slt_real value, slt_error *err)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_tensor_set(weight, e, value);
    if (!weight->overflow && slt_real_finite(slt_tensor_get(weight, e)))
        return SLT_OK;
    if (!slt_real_finite(value))
        return slt_fail(err, SLT_FORMAT, "init: %s: element %zu: expected finite numbers",
                        s->path, e);
    slt_real_text(value, text);
    return slt_fail(err, SLT_FORMAT, "init: %s: element %zu, %s, does not fit into %s",
                    s->path, e, text, slt_arithmetic_name(s->weight));
}

/* Those of another arithmetic by way of binary64. */
static slt_status take_numbers(const source *s, slt_tensor *weight, slt_error *err)
{
    const bool array = s->array.size > 0;
    slt_tensor found = {0};
    slt_status status = SLT_OK;
    if (!array && s->holds == s->weight)
        return load_numbers(s, weight, err);
    if (!array)
        status = slt_tensor_create(&found, s->holds, s->rows, s->cols, err);
    if (!array && status == SLT_OK)
        status = load_numbers(s, &found, err);
    for (size_t e = 0; e < slt_tensor_count(weight) && status == SLT_OK; e++)
        status = set_number(s, weight, e,
                            array ? slt_array_get(&s->array, source_of(s, &s->array, e))
                                  : slt_tensor_get(&found, e),
                            err);
    slt_tensor_free(&found);
    return status;
}

/* Checks the numbers without keeping them.  Memory for them is allocated only now, when
 * the file is known to have their size. */
static slt_status look_at_numbers(const source *s, slt_error *err)
{
    slt_tensor weight;
    slt_status status = slt_tensor_create(&weight, s->weight, s->rows, s->cols, err);
    if (status == SLT_OK) {
        status = take_numbers(s, &weight, err);
        slt_tensor_free(&weight);
    }
    return status;
}

/* Opens the file and reads its bytes. */
static slt_status take_bytes(source *s, slt_error *err)
{
    uint64_t size;
    int descriptor;
    slt_status status = slt_io_open(s->path, &descriptor, &size, err);
    if (status != SLT_OK)
        return err ? slt_error_prefix(err, "init") : status;
    status = read_bytes(s, descriptor, size, err);
    slt_world.close(descriptor);
    return status;
}

/* weight: NULL, or where the numbers go. */
static slt_status take_file(source *s, slt_tensor *weight, slt_error *err)
{
    slt_status status = s->bytes.size ? SLT_OK : take_bytes(s, err);
    if (status != SLT_OK)
        return status;
    s->holds = raw_type(s);
    snprintf(s->words, sizeof s->words, "raw %s", slt_arithmetic_name(s->holds));
    if (is_array(s))
        status = take_array(s, err);
    else if (s->spec->transpose || s->spec->permuted)
        status = slt_fail(err, SLT_FORMAT, "init: %s: raw elements have no axes to move",
                          s->path);
    if (status != SLT_OK)
        return status;
    return weight ? take_numbers(s, weight, err) : look_at_numbers(s, err);
}

static void exchange(slt_buffer *a, slt_buffer *b)
{
    const slt_buffer kept = *a;
    *a = *b;
    *b = kept;
}

/* Takes the bytes of the file that was read last, if it is this one. */
static void take_last(source *s, slt_init_last *last)
{
    if (last && *s->spec->tensor && !strcmp(slt_buffer_text(&last->path), s->path) &&
        !strcmp(last->sha256, s->spec->sha256))
        exchange(&s->bytes, &last->bytes);
}

/* Leaves them to the next weight, where they are those of the file still. */
static void keep_last(source *s, slt_buffer *path, slt_init_last *last)
{
    if (!last || !*s->spec->tensor || !s->array.size)
        return;
    exchange(path, &last->path);
    exchange(&s->bytes, &last->bytes);
    memcpy(last->sha256, s->spec->sha256, sizeof last->sha256);
}

/* last: NULL where files are read once. */
static slt_status take_source(source *s, const char *folder, slt_tensor *weight,
                              slt_init_last *last, slt_error *err)
{
    slt_buffer named = {0};
    slt_status status = slt_tree_name(slt_tree_data() ? slt_tree_data() : folder,
                                      s->spec->file, &named, err);
    if (status != SLT_OK && err)
        slt_error_prefix(err, "init");
    s->path = slt_buffer_text(&named);
    if (status == SLT_OK)
        take_last(s, last);
    if (status == SLT_OK)
        status = take_file(s, weight, err);
    if (status == SLT_OK)
        keep_last(s, &named, last);
    slt_buffer_free(&s->bytes);
    slt_buffer_free(&s->unpacked);
    slt_buffer_free(&named);
    return status;
}

static slt_status read_weight(const slt_init_spec *spec, const char *folder,
                              slt_tensor *weight, slt_init_last *last, slt_error *err)
{
    source s = {.spec = spec,
                .rows = weight->rows,
                .cols = weight->cols,
                .weight = weight->arithmetic};
    return take_source(&s, folder, weight, last, err);
}

slt_status slt_init_file(const slt_init_spec *spec, const char *folder,
                         slt_tensor *weight, slt_error *err)
{
    return read_weight(spec, folder, weight, NULL, err);
}

void slt_init_file_settle(slt_init_spec *spec, slt_arithmetic run)
{
    static const slt_init_elements words[] = {[SLT_F32] = SLT_INIT_TYPE_F32,
                                              [SLT_F64] = SLT_INIT_TYPE_F64,
                                              [SLT_FIXED] = SLT_INIT_TYPE_FIXED};
    const source s = {.spec = spec, .weight = run};
    spec->type = words[raw_type(&s)];
}

slt_status slt_init_file_look(const slt_init_spec *spec, const char *folder, size_t rows,
                              size_t cols, slt_arithmetic arithmetic,
                              char holds[SLT_INIT_HOLDS_MAX], slt_error *err)
{
    source s = {.spec = spec, .rows = rows, .cols = cols, .weight = arithmetic};
    slt_status status = take_source(&s, folder, NULL, NULL, err);
    memcpy(holds, s.words, sizeof s.words);
    return status;
}

static slt_status check_file(const slt_weight_spec *weight,
                             const slt_init_teacher *teacher, slt_error *err)
{
    const slt_init_spec *spec = &weight->init;
    bool seen[SLT_ARRAY_DIMENSIONS_MAX] = {false};
    (void)teacher;
    if (spec->permuted && spec->transpose)
        return slt_fail(err, SLT_FORMAT, "expected one of permute and transpose");
    for (size_t i = 0; i < spec->permuted; i++) {
        if (spec->permute[i] >= spec->permuted || seen[spec->permute[i]])
            return slt_fail(err, SLT_FORMAT,
                            "permute: expected each axis from 0 to %zu once",
                            spec->permuted - 1);
        seen[spec->permute[i]] = true;
    }
    return SLT_OK;
}

static slt_status fill_file(const slt_init_site *site, slt_tensor *weight, slt_error *err)
{
    return read_weight(site->spec, site->source->folder, weight, &site->shared->last,
                       err);
}

static const slt_schema field_file = {
    .key = "file",
    .type = SLT_SCHEMA_TEXT,
    AT(slt_init_spec, file),
    .most = SLT_PATH_MAX - 1,
    .meaning = "path, relative to the manifest, of the elements: a .npy file, a .npz or "
               "safetensors file of several arrays, or raw ones, little-endian, row "
               "after row"};

static const slt_schema field_sha256 = {
    .key = "sha256",
    .type = SLT_SCHEMA_HEX,
    AT(slt_init_spec, sha256),
    .most = 64,
    .meaning = "SHA-256 of that file, as sha256sum prints it"};

static const slt_schema field_type = {
    .key = "type",
    .type = SLT_SCHEMA_WORD,
    AT(slt_init_spec, type),
    WORDS("named", "f32", "f64", "fixed"),
    PRESET(TEXT_VALUE("named")),
    .also = "dtype",
    .meaning = "of raw elements; named: as the file's name says (.f32 or .raw32, .f64 "
               "or .raw64, .fixed), else that of the run. A .npy file says its own"};

static const slt_schema field_tensor = {
    .key = "tensor",
    .type = SLT_SCHEMA_TEXT,
    AT(slt_init_spec, tensor),
    .most = SLT_MEMBER_MAX - 1,
    .optional = true,
    .also = "member|key|array",
    .meaning = "name of the array in a .npz or safetensors file"};

static const slt_schema field_transpose = {
    .key = "transpose",
    .type = SLT_SCHEMA_BOOL,
    AT(slt_init_spec, transpose),
    PRESET_NO,
    .also = "transposed|T",
    .meaning = "the weight has the array's axes in reverse order"};

static const slt_schema axis_item = {.type = SLT_SCHEMA_INT,
                                     ITEM(size_t),
                                     .least = 0,
                                     .most = SLT_ARRAY_DIMENSIONS_MAX - 1};

static const slt_schema field_permute = {
    .key = "permute",
    .type = SLT_SCHEMA_LIST,
    .offset = offsetof(slt_init_spec, permute),
    COUNT(slt_init_spec, permuted),
    ONE(axis_item),
    .least = 1,
    .most = SLT_ARRAY_DIMENSIONS_MAX,
    .optional = true,
    .also = "axes|permutation",
    .meaning =
        "in place of transpose: the array's axes, from 0, in the order in which the "
        "weight has them; neighbouring ones may then be one of the weight's"};

const slt_init_type slt_init_kind_file = {
    .name = "file",
    .meaning = "raw elements",
    .fields = FIELD_LIST(&field_file, &field_sha256, &field_type, &field_tensor,
                         &field_transpose, &field_permute),
    .check = check_file,
    .from_file = true,
    .fill = fill_file,
};
