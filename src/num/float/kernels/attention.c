/* Attention by products of matrices over strings: docs/spec/06-operations.md, whose names
 * are kept here.  What precedes a site is shared by all strings that begin with it, what
 * follows it by all that end with it, so the vectors l and r are computed once for each
 * node of two tries.  Rows of matrices are padded to whole vectors; what the padding
 * holds is never part of a sum. */
#include "base/assert.h"
#include "num/float/kernels/body.h"
#include "num/scratch.h"

#define PAD (SLT_TENSOR_ALIGNMENT / sizeof(real))

/* A node's key is 1 and behind it the tokens of its string, the one nearest to the site
 * first, -1 as 0 and +1 as 1: keys ascend in the order of nodes. */
enum { ROOT = 1, LEFT = 0, RIGHT = 1, NO_TOKEN = 2 };

typedef struct trie {
    uint64_t *there; /* a bit for each key */
    uint32_t *rank;  /* nodes before each word of these bits */
    size_t count;
    uint32_t *key;             /* of nodes */
    uint32_t *node;            /* of rows */
    const real *step[2];       /* by token: row k has what entry k of a vector becomes */
    const real *back[2];       /* their transposes */
    real *unit, *norm, *slope; /* of nodes: the vector, its length before it was divided
                                  by it, and the loss's derivative by the vector */
} trie;

typedef struct work {
    const slt_attention *at;
    size_t rows, width, d, stride;
    trie side[2];
    uint8_t *own; /* token of a row's site, NO_TOKEN where the string ends before it */
    real *matrix[2], *turned[2]; /* A of a token, and its transpose */
    real *readout[2], *read_turned[2];
    real *w[2], *h[2]; /* of nodes on the right and a token */
    real *product;     /* of nodes: that of their tokens' matrices */
    real *sum;         /* a gradient */
} work;

/* ---- Small products ---------------------------------------------------------------- */

/* out[j] = out[j] + x[k] m[k][j], a chain over k. */
SLT_INLINE void add_times(const work *k, const real *x, const real *m, real *out)
{
    for (size_t block = 0; block < k->stride; block += PAD) {
        real sum[PAD];
        SLT_SIMD
        for (size_t j = 0; j < PAD; j++)
            sum[j] = out[block + j];
        for (size_t i = 0; i < k->d; i++) {
            const real *row = m + i * k->stride + block;
            SLT_SIMD
            for (size_t j = 0; j < PAD; j++)
                sum[j] = real_fma(x[i], row[j], sum[j]);
        }
        SLT_SIMD
        for (size_t j = 0; j < PAD; j++)
            out[block + j] = sum[j];
    }
}

/* to[j] = to[j] + factor x[j]. */
SLT_INLINE void add_scaled(const work *k, real factor, const real *x, real *to)
{
    SLT_SIMD
    for (size_t j = 0; j < k->stride; j++)
        to[j] = real_fma(factor, x[j], to[j]);
}

/* m[i][j] = m[i][j] + x[i] y[j]. */
SLT_INLINE void add_outer(const work *k, const real *x, const real *y, real *m)
{
    for (size_t i = 0; i < k->d; i++)
        add_scaled(k, x[i], y, m + i * k->stride);
}

SLT_INLINE real chain(const real *x, const real *y, size_t count)
{
    real sum = 0;
    for (size_t i = 0; i < count; i++)
        sum = real_fma(x[i], y[i], sum);
    return sum;
}

/* Divides a vector by its length, which is returned; of length 0 it becomes +0. */
SLT_INLINE real make_unit(const work *k, real *u)
{
    const real norm = real_sqrt(chain(u, u, k->d));
    SLT_SIMD
    for (size_t j = 0; j < k->stride; j++)
        u[j] = norm == 0 ? 0 : u[j] / norm;
    return norm;
}

/* The derivative by a vector before it was divided by its length, over that by what it
 * became. */
SLT_INLINE void unit_back(const work *k, const real *unit, real norm, real *slope)
{
    const real along = -chain(unit, slope, k->d);
    SLT_SIMD
    for (size_t j = 0; j < k->stride; j++)
        slope[j] = norm == 0 ? 0 : real_fma(along, unit[j], slope[j]) / norm;
}

/* ---- Strings and nodes ------------------------------------------------------------- */

SLT_INLINE unsigned key_length(uint32_t key)
{
    return 31 - (unsigned)__builtin_clz(key);
}

/* Without the token nearest to the site. */
SLT_INLINE uint32_t key_parent(uint32_t key)
{
    const uint32_t first = (uint32_t)1 << (key_length(key) - 1);
    return first | (key & (first - 1));
}

SLT_INLINE uint32_t key_token(uint32_t key)
{
    return key >> (key_length(key) - 1) & 1;
}

SLT_INLINE uint32_t find_node(const trie *t, uint32_t key)
{
    const uint64_t below = ((uint64_t)1 << (key & 63)) - 1;
    return t->rank[key >> 6] + (uint32_t)__builtin_popcountll(t->there[key >> 6] & below);
}

static void add_key(trie *t, uint32_t key)
{
    for (; !(t->there[key >> 6] >> (key & 63) & 1); key = key_parent(key)) {
        t->there[key >> 6] |= (uint64_t)1 << (key & 63);
        if (key == ROOT)
            return;
    }
}

static void number_nodes(trie *t, size_t words)
{
    t->count = 0;
    for (size_t i = 0; i < words; i++) {
        t->rank[i] = (uint32_t)t->count;
        for (uint64_t left = t->there[i]; left; left &= left - 1)
            t->key[t->count++] = (uint32_t)(64 * i) + (uint32_t)__builtin_ctzll(left);
    }
}

/* The keys of what precedes and follows the site, from the first token away from 0. */
static void read_row(work *k, size_t row)
{
    const real *x = (const real *)k->at->x->data + row * k->width;
    const size_t site = (size_t)((const int32_t *)k->at->site->data)[row];
    uint32_t before = 0, after = 0;
    size_t length = 0;
    k->own[row] = NO_TOKEN;
    for (; length < k->width && x[length] != 0; length++) {
        const uint32_t token = x[length] > 0;
        if (length < site)
            before |= token << length;
        else if (length == site)
            k->own[row] = (uint8_t)token;
        else
            after = after << 1 | token;
    }
    const bool there = k->own[row] != NO_TOKEN;
    k->side[LEFT].node[row] = there ? (uint32_t)1 << site | before : ROOT;
    k->side[RIGHT].node[row] = there ? (uint32_t)1 << (length - site - 1) | after : ROOT;
}

static void make_nodes(work *k)
{
    const size_t words = (((size_t)1 << k->width) + 63) / 64;
    for (size_t row = 0; row < k->rows; row++)
        read_row(k, row);
    for (int s = LEFT; s <= RIGHT; s++) {
        trie *t = &k->side[s];
        memset(t->there, 0, words * sizeof *t->there);
        add_key(t, ROOT);
        for (size_t row = 0; row < k->rows; row++)
            add_key(t, t->node[row]);
        number_nodes(t, words);
        for (size_t row = 0; row < k->rows; row++)
            t->node[row] = find_node(t, t->node[row]);
    }
}

/* ---- Memory ------------------------------------------------------------------------ */

/* Pieces of one block; a first pass, without memory, finds the block's size. */
typedef struct pieces {
    char *block;
    size_t used;
} pieces;

static void *take_piece(pieces *p, size_t count, size_t size)
{
    void *at = p->block ? p->block + p->used : NULL;
    p->used += (count * size + SLT_TENSOR_ALIGNMENT - 1) / SLT_TENSOR_ALIGNMENT *
               SLT_TENSOR_ALIGNMENT;
    return at;
}

static void lay_out(work *k, pieces *p)
{
    const size_t keys = (size_t)1 << k->width, words = (keys + 63) / 64;
    const size_t most = k->rows < keys / k->width ? k->rows * k->width + 1 : keys;
    const size_t square = k->d * k->stride, vectors = most * k->stride;
    k->own = take_piece(p, k->rows, 1);
    k->sum = take_piece(p, 2 * square, sizeof(real));
    if (k->at->norm != SLT_ATTENTION_VECTORS)
        k->product = take_piece(p, most * square, sizeof(real));
    for (int s = LEFT; s <= RIGHT; s++) {
        trie *t = &k->side[s];
        t->there = take_piece(p, words, sizeof *t->there);
        t->rank = take_piece(p, words, sizeof *t->rank);
        t->key = take_piece(p, most, sizeof *t->key);
        t->node = take_piece(p, k->rows, sizeof *t->node);
        t->unit = take_piece(p, vectors, sizeof(real));
        t->slope = take_piece(p, vectors, sizeof(real));
        t->norm = take_piece(p, most, sizeof(real));
        k->matrix[s] = take_piece(p, square, sizeof(real)); /* of a token, as below */
        k->turned[s] = take_piece(p, square, sizeof(real));
        k->readout[s] = take_piece(p, square, sizeof(real));
        k->read_turned[s] = take_piece(p, square, sizeof(real));
        k->w[s] = take_piece(p, vectors, sizeof(real));
        k->h[s] = take_piece(p, vectors, sizeof(real));
    }
}

/* The d x d matrix of a token, rows padded with zeros, and its transpose. */
static void copy_matrix(const work *k, const slt_tensor *from, int token, real *to,
                        real *turned)
{
    const real *m = (const real *)from->data + (size_t)token * k->d * k->d;
    memset(to, 0, k->d * k->stride * sizeof *to);
    memset(turned, 0, k->d * k->stride * sizeof *turned);
    for (size_t i = 0; i < k->d; i++)
        for (size_t j = 0; j < k->d; j++) {
            to[i * k->stride + j] = m[i * k->d + j];
            turned[j * k->stride + i] = m[i * k->d + j];
        }
}

/* ---- Forward ----------------------------------------------------------------------- */

static void fill_units(const work *k, const trie *t, const slt_tensor *ending)
{
    memset(t->unit, 0, t->count * k->stride * sizeof *t->unit);
    memcpy(t->unit, ending->data, k->d * sizeof *t->unit);
    t->norm[0] = make_unit(k, t->unit);
    for (size_t node = 1; node < t->count; node++) {
        const uint32_t parent = find_node(t, key_parent(t->key[node]));
        real *unit = t->unit + node * k->stride;
        add_times(k, t->unit + parent * k->stride, t->step[key_token(t->key[node])],
                  unit);
        t->norm[node] = make_unit(k, unit);
    }
}

/* The norm of a matrix. */
static real find_norm(const work *k, const real *m)
{
    real squares = 0;
    for (size_t i = 0; i < k->d; i++)
        for (size_t j = 0; j < k->d; j++)
            squares = real_fma(m[i * k->stride + j], m[i * k->stride + j], squares);
    if (k->at->norm == SLT_ATTENTION_FROBENIUS)
        return real_sqrt(squares);
    const real determinant = real_fma(m[0], m[k->stride + 1], -(m[1] * m[k->stride]));
    const real apart = real_fma(squares, squares, -(4 * (determinant * determinant)));
    return real_sqrt((squares + real_sqrt(apart > 0 ? apart : 0)) / 2);
}

/* Products of matrices, each divided by its norm, in place of vectors: l = vL' P, r = P
 * vR. */
static void fill_products(const work *k, int side, const slt_tensor *ending)
{
    const trie *t = &k->side[side];
    const size_t square = k->d * k->stride;
    memset(k->product, 0, t->count * square * sizeof(real));
    memset(t->unit, 0, t->count * k->stride * sizeof(real));
    for (size_t i = 0; i < k->d; i++)
        k->product[i * k->stride + i] = 1;
    for (size_t node = 0; node < t->count; node++) {
        real *p = k->product + node * square, *unit = t->unit + node * k->stride;
        const uint32_t key = t->key[node];
        for (size_t i = 0; i < k->d && key != ROOT; i++) {
            const real *a = k->matrix[key_token(key)];
            const real *parent = k->product + find_node(t, key_parent(key)) * square;
            add_times(k, (side == LEFT ? parent : a) + i * k->stride,
                      side == LEFT ? a : parent, p + i * k->stride);
        }
        const real norm = find_norm(k, p);
        for (size_t e = 0; e < square; e++)
            p[e] = norm == 0 ? 0 : p[e] / norm;
        if (side == LEFT)
            add_times(k, ending->data, p, unit);
        for (size_t i = 0; i < k->d && side == RIGHT; i++)
            unit[i] = chain(p + i * k->stride, ending->data, k->d);
    }
}

static void begin(work *k, const slt_attention *at)
{
    const size_t d = at->weight->cols;
    *k = (work){.at = at,
                .rows = at->x->rows,
                .width = at->x->cols,
                .d = d,
                .stride = (d + PAD - 1) / PAD * PAD};
    pieces p = {0};
    lay_out(k, &p);
    p = (pieces){.block = slt_kernel_scratch(p.used)};
    lay_out(k, &p);
    make_nodes(k);
    for (int token = 0; token < 2; token++) {
        copy_matrix(k, at->weight, token, k->matrix[token], k->turned[token]);
        k->side[LEFT].step[token] = k->side[RIGHT].back[token] = k->matrix[token];
        k->side[RIGHT].step[token] = k->side[LEFT].back[token] = k->turned[token];
        if (at->readout)
            copy_matrix(k, at->readout, token, k->readout[token], k->read_turned[token]);
    }
    if (at->norm == SLT_ATTENTION_VECTORS) {
        fill_units(k, &k->side[LEFT], at->left);
        fill_units(k, &k->side[RIGHT], at->right);
    } else {
        fill_products(k, LEFT, at->left);
        fill_products(k, RIGHT, at->right);
    }
}

/* w = B r of each node on the right and each token. */
static void fill_readouts(work *k)
{
    const trie *right = &k->side[RIGHT];
    for (int token = 0; token < 2; token++) {
        memset(k->w[token], 0, right->count * k->stride * sizeof(real));
        for (size_t node = 0; node < right->count; node++)
            add_times(k, right->unit + node * k->stride, k->read_turned[token],
                      k->w[token] + node * k->stride);
    }
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
    begin(&k, at);
    if (!at->readout) {
        put_features(&k, out->data);
        return;
    }
    fill_readouts(&k);
    put_values(&k, out->data);
}

/* ---- Backward ---------------------------------------------------------------------- */

static void clear_slopes(const work *k, int side)
{
    memset(k->side[side].slope, 0, k->side[side].count * k->stride * sizeof(real));
}

/* By the l and r that features are made of. */
static void features_back(const work *k, const real *dz, int side)
{
    const size_t d = k->d;
    clear_slopes(k, side);
    for (size_t row = 0; row < k->rows; row++) {
        if (k->own[row] == NO_TOKEN)
            continue;
        const real *from = dz + (2 * row + k->own[row]) * d * d;
        const real *other = k->side[!side].unit + vector_of(k, !side, row);
        real *slope = k->side[side].slope + vector_of(k, side, row);
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                if (side == LEFT)
                    slope[a] = real_fma(from[a * d + b], other[b], slope[a]);
                else
                    slope[b] = real_fma(from[a * d + b], other[a], slope[b]);
    }
}

/* By l, over w. */
static void values_back_left(const work *k, const real *dy)
{
    clear_slopes(k, LEFT);
    for (size_t row = 0; row < k->rows; row++)
        if (k->own[row] != NO_TOKEN)
            add_scaled(k, dy[row], k->w[k->own[row]] + vector_of(k, RIGHT, row),
                       k->side[LEFT].slope + vector_of(k, LEFT, row));
}

/* h, the derivative by w. */
static void fill_h(const work *k, const real *dy)
{
    for (int token = 0; token < 2; token++)
        memset(k->h[token], 0, k->side[RIGHT].count * k->stride * sizeof(real));
    for (size_t row = 0; row < k->rows; row++)
        if (k->own[row] != NO_TOKEN)
            add_scaled(k, dy[row], k->side[LEFT].unit + vector_of(k, LEFT, row),
                       k->h[k->own[row]] + vector_of(k, RIGHT, row));
}

/* By r, over h. */
static void values_back_right(const work *k)
{
    const trie *t = &k->side[RIGHT];
    clear_slopes(k, RIGHT);
    for (size_t node = 0; node < t->count; node++)
        for (int token = 0; token < 2; token++)
            add_times(k, k->h[token] + node * k->stride, k->readout[token],
                      t->slope + node * k->stride);
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

static void back_to_side(work *k, const slt_tensor *dout, int side, real *sum)
{
    if (!k->at->readout)
        features_back(k, dout->data, side);
    else if (side == LEFT)
        values_back_left(k, dout->data);
    else
        values_back_right(k);
    nodes_back(k, side, sum);
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
    begin(&k, at);
    memset(k.sum, 0, 2 * k.d * k.stride * sizeof *k.sum);
    if (at->readout) {
        fill_readouts(&k);
        fill_h(&k, dout->data);
    }
    switch (part) {
    case SLT_ATTENTION_WEIGHT:
        back_to_side(&k, dout, LEFT, k.sum);
        back_to_side(&k, dout, RIGHT, k.sum);
        put_rows(&k, k.sum, gradient);
        break;
    case SLT_ATTENTION_LEFT:
        back_to_side(&k, dout, LEFT, NULL);
        put_rows(&k, k.side[LEFT].slope, gradient);
        break;
    case SLT_ATTENTION_RIGHT:
        back_to_side(&k, dout, RIGHT, NULL);
        put_rows(&k, k.side[RIGHT].slope, gradient);
        break;
    case SLT_ATTENTION_READOUT:
        for (int token = 0; token < 2; token++)
            for (size_t node = 0; node < k.side[RIGHT].count; node++)
                add_outer(&k, k.h[token] + node * k.stride,
                          k.side[RIGHT].unit + node * k.stride,
                          k.sum + (size_t)token * k.d * k.stride);
        put_rows(&k, k.sum, gradient);
        break;
    }
}
