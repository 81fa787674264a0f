/* Windows that go over samples with positions [height, width]: what a window sees at one
 * of its own positions is its places, row by row; beyond the edge there are zeros.  The
 * rows of a tensor are samples, and in them positions row by row; columns are channels.
 * docs/spec/06-operations.md has the order of every sum. */
#ifndef SLT_NUM_WINDOW_H
#define SLT_NUM_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "num/tensor.h"

/* Axis 0 is the height.  Place k of a window at its position o is position
 * o stride + k dilation - padding of a sample, where there is one. */
typedef struct slt_window {
    size_t in[2];   /* positions of a sample */
    size_t size[2]; /* places */
    size_t stride[2], padding[2], dilation[2];
    size_t out[2]; /* positions of the window: slt_window_fit */
} slt_window;

/* Sets out to floor((in + 2 padding - (size - 1) dilation - 1) / stride) + 1.  False
 * where the window is larger than that has room for, or too large to count. */
bool slt_window_fit(slt_window *window);
static inline size_t slt_window_places(const slt_window *window)
{
    return window->size[0] * window->size[1];
}
/* Positions of the window in a sample. */
static inline size_t slt_window_positions(const slt_window *window)
{
    return window->out[0] * window->out[1];
}

/* Row i of `patches` is what the window sees at its position first + i, positions of all
 * samples counted through: place after place, the channels of each; zeros beyond the
 * edge.  Copied. */
void slt_num_patches(const slt_window *window, const slt_tensor *x, size_t first,
                     slt_tensor *patches);
/* sums: for each position of the window and channel the chain from +0 of the places,
 * ascending, that are not beyond the edge.  In fixed point slt_num_add's of blocks, each
 * what a place sees at all positions, from zeros with x's exponent. */
void slt_num_window_sums(const slt_window *window, const slt_tensor *x, slt_tensor *sums);
/* The other way round: dx is at each position and channel of samples the chain from +0,
 * places ascending, of what d has for the place at the window's position where it sees
 * that one.  d has the channels of dx, the same for all places, or those of place after
 * place.  In fixed point likewise. */
void slt_num_window_spread(const slt_window *window, const slt_tensor *d, slt_tensor *dx);
/* Of the places that are not beyond the edge the largest x: the first one, or a later one
 * that is above it, and so on (so the lowest of equals, and no NaN but at the first
 * place).  to = what `from`, which is like x, has there. */
void slt_num_window_largest(const slt_window *window, const slt_tensor *x,
                            const slt_tensor *from, slt_tensor *to);
/* dx = as slt_num_window_spread, of dy at the place that is the largest, +0 at others. */
void slt_num_window_largest_back(const slt_window *window, const slt_tensor *x,
                                 const slt_tensor *dy, slt_tensor *dx);

/* out = patches w', plus the bias unless that is NULL, as slt_num_product and
 * slt_num_add_bias make it; w has a row for each column of out. */
void slt_num_convolution(const slt_window *window, const slt_tensor *x,
                         const slt_tensor *w, const slt_tensor *bias, slt_tensor *out);
/* dx = slt_num_window_spread of the product dy w. */
void slt_num_convolution_back(const slt_window *window, const slt_tensor *dy,
                              const slt_tensor *w, slt_tensor *dx);
/* dw = dy' patches, slt_num_product_long by the window's positions. */
void slt_num_convolution_sums(const slt_window *window, const slt_tensor *x,
                              const slt_tensor *dy, slt_tensor *dw);
/* The same of the rows of dy alone, which belong to the window's positions from `first`
 * on: one block. */
void slt_num_convolution_block(const slt_window *window, const slt_tensor *x,
                               size_t first, const slt_tensor *dy, slt_tensor *dw);

#endif
