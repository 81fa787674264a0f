/* Attention by products of matrices over strings, forward, backward and to second order:
 * docs/spec/06-operations.md, whose names are kept here. */
#include "num/float/kernels/attention.h"

static const move nothing = {0};

/* ---- Forward ----------------------------------------------------------------------- */

/* w = w + B r of each node on the right and each token, of these r and B'. */
static void add_readouts(const work *k, const real *vectors, real *const turned[2],
                         real *const w[2])
{
    for (int token = 0; token < 2; token++)
        for (size_t node = 0; node < k->side[RIGHT].count; node++)
            add_times(k, vectors + node * k->stride, turned[token],
                      w[token] + node * k->stride);
}

/* For each node on the right and each token +0. */
static void clear_readouts(const work *k, real *const w[2])
{
    for (int token = 0; token < 2; token++)
        memset(w[token], 0, k->side[RIGHT].count * k->stride * sizeof(real));
}

static void fill_readouts(const work *k)
{
    clear_readouts(k, k->w);
    add_readouts(k, k->side[RIGHT].unit, k->read_turned, k->w);
}

SLT_INLINE size_t vector_of(const work *k, int side, size_t row)
{
    return k->side[side].node[row] * k->stride;
}

/* Whose vectors the features are, where they are no products. */
SLT_INLINE int side_of_features(const work *k)
{
    return k->at->features == SLT_FEATURES_LEFT ? LEFT : RIGHT;
}

/* Of vectors of that side, or how they change. */
static void put_vectors(const work *k, const real *vectors, real *z)
{
    memset(z, 0, k->rows * k->d * sizeof *z);
    for (size_t row = 0; row < k->rows; row++)
        if (k->own[row] != NO_TOKEN)
            memcpy(z + row * k->d, vectors + vector_of(k, side_of_features(k), row),
                   k->d * sizeof *z);
}

static void put_features(const work *k, real *z)
{
    const size_t d = k->d;
    if (k->at->features) {
        put_vectors(k, k->side[side_of_features(k)].unit, z);
        return;
    }
    memset(z, 0, k->rows * 2 * d * d * sizeof *z);
    for (size_t row = 0; row < k->rows; row++) {
        if (k->own[row] == NO_TOKEN)
            continue;
        const real *l = k->side[LEFT].unit + vector_of(k, LEFT, row);
        const real *r = k->side[RIGHT].unit + vector_of(k, RIGHT, row);
        real *at = z + (2 * row + k->own[row]) * d * d;
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                at[a * d + b] = l[a] * r[b];
    }
}

/* Whether a row's value depends on what B of that token gives. */
SLT_INLINE bool counts(const work *k, size_t row, unsigned token)
{
    return k->own[row] != NO_TOKEN && (k->at->balanced || token == k->own[row]);
}

enum { ABREAST = 8 };

/* The chains of the next values from a row on, `each` of one row, side by side: each on
 * its own would wait for its own sums.  A row without a token has that of -1. */
static void chain_values(const work *k, size_t first, size_t each, real sums[ABREAST])
{
    const real *left[ABREAST], *right[ABREAST];
    for (size_t i = 0; i < ABREAST; i++) {
        const size_t row = first + i / each < k->rows ? first + i / each : first;
        const size_t token = each == 2 ? i % 2 : k->own[row] % NO_TOKEN;
        left[i] = k->side[LEFT].unit + vector_of(k, LEFT, row);
        right[i] = k->w[token] + vector_of(k, RIGHT, row);
        sums[i] = 0;
    }
    for (size_t j = 0; j < k->d; j++)
        for (size_t i = 0; i < ABREAST; i++)
            sums[i] = real_fma(left[i][j], right[i][j], sums[i]);
}

/* The values of each row and, balanced, their lengths. */
static void fill_pairs(const work *k)
{
    const size_t each = k->at->balanced ? 2 : 1, rows = ABREAST / each;
    real sums[ABREAST];
    for (size_t row = 0; row < k->rows; row++) {
        real *unit = k->of_rows.unit + 2 * row;
        const real *values = sums + row % rows * each;
        if (row % rows == 0)
            chain_values(k, row, each, sums);
        for (unsigned token = 0; token < 2; token++)
            unit[token] = counts(k, row, token) ? values[each == 2 ? token : 0] : 0;
        if (k->at->balanced)
            k->of_rows.norm[row] = make_unit(2, 2, unit);
    }
}

/* Of pairs, those of the rows' own tokens. */
static void put_own(const work *k, const real *from, real *y)
{
    for (size_t row = 0; row < k->rows; row++)
        y[row] = k->own[row] == NO_TOKEN ? 0 : from[2 * row + k->own[row]];
}

void SLT_KERNEL(attention)(const slt_attention *at, slt_tensor *out)
{
    work k;
    begin(&k, at, nothing);
    if (!at->readout) {
        put_features(&k, out->data);
        return;
    }
    fill_readouts(&k);
    fill_pairs(&k);
    put_own(&k, k.of_rows.unit, out->data);
}

/* ---- Backward ---------------------------------------------------------------------- */

/* By the l or r that are features themselves. */
static void add_vectors_back(const work *k, const real *dz, int side, real *slopes)
{
    for (size_t row = 0; row < k->rows && side == side_of_features(k); row++)
        for (size_t a = 0; a < k->d && k->own[row] != NO_TOKEN; a++)
            slopes[vector_of(k, side, row) + a] += dz[row * k->d + a];
}

/* By the l or r that features are products of, over the vectors of the other side. */
static void add_features_back(const work *k, const real *dz, int side, const real *others,
                              real *slopes)
{
    const size_t d = k->d;
    for (size_t row = 0; row < k->rows; row++) {
        if (k->own[row] == NO_TOKEN)
            continue;
        const real *from = dz + (2 * row + k->own[row]) * d * d;
        const real *other = others + vector_of(k, !side, row);
        real *slope = slopes + vector_of(k, side, row);
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                if (side == LEFT)
                    slope[a] = real_fma(from[a * d + b], other[b], slope[a]);
                else
                    slope[b] = real_fma(from[a * d + b], other[a], slope[b]);
    }
}

/* The derivatives by a row's values, over that by y, before they were divided. */
static real *put_slope(const work *k, size_t row, real dy)
{
    real *slope = k->of_rows.slope + 2 * row;
    for (unsigned token = 0; token < 2; token++)
        slope[token] = token == k->own[row] ? dy : 0;
    return slope;
}

/* By the values of each row, of the derivatives by y. */
static void pairs_back(const work *k, const real *dy)
{
    const pairs *of = &k->of_rows;
    for (size_t row = 0; row < k->rows; row++) {
        real *slope = put_slope(k, row, dy[row]);
        if (k->at->balanced)
            unit_back(2, 2, of->unit + 2 * row, of->norm[row], slope);
    }
}

/* By l, over w, of the derivatives by the rows' values. */
static void add_values_back_left(const work *k, const real *by, real *const w[2],
                                 real *slopes)
{
    for (size_t row = 0; row < k->rows; row++)
        for (unsigned token = 0; token < 2; token++)
            if (counts(k, row, token))
                add_scaled(k, by[2 * row + token], w[token] + vector_of(k, RIGHT, row),
                           slopes + vector_of(k, LEFT, row));
}

/* h, the derivative by w, over l. */
static void add_h(const work *k, const real *by, const real *left, real *const h[2])
{
    for (size_t row = 0; row < k->rows; row++)
        for (unsigned token = 0; token < 2; token++)
            if (counts(k, row, token))
                add_scaled(k, by[2 * row + token], left + vector_of(k, LEFT, row),
                           h[token] + vector_of(k, RIGHT, row));
}

/* By r, over h. */
static void add_values_back_right(const work *k, real *const h[2], real *const readout[2],
                                  real *slopes)
{
    for (size_t node = 0; node < k->side[RIGHT].count; node++)
        for (int token = 0; token < 2; token++)
            add_times(k, h[token] + node * k->stride, readout[token],
                      slopes + node * k->stride);
}

/* From the last node to the root: the derivatives by the vectors before they were divided
 * by their lengths, and what they give those of the parents and, where `sum` is wanted,
 * of the matrices. */
static void nodes_back(const work *k, int side, real *sum)
{
    const trie *t = &k->side[side];
    for (size_t node = t->count; node-- > 0;) {
        real *slope = t->slope + node * k->stride;
        unit_back(k->d, k->stride, t->unit + node * k->stride, t->norm[node], slope);
        if (node == 0)
            return;
        const uint32_t token = key_token(t->key[node]);
        const size_t parent = find_node(t, key_parent(t->key[node])) * k->stride;
        const real *unit = t->unit + parent;
        add_times(k, slope, t->back[token], t->slope + parent);
        if (sum)
            add_outer(k, side == LEFT ? unit : slope, side == LEFT ? slope : unit,
                      sum + token * k->d * k->stride);
    }
}

/* By the vectors that rows have. */
static void rows_back(const work *k, const real *dout, int side)
{
    const trie *t = &k->side[side];
    memset(t->slope, 0, t->count * k->stride * sizeof *t->slope);
    if (k->at->features)
        add_vectors_back(k, dout, side, t->slope);
    else if (!k->at->readout)
        add_features_back(k, dout, side, k->side[!side].unit, t->slope);
    else if (side == LEFT)
        add_values_back_left(k, k->of_rows.slope, k->w, t->slope);
    else
        add_values_back_right(k, k->h, k->readout, t->slope);
}

static void back_to_side(const work *k, const real *dout, int side, real *sum)
{
    rows_back(k, dout, side);
    nodes_back(k, side, sum);
}

/* Of the gradient of B, a term of the sums over the nodes on the right. */
static void add_readout_gradient(const work *k, real *const h[2], const real *vectors,
                                 size_t node)
{
    for (int token = 0; token < 2; token++)
        add_outer(k, h[token] + node * k->stride, vectors + node * k->stride,
                  k->sum + (size_t)token * k->d * k->stride);
}

static void begin_back(work *k, const slt_attention *at, const slt_tensor *dout,
                       move moved)
{
    begin(k, at, moved);
    memset(k->sum, 0, 2 * k->d * k->stride * sizeof *k->sum);
    if (at->readout) {
        fill_readouts(k);
        if (at->balanced)
            fill_pairs(k);
        pairs_back(k, dout->data);
        clear_readouts(k, k->h);
        add_h(k, k->of_rows.slope, k->side[LEFT].unit, k->h);
    }
}

/* Rows without their padding. */
static void put_rows(const work *k, const real *from, slt_tensor *to)
{
    for (size_t i = 0; i < to->rows; i++)
        memcpy((real *)to->data + i * k->d, from + i * k->stride, k->d * sizeof *from);
}

void SLT_KERNEL(attention_back)(const slt_attention *at, const slt_tensor *dout,
                                slt_attention_part part, slt_tensor *gradient)
{
    work k;
    begin_back(&k, at, dout, nothing);
    switch (part) {
    case SLT_ATTENTION_WEIGHT:
        back_to_side(&k, dout->data, LEFT, k.sum);
        back_to_side(&k, dout->data, RIGHT, k.sum);
        put_rows(&k, k.sum, gradient);
        break;
    case SLT_ATTENTION_LEFT:
        back_to_side(&k, dout->data, LEFT, NULL);
        put_rows(&k, k.side[LEFT].slope, gradient);
        break;
    case SLT_ATTENTION_RIGHT:
        back_to_side(&k, dout->data, RIGHT, NULL);
        put_rows(&k, k.side[RIGHT].slope, gradient);
        break;
    case SLT_ATTENTION_READOUT:
        for (size_t node = 0; node < k.side[RIGHT].count; node++)
            add_readout_gradient(&k, k.h, k.side[RIGHT].unit, node);
        put_rows(&k, k.sum, gradient);
        break;
    }
}

/* ---- Second order ------------------------------------------------------------------ */

/* How w changes. */
static void change_readouts(const work *k)
{
    clear_readouts(k, k->w_change);
    add_readouts(k, k->side[RIGHT].change, k->read_turned, k->w_change);
    if (k->moved.part == SLT_ATTENTION_READOUT)
        add_readouts(k, k->side[RIGHT].unit, k->other_turned, k->w_change);
}

static void put_features_change(const work *k, real *z)
{
    const size_t d = k->d;
    if (k->at->features) {
        put_vectors(k, k->side[side_of_features(k)].change, z);
        return;
    }
    memset(z, 0, k->rows * 2 * d * d * sizeof *z);
    for (size_t row = 0; row < k->rows; row++) {
        if (k->own[row] == NO_TOKEN)
            continue;
        const size_t left = vector_of(k, LEFT, row), right = vector_of(k, RIGHT, row);
        const real *l = k->side[LEFT].unit + left, *vl = k->side[LEFT].change + left;
        const real *r = k->side[RIGHT].unit + right, *vr = k->side[RIGHT].change + right;
        real *at = z + (2 * row + k->own[row]) * d * d;
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                at[a * d + b] = real_fma(l[a], vr[b], vl[a] * r[b]);
    }
}

/* How the values of each row change. */
static void change_pairs(const work *k)
{
    const pairs *of = &k->of_rows;
    for (size_t row = 0; row < k->rows; row++) {
        const size_t left = vector_of(k, LEFT, row), right = vector_of(k, RIGHT, row);
        real *change = of->change + 2 * row;
        for (unsigned token = 0; token < 2; token++)
            change[token] =
                !counts(k, row, token)
                    ? 0
                    : add_chain(
                          k->side[LEFT].unit + left, k->w_change[token] + right, k->d,
                          chain(k->side[LEFT].change + left, k->w[token] + right, k->d));
        if (k->at->balanced)
            of->shrink[row] = unit_back(2, 2, of->unit + 2 * row, of->norm[row], change);
    }
}

void SLT_KERNEL(attention_tangent)(const slt_attention *at, slt_attention_part part,
                                   const slt_tensor *change, slt_tensor *out)
{
    work k;
    begin(&k, at, (move){part, change});
    if (!at->readout) {
        put_features_change(&k, out->data);
        return;
    }
    fill_readouts(&k);
    change_readouts(&k);
    if (at->balanced)
        fill_pairs(&k);
    change_pairs(&k);
    put_own(&k, k.of_rows.change, out->data);
}

/* How the derivative by a vector before its division changes, over the change of that by
 * the vector; of this itself, as unit_back. */
SLT_INLINE void unit_bend(size_t d, size_t stride, const real *unit, const real *change,
                          real norm, real shrink, real *slope, real *bend)
{
    const real turn = -add_chain(change, slope, d, chain(unit, bend, d));
    const real along = unit_back(d, stride, unit, norm, slope);
    SLT_SIMD
    for (size_t j = 0; j < stride; j++) {
        const real sum = real_fma(along, change[j], real_fma(turn, unit[j], bend[j]));
        bend[j] = norm == 0 ? 0 : real_fma(shrink, slope[j], sum) / norm;
    }
}

/* As pairs_back, slopes and how they change; the derivatives by y do not. */
static void pairs_bend(const work *k, const real *dy)
{
    const pairs *of = &k->of_rows;
    memset(of->bend, 0, 2 * k->rows * sizeof *of->bend);
    for (size_t row = 0; row < k->rows; row++) {
        real *slope = put_slope(k, row, dy[row]);
        unit_bend(2, 2, of->unit + 2 * row, of->change + 2 * row, of->norm[row],
                  of->shrink[row], slope, of->bend + 2 * row);
    }
}

/* As nodes_back, slopes and how they change; `sum` gets the change of the gradient. */
static void nodes_bend(const work *k, int side, real *sum)
{
    const trie *t = &k->side[side];
    for (size_t node = t->count; node-- > 0;) {
        const real *slope = t->slope + node * k->stride;
        const real *bend = t->bend + node * k->stride;
        unit_bend(k->d, k->stride, t->unit + node * k->stride,
                  t->change + node * k->stride, t->norm[node], t->shrink[node],
                  t->slope + node * k->stride, t->bend + node * k->stride);
        if (node == 0)
            return;
        const uint32_t token = key_token(t->key[node]);
        const size_t parent = find_node(t, key_parent(t->key[node])) * k->stride;
        const real *unit = t->unit + parent, *change = t->change + parent;
        add_times(k, slope, t->back[token], t->slope + parent);
        add_times(k, bend, t->back[token], t->bend + parent);
        if (k->moved.part == SLT_ATTENTION_WEIGHT)
            add_times(k, slope, t->back_change[token], t->bend + parent);
        if (!sum)
            continue;
        real *m = sum + token * k->d * k->stride;
        add_outer(k, side == LEFT ? unit : bend, side == LEFT ? bend : unit, m);
        add_outer(k, side == LEFT ? change : slope, side == LEFT ? slope : change, m);
    }
}

static void bend_to_side(const work *k, const real *dout, int side, real *sum)
{
    const trie *t = &k->side[side];
    rows_back(k, dout, side);
    memset(t->bend, 0, t->count * k->stride * sizeof *t->bend);
    if (k->at->features) {
        /* Their derivatives by vectors are those of the output, which do not change. */
    } else if (!k->at->readout) {
        add_features_back(k, dout, side, k->side[!side].change, t->bend);
    } else if (side == LEFT) {
        add_values_back_left(k, k->of_rows.slope, k->w_change, t->bend);
        if (k->at->balanced)
            add_values_back_left(k, k->of_rows.bend, k->w, t->bend);
    } else {
        add_values_back_right(k, k->h_change, k->readout, t->bend);
        if (k->moved.part == SLT_ATTENTION_READOUT)
            add_values_back_right(k, k->h, k->other, t->bend);
    }
    nodes_bend(k, side, sum);
}

void SLT_KERNEL(attention_second)(const slt_attention *at, const slt_tensor *dout,
                                  slt_attention_part part, slt_attention_part moving,
                                  const slt_tensor *change, slt_tensor *gradient)
{
    work k;
    begin_back(&k, at, dout, (move){moving, change});
    if (at->readout) {
        change_readouts(&k);
        if (at->balanced) {
            change_pairs(&k);
            pairs_bend(&k, dout->data);
        }
        clear_readouts(&k, k.h_change);
        add_h(&k, k.of_rows.slope, k.side[LEFT].change, k.h_change);
        if (at->balanced)
            add_h(&k, k.of_rows.bend, k.side[LEFT].unit, k.h_change);
    }
    switch (part) {
    case SLT_ATTENTION_WEIGHT:
        bend_to_side(&k, dout->data, LEFT, k.sum);
        bend_to_side(&k, dout->data, RIGHT, k.sum);
        put_rows(&k, k.sum, gradient);
        break;
    case SLT_ATTENTION_LEFT:
        bend_to_side(&k, dout->data, LEFT, NULL);
        put_rows(&k, k.side[LEFT].bend, gradient);
        break;
    case SLT_ATTENTION_RIGHT:
        bend_to_side(&k, dout->data, RIGHT, NULL);
        put_rows(&k, k.side[RIGHT].bend, gradient);
        break;
    case SLT_ATTENTION_READOUT:
        for (size_t node = 0; node < k.side[RIGHT].count; node++) {
            add_readout_gradient(&k, k.h_change, k.side[RIGHT].unit, node);
            add_readout_gradient(&k, k.h, k.side[RIGHT].change, node);
        }
        put_rows(&k, k.sum, gradient);
        break;
    }
}
