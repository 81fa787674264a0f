/* The toy model of superposition: its potential against sampled losses, its polygons
 * against printed values, their gradients and the rank of their Hessians. */
#include "tap.h"

#include <math.h>

#include <sltrace/numerics.h>
#include <sltrace/theory.h>

#include "num/draw.h"

enum { FEATURES_MAX = 8, HIDDEN_MAX = 3, SIZE_MAX_ = (HIDDEN_MAX + 1) * FEATURES_MAX };

/* A net with room for its values. */
typedef struct sample_net {
    double values[SIZE_MAX_];
    slt_tms net;
} sample_net;

static void shape(sample_net *one, size_t features, size_t hidden)
{
    memset(one->values, 0, sizeof one->values);
    one->net = (slt_tms){features, hidden, one->values};
}

/* The standard polygon among `features`, the others 0 with bias -1. */
static slt_tms_polygon polygon_net(sample_net *one, uint64_t corners, uint64_t features)
{
    slt_tms_polygon polygon = {0};
    slt_theory_tms_polygon(corners, features, &polygon, NULL);
    shape(one, features, 2);
    for (size_t i = 0; i < features; i++) {
        double angle = .3 + 2 * acos(-1) * (double)i / (double)corners;
        double length = i < corners ? polygon.length : 0;
        one->values[i] = length * cos(angle);
        one->values[features + i] = length * sin(angle);
        one->values[2 * features + i] = i < corners ? polygon.bias : -1;
    }
    return polygon;
}

static bool near(double got, double want, double tolerance)
{
    return fabs(got - want) <= tolerance;
}

/* The digits that are printed for k = c; the bias of the hexagon is -.6181351, printed
 * one unit of its last digit off. */
static void test_printed(void)
{
    static const struct {
        uint64_t k;
        double l, b, h, loss;
        const char *lambda;
    } printed[] = {
        {4, 1, 0, 0, 0, "0"},
        {5, 1.17046, -.28230, .23738, .01583, "7"},
        {6, 1.32053, -.61813, .86746, .04819, "17/2"},
        {7, 1.44839, -.96691, 1.74870, .08327, "10"},
        {8, 1.55045, -1.29119, 2.77310, .11555, "23/2"},
    };
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        slt_tms_polygon got = {0};
        char text[SLT_RATIONAL_TEXT_MAX];
        slt_status status =
            slt_theory_tms_polygon(printed[i].k, printed[i].k, &got, NULL);
        slt_rational_text(got.lambda, text);
        TAP_OK(status == SLT_OK && near(got.length, printed[i].l, 5e-6) &&
                   near(got.bias, printed[i].b, printed[i].k == 6 ? 1e-5 : 5e-6) &&
                   near(got.potential, printed[i].h, 5e-6) &&
                   near(got.loss, printed[i].loss, 5e-6),
               "%" PRIu64 "-gon: l %.7f, b %.7f, h %.7f, L %.7f", printed[i].k,
               got.length, got.bias, got.potential, got.loss);
        TAP_EQ_TEXT(text, printed[i].lambda, "its lambda");
    }
    slt_tms_polygon got = {0};
    slt_theory_tms_polygon(5, 6, &got, NULL);
    TAP_OK(got.lambda.numerator == 7 && got.lambda.denominator == 1,
           "lambda of the pentagon among 6 features is 7");
    slt_theory_tms_polygon(6, 6, &got, NULL);
    TAP_OK(near(got.bias, -.6181351, 5e-8), "the hexagon's bias to seven digits");
}

static void test_polygon_is_potential(void)
{
    int wrong = 0, cases = 0;
    for (uint64_t k = 1; k <= 8; k++)
        for (uint64_t c = k; c <= 8; c++, cases++) {
            sample_net one;
            slt_tms_polygon polygon = polygon_net(&one, k, c);
            double got = slt_theory_tms_potential(&one.net);
            wrong += !near(got, polygon.potential + (double)(c - k), 1e-12) ||
                     !near(got / (3 * (double)c), polygon.loss, 1e-12);
        }
    TAP_OK(cases == 36 && wrong == 0, "H at a polygon is h_k + c - k");
}

static double shifted(sample_net *one, size_t i, double by, size_t j, double more)
{
    double kept_i = one->values[i], kept_j = one->values[j];
    one->values[i] += by;
    one->values[j] += more;
    double value = slt_theory_tms_potential(&one->net);
    one->values[j] = kept_j;
    one->values[i] = kept_i;
    return value;
}

static double gradient_norm(sample_net *one)
{
    double step = 1e-5, sum = 0;
    for (size_t i = 0; i < 3 * one->net.features; i++) {
        double slope =
            (shifted(one, i, step, i, 0) - shifted(one, i, -step, i, 0)) / (2 * step);
        sum += slope * slope;
    }
    return sqrt(sum);
}

static void test_gradients(void)
{
    for (uint64_t k = 4; k <= 8; k++)
        for (uint64_t c = k; c <= 8; c += 8 - k ? 8 - k : 1) {
            sample_net one;
            polygon_net(&one, k, c);
            /* at a square the second derivatives jump, which leaves an error of order
             * step
             */
            double norm = gradient_norm(&one);
            TAP_OK(norm < (k == 4 ? 1e-3 : 1e-8),
                   "the gradient vanishes at the %" PRIu64 "-gon of %" PRIu64 ": %.1e", k,
                   c, norm);
            one.values[2 * c] += .01;
            TAP_OK(gradient_norm(&one) > .01, "and not beside it");
        }
}

/* Eigenvalues of the symmetric n x n matrix, left on its diagonal: cyclic Jacobi. */
static void diagonalise(double *m, size_t n)
{
    for (int sweep = 0; sweep < 30; sweep++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                double angle = .5 * atan2(2 * m[p * n + q], m[q * n + q] - m[p * n + p]);
                double c = cos(angle), s = sin(angle);
                for (size_t i = 0; i < n; i++) {
                    double a = m[i * n + p], b = m[i * n + q];
                    m[i * n + p] = c * a - s * b;
                    m[i * n + q] = s * a + c * b;
                }
                for (size_t i = 0; i < n; i++) {
                    double a = m[p * n + i], b = m[q * n + i];
                    m[p * n + i] = c * a - s * b;
                    m[q * n + i] = s * a + c * b;
                }
            }
}

/* lambda of a minimum that is curved in all directions but those of its zero set is half
 * the rank of the Hessian. */
static void test_lambda_is_half_the_rank(void)
{
    enum { PARAMETERS = 3 * FEATURES_MAX };
    for (uint64_t k = 5; k <= 8; k++)
        for (uint64_t c = k; c <= k + 1 && c <= 8; c++) {
            sample_net one;
            slt_tms_polygon polygon = polygon_net(&one, k, c);
            double hessian[PARAMETERS * PARAMETERS], step = 1e-4;
            size_t n = 3 * (size_t)c, rank = 0;
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    hessian[i * n + j] = (shifted(&one, i, step, j, step) -
                                          shifted(&one, i, step, j, -step) -
                                          shifted(&one, i, -step, j, step) +
                                          shifted(&one, i, -step, j, -step)) /
                                         (4 * step * step);
            diagonalise(hessian, n);
            double least = INFINITY;
            for (size_t i = 0; i < n; i++) {
                rank += fabs(hessian[i * n + i]) > 1e-3;
                least = fmin(least, hessian[i * n + i]);
            }
            TAP_OK(least > -1e-3 && polygon.lambda.denominator * (int64_t)rank ==
                                        2 * polygon.lambda.numerator,
                   "%" PRIu64 "-gon of %" PRIu64 ": rank %zu, none negative", k, c, rank);
        }
}

static double uniform(slt_stream stream, uint64_t at)
{
    uint32_t word;
    slt_draw_words(stream, at, &word, 1);
    return ((double)word + .5) * 0x1p-32;
}

/* W uniform on [-1.2, 1.2], b on [low, high]. */
static void random_net(sample_net *one, size_t features, size_t hidden, double low,
                       double high, uint64_t seed)
{
    slt_stream stream = slt_stream_of(seed, SLT_DRAW_INIT, 0, 0, 0, 0);
    shape(one, features, hidden);
    for (size_t i = 0; i < hidden * features; i++)
        one->values[i] = 2.4 * uniform(stream, i) - 1.2;
    for (size_t i = hidden * features; i < (hidden + 1) * features; i++)
        one->values[i] = low + (high - low) * uniform(stream, i);
}

/* |x - ReLU(W'W x + b)|^2 for x = u e_input, hidden layer first. */
static double loss_at(const slt_tms *net, size_t input, double u)
{
    size_t c = net->features;
    double sum = 0;
    for (size_t out = 0; out < c; out++) {
        double y = net->values[net->hidden * c + out];
        for (size_t row = 0; row < net->hidden; row++)
            y += net->values[row * c + out] * (net->values[row * c + input] * u);
        double error = (out == input ? u : 0) - (y > 0 ? y : 0);
        sum += error * error;
    }
    return sum;
}

enum { SAMPLES = 100000 };

static void expect_loss(const sample_net *one, uint64_t seed, const char *name)
{
    slt_stream inputs = slt_stream_of(seed, SLT_DRAW_DATA, 0, 0, 0, 0);
    slt_stream values = slt_stream_of(seed, SLT_DRAW_DATA, 1, 0, 0, 0);
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < SAMPLES; i++) {
        size_t input = (size_t)slt_draw_bounded(inputs, i, one->net.features);
        double loss = loss_at(&one->net, input, uniform(values, i));
        sum += loss;
        squares += loss * loss;
    }
    double mean = sum / SAMPLES,
           error = sqrt((squares / SAMPLES - mean * mean) / SAMPLES);
    double want = slt_theory_tms_potential(&one->net) / (3 * (double)one->net.features);
    TAP_OK(near(mean, want, 4 * error) && error < .05 * want + 1e-3,
           "%s: sampled loss %.5f +- %.5f, H / (3 c) %.5f", name, mean, error, want);
}

static void test_sampled_losses(void)
{
    static const struct {
        const char *name;
        double low, high;
    } kinds[] = {
        {"b below 0", -1, 0}, {"b above 0", 0, .6}, {"b of both signs", -.8, .8}};
    sample_net one;
    for (uint64_t seed = 0; seed < 9; seed++) {
        random_net(&one, 4 + seed % 4, 1 + seed / 3, kinds[seed % 3].low,
                   kinds[seed % 3].high, seed);
        expect_loss(&one, seed, kinds[seed % 3].name);
    }
    polygon_net(&one, 5, 6);
    expect_loss(&one, 9, "pentagon of 6");
    polygon_net(&one, 8, 8);
    expect_loss(&one, 10, "octagon of 8");
}

static void test_invariance(void)
{
    int turned_wrong = 0, swapped_wrong = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        sample_net one, other;
        random_net(&one, 6, 2, -.8, .4, seed);
        shape(&other, 6, 2);
        double want = slt_theory_tms_potential(&one.net), angle = .37 * (double)seed;
        for (size_t i = 0; i < 6; i++) {
            double x = one.values[i], y = one.values[6 + i];
            other.values[i] = cos(angle) * x - sin(angle) * y;
            other.values[6 + i] = sin(angle) * x + cos(angle) * y;
            other.values[12 + i] = one.values[12 + i];
        }
        turned_wrong += !near(slt_theory_tms_potential(&other.net), want, 1e-12 * want);
        uint32_t order[6];
        slt_draw_shuffle(slt_stream_of(seed, SLT_DRAW_BATCH, 0, 0, 0, 0), 6, 6, order);
        for (size_t row = 0; row < 3; row++)
            for (size_t i = 0; i < 6; i++)
                other.values[6 * row + i] = one.values[6 * row + order[i]];
        swapped_wrong += !near(slt_theory_tms_potential(&other.net), want, 1e-12 * want);
    }
    TAP_OK(turned_wrong == 0, "a rotation of W changes nothing");
    TAP_OK(swapped_wrong == 0, "an exchange of features changes nothing");
}

static void test_edges(void)
{
    sample_net one;
    shape(&one, 5, 2);
    TAP_OK(slt_theory_tms_potential(&one.net) == 5, "all 0: each feature is lost whole");
    for (size_t i = 0; i < 5; i++) {
        one.values[i] = 1e-160;
        one.values[10 + i] = -1e-322;
    }
    TAP_OK(near(slt_theory_tms_potential(&one.net), 5, 1e-12),
           "weights whose squares are not normal numbers");
    for (size_t i = 0; i < 15; i++)
        one.values[i] = i % 2 ? 1e30 : -1e30;
    double most = slt_theory_tms_potential(&one.net);
    TAP_OK(isfinite(most) && most > 1e100, "weights of size 1e30 stay finite");
    static const uint64_t wrong[][2] = {{0, 5}, {9, 9}, {6, 5}, {1, 0}, {5, 1025}};
    for (size_t i = 0; i < 5; i++) {
        slt_tms_polygon polygon;
        slt_error err = {0};
        TAP_OK(slt_theory_tms_polygon(wrong[i][0], wrong[i][1], &polygon, &err) ==
                       SLT_USAGE &&
                   strstr(err.text, "theory tms: "),
               "refused: %s", err.text);
    }
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_printed();
    test_polygon_is_potential();
    test_gradients();
    test_lambda_is_half_the_rank();
    test_sampled_losses();
    test_invariance();
    test_edges();
    return tap_done();
}
