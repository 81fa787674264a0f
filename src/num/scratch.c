#include "num/scratch.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "num/tensor.h"

#define STEP ((size_t)1 << 16)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static _Thread_local void *block;
static _Thread_local size_t block_size;

/* The key only serves to free the block when its thread ends. */
static void make_key(void)
{
    SLT_ASSERT(slt_world.pthread_key_create(&key, free) == 0);
}

static void scratch_grow(size_t size)
{
    SLT_ASSERT(slt_world.pthread_once(&once, make_key) == 0);
    free(block);
    block_size = (size + STEP - 1) / STEP * STEP;
    block = slt_world.aligned_alloc(SLT_TENSOR_ALIGNMENT, block_size);
    SLT_ASSERT(block && slt_world.pthread_setspecific(key, block) == 0);
}

void *slt_kernel_scratch(size_t size)
{
    if (size > block_size)
        scratch_grow(size);
    return block;
}
