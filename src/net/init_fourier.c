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
    const slt_stream stream =
        slt_stream_of(site->source->seed, SLT_DRAW_INIT, PHASES_TENSOR, 0, 0, 0);
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

/* cos(2 pi (k x / p + phase / parts)). */
static slt_real cosine_at(wave w, uint64_t phase, size_t p, size_t x)
{
    const uint64_t turn = (uint64_t)p * w.parts;
    uint64_t at = (w.frequency * x % p * w.parts + p * phase) % turn;
    slt_real angle = slt_real_div(slt_real_from_u64(2 * at), slt_real_from_u64(turn));
    return slt_real_sincospi(angle).cosine;
}

/* One-hot on average over the phases: (2 / neurons of a frequency) (2 / p); of random
 * phases 2 / neurons.  As Gromov divides: 1 / (2 p neurons). */
static slt_real output_scale(const slt_init_spec *spec, size_t p, size_t neurons)
{
    const bool random = spec->family == SLT_INIT_FAMILY_RANDOM;
    if (random && spec->scale == SLT_INIT_SCALE_INPUTS)
        return slt_real_div(slt_real_from_u64(1),
                            slt_real_from_u64(2 * (uint64_t)p * neurons));
    if (random)
        return slt_real_div(slt_real_from_u64(2), slt_real_from_u64(neurons));
    return slt_real_div(slt_real_from_u64(4),
                        slt_real_from_u64(p * (neurons / ((p - 1) / 2))));
}

static slt_real fourier_element(const slt_init_spec *spec, wave w, size_t p, size_t row,
                                slt_real scale)
{
    if (spec->part == SLT_INIT_PART_A)
        return cosine_at(w, w.first, p, row);
    if (spec->part == SLT_INIT_PART_B)
        return cosine_at(w, w.second, p, row);
    return slt_real_mul(scale, cosine_at(w, (w.first + w.second) % w.parts, p, row));
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
    const slt_real scale = output_scale(spec, p, neurons);
    slt_tensor_zero(weight);
    for (size_t j = 0; j < neurons; j++) {
        wave w = fourier_wave(site, p, j);
        for (size_t row = 0; row < p; row++)
            slt_tensor_set(weight, row * cols + j,
                           fourier_element(spec, w, p, row, scale));
    }
    return SLT_OK;
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
    .fill = fill_fourier,
    .functions = functions_of_fourier,
};
