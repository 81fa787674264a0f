/* Reads back the CSV files that sltrace writes: figure data and tables of runs. */
#ifndef SLT_CODEC_CSV_H
#define SLT_CODEC_CSV_H

#include <sltrace/status.h>

#include "base/buffer.h"

/* Reads the field at *at into out and moves *at to the comma or line end behind it.
 * False if there is no field or it contains a NUL. */
bool slt_csv_read(const char **at, const char *end, slt_buffer *out);
/* Compares what was read with what it is written as, `again`, which is freed: SLT_FORMAT
 * with name:line of the first line that is spelled otherwise, and with what the text
 * should be, `what`. */
slt_status slt_csv_require_same(const char *csv, size_t size, slt_buffer *again,
                                const char *name, const char *what, slt_error *err);

#endif
