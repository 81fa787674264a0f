/* Memory that a kernel works in: one block a thread, grown when asked for more and freed
 * when the thread ends.  In a steady state nothing is allocated. */
#ifndef SLT_NUM_SCRATCH_H
#define SLT_NUM_SCRATCH_H

#include <stddef.h>

/* At least size bytes, SLT_TENSOR_ALIGNMENT aligned, contents unspecified; the same block
 * at every call of this thread.  Asserts that memory suffices: kernels ask for some
 * hundreds of kilobytes, and at most for the size of a factor and of their result beside.
 */
void *slt_kernel_scratch(size_t size);

#endif
