/* Scaled dot-product attention, a head at a time: of one sample, or, where a sample has
 * few positions, of as many samples as a vector has lanes, side by side.
 *
 * Sums over columns and all that is made of scores go side by side over the keys of one
 * sample, or over samples; for that factors are turned.  Sums over keys or queries go
 * side by side over columns, which lie in memory so.  No chain is cut. */
#include "num/float/kernels/pack.h"
#include "num/float/kernels/softmax.h"
#include "num/scratch.h"

/* Queries times keys up to which samples go side by side, and keys at most: the numbers
 * of a plane stay in a first-level cache, the partials of a sum in a quarter of it. */
#define ABREAST_SCORES 64
#define ABREAST_KEYS 16

/* Numbers of a sample, or of one behind the other. */
typedef struct rows {
    const real *at;
    size_t row, sample; /* how far rows and samples are apart */
} rows;

/* What is written: rows as above. */
typedef struct target {
    real *at;
    size_t row, sample;
} target;

/* A head of one sample, or of LANES. */
typedef struct head {
    rows q, k, v;
    target kept; /* shares, a row for each query, or NULL */
    size_t queries, keys, width, depth; /* columns of q and k, and of v */
    bool causal;
    real scale;
    /* Working memory: planes have a number for each query, key and sample, in this order;
     * rows of keys are `pitch` numbers apart. */
    size_t lanes, pitch;
    real *turned[2];
    real *plane[4], *term;
} head;

/* Keys that a query sees. */
SLT_INLINE size_t seen_by(const head *h, size_t query)
{
    return slt_num_softmax_seen(h->keys, h->causal ? h->queries : 0, query);
}

/* The first query that sees a key. */
SLT_INLINE size_t first_seeing(const head *h, size_t key)
{
    const size_t before = h->keys - h->queries;
    return h->causal && key > before ? key - before : 0;
}

/* ---- Sums over keys and queries -------------------------------------------------- */

/* to[j] = chain over n < count of a[n * step] b[n * row + j], j < cols.  Callers that
 * inline this pass a constant for vectors. */
SLT_INLINE void chain_vectors(size_t vectors, const real *a, size_t step, const real *b,
                              size_t row, size_t count, size_t last, real *to)
{
    vec sum[4];
    for (size_t v = 0; v < vectors; v++)
        sum[v] = vec_broadcast(0);
    for (size_t n = 0; n < count; n++) {
        const vec factor = vec_broadcast(a[n * step]);
        for (size_t v = 0; v + 1 < vectors; v++)
            sum[v] = vec_fma(factor, vec_load(b + n * row + v * LANES), sum[v]);
        const real *end = b + n * row + (vectors - 1) * LANES;
        sum[vectors - 1] = vec_fma(factor, vec_load_some(end, last), sum[vectors - 1]);
    }
    for (size_t v = 0; v + 1 < vectors; v++)
        vec_store(to + v * LANES, sum[v]);
    vec_store_some(to + (vectors - 1) * LANES, sum[vectors - 1], last);
}

SLT_INLINE void chain_row(const real *a, size_t step, const real *b, size_t row,
                          size_t count, size_t cols, real *to)
{
    for (; cols > 4 * LANES; cols -= 4 * LANES, b += 4 * LANES, to += 4 * LANES)
        chain_vectors(4, a, step, b, row, count, LANES, to);
    if (cols > 3 * LANES)
        chain_vectors(4, a, step, b, row, count, cols - 3 * LANES, to);
    else if (cols > 2 * LANES)
        chain_vectors(3, a, step, b, row, count, cols - 2 * LANES, to);
    else if (cols > LANES)
        chain_vectors(2, a, step, b, row, count, cols - LANES, to);
    else
        chain_vectors(1, a, step, b, row, count, cols, to);
}

/* to = p v: for each query a chain over the keys that it sees. */
static void over_keys(const head *h, const real *p, rows v, size_t cols, target to)
{
    for (size_t s = 0; s < h->lanes; s++)
        for (size_t i = 0; i < h->queries; i++)
            chain_row(p + i * h->pitch + s, h->lanes, v.at + s * v.sample, v.row,
                      seen_by(h, i), cols, to.at + s * to.sample + i * to.row);
}

/* to = p' d: for each key a chain over the queries that see it. */
static void over_queries(const head *h, const real *p, rows d, size_t cols, target to)
{
    for (size_t s = 0; s < h->lanes; s++)
        for (size_t j = 0; j < h->keys; j++) {
            const size_t first = first_seeing(h, j);
            chain_row(p + first * h->pitch + j * h->lanes + s, h->pitch,
                      d.at + s * d.sample + first * d.row, d.row, h->queries - first,
                      cols, to.at + s * to.sample + j * to.row);
        }
}

/* ---- Scores ---------------------------------------------------------------------- */

/* Of LANES samples each number in a lane: to[(r * cols + c) * LANES + s]. */
SLT_INLINE void turn_samples(rows from, size_t count, size_t cols, real *to)
{
    for (size_t r = 0; r < count; r++)
        for (size_t c = 0; c < cols; c += PIECE) {
            const size_t at = c + PIECE < cols ? c : cols - PIECE;
            vec piece[PIECE];
            load_columns(from.at + r * from.row + at, from.sample, piece);
            for (size_t i = 0; i < PIECE; i++)
                vec_store(to + (r * cols + at + i) * LANES, piece[i]);
        }
}

/* Several keys of a query.  Callers that inline this pass a constant for keys. */
SLT_INLINE void compare_abreast(size_t keys, const real *a, const real *b, size_t cols,
                                real *to)
{
    vec sum[4];
    for (size_t j = 0; j < keys; j++)
        sum[j] = vec_broadcast(0);
    for (size_t c = 0; c < cols; c++) {
        const vec factor = vec_load(a + c * LANES);
        for (size_t j = 0; j < keys; j++)
            sum[j] = vec_fma(factor, vec_load(b + (j * cols + c) * LANES), sum[j]);
    }
    for (size_t j = 0; j < keys; j++)
        vec_store(to + j * LANES, sum[j]);
}

static void compare_samples(const head *h, rows a, rows b, size_t cols, real *to)
{
    const size_t key = cols * LANES;
    turn_samples(a, h->queries, cols, h->turned[0]);
    turn_samples(b, h->keys, cols, h->turned[1]);
    for (size_t i = 0; i < h->queries; i++) {
        const real *query = h->turned[0] + i * key;
        real *row = to + i * h->pitch;
        const size_t seen = seen_by(h, i);
        size_t j = 0;
        for (; j + 4 <= seen; j += 4)
            compare_abreast(4, query, h->turned[1] + j * key, cols, row + j * LANES);
        if (seen - j == 3)
            compare_abreast(3, query, h->turned[1] + j * key, cols, row + j * LANES);
        else if (seen - j == 2)
            compare_abreast(2, query, h->turned[1] + j * key, cols, row + j * LANES);
        else if (seen - j == 1)
            compare_abreast(1, query, h->turned[1] + j * key, cols, row + j * LANES);
    }
}

/* to = a b': a has a row for each query, b one for each key. */
static void compare_rows(const head *h, rows a, rows b, size_t cols, real *to)
{
    if (h->lanes > 1) {
        compare_samples(h, a, b, cols, to);
        return;
    }
    turn(b.at, b.row, cols, h->keys, h->pitch, h->turned[0]);
    for (size_t i = 0; i < h->queries; i++)
        chain_row(a.at + i * a.row, 1, h->turned[0], h->pitch, cols, seen_by(h, i),
                  to + i * h->pitch);
}

static void scale_scores(const head *h, real *to)
{
    for (size_t i = 0; i < h->queries; i++) {
        real *at = to + i * h->pitch;
        const size_t count = seen_by(h, i) * h->lanes;
        SLT_SIMD
        for (size_t e = 0; e < count; e++)
            at[e] = h->scale * at[e];
    }
}

/* ---- Softmax of samples side by side --------------------------------------------------
 * The reduction of at most 64 terms: each is a partial, and partials that are absent are
 * +0, which take a -0 to +0. */

SLT_INLINE void add_partials(double *partial, size_t count)
{
    size_t width = 1;
    while (width < count)
        width *= 2;
    for (width /= 2; width; width /= 2) {
        for (size_t j = 0; j + width < count; j++) {
            double *left = partial + j * LANES;
            const double *right = left + width * LANES;
            SLT_SIMD
            for (size_t s = 0; s < LANES; s++)
                left[s] = left[s] + right[s];
        }
        count = count < width ? count : width;
    }
}

SLT_INLINE void share_abreast(real *row, size_t count)
{
    double partial[ABREAST_KEYS * LANES];
    vec most = vec_load(row);
    for (size_t j = 1; j < count; j++)
        most = vec_larger(most, vec_load(row + j * LANES));
    for (size_t j = 0; j < count; j++)
        vec_store(row + j * LANES, vec_load(row + j * LANES) - most);
    lanes_exp(row, row, count * LANES);
    SLT_SIMD
    for (size_t e = 0; e < count * LANES; e++)
        partial[e] = (double)row[e];
    add_partials(partial, count);
    for (size_t j = 0; j < count; j++) {
        SLT_SIMD
        for (size_t s = 0; s < LANES; s++)
            row[j * LANES + s] = row[j * LANES + s] / (real)partial[s];
    }
}

/* mean = the reduction of fma(p, z, partial), rounded. */
SLT_INLINE void mean_abreast(const real *p, const real *z, size_t count, real *mean)
{
    double partial[ABREAST_KEYS * LANES];
    SLT_SIMD
    for (size_t e = 0; e < count * LANES; e++)
        partial[e] = (double)p[e] * (double)z[e] + 0.0;
    add_partials(partial, count);
    SLT_SIMD
    for (size_t s = 0; s < LANES; s++)
        mean[s] = (real)partial[s];
}

SLT_INLINE void along_abreast(const real *p, const real *z, size_t count, real *to)
{
    real mean[LANES];
    mean_abreast(p, z, count, mean);
    for (size_t j = 0; j < count * LANES; j += LANES) {
        SLT_SIMD
        for (size_t s = 0; s < LANES; s++)
            to[j + s] = p[j + s] * (z[j + s] - mean[s]);
    }
}

SLT_INLINE void bend_abreast(const real *p, const real *u, const real *v, size_t count,
                             real *to)
{
    real mean[LANES], bent[LANES];
    mean_abreast(p, u, count, mean);
    mean_abreast(v, u, count, bent);
    for (size_t j = 0; j < count * LANES; j += LANES) {
        SLT_SIMD
        for (size_t s = 0; s < LANES; s++)
            to[j + s] =
                real_fma(v[j + s], u[j + s] - mean[s], -(p[j + s] * bent[s]));
    }
}

/* ---- Softmax of scores ----------------------------------------------------------- */

/* The shares, in plane 0; of plane 1 nothing is left. */
static void find_shares(const head *h)
{
    real *to = h->plane[0], *scores = h->lanes > 1 ? to : h->plane[1];
    compare_rows(h, h->q, h->k, h->width, scores);
    scale_scores(h, scores);
    for (size_t i = 0; i < h->queries; i++) {
        if (h->lanes > 1)
            share_abreast(to + i * h->pitch, seen_by(h, i));
        else
            softmax_row(scores + i * h->pitch, seen_by(h, i), to + i * h->pitch);
    }
}

static void keep_shares(const head *h)
{
    for (size_t s = 0; h->kept.at && s < h->lanes; s++)
        for (size_t i = 0; i < h->queries; i++) {
            const real *from = h->plane[0] + i * h->pitch + s;
            real *to = h->kept.at + s * h->kept.sample + i * h->kept.row;
            for (size_t j = 0, seen = seen_by(h, i); j < seen; j++)
                to[j] = from[j * h->lanes];
        }
}

/* The shares that the forward pass has kept, else anew. */
static void take_shares(const head *h)
{
    if (!h->kept.at) {
        find_shares(h);
        return;
    }
    for (size_t s = 0; s < h->lanes; s++)
        for (size_t i = 0; i < h->queries; i++) {
            const real *from = h->kept.at + s * h->kept.sample + i * h->kept.row;
            real *to = h->plane[0] + i * h->pitch + s;
            for (size_t j = 0, seen = seen_by(h, i); j < seen; j++)
                to[j * h->lanes] = from[j];
        }
}

/* How shares change with scores, and what scores get of shares' gradients; to may be
 * z. */
static void go_along(const head *h, const real *z, real *to)
{
    for (size_t i = 0; i < h->queries; i++) {
        const size_t at = i * h->pitch, seen = seen_by(h, i);
        if (h->lanes > 1)
            along_abreast(h->plane[0] + at, z + at, seen, to + at);
        else
            softmax_along_row(h->plane[0] + at, z + at, seen, to + at);
    }
}

static void bend(const head *h, const real *u, const real *v, real *to)
{
    for (size_t i = 0; i < h->queries; i++) {
        const size_t at = i * h->pitch, seen = seen_by(h, i);
        if (h->lanes > 1)
            bend_abreast(h->plane[0] + at, u + at, v + at, seen, to + at);
        else
            softmax_bend_row(h->plane[0] + at, u + at, v + at, seen, to + at);
    }
}

/* ---- Heads of all samples -------------------------------------------------------- */

/* What is asked of each head. */
typedef struct job {
    const slt_dot_attention *at;
    const slt_tensor *dout, *change; /* or NULL */
    slt_dot_part part, moving;
    slt_tensor *to;
} job;

/* What a head has of it. */
typedef struct share_of_job {
    rows dy, change;
    target to;
} share_of_job;

typedef void head_body(const head *h, const job *j, const share_of_job *of);

/* Whether samples go side by side: how many. */
static size_t count_abreast(const head *h)
{
    const bool little =
        h->queries * h->keys <= ABREAST_SCORES && h->keys <= ABREAST_KEYS;
    return little && h->width >= PIECE && h->depth >= PIECE ? LANES : 1;
}

static head make_head(const slt_dot_attention *at)
{
    head h = {.queries = at->q->rows / at->samples,
              .keys = at->k->rows / at->samples,
              .width = at->q->cols / at->heads,
              .depth = at->v->cols / at->heads,
              .causal = at->causal,
              .scale = real_of(at->scale)};
    const size_t lanes = at->samples < LANES ? 1 : count_abreast(&h);
    const size_t cols = h.width > h.depth ? h.width : h.depth;
    const size_t most = h.queries > h.keys ? h.queries : h.keys;
    const size_t pitch = (h.keys + LANES - 1) / LANES * LANES * lanes;
    const size_t plane = h.queries * pitch;
    const size_t turned = lanes > 1 ? most * cols * lanes : cols * pitch;
    const size_t term = most * h.width * lanes;
    real *room = slt_kernel_scratch((2 * turned + 4 * plane + term) * sizeof *room);
    h.turned[0] = room;
    h.turned[1] = room + turned;
    for (size_t i = 0; i < 4; i++)
        h.plane[i] = room + 2 * turned + i * plane;
    h.term = room + 2 * turned + 4 * plane;
    h.lanes = lanes;
    return h;
}

/* Where the columns of a head begin. */
static size_t begin_of(const slt_tensor *tensor, const slt_dot_attention *at,
                       size_t which, size_t sample)
{
    return sample * (tensor->rows / at->samples) * tensor->cols +
           which * (tensor->cols / at->heads);
}

static rows rows_of(const slt_tensor *tensor, const slt_dot_attention *at, size_t which,
                    size_t sample)
{
    if (!tensor)
        return (rows){0};
    return (rows){(const real *)tensor->data + begin_of(tensor, at, which, sample),
                  tensor->cols, tensor->rows / at->samples * tensor->cols};
}

static target kept_of(const slt_dot_attention *at, const head *h, size_t which,
                      size_t sample)
{
    const slt_tensor *shares = at->shares;
    if (!shares)
        return (target){0};
    const size_t each = h->queries * shares->cols;
    return (target){(real *)shares->data + sample * each + which * h->keys, shares->cols,
                    each};
}

static void do_head(const job *j, head *h, size_t which, size_t sample, size_t lanes,
                    head_body *body)
{
    const slt_dot_attention *at = j->at;
    const rows like = rows_of(j->to, at, which, sample);
    h->q = rows_of(at->q, at, which, sample);
    h->k = rows_of(at->k, at, which, sample);
    h->v = rows_of(at->v, at, which, sample);
    h->kept = kept_of(at, h, which, sample);
    h->lanes = lanes;
    h->pitch = lanes > 1 ? h->keys * lanes : (h->keys + LANES - 1) / LANES * LANES;
    body(h, j,
         &(const share_of_job){
             rows_of(j->dout, at, which, sample),
             rows_of(j->change, at, which, sample),
             {(real *)j->to->data + begin_of(j->to, at, which, sample), like.row,
              like.sample}});
}

static void do_heads(const job *j, head_body *body)
{
    head h = make_head(j->at);
    const size_t lanes = h.lanes, samples = j->at->samples;
    size_t sample = 0;
    for (; lanes > 1 && sample + lanes <= samples; sample += lanes)
        for (size_t i = 0; i < j->at->heads; i++)
            do_head(j, &h, i, sample, lanes, body);
    for (; sample < samples; sample++)
        for (size_t i = 0; i < j->at->heads; i++)
            do_head(j, &h, i, sample, 1, body);
}

/* ---- The operations -------------------------------------------------------------- */

static void dot_forward(const head *h, const job *j, const share_of_job *of)
{
    (void)j;
    find_shares(h);
    keep_shares(h);
    over_keys(h, h->plane[0], h->v, h->depth, of->to);
}

void SLT_KERNEL(dot_attention)(const slt_dot_attention *at, slt_tensor *out)
{
    do_heads(&(const job){.at = at, .to = out}, dot_forward);
}

/* From gradients of scores those of q or k. */
static void pass_scores(const head *h, slt_dot_part part, const real *slope, target to)
{
    if (part == SLT_DOT_Q)
        over_keys(h, slope, h->k, h->width, to);
    else
        over_queries(h, slope, h->q, h->width, to);
}

static void dot_backward(const head *h, const job *j, const share_of_job *of)
{
    real *slope = h->plane[1];
    take_shares(h);
    if (j->part == SLT_DOT_V) {
        over_queries(h, h->plane[0], of->dy, h->depth, of->to);
        return;
    }
    compare_rows(h, of->dy, h->v, h->depth, slope);
    go_along(h, slope, slope);
    scale_scores(h, slope);
    pass_scores(h, j->part, slope, of->to);
}

void SLT_KERNEL(dot_attention_back)(const slt_dot_attention *at, const slt_tensor *dout,
                                    slt_dot_part part, slt_tensor *gradient)
{
    do_heads(&(const job){.at = at, .dout = dout, .part = part, .to = gradient},
             dot_backward);
}

/* How shares change along a change of q or k, in plane 1. */
static void move_shares(const head *h, slt_dot_part moving, rows change)
{
    real *moved = h->plane[1];
    const bool query = moving == SLT_DOT_Q;
    compare_rows(h, query ? change : h->q, query ? h->k : change, h->width, moved);
    scale_scores(h, moved);
    go_along(h, moved, moved);
}

static void dot_tangent(const head *h, const job *j, const share_of_job *of)
{
    find_shares(h);
    if (j->moving == SLT_DOT_V) {
        over_keys(h, h->plane[0], of->change, h->depth, of->to);
        return;
    }
    move_shares(h, j->moving, of->change);
    over_keys(h, h->plane[1], h->v, h->depth, of->to);
}

void SLT_KERNEL(dot_attention_tangent)(const slt_dot_attention *at, slt_dot_part part,
                                       const slt_tensor *change, slt_tensor *out)
{
    do_heads(&(const job){.at = at, .change = change, .moving = part, .to = out},
             dot_tangent);
}

/* The gradients of scores, in plane 3, and in plane 2 how they change where shares change
 * by plane 1, or v by a change. */
static void bend_scores(const head *h, slt_dot_part moving, const share_of_job *of)
{
    real *bent = h->plane[2], *slope = h->plane[3];
    compare_rows(h, of->dy, h->v, h->depth, slope);
    if (moving == SLT_DOT_V) {
        compare_rows(h, of->dy, of->change, h->depth, bent);
        go_along(h, bent, bent);
    } else {
        bend(h, slope, h->plane[1], bent);
    }
    go_along(h, slope, slope);
    scale_scores(h, bent);
    scale_scores(h, slope);
}

/* Adds what the gradients of scores as they are give where the other factor changes. */
static void add_other(const head *h, slt_dot_part part, const share_of_job *of)
{
    head other = *h;
    if (part == SLT_DOT_Q)
        other.k = of->change;
    else
        other.q = of->change;
    const size_t count = part == SLT_DOT_Q ? h->queries : h->keys, width = h->width;
    pass_scores(&other, part, h->plane[3], (target){h->term, width, count * width});
    for (size_t s = 0; s < h->lanes; s++)
        for (size_t i = 0; i < count; i++) {
            real *to = of->to.at + s * of->to.sample + i * of->to.row;
            const real *more = h->term + (s * count + i) * width;
            SLT_SIMD
            for (size_t c = 0; c < width; c++)
                to[c] = to[c] + more[c];
        }
}

static void dot_second(const head *h, const job *j, const share_of_job *of)
{
    find_shares(h);
    if (j->moving != SLT_DOT_V)
        move_shares(h, j->moving, of->change);
    if (j->part == SLT_DOT_V) {
        over_queries(h, h->plane[1], of->dy, h->depth, of->to);
        return;
    }
    bend_scores(h, j->moving, of);
    pass_scores(h, j->part, h->plane[2], of->to);
    if (j->moving != SLT_DOT_V && j->moving != j->part)
        add_other(h, j->part, of);
}

void SLT_KERNEL(dot_attention_second)(const slt_dot_attention *at, const slt_tensor *dout,
                                      slt_dot_part part, slt_dot_part moving,
                                      const slt_tensor *change, slt_tensor *gradient)
{
    do_heads(&(const job){at, dout, change, part, moving, gradient}, dot_second);
}
