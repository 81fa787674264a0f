/* Attention on every instruction set: forward against its definition, string by string,
 * backward and second order against the scalar copy, which tests/second holds to the
 * specification. */
#include "reference.h"

typedef struct strings {
    slt_tensor x, site, a, left, right, b;
} strings;

static size_t length_of(const strings *s, size_t row)
{
    size_t length = 0;
    while (length < s->x.cols && ref_get(&s->x, row * s->x.cols + length) != 0)
        length++;
    return length;
}

/* Strings of any numbers, some with a 0 inside, and sites, some behind the end. */
static strings strings_of(slt_arithmetic a, size_t width, size_t d, size_t rows,
                          ref_mix mix)
{
    strings s = {.x = ref_filled(a, rows, width, REF_PLAIN),
                 .site = {.arithmetic = SLT_INDEX, .rows = rows, .cols = 1},
                 .a = ref_filled(a, 2 * d, d, mix),
                 .left = ref_filled(a, 1, d, mix),
                 .right = ref_filled(a, 1, d, mix),
                 .b = ref_filled(a, 2 * d, d, mix)};
    int32_t *site = calloc(rows, sizeof *site);
    if (!site)
        tap_bail("no memory");
    s.site.data = site;
    for (size_t i = 0; i < rows; i++) {
        site[i] = (int32_t)ref_below(width);
        if (ref_below(3) == 0)
            ref_set(&s.x, i * width + ref_below(width), i % 2 ? 0.0 : -0.0);
    }
    return s;
}

/* Once the tensors stay where they are. */
static slt_attention attention_of(const strings *s, bool readout, size_t form)
{
    return (slt_attention){.x = &s->x,
                           .site = &s->site,
                           .weight = &s->a,
                           .left = &s->left,
                           .right = &s->right,
                           .readout = readout ? &s->b : NULL,
                           .features = readout ? SLT_FEATURES_BOTH
                                               : (slt_attention_features)(form % 3),
                           .balanced = readout && form % 2};
}

static size_t width_of(const slt_attention *at)
{
    const size_t d = at->weight->cols;
    return at->readout ? 1 : at->features ? d : 2 * d * d;
}

static void strings_free(strings *s)
{
    ref_free(&s->x);
    free(s->site.data);
    ref_free(&s->a);
    ref_free(&s->left);
    ref_free(&s->right);
    ref_free(&s->b);
}

/* ---- Forward ----------------------------------------------------------------------- */

enum { D_MAX = 40 };

static void make_unit(slt_arithmetic a, size_t d, double *u)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum = ref_fma(a, u[k], u[k], sum);
    const double norm = ref_root(a, sum);
    for (size_t k = 0; k < d; k++)
        u[k] = norm == 0 ? 0 : ref_div(a, u[k], norm);
}

static double matrix_at(const slt_tensor *m, bool plus, size_t i, size_t j)
{
    return ref_get(m, ((plus ? m->cols : 0) + i) * m->cols + j);
}

/* One step of l (by rows of A) or r (by columns). */
static void step(const strings *s, bool plus, bool right, double *v)
{
    const slt_arithmetic a = s->a.arithmetic;
    double u[D_MAX];
    for (size_t i = 0; i < s->a.cols; i++) {
        u[i] = 0;
        for (size_t k = 0; k < s->a.cols; k++)
            u[i] = right ? ref_fma(a, matrix_at(&s->a, plus, i, k), v[k], u[i])
                         : ref_fma(a, v[k], matrix_at(&s->a, plus, k, i), u[i]);
    }
    make_unit(a, s->a.cols, u);
    memcpy(v, u, s->a.cols * sizeof *v);
}

static void find_vectors(const strings *s, size_t row, size_t site, double *l, double *r)
{
    const size_t d = s->a.cols, first = row * s->x.cols;
    for (size_t k = 0; k < d; k++) {
        l[k] = ref_get(&s->left, k);
        r[k] = ref_get(&s->right, k);
    }
    make_unit(s->a.arithmetic, d, l);
    make_unit(s->a.arithmetic, d, r);
    for (size_t j = 0; j < site; j++)
        step(s, ref_get(&s->x, first + j) > 0, false, l);
    for (size_t j = length_of(s, row); j-- > site + 1;)
        step(s, ref_get(&s->x, first + j) > 0, true, r);
}

/* l' B r of a token. */
static double read_out(const strings *s, bool plus, const double *l, const double *r)
{
    const slt_arithmetic a = s->a.arithmetic;
    double sum = 0;
    for (size_t i = 0; i < s->a.cols; i++) {
        double w = 0;
        for (size_t j = 0; j < s->a.cols; j++)
            w = ref_fma(a, matrix_at(&s->b, plus, i, j), r[j], w);
        sum = ref_fma(a, l[i], w, sum);
    }
    return sum;
}

static void expect_row(const strings *s, const slt_attention *at, size_t row,
                       slt_tensor *want)
{
    const slt_arithmetic a = s->a.arithmetic;
    const size_t d = s->a.cols, site = (size_t)((const int32_t *)s->site.data)[row];
    double l[D_MAX], r[D_MAX], both[2];
    if (site >= length_of(s, row))
        return;
    const bool plus = ref_get(&s->x, row * s->x.cols + site) > 0;
    find_vectors(s, row, site, l, r);
    for (size_t i = 0; i < d && at->features; i++)
        ref_set(want, row * d + i, at->features == SLT_FEATURES_LEFT ? l[i] : r[i]);
    for (size_t i = 0; i < d && !at->readout && !at->features; i++)
        for (size_t j = 0; j < d; j++)
            ref_set(want, ((2 * row + plus) * d + i) * d + j, ref_mul(a, l[i], r[j]));
    if (!at->readout)
        return;
    for (int token = 0; token < 2; token++)
        both[token] = read_out(s, token, l, r);
    if (at->balanced)
        make_unit(a, 2, both);
    ref_set(want, row, both[plus]);
}

static size_t forward(slt_arithmetic a)
{
    static const size_t sizes[] = {1, 2, 3, 10, 16, 17, D_MAX};
    size_t wrong = 0;
    for (size_t i = 0; i < 84; i++) {
        const size_t d = sizes[i % 7], rows = 1 + ref_below(40);
        const bool readout = i / 7 % 2;
        strings s =
            strings_of(a, 1 + ref_below(9), d, rows, i % 3 ? REF_PLAIN : REF_CORNERS);
        const slt_attention at = attention_of(&s, readout, i / 14);
        slt_tensor want = ref_tensor(a, rows, width_of(&at));
        slt_tensor out = ref_filled(a, rows, want.cols, REF_INFINITE);
        for (size_t row = 0; row < rows; row++)
            expect_row(&s, &at, row, &want);
        slt_num_attention(&at, &out);
        wrong += ref_differing(&out, &want);
        ref_free(&want);
        ref_free(&out);
        strings_free(&s);
    }
    return wrong;
}

/* ---- Backward ---------------------------------------------------------------------- */

static size_t backward(slt_arithmetic a)
{
    static const size_t sizes[] = {1, 2, 5, 10, 17};
    const slt_isa isa = slt_num_isa();
    size_t wrong = 0;
    for (size_t i = 0; i < 240; i++) {
        const size_t d = sizes[i % 5], rows = 1 + ref_below(60);
        const bool readout = i / 5 % 2;
        const slt_attention_part part =
            (slt_attention_part)(i / 10 % (SLT_ATTENTION_READOUT + readout));
        strings s = strings_of(a, 1 + ref_below(7), d, rows, REF_PLAIN);
        const slt_attention at = attention_of(&s, readout, i / 40);
        const slt_tensor *const of[] = {&s.a, &s.left, &s.right, &s.b};
        slt_tensor dout = ref_filled(a, rows, width_of(&at), REF_PLAIN);
        slt_tensor want = ref_filled(a, of[part]->rows, d, REF_INFINITE);
        slt_tensor got = ref_filled(a, of[part]->rows, d, REF_INFINITE);
        ref_switch(SLT_ISA_SCALAR);
        slt_num_attention_back(&at, &dout, part, &want);
        ref_switch(isa);
        slt_num_attention_back(&at, &dout, part, &got);
        wrong += ref_differing(&got, &want);
        ref_free(&dout);
        ref_free(&want);
        ref_free(&got);
        strings_free(&s);
    }
    return wrong;
}

/* Tangents along each weight, and how each gradient changes along each. */
static size_t second_order(slt_arithmetic a)
{
    static const size_t sizes[] = {1, 2, 5, 10, 17};
    const slt_isa isa = slt_num_isa();
    size_t wrong = 0;
    for (size_t i = 0; i < 480; i++) {
        const size_t d = sizes[i % 5], rows = 1 + ref_below(60), pair = i / 5 % 16;
        const slt_attention_part part = (slt_attention_part)(pair / 4);
        const slt_attention_part moved = (slt_attention_part)(pair % 4);
        const bool readout = pair % 4 == SLT_ATTENTION_READOUT ||
                             pair / 4 == SLT_ATTENTION_READOUT || i / 80 % 2;
        strings s = strings_of(a, 1 + ref_below(7), d, rows, REF_PLAIN);
        slt_attention at = attention_of(&s, readout, i / 160);
        at.balanced |= pair == 15; /* else linear in B */
        const slt_tensor *const of[] = {&s.a, &s.left, &s.right, &s.b};
        slt_tensor change = ref_filled(a, of[moved]->rows, d, REF_PLAIN);
        slt_tensor dout = ref_filled(a, rows, width_of(&at), REF_PLAIN);
        slt_tensor tangent[2], bend[2];
        for (int j = 0; j < 2; j++) {
            tangent[j] = ref_filled(a, rows, dout.cols, REF_INFINITE);
            bend[j] = ref_filled(a, of[part]->rows, d, REF_INFINITE);
            ref_switch(j ? isa : SLT_ISA_SCALAR);
            slt_num_attention_tangent(&at, moved, &change, &tangent[j]);
            slt_num_attention_second(&at, &dout, part, moved, &change, &bend[j]);
        }
        wrong += ref_differing(&tangent[1], &tangent[0]);
        wrong += ref_differing(&bend[1], &bend[0]);
        slt_tensor *all[] = {&change,     &dout,    &tangent[0],
                             &tangent[1], &bend[0], &bend[1]};
        for (size_t j = 0; j < sizeof all / sizeof *all; j++)
            ref_free(all[j]);
        strings_free(&s);
    }
    return wrong;
}

/* Products of matrices divided by their norms: features, the gradient of B and tangents
 * along it. */
static size_t divided(slt_arithmetic a)
{
    static const size_t sizes[] = {2, 2, 5, 10};
    const slt_isa isa = slt_num_isa();
    size_t wrong = 0;
    for (size_t i = 0; i < 40; i++) {
        const size_t d = sizes[i % 4], rows = 1 + ref_below(60);
        strings s =
            strings_of(a, 1 + ref_below(7), d, rows, i % 5 ? REF_PLAIN : REF_CORNERS);
        slt_attention features = attention_of(&s, false, i % 4 == 1),
                      read = attention_of(&s, true, i / 2);
        features.norm = read.norm =
            i % 4 ? SLT_ATTENTION_FROBENIUS : SLT_ATTENTION_SPECTRAL;
        slt_tensor dout = ref_filled(a, rows, 1, REF_PLAIN), z[2], db[2], vy[2];
        for (int j = 0; j < 2; j++) {
            z[j] = ref_filled(a, rows, width_of(&features), REF_INFINITE);
            db[j] = ref_filled(a, 2 * d, d, REF_INFINITE);
            vy[j] = ref_filled(a, rows, 1, REF_INFINITE);
            ref_switch(j ? isa : SLT_ISA_SCALAR);
            slt_num_attention(&features, &z[j]);
            slt_num_attention_back(&read, &dout, SLT_ATTENTION_READOUT, &db[j]);
            slt_num_attention_tangent(&read, SLT_ATTENTION_READOUT, &s.b, &vy[j]);
        }
        wrong += ref_differing(&z[1], &z[0]) + ref_differing(&db[1], &db[0]) +
                 ref_differing(&vy[1], &vy[0]);
        slt_tensor *all[] = {&dout, &z[0], &z[1], &db[0], &db[1], &vy[0], &vy[1]};
        for (size_t j = 0; j < sizeof all / sizeof *all; j++)
            ref_free(all[j]);
        strings_free(&s);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("attention goes along each string", forward);
    ref_each_copy("its gradients are those of the scalar copy", backward);
    ref_each_copy("its tangents and second order are too", second_order);
    ref_each_copy("divided products are those of the scalar copy", divided);
    return tap_done();
}
