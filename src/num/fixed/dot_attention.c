/* Scaled dot-product attention in fixed point: a head of a sample at a time, whose
 * queries, keys and values are blocks of their own, by the operations on blocks that it
 * is made of; what comes of all heads meets as blocks side by side do. */
#include <string.h>

#include "num/fixed/block.h"
#include "num/scratch.h"

/* A head of one sample, and tables of its queries by its keys. */
typedef struct head {
    const slt_dot_attention *at;
    size_t which, causal;
    slt_tensor q, k, v, share;
    slt_tensor moved, slope, bent; /* of shares along a change; of scores */
    slt_tensor dy, change, made, term;
} head;

static size_t heads_of(const slt_dot_attention *at)
{
    return at->samples * at->heads;
}

/* ---- Working memory -------------------------------------------------------------- */

static slt_tensor block_of(int64_t **room, size_t rows, size_t cols)
{
    const slt_tensor block = {
        .arithmetic = SLT_FIXED, .rows = rows, .cols = cols, .data = *room};
    *room += rows * cols;
    return block;
}

/* The exponents and the digits of what comes of each head. */
typedef struct meeting {
    int64_t *frac, *bits;
} meeting;

static head make_head(const slt_dot_attention *at, meeting *met)
{
    const size_t queries = at->q->rows / at->samples, keys = at->k->rows / at->samples;
    const size_t width = at->q->cols / at->heads, depth = at->v->cols / at->heads;
    const size_t rows = queries > keys ? queries : keys;
    const size_t cols = width > depth ? width : depth;
    const size_t numbers = queries * width + keys * (width + depth) +
                           4 * queries * keys + 4 * rows * cols + 2 * heads_of(at);
    int64_t *room = slt_sums_scratch(numbers * sizeof *room);
    head h = {.at = at, .causal = at->causal ? queries : 0};
    h.q = block_of(&room, queries, width);
    h.k = block_of(&room, keys, width);
    h.v = block_of(&room, keys, depth);
    slt_tensor *const tables[] = {&h.share, &h.moved, &h.slope, &h.bent};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        *tables[i] = block_of(&room, queries, keys);
    slt_tensor *const any[] = {&h.dy, &h.change, &h.made, &h.term};
    for (size_t i = 0; i < sizeof any / sizeof *any; i++)
        *any[i] = block_of(&room, rows, cols);
    met->frac = room;
    met->bits = room + heads_of(at);
    return h;
}

/* The columns of the head that is at hand: where those of a row begin. */
static int64_t *begin_of(const head *h, const slt_tensor *rows)
{
    const size_t sample = h->which / h->at->heads, i = h->which % h->at->heads;
    return (int64_t *)rows->data + sample * (rows->rows / h->at->samples) * rows->cols +
           i * (rows->cols / h->at->heads);
}

static void take_head(const head *h, const slt_tensor *rows, slt_tensor *to)
{
    const int64_t *from = begin_of(h, rows);
    to->rows = rows->rows / h->at->samples;
    to->cols = rows->cols / h->at->heads;
    for (size_t i = 0; i < to->rows; i++)
        memcpy((int64_t *)to->data + i * to->cols, from + i * rows->cols,
               to->cols * sizeof *from);
    to->frac = rows->frac;
    to->overflow = rows->overflow;
}

static void put_head(const head *h, const meeting *met, slt_tensor *rows)
{
    const slt_tensor *made = &h->made;
    int64_t *to = begin_of(h, rows);
    for (size_t i = 0; i < made->rows; i++)
        memcpy(to + i * rows->cols, (const int64_t *)made->data + i * made->cols,
               made->cols * sizeof *to);
    met->frac[h->which] = made->frac;
    met->bits[h->which] = slt_block_bits(made);
    rows->overflow |= made->overflow;
}

/* Brings all heads to one exponent. */
static void meet(head *h, const meeting *met, slt_tensor *rows)
{
    int64_t frac = met->frac[0];
    for (size_t i = 1; i < heads_of(h->at); i++)
        frac = met->frac[i] > frac ? met->frac[i] : frac;
    for (size_t i = 0; i < heads_of(h->at); i++)
        if (met->bits[i] && frac > met->frac[i] + 61 - met->bits[i])
            frac = met->frac[i] + 61 - met->bits[i];
    const size_t cols = rows->cols / h->at->heads;
    for (h->which = 0; h->which < heads_of(h->at); h->which++) {
        int64_t *at = begin_of(h, rows);
        const int by = (int)(frac - met->frac[h->which]);
        for (size_t i = 0; i < rows->rows / h->at->samples; i++)
            for (size_t j = 0; j < cols; j++)
                at[i * rows->cols + j] = slt_block_shift(at[i * rows->cols + j], by);
    }
    slt_block_place(rows, (int)frac);
}

/* ---- The operations -------------------------------------------------------------- */

static void dot_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                    const slt_tensor *b, slt_tensor *to)
{
    to->overflow = a->overflow || b->overflow;
    to->rows = ta == SLT_TRANSPOSED ? a->cols : a->rows;
    to->cols = tb == SLT_TRANSPOSED ? b->rows : b->cols;
    slt_num_product(ta, tb, a, b, to);
}

/* Scores, or how they change: scaled products of rows. */
static void find_scores(const head *h, const slt_tensor *q, const slt_tensor *k,
                    slt_tensor *to)
{
    dot_product(SLT_PLAIN, SLT_TRANSPOSED, q, k, to);
    slt_num_scale(h->at->scale, to, to);
}

static void place_head(head *h, size_t which)
{
    h->which = which;
    take_head(h, h->at->q, &h->q);
    take_head(h, h->at->k, &h->k);
    take_head(h, h->at->v, &h->v);
    find_scores(h, &h->q, &h->k, &h->moved);
    h->share.overflow = false;
    slt_num_softmax(&h->moved, h->causal, &h->share);
}

static void move_shares(head *h, slt_dot_part part)
{
    find_scores(h, part == SLT_DOT_Q ? &h->change : &h->q,
            part == SLT_DOT_Q ? &h->k : &h->change, &h->moved);
    slt_num_softmax_along(&h->share, h->causal, &h->moved, &h->moved);
}

/* Of scores before they were scaled: to what z, the gradient of shares, leads. */
static void find_slope(const head *h, const slt_tensor *v, slt_tensor *to)
{
    dot_product(SLT_PLAIN, SLT_TRANSPOSED, &h->dy, v, to);
    slt_num_softmax_along(&h->share, h->causal, to, to);
    slt_num_scale(h->at->scale, to, to);
}

static void pass_scores(const slt_tensor *slope, slt_dot_part part, const slt_tensor *q,
                        const slt_tensor *k, slt_tensor *to)
{
    if (part == SLT_DOT_Q)
        dot_product(SLT_PLAIN, SLT_PLAIN, slope, k, to);
    else
        dot_product(SLT_TRANSPOSED, SLT_PLAIN, slope, q, to);
}

void slt_fixed_dot_attention(const slt_dot_attention *at, slt_tensor *out)
{
    meeting met;
    head h = make_head(at, &met);
    for (size_t i = 0; i < heads_of(at); i++) {
        place_head(&h, i);
        dot_product(SLT_PLAIN, SLT_PLAIN, &h.share, &h.v, &h.made);
        put_head(&h, &met, out);
    }
    meet(&h, &met, out);
}

void slt_fixed_dot_attention_back(const slt_dot_attention *at, const slt_tensor *dout,
                                  slt_dot_part part, slt_tensor *gradient)
{
    meeting met;
    head h = make_head(at, &met);
    for (size_t i = 0; i < heads_of(at); i++) {
        place_head(&h, i);
        take_head(&h, dout, &h.dy);
        if (part == SLT_DOT_V) {
            dot_product(SLT_TRANSPOSED, SLT_PLAIN, &h.share, &h.dy, &h.made);
        } else {
            find_slope(&h, &h.v, &h.slope);
            pass_scores(&h.slope, part, &h.q, &h.k, &h.made);
        }
        put_head(&h, &met, gradient);
    }
    meet(&h, &met, gradient);
}

void slt_fixed_dot_attention_tangent(const slt_dot_attention *at, slt_dot_part part,
                                     const slt_tensor *change, slt_tensor *out)
{
    meeting met;
    head h = make_head(at, &met);
    for (size_t i = 0; i < heads_of(at); i++) {
        place_head(&h, i);
        take_head(&h, change, &h.change);
        if (part != SLT_DOT_V)
            move_shares(&h, part);
        dot_product(SLT_PLAIN, SLT_PLAIN, part == SLT_DOT_V ? &h.share : &h.moved,
                part == SLT_DOT_V ? &h.change : &h.v, &h.made);
        put_head(&h, &met, out);
    }
    meet(&h, &met, out);
}

/* How gradients of scores change along what has changed. */
static void bend_scores(head *h, slt_dot_part moving)
{
    if (moving == SLT_DOT_V) {
        find_slope(h, &h->change, &h->bent);
        return;
    }
    dot_product(SLT_PLAIN, SLT_TRANSPOSED, &h->dy, &h->v, &h->bent);
    slt_num_softmax_bend(&h->share, h->causal, &h->bent, &h->moved, &h->bent);
    slt_num_scale(h->at->scale, &h->bent, &h->bent);
}

static void add_other(head *h, slt_dot_part part)
{
    find_slope(h, &h->v, &h->slope);
    pass_scores(&h->slope, part, &h->change, &h->change, &h->term);
    slt_num_add(&h->made, &h->term, &h->made);
}

void slt_fixed_dot_attention_second(const slt_dot_attention *at, const slt_tensor *dout,
                                    slt_dot_part part, slt_dot_part moving,
                                    const slt_tensor *change, slt_tensor *gradient)
{
    meeting met;
    head h = make_head(at, &met);
    for (size_t i = 0; i < heads_of(at); i++) {
        place_head(&h, i);
        take_head(&h, dout, &h.dy);
        take_head(&h, change, &h.change);
        if (moving != SLT_DOT_V)
            move_shares(&h, moving);
        if (part == SLT_DOT_V) {
            dot_product(SLT_TRANSPOSED, SLT_PLAIN, &h.moved, &h.dy, &h.made);
        } else {
            bend_scores(&h, moving);
            pass_scores(&h.bent, part, &h.q, &h.k, &h.made);
            if (moving != SLT_DOT_V && moving != part)
                add_other(&h, part);
        }
        put_head(&h, &met, gradient);
    }
    meet(&h, &met, gradient);
}
