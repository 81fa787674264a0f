/* What attention (attention.c) is made of: strings, what they share, the vectors l and r
 * of that, and how these change.  What precedes a site is shared by all strings that
 * begin with it, what follows it by all that end with it, so the vectors are computed
 * once for each node of two tries.  Rows of matrices are padded to whole vectors; what
 * the padding holds is never part of a sum. */
#ifndef SLT_NUM_FLOAT_KERNELS_ATTENTION_H
#define SLT_NUM_FLOAT_KERNELS_ATTENTION_H

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
    /* To second order: how these change. */
    const real *step_change[2], *back_change[2];
    real *change, *shrink, *bend; /* shrink: the length's, times -1 */
} trie;

/* The weight that changes, and how. */
typedef struct move {
    slt_attention_part part;
    const slt_tensor *change; /* NULL: nothing changes */
} move;

/* Of each row two numbers, one for each token: values l' B r (balanced: divided by their
 * length, which is `norm`), the loss's derivatives by them, and how all these change. */
typedef struct pairs {
    real *unit, *norm, *slope;
    real *change, *shrink, *bend;
} pairs;

typedef struct work {
    const slt_attention *at;
    move moved;
    size_t rows, width, d, stride;
    trie side[2];
    uint8_t *own; /* token of a row's site, NO_TOKEN where the string ends before it */
    pairs of_rows;
    real *matrix[2], *turned[2]; /* A of a token, and its transpose */
    real *readout[2], *read_turned[2];
    real *w[2], *h[2]; /* of nodes on the right and a token */
    real *product;     /* of nodes: that of their tokens' matrices */
    real *sum;         /* a gradient */
    /* How A or B changes, and w and h. */
    real *other[2], *other_turned[2], *w_change[2], *h_change[2];
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

/* sum + x' y. */
SLT_INLINE real add_chain(const real *x, const real *y, size_t count, real sum)
{
    for (size_t i = 0; i < count; i++)
        sum = real_fma(x[i], y[i], sum);
    return sum;
}

SLT_INLINE real chain(const real *x, const real *y, size_t count)
{
    return add_chain(x, y, count, 0);
}

/* Divides a vector of d numbers, padded to `stride`, by its length, which is returned; of
 * length 0 it becomes +0. */
SLT_INLINE real make_unit(size_t d, size_t stride, real *u)
{
    const real norm = real_sqrt(chain(u, u, d));
    SLT_SIMD
    for (size_t j = 0; j < stride; j++)
        u[j] = norm == 0 ? 0 : u[j] / norm;
    return norm;
}

/* The derivative by a vector before it was divided by its length, over that by what it
 * became; or how the vector changes, over its change before.  Returns what was added of
 * the vector. */
SLT_INLINE real unit_back(size_t d, size_t stride, const real *unit, real norm,
                          real *slope)
{
    const real along = -chain(unit, slope, d);
    SLT_SIMD
    for (size_t j = 0; j < stride; j++)
        slope[j] = norm == 0 ? 0 : real_fma(along, unit[j], slope[j]) / norm;
    return along;
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
    k->of_rows.unit = take_piece(p, 2 * k->rows, sizeof(real));
    k->of_rows.norm = take_piece(p, k->rows, sizeof(real));
    k->of_rows.slope = take_piece(p, 2 * k->rows, sizeof(real));
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
    if (k->moved.change) {
        k->of_rows.change = take_piece(p, 2 * k->rows, sizeof(real));
        k->of_rows.shrink = take_piece(p, k->rows, sizeof(real));
        k->of_rows.bend = take_piece(p, 2 * k->rows, sizeof(real));
    }
    for (int s = LEFT; s <= RIGHT && k->moved.change; s++) {
        k->side[s].change = take_piece(p, vectors, sizeof(real));
        k->side[s].bend = take_piece(p, vectors, sizeof(real));
        k->side[s].shrink = take_piece(p, most, sizeof(real));
        k->other[s] = take_piece(p, square, sizeof(real));
        k->other_turned[s] = take_piece(p, square, sizeof(real));
        k->w_change[s] = take_piece(p, vectors, sizeof(real));
        k->h_change[s] = take_piece(p, vectors, sizeof(real));
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

/* ---- Vectors ----------------------------------------------------------------------- */

static void fill_units(const work *k, const trie *t, const slt_tensor *ending)
{
    memset(t->unit, 0, t->count * k->stride * sizeof *t->unit);
    memcpy(t->unit, ending->data, k->d * sizeof *t->unit);
    t->norm[0] = make_unit(k->d, k->stride, t->unit);
    for (size_t node = 1; node < t->count; node++) {
        const uint32_t parent = find_node(t, key_parent(t->key[node]));
        real *unit = t->unit + node * k->stride;
        add_times(k, t->unit + parent * k->stride, t->step[key_token(t->key[node])],
                  unit);
        t->norm[node] = make_unit(k->d, k->stride, unit);
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

/* How a node's vector changes: along its parent's change and, where that is what changes,
 * its token's matrix.  B has no part in the vectors. */
static void fill_changes(work *k, int side)
{
    trie *t = &k->side[side];
    memset(t->change, 0, t->count * k->stride * sizeof *t->change);
    memset(t->shrink, 0, t->count * sizeof *t->shrink);
    if (k->moved.part == SLT_ATTENTION_READOUT)
        return;
    if (k->moved.part == (side == LEFT ? SLT_ATTENTION_LEFT : SLT_ATTENTION_RIGHT))
        memcpy(t->change, k->moved.change->data, k->d * sizeof *t->change);
    for (size_t node = 0; node < t->count; node++) {
        real *change = t->change + node * k->stride;
        if (node) {
            const uint32_t token = key_token(t->key[node]);
            const size_t parent = find_node(t, key_parent(t->key[node])) * k->stride;
            add_times(k, t->change + parent, t->step[token], change);
            if (k->moved.part == SLT_ATTENTION_WEIGHT)
                add_times(k, t->unit + parent, t->step_change[token], change);
        }
        t->shrink[node] = unit_back(k->d, k->stride, t->unit + node * k->stride,
                                    t->norm[node], change);
    }
}

static void begin_changes(work *k)
{
    const slt_attention_part part = k->moved.part;
    for (int token = 0; token < 2; token++) {
        if (part == SLT_ATTENTION_WEIGHT || part == SLT_ATTENTION_READOUT)
            copy_matrix(k, k->moved.change, token, k->other[token],
                        k->other_turned[token]);
        k->side[LEFT].step_change[token] = k->side[RIGHT].back_change[token] =
            k->other[token];
        k->side[RIGHT].step_change[token] = k->side[LEFT].back_change[token] =
            k->other_turned[token];
    }
    fill_changes(k, LEFT);
    fill_changes(k, RIGHT);
}

static void begin(work *k, const slt_attention *at, move moved)
{
    const size_t d = at->weight->cols;
    *k = (work){.at = at,
                .moved = moved,
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
    if (moved.change)
        begin_changes(k);
}

#endif
