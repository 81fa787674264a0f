/* Reads a trace record by record; each is validated completely before it is returned. */
#ifndef SLT_TRACE_TRACE_SCAN_H
#define SLT_TRACE_TRACE_SCAN_H

#include "codec/pack.h"
#include "trace/trace_format.h"

typedef struct slt_trace_math {
    char name[24];
    char fingerprint[17];
} slt_trace_math;

/* What the header record holds. */
typedef struct slt_trace_head {
    uint32_t numerics;
    slt_pack_span run; /* canonical bytes, validated as msgpack of the strict profile */
    slt_trace_math *functions;
    size_t function_count;
} slt_trace_head;

typedef struct slt_trace_scan {
    slt_pack_reader reader;
    slt_trace_order order;
    slt_trace_head head;
    slt_digest chain; /* H of the last record */
    size_t good;      /* bytes up to the end of the last valid record */
    char label[40];   /* "record 17", for messages */
    bool short_of_memory;
} slt_trace_scan;

/* Checks the first 12 bytes.  The bytes must outlive the scan and its records. */
void slt_trace_scan_init(slt_trace_scan *scan, const void *bytes, size_t size);
void slt_trace_scan_free(slt_trace_scan *scan);
/* Reads the next record; false after the end record or at the first error.  Free the
 * record's lists with slt_record_free. */
bool slt_trace_scan_next(slt_trace_scan *scan, slt_record *record);
void slt_record_free(slt_record *record);
/* Reads again a record other than the header, of bytes that were scanned: number `index`,
 * at `offset`.  false if memory is short. */
bool slt_trace_scan_again(const void *bytes, size_t size, size_t index, size_t offset,
                          slt_record *record);
/* After slt_trace_scan_next returned false: SLT_OK if the bytes are a complete trace. */
slt_status slt_trace_scan_end(slt_trace_scan *scan, const char *name, slt_error *err);

#endif
