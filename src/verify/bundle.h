/* Bundles in memory. */
#ifndef SLT_VERIFY_BUNDLE_H
#define SLT_VERIFY_BUNDLE_H

#include <sltrace/bundle.h>

#include "base/buffer.h"

/* As slt_bundle_write, into an empty buffer, which is the caller's also if it fails. */
slt_status slt_bundle_make(const char *golden, const char *const *more, size_t count,
                           slt_buffer *archive, slt_bundle *made, slt_error *err);

#endif
