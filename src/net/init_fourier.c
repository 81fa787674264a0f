/* fourier: modular addition solved by waves.  Of the net f = V (A[a] + B[b])^2, the
 * square element by element, the weights A and B are [p, neurons] tables and V is [p,
 * neurons]: neuron j has a frequency k and phases phi1 and phi2, and
 *
 *     A[x][j] = cos(2 pi k x / p + phi1)        B[x][j] = cos(2 pi k x / p + phi2)
 *     V[q][j] = scale cos(2 pi k q / p + phi1 + phi2).
 *
 * Where the phases stand on a grid, f is 1/p below the one-hot row of a + b mod p,
 * exactly but for roundings, so that its residual is 0 once centred; with random ones it
 * is so in the mean.  Angles are kept as whole numbers of equal parts of a turn: nothing
 * is rounded before the quotient that goes to sincospi. */
#include "net/init_internal.h"

#include <inttypes.h>

#include "num/scalar.h"

/* The stream of the phases of all three weights: the tensor number of none. */
enum { PHASES_TENSOR = 4095 };

/* A phase is `at` of `parts` of a turn. */
typedef struct wave {
    uint64_t frequency, first, second, parts;
} wave;

/* Phases of a turn in `family`, and the neurons of each frequency. */
static uint64_t fourier_phases(const slt_init_spec *spec)
{
    if (spec->family == SLT_INIT_FAMILY_RANDOM)
        return UINT64_C(1) << 32;
    if (spec->phases)
        return spec->phases;
    return spec->family == SLT_INIT_FAMILY_GRID ? 3 : 6;
}

/* Neurons that are not zero; SIZE_MAX where they are too many to count. */
static size_t fourier_neurons(const slt_init_spec *spec, size_t p, size_t cols)
{
    const uint64_t phases = fourier_phases(spec);
    uint64_t count = (p - 1) / 2;
    if (spec->family == SLT_INIT_FAMILY_RANDOM)
        return cols;
    bool over = __builtin_mul_overflow(count, phases, &count);
    if (spec->family == SLT_INIT_FAMILY_GRID)
        over |= __builtin_mul_overflow(count, phases, &count);
    return over || count > SIZE_MAX ? SIZE_MAX : (size_t)count;
}

static wave random_wave(const slt_init_site *site, size_t p, size_t neuron)
{
    uint32_t words[2];
    const slt_seed seed = site->source->seed;
    const slt_stream stream =
        slt_stream_of(seed.key, SLT_DRAW_INIT, PHASES_TENSOR, 0, seed.trial, 0);
    slt_draw_words(stream, 2 * (uint64_t)neuron, words, 2);
    return (wave){1 + neuron % ((p - 1) / 2), words[0], words[1],
                  fourier_phases(site->spec)};
}

/* The neurons of a frequency follow each other, phi2 fastest. */
static wave fourier_wave(const slt_init_site *site, size_t p, size_t neuron)
{
    const uint64_t phases = fourier_phases(site->spec);
    switch (site->spec->family) {
    case SLT_INIT_FAMILY_ONE_PARAMETER: {
        uint64_t m = neuron % phases;
        return (wave){1 + neuron / phases, m, (2 * phases - 2 * m) % phases, phases};
    }
    case SLT_INIT_FAMILY_GRID:
        return (wave){1 + neuron / (phases * phases), neuron / phases % phases,
                      neuron % phases, phases};
    case SLT_INIT_FAMILY_RANDOM:
        break;
    }
    return random_wave(site, p, neuron);
}

/* One-hot on average over the phases: (2 / neurons of a frequency) (2 / p); of random
 * phases 2 / neurons.  As Gromov divides: 1 / (2 p neurons).  The numerator and
 * denominator of an exact element of the output's weight. */
static void scale_output(const slt_init_spec *spec, size_t p, size_t neurons,
                         slt_modular_number *exact)
{
    const bool random = spec->family == SLT_INIT_FAMILY_RANDOM;
    const bool inputs = random && spec->scale == SLT_INIT_SCALE_INPUTS;
    exact->numerator = inputs ? 1 : random ? 2 : 4;
    exact->denominator = inputs   ? 2 * (uint64_t)p * neurons
                         : random ? neurons
                                  : p * (neurons / ((p - 1) / 2));
}

static uint64_t fourier_phase(const slt_init_spec *spec, wave w)
{
    if (spec->part == SLT_INIT_PART_A)
        return w.first;
    return spec->part == SLT_INIT_PART_B ? w.second : (w.first + w.second) % w.parts;
}

/* Row x of a neuron: cos(2 pi (k x / p + phase / parts)), of the output's weight times
 * its scale. */
static slt_modular_number fourier_element(const slt_init_spec *spec, wave w, size_t p,
                                          size_t row, size_t neurons)
{
    slt_modular_number exact = {.numerator = 1, .denominator = 1};
    exact.order = (uint64_t)p * w.parts;
    exact.turn =
        (w.frequency * row % p * w.parts + p * fourier_phase(spec, w)) % exact.order;
    if (spec->part == SLT_INIT_PART_V)
        scale_output(spec, p, neurons, &exact);
    return exact;
}

/* Rounded: the cosine of a quotient, and of the output's weight the product with the
 * scale. */
static slt_real round_element(const slt_init_spec *spec, const slt_modular_number *exact)
{
    slt_real angle =
        slt_real_div(slt_real_from_u64(2 * exact->turn), slt_real_from_u64(exact->order));
    slt_real cosine = slt_real_sincospi(angle).cosine;
    if (spec->part != SLT_INIT_PART_V)
        return cosine;
    slt_real scale = slt_real_div(slt_real_from_u64((uint64_t)exact->numerator),
                                  slt_real_from_u64(exact->denominator));
    return slt_real_mul(scale, cosine);
}

static slt_status check_sizes(const slt_init_spec *spec, size_t rows, size_t cols,
                              slt_error *err)
{
    if (rows < 3 || rows % 2 == 0)
        return slt_fail(err, SLT_FORMAT,
                        "init fourier needs an odd number of rows, 3 or more, one for "
                        "each residue; found %zu",
                        rows);
    const size_t neurons = fourier_neurons(spec, rows, cols);
    if (cols < neurons)
        return slt_fail(err, SLT_FORMAT,
                        "init fourier needs %zu columns or more, one for each neuron "
                        "(%zu frequencies, %" PRIu64 " phases%s); found %zu",
                        neurons, (rows - 1) / 2, fourier_phases(spec),
                        spec->family == SLT_INIT_FAMILY_GRID ? " squared" : "", cols);
    return SLT_OK;
}

/* Fewer phases leave products of cosines that do not cancel. */
static slt_status check_fourier(const slt_weight_spec *weight,
                                const slt_init_teacher *teacher, slt_error *err)
{
    (void)teacher;
    const slt_init_spec *spec = &weight->init;
    const bool random = spec->family == SLT_INIT_FAMILY_RANDOM;
    const uint64_t least = spec->family == SLT_INIT_FAMILY_GRID ? 3 : 6;
    if (random && spec->phases)
        return slt_fail(err, SLT_FORMAT, "init fourier: random phases are not counted");
    if (!random && spec->scale == SLT_INIT_SCALE_INPUTS)
        return slt_fail(err, SLT_FORMAT,
                        "init fourier: scale inputs belongs to family random");
    if (fourier_phases(spec) < least)
        return slt_fail(err, SLT_FORMAT,
                        "init fourier: expected %" PRIu64 " phases or more, found %zu",
                        least, spec->phases);
    return check_sizes(spec, weight->rows, weight->cols, err);
}

static slt_status fill_fourier(const slt_init_site *site, slt_tensor *weight,
                               slt_error *err)
{
    const slt_init_spec *spec = site->spec;
    const size_t p = weight->rows, cols = weight->cols;
    slt_status status = check_sizes(spec, p, cols, err);
    if (status != SLT_OK)
        return status;
    const size_t neurons = fourier_neurons(spec, p, cols);
    slt_tensor_zero(weight);
    for (size_t j = 0; j < neurons; j++) {
        wave w = fourier_wave(site, p, j);
        for (size_t row = 0; row < p; row++) {
            slt_modular_number exact = fourier_element(spec, w, p, row, neurons);
            slt_tensor_set(weight, row * cols + j, round_element(spec, &exact));
        }
    }
    return SLT_OK;
}

static slt_modular_number exact_fourier(const slt_init_site *site,
                                        const slt_tensor *weight, size_t element)
{
    const size_t p = weight->rows, neuron = element % weight->cols;
    const size_t neurons = fourier_neurons(site->spec, p, weight->cols);
    if (neuron >= neurons)
        return (slt_modular_number){0, 1, 0, 1};
    return fourier_element(site->spec, fourier_wave(site, p, neuron), p,
                           element / weight->cols, neurons);
}

/* Cosines in binary64, whatever the run's arithmetic. */
static slt_function_set functions_of_fourier(const slt_init_spec *spec,
                                             slt_arithmetic arithmetic)
{
    (void)spec, (void)arithmetic;
    return slt_functions_of_sincospi(SLT_F64);
}

static const slt_schema field_part = {
    .key = "part",
    .type = SLT_SCHEMA_WORD,
    AT(slt_init_spec, part),
    WORDS("a", "b", "v"),
    .also = "of|role",
    .meaning = "which weight it is: the table of the first input, that of the second, or "
               "the output's"};

static const slt_schema field_family = {
    .key = "family",
    .type = SLT_SCHEMA_WORD,
    AT(slt_init_spec, family),
    WORDS("one-parameter", "grid", "random"),
    PRESET(TEXT_VALUE("grid")),
    .also = "solution",
    .meaning = "the phases of the waves. one-parameter: phi1 at equal steps, phi2 = -2 "
               "phi1; grid: "
               "all pairs of steps; random: drawn from the run's seed, for every column"};

static const slt_schema field_phases = {
    .key = "phases",
    .type = SLT_SCHEMA_INT,
    AT(slt_init_spec, phases),
    .least = 1,
    .most = 4096,
    .optional = true,
    .also = "steps|grid_size",
    .meaning =
        "equal steps of a turn: 6 or more of one parameter, 3 or more on a grid, which "
        "then has their square; where absent the least"};

static const slt_schema field_scale = {
    .key = "scale",
    .type = SLT_SCHEMA_WORD,
    AT(slt_init_spec, scale),
    WORDS("unit", "inputs"),
    PRESET(TEXT_VALUE("unit")),
    .meaning = "of the output's weight. unit: so that the largest output is 1 in the "
               "mean; inputs, of family random alone: 1 / (2 p columns)"};

const slt_init_type slt_init_kind_fourier = {
    .name = "fourier",
    .meaning = "modular addition solved by waves",
    .fields = FIELD_LIST(&field_part, &field_family, &field_phases, &field_scale),
    .check = check_fourier,
    .exact = exact_fourier,
    .fill = fill_fourier,
    .functions = functions_of_fourier,
};
