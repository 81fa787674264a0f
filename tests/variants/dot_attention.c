/* Dot-product attention on every instruction set: a head's bits are those of products,
 * scalings and softmax one after another, forward, backward, along changes and to second
 * order; so in fixed point, where what comes of heads meets.  A query at the last
 * position alone has the bits that it has among all; what a query does not see is not
 * there. */
#include "fixed_reference.h"

enum { HEADS_MAX = 80 };

typedef struct scene {
    slt_dot_attention at;
    slt_tensor q, k, v, dy;
    slt_tensor moved[3]; /* changes of q, k and v */
    size_t queries, keys;
} scene;

static slt_tensor filled(slt_arithmetic a, size_t rows, size_t cols, size_t kind)
{
    if (a == SLT_FIXED) {
        static const fixed_mix mixes[] = {FIXED_PLAIN, FIXED_RANGE, FIXED_SPARSE,
                                          FIXED_ZEROS};
        return fixed_filled(rows, cols, mixes[kind % 4], 40 + (int)ref_below(20));
    }
    slt_tensor t = ref_filled(a, rows, cols, (ref_mix)(kind % REF_MIXES));
    if (ref_below(3) == 0) /* zeros of both signs */
        for (size_t e = 0; e < rows * cols; e++)
            if (ref_below(2))
                ref_set(&t, e, ref_below(2) ? -0.0 : 0.0);
    return t;
}

/* From one position, key and column on to such that vectors end in every way; and so many
 * samples of few positions that they go side by side. */
static scene *scene_of(slt_arithmetic a, size_t i)
{
    static scene s;
    const bool many = i % 12 == 0 && a != SLT_FIXED;
    const size_t samples = 1 + ref_below(many ? 40 : 3);
    const size_t heads = 1 + ref_below(many ? 2 : 3);
    const size_t keys = i % 9 || many ? 1 + ref_below(9) : 1 + ref_below(80);
    const size_t width = many ? 8 + ref_below(20) : 1 + ref_below(i % 7 ? 9 : 70);
    const size_t depth = many ? 8 + ref_below(20) : 1 + ref_below(i % 5 ? 9 : 70);
    const bool causal = i / 12 % 2 || i % 2;
    const size_t queries = 1 + ref_below(causal ? keys : keys + 3);
    s = (scene){.queries = queries, .keys = keys};
    s.q = filled(a, samples * queries, heads * width, i);
    s.k = filled(a, samples * keys, heads * width, i);
    s.v = filled(a, samples * keys, heads * depth, i);
    s.dy = filled(a, samples * queries, heads * depth, i);
    s.moved[SLT_DOT_Q] = filled(a, samples * queries, heads * width, i + 1);
    s.moved[SLT_DOT_K] = filled(a, samples * keys, heads * width, i + 1);
    s.moved[SLT_DOT_V] = filled(a, samples * keys, heads * depth, i + 1);
    s.at = (slt_dot_attention){.q = &s.q,
                               .k = &s.k,
                               .v = &s.v,
                               .samples = samples,
                               .heads = heads,
                               .causal = causal,
                               .scale = slt_real_of(0x1.5555555555555p-2)};
    return &s;
}

static void scene_free(scene *s)
{
    slt_tensor *all[] = {&s->q,        &s->k,        &s->v,       &s->dy,
                         &s->moved[0], &s->moved[1], &s->moved[2]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
}

/* ---- One operation after another ------------------------------------------------- */

static size_t size_of(slt_arithmetic a)
{
    return a == SLT_F32 ? 4 : 8;
}

/* The columns of head `which`, counted through all samples; and back. */
static void move(const scene *s, slt_tensor *whole, size_t which, slt_tensor *part,
                 bool back)
{
    const size_t size = size_of(whole->arithmetic), heads = s->at.heads;
    const size_t rows = whole->rows / s->at.samples, cols = whole->cols / heads;
    for (size_t r = 0; r < rows; r++) {
        char *at = (char *)whole->data + ((which / heads * rows + r) * whole->cols +
                                          which % heads * cols) *
                                             size;
        char *row = (char *)part->data + r * cols * size;
        memcpy(back ? at : row, back ? row : at, cols * size);
    }
}

static slt_tensor cut(const scene *s, const slt_tensor *whole, size_t which)
{
    slt_tensor from = *whole, part = ref_tensor(whole->arithmetic,
                                                whole->rows / s->at.samples,
                                                whole->cols / s->at.heads);
    move(s, &from, which, &part, false);
    part.frac = whole->frac;
    return part;
}

static slt_tensor rows_of(const slt_tensor *t, size_t first, size_t rows)
{
    slt_tensor part = *t;
    part.rows = rows;
    part.data = (char *)t->data + first * t->cols * size_of(t->arithmetic);
    return part;
}

typedef struct head {
    const scene *s;
    slt_tensor q, k, v, dy, moved[3], share;
    size_t causal;
} head;

static slt_tensor compare(const head *h, const slt_tensor *q, const slt_tensor *k)
{
    slt_tensor to = ref_tensor(q->arithmetic, q->rows, k->rows);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, q, k, &to);
    slt_num_scale(h->s->at.scale, &to, &to);
    return to;
}

static head head_of(const scene *s, size_t which)
{
    head h = {.s = s, .causal = s->at.causal ? s->queries : 0};
    h.q = cut(s, &s->q, which);
    h.k = cut(s, &s->k, which);
    h.v = cut(s, &s->v, which);
    h.dy = cut(s, &s->dy, which);
    for (int i = 0; i < 3; i++)
        h.moved[i] = cut(s, &s->moved[i], which);
    slt_tensor scores = compare(&h, &h.q, &h.k);
    h.share = ref_tensor(h.q.arithmetic, s->queries, s->keys);
    slt_num_softmax(&scores, h.causal, &h.share);
    ref_free(&scores);
    return h;
}

static void head_free(head *h)
{
    slt_tensor *all[] = {&h->q,        &h->k,        &h->v,        &h->dy,
                         &h->moved[0], &h->moved[1], &h->moved[2], &h->share};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
}

/* p v, row by row over what the row sees. */
static slt_tensor over_keys(const head *h, const slt_tensor *p, const slt_tensor *v)
{
    slt_tensor to = ref_tensor(p->arithmetic, p->rows, v->cols);
    if (p->arithmetic == SLT_FIXED) {
        slt_num_product(SLT_PLAIN, SLT_PLAIN, p, v, &to);
        return to;
    }
    for (size_t i = 0; i < p->rows; i++) {
        const size_t seen = slt_num_softmax_seen(p->cols, h->causal, i);
        slt_tensor row = rows_of(p, i, 1), values = rows_of(v, 0, seen);
        slt_tensor made = rows_of(&to, i, 1);
        row.cols = seen;
        slt_num_product(SLT_PLAIN, SLT_PLAIN, &row, &values, &made);
    }
    return to;
}

/* p' d, for each key over the queries that see it. */
static slt_tensor over_queries(const head *h, const slt_tensor *p, const slt_tensor *d)
{
    slt_tensor to = ref_tensor(p->arithmetic, p->cols, d->cols);
    if (p->arithmetic == SLT_FIXED) {
        slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, p, d, &to);
        return to;
    }
    for (size_t j = 0; j < p->cols; j++) {
        size_t first = 0;
        while (slt_num_softmax_seen(p->cols, h->causal, first) <= j)
            first++;
        slt_tensor column = ref_tensor(p->arithmetic, p->rows - first, 1);
        for (size_t i = first; i < p->rows; i++)
            ref_set(&column, i - first, ref_get(p, i * p->cols + j));
        slt_tensor rows = rows_of(d, first, p->rows - first), made = rows_of(&to, j, 1);
        slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &column, &rows, &made);
        ref_free(&column);
    }
    return to;
}

static slt_tensor slope_of(const head *h, const slt_tensor *v)
{
    slt_tensor g = ref_tensor(v->arithmetic, h->dy.rows, v->rows);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &h->dy, v, &g);
    slt_num_softmax_along(&h->share, h->causal, &g, &g);
    slt_num_scale(h->s->at.scale, &g, &g);
    return g;
}

/* Releases what it takes. */
static slt_tensor passed(const head *h, slt_tensor slope, slt_dot_part part,
                         const slt_tensor *q, const slt_tensor *k)
{
    const slt_tensor to =
        part == SLT_DOT_Q ? over_keys(h, &slope, k) : over_queries(h, &slope, q);
    ref_free(&slope);
    return to;
}

static slt_tensor moved_shares(const head *h, slt_dot_part part)
{
    slt_tensor z = part == SLT_DOT_Q ? compare(h, &h->moved[part], &h->k)
                                     : compare(h, &h->q, &h->moved[part]);
    slt_num_softmax_along(&h->share, h->causal, &z, &z);
    return z;
}

/* What is asked: a part, and what changes; -1 for none. */
typedef struct asked {
    int part, moving;
} asked;

static slt_tensor second_of(const head *h, slt_dot_part part, slt_dot_part moving)
{
    const slt_tensor *change = &h->moved[moving];
    if (moving == SLT_DOT_V)
        return passed(h, slope_of(h, change), part, &h->q, &h->k);
    slt_tensor z = moved_shares(h, moving), found;
    if (part == SLT_DOT_V) {
        found = over_queries(h, &z, &h->dy);
    } else {
        slt_tensor g = ref_tensor(z.arithmetic, z.rows, z.cols);
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &h->dy, &h->v, &g);
        slt_num_softmax_bend(&h->share, h->causal, &g, &z, &g);
        slt_num_scale(h->s->at.scale, &g, &g);
        found = passed(h, g, part, &h->q, &h->k);
        if (moving != part) {
            slt_tensor other = passed(h, slope_of(h, &h->v), part, change, change);
            slt_num_add(&found, &other, &found);
            ref_free(&other);
        }
    }
    ref_free(&z);
    return found;
}

static slt_tensor composed(const head *h, asked what)
{
    if (what.part < 0 && what.moving < 0)
        return over_keys(h, &h->share, &h->v);
    if (what.part < 0 && what.moving == SLT_DOT_V)
        return over_keys(h, &h->share, &h->moved[SLT_DOT_V]);
    if (what.part < 0) {
        slt_tensor z = moved_shares(h, (slt_dot_part)what.moving);
        const slt_tensor to = over_keys(h, &z, &h->v);
        ref_free(&z);
        return to;
    }
    if (what.moving >= 0)
        return second_of(h, (slt_dot_part)what.part, (slt_dot_part)what.moving);
    if (what.part == SLT_DOT_V)
        return over_queries(h, &h->share, &h->dy);
    return passed(h, slope_of(h, &h->v), (slt_dot_part)what.part, &h->q, &h->k);
}

/* ---- Comparison ------------------------------------------------------------------ */

static slt_tensor fused(const scene *s, asked what)
{
    const slt_tensor *const like[] = {&s->q, &s->k, &s->v};
    const slt_tensor *shape = what.part < 0 ? &s->dy : like[what.part];
    slt_tensor to = ref_tensor(s->q.arithmetic, shape->rows, shape->cols);
    const slt_dot_part part = (slt_dot_part)what.part, moving = (slt_dot_part)what.moving;
    if (what.part < 0 && what.moving < 0)
        slt_num_dot_attention(&s->at, &to);
    else if (what.part < 0)
        slt_num_dot_attention_tangent(&s->at, moving, &s->moved[moving], &to);
    else if (what.moving < 0)
        slt_num_dot_attention_back(&s->at, &s->dy, part, &to);
    else
        slt_num_dot_attention_second(&s->at, &s->dy, part, moving, &s->moved[moving],
                                     &to);
    return to;
}

/* All heads in one row, side by side: in fixed point they meet. */
static slt_tensor gathered(const scene *s, asked what)
{
    const size_t count = s->at.samples * s->at.heads;
    slt_tensor part[HEADS_MAX];
    const slt_tensor *parts[HEADS_MAX];
    for (size_t i = 0; i < count; i++) {
        head h = head_of(s, i);
        part[i] = composed(&h, what);
        head_free(&h);
        part[i].cols *= part[i].rows;
        part[i].rows = 1;
        parts[i] = &part[i];
    }
    slt_tensor all = ref_tensor(s->q.arithmetic, 1, count * part[0].cols);
    slt_num_concat(parts, count, &all);
    for (size_t i = 0; i < count; i++)
        ref_free(&part[i]);
    return all;
}

static bool same(const scene *s, asked what)
{
    slt_tensor got = fused(s, what), all = gathered(s, what);
    slt_tensor want = ref_tensor(got.arithmetic, got.rows, got.cols);
    const size_t heads = s->at.samples * s->at.heads, each = all.cols / heads;
    for (size_t i = 0; i < heads; i++) {
        slt_tensor part = all;
        part.data = (char *)all.data + i * each * size_of(all.arithmetic);
        move(s, &want, i, &part, true);
    }
    want.frac = all.frac;
    want.overflow = all.overflow;
    const bool good = got.arithmetic == SLT_FIXED ? fixed_same(&got, &want)
                                                  : ref_differing(&got, &want) == 0;
    ref_free(&got);
    ref_free(&all);
    ref_free(&want);
    return good;
}

static size_t compositions(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < (a == SLT_FIXED ? 16 : 37); i++) {
        scene *s = scene_of(a, i);
        for (int part = -1; part < 3; part++)
            for (int moving = -1; moving < 3; moving++)
                if (part < 2 || moving < 2)
                    wrong += !same(s, (asked){part, moving});
        scene_free(s);
    }
    return wrong;
}

static size_t fixed_compositions(void)
{
    return compositions(SLT_FIXED);
}

/* The last query of each sample alone, and all of them. */
static size_t last_alone(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 30; i++) {
        scene *s = scene_of(a, i);
        const size_t samples = s->at.samples;
        slt_tensor all = fused(s, (asked){-1, -1}), q = s->q, alone;
        s->q = ref_tensor(a, samples, q.cols);
        alone = ref_tensor(a, samples, all.cols);
        slt_num_take_part(&q, samples, (s->queries - 1) * q.cols, &s->q);
        slt_num_dot_attention(&s->at, &alone);
        slt_tensor want = ref_tensor(a, samples, all.cols);
        slt_num_take_part(&all, samples, (s->queries - 1) * all.cols, &want);
        wrong += ref_differing(&alone, &want);
        slt_tensor *own[] = {&all, &q, &alone, &want};
        for (size_t j = 0; j < sizeof own / sizeof *own; j++)
            ref_free(own[j]);
        scene_free(s);
    }
    return wrong;
}

/* The last key of each sample becomes infinite or no number: all queries but the last
 * one stay as they are, and so does what q gets of them. */
static size_t unseen(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 30; i++) {
        scene *s = scene_of(a, 2 * i + 1);
        slt_tensor was[] = {fused(s, (asked){-1, -1}), fused(s, (asked){SLT_DOT_Q, -1})};
        for (size_t sample = 0; sample < s->at.samples; sample++) {
            const size_t row = (sample + 1) * s->keys - 1;
            for (size_t c = 0; c < s->k.cols; c++)
                ref_set(&s->k, row * s->k.cols + c, ref_below(2) ? NAN : INFINITY);
            for (size_t c = 0; c < s->v.cols; c++)
                ref_set(&s->v, row * s->v.cols + c, ref_below(2) ? NAN : -INFINITY);
        }
        slt_tensor is[] = {fused(s, (asked){-1, -1}), fused(s, (asked){SLT_DOT_Q, -1})};
        for (int j = 0; j < 2; j++) {
            for (size_t e = 0; e < slt_tensor_count(&is[j]); e++)
                if ((e / is[j].cols + 1) % s->queries)
                    wrong += !ref_same(ref_get(&is[j], e), ref_get(&was[j], e));
            ref_free(&is[j]);
            ref_free(&was[j]);
        }
        scene_free(s);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("a head is products, scalings and softmax", compositions);
    ref_each_copy("the last query alone", last_alone);
    ref_each_copy("what a query does not see", unseen);
    fixed_each_copy("the same in fixed point", fixed_compositions);
    return tap_done();
}
