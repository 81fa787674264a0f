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

/* A sample with its padding to the left and to the right, so that what a row of places
 * sees of a line is numbers from one on. */
typedef struct padded {
    real *lines; /* zeros beside what put_sample puts there */
    size_t line, before, width;
} padded;

static padded begin_padded(const slt_window *w, size_t channels)
{
    const size_t reach = (w->size[1] - 1) * w->dilation[1] + 1;
    const size_t seen = (w->out[1] - 1) * w->stride[1] + reach;
    const size_t least = w->in[1] + w->padding[1];
    padded of = {.line = (seen > least ? seen : least) * channels,
                 .before = w->padding[1] * channels,
                 .width = w->in[1] * channels};
    of.lines = slt_kernel_scratch(w->in[0] * of.line * sizeof(real));
    zero_run(of.lines, w->in[0] * of.line);
    return of;
}

static void put_sample(const padded *of, const real *sample, size_t height)
{
    for (size_t i = 0; i < height; i++)
        copy_run(sample + i * of->width, of->lines + i * of->line + of->before,
                 of->width);
}

/* What a row of places sees of a line, at `count` positions of the window. */
static void copy_line(const slt_window *w, const real *line, size_t count,
                      size_t channels, size_t step, real *to)
{
    const size_t stride = w->stride[1] * channels, each = w->size[1] * channels;
    const size_t apart = w->dilation[1] * channels;
    if (apart == channels && each <= LANES)
        for (size_t j = 0; j < count; j++)
            vec_store_some(to + j * step, vec_load_some(line + j * stride, each), each);
    else if (apart == channels)
        for (size_t j = 0; j < count; j++)
            copy_run(line + j * stride, to + j * step, each);
    else
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k < w->size[1]; k++)
                copy_run(line + j * stride + k * apart, to + j * step + k * channels,
                         channels);
}

static void zero_line(size_t count, size_t each, size_t step, real *to)
{
    for (size_t j = 0; j < count; j++)
        zero_run(to + j * step, each);
}

void SLT_KERNEL(patches)(const slt_window *w, const slt_tensor *x, size_t first,
                         slt_tensor *patches)
{
    const size_t channels = x->cols, step = patches->cols, each = w->size[1] * channels;
    const size_t in = w->in[0] * w->in[1] * channels, out = slt_window_positions(w);
    const size_t end = first + patches->rows;
    const padded of = begin_padded(w, channels);
    real *to = patches->data;
    for (size_t row = first, next; row < end; row = next) {
        const size_t i = row % out / w->out[1], j = row % out % w->out[1];
        const size_t left = w->out[1] - j, count = left < end - row ? left : end - row;
        if (row == first || row % out == 0)
            put_sample(&of, (const real *)x->data + row / out * in, w->in[0]);
        next = row + count;
        for (size_t k = 0; k < w->size[0]; k++) {
            const size_t at = i * w->stride[0] + k * w->dilation[0] - w->padding[0];
            if (at < w->in[0])
                copy_line(w, of.lines + at * of.line + j * w->stride[1] * channels, count,
                          channels, step, to + k * each);
            else
                zero_line(count, each, step, to + k * each);
        }
        to += count * step;
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

/* Where the places of one position of the window see something, in order: in numbers from
 * the beginning of a sample. */
static size_t find_places(links y, size_t i, links x, size_t j, size_t *places)
{
    size_t count = 0;
    for (size_t k = y.first[i]; k < y.first[i + 1]; k++)
        for (size_t l = x.first[j]; l < x.first[j + 1]; l++)
            places[count++] = y.at[k] + x.at[l];
    return count;
}

/* A vector of channels: which[c] is the place of the largest, most[c] that one. */
SLT_INLINE void find_largest(const real *x, const size_t *places, size_t count,
                             size_t channels, real_bits which[LANES], real most[LANES])
{
    real next[LANES];
    vec_store(most, vec_load_some(x + places[0], channels));
    for (size_t c = 0; c < LANES; c++)
        which[c] = 0;
    for (size_t q = 1; q < count; q++) {
        vec_store(next, vec_load_some(x + places[q], channels));
        SLT_SIMD
        for (size_t c = 0; c < LANES; c++) {
            which[c] = next[c] > most[c] ? (real_bits)q : which[c];
            most[c] = next[c] > most[c] ? next[c] : most[c];
        }
    }
}

/* What is asked at each position of the window. */
typedef struct sight {
    links rows, cols;
    size_t *places, count;
    size_t channels, in, out; /* numbers of a sample */
} sight;

static sight begin_sight(const slt_window *w, size_t channels)
{
    const size_t y = room_of(w, 0), x = room_of(w, 1);
    size_t *room = slt_kernel_scratch((y + x + slt_window_places(w)) * sizeof *room);
    return (sight){.rows = link_out(w, 0, w->in[1] * channels, room),
                   .cols = link_out(w, 1, channels, room + y),
                   .places = room + y + x,
                   .channels = channels,
                   .in = w->in[0] * w->in[1] * channels,
                   .out = slt_window_positions(w) * channels};
}

/* Of x itself.  NEON's maximum is another one where numbers are NaN or zeros. */
#ifdef SLT_VARIANT_NEON
#define TAKES_ITSELF 0
#else
#define TAKES_ITSELF 1
#endif

static void take_itself(const sight *seen, const real *x, real *to)
{
    for (size_t c = 0; c < seen->channels; c += LANES) {
        const size_t count = seen->channels - c;
        vec most = vec_load_some(x + seen->places[0] + c, count);
        for (size_t q = 1; q < seen->count; q++)
            most = vec_larger(vec_load_some(x + seen->places[q] + c, count), most);
        vec_store_some(to + c, most, count);
    }
}

static void take_largest(const sight *seen, const real *x, const real *from, real *to)
{
    for (size_t c = 0; c < seen->channels; c += LANES) {
        const size_t count = seen->channels - c;
        real_bits which[LANES];
        real found[LANES], place[LANES];
        find_largest(x + c, seen->places, seen->count, count, which, found);
        for (size_t q = 0; q < seen->count; q++) {
            vec_store(place, vec_load_some(from + seen->places[q] + c, count));
            SLT_SIMD
            for (size_t k = 0; k < LANES; k++)
                found[k] = which[k] == (real_bits)q ? place[k] : found[k];
        }
        vec_store_some(to + c, vec_load(found), count);
    }
}

void SLT_KERNEL(window_largest)(const slt_window *w, const slt_tensor *x,
                                const slt_tensor *from, slt_tensor *to)
{
    sight seen = begin_sight(w, x->cols);
    const real *numbers = x->data, *taken = from->data,
               *end = numbers + slt_tensor_count(x);
    real *at = to->data;
    for (; numbers < end; numbers += seen.in, taken += seen.in)
        for (size_t i = 0; i < w->out[0]; i++)
            for (size_t j = 0; j < w->out[1]; j++, at += seen.channels) {
                seen.count = find_places(seen.rows, i, seen.cols, j, seen.places);
                if (TAKES_ITSELF && taken == numbers)
                    take_itself(&seen, numbers, at);
                else
                    take_largest(&seen, numbers, taken, at);
            }
}

/* +0 is what is added where a place is not the largest, and a sum from +0 is never -0. */
static void add_largest(const sight *seen, const real *x, const real *dy, real *dx)
{
    for (size_t c = 0; c < seen->channels; c += LANES) {
        const size_t count = seen->channels - c;
        real_bits which[LANES];
        real from[LANES], sum[LANES], most[LANES];
        find_largest(x + c, seen->places, seen->count, count, which, most);
        vec_store(from, vec_load_some(dy + c, count));
        for (size_t q = 0; q < seen->count; q++) {
            real *place = dx + seen->places[q] + c;
            vec_store(sum, vec_load_some(place, count));
            SLT_SIMD
            for (size_t k = 0; k < LANES; k++)
                sum[k] = sum[k] + (which[k] == (real_bits)q ? from[k] : 0);
            vec_store_some(place, vec_load(sum), count);
        }
    }
}

/* The window's positions from the last to the first: so the places that see a position
 * ascend. */
void SLT_KERNEL(window_largest_back)(const slt_window *w, const slt_tensor *x,
                                     const slt_tensor *dy, slt_tensor *dx)
{
    sight seen = begin_sight(w, x->cols);
    const real *numbers = x->data, *end = numbers + slt_tensor_count(x), *from = dy->data;
    real *to = dx->data;
    zero_run(to, slt_tensor_count(dx));
    for (; numbers < end; numbers += seen.in, to += seen.in, from += seen.out)
        for (size_t i = w->out[0]; i-- > 0;)
            for (size_t j = w->out[1]; j-- > 0;) {
                seen.count = find_places(seen.rows, i, seen.cols, j, seen.places);
                add_largest(&seen, numbers, from + (i * w->out[1] + j) * seen.channels,
                            to);
            }
}
