/* Weights that solve modular addition by waves: each element by its definition, the
 * output, which is one-hot but for 1/p, and what is refused. */
#include "net/init_internal.h"

#include <math.h>

#include "nets.h"
#include "num/ops.h"

extern const slt_init_type slt_init_kind_fourier;

static const double pi = 3.14159265358979323846;

static slt_init_spec fourier(slt_init_family family, size_t phases)
{
    return (slt_init_spec){.kind = SLT_INIT_FOURIER, .family = family, .phases = phases};
}

static slt_tensor make(slt_init_spec spec, slt_init_part part, slt_arithmetic arithmetic,
                       uint64_t seed, size_t p, size_t cols)
{
    slt_error err = {0};
    slt_tensor weight = nets_tensor(arithmetic, p, cols);
    const slt_init_source source = {.seed = {.key = seed}};
    spec.part = part;
    const slt_init_site site = {
        .spec = &spec, .source = &source, .index = (uint32_t)part};
    nets_random(&weight, 5, 1);
    if (slt_init_kind_fourier.fill(&site, &weight, &err))
        tap_bail(err.text);
    return weight;
}

static double at(const slt_tensor *weight, size_t row, size_t col)
{
    return slt_real_double(slt_tensor_get(weight, row * weight->cols + col));
}

/* The three weights, and how far f is from the one-hot rows less 1/p at most. */
typedef struct solution {
    slt_tensor weight[3];
} solution;

static solution solve(slt_init_spec spec, slt_arithmetic arithmetic, uint64_t seed,
                      size_t p, size_t cols)
{
    solution s;
    for (size_t i = 0; i < 3; i++)
        s.weight[i] = make(spec, (slt_init_part)i, arithmetic, seed, p, cols);
    return s;
}

static void release(solution *s)
{
    for (size_t i = 0; i < 3; i++)
        slt_tensor_free(&s->weight[i]);
}

static double output(const solution *s, size_t a, size_t b, size_t q)
{
    double sum = 0;
    for (size_t j = 0; j < s->weight[0].cols; j++) {
        double h = at(&s->weight[0], a, j) + at(&s->weight[1], b, j);
        sum += at(&s->weight[2], q, j) * h * h;
    }
    return sum;
}

static double farthest(const solution *s)
{
    const size_t p = s->weight[0].rows;
    double worst = 0;
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++)
            for (size_t q = 0; q < p; q++) {
                double want = (double)((a + b) % p == q) - 1 / (double)p;
                worst = fmax(worst, fabs(output(s, a, b, q) - want));
            }
    return worst;
}

static void test_exact(slt_arithmetic arithmetic, slt_init_family family, size_t phases,
                       size_t p, size_t neurons)
{
    const double bound = arithmetic == SLT_F32 ? 3e-6 : 1e-13;
    solution s = solve(fourier(family, phases), arithmetic, 1, p, neurons + 2);
    double rest = 0, last = 0;
    for (size_t i = 0; i < 3; i++)
        for (size_t row = 0; row < p; row++)
            rest += fabs(at(&s.weight[i], row, neurons)) +
                    fabs(at(&s.weight[i], row, neurons + 1));
    for (size_t row = 0; row < p; row++)
        last += fabs(at(&s.weight[0], row, neurons - 1));
    double worst = farthest(&s);
    TAP_OK(worst < bound, "%s, p = %zu, %zu neurons: one-hot less 1/p (%g)",
           slt_arithmetic_name(arithmetic), p, neurons, worst);
    TAP_OK(rest == 0 && last > 0.1, "neurons beyond are 0");
    release(&s);
}

/* Neuron j = (k - 1) M M + m1 M + m2 of a grid, (k - 1) M + m of one parameter. */
static void test_elements(void)
{
    const size_t p = 7;
    solution grid = solve(fourier(SLT_INIT_FAMILY_GRID, 5), SLT_F64, 1, p, 75),
             line = solve(fourier(SLT_INIT_FAMILY_ONE_PARAMETER, 0), SLT_F64, 1, p, 18);
    double far = 0;
    for (size_t j = 0; j < 75; j++)
        for (size_t x = 0; x < p; x++) {
            double wave = 2 * pi * (double)(j / 25 + 1) * (double)x / (double)p,
                   phi1 = 2 * pi * (double)(j / 5 % 5) / 5,
                   phi2 = 2 * pi * (double)(j % 5) / 5;
            far = fmax(far, fabs(at(&grid.weight[0], x, j) - cos(wave + phi1)));
            far = fmax(far, fabs(at(&grid.weight[1], x, j) - cos(wave + phi2)));
            far = fmax(far, fabs(at(&grid.weight[2], x, j) -
                                 4.0 / (7 * 25) * cos(wave + phi1 + phi2)));
        }
    for (size_t j = 0; j < 18; j++)
        for (size_t x = 0; x < p; x++) {
            double wave = 2 * pi * (double)(j / 6 + 1) * (double)x / (double)p,
                   phi = 2 * pi * (double)(j % 6) / 6;
            far = fmax(far, fabs(at(&line.weight[0], x, j) - cos(wave + phi)));
            far = fmax(far, fabs(at(&line.weight[1], x, j) - cos(wave - 2 * phi)));
            far = fmax(far,
                       fabs(at(&line.weight[2], x, j) - 4.0 / (7 * 6) * cos(wave - phi)));
        }
    TAP_OK(far < 1e-14, "every element is its cosine (%g)", far);
    release(&grid);
    release(&line);
}

/* Two words of stream 4095 a neuron are its phases; each f is right by its largest
 * output. */
static void test_random(void)
{
    const size_t p = 11, neurons = 600;
    slt_init_spec spec = fourier(SLT_INIT_FAMILY_RANDOM, 0);
    solution s = solve(spec, SLT_F64, 9, p, neurons),
             other = solve(spec, SLT_F64, 10, p, neurons);
    uint32_t words[2];
    slt_draw_words(slt_stream_of(9, SLT_DRAW_INIT, 4095, 0, 0, 0), 2 * 6, words, 2);
    double wave = 2 * pi * 2 * 4 / (double)p, phi1 = 2 * pi * words[0] * 0x1p-32,
           phi2 = 2 * pi * words[1] * 0x1p-32;
    TAP_OK(fabs(at(&s.weight[0], 4, 6) - cos(wave + phi1)) < 1e-14 &&
               fabs(at(&s.weight[1], 4, 6) - cos(wave + phi2)) < 1e-14 &&
               fabs(at(&s.weight[2], 4, 6) - 2.0 / 600 * cos(wave + phi1 + phi2)) < 1e-16,
           "random phases: two words a neuron");
    TAP_OK(at(&other.weight[0], 4, 6) != at(&s.weight[0], 4, 6), "of the run's seed");
    size_t wrong = 0;
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++)
            for (size_t q = 0; q < p; q++)
                wrong += q != (a + b) % p &&
                         output(&s, a, b, q) >= output(&s, a, b, (a + b) % p);
    TAP_OK(wrong == 0, "and every sum is found");
    spec.scale = SLT_INIT_SCALE_INPUTS;
    slt_tensor v = make(spec, SLT_INIT_PART_V, SLT_F64, 9, p, neurons);
    TAP_OK(fabs(at(&v, 4, 6) / at(&s.weight[2], 4, 6) * 4 * (double)p - 1) < 1e-14,
           "as divided by inputs and neurons");
    slt_tensor_free(&v);
    release(&s);
    release(&other);
}

static void refused(slt_init_spec spec, size_t rows, size_t cols, const char *words)
{
    slt_error err = {0};
    const slt_weight_spec weight = {.rows = rows, .cols = cols, .init = spec};
    slt_status status = slt_init_kind_fourier.check(&weight, NULL, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

static void test_refused(void)
{
    slt_init_spec grid = fourier(SLT_INIT_FAMILY_GRID, 0),
                  line = fourier(SLT_INIT_FAMILY_ONE_PARAMETER, 0),
                  random = fourier(SLT_INIT_FAMILY_RANDOM, 0);
    refused(grid, 8, 100, "odd number of rows, 3 or more, one for each residue; found 8");
    refused(grid, 1, 100, "found 1");
    refused(grid, 7, 26,
            "needs 27 columns or more, one for each neuron (3 frequencies, "
            "3 phases squared); found 26");
    refused(line, 7, 17,
            "needs 18 columns or more, one for each neuron (3 frequencies, "
            "6 phases); found 17");
    line.phases = 5;
    refused(line, 7, 100, "expected 6 phases or more, found 5");
    line.phases = 6;
    line.scale = random.scale = SLT_INIT_SCALE_INPUTS;
    refused(line, 7, 100, "scale inputs belongs to family random");
    random.phases = 6;
    refused(random, 7, 100, "random phases are not counted");
    grid.phases = 2;
    refused(grid, 7, 100, "expected 3 phases or more, found 2");
    const slt_weight_spec fits = {
        .rows = 7, .cols = 27, .init = fourier(SLT_INIT_FAMILY_GRID, 0)};
    TAP_OK(slt_init_kind_fourier.check(&fits, NULL, NULL) == SLT_OK, "what fits is not");
}

/* ---- Without rounding -------------------------------------------------------------- */

static slt_modular_number exact_at(slt_init_spec spec, size_t part, uint64_t seed,
                                   const slt_tensor *shape, size_t element)
{
    const slt_init_source source = {.seed = {.key = seed}};
    slt_modular_number number = {0};
    spec.part = (slt_init_part)part;
    if (!slt_init_exact(&spec, &source, part, shape, element, &number))
        tap_bail("fourier tells no exact numbers");
    return number;
}

/* Each stored number is the exact one, rounded. */
static void test_rounded(slt_init_spec spec, size_t p, size_t cols)
{
    solution s = solve(spec, SLT_F64, 9, p, cols);
    double farthest_off = 0;
    for (size_t i = 0; i < 3; i++)
        for (size_t e = 0; e < p * cols; e++) {
            slt_modular_number n = exact_at(spec, i, 9, &s.weight[i], e);
            double want = (double)n.numerator / (double)n.denominator *
                          cos(2 * pi * ((double)n.turn / (double)n.order));
            double off = fabs(at(&s.weight[i], 0, e) - want);
            farthest_off = off > farthest_off ? off : farthest_off;
        }
    TAP_OK(farthest_off < 4e-15, "family %d: rounded within %g", (int)spec.family,
           farthest_off);
    release(&s);
}

/* Modulo a prime with the roots of unity the output is one-hot less 1/p, exactly. */
static void test_solves(slt_init_spec spec, uint64_t order, size_t p, size_t cols)
{
    solution s;
    slt_tensor sum = nets_tensor(SLT_MODULAR, 1, cols),
               f = nets_tensor(SLT_MODULAR, 1, p), want = nets_tensor(SLT_MODULAR, 1, 1);
    size_t wrong = 0;
    if (slt_modular_start(slt_modular_prime(SLT_MODULAR_END, order), order, NULL))
        tap_bail("no prime");
    for (size_t i = 0; i < 3; i++) {
        s.weight[i] = nets_tensor(SLT_MODULAR, p, cols);
        for (size_t e = 0; e < p * cols; e++) {
            slt_modular_number n = exact_at(spec, i, 9, &s.weight[i], e);
            slt_modular_put(&n, &s.weight[i], e);
        }
    }
    for (size_t pair = 0; pair < p * p; pair++) {
        slt_tensor a = s.weight[0], b = s.weight[1];
        a.rows = b.rows = 1;
        a.data = (uint64_t *)a.data + pair / p * cols;
        b.data = (uint64_t *)b.data + pair % p * cols;
        slt_num_add(&a, &b, &sum);
        slt_num_square(&sum, &sum);
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &sum, &s.weight[2], &f);
        for (size_t q = 0; q < p; q++) {
            int64_t hot = (pair / p + pair % p) % p == q ? (int64_t)p : 0;
            slt_modular_put(&(slt_modular_number){hot - 1, p, 0, 1}, &want, 0);
            wrong += ((uint64_t *)want.data)[0] != ((uint64_t *)f.data)[q];
        }
    }
    TAP_OK(wrong == 0, "family %d, p = %zu: solved modulo a prime", (int)spec.family, p);
    slt_tensor_free(&want);
    slt_tensor_free(&f);
    slt_tensor_free(&sum);
    release(&s);
}

static void test_unrounded(void)
{
    slt_init_spec random = fourier(SLT_INIT_FAMILY_RANDOM, 0), inputs = random;
    inputs.scale = SLT_INIT_SCALE_INPUTS;
    test_rounded(fourier(SLT_INIT_FAMILY_ONE_PARAMETER, 7), 5, 20);
    test_rounded(fourier(SLT_INIT_FAMILY_GRID, 0), 7, 30);
    test_rounded(random, 5, 40);
    test_rounded(inputs, 5, 40);
    test_solves(fourier(SLT_INIT_FAMILY_ONE_PARAMETER, 0), 30, 5, 14);
    test_solves(fourier(SLT_INIT_FAMILY_GRID, 0), 21, 7, 27);
    test_solves(fourier(SLT_INIT_FAMILY_GRID, 5), 45, 9, 100);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic arithmetic = SLT_F32; arithmetic < SLT_INDEX; arithmetic++) {
        test_exact(arithmetic, SLT_INIT_FAMILY_ONE_PARAMETER, 0, 7, 18);
        test_exact(arithmetic, SLT_INIT_FAMILY_GRID, 0, 9, 36);
    }
    test_exact(SLT_F64, SLT_INIT_FAMILY_ONE_PARAMETER, 11, 5, 22);
    test_exact(SLT_F64, SLT_INIT_FAMILY_GRID, 4, 3, 16);
    test_exact(SLT_F64, SLT_INIT_FAMILY_GRID, 5, 13, 150);
    test_elements();
    test_random();
    test_unrounded();
    test_refused();
    return tap_done();
}
