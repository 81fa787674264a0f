/* A weight that starts on a regular polygon. */
#include "net/init_internal.h"

#include <math.h>

#include "nets.h"
#include "num/ops.h"

static slt_init_spec polygon(size_t corners, double length, double noise)
{
    return (slt_init_spec){.kind = SLT_INIT_POLYGON,
                           .corners = corners,
                           .length = slt_real_of(length),
                           .noise = slt_real_of(noise)};
}

extern const slt_init_type slt_init_kind_polygon;

static slt_status fill(const slt_init_spec *spec, uint64_t seed, slt_tensor *weight,
                       slt_error *err)
{
    const slt_init_source source = {.seed = {.key = seed}};
    const slt_init_site site = {.spec = spec, .source = &source, .index = 3};
    return slt_init_kind_polygon.fill(&site, weight, err);
}

static slt_tensor make(slt_init_spec spec, slt_arithmetic arithmetic, uint64_t seed,
                       size_t cols)
{
    slt_error err = {0};
    slt_tensor weight = nets_tensor(arithmetic, 2, cols);
    nets_random(&weight, 5, 1);
    if (fill(&spec, seed, &weight, &err))
        tap_bail(err.text);
    return weight;
}

static double at(const slt_tensor *weight, size_t row, size_t col)
{
    return slt_real_double(slt_tensor_get(weight, row * weight->cols + col));
}

/* Corner j stands at length (cos, sin) of pi (phi + 2 j / corners). */
static void test_corners(slt_arithmetic arithmetic, size_t corners)
{
    const double pi = 3.14159265358979323846;
    slt_tensor weight = make(polygon(corners, 0.9, 0), arithmetic, 7, 8),
               phi = nets_tensor(arithmetic, 1, 1);
    slt_draw_uniform(slt_stream_of(7, SLT_DRAW_INIT, 3, 0, 1, 0), &phi, slt_real_of(-1),
                     slt_real_of(1));
    double farthest = 0, rest = 0;
    for (size_t j = 0; j < 8; j++) {
        double angle = pi * (at(&phi, 0, 0) + 2 * (double)j / (double)corners),
               x = at(&weight, 0, j), y = at(&weight, 1, j);
        if (j < corners)
            farthest = fmax(farthest,
                            fmax(fabs(x - 0.9 * cos(angle)), fabs(y - 0.9 * sin(angle))));
        else
            rest += fabs(x) + fabs(y);
    }
    TAP_OK(farthest < (arithmetic == SLT_F32 ? 1e-6 : 3e-14),
           "%zu corners of length .9 in %s", corners, slt_arithmetic_name(arithmetic));
    TAP_OK(rest == 0, "the other columns are 0");
    slt_tensor_free(&weight);
    slt_tensor_free(&phi);
}

static void test_noise(slt_arithmetic arithmetic)
{
    slt_tensor plain = make(polygon(2, 0.9, 0), arithmetic, 7, 8),
               noisy = make(polygon(2, 0.9, 0.01), arithmetic, 7, 8),
               other = make(polygon(2, 0.9, 0), arithmetic, 8, 8),
               noise = nets_tensor(arithmetic, 2, 8);
    slt_draw_normal(slt_stream_of(7, SLT_DRAW_INIT, 3, 0, 0, 0), &noise,
                    slt_real_of(0.01));
    slt_num_add(&plain, &noise, &noise);
    TAP_OK(nets_same(&noisy, &noise), "plus the weight's own normals");
    TAP_OK(!nets_same(&plain, &other), "another seed, another angle");
    slt_tensor *all[] = {&plain, &noisy, &other, &noise};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void refused(slt_init_spec spec, slt_arithmetic arithmetic, size_t rows,
                    const char *words)
{
    slt_error err = {0};
    slt_tensor weight = nets_tensor(arithmetic, rows, 4);
    slt_status status = fill(&spec, 1, &weight, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
    slt_tensor_free(&weight);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        test_corners(a, 1);
        test_corners(a, 2);
        test_corners(a, 5);
        test_corners(a, 8);
        test_noise(a);
    }
    refused(polygon(5, 1, 0), SLT_F32, 2, "expected 2 rows and 5 columns or more");
    refused(polygon(2, 1, 0), SLT_F32, 3, "found 3 x 4");
    return tap_done();
}
