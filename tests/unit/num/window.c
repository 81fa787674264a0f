/* Windows against what they are put together of, bit for bit: patches copied number by
 * number, products of all of them, sums place by place; by every instruction set. */
#include <math.h>

#include "nets.h"
#include "num/window.h"

static slt_arithmetic arithmetic;

static const struct shape {
    slt_window window;
    size_t samples, channels, outputs;
} shapes[] = {
    {{{5, 7}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {0}}, 3, 1, 8},
    {{{8, 8}, {3, 3}, {1, 1}, {0, 0}, {1, 1}, {0}}, 5, 8, 16},
    {{{7, 6}, {2, 3}, {3, 2}, {1, 0}, {1, 1}, {0}}, 4, 3, 5}, /* over the edge */
    {{{1, 1}, {1, 1}, {1, 1}, {0, 0}, {1, 1}, {0}}, 6, 4, 3},
    {{{1, 1}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {0}}, 2, 2, 2}, /* one pixel */
    {{{4, 5}, {1, 1}, {1, 1}, {0, 0}, {1, 1}, {0}}, 3, 17, 4},
    {{{4, 5}, {1, 1}, {2, 3}, {0, 0}, {1, 1}, {0}}, 3, 2, 4}, /* sees some alone */
    {{{9, 9}, {3, 2}, {2, 1}, {2, 3}, {2, 4}, {0}}, 2, 5, 7},
    {{{3, 4}, {2, 2}, {1, 2}, {5, 4}, {1, 1}, {0}}, 2, 33, 1},    /* nothing but zeros */
    {{{20, 20}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, {0}}, 12, 15, 3}, /* blocks of blocks */
    {{{41, 50}, {2, 2}, {1, 1}, {0, 0}, {1, 1}, {0}}, 3, 1, 2},
};

static slt_tensor tensor_of(size_t rows, size_t cols, uint32_t number)
{
    slt_tensor tensor = nets_tensor(arithmetic, rows, cols);
    nets_random(&tensor, number, 1);
    for (size_t e = number % 5; e < slt_tensor_count(&tensor); e += 5)
        slt_tensor_set(&tensor, e, slt_real_of(e % 2 ? 0.0 : -0.0));
    return tensor;
}

static bool same(const slt_tensor *a, const slt_tensor *b)
{
    for (size_t e = 0; e < slt_tensor_count(a); e++)
        if (slt_tensor_get(a, e).bits != slt_tensor_get(b, e).bits)
            return false;
    return a->frac == b->frac && a->overflow == b->overflow;
}

/* The row of x that a place sees, or -1. */
static long row_seen(const slt_window *w, size_t row, size_t place)
{
    const long out = (long)(w->out[0] * w->out[1]), at = (long)row % out;
    const long y = at / (long)w->out[1] * (long)w->stride[0] +
                   (long)(place / w->size[1] * w->dilation[0]) - (long)w->padding[0];
    const long z = at % (long)w->out[1] * (long)w->stride[1] +
                   (long)(place % w->size[1] * w->dilation[1]) - (long)w->padding[1];
    if (y < 0 || z < 0 || y >= (long)w->in[0] || z >= (long)w->in[1])
        return -1;
    return ((long)row / out * (long)w->in[0] + y) * (long)w->in[1] + z;
}

static void copy_number(const slt_tensor *from, size_t e, slt_tensor *to, size_t at)
{
    const size_t size = slt_arithmetic_size(arithmetic);
    memcpy((char *)to->data + at * size, (const char *)from->data + e * size, size);
}

/* Everything that is compared, with positions of the window in `rows`. */
typedef struct parts {
    const struct shape *of;
    slt_window window;
    size_t rows, places;
    slt_tensor x, w, bias, dy, patches;
} parts;

static void make_patches(parts *p)
{
    const size_t channels = p->of->channels;
    p->patches = nets_tensor(arithmetic, p->rows, p->places * channels);
    p->patches.frac = p->x.frac;
    for (size_t i = 0; i < p->rows; i++)
        for (size_t q = 0; q < p->places; q++) {
            const long row = row_seen(&p->window, i, q);
            for (size_t c = 0; c < channels && row >= 0; c++)
                copy_number(&p->x, (size_t)row * channels + c, &p->patches,
                            (i * p->places + q) * channels + c);
        }
}

static parts parts_of(const struct shape *of)
{
    parts p = {.of = of, .window = of->window};
    if (!slt_window_fit(&p.window))
        tap_bail("a window that does not fit");
    p.places = slt_window_places(&p.window);
    p.rows = of->samples * slt_window_positions(&p.window);
    p.x = tensor_of(of->samples * of->window.in[0] * of->window.in[1], of->channels, 1);
    p.w = tensor_of(of->outputs, p.places * of->channels, 2);
    p.bias = tensor_of(1, of->outputs, 3);
    p.dy = tensor_of(p.rows, of->outputs, 4);
    if (arithmetic == SLT_FIXED) { /* as products make them, and one number far away */
        p.dy.frac = 57;
        ((int64_t *)p.x.data)[slt_tensor_count(&p.x) - 1] = INT64_C(0x7ffffffffffff);
    }
    make_patches(&p);
    return p;
}

static void parts_free(parts *p)
{
    slt_tensor_free(&p->x);
    slt_tensor_free(&p->w);
    slt_tensor_free(&p->bias);
    slt_tensor_free(&p->dy);
    slt_tensor_free(&p->patches);
}

/* want = 0, then plus what `d` has for each place where it sees a position. */
static void spread(const parts *p, const slt_tensor *d, slt_tensor *want)
{
    const size_t channels = want->cols;
    slt_tensor part = nets_tensor(arithmetic, want->rows, channels);
    slt_tensor_zero(want);
    want->frac = part.frac = d->frac;
    for (size_t q = 0; q < p->places; q++) {
        memset(part.data, 0, slt_tensor_count(&part) * slt_arithmetic_size(arithmetic));
        for (size_t i = 0; i < d->rows; i++) {
            const long row = row_seen(&p->window, i, q);
            const size_t from = d->cols == channels ? 0 : q * channels;
            for (size_t c = 0; c < channels && row >= 0; c++)
                copy_number(d, i * d->cols + from + c, &part, (size_t)row * channels + c);
        }
        slt_num_add(want, &part, want);
    }
    slt_tensor_free(&part);
}

/* What place q sees at all positions of the window. */
static slt_tensor place_of(const parts *p, size_t q)
{
    slt_tensor part = nets_tensor(arithmetic, p->rows, p->of->channels);
    slt_num_take_columns(&p->patches, q * p->of->channels, &part);
    return part;
}

static void sum_places(const parts *p, slt_tensor *want)
{
    slt_tensor_zero(want);
    want->frac = p->x.frac;
    for (size_t q = 0; q < p->places; q++) {
        slt_tensor part = place_of(p, q);
        slt_num_add(want, &part, want);
        slt_tensor_free(&part);
    }
}

/* The place of the largest; every window sees something. */
static size_t largest(const parts *p, size_t row, size_t c)
{
    size_t best = SIZE_MAX;
    double most = 0;
    for (size_t q = 0; q < p->places; q++) {
        const long at = row_seen(&p->window, row, q);
        if (at < 0)
            continue;
        const double x =
            slt_real_double(slt_tensor_get(&p->x, (size_t)at * p->of->channels + c));
        if (best == SIZE_MAX || x > most) {
            most = x;
            best = q;
        }
    }
    return best;
}

static bool always_sees(const parts *p)
{
    for (int i = 0; i < 2; i++)
        if (p->window.padding[i] > p->window.size[i] / 2)
            return false;
    return true;
}

static bool largest_agree(const parts *p)
{
    const size_t channels = p->of->channels;
    slt_tensor from = tensor_of(p->x.rows, channels, 7),
               dy = tensor_of(p->rows, channels, 8);
    slt_tensor got = nets_tensor(arithmetic, p->rows, channels), want = got;
    slt_tensor apart = nets_tensor(arithmetic, p->rows, p->places * channels);
    slt_tensor back = nets_tensor(arithmetic, p->x.rows, channels);
    slt_tensor want_back = nets_tensor(arithmetic, p->x.rows, channels);
    want = nets_tensor(arithmetic, p->rows, channels);
    for (size_t i = 0; i < p->rows; i++)
        for (size_t c = 0; c < channels; c++) {
            const size_t q = largest(p, i, c);
            copy_number(&from, (size_t)row_seen(&p->window, i, q) * channels + c, &want,
                        i * channels + c);
            copy_number(&dy, i * channels + c, &apart,
                        (i * p->places + q) * channels + c);
        }
    slt_num_window_largest(&p->window, &p->x, &from, &got);
    bool good = same(&got, &want);
    for (size_t i = 0; i < p->rows; i++)
        for (size_t c = 0; c < channels; c++)
            copy_number(&p->x,
                        (size_t)row_seen(&p->window, i, largest(p, i, c)) * channels + c,
                        &want, i * channels + c);
    slt_num_window_largest(&p->window, &p->x, &p->x, &got);
    want.frac = p->x.frac;
    good &= same(&got, &want);
    slt_num_window_largest_back(&p->window, &p->x, &dy, &back);
    apart.frac = dy.frac;
    spread(p, &apart, &want_back);
    good &= same(&back, &want_back);
    slt_tensor_free(&from);
    slt_tensor_free(&dy);
    slt_tensor_free(&got);
    slt_tensor_free(&want);
    slt_tensor_free(&apart);
    slt_tensor_free(&back);
    slt_tensor_free(&want_back);
    return good;
}

static bool sums_agree(const parts *p)
{
    const size_t channels = p->of->channels;
    slt_tensor got = nets_tensor(arithmetic, p->rows, channels);
    slt_tensor want = nets_tensor(arithmetic, p->rows, channels);
    slt_tensor back = nets_tensor(arithmetic, p->x.rows, channels);
    slt_tensor want_back = nets_tensor(arithmetic, p->x.rows, channels);
    slt_num_window_sums(&p->window, &p->x, &got);
    sum_places(p, &want);
    bool good = same(&got, &want);
    slt_num_window_spread(&p->window, &got, &back);
    spread(p, &got, &want_back);
    good &= same(&back, &want_back);
    slt_num_window_spread(&p->window, &p->patches, &back);
    spread(p, &p->patches, &want_back);
    good &= same(&back, &want_back);
    slt_tensor_free(&got);
    slt_tensor_free(&want);
    slt_tensor_free(&back);
    slt_tensor_free(&want_back);
    return good;
}

static bool convolutions_agree(const parts *p)
{
    slt_tensor got = nets_tensor(arithmetic, p->rows, p->of->outputs);
    slt_tensor want = nets_tensor(arithmetic, p->rows, p->of->outputs);
    slt_num_convolution(&p->window, &p->x, &p->w, NULL, &got);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &p->patches, &p->w, &want);
    bool good = same(&got, &want);
    slt_num_convolution(&p->window, &p->x, &p->w, &p->bias, &got);
    slt_num_affine(SLT_PLAIN, SLT_TRANSPOSED, &p->patches, &p->w, &p->bias, &want);
    good &= same(&got, &want);
    slt_tensor_free(&got);
    slt_tensor_free(&want);
    return good;
}

static bool gradients_agree(const parts *p)
{
    const size_t block = slt_num_long_sum_block(slt_window_positions(&p->window));
    slt_tensor dw = nets_tensor(arithmetic, p->w.rows, p->w.cols);
    slt_tensor want = nets_tensor(arithmetic, p->w.rows, p->w.cols);
    slt_tensor dx = nets_tensor(arithmetic, p->x.rows, p->x.cols);
    slt_tensor want_x = nets_tensor(arithmetic, p->x.rows, p->x.cols);
    slt_tensor d = nets_tensor(arithmetic, p->rows, p->w.cols);
    slt_num_convolution_sums(&p->window, &p->x, &p->dy, &dw);
    slt_num_product_long(&p->dy, &p->patches, block, NULL, &want);
    bool good = same(&dw, &want);
    slt_num_convolution_back(&p->window, &p->dy, &p->w, &dx);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &p->dy, &p->w, &d);
    spread(p, &d, &want_x);
    good &= same(&dx, &want_x);
    slt_tensor_free(&dw);
    slt_tensor_free(&want);
    slt_tensor_free(&dx);
    slt_tensor_free(&want_x);
    slt_tensor_free(&d);
    return good;
}

static bool patches_agree(const parts *p)
{
    const size_t first = p->rows / 3;
    slt_tensor got = nets_tensor(arithmetic, p->rows, p->patches.cols), part = got;
    slt_num_patches(&p->window, &p->x, 0, &got);
    bool good = same(&got, &p->patches);
    part.rows = p->rows - first;
    slt_num_patches(&p->window, &p->x, first, &part);
    slt_tensor want = p->patches;
    want.rows = part.rows;
    want.data = (char *)want.data + first * want.cols * slt_arithmetic_size(arithmetic);
    good &= same(&part, &want);
    slt_tensor_free(&got);
    return good;
}

static void test_shapes(const char *isa)
{
    bool patches = true, sums = true, most = true, forward = true, back = true;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        parts p = parts_of(&shapes[i]);
        patches &= patches_agree(&p);
        sums &= sums_agree(&p);
        most &= !always_sees(&p) || largest_agree(&p);
        forward &= convolutions_agree(&p);
        back &= gradients_agree(&p);
        parts_free(&p);
    }
    const char *name = slt_arithmetic_name(arithmetic);
    TAP_OK(patches, "%s, %s: patches are what the places see", name, isa);
    TAP_OK(sums, "%s, %s: sums of places, and the other way round", name, isa);
    TAP_OK(most, "%s, %s: the largest, and the other way round", name, isa);
    TAP_OK(forward, "%s, %s: a convolution is the product of patches", name, isa);
    TAP_OK(back, "%s, %s: and so are its gradients", name, isa);
}

/* The first of equals, a NaN only where it is first, and which of two zeros. */
static void test_largest(void)
{
    slt_window w = {{1, 4}, {1, 4}, {1, 1}, {0, 0}, {1, 1}, {0}};
    const double rows[4][4] = {
        {1, 3, 3, 2}, {-1, NAN, -2, -1}, {NAN, 5, 6, 7}, {-0.0, 0.0, -0.0, -1}};
    arithmetic = SLT_F64;
    slt_tensor x = nets_tensor(SLT_F64, 16, 1), from = nets_tensor(SLT_F64, 16, 1);
    slt_tensor to = nets_tensor(SLT_F64, 4, 1);
    slt_window_fit(&w);
    nets_fill(&x, rows[0]);
    for (size_t e = 0; e < 16; e++)
        slt_tensor_set(&from, e, slt_real_of((double)(e % 4)));
    slt_num_window_largest(&w, &x, &x, &to);
    const double *at = to.data;
    TAP_OK(at[0] == 3 && at[1] == -1 && isnan(at[2]) && at[3] == 0 && signbit(at[3]),
           "the numbers themselves");
    slt_num_window_largest(&w, &x, &from, &to);
    TAP_OK(at[0] == 1, "the lowest place of equals");
    TAP_OK(at[1] == 0, "a NaN that is not first is passed over");
    TAP_OK(at[2] == 0, "one that is first stays");
    TAP_OK(at[3] == 0, "zeros are equal, whatever their signs");
    slt_tensor_free(&x);
    slt_tensor_free(&from);
    slt_tensor_free(&to);
}

static void test_fit(void)
{
    slt_window small = {{2, 9}, {3, 3}, {1, 1}, {0, 0}, {1, 1}, {0}};
    slt_window far = {{9, 9}, {3, 3}, {1, 1}, {0, 0}, {1, SIZE_MAX / 2 + 2}, {0}};
    slt_window wide = {{9, 9}, {3, 3}, {1, 1}, {SIZE_MAX / 2 + 1, 0}, {1, 1}, {0}};
    slt_window last = {{7, 8}, {3, 3}, {3, 3}, {0, 1}, {1, 2}, {0}};
    TAP_OK(!slt_window_fit(&small), "a window larger than the image does not fit");
    TAP_OK(!slt_window_fit(&far) && !slt_window_fit(&wide),
           "nor one that reaches beyond what can be counted");
    TAP_OK(slt_window_fit(&last) && last.out[0] == 2 && last.out[1] == 2,
           "what is left over beyond the last position is not seen");
}

int main(void)
{
    for (slt_isa cap = 0; cap < SLT_ISA_COUNT; cap++) {
        slt_num_start(cap);
        if (slt_num_isa() != cap)
            continue;
        for (int i = 0; i < 3; i++) {
            arithmetic = (slt_arithmetic[]){SLT_F32, SLT_F64, SLT_FIXED}[i];
            test_shapes(slt_isa_name(cap));
        }
        test_largest();
    }
    test_fit();
    return tap_done();
}
