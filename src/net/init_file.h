/* A weight's first value from a file. */
#ifndef SLT_NET_INIT_FILE_H
#define SLT_NET_INIT_FILE_H

#include "net/model.h"
#include "num/tensor.h"

/* Reads the file `spec->file`, relative to folder and in its tree (base/tree.h), whose
 * SHA-256 is spec->sha256.  A file that begins as NumPy's do is read as what it says: f2,
 * f4, f8, or i8 with the exponent in its name (".frac48.npy"), of either byte order, row
 * by row or column by column, of the weight's shape (or [n], where the weight has one
 * row).  With spec->tensor it is that array of a file of several (array/format.h), BF16
 * too.  The axes of an array may be moved.  Any other file holds exactly the bytes that
 * slt_tensor_store writes of the weight in the arithmetic of spec->type.  Numbers of
 * another arithmetic than the weight's are rounded to binary64, then to the weight's.
 * The size is checked before anything is allocated. */
slt_status slt_init_file(const slt_init_spec *spec, const char *folder,
                         slt_tensor *weight, slt_error *err);

/* Says which type raw elements have, where the spec leaves that to the run's arithmetic:
 * so that they are read as such into a weight of another. */
void slt_init_file_settle(slt_init_spec *spec, slt_arithmetic run);

/* Whether the file can be read into such a weight, and what it holds: ".npy of <f4",
 * "raw f64". */
#define SLT_INIT_HOLDS_MAX 24
slt_status slt_init_file_look(const slt_init_spec *spec, const char *folder, size_t rows,
                              size_t cols, slt_arithmetic arithmetic,
                              char holds[SLT_INIT_HOLDS_MAX], slt_error *err);

#endif
