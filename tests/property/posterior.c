/* Diagnostics beside those of R's package posterior, the authors' own, on random sets of
 * chains: correlated, with ties, of any length, one standing still, one not finite.
 * SLT_LONG=1 runs it. */
#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "learn/diagnostics.h"

#define SETS 60
#define CHAINS_MAX 8
#define DRAWS_MAX 1500
#define TOLERANCE 1e-8

typedef struct set {
    size_t chains, draws;
    double x[CHAINS_MAX][DRAWS_MAX];
} set;

static uint64_t seed_state = 20261128;

static double uniform(void)
{
    uint64_t z = seed_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static size_t below(size_t count)
{
    return (size_t)(uniform() * (double)count);
}

/* AR(1) chains with means and scales of their own. */
static void fill(set *s, double rho, double grain, double apart)
{
    for (size_t c = 0; c < s->chains; c++) {
        double shift = apart * normal(), scale = 1 + apart * uniform(), x = normal();
        for (size_t i = 0; i < s->draws; i++) {
            double value = shift + scale * x;
            s->x[c][i] = grain > 0 ? floor(value / grain) * grain : value;
            x = rho * x + sqrt(1 - rho * rho) * normal();
        }
    }
}

/* Every fifth set has a chain that stands still, every seventh a number that is none. */
static void make(set *s, size_t number)
{
    static const double rhos[] = {-.9, -.5, 0, .3, .9, .99};
    static const double grains[] = {0, 0, .01, .5, 2};
    static const size_t lengths[] = {4, 6, 7, 9, 11, 12, 13, 40, 101, 1000};
    static const double odd[] = {NAN, INFINITY, -INFINITY};
    s->chains = 1 + below(CHAINS_MAX);
    s->draws = lengths[below(10)] + below(number % 2 ? 4 : 400);
    fill(s, rhos[below(6)], grains[below(5)], number % 3 ? 0 : .5);
    size_t chain = below(s->chains);
    for (size_t i = 0; number % 5 == 4 && i < s->draws; i++)
        s->x[chain][i] = 1.75;
    if (number % 7 == 6)
        s->x[chain][below(s->draws)] = odd[below(3)];
}

static void print_set(FILE *out, const set *s)
{
    fprintf(out, "%zu %zu\n", s->chains, s->draws);
    for (size_t c = 0; c < s->chains; c++)
        for (size_t i = 0; i < s->draws; i++)
            fprintf(out, "%a%c", s->x[c][i], i + 1 < s->draws ? ' ' : '\n');
}

static slt_diagnostics diagnose(const set *s)
{
    static slt_real draws[CHAINS_MAX][DRAWS_MAX];
    const slt_real *chains[CHAINS_MAX];
    const slt_diagnosed of = {.chains = s->chains,
                              .draws = s->draws,
                              .nbeta = slt_real_of(1),
                              .init_loss = slt_real_of(0)};
    slt_diagnostics found;
    slt_error err;
    for (size_t c = 0; c < s->chains; c++) {
        chains[c] = draws[c];
        for (size_t i = 0; i < s->draws; i++)
            draws[c][i] = slt_real_of(s->x[c][i]);
    }
    if (slt_diagnose(&of, chains, &found, &err))
        tap_bail(err.text);
    return found;
}

enum { RHAT, BULK, TAIL, MCSE, NUMBERS };
static const char *const names[NUMBERS] = {"R-hat", "bulk ESS", "tail ESS", "MCSE"};

/* Relative; 0 where both are not known. */
static double deviation(slt_real ours, double theirs)
{
    double value = slt_real_double(ours);
    if (isnan(theirs) || isnan(value))
        return isnan(theirs) && isnan(value) ? 0 : INFINITY;
    return value == theirs ? 0 : fabs(value - theirs) / fabs(theirs);
}

/* Of several chains the error is that between them; where one stands still it is not
 * known, whatever a formula gives. */
static double mcse_of(const slt_diagnostics *ours, const double *theirs)
{
    return ours->constant || ours->nonfinite ? (double)NAN
                                             : theirs[MCSE + (ours->chains > 1)];
}

static void compare(const set *s, size_t number, FILE *in, double largest[NUMBERS],
                    size_t known[NUMBERS])
{
    double theirs[NUMBERS + 1], apart[NUMBERS], worst = 0;
    char text[5][64];
    if (fscanf(in, "%63s%63s%63s%63s%63s", text[0], text[1], text[2], text[3], text[4]) !=
        5)
        tap_bail("posterior.R ended early; is r-cran-posterior there?");
    for (size_t i = 0; i <= NUMBERS; i++)
        theirs[i] = strcmp(text[i], "NA") ? strtod(text[i], NULL) : (double)NAN;
    slt_diagnostics ours = diagnose(s);
    theirs[MCSE] = mcse_of(&ours, theirs);
    const slt_real values[] = {ours.rhat, ours.ess_bulk, ours.ess_tail, ours.mcse};
    for (size_t i = 0; i < NUMBERS; i++) {
        apart[i] = deviation(values[i], theirs[i]);
        known[i] += !isnan(theirs[i]);
        largest[i] = fmax(largest[i], apart[i]);
        worst = fmax(worst, apart[i]);
        if (apart[i] > TOLERANCE)
            tap_note("%s: ours %.17g, theirs %.17g", names[i], slt_real_double(values[i]),
                     theirs[i]);
    }
    TAP_OK(worst <= TOLERANCE, "set %zu: %zu x %zu, %zu constant, %zu not finite", number,
           s->chains, s->draws, ours.constant, ours.nonfinite);
}

int main(void)
{
    static set sets[SETS];
    char path[] = "/tmp/slt-posterior-XXXXXX", command[512];
    double largest[NUMBERS] = {0};
    size_t known[NUMBERS] = {0};
    if (!getenv("SLT_LONG")) {
        printf("1..0 # SKIP SLT_LONG=1 compares with R's package posterior\n");
        return 0;
    }
    int file = mkstemp(path);
    FILE *out = file < 0 ? NULL : fdopen(file, "w");
    if (!out)
        tap_bail("no temporary file");
    for (size_t i = 0; i < SETS; i++) {
        make(&sets[i], i);
        print_set(out, &sets[i]);
    }
    fclose(out);
    snprintf(command, sizeof command, "Rscript --vanilla '%s/tests/peer/posterior.R' %s",
             SLT_SOURCE_DIR, path);
    FILE *in = popen(command, "r");
    if (!in)
        tap_bail("no pipe");
    for (size_t i = 0; i < SETS; i++)
        compare(&sets[i], i, in, largest, known);
    pclose(in);
    unlink(path);
    for (size_t i = 0; i < NUMBERS; i++) {
        tap_note("%s: largest relative deviation %.2g over %zu sets that have it",
                 names[i], largest[i], known[i]);
        TAP_OK(known[i] >= SETS / 3, "%s is known of many sets", names[i]);
    }
    return tap_done();
}
