/* theory/singular.c, theory/lapack.c: singular values that are known, small ones beside
 * large ones, and what is refused. */
#include "theory/singular.h"

#include <math.h>

#include "tap.h"
#include "theory/lapack.h"

static slt_error err;

static bool close_to(double got, double want)
{
    return fabs(got - want) <= 1e-14 * fmax(1, fabs(want));
}

/* Of |(3 0) (4 5)| they are sqrt 45 and sqrt 5. */
static void test_known(void)
{
    double square[] = {3, 0, 4, 5}, values[3];
    double tall[] = {0, 2, 0, -3, 0, 0, 0, 0, 0, 0, 0, 0.5};
    double wide[] = {0, 2, 0, 0, -3, 0, 0, 0, 0, 0, 0, 0.5};
    TAP_OK(!slt_theory_singular_values(square, 2, 2, values, &err) &&
               close_to(values[0], sqrt(45)) && close_to(values[1], sqrt(5)),
           "of a square matrix");
    TAP_OK(!slt_theory_singular_values(tall, 4, 3, values, &err) &&
               close_to(values[0], 3) && close_to(values[1], 2) &&
               close_to(values[2], 0.5),
           "of a tall one, descending");
    TAP_OK(!slt_theory_singular_values(wide, 3, 4, values, &err) &&
               close_to(values[0], 3) && close_to(values[1], 2) &&
               close_to(values[2], 0.5),
           "of a wide one");
    double one = -7;
    TAP_OK(!slt_theory_singular_values(&one, 1, 1, values, &err) && values[0] == 7,
           "of a number");
}

/* 1e-12 beside 1: the Gram matrix's eigenvalue 1e-24 would be lost in its rounding. */
static void test_small(void)
{
    double values[2], turned[] = {0.6, -0.8e-12, 0.8, 0.6e-12};
    TAP_OK(!slt_theory_singular_values(turned, 2, 2, values, &err) &&
               close_to(values[0], 1) && fabs(values[1] / 1e-12 - 1) < 1e-3,
           "a value of 1e-12 beside one of 1");
}

static void test_refused(void)
{
    double values[2], wrong[] = {1, 2, NAN, 4, 5, 6};
    TAP_OK(slt_theory_singular_values(wrong, 2, 3, values, &err) == SLT_FORMAT &&
               strstr(err.text, "element 0, 2 of a matrix of 2 x 3 is not finite"),
           "a number that is none");
    void *function;
    TAP_OK(slt_lapack_find("dnothing_", &function, &err) == SLT_UNFIT &&
               strstr(err.text, "no LAPACK"),
           "a function that no library has");
}

int main(void)
{
    if (slt_theory_singular_here(&err) == SLT_UNFIT) {
        tap_skip("singular values", "no LAPACK is installed");
        return tap_done();
    }
    test_known();
    test_small();
    test_refused();
    return tap_done();
}
