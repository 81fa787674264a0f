/* Writes one NumPy file (format 1.0, little-endian, C order), element by element or
 * tensor by tensor.  The first error latches. */
#ifndef SLT_CODEC_NPY_H
#define SLT_CODEC_NPY_H

#include "base/buffer.h"
#include "base/io.h"
#include "num/tensor.h"

typedef struct slt_npy {
    slt_io_output output;
    slt_buffer path;
    slt_buffer scratch; /* header, then a tensor on its way */
    uint64_t left;      /* bytes that are still missing for the shape */
    bool failed;        /* memory was short */
} slt_npy;

/* The type of an element as NumPy calls it: "<f4", "<f8", "<i8" (fixed), "<i4"
 * (index). */
const char *slt_npy_type(slt_arithmetic arithmetic);

/* Appends a tensor's name as part of a file name; different names stay different.  '/'
 * becomes '.', and every character that is not a letter, a digit or '_' becomes %XX. */
void slt_npy_name(slt_buffer *path, const char *name);
/* What the names of a trace's files begin with: the trace's file name without ".trace",
 * *length characters long. */
const char *slt_npy_stem(const char *path, size_t *length);
/* SLT_USAGE if the files of two traces would have the same names. */
slt_status slt_npy_check_stems(const char *const *traces, size_t count, slt_error *err);

/* Begins the file whose path is in npy->path, all else in *npy being zero; shape has 1
 * to 3 numbers. */
void slt_npy_begin(slt_npy *npy, const char *type, const size_t *shape, int dimensions);
void slt_npy_bytes(slt_npy *npy, const void *bytes, size_t size);
/* Writes a tensor's elements.  The exponent of a fixed one is not among them: it is in
 * the file's name. */
void slt_npy_tensor(slt_npy *npy, const slt_tensor *tensor);
/* Keeps the file, which must have as many bytes as its shape says (asserted), or removes
 * it; frees what npy holds in both cases. */
slt_status slt_npy_end(slt_npy *npy, bool keep, slt_error *err);

#endif
