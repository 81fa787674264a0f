/* Working memory of kernels, of sums that call kernels, of rows (patches, rows that are
 * made anew) that such sums are of, and of tables that later calls have again: one block
 * a thread for each of the four, which grows when more is asked for and is freed when the
 * thread ends.  Once it is large enough nothing is allocated any more. */
#ifndef SLT_NUM_SCRATCH_H
#define SLT_NUM_SCRATCH_H

#include <stddef.h>

/* Returns at least `size` bytes, aligned to SLT_TENSOR_ALIGNMENT, of unspecified
 * content; every call in a thread returns the same block.  Kernels ask for some hundreds
 * of kilobytes, and at most for the size of a factor and of their result; they cannot
 * fail, so where memory does not suffice the process ends (slt_end_without_memory). */
void *slt_kernel_scratch(size_t size);
void *slt_sums_scratch(size_t size);
/* Of rows * cols numbers of `each` bytes. */
void *slt_patches_scratch(size_t rows, size_t cols, size_t each);
/* Of num/rotary.c alone: its content stays while no more is asked for than before. */
void *slt_turns_scratch(size_t size);

#endif
