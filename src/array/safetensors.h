/* safetensors files: a JSON header that says of each tensor its type, its shape and where
 * its elements are, and then the elements.  Read strictly: the header is one JSON object
 * of at most SLT_SAFETENSORS_HEADER_MAX bytes without repeated keys (jansson reads it),
 * whose shapes have at most SLT_SAFETENSORS_AXES_MAX axes, the tensors fill the rest of
 * the file without overlaps and holes, each with exactly the bytes of its shape. */
#ifndef SLT_ARRAY_SAFETENSORS_H
#define SLT_ARRAY_SAFETENSORS_H

#include <sltrace/status.h>

#include "array/array.h"

#define SLT_SAFETENSORS_HEADER_MAX ((size_t)1 << 20)
#define SLT_SAFETENSORS_AXES_MAX 64

typedef struct slt_safetensor {
    char *name;
    slt_array array; /* elements borrow the file's bytes */
    bool plain;      /* its elements and axes are of those that slt_array has */
} slt_safetensor;

/* Tensors in the order of the header. */
typedef struct slt_safetensors {
    slt_safetensor *list;
    size_t count;
} slt_safetensors;

/* SLT_FORMAT, naming the tensor or the byte, if bytes are no such file; *file then owns
 * nothing. */
slt_status slt_safetensors_read(const uint8_t *bytes, size_t size, slt_safetensors *file,
                                slt_error *err);
void slt_safetensors_free(slt_safetensors *file);
/* The array of one tensor; SLT_FORMAT where it is not there or not plain, and a few names
 * that are. */
slt_status slt_safetensors_find(const slt_safetensors *file, const char *name,
                                slt_array *array, slt_error *err);

#endif
