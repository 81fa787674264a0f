#include "num/scratch.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "num/tensor.h"

#define STEP ((size_t)1 << 16)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;
static _Thread_local void *block;
static _Thread_local size_t block_size;

/* The key only serves to free the block when its thread ends; without it the block is
 * lost then. */
static void make_key(void)
{
    has_key = slt_world.pthread_key_create(&key, free) == 0;
}

static void scratch_grow(size_t size)
{
    slt_world.pthread_once(&once, make_key);
    if (has_key)
        slt_world.pthread_setspecific(key, NULL);
    free(block);
    block_size = (size + STEP - 1) / STEP * STEP;
    block = slt_world.aligned_alloc(SLT_TENSOR_ALIGNMENT, block_size);
    if (!block)
        slt_end_without_memory("the working memory of kernels", block_size);
    if (has_key)
        slt_world.pthread_setspecific(key, block);
}

void *slt_kernel_scratch(size_t size)
{
    if (size > block_size)
        scratch_grow(size);
    return block;
}
