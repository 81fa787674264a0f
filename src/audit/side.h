/* One of the traces that an audit compares. */
#ifndef SLT_AUDIT_SIDE_H
#define SLT_AUDIT_SIDE_H

#include <sltrace/trace.h>

#include "audit/audit.h"

struct slt_audit_side {
    const char *path;
    uint64_t file[2]; /* identity of the file: device and inode */
    slt_buffer bytes;
    slt_trace *trace;
    char sha256[SLT_SHA256_TEXT_MAX];
};

#endif
