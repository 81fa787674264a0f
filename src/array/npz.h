/* Members of .npz files, which are .npy files in a zip archive: libzip reads it, where it
 * is installed. */
#ifndef SLT_ARRAY_NPZ_H
#define SLT_ARRAY_NPZ_H

#include <sltrace/status.h>

#include "base/buffer.h"

/* Whether bytes begin as a zip archive with members does. */
bool slt_npz_is(const uint8_t *bytes, size_t size);
/* Appends the .npy file of the member that NumPy calls `member`, which is the archive's
 * entry member.npy, to *out.  SLT_FORMAT where there is none or more than one, or it is
 * damaged, has more than size_max bytes, or is packed more than SLT_NPZ_RATIO_MAX times
 * tighter than the whole archive, so that reading costs a small multiple of its size;
 * SLT_UNFIT without libzip. */
#define SLT_NPZ_RATIO_MAX 100
slt_status slt_npz_read(const uint8_t *bytes, size_t size, const char *member,
                        size_t size_max, slt_buffer *out, slt_error *err);

#endif
