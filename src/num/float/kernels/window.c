/* Windows that go over positions: patches, sums and largest numbers of what they see. */
#include "num/float/kernels/vector.h"
#include "num/scratch.h"
#include "num/window.h"

/* ---- Patches ----------------------------------------------------------------------- */

SLT_INLINE void copy_run(const real *from, real *to, size_t count)
{
    for (size_t j = 0; j < count; j += LANES)
        vec_store_some(to + j, vec_load_some(from + j, count - j), count - j);
}

SLT_INLINE void zero_run(real *to, size_t count)
{
    for (size_t j = 0; j < count; j += LANES)
        vec_store_some(to + j, vec_broadcast(0), count - j);
}

/* What a row of places sees of a row of positions: those that are there lie side by side
 * where there is no dilation. */
SLT_INLINE void copy_row(const slt_window *w, const real *row, size_t from,
                         size_t channels, real *to)
{
    const size_t places = w->size[1], in = w->in[1], padding = w->padding[1];
    if (w->dilation[1] > 1) {
        for (size_t k = 0; k < places; k++, to += channels) {
            const size_t at = from + k * w->dilation[1] - padding;
            if (at < in)
                copy_run(row + at * channels, to, channels);
            else
                zero_run(to, channels);
        }
        return;
    }
    const size_t before = from < padding ? padding - from : 0;
    const size_t first = before < places ? before : places;
    const size_t ahead = from < in + padding ? in + padding - from : 0;
    const size_t end = ahead < places ? ahead : places, last = end > first ? end : first;
    zero_run(to, first * channels);
    if (last > first)
        copy_run(row + (from + first - padding) * channels, to + first * channels,
                 (last - first) * channels);
    zero_run(to + last * channels, (places - last) * channels);
}

void SLT_KERNEL(patches)(const slt_window *w, const slt_tensor *x, size_t first,
                         slt_tensor *patches)
{
    const size_t channels = x->cols, line = w->in[1] * channels;
    const size_t out = slt_window_positions(w), each = w->size[1] * channels;
    real *to = patches->data;
    for (size_t row = first; row < first + patches->rows; row++) {
        const real *sample = (const real *)x->data + row / out * w->in[0] * line;
        const size_t i = row % out / w->out[1], j = row % out % w->out[1];
        for (size_t k = 0; k < w->size[0]; k++, to += each) {
            const size_t at = i * w->stride[0] + k * w->dilation[0] - w->padding[0];
            if (at < w->in[0])
                copy_row(w, sample + at * line, j * w->stride[1], channels, to);
            else
                zero_run(to, each);
        }
    }
}

/* ---- Links ------------------------------------------------------------------------- */

/* What is summed at a position of an axis, in order: where it lies, in numbers from the
 * beginning of a sample. */
typedef struct links {
    size_t *first; /* of each position; where those of the last end follows it */
    size_t *at;
} links;

/* From positions of the window to what its places see. */
static links link_out(const slt_window *w, int axis, size_t step, size_t *room)
{
    const links of = {room, room + w->out[axis] + 1};
    size_t count = 0;
    for (size_t i = 0; i < w->out[axis]; i++) {
        of.first[i] = count;
        for (size_t k = 0; k < w->size[axis]; k++) {
            const size_t at =
                i * w->stride[axis] + k * w->dilation[axis] - w->padding[axis];
            if (at < w->in[axis])
                of.at[count++] = at * step;
        }
    }
    of.first[w->out[axis]] = count;
    return of;
}

/* From positions of samples to those of the window whose places see them, which lie
 * `each` apart, a place `place` behind the one before. */
static links link_back(const slt_window *w, int axis, size_t each, size_t place,
                       size_t *room)
{
    const links of = {room, room + w->in[axis] + 1};
    size_t count = 0;
    for (size_t i = 0; i < w->in[axis]; i++) {
        of.first[i] = count;
        for (size_t k = 0; k < w->size[axis]; k++) {
            const size_t at = i + w->padding[axis] - k * w->dilation[axis];
            if (k * w->dilation[axis] <= i + w->padding[axis] &&
                at % w->stride[axis] == 0 && at / w->stride[axis] < w->out[axis])
                of.at[count++] = at / w->stride[axis] * each + k * place;
        }
    }
    of.first[w->in[axis]] = count;
    return of;
}

/* Numbers of room that the links of both directions take at most. */
static size_t room_of(const slt_window *w, int axis)
{
    const size_t most = w->in[axis] > w->out[axis] ? w->in[axis] : w->out[axis];
    return most + 1 + w->out[axis] * w->size[axis];
}

SLT_INLINE vec sum_linked(const real *from, const size_t *y, const size_t *y_end,
                          const size_t *x, const size_t *x_end, size_t count)
{
    vec sum = vec_broadcast(0);
    for (; y < y_end; y++)
        for (const size_t *at = x; at < x_end; at++)
            sum = sum + vec_load_some(from + *y + *at, count);
    return sum;
}

/* The sums of one sample: a row of `channels` numbers for each of height * width
 * positions. */
static void sum_sample(links y, size_t height, links x, size_t width, size_t channels,
                       const real *from, real *to)
{
    for (size_t i = 0; i < height; i++)
        for (size_t j = 0; j < width; j++, to += channels)
            for (size_t c = 0; c < channels; c += LANES) {
                const vec sum =
                    sum_linked(from + c, y.at + y.first[i], y.at + y.first[i + 1],
                               x.at + x.first[j], x.at + x.first[j + 1], channels - c);
                vec_store_some(to + c, sum, channels - c);
            }
}

void SLT_KERNEL(window_sums)(const slt_window *w, const slt_tensor *x, slt_tensor *sums)
{
    const size_t channels = x->cols, in = w->in[0] * w->in[1];
    const size_t out = slt_window_positions(w), samples = sums->rows / out;
    size_t *room = slt_kernel_scratch((room_of(w, 0) + room_of(w, 1)) * sizeof *room);
    const links rows = link_out(w, 0, w->in[1] * channels, room);
    const links cols = link_out(w, 1, channels, room + room_of(w, 0));
    for (size_t s = 0; s < samples; s++)
        sum_sample(rows, w->out[0], cols, w->out[1], channels,
                   (const real *)x->data + s * in * channels,
                   (real *)sums->data + s * out * channels);
}

void SLT_KERNEL(window_spread)(const slt_window *w, const slt_tensor *d, slt_tensor *dx)
{
    const size_t channels = dx->cols, in = w->in[0] * w->in[1];
    const size_t out = slt_window_positions(w), samples = d->rows / out;
    const size_t place = d->cols == channels ? 0 : channels;
    size_t *room = slt_kernel_scratch((room_of(w, 0) + room_of(w, 1)) * sizeof *room);
    const links rows = link_back(w, 0, w->out[1] * d->cols, w->size[1] * place, room);
    const links cols = link_back(w, 1, d->cols, place, room + room_of(w, 0));
    for (size_t s = 0; s < samples; s++)
        sum_sample(rows, w->in[0], cols, w->in[1], channels,
                   (const real *)d->data + s * out * d->cols,
                   (real *)dx->data + s * in * channels);
}

/* ---- Largest ----------------------------------------------------------------------- */

/* Channels at a time. */
#define SOME ((size_t)64)

/* Of one position of the window: how many places see something, and where. */
typedef struct sight {
    const size_t *rows, *cols;
    size_t row_count, count;
} sight;

static sight sight_of(links y, size_t i, links x, size_t j)
{
    const size_t rows = y.first[i + 1] - y.first[i], cols = x.first[j + 1] - x.first[j];
    return (sight){y.at + y.first[i], x.at + x.first[j], cols, rows * cols};
}

SLT_INLINE size_t place_at(const sight *seen, size_t q)
{
    return seen->rows[q / seen->row_count] + seen->cols[q % seen->row_count];
}

/* which[c] = the place of the largest. */
static void find_largest(const sight *seen, const real *x, size_t count,
                         real_bits which[SOME])
{
    real most[SOME];
    const real *first = x + place_at(seen, 0);
    for (size_t c = 0; c < count; c++) {
        most[c] = first[c];
        which[c] = 0;
    }
    for (size_t q = 1; q < seen->count; q++) {
        const real *next = x + place_at(seen, q);
        SLT_SIMD
        for (size_t c = 0; c < count; c++) {
            const bool above = next[c] > most[c];
            most[c] = above ? next[c] : most[c];
            which[c] = above ? (real_bits)q : which[c];
        }
    }
}

void SLT_KERNEL(window_largest)(const slt_window *w, const slt_tensor *x,
                                const slt_tensor *from, slt_tensor *to)
{
    const size_t channels = x->cols, in = w->in[0] * w->in[1];
    const size_t out = slt_window_positions(w), samples = to->rows / out;
    size_t *room = slt_kernel_scratch((room_of(w, 0) + room_of(w, 1)) * sizeof *room);
    const links rows = link_out(w, 0, w->in[1] * channels, room);
    const links cols = link_out(w, 1, channels, room + room_of(w, 0));
    real *at = to->data;
    for (size_t s = 0; s < samples; s++)
        for (size_t p = 0; p < out; p++, at += channels) {
            const sight seen = sight_of(rows, p / w->out[1], cols, p % w->out[1]);
            const size_t begin = s * in * channels;
            for (size_t c = 0; c < channels; c += SOME) {
                const size_t count = channels - c < SOME ? channels - c : SOME;
                real_bits which[SOME];
                find_largest(&seen, (const real *)x->data + begin + c, count, which);
                for (size_t q = 0; q < seen.count; q++) {
                    const real *place =
                        (const real *)from->data + begin + place_at(&seen, q) + c;
                    SLT_SIMD
                    for (size_t k = 0; k < count; k++)
                        at[c + k] = which[k] == (real_bits)q ? place[k] : at[c + k];
                }
            }
        }
}

/* The window's positions from the last to the first: so the places that see a position
 * ascend.  +0 is what is added where a place is not the largest, and a sum from +0 is
 * never -0. */
void SLT_KERNEL(window_largest_back)(const slt_window *w, const slt_tensor *x,
                                     const slt_tensor *dy, slt_tensor *dx)
{
    const size_t channels = x->cols, in = w->in[0] * w->in[1];
    const size_t out = slt_window_positions(w), samples = dy->rows / out;
    size_t *room = slt_kernel_scratch((room_of(w, 0) + room_of(w, 1)) * sizeof *room);
    const links rows = link_out(w, 0, w->in[1] * channels, room);
    const links cols = link_out(w, 1, channels, room + room_of(w, 0));
    zero_run(dx->data, slt_tensor_count(dx));
    for (size_t s = 0; s < samples; s++)
        for (size_t p = out; p-- > 0;) {
            const sight seen = sight_of(rows, p / w->out[1], cols, p % w->out[1]);
            const real *from = (const real *)dy->data + (s * out + p) * channels;
            const size_t begin = s * in * channels;
            for (size_t c = 0; c < channels; c += SOME) {
                const size_t count = channels - c < SOME ? channels - c : SOME;
                real_bits which[SOME];
                find_largest(&seen, (const real *)x->data + begin + c, count, which);
                for (size_t q = 0; q < seen.count; q++) {
                    real *place = (real *)dx->data + begin + place_at(&seen, q) + c;
                    SLT_SIMD
                    for (size_t k = 0; k < count; k++)
                        place[k] =
                            place[k] + (which[k] == (real_bits)q ? from[c + k] : 0);
                }
            }
        }
}
