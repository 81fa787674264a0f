/* Which array the bytes of a file hold: one row for each format that others write. */
#ifndef SLT_ARRAY_FORMAT_H
#define SLT_ARRAY_FORMAT_H

#include <sltrace/status.h>

#include "array/array.h"
#include "base/buffer.h"

/* The largest file that is read: 2^28 numbers of 8 bytes, and a header. */
#define SLT_ARRAY_FILE_MAX (((size_t)8 << 28) + ((size_t)1 << 20))
#define SLT_MEMBER_MAX 256 /* of a name inside of a file, with the NUL */

/* Finds the array: without a member (NULL or "") the only one of a .npy or IDX file, with
 * one that of a .npz or safetensors file which is called so.  What is packed is unpacked
 * into *unpacked, at most size_max bytes, and *array borrows bytes or *unpacked; *format
 * becomes ".npy", "IDX", ".npz" or "safetensors".  SLT_FORMAT in words that do not name
 * the file; SLT_UNFIT where a library is missing. */
slt_status slt_array_find(const uint8_t *bytes, size_t size, const char *member,
                          size_t size_max, slt_buffer *unpacked, slt_array *array,
                          const char **format, slt_error *err);

#endif
