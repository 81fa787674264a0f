#include "net/npy_read.h"

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

static void read_type(cursor *c, slt_npy_head *head)
{
    static const struct {
        const char *kind;
        slt_arithmetic holds;
    } kinds[] = {{"f2", SLT_F32}, {"f4", SLT_F32}, {"f8", SLT_F64}, {"i8", SLT_FIXED}};
    char type[8] = "";
    read_string(c, type, sizeof type);
    for (size_t i = 0; i < 4 && !c->expected; i++)
        if ((type[0] == '<' || type[0] == '>') && !strcmp(type + 1, kinds[i].kind)) {
            memcpy(head->type, type, sizeof head->type);
            head->holds = kinds[i].holds;
            head->size = (size_t)(type[2] - '0');
            head->big = type[0] == '>';
            return;
        }
    if (!c->expected)
        c->expected = "f2, f4, f8 or i8 as the type before it, with its byte order";
}

static void read_order(cursor *c, slt_npy_head *head)
{
    head->columns = cursor_accept(c, "True");
    if (!head->columns)
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
static void read_shape(cursor *c, slt_npy_head *head)
{
    cursor_expect(c, "(", "a shape");
    head->dimensions = 0;
    while (!c->expected && !cursor_accept(c, ")")) {
        if (head->dimensions == SLT_NPY_DIMENSIONS_MAX) {
            c->expected = "fewer dimensions";
            return;
        }
        head->shape[head->dimensions++] = read_number(c);
        if (!cursor_accept(c, ",")) {
            if (head->dimensions == 1)
                cursor_expect(c, ",", "a comma behind the only number of a shape");
            cursor_expect(c, ")", "the end of the shape");
            return;
        }
    }
}

static void read_dictionary(cursor *c, slt_npy_head *head)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    static void (*const readers[])(cursor *, slt_npy_head *) = {read_type, read_order,
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
        readers[k](c, head);
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

/* Elements that the shape asks for; SIZE_MAX beyond any file. */
static size_t count_of(const slt_npy_head *head)
{
    size_t count = 1;
    for (int i = 0; i < head->dimensions; i++)
        if (__builtin_mul_overflow(count, head->shape[i], &count))
            return SIZE_MAX;
    return count;
}

slt_status slt_npy_head_read(const uint8_t *bytes, size_t size, slt_npy_head *head,
                             slt_error *err)
{
    *head = (slt_npy_head){0};
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
    read_dictionary(&c, head);
    if (c.expected)
        return slt_fail(err, SLT_FORMAT, "byte %zu: .npy header: expected %s", c.at,
                        c.expected);
    head->offset = c.end;
    const size_t count = count_of(head), behind = size - head->offset;
    if (count > SIZE_MAX / 8 || count * head->size != behind)
        return slt_fail(err, SLT_FORMAT,
                        "expected %zu elements of %zu bytes behind the .npy header, "
                        "found %zu bytes",
                        count, head->size, behind);
    return SLT_OK;
}

/* A binary16 as binary32, infinities and NaN included. */
static uint32_t widen_half(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half >> 15) << 31;
    uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 31)
        return sign | UINT32_C(0x7f800000) | fraction << 13;
    if (exponent == 0 && fraction == 0)
        return sign;
    exponent += 112;
    for (; exponent <= 112 && !(fraction & 1024); exponent--) /* subnormal */
        fraction <<= 1;
    if (fraction & 1024)
        exponent++;
    return sign | exponent << 23 | (fraction & 1023) << 13;
}

static uint64_t load_element(const slt_npy_head *head, const uint8_t *at)
{
    uint64_t value = 0;
    for (size_t i = 0; i < head->size; i++)
        value |= (uint64_t)at[head->big ? head->size - 1 - i : i] << 8 * i;
    return value;
}

static void put_little_endian(slt_buffer *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        slt_buffer_byte(out, (uint8_t)(value >> 8 * i));
}

void slt_npy_elements(const slt_npy_head *head, const uint8_t *bytes, size_t rows,
                      size_t cols, int64_t frac, slt_buffer *out)
{
    const uint8_t *first = bytes + head->offset;
    if (head->holds == SLT_FIXED)
        put_little_endian(out, (uint64_t)frac, 8);
    for (size_t row = 0; row < rows; row++)
        for (size_t col = 0; col < cols; col++) {
            size_t at = head->columns ? col * rows + row : row * cols + col;
            uint64_t value = load_element(head, first + at * head->size);
            if (head->size == 2)
                put_little_endian(out, widen_half((uint16_t)value), 4);
            else
                put_little_endian(out, value, head->size);
        }
}
