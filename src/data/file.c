/* file: samples are rows of arrays in files, which their SHA-256 names.  A number v of
 * the file is in binary64 v itself where neither scale nor shift is given, else fma(v,
 * scale, shift), rounded once to the run's type; a class or a token is a whole number, as
 * it is. */
#include "data/kinds_internal.h"

#include <stdio.h>
#include <string.h>

#include "array/named.h"
#include "num/scalar.h"

/* ---- What it looks like ------------------------------------------------------------ */

/* Numbers of a sample of x or of the target: those of the width, an index for each name,
 * or one for each position. */
static size_t columns_of(const slt_data_spec *spec, const slt_data_array *array)
{
    const bool target = array == &spec->target;
    const size_t *shape = target ? spec->target_shape : spec->shape;
    const size_t axes = target ? spec->target_axes : spec->shape_axes;
    size_t count = 1;
    if (array->width || array->name_count)
        return array->width ? array->width : array->name_count;
    for (size_t i = 0; i < axes; i++)
        if (__builtin_mul_overflow(count, shape[i], &count))
            return SIZE_MAX;
    return count;
}

static size_t file_validation(const slt_data_spec *spec)
{
    return spec->validation;
}

/* An input or a target of an array. */
static slt_tensor shape_of(const slt_data_spec *spec, const slt_data_array *array,
                           slt_arithmetic arithmetic, size_t rows)
{
    return (slt_tensor){.arithmetic = array->width ? arithmetic : SLT_INDEX,
                        .rows = rows,
                        .cols = array->name_count ? 1 : columns_of(spec, array)};
}

static size_t inputs_of(const slt_data_array *array)
{
    return array->name_count ? array->name_count : 1;
}

static void file_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                       slt_batch *shape)
{
    const slt_data_array *x = &spec->x, *target = &spec->target;
    const slt_tensor input = shape_of(spec, x, arithmetic, shape->rows);
    for (size_t i = 0; i < inputs_of(x); i++) {
        slt_data_add_input(shape, input.arithmetic, x->name_count ? x->names[i] : "x",
                           input.cols);
        shape->input_range[i] = x->range;
    }
    shape->target = shape_of(spec, target, arithmetic, shape->rows);
    shape->target_range = target->range;
}

/* ---- Its fields -------------------------------------------------------------------- */

static slt_status fit_array(const slt_data_array *array, const char *indices,
                            slt_error *err)
{
    if ((array->width > 0) + (array->range > 0) != 1)
        return slt_fail(err, SLT_FORMAT, "expected one of width and %s", indices);
    if (array->range && (array->scale.bits != slt_real_of(1).bits || array->shift.bits))
        return slt_fail(err, SLT_FORMAT,
                        "%s are whole numbers as they are: expected neither scale nor "
                        "shift",
                        indices);
    if (array->width && array->name_count)
        return slt_fail(err, SLT_FORMAT, "names: only with %s", indices);
    for (size_t i = 0; i < array->name_count; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(array->names[i], array->names[j]))
                return slt_fail(err, SLT_FORMAT, "names: %s is there twice",
                                array->names[i]);
    return SLT_OK;
}

static slt_status file_fit(const slt_data_spec *spec, const char **field, slt_error *err)
{
    *field = "x";
    slt_status status = fit_array(&spec->x, "tokens", err);
    if (status)
        return status;
    *field = "target";
    return fit_array(&spec->target, "classes", err);
}

static slt_status file_check(const slt_data_spec *spec, slt_error *err)
{
    slt_status status = SLT_OK;
    const size_t rows =
        spec->samples > spec->validation ? spec->samples : spec->validation;
    if (spec->validation)
        status = slt_data_check_size("validation.samples", spec->validation,
                                     SLT_SAMPLES_MAX, err);
    if (!status)
        status = slt_data_check_table("samples x numbers of x", rows,
                                      columns_of(spec, &spec->x), err);
    if (!status)
        status = slt_data_check_table("samples x numbers of target", rows,
                                      columns_of(spec, &spec->target), err);
    return status;
}

/* ---- Its files --------------------------------------------------------------------- */

/* Rows of one of them. */
typedef struct file_part {
    const char *of;   /* the name of other data; "": the run's own */
    const char *name; /* "validation.x" */
    const slt_data_array *array;
    const slt_data_rows *rows;
    size_t samples, columns;
} file_part;

static size_t file_files(const slt_data_spec *spec)
{
    return spec->validation ? 4 : 2;
}

/* Part `index`: the training set's x and target, then those for validation. */
static bool part_at(const slt_data_spec *spec, size_t index, file_part *part)
{
    static const char *const names[] = {"x", "target", "validation.x",
                                        "validation.target"};
    if (index >= file_files(spec))
        return false;
    part->of = spec->name;
    part->name = names[index];
    part->array = index % 2 ? &spec->target : &spec->x;
    part->rows = index < 2 ? &part->array->train : &part->array->validation;
    part->samples = index < 2 ? spec->samples : spec->validation;
    part->columns = columns_of(spec, part->array);
    return true;
}

static slt_array_name name_of(const file_part *part, const char *folder)
{
    return (slt_array_name){.folder = folder,
                            .file = part->rows->file,
                            .member = part->rows->member,
                            .sha256 = part->rows->sha256};
}

/* For "%sdata%s%s.%s": data.x, other_data.NAME.x. */
#define PART_OF(part)                                                                    \
    *(part)->of ? "other_" : "", *(part)->of ? "." : "", (part)->of, (part)->name

static slt_status part_fail(const file_part *part, const slt_array_file *file,
                            slt_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static slt_status part_fail(const file_part *part, const slt_array_file *file,
                            slt_error *err, const char *format, ...)
{
    char text[SLT_ERROR_TEXT_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return slt_fail(err, SLT_FORMAT, "%sdata%s%s.%s: %.600s: %s", PART_OF(part),
                    (const char *)file->path.data, text);
}

static slt_status part_open(const file_part *part, const char *folder,
                            slt_array_file *file, slt_error *err)
{
    const slt_array_name name = name_of(part, folder);
    slt_error cause = {0};
    slt_status status = slt_array_open(&name, SLT_ARRAY_FILE_MAX, file, &cause);
    return status ? slt_fail(err, status, "%sdata%s%s.%s: %s", PART_OF(part), cause.text)
                  : SLT_OK;
}

/* Its rows are those of the first axis, and a row is all the rest. */
static slt_status part_check(const file_part *part, const slt_array_file *file,
                             slt_error *err)
{
    const slt_array *array = &file->array;
    const size_t columns = part->columns, first = part->rows->first;
    const size_t rows = array->dimensions ? array->shape[0] : 0;
    char shape[SLT_ARRAY_SHAPE_TEXT_MAX];
    slt_array_shape_text(array, shape);
    if (!rows || slt_array_count(array) / rows != columns)
        return part_fail(part, file, err, "expected rows of %zu numbers, found %s",
                         columns, shape);
    if (rows < part->samples || rows - part->samples < first)
        return part_fail(part, file, err,
                         "expected %zu samples from row %zu on, found %s", part->samples,
                         first, shape);
    return SLT_OK;
}

static slt_real file_scale(const slt_data_array *array, slt_real value)
{
    const bool plain = array->scale.bits == slt_real_of(1).bits && !array->shift.bits;
    return plain ? value : slt_real_fma(value, array->scale, array->shift);
}

/* Where in the array a number of a sample stands, for messages. */
static slt_status number_fail(const file_part *part, const slt_array_file *file,
                              size_t row, size_t column, const char *expected,
                              slt_error *err)
{
    char text[SLT_REAL_TEXT_MAX];
    const size_t e = row * part->columns + column;
    slt_real_text(slt_array_get(&file->array, e), text);
    return part_fail(part, file, err, "row %zu, number %zu: expected %s, found %s", row,
                     column, expected, text);
}

/* Columns of its samples, from one on, as an input or a target of whole numbers. */
static slt_status part_put_whole(const file_part *part, const slt_array_file *file,
                                 size_t column, slt_tensor *to, slt_error *err)
{
    const size_t first = part->rows->first;
    char expected[64];
    for (size_t e = 0; e < slt_tensor_count(to); e++) {
        const size_t row = first + e / to->cols, at = column + e % to->cols;
        size_t whole;
        if (slt_array_whole(&file->array, row * part->columns + at, part->array->range,
                            &whole)) {
            ((int32_t *)to->data)[e] = (int32_t)whole;
            continue;
        }
        snprintf(expected, sizeof expected, "a whole number from 0 to %zu",
                 part->array->range - 1);
        return number_fail(part, file, row, at, expected, err);
    }
    return SLT_OK;
}

static slt_status part_put_numbers(const file_part *part, const slt_array_file *file,
                                   slt_tensor *to, slt_error *err)
{
    const size_t from = part->rows->first * to->cols;
    char expected[64];
    for (size_t e = 0; e < slt_tensor_count(to); e++) {
        slt_tensor_set(to, e,
                       file_scale(part->array, slt_array_get(&file->array, from + e)));
        if (!to->overflow && slt_real_finite(slt_tensor_get(to, e)))
            continue;
        snprintf(expected, sizeof expected, "a number that fits into %s%s",
                 slt_arithmetic_name(to->arithmetic),
                 part->array->width ? " once it is scaled" : "");
        return number_fail(part, file, (from + e) / to->cols, e % to->cols, expected,
                           err);
    }
    return SLT_OK;
}

/* Fills `count` inputs, or the target, which are allocated. */
static slt_status part_put(const file_part *part, const slt_array_file *file,
                           slt_tensor *to, size_t count, slt_error *err)
{
    slt_status status = part_check(part, file, err);
    if (!status && part->array->width)
        return part_put_numbers(part, file, to, err);
    for (size_t i = 0; i < count && !status; i++)
        status = part_put_whole(part, file, i, &to[i], err);
    return status;
}

static slt_status part_read(const file_part *part, const char *folder, slt_tensor *to,
                            size_t count, slt_error *err)
{
    slt_array_file file = {0};
    slt_status status = part_open(part, folder, &file, err);
    if (!status)
        status = part_put(part, &file, to, count, err);
    slt_array_close(&file);
    return status;
}

static slt_status file_read(const slt_data_spec *spec, const char *folder,
                            slt_arithmetic arithmetic, slt_data *data, slt_error *err)
{
    file_part part;
    slt_status status = SLT_OK;
    if (spec->validation) {
        data->validation = (slt_batch){.rows = spec->validation};
        file_shape(spec, arithmetic, &data->validation);
        status = slt_data_create_batch(&data->validation, err);
    }
    for (size_t i = 0; !status && part_at(spec, i, &part); i++) {
        slt_batch *batch = i < 2 ? &data->train : &data->validation;
        status = i % 2 ? part_read(&part, folder, &batch->target, 1, err)
                       : part_read(&part, folder, batch->input, batch->inputs, err);
    }
    return status;
}

static slt_status file_look(const slt_data_spec *spec, const char *folder,
                            slt_arithmetic arithmetic, size_t index, slt_data_found *look,
                            slt_error *err)
{
    file_part part;
    slt_array_file file = {0};
    slt_tensor to[SLT_INPUTS_MAX] = {{0}};
    if (!part_at(spec, index, &part))
        return SLT_OK;
    *look = (slt_data_found){.array = part.name,
                             .rows = part.rows,
                             .numbers = part.columns,
                             .samples = part.samples};
    const slt_tensor shape = shape_of(spec, part.array, arithmetic, part.samples);
    const size_t count = inputs_of(part.array);
    slt_status status = part_open(&part, folder, &file, err);
    if (!status)
        snprintf(look->holds, sizeof look->holds, "%s of %s", file.format,
                 file.array.type);
    for (size_t i = 0; i < count && !status; i++)
        status = slt_tensor_create(&to[i], shape.arithmetic, shape.rows, shape.cols, err);
    if (!status)
        status = part_put(&part, &file, to, count, err);
    for (size_t i = 0; i < count; i++)
        slt_tensor_free(&to[i]);
    slt_array_close(&file);
    return status;
}

static slt_status file_hashed(const slt_data_spec *spec, const char *folder,
                              const char **field, slt_error *err)
{
    file_part part;
    for (size_t i = 0; part_at(spec, i, &part); i++) {
        slt_array_file file = {0};
        if (*part.rows->sha256)
            continue;
        *field = part.name;
        if (!*part.rows->file)
            return slt_fail(err, SLT_FORMAT, "missing key 'sha256': %s",
                            "SHA-256 of the file, as sha256sum prints it");
        const slt_array_name name = name_of(&part, folder);
        slt_status status = slt_array_open(&name, SLT_ARRAY_FILE_MAX, &file, err);
        slt_array_close(&file);
        if (status)
            return status;
    }
    return SLT_OK;
}

/* ---- The schema -------------------------------------------------------------------- */

/* Rows of a file: the first ones of x and of target, and of what validates. */
#define ROWS(part)                                                                       \
    {.key = "file",                                                                      \
     .type = SLT_SCHEMA_TEXT,                                                            \
     AT(slt_data_array, part.file),                                                      \
     .most = SLT_PATH_MAX - 1,                                                           \
     .optional = true,                                                                   \
     .unhashed = true,                                                                   \
     .also = "path|name",                                                                \
     .meaning = "path, relative to the manifest, of a .npy, .npz, IDX or "               \
                "safetensors file; absent: whichever file "                              \
                "of that folder has the SHA-256"},                                       \
        {.key = "sha256",                                                                \
         .type = SLT_SCHEMA_HEX,                                                         \
         AT(slt_data_array, part.sha256),                                                \
         .most = 64,                                                                     \
         .optional = true,                                                               \
         .also = "hash|sha",                                                             \
         .meaning = "SHA-256 of that file, as sha256sum prints it; not to be left out: " \
                    "a message tells that of `file`"},                                   \
        {.key = "member",                                                                \
         .type = SLT_SCHEMA_TEXT,                                                        \
         AT(slt_data_array, part.member),                                                \
         .most = SLT_MEMBER_MAX - 1,                                                     \
         .optional = true,                                                               \
         .also = "key|array|tensor",                                                     \
         .meaning = "name of the array in a file that has several"},                     \
    {                                                                                    \
        .key = "first", .type = SLT_SCHEMA_INT, AT(slt_data_array, part.first),          \
        .least = 0, .most = UINT32_MAX, PRESET(INT_VALUE(0)), .also = "from|offset",     \
        .meaning = "row of the file's array that is the first sample, from 0"            \
    }

#define NUMBERS                                                                          \
    {.key = "width",                                                                     \
     .type = SLT_SCHEMA_INT,                                                             \
     AT(slt_data_array, width),                                                          \
     .least = 1,                                                                         \
     .most = WIDTH_MAX,                                                                  \
     .optional = true,                                                                   \
     .also = "columns|size|features",                                                    \
     .meaning = "numbers in a row: all axes of the array but the first; the file must "  \
                "have as many"},                                                         \
        {.key = "scale",                                                                 \
         .type = SLT_SCHEMA_REAL,                                                        \
         AT(slt_data_array, scale),                                                      \
         PRESET(REAL_VALUE(0x3ff0000000000000)),                                         \
         .also = "factor",                                                               \
         .meaning = "what its numbers are multiplied by, v scale + shift rounded once"}, \
    {                                                                                    \
        .key = "shift", .type = SLT_SCHEMA_REAL, AT(slt_data_array, shift),              \
        PRESET(REAL_VALUE(0x0)), .also = "add|offset", .meaning = "what is added then"   \
    }

static const slt_schema name_item = {.type = SLT_SCHEMA_NAME, .size = SLT_NAME_MAX};

static const slt_schema x_fields[] = {
    ROWS(train),
    NUMBERS,
    {.key = "tokens",
     .type = SLT_SCHEMA_INT,
     AT(slt_data_array, range),
     .least = 1,
     .most = WIDTH_MAX,
     .optional = true,
     .also = "vocabulary|range",
     .meaning = "in place of width: its numbers are whole and below this, rows "
                "of a table; with data.shape [T, 1] one for each of T positions"},
    {.key = "names",
     .type = SLT_SCHEMA_LIST,
     .offset = offsetof(slt_data_array, names),
     COUNT(slt_data_array, name_count),
     ONE(name_item),
     .least = 1,
     .most = SLT_INPUTS_MAX,
     .optional = true,
     .also = "inputs|columns",
     .meaning =
         "with tokens: one input for each number in a row, by these names; absent: "
         "one, x"},
};

static const slt_schema target_fields[] = {
    ROWS(train),
    NUMBERS,
    {.key = "classes",
     .type = SLT_SCHEMA_INT,
     AT(slt_data_array, range),
     .least = 1,
     .most = WIDTH_MAX,
     .optional = true,
     .also = "labels|range",
     .meaning = "in place of width: whole numbers below this, one in a row, or with "
                "data.target_shape [T, 1] one for each of T positions"},
};

static const slt_schema validation_rows[] = {ROWS(validation)};

static const slt_schema validation_fields[] = {
    {.key = "samples",
     .type = SLT_SCHEMA_INT,
     AT(slt_data_spec, validation),
     .least = 1,
     .most = SAMPLES_MAX,
     .also = "n|num_samples|size",
     .meaning = "their number"},
    {.key = "x",
     .type = SLT_SCHEMA_MAP,
     .offset = offsetof(slt_data_spec, x),
     FIELDS(validation_rows),
     .also = "inputs|input",
     .meaning = "where their inputs are; all else is as for training"},
    {.key = "target",
     .type = SLT_SCHEMA_MAP,
     .offset = offsetof(slt_data_spec, target),
     FIELDS(validation_rows),
     .also = "y|targets|labels",
     .meaning = "where their targets are"},
};

static const slt_schema field_x = {.key = "x",
                                   .type = SLT_SCHEMA_MAP,
                                   .offset = offsetof(slt_data_spec, x),
                                   FIELDS(x_fields),
                                   .also = "input|inputs",
                                   .meaning = "the inputs: numbers, or tokens"};

static const slt_schema field_target = {.key = "target",
                                        .type = SLT_SCHEMA_MAP,
                                        .offset = offsetof(slt_data_spec, target),
                                        FIELDS(target_fields),
                                        .also = "y|targets|labels",
                                        .meaning = "the targets: numbers, or classes"};

static const slt_schema field_validation = {.key = "validation",
                                            .type = SLT_SCHEMA_MAP,
                                            FIELDS(validation_fields),
                                            .optional = true,
                                            .also = "test|val",
                                            .meaning =
                                                "samples for validation; absent: none"};

const slt_data_type slt_data_file = {
    .name = "file",
    .meaning = "samples from files that their SHA-256 names",
    .fields =
        FIELD_LIST(&slt_data_field_samples, &field_x, &field_target, &field_validation),
    .fit = file_fit,
    .check = file_check,
    .validation = file_validation,
    .shape = file_shape,
    .read = file_read,
    .hashed = file_hashed,
    .files = file_files,
    .look = file_look,
};
