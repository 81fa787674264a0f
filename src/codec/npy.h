/* One NumPy file in the making (format 1.0, little-endian, C order), element by element
 * or tensor by tensor.  Latches its first error. */
#ifndef SLT_CODEC_NPY_H
#define SLT_CODEC_NPY_H

#include "base/buffer.h"
#include "base/io.h"
#include "num/tensor.h"

typedef struct slt_npy {
    slt_io_output output;
    slt_buffer path;
    slt_buffer scratch; /* header, then a tensor on its way */
    uint64_t left;      /* bytes that the shape still asks for */
    bool failed;        /* memory was short */
} slt_npy;

/* Of an element: "<f4", "<f8", "<i8" (fixed), "<i4" (index). */
const char *slt_npy_type(slt_arithmetic arithmetic);

/* Appends a tensor's name as part of a file name, one to one: '/' is '.', and what is
 * neither letter, digit nor '_' is %XX. */
void slt_npy_name(slt_buffer *path, const char *name);
/* The part of a trace's path that its files begin with: the file name without ".trace",
 * *length characters of it. */
const char *slt_npy_stem(const char *path, size_t *length);
/* SLT_USAGE where two traces have one stem and would write over each other. */
slt_status slt_npy_check_stems(const char *const *traces, size_t count, slt_error *err);

/* Begins the file whose path is in npy->path (the rest of *npy zero); shape of 1 to 3
 * numbers. */
void slt_npy_begin(slt_npy *npy, const char *type, const size_t *shape, int dimensions);
void slt_npy_bytes(slt_npy *npy, const void *bytes, size_t size);
/* A tensor's elements; of a fixed one without its exponent, which a file's name has. */
void slt_npy_tensor(slt_npy *npy, const slt_tensor *tensor);
/* Keeps the file, which must then be as long as its shape says (asserted), or leaves no
 * part of it; frees what npy holds in any case. */
slt_status slt_npy_end(slt_npy *npy, bool keep, slt_error *err);

#endif
