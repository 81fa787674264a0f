/* num/ball.c: the tail of a ball against known answers, by hardware and by integers. */
#include "num/ball.h"

#include <math.h>
#include <stdio.h>

#include "num/math.h"
#include "num/scalar.h"
#include "tap.h"

static bool is_float(void)
{
    return slt_num_available(SLT_F64, NULL) == SLT_OK;
}

static double tail_of(size_t dimension, double h)
{
    return slt_real_double(slt_real_ball_tail(dimension, slt_real_of(h)));
}

/* tests/kat/ball.txt: dimension, h, tail.  A ball's one place that is finite in every
 * dimension is its middle, and what lies beyond it and before it is all. */
static void test_answers(void)
{
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/ball.txt", "r");
    char line[128];
    size_t count = 0, wrong = 0, apart = 0;
    double worst = 0;
    if (!file)
        tap_bail("tests/kat/ball.txt is missing");
    while (fgets(line, sizeof line, file)) {
        unsigned dimension;
        slt_real h, tail;
        if (sscanf(line, "%u %" SCNx64 " %" SCNx64, &dimension, &h.bits, &tail.bits) != 3)
            continue;
        const slt_real found = slt_real_ball_tail_integers(dimension, h);
        const double expected = slt_real_double(tail);
        const double off = fabs(slt_real_double(found) - expected) / expected;
        apart += slt_real_ball_tail(dimension, h).bits != found.bits;
        wrong += !(off < 2e-14);
        worst = off > worst ? off : worst;
        const double before = tail_of(dimension, -slt_real_double(h));
        wrong += fabs(before - (1 - expected)) > 2e-14;
        count++;
    }
    fclose(file);
    tap_note("%zu answers, the farthest %.2g of itself away", count, worst);
    TAP_OK(count > 400 && wrong == 0, "known answers within 2e-14 of themselves");
    TAP_OK(apart == 0, "hardware and integers have the same bits");
}

static void test_ends(void)
{
    for (size_t dimension = 1; dimension <= SLT_BALL_DIMENSIONS_MAX; dimension += 51)
        TAP_OK(tail_of(dimension, 1) == 0 && tail_of(dimension, 2) == 0 &&
                   tail_of(dimension, -1) == 1 && tail_of(dimension, -7) == 1,
               "nothing beyond the ball, all before it: %zu", dimension);
    TAP_OK(tail_of(2, 1 - 0x1p-53) > 0 && tail_of(10, 1 - 0x1p-53) > 0,
           "next to its edge there is still something");
    TAP_OK(fabs(tail_of(1, 0.25) - 0.375) < 1e-16, "a line is cut where it is cut");
    TAP_OK(fabs(tail_of(3, 0.5) - 5.0 / 32) < 1e-16,
           "the cap of a ball: (1 - h)^2 (2 + h) / 4");
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    tap_note("floats: %s", is_float() ? "yes" : "no");
    test_answers();
    test_ends();
    return tap_done();
}
