/* net/npy_read.c: what NumPy writes is read, any other header is refused by its byte. */
#include "tap.h"

#include "base/endian.h"
#include "net/npy_read.h"
#include "num/scalar.h"

static slt_npy_head head;
static slt_error err;

/* A file of that version whose header is padded as NumPy pads it, of so many bytes behind
 * it: 1, 2, 3, ... */
static slt_buffer file_of(int version, const char *header, size_t behind)
{
    slt_buffer file = {0};
    const size_t start = version == 1 ? 10 : 12;
    size_t length = strlen(header) + 1;
    length += (64 - (start + length) % 64) % 64;
    slt_buffer_append(&file, "\x93NUMPY", 6);
    slt_buffer_byte(&file, (uint8_t)version);
    slt_buffer_byte(&file, 0);
    for (size_t i = 0; i < start - 8; i++)
        slt_buffer_byte(&file, (uint8_t)(length >> 8 * i));
    slt_buffer_append(&file, header, strlen(header));
    for (size_t i = strlen(header); i + 1 < length; i++)
        slt_buffer_byte(&file, ' ');
    slt_buffer_byte(&file, '\n');
    for (size_t i = 0; i < behind; i++)
        slt_buffer_byte(&file, (uint8_t)(i + 1));
    return file;
}

static bool reads(int version, const char *header, size_t behind)
{
    slt_buffer file = file_of(version, header, behind);
    err.text[0] = 0;
    bool read = slt_npy_head_read(file.data, file.size, &head, &err) == SLT_OK;
    slt_buffer_free(&file);
    return read;
}

static void test_heads(void)
{
    TAP_OK(reads(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24) &&
               head.holds == SLT_F32 && head.size == 4 && !head.big && !head.columns &&
               head.dimensions == 2 && head.shape[0] == 2 && head.shape[1] == 3 &&
               head.offset == 128,
           "as NumPy writes it: %s", err.text);
    TAP_OK(reads(2, "{\"shape\": (5,), \"descr\": \">f8\", \"fortran_order\": True}",
                 40) &&
               head.holds == SLT_F64 && head.big && head.columns && head.dimensions == 1,
           "version 2, keys in another order, in other quotes: %s", err.text);
    TAP_OK(reads(3, "{'descr':'<i8','fortran_order':False,'shape':(2L,1L)}", 16) &&
               head.holds == SLT_FIXED,
           "version 3, no blanks, Python 2's numbers: %s", err.text);
    TAP_OK(reads(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (), }", 2) &&
               head.dimensions == 0,
           "no dimension: one number");
}

static void test_refused(void)
{
    static const struct {
        const char *header;
        size_t behind;
        const char *words;
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23,
         "expected 6 elements of 4 bytes behind the .npy header, found 23 bytes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25, "found 25"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", 4, "f2, f4, f8"},
        {"{'descr': 'f4', 'fortran_order': False, 'shape': (1,), }", 4, "its byte order"},
        {"{'descr': '=f4', 'fortran_order': False, 'shape': (1,), }", 4, "byte order"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", 4, "True or False"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4), }", 16, "a comma"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4,, ), }", 16, "a number"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 16, "a number"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': [4], }", 16, "a shape"},
        {"{'descr': '<f4', 'fortran_order': False}", 4, "descr, fortran_order and shape"},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4,
         "each once"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4,
         "each once"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", 4,
         "a text in quotes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4, "blanks"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 4,
         "a smaller shape"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 8,
         "expected"},
        {"{'descr': '<f4", 4, "type of a plain array"},
        {"", 4, "a dictionary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!TAP_OK(!reads(1, cases[i].header, cases[i].behind) &&
                        strstr(err.text, cases[i].words),
                    "refused: %s", cases[i].header))
            tap_note("%s", err.text);
    TAP_OK(!reads(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4) &&
               strstr(err.text, "found 4.0"),
           "refused: version 4");
    slt_buffer file =
        file_of(1, "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4);
    file.data[7] = 1;
    TAP_OK(slt_npy_head_read(file.data, file.size, &head, &err) == SLT_FORMAT &&
               strstr(err.text, "found 1.1"),
           "refused: version 1.1");
    slt_buffer_free(&file);
}

/* Cut anywhere it is refused, and nothing behind its end is read. */
static void test_cut(void)
{
    slt_buffer file =
        file_of(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24);
    size_t accepted = 0;
    for (size_t size = 0; size < file.size; size++) {
        uint8_t *copy = (uint8_t *)malloc(size + !size);
        memcpy(copy, file.data, size);
        accepted += slt_npy_head_read(copy, size, &head, &err) == SLT_OK;
        free(copy);
    }
    TAP_EQ_U64(accepted, 0, "no file that was cut is taken");
    slt_buffer_free(&file);
}

/* value = (-1)^s 2^(e - 25) (1024 + f), or 2^-24 f where e is 0. */
static slt_real half_of(uint32_t half)
{
    const uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
    slt_real value = slt_real_from_u64(exponent ? 1024 + fraction : fraction);
    for (uint32_t e = exponent ? exponent : 1; e < 25; e++)
        value = slt_real_div(value, slt_real_of(2));
    for (uint32_t e = 25; e < exponent; e++)
        value = slt_real_mul(value, slt_real_of(2));
    return half >> 15 ? slt_real_neg(value) : value;
}

static void test_halves(void)
{
    size_t wrong = 0;
    for (uint32_t big = 0; big < 2; big++) {
        slt_buffer file = file_of(1,
                                  big ? "{'descr': '>f2', 'fortran_order': False, "
                                        "'shape': (65536,)}"
                                      : "{'descr': '<f2', 'fortran_order': False, "
                                        "'shape': (65536,)}",
                                  131072);
        slt_buffer out = {0};
        for (uint32_t half = 0; half < 65536; half++) {
            uint8_t *at = file.data + 128 + 2 * half;
            at[big] = (uint8_t)half;
            at[!big] = (uint8_t)(half >> 8);
        }
        slt_npy_head_read(file.data, file.size, &head, &err);
        slt_npy_elements(&head, file.data, 1, 65536, 0, &out);
        wrong += out.size != 4 * 65536;
        for (uint32_t half = 0; half < 65536; half++) {
            uint32_t bits = slt_load_le32(out.data + 4 * half);
            slt_tensor one = {.arithmetic = SLT_F32, .rows = 1, .cols = 1, .data = &bits};
            if ((half >> 10 & 31) == 31)
                wrong += (bits >> 23 & 255) != 255;
            else
                wrong += slt_tensor_get(&one, 0).bits != half_of(half).bits;
        }
        slt_buffer_free(&file);
        slt_buffer_free(&out);
    }
    TAP_EQ_U64(wrong, 0, "every binary16 is widened exactly, of either byte order");
}

static void test_orders(void)
{
    static const uint8_t rows[] = {1, 2, 3, 4, 5,  6,  7,  8,  9,  10, 11, 12,
                                   13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
    static const uint8_t columns[] = {1,  2,  3,  4,  9,  10, 11, 12, 17, 18, 19, 20,
                                      5,  6,  7,  8,  13, 14, 15, 16, 21, 22, 23, 24};
    static const uint8_t fixed[] = {48, 0, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1};
    slt_buffer out = {0};
    slt_buffer file =
        file_of(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24);
    slt_npy_head_read(file.data, file.size, &head, &err);
    slt_npy_elements(&head, file.data, 2, 3, 0, &out);
    TAP_EQ_BYTES(out.data, rows, 24, "row by row, as they stand");
    slt_buffer_free(&file);
    slt_buffer_clear(&out);
    file = file_of(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24);
    slt_npy_head_read(file.data, file.size, &head, &err);
    slt_npy_elements(&head, file.data, 2, 3, 0, &out);
    TAP_EQ_BYTES(out.data, columns, 24, "column by column, turned");
    slt_buffer_free(&file);
    slt_buffer_clear(&out);
    file = file_of(1, "{'descr': '>i8', 'fortran_order': False, 'shape': (1, 1), }", 8);
    slt_npy_head_read(file.data, file.size, &head, &err);
    slt_npy_elements(&head, file.data, 1, 1, 48, &out);
    TAP_EQ_BYTES(out.data, fixed, 16, "integers behind their exponent, bytes turned");
    slt_buffer_free(&file);
    slt_buffer_free(&out);
}

int main(void)
{
    test_heads();
    test_refused();
    test_cut();
    test_halves();
    test_orders();
    return tap_done();
}
