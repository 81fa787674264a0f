/* Convolution: patches of what a window sees, by the weight, patches of some samples at a
 * time. */
#include <string.h>

#include "base/assert.h"
#include "num/kernels.h"
#include "num/ops.h"
#include "num/scratch.h"
#include "num/window_internal.h"
#include "num/window_plan.h"

/* Patches of a few hundred rows stay near while a product uses them, and are enough for
 * it to make good use of the other factor. */
#define NEAR_BYTES ((size_t)128 << 10)
#define NEAR_ROWS ((size_t)256)

static slt_tensor tensor_of(slt_arithmetic arithmetic, size_t rows, size_t cols,
                            void *data)
{
    return (slt_tensor){
        .arithmetic = arithmetic, .rows = rows, .cols = cols, .data = data};
}

static size_t near_rows(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    const size_t most = NEAR_BYTES / (cols * slt_arithmetic_size(arithmetic));
    const size_t near = most < NEAR_ROWS ? NEAR_ROWS : most;
    return rows < near ? rows : near;
}

/* The same in whole samples, of so many rows each. */
static size_t near_samples(slt_arithmetic arithmetic, size_t rows, size_t cols,
                           size_t each)
{
    const size_t near = near_rows(arithmetic, rows, cols) / each;
    return near ? near : 1;
}

static slt_tensor rows_of(const slt_tensor *tensor, size_t first, size_t most)
{
    const size_t left = tensor->rows - first;
    return slt_tensor_part(tensor, first, left < most ? left : most);
}

/* Whether patches are x as it stands. */
static bool sees_x(const slt_window *window)
{
    bool same = true;
    for (int i = 0; i < 2; i++)
        same = same && window->size[i] == 1 && window->stride[i] == 1 &&
               window->padding[i] == 0;
    return same;
}

static void multiply_rows(const slt_tensor *x, const slt_tensor *w,
                          const slt_tensor *bias, slt_tensor *out)
{
    if (bias)
        slt_num_affine(SLT_PLAIN, SLT_TRANSPOSED, x, w, bias, out);
    else
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, x, w, out);
}

/* A row of patches with a number of the largest magnitude of all. */
static size_t find_peak(const slt_window *window, const slt_tensor *x, size_t rows,
                        slt_tensor *patches)
{
    uint64_t most = 0;
    size_t peak = 0;
    for (size_t first = 0; first < rows; first += patches->rows) {
        slt_tensor part = rows_of(patches, 0, rows - first);
        slt_num_patches(window, x, first, &part);
        const int64_t *m = part.data;
        for (size_t e = 0; e < slt_tensor_count(&part); e++) {
            const uint64_t size = m[e] < 0 ? 0 - (uint64_t)m[e] : (uint64_t)m[e];
            if (size > most) {
                most = size;
                peak = first + e / part.cols;
            }
        }
    }
    return peak;
}

/* A product rounds all patches as one block.  So that blocks of them are rounded alike,
 * each has a row more, with the largest number. */
static void convolve_fixed(const slt_window *window, const slt_tensor *x,
                           const slt_tensor *w, slt_tensor *out)
{
    const size_t rows = out->rows, most = near_rows(SLT_FIXED, rows, w->cols);
    int64_t *memory = slt_patches_scratch(most + 1, w->cols + w->rows, sizeof *memory);
    slt_tensor patches = tensor_of(SLT_FIXED, most, w->cols, memory);
    const size_t peak = find_peak(window, x, rows, &patches);
    bool overflow = false;
    for (size_t first = 0; first < rows; first += most) {
        slt_tensor to = rows_of(out, first, most), part = rows_of(&patches, 0, to.rows);
        slt_num_patches(window, x, first, &part);
        slt_tensor last = tensor_of(SLT_FIXED, 1, w->cols, memory + to.rows * w->cols);
        slt_num_patches(window, x, peak, &last);
        part.rows++;
        slt_tensor made =
            tensor_of(SLT_FIXED, part.rows, w->rows, memory + (most + 1) * w->cols);
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &part, w, &made);
        memcpy(to.data, made.data, slt_tensor_count(&to) * sizeof *memory);
        out->frac = made.frac;
        overflow |= made.overflow;
    }
    out->overflow = overflow;
}

void slt_num_convolution(const slt_window *window, const slt_tensor *x,
                         const slt_tensor *w, const slt_tensor *bias, slt_tensor *out)
{
    SLT_ASSERT(slt_window_goes_over(window, x, out) && w->rows == out->cols);
    SLT_ASSERT(w->cols == slt_window_places(window) * x->cols);
    if (sees_x(window)) {
        multiply_rows(x, w, bias, out);
        return;
    }
    if (out->arithmetic == SLT_FIXED) {
        convolve_fixed(window, x, w, out);
        if (bias)
            slt_num_add_bias(out, bias);
        return;
    }
    const size_t most = near_rows(x->arithmetic, out->rows, w->cols);
    slt_tensor patches =
        tensor_of(x->arithmetic, most, w->cols,
                  slt_patches_scratch(most, w->cols, slt_arithmetic_size(x->arithmetic)));
    for (size_t first = 0; first < out->rows; first += most) {
        slt_tensor to = rows_of(out, first, most), part = rows_of(&patches, 0, to.rows);
        slt_num_patches(window, x, first, &part);
        multiply_rows(&part, w, bias, &to);
    }
}

/* The column of w with a number of the largest magnitude. */
static size_t peak_column(const slt_tensor *w)
{
    const int64_t *m = w->data;
    uint64_t most = 0;
    size_t peak = 0;
    for (size_t e = 0; e < slt_tensor_count(w); e++) {
        const uint64_t size = m[e] < 0 ? 0 - (uint64_t)m[e] : (uint64_t)m[e];
        if (size > most) {
            most = size;
            peak = e % w->cols;
        }
    }
    return peak;
}

/* Place by place, so that no more than the columns of one wait.  The product rounds w as
 * one block: its columns of a place go with one that has the largest number. */
static void convolve_back_fixed(const slt_window *window, const slt_tensor *dy,
                                const slt_tensor *w, slt_tensor *dx)
{
    const size_t cols = dx->cols, size = sizeof(int64_t);
    int64_t *memory = slt_patches_scratch(w->rows + dy->rows, cols + 1, sizeof *memory);
    slt_tensor few = tensor_of(SLT_FIXED, w->rows, cols + 1, memory);
    slt_tensor d =
        tensor_of(SLT_FIXED, dy->rows, cols + 1, memory + w->rows * (cols + 1));
    const size_t peak = peak_column(w);
    bool overflow = false;
    few.frac = w->frac;
    few.overflow = w->overflow;
    for (size_t q = 0; q < slt_window_places(window); q++) {
        const int64_t *from = w->data;
        for (size_t i = 0; i < w->rows; i++) {
            memcpy(memory + i * (cols + 1), from + i * w->cols + q * cols, cols * size);
            memory[i * (cols + 1) + cols] = from[i * w->cols + peak];
        }
        slt_num_product(SLT_PLAIN, SLT_PLAIN, dy, &few, &d);
        slt_window_add_place(window, q, &d, 0, dx);
        overflow |= d.overflow;
    }
    dx->overflow |= overflow;
}

void slt_num_convolution_back(const slt_window *window, const slt_tensor *dy,
                              const slt_tensor *w, slt_tensor *dx)
{
    SLT_ASSERT(slt_window_goes_over(window, dx, dy) && w->rows == dy->cols);
    SLT_ASSERT(w->cols == slt_window_places(window) * dx->cols);
    if (dx->arithmetic == SLT_FIXED) {
        convolve_back_fixed(window, dy, w, dx);
        return;
    }
    const size_t out = slt_window_positions(window), in = window->in[0] * window->in[1];
    const size_t samples = near_samples(dx->arithmetic, dy->rows, w->cols, out);
    slt_tensor patches = tensor_of(
        dx->arithmetic, samples * out, w->cols,
        slt_patches_scratch(samples * out, w->cols, slt_arithmetic_size(dx->arithmetic)));
    for (size_t first = 0; first * in < dx->rows; first += samples) {
        const slt_tensor from = rows_of(dy, first * out, samples * out);
        slt_tensor to = rows_of(dx, first * in, samples * in),
                   d = rows_of(&patches, 0, from.rows);
        slt_num_product(SLT_PLAIN, SLT_PLAIN, &from, w, &d);
        slt_num_window_spread(window, &d, &to);
    }
}

void slt_num_convolution_block(const slt_window *window, const slt_tensor *x,
                               size_t first, const slt_tensor *dy, slt_tensor *dw)
{
    const slt_kernels *kernels = slt_kernels_of(dw->arithmetic);
    SLT_ASSERT(dw->cols == slt_window_places(window) * x->cols && dw->rows == dy->cols);
    if (sees_x(window)) {
        const slt_tensor part = rows_of(x, first, dy->rows);
        slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, dy, &part, dw);
        return;
    }
    const size_t rows = dy->rows;
    const size_t most =
        kernels->product_on ? near_rows(dw->arithmetic, rows, dw->cols) : rows;
    slt_tensor patches = tensor_of(
        dw->arithmetic, most, dw->cols,
        slt_patches_scratch(most, dw->cols, slt_arithmetic_size(dw->arithmetic)));
    for (size_t at = 0; at < rows; at += most) {
        const slt_tensor from = rows_of(dy, at, most);
        slt_tensor part = rows_of(&patches, 0, from.rows);
        slt_num_patches(window, x, first + at, &part);
        if (at)
            kernels->product_on(SLT_TRANSPOSED, SLT_PLAIN, &from, &part, dw);
        else
            slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &from, &part, dw);
    }
}

/* ---- What they take ---------------------------------------------------------------- */

static uint64_t bytes_of(slt_arithmetic arithmetic, uint64_t rows, uint64_t cols)
{
    uint64_t bytes;
    if (__builtin_mul_overflow(rows, cols, &bytes) ||
        __builtin_mul_overflow(bytes, slt_arithmetic_size(arithmetic), &bytes))
        return UINT64_MAX;
    return bytes;
}

static uint64_t larger_of(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t forward_scratch(slt_arithmetic arithmetic, size_t rows,
                                const slt_tensor *w)
{
    const size_t near = near_rows(arithmetic, rows, w->cols);
    return arithmetic == SLT_FIXED ? bytes_of(arithmetic, near + 1, w->cols + w->rows)
                                   : bytes_of(arithmetic, near, w->cols);
}

static uint64_t back_scratch(slt_arithmetic arithmetic, size_t rows, size_t cols,
                             size_t positions, const slt_tensor *w)
{
    if (arithmetic == SLT_FIXED)
        return bytes_of(arithmetic, w->rows + rows, cols + 1);
    return bytes_of(arithmetic,
                    near_samples(arithmetic, rows, w->cols, positions) * positions,
                    w->cols);
}

static uint64_t sums_scratch(slt_arithmetic arithmetic, size_t rows, size_t positions,
                             const slt_tensor *w)
{
    const size_t block = slt_num_long_sum_block(positions);
    const size_t most = block && block < rows ? block : rows;
    return bytes_of(arithmetic,
                    arithmetic == SLT_FIXED ? most : near_rows(arithmetic, most, w->cols),
                    w->cols);
}

uint64_t slt_num_convolution_scratch(const slt_window *window, const slt_tensor *x,
                                     const slt_tensor *w, bool to_x, bool to_w)
{
    const slt_arithmetic a = x->arithmetic;
    const size_t out = slt_window_positions(window);
    const size_t rows = x->rows / (window->in[0] * window->in[1]) * out;
    uint64_t patches = 0, bytes;
    if (!sees_x(window))
        patches = forward_scratch(a, rows, w);
    if (!sees_x(window) && to_w)
        patches = larger_of(patches, sums_scratch(a, rows, out, w));
    if (to_x)
        patches = larger_of(patches, back_scratch(a, rows, x->cols, out, w));
    const uint64_t part = to_x ? slt_num_window_scratch(window, x, true) : 0;
    return __builtin_add_overflow(patches, part, &bytes) ? UINT64_MAX : bytes;
}
