/* What the writer and the reader of traces share: the first bytes and the order of
 * records. */
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

/* One header; checkpoints, steps ascending; chains, (llc, step, chain) ascending; at most
 * one table; one end. */
typedef struct slt_trace_order {
    size_t records;       /* so far */
    slt_record_kind kind; /* of the last one */
    uint64_t step;        /* of the last checkpoint */
    uint64_t at_step;     /* of the last chain, with its estimate and number */
    uint32_t llc, chain;
} slt_trace_order;

/* Takes the record as the next one.  NULL, or what was expected instead (a few words);
 * the order is then unchanged. */
const char *slt_trace_order_take(slt_trace_order *order, const slt_record *record);

/* The status of that name; false where there is none. */
bool slt_run_status_find(const char *name, slt_run_status *status);

/* Bytes of an element of that type in a trace ("f32" 4, "f64" and "fixed" 8), 0 where
 * there is no such type, and bytes before the elements (fixed: 8, its exponent). */
size_t slt_trace_type_size(const char *type);
size_t slt_trace_type_prefix(const char *type);

#endif
