/* Quadratic networks in closed form: against printed numbers, and against ranks of the
 * Jacobian itself, computed exactly modulo a prime. */
#include "tap.h"

#include <math.h>

#include <sltrace/theory.h>

#include "random.h"

/* ---- Arithmetic modulo a prime ----------------------------------------------------- */

static uint64_t prime; /* below 2^31 */

static uint64_t times(uint64_t a, uint64_t b)
{
    return a * b % prime;
}

static uint64_t power(uint64_t base, uint64_t exponent)
{
    uint64_t result = 1;
    for (; exponent; exponent >>= 1, base = times(base, base))
        if (exponent & 1)
            result = times(result, base);
    return result;
}

static uint64_t inverse(uint64_t a)
{
    return power(a, prime - 2);
}

static bool is_prime(uint64_t n)
{
    for (uint64_t d = 2; d * d <= n; d++)
        if (n % d == 0)
            return false;
    return true;
}

/* Takes a prime 1 modulo `order`, and gives an element of that order. */
static uint64_t take_root(uint64_t order)
{
    prime = (UINT64_C(1) << 30) / order * order + 1;
    while (!is_prime(prime))
        prime += order;
    for (uint64_t g = 2;; g++) {
        const uint64_t root = power(g, (prime - 1) / order);
        bool exact = true;
        for (uint64_t d = 1; d < order; d++)
            exact &= order % d != 0 || power(root, d) != 1;
        if (exact)
            return root;
    }
}

static uint64_t any_residue(void)
{
    return random_word() % prime;
}

/* Elimination in place. */
static size_t rank_of(uint32_t *a, size_t rows, size_t cols)
{
    size_t rank = 0;
    for (size_t col = 0; col < cols && rank < rows; col++) {
        size_t at = rank;
        while (at < rows && !a[at * cols + col])
            at++;
        if (at == rows)
            continue;
        uint32_t *pivot = &a[rank * cols], *found = &a[at * cols];
        for (size_t j = col; j < cols; j++) {
            const uint32_t kept = found[j];
            found[j] = pivot[j];
            pivot[j] = kept;
        }
        const uint64_t scale = inverse(pivot[col]);
        for (size_t i = rank + 1; i < rows; i++) {
            uint32_t *row = &a[i * cols];
            const uint64_t factor = prime - times(row[col], scale);
            for (size_t j = col; factor < prime && j < cols; j++)
                row[j] = (uint32_t)((row[j] + factor * pivot[j]) % prime);
        }
        rank++;
    }
    return rank;
}

/* ---- A network, its samples, and the rank of its Jacobian -------------------------- */

enum { P_MAX = 11, PAIRS_MAX = P_MAX * P_MAX };

typedef struct network {
    size_t p, neurons;
    uint64_t *u, *w, *v; /* neurons x p */
} network;

typedef struct split {
    size_t n, a[PAIRS_MAX], b[PAIRS_MAX];
    size_t symbols, components, rarest; /* pairs of the symbol that has the fewest */
} split;

static network make_network(size_t p, size_t neurons)
{
    uint64_t *memory = calloc(3 * neurons * p + 1, sizeof *memory);
    if (!memory)
        abort();
    return (network){p, neurons, memory, memory + neurons * p, memory + 2 * neurons * p};
}

static network random_network(size_t p, size_t neurons)
{
    const network net = make_network(p, neurons);
    for (size_t i = 0; i < 3 * neurons * p; i++)
        net.u[i] = any_residue();
    return net;
}

static size_t part_of(const size_t *joined, size_t symbol)
{
    while (joined[symbol] != symbol)
        symbol = joined[symbol];
    return symbol;
}

static void count_symbols(split *s, size_t p)
{
    size_t joined[2 * P_MAX], seen[2 * P_MAX] = {0};
    for (size_t i = 0; i < 2 * p; i++)
        joined[i] = i;
    for (size_t t = 0; t < s->n; t++) {
        seen[s->a[t]]++;
        seen[p + s->b[t]]++;
        joined[part_of(joined, s->a[t])] = part_of(joined, p + s->b[t]);
    }
    s->symbols = s->components = 0;
    s->rarest = PAIRS_MAX;
    for (size_t i = 0; i < 2 * p; i++) {
        s->symbols += seen[i] > 0;
        s->components += seen[i] > 0 && joined[i] == i;
        if (seen[i] && seen[i] < s->rarest)
            s->rarest = seen[i];
    }
}

/* n of the pairs below (rows, cols); with `torn` those of low a with low b, high a with
 * high b alone. */
static split take_split(size_t p, size_t n, size_t rows, size_t cols, bool torn)
{
    split s = {.n = 0};
    for (size_t a = 0; a < rows; a++)
        for (size_t b = 0; b < cols; b++)
            if (!torn || (a < p / 2) == (b < p / 2)) {
                s.a[s.n] = a;
                s.b[s.n++] = b;
            }
    for (size_t i = 0; i < s.n && i < n; i++) {
        const size_t j = i + random_below(s.n - i), a = s.a[i], b = s.b[i];
        s.a[i] = s.a[j];
        s.b[i] = s.b[j];
        s.a[j] = a;
        s.b[j] = b;
    }
    s.n = n < s.n ? n : s.n;
    count_symbols(&s, p);
    return s;
}

static split take_all(size_t p)
{
    return take_split(p, p * p, p, p, false);
}

/* Rows are differences to the first sample: they span what centred rows span. */
static size_t jacobian_rank(const network *net, const split *s)
{
    const size_t p = net->p, cols = 3 * p * net->neurons, rows = s->n * p;
    uint32_t *j = calloc(rows * cols + 1, sizeof *j);
    if (!j)
        abort();
    for (size_t t = 0; t < s->n; t++)
        for (size_t i = 0; i < net->neurons; i++) {
            const uint64_t z =
                (net->u[i * p + s->a[t]] + net->w[i * p + s->b[t]]) % prime;
            for (size_t q = 0; q < p; q++) {
                uint32_t *row = &j[(t * p + q) * cols + 3 * p * i];
                const uint64_t slope = times(2 * z % prime, net->v[i * p + q]);
                row[q] = (uint32_t)times(z, z);
                row[p + s->a[t]] = (uint32_t)slope;
                row[2 * p + s->b[t]] = (uint32_t)slope;
            }
        }
    for (size_t e = rows * cols; e-- > p * cols;)
        j[e] = (uint32_t)((j[e] + prime - j[e % (p * cols)]) % prime);
    const size_t rank = rank_of(j + p * cols, rows - p, cols);
    free(j);
    return rank;
}

/* ---- Formulas ---------------------------------------------------------------------- */

static slt_formula formula(slt_quadratic_net net, const char *name)
{
    slt_formula all[SLT_QUADRATIC_FORMULAS_MAX];
    size_t count = 0;
    slt_error err = {0};
    if (slt_theory_quadratic_net(&net, all, &count, &err))
        tap_note("%s: %s", name, err.text);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i].name, name))
            return all[i];
    return (slt_formula){.value = {-1, 1}, .verdict = SLT_FORMULA_FAILS};
}

static int64_t whole(const slt_formula *of)
{
    return of->value.denominator == 1 ? of->value.numerator : -1;
}

static void expect(slt_quadratic_net net, const char *name, const char *value,
                   slt_formula_verdict verdict, const char *why)
{
    const slt_formula got = formula(net, name);
    char text[SLT_RATIONAL_TEXT_MAX];
    slt_rational_text(got.value, text);
    if (!TAP_OK(!strcmp(text, value) && got.verdict == verdict && strstr(got.why, why),
                "p %" PRId64 ", K %" PRId64 ", n %" PRId64 ": %s is %s", net.p, net.width,
                net.samples, name, value))
        tap_note("%s, verdict %d, %s", text, got.verdict, got.why);
}

static slt_quadratic_net network_of(size_t p, size_t width, const split *s)
{
    slt_quadratic_net net = slt_quadratic_full((int64_t)p, (int64_t)width);
    net.samples = (int64_t)s->n;
    net.symbols = (int64_t)s->symbols;
    net.components = (int64_t)s->components;
    return net;
}

/* The paper's network: p = 53, K = 1024, 40 % of the pairs. */
static slt_quadratic_net paper(int64_t p, int64_t width)
{
    slt_quadratic_net net = slt_quadratic_full(p, width);
    net.samples = slt_quadratic_samples(p, .4);
    return net;
}

static void test_paper(void)
{
    const slt_quadratic_net net = paper(53, 1024);
    TAP_EQ_U64(net.samples, 1123, "40 %% of 53^2 pairs");
    expect(net, "printed", "80896", SLT_FORMULA_FAILS, "59466, from 379");
    expect(net, "linearised", "29733", SLT_FORMULA_CONDITIONAL, "lower bound");
    expect(net, "neuron", "157", SLT_FORMULA_HOLDS, "159");
    expect(net, "memorising-lambda", "29684", SLT_FORMULA_CONDITIONAL, "= 20");
    expect(net, "free-lambda", "29733", SLT_FORMULA_CONDITIONAL, "K - 1");
    expect(net, "bracket-high", "27136", SLT_FORMULA_FAILS, "29684");
    expect(net, "bracket-low", "5565/2", SLT_FORMULA_CONDITIONAL, "5565");
    expect(net, "printed-lazy", "27136", SLT_FORMULA_HOLDS, "");
    expect(net, "lazy", "27136", SLT_FORMULA_HOLDS, "least squares");
    expect(net, "feature-learning", "80896", SLT_FORMULA_FAILS, "157");
    expect(net, "grid-lambda", "10712", SLT_FORMULA_CONDITIONAL, "2809");
    expect(net, "dead", "41475/2", SLT_FORMULA_HOLDS, "790 beside the 234");
    static const struct {
        int64_t p;
        const char *width;
    } saturated[] = {{53, "379"}, {61, "502"}, {67, "605"}, {79, "839"}, {107, "1536"}};
    for (size_t i = 0; i < sizeof saturated / sizeof *saturated; i++)
        expect(paper(saturated[i].p, 1024), "saturation", saturated[i].width,
               SLT_FORMULA_CONDITIONAL, "p (n-1) / (p+s-c-1) = ");
    expect(paper(61, 1024), "saturation", "502", SLT_FORMULA_CONDITIONAL, "= 501.14");
    expect(paper(23, 99), "memorising-rank", "4719", SLT_FORMULA_CONDITIONAL, "");
    expect(paper(23, 99), "grid-split", "3784", SLT_FORMULA_HOLDS, "4719");
    expect(paper(13, 54), "memorising-rank", "846", SLT_FORMULA_CONDITIONAL, "");
    expect(paper(17, 72), "memorising-rank", "1896", SLT_FORMULA_CONDITIONAL, "");
    const slt_formula ratio = formula(net, "regime");
    TAP_OK(fabs(ratio.real - 1123 / (53 * log(53))) < 1e-12 && !ratio.value.denominator &&
               strstr(ratio.why, "above"),
           "n / (p ln p) is %g: %s", ratio.real, ratio.why);
    slt_quadratic_net less = net;
    less.samples = 2 * 210 + 130;
    TAP_OK(strstr(formula(less, "regime").why, "on the printed") != NULL,
           "on the border");
    less.samples = 500;
    TAP_OK(strstr(formula(less, "regime").why, "below") != NULL, "below the border");
}

/* ---- Any point --------------------------------------------------------------------- */

/* The formula at one random network and split: whether it is what the rank is. */
static bool generic_agrees(size_t p, size_t *equal, size_t *saturated)
{
    const bool boxed = random_below(3) == 0, torn = random_below(3) == 0;
    const size_t rows = boxed ? 1 + random_below(p) : p;
    const size_t cols = boxed ? 1 + random_below(p) : p;
    const split s = take_split(p, p + random_below(p * p - p + 1), rows, cols, torn);
    const size_t width = 1 + random_below(p * p / 2);
    if (s.n < p)
        return true;
    const slt_quadratic_net numbers = network_of(p, width, &s);
    const slt_formula rank = formula(numbers, "generic-rank");
    const slt_formula small = formula(numbers, "small-n");
    const slt_formula enough = formula(numbers, "saturation");
    const network net = random_network(p, width);
    const int64_t got = (int64_t)jacobian_rank(&net, &s);
    free(net.u);
    const bool met = rank.verdict == SLT_FORMULA_HOLDS || s.rarest * p >= width;
    const bool full = got == (int64_t)(p * (s.n - 1));
    bool right = met ? got == whole(&rank) : got <= whole(&rank);
    right &= got <= whole(&small);
    if (met)
        right &= full == ((int64_t)width >= whole(&enough));
    *equal += got == whole(&rank);
    *saturated += full;
    if (!right)
        tap_note("p %zu, K %zu, n %zu, s %zu, c %zu: rank %" PRId64 ", formula %" PRId64
                 ", saturation %" PRId64,
                 p, width, s.n, s.symbols, s.components, got, whole(&rank),
                 whole(&enough));
    return right;
}

static void test_generic(void)
{
    static const struct {
        size_t p, cases;
    } sizes[] = {{3, 200}, {5, 200}, {7, 40}};
    take_root(2);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t wrong = 0, equal = 0, saturated = 0;
        for (size_t j = 0; j < sizes[i].cases; j++)
            wrong += !generic_agrees(sizes[i].p, &equal, &saturated);
        TAP_OK(
            wrong == 0 && equal && saturated,
            "p = %zu: generic ranks of %zu splits; %zu attain the formula, %zu are full",
            sizes[i].p, sizes[i].cases, equal, saturated);
    }
}

/* ---- Memorising -------------------------------------------------------------------- */

/* Sums over classes 0, and no row for the last `absent` classes. */
static void bind_classes(network *net, size_t absent)
{
    for (size_t i = 0; i < net->neurons; i++) {
        uint64_t *v = &net->v[i * net->p], sum = 0;
        for (size_t q = 1; q < net->p; q++) {
            v[q] = q + absent >= net->p ? 0 : v[q];
            sum += v[q];
        }
        v[0] = (prime - sum % prime) % prime;
    }
}

/* Makes neurons equal in pairs, so that the centred squares have a rank less by `spare`.
 */
static void repeat_neurons(network *net, size_t spare)
{
    const size_t p = net->p;
    for (size_t i = 0; i < spare; i++)
        for (size_t a = 0; a < p; a++) {
            net->u[(2 * i + 1) * p + a] = net->u[2 * i * p + a];
            net->w[(2 * i + 1) * p + a] = net->w[2 * i * p + a];
        }
}

static void test_memorising_at(size_t p, size_t n, size_t width, size_t absent)
{
    split s;
    do {
        s = take_split(p, n, p, p, false);
    } while (s.symbols < 2 * p || s.components > 1 ||
             (width + 1 < n && s.rarest * p < width));
    slt_quadratic_net numbers = network_of(p, width, &s);
    numbers.absent = (int64_t)absent;
    const slt_formula bound = formula(numbers, "memorising-rank");
    const slt_formula half = formula(numbers, "memorising-lambda");
    const slt_formula all = formula(numbers, "free-rank");
    network net = random_network(p, width);
    bind_classes(&net, absent);
    TAP_OK((int64_t)jacobian_rank(&net, &s) == whole(&bound),
           "p %zu, n %zu, K %zu, m %zu: rank %" PRId64 " where 1'V = 0", p, n, width,
           absent, whole(&bound));
    TAP_OK(half.real * 2 == (double)whole(&bound), "lambda is half of it");
    free(net.u);
    net = random_network(p, width);
    repeat_neurons(&net, 1 + absent);
    TAP_OK((int64_t)jacobian_rank(&net, &s) == whole(&all),
           "p %zu, n %zu, K %zu: rank %" PRId64 " where 1'V is not 0", p, n, width,
           whole(&all));
    free(net.u);
}

static void test_memorising(void)
{
    test_memorising_at(5, 15, 8, 0);
    test_memorising_at(7, 29, 16, 0);
    test_memorising_at(5, 15, 8, 1);
    test_memorising_at(7, 29, 16, 2);
    test_memorising_at(5, 15, 20, 0);
    slt_quadratic_net net = slt_quadratic_full(5, 8);
    net.samples = 15;
    expect(net, "memorising-rank", "64", SLT_FORMULA_CONDITIONAL, "= 2");
    net = slt_quadratic_full(7, 16);
    net.samples = 29;
    expect(net, "memorising-rank", "184", SLT_FORMULA_CONDITIONAL, "");
    expect(net, "free-rank", "196", SLT_FORMULA_CONDITIONAL, "");
    net.width = 8;
    expect(net, "memorising-rank", "176", SLT_FORMULA_FAILS, "only 152");
    expect(net, "bracket-high", "28", SLT_FORMULA_CONDITIONAL, "too few");
    net.width = 29;
    expect(net, "free-lambda", "98", SLT_FORMULA_HOLDS, "full");
    expect(net, "bracket-high", "203/2", SLT_FORMULA_CONDITIONAL,
           "98, which is not above");
    expect(net, "printed-lazy", "203/2", SLT_FORMULA_FAILS, "28");
    expect(net, "lazy", "98", SLT_FORMULA_HOLDS, "almost");
}

/* ---- Fourier points ---------------------------------------------------------------- */

/* (x + 1/x) / 2 at the e-th power of a root of unity of this order. */
static uint64_t cosine(uint64_t root, uint64_t order, uint64_t e)
{
    const uint64_t x = power(root, e % order);
    return times((x + inverse(x)) % prime, inverse(2));
}

/* phases 0: the one-parameter family. */
static network fourier(size_t p, size_t phases)
{
    const size_t m = phases ? phases : 6, lines = phases ? phases : 1;
    const uint64_t order = p * m, root = take_root(order);
    network net = make_network(p, m * lines * (p - 1) / 2);
    const uint64_t scale = times(4, inverse(p * m * lines % prime));
    size_t i = 0;
    for (size_t k = 1; k <= (p - 1) / 2; k++)
        for (size_t f = 0; f < m; f++)
            for (size_t line = 0; line < lines; line++, i++)
                for (size_t x = 0; x < p; x++) {
                    const size_t g = phases ? line : 2 * (m - f);
                    net.u[i * p + x] = cosine(root, order, k * x * m + f * p);
                    net.w[i * p + x] = cosine(root, order, k * x * m + g * p);
                    net.v[i * p + x] =
                        times(scale, cosine(root, order, k * x * m + (f + g) * p));
                }
    return net;
}

/* Whether every output less the one-hot target is the same for all pairs. */
static bool solves(const network *net)
{
    const size_t p = net->p;
    for (size_t q = 0; q < p; q++) {
        uint64_t first = 0;
        for (size_t pair = 0; pair < p * p; pair++) {
            const size_t a = pair / p, b = pair % p;
            uint64_t f = prime - ((a + b) % p == q);
            for (size_t i = 0; i < net->neurons; i++) {
                const uint64_t z = (net->u[i * p + a] + net->w[i * p + b]) % prime;
                f = (f + times(net->v[i * p + q], times(z, z))) % prime;
            }
            if (pair == 0)
                first = f;
            else if (f != first)
                return false;
        }
    }
    return true;
}

static void test_point(size_t p, size_t phases)
{
    const network net = fourier(p, phases);
    const split all = take_all(p);
    slt_quadratic_net numbers = network_of(p, net.neurons, &all);
    numbers.phases = phases ? (int64_t)phases : 3;
    const slt_formula said = formula(numbers, phases ? "grid-rank" : "family-rank");
    const slt_formula count =
        formula(numbers, phases ? "grid-neurons" : "family-neurons");
    const slt_formula split_most = formula(numbers, "grid-split");
    const int64_t rank = (int64_t)jacobian_rank(&net, &all);
    const bool solved = solves(&net), right = rank == whole(&said);
    char why[64];
    snprintf(why, sizeof why, "= %" PRId64, rank);
    TAP_OK((int64_t)net.neurons == whole(&count), "p %zu, M %zu: %zu neurons", p, phases,
           net.neurons);
    TAP_OK(solved == (count.verdict == SLT_FORMULA_HOLDS), "p %zu, M %zu: %s", p, phases,
           solved ? "gives a + b" : "no solution");
    TAP_OK(right == (said.verdict == SLT_FORMULA_HOLDS) &&
               (right || !solved || strstr(said.why, why)),
           "p %zu, M %zu: rank %" PRId64 ", formula %" PRId64 " %s", p, phases, rank,
           whole(&said), said.why);
    if (phases && solved)
        TAP_EQ_U64(whole(&split_most), rank, "all pairs are a split too");
    for (int i = 0; solved && i < 5; i++) {
        const split part = take_split(p, p * p * 2 / 5, p, p, false);
        if (part.symbols < 2 * p || part.components > 1)
            continue;
        numbers.samples = (int64_t)part.n;
        const slt_formula most = formula(numbers, "grid-split");
        const slt_formula on_split =
            formula(numbers, phases ? "grid-rank" : "family-rank");
        const int64_t got = (int64_t)jacobian_rank(&net, &part);
        const bool held =
            got <= (phases ? whole(&most) : whole(&said)) &&
            (on_split.verdict == SLT_FORMULA_CONDITIONAL || got < whole(&on_split));
        TAP_OK(held, "p %zu, M %zu: rank %" PRId64 " on %zu pairs", p, phases, got,
               part.n);
        break;
    }
    free(net.u);
}

static void test_fourier(void)
{
    static const size_t points[][2] = {{3, 0}, {3, 2},  {3, 3}, {3, 4}, {3, 5}, {3, 6},
                                       {5, 0}, {5, 2},  {5, 3}, {5, 4}, {5, 5}, {5, 6},
                                       {7, 0}, {7, 3},  {7, 4}, {7, 5}, {9, 0}, {9, 3},
                                       {9, 4}, {11, 0}, {11, 3}};
    static const struct {
        int64_t p;
        const char *grid, *family;
    } printed[] = {
        {3, "24", "21"}, {5, "112", "94"}, {7, "264", "219"}, {11, "760", "625"}};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        test_point(points[i][0], points[i][1]);
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        const slt_quadratic_net net = slt_quadratic_full(printed[i].p, 1000);
        expect(net, "grid-rank", printed[i].grid, SLT_FORMULA_HOLDS, "whatever K");
        expect(net, "family-rank", printed[i].family, SLT_FORMULA_HOLDS, "whatever K");
    }
    slt_quadratic_net net = slt_quadratic_full(53, 1000);
    expect(net, "grid-rank", "21424", SLT_FORMULA_CONDITIONAL, "known up to p = 11");
    net = slt_quadratic_full(7, 26);
    expect(net, "grid-rank", "264", SLT_FORMULA_FAILS, "27 neurons, more than K = 26");
    expect(net, "dead", "0", SLT_FORMULA_FAILS, "27 neurons");
    net = slt_quadratic_full(8, 200);
    expect(net, "family-lambda", "301/2", SLT_FORMULA_FAILS, "odd");
    net = slt_quadratic_full(7, 100);
    net.samples = 19;
    expect(net, "grid-rank", "264", SLT_FORMULA_FAILS, "at most rank 126");
    expect(net, "grid-split", "126", SLT_FORMULA_HOLDS, "126");
    net = slt_quadratic_full(7, 28);
    expect(net, "dead", "13/4", SLT_FORMULA_HOLDS, "the 1 beside the 27");
    net.samples = 13;
    expect(net, "bracket-low", "91/2", SLT_FORMULA_FAILS, "42");
    expect(net, "small-n", "84", SLT_FORMULA_HOLDS, "binds");
}

/* ---- Refusals ---------------------------------------------------------------------- */

static void refused(slt_quadratic_net net, const char *part)
{
    slt_error err = {0};
    slt_formula all[SLT_QUADRATIC_FORMULAS_MAX];
    size_t count;
    if (!TAP_OK(slt_theory_quadratic_net(&net, all, &count, &err) == SLT_USAGE &&
                    strstr(err.text, part),
                "refused: %s", part))
        tap_note("%s", err.text);
}

#define REFUSED(field, value, part)                                                      \
    do {                                                                                 \
        slt_quadratic_net net = slt_quadratic_full(5, 8);                                \
        net.field = (value);                                                             \
        refused(net, part);                                                              \
    } while (0)

static void test_refusals(void)
{
    REFUSED(p, 1, "p must lie between 2 and 1048576; it is 1");
    REFUSED(width, 0, "width must lie between 1");
    REFUSED(samples, 26, "samples must lie between 2 and 25; it is 26");
    REFUSED(symbols, 11, "symbols must lie between 2 and 10");
    REFUSED(components, 6, "components must lie between 1 and 5");
    REFUSED(absent, 5, "absent must lie between 0 and 4");
    REFUSED(phases, 0, "phases must lie between 1 and 1024");
    REFUSED(samples, 8, "10 symbols in 1 components have 9 to 25 pairs; there are 8");
    REFUSED(components, 2, "10 symbols in 2 components have 8 to 17 pairs; there are 25");
    REFUSED(absent, 1, "4 classes have 4 to 20 pairs; there are 25");
    slt_quadratic_net largest =
        slt_quadratic_full(SLT_QUADRATIC_P_MAX, SLT_QUADRATIC_WIDTH_MAX);
    largest.phases = SLT_QUADRATIC_PHASES_MAX;
    expect(largest, "free-rank", "1152921504605798400", SLT_FORMULA_FAILS, "only");
    TAP_OK(slt_quadratic_gives_lambda("lazy") && slt_quadratic_gives_lambda("grid-rank"),
           "of lambda, or half of a rank");
    TAP_OK(!slt_quadratic_gives_lambda("neuron") &&
               !slt_quadratic_gives_lambda("regime") && !slt_quadratic_gives_lambda("x"),
           "of something else");
    TAP_EQ_TEXT(slt_quadratic_regime_name(SLT_QUADRATIC_LAZY), "lazy", "a regime's name");
    TAP_OK(!slt_quadratic_regime_name(SLT_QUADRATIC_REGIMES), "past the last, none");
}

int main(void)
{
    random_begin();
    test_paper();
    test_generic();
    test_memorising();
    test_fourier();
    test_refusals();
    return tap_done();
}
