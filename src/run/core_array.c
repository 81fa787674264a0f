/* Arrays of a caller as files, which a manifest names. */
#include <sltrace/core.h>

#include "array/format.h"
#include "base/fpenv.h"
#include "base/io.h"
#include "base/sha256.h"
#include "codec/npy.h"

slt_status slt_core_write_array(const char *path, const double *values, size_t rows,
                                size_t cols, char sha256[65], slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_npy npy = {0};
    slt_buffer bytes = {0};
    size_t size;
    if (!path || !values || !sha256 || !rows || !cols)
        return slt_fail(err, SLT_USAGE,
                        "slt_core_write_array: expected a path, numbers and where their "
                        "SHA-256 goes, found NULL or an array without elements");
    if (__builtin_mul_overflow(rows, cols, &size) || size > SLT_ARRAY_FILE_MAX / 16)
        return slt_fail(err, SLT_USAGE,
                        "slt_core_write_array: %zu x %zu numbers are too "
                        "many for a file",
                        rows, cols);
    const slt_tensor numbers = {
        .arithmetic = SLT_F64, .rows = rows, .cols = cols, .data = (void *)values};
    slt_buffer_printf(&npy.path, "%s", path);
    slt_npy_begin(&npy, slt_npy_type(SLT_F64), (const size_t[]){rows, cols}, 2);
    slt_npy_tensor(&npy, &numbers);
    slt_status status = slt_npy_end(&npy, true, err);
    if (!status)
        status = slt_io_read(path, SLT_ARRAY_FILE_MAX, &bytes, err);
    if (!status)
        slt_sha256_of(bytes.data, bytes.size, sha256);
    slt_buffer_free(&bytes);
    return status;
}
