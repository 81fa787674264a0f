/* NumPy files: what is taken has exactly the bytes that its shape needs, and its
 * elements, written as a plain file of C order and read again, are the same. */
#include "fuzz.h"

#include "net/npy_read.h"

static void put(slt_buffer *bytes, uint8_t version, const char *dictionary, size_t size)
{
    const size_t start = version == 1 ? 10 : 12, text = strlen(dictionary);
    const size_t length = (start + text + 1 + 63) / 64 * 64 - start;
    slt_buffer_append(bytes, "\x93NUMPY", 6);
    slt_buffer_byte(bytes, version);
    slt_buffer_byte(bytes, 0);
    for (size_t i = 0; i < start - 8; i++)
        slt_buffer_byte(bytes, (uint8_t)(length >> 8 * i));
    slt_buffer_append(bytes, dictionary, text);
    for (size_t i = text + 1; i < length; i++)
        slt_buffer_byte(bytes, ' ');
    slt_buffer_byte(bytes, '\n');
    for (size_t i = 0; i < size; i++)
        slt_buffer_byte(bytes, (uint8_t)(37 * i));
}

static void seed(size_t n, slt_buffer *bytes)
{
    static const struct {
        uint8_t version;
        const char *dictionary;
        size_t size;
    } files[] = {
        {1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24},
        {2, "{\"descr\": \">f8\", \"fortran_order\": True, \"shape\": (3, 2)}", 48},
        {3, "{'shape': (5,), 'fortran_order': False, 'descr': '<f2'}", 10},
        {1, "{'descr': '>i8', 'fortran_order': True, 'shape': (2L, 1L, 2L, 1L)}", 32},
        {1, "{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8},
        {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4)}", 0},
    };
    put(bytes, files[n].version, files[n].dictionary, files[n].size);
}

/* Rows, and columns of all other dimensions. */
static void shape_of(const slt_npy_head *head, size_t *rows, size_t *cols)
{
    *rows = head->dimensions > 0 ? head->shape[0] : 1;
    *cols = 1;
    for (int d = 1; d < head->dimensions; d++)
        *cols *= head->shape[d];
}

static void check_again(const slt_npy_head *head, const slt_buffer *elements, size_t rows,
                        size_t cols)
{
    slt_npy_head other;
    slt_buffer file = {0}, again = {0};
    slt_error err = {0};
    char dictionary[200];
    const size_t frac = head->holds == SLT_FIXED ? 8 : 0;
    const char *type = head->holds == SLT_F32   ? "f4"
                       : head->holds == SLT_F64 ? "f8"
                                                : "i8";
    snprintf(dictionary, sizeof dictionary,
             "{'descr': '<%s', 'fortran_order': False, 'shape': (%zu, %zu)}", type, rows,
             cols);
    put(&file, 1, dictionary, 0);
    slt_buffer_append(&file, elements->data + frac, elements->size - frac);
    slt_status status = slt_npy_head_read(file.data, file.size, &other, &err);
    FUZZ_REQUIRE(!status, "written again: %s", err.text);
    if (!status)
        slt_npy_elements(&other, file.data, rows, cols, 48, &again);
    FUZZ_REQUIRE(status || fuzz_same(&again, elements->data, elements->size),
                 "written again it has other elements");
    slt_buffer_free(&file);
    slt_buffer_free(&again);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_npy_head head;
    slt_error err = {0};
    slt_buffer elements = {0};
    size_t rows, cols;
    slt_status status = slt_npy_head_read(bytes, size, &head, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "");
        return false;
    }
    shape_of(&head, &rows, &cols);
    FUZZ_REQUIRE(head.offset + rows * cols * head.size == size, "%zu bytes for %zu x %zu",
                 size, rows, cols);
    slt_npy_elements(&head, bytes, rows, cols, 48, &elements);
    if (elements.size)
        check_again(&head, &elements, rows, cols);
    slt_buffer_free(&elements);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_npy_head head;
    size_t rows, cols;
    slt_status status = slt_npy_head_read(bytes, size, &head, NULL);
    if (status)
        return status;
    shape_of(&head, &rows, &cols);
    slt_npy_elements(&head, bytes, rows, cols, 48, said);
    return status;
}

static const fuzz_target fuzz_this = {.name = "npy",
                                      .mutants = 100000,
                                      .seeds = 6,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
