/* Windows: what their places see, by copies, and sums of it. */
#include "num/window_internal.h"

#include <string.h>

#include "base/assert.h"
#include "num/kernels.h"
#include "num/scratch.h"
#include "num/window_plan.h"

bool slt_window_fit(slt_window *window)
{
    for (int i = 0; i < 2; i++) {
        size_t reach, room;
        if (!window->size[i] || !window->stride[i] || !window->dilation[i] ||
            __builtin_mul_overflow(window->size[i] - 1, window->dilation[i], &reach) ||
            __builtin_mul_overflow(window->padding[i], (size_t)2, &room) ||
            __builtin_add_overflow(window->in[i], room, &room) || reach >= room)
            return false;
        window->out[i] = (room - reach - 1) / window->stride[i] + 1;
    }
    return true;
}

bool slt_window_goes_over(const slt_window *window, const slt_tensor *x,
                          const slt_tensor *made)
{
    const size_t in = window->in[0] * window->in[1], out = slt_window_positions(window);
    return x->arithmetic == made->arithmetic && x->rows % in == 0 &&
           x->rows / in * out == made->rows;
}

/* ---- Place by place ---------------------------------------------------------------- */

/* The position that a place sees along an axis; not below in[axis]: none. */
static size_t seen(const slt_window *window, int axis, size_t at, size_t place)
{
    return at * window->stride[axis] + place * window->dilation[axis] -
           window->padding[axis];
}

/* Calls on the bytes of the channels at a position of the window and at the one that the
 * place sees there, which is NULL beyond the edge. */
typedef void on_bytes(char *at, char *place, size_t size);

static void each_position(const slt_window *window, size_t place, const slt_tensor *made,
                          size_t step, const slt_tensor *x, on_bytes *call)
{
    const size_t size = x->cols * slt_arithmetic_size(x->arithmetic);
    const size_t in = window->in[0] * window->in[1];
    char *at = made->data;
    for (char *sample = x->data, *end = sample + x->rows * size; sample < end;
         sample += in * size)
        for (size_t i = 0; i < window->out[0]; i++) {
            const size_t y = seen(window, 0, i, place / window->size[1]);
            for (size_t j = 0; j < window->out[1]; j++, at += step) {
                const size_t z = seen(window, 1, j, place % window->size[1]);
                const bool inside = y < window->in[0] && z < window->in[1];
                call(at, inside ? sample + (y * window->in[1] + z) * size : NULL, size);
            }
        }
}

static void take_bytes(char *at, char *place, size_t size)
{
    if (place)
        memcpy(at, place, size);
    else
        memset(at, 0, size);
}

static void put_bytes(char *at, char *place, size_t size)
{
    if (place)
        memcpy(place, at, size);
}

/* to = what the place sees of x. */
static void take_place(const slt_window *window, size_t place, const slt_tensor *x,
                       slt_tensor *to)
{
    each_position(window, place, to, to->cols * slt_arithmetic_size(to->arithmetic), x,
                  take_bytes);
    to->frac = x->frac;
    to->overflow = x->overflow;
}

/* dx = columns of d from one on where the place sees it, zeros elsewhere. */
static void put_place(const slt_window *window, size_t place, const slt_tensor *d,
                      size_t column, slt_tensor *dx)
{
    const size_t size = slt_arithmetic_size(d->arithmetic);
    slt_tensor from = *d;
    from.data = (char *)d->data + column * size;
    slt_tensor_zero(dx);
    each_position(window, place, &from, d->cols * size, dx, put_bytes);
    dx->frac = d->frac;
    dx->overflow = d->overflow;
}

/* Zeros with the exponent of another tensor. */
static void begin_sum(slt_tensor *sum, const slt_tensor *like)
{
    slt_tensor_zero(sum);
    sum->frac = like->frac;
}

/* A tensor like another, in the working memory of sums. */
static slt_tensor part_like(const slt_tensor *tensor)
{
    slt_tensor part = *tensor;
    part.overflow = false;
    part.data = slt_sums_scratch(slt_tensor_count(tensor) *
                                 slt_arithmetic_size(tensor->arithmetic));
    return part;
}

void slt_window_add_place(const slt_window *window, size_t place, const slt_tensor *d,
                          size_t column, slt_tensor *dx)
{
    slt_tensor part = part_like(dx);
    if (!place)
        begin_sum(dx, d);
    put_place(window, place, d, column, &part);
    slt_num_add(dx, &part, dx);
}

void slt_num_window_sums(const slt_window *window, const slt_tensor *x, slt_tensor *sums)
{
    const slt_kernels *kernels = slt_kernels_of(x->arithmetic);
    SLT_ASSERT(slt_window_goes_over(window, x, sums) && x->cols == sums->cols);
    if (kernels->window_sums) {
        kernels->window_sums(window, x, sums);
        return;
    }
    slt_tensor part = part_like(sums);
    begin_sum(sums, x);
    for (size_t q = 0; q < slt_window_places(window); q++) {
        take_place(window, q, x, &part);
        slt_num_add(sums, &part, sums);
    }
}

void slt_num_window_spread(const slt_window *window, const slt_tensor *d, slt_tensor *dx)
{
    const slt_kernels *kernels = slt_kernels_of(d->arithmetic);
    const size_t places = slt_window_places(window);
    const size_t step = d->cols == dx->cols ? 0 : dx->cols;
    SLT_ASSERT(slt_window_goes_over(window, dx, d) &&
               d->cols == (step ? places * step : dx->cols));
    if (kernels->window_spread) {
        kernels->window_spread(window, d, dx);
        return;
    }
    for (size_t q = 0; q < places; q++)
        slt_window_add_place(window, q, d, q * step, dx);
}

uint64_t slt_num_window_scratch(const slt_window *window, const slt_tensor *x, bool to_x)
{
    const size_t samples = x->rows / (window->in[0] * window->in[1]);
    const size_t made = samples * slt_window_positions(window);
    uint64_t bytes;
    if (slt_kernels_of(x->arithmetic)->window_sums)
        return 0;
    if (__builtin_mul_overflow(to_x && x->rows > made ? x->rows : made,
                               x->cols * slt_arithmetic_size(x->arithmetic), &bytes))
        return UINT64_MAX;
    return bytes;
}

void slt_num_window_largest(const slt_window *window, const slt_tensor *x,
                            const slt_tensor *from, slt_tensor *to)
{
    SLT_ASSERT(slt_window_goes_over(window, x, to) && x->cols == to->cols);
    SLT_ASSERT(from->rows == x->rows && from->cols == x->cols);
    slt_kernels_of(x->arithmetic)->window_largest(window, x, from, to);
}

void slt_num_window_largest_back(const slt_window *window, const slt_tensor *x,
                                 const slt_tensor *dy, slt_tensor *dx)
{
    SLT_ASSERT(slt_window_goes_over(window, x, dy) && x->cols == dy->cols);
    SLT_ASSERT(dx->rows == x->rows && dx->cols == x->cols);
    slt_kernels_of(x->arithmetic)->window_largest_back(window, x, dy, dx);
}

/* ---- Patches ----------------------------------------------------------------------- */

static void copy_patches(const slt_window *window, const slt_tensor *x, size_t first,
                         slt_tensor *patches)
{
    const size_t size = x->cols * slt_arithmetic_size(x->arithmetic);
    const size_t in = window->in[0] * window->in[1], out = slt_window_positions(window);
    char *to = patches->data;
    for (size_t row = first; row < first + patches->rows; row++) {
        char *sample = (char *)x->data + row / out * in * size;
        const size_t i = row % out / window->out[1], j = row % out % window->out[1];
        for (size_t k = 0; k < window->size[0]; k++)
            for (size_t l = 0; l < window->size[1]; l++, to += size) {
                const size_t y = seen(window, 0, i, k), z = seen(window, 1, j, l);
                const bool inside = y < window->in[0] && z < window->in[1];
                take_bytes(to, inside ? sample + (y * window->in[1] + z) * size : NULL,
                           size);
            }
    }
}

void slt_num_patches(const slt_window *window, const slt_tensor *x, size_t first,
                     slt_tensor *patches)
{
    const slt_kernels *kernels = slt_kernels_of(x->arithmetic);
    SLT_ASSERT(x->arithmetic == patches->arithmetic &&
               patches->cols == slt_window_places(window) * x->cols);
    (kernels->patches ? kernels->patches : copy_patches)(window, x, first, patches);
    patches->frac = x->frac;
    patches->overflow = x->overflow;
}
