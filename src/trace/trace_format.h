/* What the writer and the reader of traces share: the first bytes, the order of records,
 * and the names and sizes of things. */
#ifndef SLT_TRACE_TRACE_FORMAT_H
#define SLT_TRACE_TRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/trace.h>

#define SLT_TRACE_FORMAT 1
#define SLT_TRACE_MAGIC_SIZE 8
#define SLT_TRACE_START_SIZE 12 /* the magic bytes and the format number */

/* The 12 bytes that a trace begins with. */
void slt_trace_start_bytes(uint8_t start[SLT_TRACE_START_SIZE]);

/* The records so far.  Their order: one header; checkpoints by ascending step; chains by
 * ascending (llc, step, chain); at most one table; one end. */
typedef struct slt_trace_order {
    size_t records;       /* so far */
    slt_record_kind kind; /* of the last one */
    uint64_t step;        /* of the last checkpoint */
    uint32_t llc, chain;  /* of the last chain: its estimate and its number */
    uint64_t at_step;     /* of the last chain: the step of its checkpoint */
} slt_trace_order;

/* Takes the record as the next one and returns NULL; or returns what was expected instead
 * (a few words) and leaves the order unchanged. */
const char *slt_trace_order_take(slt_trace_order *order, const slt_record *record);

/* The status of that name; false if there is none. */
bool slt_run_status_find(const char *name, slt_run_status *status);

/* The bytes of an element of that type in a trace: 4 for "f32", 8 for "f64" and "fixed",
 * 0 if there is no such type. */
size_t slt_trace_type_size(const char *type);
/* The bytes before the elements: 8 for "fixed", its exponent; 0 for others. */
size_t slt_trace_type_prefix(const char *type);

#endif
