/* Reads many inputs on standard input, each a letter for the reader (p: msgpack, y: YAML,
 * c: CSV of anyone, f: figure data, e: estimates), its size as four little-endian bytes,
 * then its bytes; and prints for each a line of JSON: [true, WHAT WAS READ] or [false,
 * MESSAGE].  Values say their kind: null, true, ["int", TEXT], ["real", BITS], ["text",
 * HEX], ["bytes", HEX], ["list", ...], ["map", [HEX OF KEY, VALUE], ...]. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/estimates_rows.h"
#include "base/endian.h"
#include "codec/csv_table.h"
#include "codec/json.h"
#include "codec/pack.h"
#include "codec/yaml.h"
#include "figure/table.h"

static void put_hex(const void *bytes, size_t size)
{
    putchar('"');
    for (size_t i = 0; i < size; i++)
        printf("%02x", ((const uint8_t *)bytes)[i]);
    putchar('"');
}

static void put_tagged(const char *tag, const void *bytes, size_t size)
{
    printf("[\"%s\",", tag);
    put_hex(bytes, size);
    putchar(']');
}

static void put_text(const char *text)
{
    put_tagged("text", text, strlen(text));
}

static void put_int(bool negative, uint64_t magnitude)
{
    printf("[\"int\",\"%s%" PRIu64 "\"]", negative ? "-" : "", magnitude);
}

static void put_real(slt_real real)
{
    printf("[\"real\",\"%016" PRIx64 "\"]", real.bits);
}

/* ---- Trees ------------------------------------------------------------------------- */

static void put_value(const slt_value *value)
{
    const bool list = value->kind == SLT_VALUE_LIST;
    switch (value->kind) {
    case SLT_VALUE_NULL:
        printf("null");
        return;
    case SLT_VALUE_BOOL:
        printf(value->truth ? "true" : "false");
        return;
    case SLT_VALUE_INT:
        put_int(value->negative, value->magnitude);
        return;
    case SLT_VALUE_REAL:
        put_real(value->real);
        return;
    case SLT_VALUE_TEXT:
        put_text(value->text);
        return;
    case SLT_VALUE_LIST:
    case SLT_VALUE_MAP:
        printf(list ? "[\"list\"" : "[\"map\"");
        for (size_t i = 0; i < value->count; i++) {
            putchar(',');
            if (!list) {
                putchar('[');
                put_hex(value->keys[i], strlen(value->keys[i]));
                putchar(',');
            }
            put_value(&value->items[i]);
            if (!list)
                putchar(']');
        }
        putchar(']');
    }
}

static slt_status read_yaml(const char *bytes, size_t size, slt_error *err)
{
    slt_value value;
    slt_status status = slt_yaml_parse(bytes, size, "x", &value, err);
    if (status)
        return status;
    printf("[true,");
    put_value(&value);
    slt_value_free(&value);
    return status;
}

static void put_item(slt_pack_reader *reader)
{
    const slt_pack_item item = slt_pack_read(reader);
    const bool list = item.kind == SLT_PACK_ARRAY;
    switch (item.kind) {
    case SLT_PACK_NONE:
    case SLT_PACK_NIL:
        printf("null");
        return;
    case SLT_PACK_BOOL:
        printf(item.truth ? "true" : "false");
        return;
    case SLT_PACK_UINT:
    case SLT_PACK_NEGATIVE:
        put_int(item.kind == SLT_PACK_NEGATIVE, item.value);
        return;
    case SLT_PACK_REAL:
        put_real(item.real);
        return;
    case SLT_PACK_TEXT:
    case SLT_PACK_BIN:
        put_tagged(item.kind == SLT_PACK_TEXT ? "text" : "bytes", item.span.bytes,
                   item.span.size);
        return;
    case SLT_PACK_ARRAY:
    case SLT_PACK_MAP:
        printf(list ? "[\"list\"" : "[\"map\"");
        for (size_t i = 0; i < item.count; i++) {
            putchar(',');
            if (!list) {
                const slt_pack_span key = slt_pack_read_key(reader);
                putchar('[');
                put_hex(key.bytes, key.size);
                putchar(',');
            }
            put_item(reader);
            if (!list)
                putchar(']');
        }
        putchar(']');
    }
}

static slt_status read_pack(const char *bytes, size_t size, slt_error *err)
{
    slt_pack_reader reader;
    slt_status status = slt_pack_validate(bytes, size, "x", err);
    if (status)
        return status;
    slt_pack_reader_init(&reader, bytes, size, "x");
    printf("[true,");
    put_item(&reader);
    return slt_pack_reader_end(&reader, err);
}

/* ---- Tables: lists of rows --------------------------------------------------------- */

static slt_status read_csv(const char *bytes, size_t size, slt_error *err)
{
    slt_csv_table table;
    slt_status status = slt_csv_table_read(bytes, size, "x", &table, err);
    if (status)
        return status;
    printf("[true,[");
    for (size_t i = 0; i < (table.lines + 1) * table.columns; i++) {
        printf(i % table.columns ? "," : i ? "],[" : "[");
        put_hex(table.cells[i], strlen(table.cells[i]));
    }
    printf("]]");
    slt_csv_table_free(&table);
    return status;
}

static slt_status read_figure(const char *bytes, size_t size, slt_error *err)
{
    slt_table table;
    slt_status status = slt_table_parse(bytes, size, "x", &table, err);
    if (status)
        return status;
    printf("[true,[");
    for (size_t i = 0; i < table.count; i++) {
        const slt_table_row *row = &table.rows[i];
        printf(i ? ",[" : "[");
        put_hex(row->series, strlen(row->series));
        putchar(',');
        put_hex(row->x, strlen(row->x));
        putchar(',');
        put_real(row->value);
        putchar(',');
        if (row->has_error)
            put_real(row->error);
        else
            printf("null");
        printf(row->has_n ? ",\"%" PRIu64 "\"]" : ",null]", row->n);
    }
    putchar(']');
    slt_table_free(&table);
    return status;
}

static void put_real_or_null(slt_real real)
{
    if (slt_real_finite(real))
        put_real(real);
    else
        printf("null");
}

static slt_status read_estimates(const char *bytes, size_t size, slt_error *err)
{
    slt_rows rows;
    slt_status status = slt_rows_parse(bytes, size, "x", NULL, &rows, err);
    if (status)
        return status;
    printf("[true,[");
    for (size_t i = 0; i < rows.count; i++) {
        const slt_row *row = &rows.rows[i];
        const char *source = rows.sources[row->source];
        printf("%s[\"%" PRIu64 "\",", i ? "," : "", row->run);
        put_hex(source, strlen(source));
        putchar(',');
        put_real_or_null(row->llc);
        putchar(',');
        put_real_or_null(row->mcse);
        putchar(']');
    }
    putchar(']');
    slt_rows_free(&rows);
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static void put_message(const char *text)
{
    slt_json json = {0};
    slt_json_text(&json, text);
    printf("[false,%s", slt_buffer_text(&json.text));
    slt_buffer_free(&json.text);
}

int main(void)
{
    static const struct {
        char letter;
        slt_status (*read)(const char *bytes, size_t size, slt_error *err);
    } readers[] = {{'p', read_pack},
                   {'y', read_yaml},
                   {'c', read_csv},
                   {'f', read_figure},
                   {'e', read_estimates}};
    uint8_t head[5];
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        const size_t size = slt_load_le32(head + 1);
        char *bytes = malloc(size + !size);
        slt_error err = {0};
        slt_status status = SLT_USAGE;
        if (!bytes || fread(bytes, 1, size, stdin) != size)
            return 2;
        for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
            if (readers[i].letter == head[0])
                status = readers[i].read(bytes, size, &err);
        if (status)
            put_message(err.text);
        printf("]\n");
        free(bytes);
    }
    return 0;
}
