/* Traces and goldens for people and for other programs. */
#ifndef SLTRACE_SHOW_H
#define SLTRACE_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/golden.h>
#include <sltrace/json.h>
#include <sltrace/status.h>
#include <sltrace/trace.h>

SLT_C_BEGIN

/* Shows a trace: the run, then each record; of stored states only sizes and hashes.  If
 * `json` is NULL, text goes to `out`, with a line for each record, in which no byte of
 * the trace is a control character.  Otherwise a document is begun in json, which the
 * caller ends, and `out` is not used. */
SLT_API slt_status slt_show_trace(const slt_trace *trace, const char *name,
                                  slt_json *json, FILE *out, slt_error *err);
/* Shows a golden likewise, as malloc'ed text, with the verdicts of its claims computed.
 * manifest: the one that the golden names, which tells the kind of each claim; NULL if
 * not at hand. */
SLT_API slt_status slt_show_golden(const slt_golden *golden, const slt_manifest *manifest,
                                   slt_json *json, char **text, slt_error *err);

/* Writes the numbers of traces as CSV with the columns trace, record, kind, step, llc,
 * chain, draw, name, value: metrics of checkpoints, settings and losses of chains,
 * results of tables.  A cell that does not apply is empty.  If anything fails, the file
 * at path stays as it was; an existing file is an error unless `over`. */
SLT_API slt_status slt_export_csv(const char *const *traces, size_t count,
                                  const char *path, bool over, slt_error *err);

/* Writes tensors and losses of traces as NumPy files (format 1.0, little-endian) in an
 * existing folder: TRACE-stepSTEP-TENSOR.npy for each stored tensor and
 * TRACE-llcI-chainJ.npy for each chain.  TRACE is the trace's file name without ".trace".
 * In TENSOR '/' is written '.', and any other character that is not a letter, digit or
 * '_' is written %XX.  Fixed-point tensors are int64 and have ".fracF" after TENSOR: a
 * value is element * 2^-F.  SLT_USAGE if two traces have the same file name.  *files (may
 * be NULL) counts the files written; after an error no incomplete file is left. */
SLT_API slt_status slt_export_npy(const char *const *traces, size_t count,
                                  const char *folder, size_t *files, slt_error *err);

/* Writes the weights of each stored checkpoint of traces as TRACE-stepSTEP.safetensors in
 * an existing folder: tensors F32 or F64 of the weights' names and shapes;
 * of fixed point F64, each the nearest number.  Otherwise as slt_export_npy. */
SLT_API slt_status slt_export_safetensors(const char *const *traces, size_t count,
                                          const char *folder, size_t *files,
                                          slt_error *err);

/* ---- Text in a format -------------------------------------------------------------- */

/* How text from outside is escaped, so that it cannot act as anything but text. */
typedef enum slt_text_form {
    SLT_TEXT_LINE,  /* for a terminal: control characters and line ends are \xNN */
    SLT_TEXT_LINES, /* the same, but line ends stay */
    SLT_TEXT_TAP    /* a TAP description: as SLT_TEXT_LINE, and \ and # are \\ and \# */
} slt_text_form;
/* SLT_RESOURCE without memory; nothing is written then.  Write errors stay in the stream,
 * for the caller to check. */
SLT_API slt_status slt_show_text(slt_text_form form, const char *text, FILE *out);

SLT_C_END

#endif
