/* The largest of what a window's places see, by mantissas. */
#include "num/fixed/fixed.h"
#include "num/scratch.h"
#include "num/window_internal.h"

/* The place, or SIZE_MAX beyond the edge: which position of a sample it sees. */
static size_t position_seen(const slt_window *w, size_t at, size_t place)
{
    const size_t y = at / w->out[1] * w->stride[0] + place / w->size[1] * w->dilation[0] -
                     w->padding[0];
    const size_t z = at % w->out[1] * w->stride[1] + place % w->size[1] * w->dilation[1] -
                     w->padding[1];
    return y < w->in[0] && z < w->in[1] ? y * w->in[1] + z : SIZE_MAX;
}

/* The place that sees the largest number at a position of the window, for a channel. */
static size_t largest_place(const slt_window *w, const int64_t *sample, size_t channels,
                            size_t at, size_t channel)
{
    size_t best = SIZE_MAX;
    int64_t most = 0;
    for (size_t q = 0; q < slt_window_places(w); q++) {
        const size_t seen = position_seen(w, at, q);
        if (seen == SIZE_MAX)
            continue;
        const int64_t m = sample[seen * channels + channel];
        if (best == SIZE_MAX || m > most) {
            most = m;
            best = q;
        }
    }
    return best;
}

void slt_fixed_window_largest(const slt_window *w, const slt_tensor *x,
                              const slt_tensor *from, slt_tensor *to)
{
    const size_t channels = x->cols, out = slt_window_positions(w);
    const size_t in = w->in[0] * w->in[1];
    int64_t *m = to->data;
    for (size_t row = 0; row < to->rows; row++)
        for (size_t c = 0; c < channels; c++) {
            const size_t begin = row / out * in * channels;
            const size_t place = largest_place(w, (const int64_t *)x->data + begin,
                                               channels, row % out, c);
            *m++ =
                ((const int64_t *)from
                     ->data)[begin + position_seen(w, row % out, place) * channels + c];
        }
    to->frac = from->frac;
    to->overflow = from->overflow;
}

void slt_fixed_window_largest_back(const slt_window *w, const slt_tensor *x,
                                   const slt_tensor *dy, slt_tensor *dx)
{
    const size_t channels = x->cols, out = slt_window_positions(w);
    const size_t in = w->in[0] * w->in[1], count = slt_tensor_count(dy);
    int64_t *memory = slt_patches_scratch(2, count, sizeof *memory);
    int64_t *which = memory + count;
    slt_tensor part = *dy;
    part.data = memory;
    for (size_t e = 0; e < count; e++)
        which[e] = (int64_t)largest_place(
            w, (const int64_t *)x->data + e / channels / out * in * channels, channels,
            e / channels % out, e % channels);
    for (size_t q = 0; q < slt_window_places(w); q++) {
        for (size_t e = 0; e < count; e++)
            memory[e] = which[e] == (int64_t)q ? ((const int64_t *)dy->data)[e] : 0;
        slt_window_add_place(w, q, &part, 0, dx);
    }
}
