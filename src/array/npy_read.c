#include "array/npy_read.h"

#include <stdio.h>
#include <string.h>

#include "base/endian.h"

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6

bool slt_npy_is(const uint8_t *bytes, size_t size)
{
    return size >= MAGIC_SIZE && memcmp(bytes, MAGIC, MAGIC_SIZE) == 0;
}

/* ---- The header's text, which is a Python dictionary ------------------------------- */

/* A cursor over it that latches its first error. */
typedef struct cursor {
    const uint8_t *bytes;
    size_t at, end;
    const char *expected; /* what was not found at `at`; NULL: nothing wrong */
} cursor;

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && c->bytes[c->at] == ' ')
        c->at++;
}

/* Whether the text comes next; skips it if so. */
static bool cursor_accept(cursor *c, const char *text)
{
    size_t size = strlen(text);
    skip_blanks(c);
    if (c->expected || size > c->end - c->at || memcmp(c->bytes + c->at, text, size))
        return false;
    c->at += size;
    return true;
}

static void cursor_expect(cursor *c, const char *text, const char *words)
{
    if (!cursor_accept(c, text) && !c->expected)
        c->expected = words;
}

/* A string in quotes of either kind, which must fit. */
static void read_string(cursor *c, char *text, size_t text_max)
{
    skip_blanks(c);
    const uint8_t quote = c->at < c->end ? c->bytes[c->at] : 0;
    size_t size = 0;
    if (c->expected || (quote != '\'' && quote != '"')) {
        c->expected = c->expected ? c->expected : "a text in quotes";
        return;
    }
    while (c->at + 1 + size < c->end && c->bytes[c->at + 1 + size] != quote)
        size++;
    if (size >= text_max || c->at + 1 + size >= c->end) {
        c->expected = "a key or type of a plain array";
        return;
    }
    memcpy(text, c->bytes + c->at + 1, size);
    text[size] = 0;
    c->at += size + 2;
}

static void read_type(cursor *c, slt_array *array)
{
    static const struct {
        const char *sizes;
        slt_array_form form;
        char letter;
    } kinds[] = {{"1", SLT_ARRAY_UNSIGNED, 'b'},
                 {"1248", SLT_ARRAY_UNSIGNED, 'u'},
                 {"1248", SLT_ARRAY_SIGNED, 'i'},
                 {"248", SLT_ARRAY_FLOAT, 'f'}};
    char type[SLT_ARRAY_TYPE_MAX] = "";
    read_string(c, type, sizeof type);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !c->expected; i++)
        if (strlen(type) == 3 && strchr(type[2] == '1' ? "|<>" : "<>", type[0]) &&
            type[1] == kinds[i].letter && strchr(kinds[i].sizes, type[2])) {
            memcpy(array->type, type, sizeof array->type);
            array->form = kinds[i].form;
            array->size = (size_t)(type[2] - '0');
            array->big = type[0] == '>';
            return;
        }
    if (!c->expected)
        c->expected = "b1, u1 to u8, i1 to i8, f2, f4 or f8 as the type before it, with "
                      "its byte order";
}

static void read_order(cursor *c, slt_array *array)
{
    array->columns = cursor_accept(c, "True");
    if (!array->columns)
        cursor_expect(c, "False", "True or False");
}

static size_t read_number(cursor *c)
{
    size_t number = 0, begin;
    skip_blanks(c);
    begin = c->at;
    for (; c->at < c->end && c->bytes[c->at] >= '0' && c->bytes[c->at] <= '9'; c->at++) {
        if (number > (SIZE_MAX >> 8) / 10) {
            c->expected = "a smaller shape";
            return 0;
        }
        number = 10 * number + (size_t)(c->bytes[c->at] - '0');
    }
    if (c->at == begin && !c->expected)
        c->expected = "a number";
    cursor_accept(c, "L"); /* by Python 2 */
    return number;
}

/* "(3, 4)", "(3,)", "()". */
static void read_shape(cursor *c, slt_array *array)
{
    cursor_expect(c, "(", "a shape");
    array->dimensions = 0;
    while (!c->expected && !cursor_accept(c, ")")) {
        if (array->dimensions == SLT_ARRAY_DIMENSIONS_MAX) {
            c->expected = "fewer dimensions";
            return;
        }
        array->shape[array->dimensions++] = read_number(c);
        if (!cursor_accept(c, ",")) {
            if (array->dimensions == 1)
                cursor_expect(c, ",", "a comma behind the only number of a shape");
            cursor_expect(c, ")", "the end of the shape");
            return;
        }
    }
}

static void read_dictionary(cursor *c, slt_array *array)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    static void (*const readers[])(cursor *, slt_array *) = {read_type, read_order,
                                                             read_shape};
    bool seen[3] = {false};
    cursor_expect(c, "{", "a dictionary");
    while (!c->expected && !cursor_accept(c, "}")) {
        char key[16] = "";
        size_t k = 0;
        read_string(c, key, sizeof key);
        while (k < 3 && strcmp(key, keys[k]) != 0)
            k++;
        if (!c->expected && (k == 3 || seen[k]))
            c->expected = "descr, fortran_order and shape, each once, before it";
        cursor_expect(c, ":", "a colon");
        if (c->expected)
            return;
        seen[k] = true;
        readers[k](c, array);
        if (!cursor_accept(c, ",")) {
            cursor_expect(c, "}", "a comma or the end of the dictionary");
            break;
        }
    }
    if (!c->expected && !(seen[0] && seen[1] && seen[2]))
        c->expected = "descr, fortran_order and shape before it";
    cursor_expect(c, "\n", "blanks and a line end behind the dictionary");
    if (!c->expected && c->at != c->end)
        c->expected = "the end of the header";
}

/* ---- The file ---------------------------------------------------------------------- */

slt_status slt_npy_read(const uint8_t *bytes, size_t size, slt_array *array,
                        slt_error *err)
{
    *array = (slt_array){0};
    if (!slt_npy_is(bytes, size))
        return slt_fail(err, SLT_FORMAT,
                        "byte 0: expected the first bytes of a .npy file");
    const size_t start = size > MAGIC_SIZE && bytes[MAGIC_SIZE] == 1 ? 10 : 12;
    if (size < start)
        return slt_fail(err, SLT_FORMAT, "byte %zu: cut short in the .npy header", size);
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return slt_fail(err, SLT_FORMAT,
                        "byte 6: expected .npy version 1.0, 2.0 or 3.0, found %d.%d",
                        bytes[6], bytes[7]);
    const size_t length =
        start == 10 ? (size_t)bytes[8] | (size_t)bytes[9] << 8 : slt_load_le32(bytes + 8);
    if (length > SLT_NPY_HEADER_MAX - start || length > size - start)
        return slt_fail(err, SLT_FORMAT,
                        "byte 8: expected a .npy header within the file, found one of "
                        "%zu bytes",
                        length);
    cursor c = {.bytes = bytes, .at = start, .end = start + length};
    read_dictionary(&c, array);
    if (c.expected)
        return slt_fail(err, SLT_FORMAT, "byte %zu: .npy header: expected %s", c.at,
                        c.expected);
    array->elements = bytes + c.end;
    const size_t count = slt_array_count(array), behind = size - c.end;
    if (count > SIZE_MAX / 8 || count * array->size != behind)
        return slt_fail(err, SLT_FORMAT,
                        "expected %zu elements of %zu bytes behind the .npy header, "
                        "found %zu bytes",
                        count, array->size, behind);
    return SLT_OK;
}
