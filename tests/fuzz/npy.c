/* Mutated NumPy files: refused with a byte, or read whole within their bytes. */
#include "mutate.h"
#include "tap.h"

#include "net/npy_read.h"

int main(void)
{
    static const char header[] =
        "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, "
        "'shape': (2, 3)}";
    slt_buffer file = {0};
    size_t taken = 0, wrong = 0;
    random_begin();
    slt_buffer_append(&file, header, sizeof header - 1);
    while (file.size < 127)
        slt_buffer_byte(&file, ' ');
    slt_buffer_byte(&file, '\n');
    for (uint8_t i = 0; i < 24; i++)
        slt_buffer_byte(&file, i);
    for (int i = 0; i < 100000; i++) {
        slt_npy_head head;
        slt_error err = {0};
        slt_buffer out = {0};
        size_t size;
        uint8_t *bytes = i ? mutate(&file, &size) : NULL;
        const uint8_t *from = bytes ? bytes : file.data;
        if (!bytes)
            size = file.size;
        slt_status status = slt_npy_head_read(from, size, &head, &err);
        if (status == SLT_OK) {
            size_t rows = head.dimensions > 0 ? head.shape[0] : 1, cols = 1;
            for (int d = 1; d < head.dimensions; d++)
                cols *= head.shape[d];
            slt_npy_elements(&head, from, rows, cols, 48, &out);
            taken++;
            wrong += out.failed;
        } else
            wrong += status != SLT_FORMAT || !err.text[0];
        slt_buffer_free(&out);
        free(bytes);
    }
    TAP_OK(taken > 100 && wrong == 0, "%zu of 100000 taken, %zu wrong", taken, wrong);
    slt_buffer_free(&file);
    return tap_done();
}
