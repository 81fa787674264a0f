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

/* A trace as text (malloc'ed): the run, then a line a record; or where `json` is not
 * NULL, as a document begun in it, for the caller to end, and text is not looked at.  Of
 * stored states only sizes and hashes.  No byte of the trace reaches a terminal as a
 * control character. */
SLT_API slt_status slt_show_trace(const slt_trace *trace, const char *name,
                                  slt_json *json, char **text, slt_error *err);
/* A golden, with the verdicts of its claims computed. Of what kind a claim is, is known
 * from the manifest that the golden names; NULL where that is not at hand. */
SLT_API slt_status slt_show_golden(const slt_golden *golden, const slt_manifest *manifest,
                                   slt_json *json, char **text, slt_error *err);

/* Numbers of traces as CSV with the columns trace, record, kind, step, llc, chain, draw,
 * name, value: metrics of checkpoints, settings and losses of chains, results of tables.
 * A cell that does not apply is empty.  path is as before where anything fails, and where
 * it is there already unless `over`. */
SLT_API slt_status slt_export_csv(const char *const *traces, size_t count,
                                  const char *path, bool over, slt_error *err);

/* Tensors and losses of traces as NumPy files (format 1.0, little-endian) in an existing
 * folder: TRACE-stepSTEP-TENSOR.npy for each stored tensor and TRACE-llcI-chainJ.npy for
 * each chain.  TRACE is the trace's file name without ".trace"; in TENSOR '/' is '.', and
 * what is neither letter, digit nor '_' is %XX.  fixed: int64, and ".fracF" behind
 * TENSOR: a value is element * 2^-F.  SLT_USAGE where two traces have one file name.
 * *files counts what was written (may be NULL); after an error no incomplete file is
 * left. */
SLT_API slt_status slt_export_npy(const char *const *traces, size_t count,
                                  const char *folder, size_t *files, slt_error *err);

/* ---- Text in a format -------------------------------------------------------------- */

/* What a text from outside becomes, so that it is one text there and nothing else. */
typedef enum slt_text_form {
    SLT_TEXT_LINE,  /* a terminal: what is not shown is \xNN, line ends too */
    SLT_TEXT_LINES, /* the same, with its line ends */
    SLT_TEXT_TAP    /* a description: \ # and what is not shown as \\ \# \xNN */
} slt_text_form;
/* SLT_RESOURCE: no memory, nothing was written.  Write errors are the stream's. */
SLT_API slt_status slt_show_text(slt_text_form form, const char *text, FILE *out);

#endif
