/* Reading back the CSV that is written here: figure data, tables of runs. */
#ifndef SLT_CODEC_CSV_H
#define SLT_CODEC_CSV_H

#include <sltrace/status.h>

#include "base/buffer.h"

/* One field at *at into out; leaves *at on the comma or line end after it.  False where
 * there is none, or a NUL in it. */
bool slt_csv_read(const char **at, const char *end, slt_buffer *out);
/* What was read, printed `again` (which is freed), must be the text in every byte: else
 * SLT_FORMAT with name:line of the first one that is spelled otherwise, and `what` the
 * text should be. */
slt_status slt_csv_require_same(const char *csv, size_t size, slt_buffer *again,
                                const char *name, const char *what, slt_error *err);

#endif
