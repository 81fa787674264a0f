/* attention: strings of -1 and +1 seen from a site, by products of a matrix for each
 * token: weight A [2 d, d] has A of -1 and below it A of +1.  l is vL' times the product
 * of what precedes the site, r the product of what follows it times vR, both of length 1.
 * out is l' B r with the readout's B of the site's own token, on its own or as the cosine
 * that it has in the pair of both tokens', or, without a readout, the features l_a r_b,
 * in the half of the columns that is the token's, or one of l and r. */
#include "net/op.h"

#include <string.h>

#include "base/assert.h"
#include "base/schema_rows.h"
#include "num/linalg.h"
#include "num/scalar.h"

/* In place of vL and vR: eigenvectors of A of -1, of the eigenvalue of largest magnitude,
 * or the largest one. */
static const char by_size[] = "dominant", by_value[] = "largest";
static const char *const words[] = {by_size, by_value, NULL};

static slt_status check_inputs(const slt_op_site *site, slt_error *err)
{
    const slt_op_spec *spec = site->spec;
    const size_t width = site->in[0].cols;
    if (width > SLT_ATTENTION_WIDTH_MAX)
        return slt_op_fail(site, err,
                           "input %s: expected strings of at most %zu, found %zu",
                           spec->in[0], SLT_ATTENTION_WIDTH_MAX, width);
    if (site->in[1].cols != 1 || site->in[1].range > width)
        return slt_op_fail(
            site, err,
            "input %s: expected one index a sample, below the width %zu of "
            "%s",
            spec->in[1], width, spec->in[0]);
    return SLT_OK;
}

/* vL or vR: a weight of one row, or a word, which needs A to stay as it is. */
static slt_status check_ending(const slt_op_site *site, slt_op_further which,
                               slt_error *err)
{
    const slt_weight_spec *a = site->weight, *ending = site->further[which];
    if (!ending && a->trainable)
        return slt_op_fail(site, err,
                           "%s has no gradient: expected trainable: false of weight %s",
                           site->spec->further[which], a->name);
    if (ending && (ending->rows != 1 || ending->cols != a->cols))
        return slt_op_fail(site, err, "weight %s: expected shape [%zu], found [%zu, %zu]",
                           ending->name, a->cols, ending->rows, ending->cols);
    return SLT_OK;
}

/* Products of matrices have no gradient. */
static slt_status check_norm(const slt_op_site *site, slt_error *err)
{
    const slt_weight_spec *of[] = {site->weight, site->further[SLT_OP_LEFT],
                                   site->further[SLT_OP_RIGHT]};
    if (site->spec->norm == SLT_ATTENTION_VECTORS)
        return SLT_OK;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (of[i] && of[i]->trainable)
            return slt_op_fail(site, err,
                               "normalized products have no gradient: expected "
                               "trainable: false of weight %s",
                               of[i]->name);
    if (site->spec->norm == SLT_ATTENTION_SPECTRAL && site->weight->cols != 2)
        return slt_op_fail(site, err,
                           "the spectral norm is that of 2 x 2 matrices: expected weight "
                           "%s of shape [4, 2], found [%zu, %zu]",
                           site->weight->name, site->weight->rows, site->weight->cols);
    return SLT_OK;
}

static slt_status shape_attention(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    const slt_weight_spec *a = site->weight, *b = site->further[SLT_OP_READOUT];
    if (site->arithmetic == SLT_FIXED)
        return slt_op_fail(site, err,
                           "has no fixed point: expected arithmetic f32 or f64");
    slt_status status = check_inputs(site, err);
    if (!status && a->rows != 2 * a->cols)
        status = slt_op_fail(site, err,
                             "weight %s: expected two square matrices, [2 d, d], found "
                             "[%zu, %zu]",
                             a->name, a->rows, a->cols);
    if (!status && b && (b->rows != a->rows || b->cols != a->cols))
        status = slt_op_fail(site, err,
                             "weight %s: expected shape [%zu, %zu] like %s, found [%zu, "
                             "%zu]",
                             b->name, a->rows, a->cols, a->name, b->rows, b->cols);
    if (!status && b && site->spec->features)
        status = slt_op_fail(site, err, "features: expected no readout");
    if (!status && !b && site->spec->balanced)
        status = slt_op_fail(site, err, "readout_norm: expected a readout");
    if (!status)
        status = check_ending(site, SLT_OP_LEFT, err);
    if (!status)
        status = check_ending(site, SLT_OP_RIGHT, err);
    if (!status)
        status = check_norm(site, err);
    out->cols = b ? 1 : site->spec->features ? a->cols : 2 * a->cols * a->cols;
    return status;
}

/* Eigenvectors in the run's type, in place of vL and vR where a word stands for them. */
typedef struct endings {
    slt_tensor found[2];
} endings;

_Static_assert(SLT_OP_LEFT == 0 && SLT_OP_RIGHT == 1, "the two endings come first");

static void make_tensor(slt_tensor *tensor, slt_arithmetic arithmetic, size_t rows,
                        size_t cols)
{
    SLT_ASSERT(slt_tensor_create(tensor, arithmetic, rows, cols, NULL) == SLT_OK);
}

static void round_to(const slt_tensor *from, slt_tensor *to)
{
    for (size_t i = 0; i < slt_tensor_count(to); i++)
        slt_tensor_set(to, i, slt_tensor_get(from, i));
}

/* Both eigenvectors of a word are found at once, in binary64, and rounded once. */
static void find_word(const slt_op_call *call, const char *word, endings *made)
{
    const size_t d = call->weight->cols;
    slt_tensor a, side[2];
    bool wanted[2];
    for (int i = 0; i < 2; i++)
        wanted[i] = !call->further[i] && !strcmp(call->spec->further[i], word);
    if (!wanted[0] && !wanted[1])
        return;
    make_tensor(&a, SLT_F64, d, d);
    round_to(call->weight, &a);
    for (int i = 0; i < 2; i++)
        make_tensor(&side[i], SLT_F64, 1, d);
    slt_num_dominant(&a, word == by_value, &side[SLT_OP_LEFT], &side[SLT_OP_RIGHT]);
    for (int i = 0; i < 2; i++) {
        if (wanted[i]) {
            make_tensor(&made->found[i], call->weight->arithmetic, 1, d);
            round_to(&side[i], &made->found[i]);
        }
        slt_tensor_free(&side[i]);
    }
    slt_tensor_free(&a);
}

static slt_attention begin_attention(const slt_op_call *call, endings *made)
{
    const slt_tensor *ending[2];
    *made = (endings){0};
    for (size_t i = 0; words[i]; i++)
        find_word(call, words[i], made);
    for (int i = 0; i < 2; i++)
        ending[i] = call->further[i] ? call->further[i] : &made->found[i];
    return (slt_attention){.x = call->in[0],
                           .site = call->in[1],
                           .weight = call->weight,
                           .left = ending[SLT_OP_LEFT],
                           .right = ending[SLT_OP_RIGHT],
                           .readout = call->further[SLT_OP_READOUT],
                           .norm = call->spec->norm,
                           .features = call->spec->features,
                           .balanced = call->spec->balanced};
}

static void end_attention(endings *made)
{
    slt_tensor_free(&made->found[SLT_OP_LEFT]);
    slt_tensor_free(&made->found[SLT_OP_RIGHT]);
}

static void forward_attention(const slt_op_call *call, slt_tensor *out)
{
    endings made;
    const slt_attention attention = begin_attention(call, &made);
    slt_num_attention(&attention, out);
    end_attention(&made);
}

/* That of a weight. */
static slt_attention_part part_of(slt_op_argument argument)
{
    static const slt_attention_part further[] = {
        [SLT_OP_LEFT] = SLT_ATTENTION_LEFT,
        [SLT_OP_RIGHT] = SLT_ATTENTION_RIGHT,
        [SLT_OP_READOUT] = SLT_ATTENTION_READOUT,
    };
    return argument == SLT_TO_WEIGHT ? SLT_ATTENTION_WEIGHT
                                     : further[argument - SLT_TO_FURTHER];
}

/* The tokens are the signs of x, so that nothing changes with x. */
static void backward_attention(const slt_op_call *call, const slt_tensor *dout,
                               slt_op_argument argument, slt_tensor *gradient)
{
    if (argument < SLT_TO_WEIGHT) {
        slt_tensor_zero(gradient);
        return;
    }
    endings made;
    const slt_attention attention = begin_attention(call, &made);
    slt_num_attention_back(&attention, dout, part_of(argument), gradient);
    end_attention(&made);
}

static void tangent_attention(const slt_op_call *call, slt_op_argument argument,
                              const slt_tensor *change, slt_tensor *out)
{
    if (argument < SLT_TO_WEIGHT) {
        slt_tensor_zero(out);
        return;
    }
    endings made;
    const slt_attention attention = begin_attention(call, &made);
    slt_num_attention_tangent(&attention, part_of(argument), change, out);
    end_attention(&made);
}

/* Without readout_norm the output is linear in B. */
static bool second_attention(const slt_op_call *call, const slt_tensor *dout,
                             slt_op_argument argument, slt_op_argument moved,
                             const slt_tensor *change, slt_tensor *gradient)
{
    const slt_op_argument readout = (slt_op_argument)(SLT_TO_FURTHER + SLT_OP_READOUT);
    if (argument < SLT_TO_WEIGHT || moved < SLT_TO_WEIGHT ||
        (argument == readout && moved == readout && !call->spec->balanced))
        return false;
    endings made;
    const slt_attention attention = begin_attention(call, &made);
    slt_num_attention_second(&attention, dout, part_of(argument), part_of(moved), change,
                             gradient);
    end_attention(&made);
    return true;
}

/* About one product with a matrix for each of l, r and B, backward two more of each.
 * Forward, and backward for each of four weights, a string is read and l and r of its row
 * are gone through, which takes as long as writing so many numbers. */
static void count_attention(const slt_cost_site *site, slt_cost *cost)
{
    enum { PASSES = 5, NUMBERS = 14 };
    uint64_t d = 1;
    while (2 * d * d < site->weight)
        d++;
    cost->madds += site->weight / 2 * (site->gradient ? 3 : 1);
    cost->numbers += NUMBERS * (2 * d + site->in) * (site->gradient ? PASSES : 1);
}

static const char left[] = "left", right[] = "right", readout[] = "readout";

static const slt_schema field_left = {
    .key = left,
    .type = SLT_SCHEMA_TENSOR_NAME,
    AT(slt_op_spec, further[SLT_OP_LEFT]),
    .also = "begin|start|vL",
    .meaning = "name of the weight [1, d] that a string begins with; dominant or "
               "largest: an eigenvector of the weight's first half"};

static const slt_schema field_right = {.key = right,
                                       .type = SLT_SCHEMA_TENSOR_NAME,
                                       AT(slt_op_spec, further[SLT_OP_RIGHT]),
                                       .also = "end|vR",
                                       .meaning = "the same for its end"};

static const slt_schema field_readout = {
    .key = readout,
    .type = SLT_SCHEMA_TENSOR_NAME,
    AT(slt_op_spec, further[SLT_OP_READOUT]),
    .optional = true,
    .also = "reads|B",
    .meaning = "name of the weight [2 d, d] that makes one number of what is found; "
               "absent: its features"};

_Static_assert(SLT_ATTENTION_VECTORS == 0 && SLT_ATTENTION_FROBENIUS == 1 &&
                   SLT_ATTENTION_SPECTRAL == 2,
               "words of normalize");
static const slt_schema field_normalize = {
    .key = "normalize",
    .type = SLT_SCHEMA_WORD,
    AT(slt_op_spec, norm),
    WORDS("vectors", "frobenius", "spectral"),
    PRESET(TEXT_VALUE("vectors")),
    .also = "norm|normalise",
    .meaning = "what is divided by its length: the vectors at each step; or, of weights "
               "that are not trained, the product of matrices of all steps by its "
               "Frobenius norm or, for d = 2, its spectral norm"};

static const slt_schema field_features = {
    .key = "features",
    .type = SLT_SCHEMA_WORD,
    AT(slt_op_spec, features),
    WORDS("both", "left", "right"),
    PRESET(TEXT_VALUE("both")),
    .also = "side",
    .meaning = "what it finds without a readout: the products of what is left and right "
               "of the site, or the d columns of one of them"};

static const slt_schema field_readout_norm = {
    .key = "readout_norm",
    .type = SLT_SCHEMA_WORD,
    AT(slt_op_spec, balanced),
    WORDS("none", "tokens"),
    PRESET(TEXT_VALUE("none")),
    .also = "balance",
    .meaning = "what a readout's number is divided by: nothing; or the length of the two "
               "numbers that it makes for the site's token and for the other one"};

const slt_op_type slt_op_attention = {
    .name = "attention",
    .fields = FIELD_LIST(&field_left, &field_right, &field_readout, &field_normalize,
                         &field_features, &field_readout_norm),
    .alone = true,
    .inputs_min = 2,
    .inputs_max = 2,
    .weight = SLT_TAKES_ONE,
    .further = {[SLT_OP_LEFT] = {left, SLT_TAKES_ONE_OR_WORD},
                [SLT_OP_RIGHT] = {right, SLT_TAKES_ONE_OR_WORD},
                [SLT_OP_READOUT] = {readout, SLT_TAKES_OPTIONAL}},
    .words = words,
    .index_inputs = 2,
    .shape = shape_attention,
    .forward = forward_attention,
    .backward = backward_attention,
    .tangent = tangent_attention,
    .second = second_attention,
    .cost = count_attention,
};
