#include "num/scratch.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/world.h"
#include "num/tensor.h"

#define STEP ((size_t)1 << 16)

enum {
    OF_KERNELS,
    OF_SUMS,
    OF_PATCHES,
    OF_TURNS,
    BLOCKS
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key[BLOCKS];
static bool has_key[BLOCKS];
static _Thread_local void *block[BLOCKS];
static _Thread_local size_t block_size[BLOCKS];

/* The keys only serve to free the blocks when their thread ends; without one its block is
 * lost then. */
static void make_keys(void)
{
    for (int i = 0; i < BLOCKS; i++)
        has_key[i] = slt_world.pthread_key_create(&key[i], free) == 0;
}

static void scratch_grow(int which, size_t size)
{
    slt_world.pthread_once(&once, make_keys);
    if (has_key[which])
        slt_world.pthread_setspecific(key[which], NULL);
    free(block[which]);
    block_size[which] = (size + STEP - 1) / STEP * STEP;
    block[which] = slt_world.aligned_alloc(SLT_TENSOR_ALIGNMENT, block_size[which]);
    if (!block[which])
        slt_end_without_memory("the working memory of kernels", block_size[which]);
    if (has_key[which])
        slt_world.pthread_setspecific(key[which], block[which]);
}

static void *scratch_of(int which, size_t size)
{
    if (size > block_size[which])
        scratch_grow(which, size);
    return block[which];
}

void *slt_kernel_scratch(size_t size)
{
    return scratch_of(OF_KERNELS, size);
}

void *slt_sums_scratch(size_t size)
{
    return scratch_of(OF_SUMS, size);
}

void *slt_turns_scratch(size_t size)
{
    return scratch_of(OF_TURNS, size);
}

void *slt_patches_scratch(size_t rows, size_t cols, size_t each)
{
    size_t size;
    if (__builtin_mul_overflow(rows, cols, &size) ||
        __builtin_mul_overflow(size, each, &size) || size > SIZE_MAX - STEP)
        slt_end_without_memory("the working memory of kernels", SIZE_MAX);
    return scratch_of(OF_PATCHES, size);
}
