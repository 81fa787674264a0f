/* A weight's initial value from a file. */
#ifndef SLT_NET_INIT_FILE_H
#define SLT_NET_INIT_FILE_H

#include "net/model.h"
#include "num/tensor.h"

/* Reads the file `spec->file`, relative to folder and in its tree (base/tree.h): exactly
 * the bytes of slt_tensor_store, whose SHA-256 is spec->sha256, of the weight in its own
 * arithmetic or in another one, which the size tells; another's numbers are rounded to
 * binary64 and then to the weight's arithmetic.  The size is looked at before anything is
 * allocated. */
slt_status slt_init_file(const slt_init_spec *spec, const char *folder,
                         slt_tensor *weight, slt_error *err);

#endif
