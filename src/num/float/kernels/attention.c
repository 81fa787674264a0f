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

static void put_features(const work *k, real *z)
{
    const size_t d = k->d;
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

static void put_values(const work *k, real *y)
{
    for (size_t row = 0; row < k->rows; row++)
        y[row] = k->own[row] == NO_TOKEN
                     ? 0
                     : chain(k->side[LEFT].unit + vector_of(k, LEFT, row),
                             k->w[k->own[row]] + vector_of(k, RIGHT, row), k->d);
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
    put_values(&k, out->data);
}

/* ---- Backward ---------------------------------------------------------------------- */

/* By the l or r that features are made of, over the vectors of the other side. */
static void features_back(const work *k, const real *dz, int side, const real *others,
                          real *slopes)
{
    const size_t d = k->d;
    memset(slopes, 0, k->side[side].count * k->stride * sizeof *slopes);
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

/* By l, over w. */
static void values_back_left(const work *k, const real *dy, real *const w[2],
                             real *slopes)
{
    memset(slopes, 0, k->side[LEFT].count * k->stride * sizeof *slopes);
    for (size_t row = 0; row < k->rows; row++)
        if (k->own[row] != NO_TOKEN)
            add_scaled(k, dy[row], w[k->own[row]] + vector_of(k, RIGHT, row),
                       slopes + vector_of(k, LEFT, row));
}

/* h, the derivative by w, over l. */
static void fill_h(const work *k, const real *dy, const real *left, real *const h[2])
{
    clear_readouts(k, h);
    for (size_t row = 0; row < k->rows; row++)
        if (k->own[row] != NO_TOKEN)
            add_scaled(k, dy[row], left + vector_of(k, LEFT, row),
                       h[k->own[row]] + vector_of(k, RIGHT, row));
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
        unit_back(k, t->unit + node * k->stride, t->norm[node], slope);
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
    if (!k->at->readout) {
        features_back(k, dout, side, k->side[!side].unit, t->slope);
    } else if (side == LEFT) {
        values_back_left(k, dout, k->w, t->slope);
    } else {
        memset(t->slope, 0, t->count * k->stride * sizeof *t->slope);
        add_values_back_right(k, k->h, k->readout, t->slope);
    }
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
        fill_h(k, dout->data, k->side[LEFT].unit, k->h);
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

static void put_values_change(const work *k, real *y)
{
    for (size_t row = 0; row < k->rows; row++) {
        if (k->own[row] == NO_TOKEN) {
            y[row] = 0;
            continue;
        }
        const size_t left = vector_of(k, LEFT, row), right = vector_of(k, RIGHT, row);
        y[row] = add_chain(
            k->side[LEFT].unit + left, k->w_change[k->own[row]] + right, k->d,
            chain(k->side[LEFT].change + left, k->w[k->own[row]] + right, k->d));
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
    put_values_change(&k, out->data);
}

/* How the derivative by a node's vector before its division changes, over the change of
 * that by the vector; of this itself, as unit_back. */
static void unit_bend(const work *k, const trie *t, size_t node)
{
    const size_t at = node * k->stride;
    const real *unit = t->unit + at, *change = t->change + at;
    real *slope = t->slope + at, *bend = t->bend + at;
    const real norm = t->norm[node], shrink = t->shrink[node];
    const real turn = -add_chain(change, slope, k->d, chain(unit, bend, k->d));
    const real along = unit_back(k, unit, norm, slope);
    SLT_SIMD
    for (size_t j = 0; j < k->stride; j++) {
        const real sum = real_fma(along, change[j], real_fma(turn, unit[j], bend[j]));
        bend[j] = norm == 0 ? 0 : real_fma(shrink, slope[j], sum) / norm;
    }
}

/* As nodes_back, slopes and how they change; `sum` gets the change of the gradient. */
static void nodes_bend(const work *k, int side, real *sum)
{
    const trie *t = &k->side[side];
    for (size_t node = t->count; node-- > 0;) {
        const real *slope = t->slope + node * k->stride;
        const real *bend = t->bend + node * k->stride;
        unit_bend(k, t, node);
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
    if (!k->at->readout) {
        features_back(k, dout, side, k->side[!side].change, t->bend);
    } else if (side == LEFT) {
        values_back_left(k, dout, k->w_change, t->bend);
    } else {
        memset(t->bend, 0, t->count * k->stride * sizeof *t->bend);
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
        fill_h(&k, dout->data, k.side[LEFT].change, k.h_change);
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
