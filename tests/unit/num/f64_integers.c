/* The kernels of binary64 by integers against those of floats, bit for bit. */
#include "num/kernels.h"

#include <math.h>

#include "nets.h"
#include "num/math.h"

extern const slt_kernels slt_kernels_f64_integers;
static const slt_kernels *const own = &slt_kernels_f64_integers;

#ifdef SLT_FLOAT
enum { ROWS = 9, COLS = 70 };

static slt_tensor make(uint32_t number, size_t rows, size_t cols)
{
    slt_tensor tensor = nets_tensor(SLT_F64, rows, cols);
    nets_random(&tensor, number, 3);
    slt_tensor_set(&tensor, 0, slt_real_of(-0.0));
    return tensor;
}

static slt_tensor make_indices(size_t rows, int32_t below)
{
    slt_tensor tensor = nets_tensor(SLT_INDEX, rows, 1);
    for (size_t i = 0; i < rows; i++)
        ((int32_t *)tensor.data)[i] = (int32_t)(i * 7 + 3) % below;
    return tensor;
}

static slt_tensor copy(const slt_tensor *of)
{
    slt_tensor tensor = nets_tensor(SLT_F64, of->rows, of->cols);
    slt_tensor_copy(&tensor, of);
    return tensor;
}

static void test_products(const slt_kernels *floats)
{
    const size_t m = 5, depth = 13, n = 6;
    for (int ta = 0; ta < 2; ta++)
        for (int tb = 0; tb < 2; tb++) {
            slt_tensor a = make(1, ta ? depth : m, ta ? m : depth),
                       b = make(2, tb ? n : depth, tb ? depth : n), x = make(3, m, n),
                       y = make(4, m, n);
            own->product((slt_transpose)ta, (slt_transpose)tb, &a, &b, &x);
            floats->product((slt_transpose)ta, (slt_transpose)tb, &a, &b, &y);
            TAP_OK(nets_same(&x, &y), "product %d %d", ta, tb);
            slt_tensor_free(&a);
            slt_tensor_free(&b);
            slt_tensor_free(&x);
            slt_tensor_free(&y);
        }
}

static void test_rows(const slt_kernels *floats)
{
    slt_tensor a = make(1, ROWS, COLS), x = make(2, 1, COLS), y = make(3, 1, COLS);
    slt_tensor index = make_indices(ROWS, 4), table = make(4, 4, COLS);
    own->column_sums(&a, &x);
    floats->column_sums(&a, &y);
    TAP_OK(nets_same(&x, &y), "column sums");
    slt_tensor left = copy(&a), right = copy(&a), made = copy(&table);
    own->add_bias(&left, &x);
    floats->add_bias(&right, &x);
    TAP_OK(nets_same(&left, &right), "add a bias");
    own->embedding(&table, &index, &left);
    floats->embedding(&table, &index, &right);
    TAP_OK(nets_same(&left, &right), "embedding");
    own->embedding_back(&index, &a, &table);
    floats->embedding_back(&index, &a, &made);
    TAP_OK(nets_same(&table, &made), "embedding, backward");
    slt_tensor *all[] = {&a, &x, &y, &index, &table, &left, &right, &made};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void test_elements(const slt_kernels *floats)
{
    slt_tensor a = make(1, ROWS, COLS), b = make(2, ROWS, COLS), x = make(3, ROWS, COLS),
               y = make(4, ROWS, COLS), c = make(5, ROWS, COLS), d = make(6, ROWS, COLS);
    typedef void unary(const slt_tensor *, slt_tensor *);
    typedef void binary(const slt_tensor *, const slt_tensor *, slt_tensor *);
    unary *const ones[][2] = {{own->relu, floats->relu},
                              {own->square, floats->square},
                              {own->exp, floats->exp},
                              {own->negate, floats->negate}};
    binary *const twos[][2] = {{own->add, floats->add},
                               {own->subtract, floats->subtract},
                               {own->multiply, floats->multiply},
                               {own->relu_back, floats->relu_back},
                               {own->square_back, floats->square_back}};
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++) {
        ones[i][0](&a, &x);
        ones[i][1](&a, &y);
        TAP_OK(nets_same(&x, &y), "of one tensor: %zu", i);
    }
    for (size_t i = 0; i < sizeof twos / sizeof *twos; i++) {
        twos[i][0](&a, &b, &x);
        twos[i][1](&a, &b, &y);
        TAP_OK(nets_same(&x, &y), "of two: %zu", i);
    }
    typedef void curve(const slt_tensor *, slt_tensor *, slt_tensor *);
    curve *const curves[][2] = {{own->sigmoid, floats->sigmoid},
                                {own->silu, floats->silu},
                                {own->gelu_tanh, floats->gelu_tanh},
                                {own->softplus, floats->softplus}};
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        curves[i][0](&a, &x, &c);
        curves[i][1](&a, &y, &d);
        TAP_OK(nets_same(&x, &y) && nets_same(&c, &d), "a curve and its slope: %zu", i);
    }
    own->scale(slt_real_of(-23), &a, &b); /* far out, too */
    unary *const bends[][2] = {{own->sigmoid_bend, floats->sigmoid_bend},
                               {own->silu_bend, floats->silu_bend},
                               {own->gelu_tanh_bend, floats->gelu_tanh_bend}};
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++) {
        bends[i][0](&b, &x);
        bends[i][1](&b, &y);
        TAP_OK(nets_same(&x, &y), "its second derivative: %zu", i);
    }
    slt_tensor long_x = make(7, ROWS, 2 * COLS), long_y = make(8, ROWS, 2 * COLS);
    own->concat((const slt_tensor *[]){&a, &b}, 2, &long_x);
    floats->concat((const slt_tensor *[]){&a, &b}, 2, &long_y);
    TAP_OK(nets_same(&long_x, &long_y), "concat");
    own->square(&a, &b);
    own->log(&b, &x);
    floats->log(&b, &y);
    TAP_OK(nets_same(&x, &y), "log");
    own->scale(slt_real_of(-0.3), &a, &x);
    floats->scale(slt_real_of(-0.3), &a, &y);
    TAP_OK(nets_same(&x, &y), "scale");
    own->sincospi(&a, &x, &c);
    floats->sincospi(&a, &y, &d);
    TAP_OK(nets_same(&x, &y) && nets_same(&c, &d), "sincospi");
    TAP_OK(own->dot(&a, &b).bits == floats->dot(&a, &b).bits, "dot");
    TAP_OK(own->finite(&a), "finite");
    slt_tensor_set(&a, 17, slt_real_of(INFINITY));
    TAP_OK(!own->finite(&a), "and not");
    slt_tensor *all[] = {&a, &b, &x, &y, &c, &d, &long_x, &long_y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void test_normalize(const slt_kernels *floats)
{
    slt_tensor a = make(1, ROWS, COLS), b = make(2, ROWS, COLS), c = make(3, ROWS, COLS),
               x = make(4, ROWS, COLS), y = make(5, ROWS, COLS), row = make(6, 1, COLS),
               other = make(7, 1, COLS);
    own->multiply_columns(&a, &row, &x);
    floats->multiply_columns(&a, &row, &y);
    TAP_OK(nets_same(&x, &y), "columns by a number each");
    own->column_dots(&a, &b, &row);
    floats->column_dots(&a, &b, &other);
    TAP_OK(nets_same(&row, &other), "sums of products of columns");
    for (int centred = 0; centred < 2; centred++) {
        const slt_normalize how = {centred, slt_real_of(1e-5)};
        own->normalize(how, &a, &x);
        floats->normalize(how, &a, &y);
        TAP_OK(nets_same(&x, &y), "rows by their size, centred %d", centred);
        own->normalize_back(how, &a, &b, &x);
        floats->normalize_back(how, &a, &b, &y);
        TAP_OK(nets_same(&x, &y), "their derivative");
        own->normalize_second(how, &a, &b, &c, &x);
        floats->normalize_second(how, &a, &b, &c, &y);
        TAP_OK(nets_same(&x, &y), "and its own");
    }
    slt_tensor *all[] = {&a, &b, &c, &x, &y, &row, &other};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void test_losses(const slt_kernels *floats)
{
    slt_tensor y = make(1, ROWS, COLS), t = make(2, ROWS, COLS), x = make(3, ROWS, COLS),
               z = make(4, ROWS, COLS), index = make_indices(ROWS, COLS);
    const slt_real scale = slt_real_of(0.7);
    TAP_OK(own->squared_error(&y, &t, scale, &x).bits ==
                   floats->squared_error(&y, &t, scale, &z).bits &&
               nets_same(&x, &z) &&
               own->squared_error(&y, &t, scale, NULL).bits ==
                   floats->squared_error(&y, &t, scale, NULL).bits,
           "squared error");
    for (int centre = 0; centre < 3; centre++) {
        const slt_centre how = (slt_centre)centre;
        TAP_OK(own->class_error(&y, &index, how, scale, &x).bits ==
                       floats->class_error(&y, &index, how, scale, &z).bits &&
                   nets_same(&x, &z) &&
                   own->class_error(&y, &index, how, scale, NULL).bits ==
                       floats->class_error(&y, &index, how, scale, NULL).bits,
               "error of classes, centred %d", centre);
        slt_tensor_copy(&x, &y);
        slt_tensor_copy(&z, &y);
        own->centre(how, &x);
        floats->centre(how, &z);
        TAP_OK(nets_same(&x, &z), "centred %d", centre);
    }
    slt_tensor *all[] = {&y, &t, &x, &z, &index};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void test_draws(const slt_kernels *floats)
{
    slt_tensor x = make(1, 33, 31), y = make(2, 33, 31);
    const slt_stream stream = slt_stream_of(7, SLT_DRAW_INIT, 3, 0, 0, 0);
    own->uniforms(stream, slt_real_of(-0.1), slt_real_of(0.7), &x);
    floats->uniforms(stream, slt_real_of(-0.1), slt_real_of(0.7), &y);
    TAP_OK(nets_same(&x, &y), "uniforms");
    own->normals(stream, slt_real_of(0.3), &x);
    floats->normals(stream, slt_real_of(0.3), &y);
    TAP_OK(nets_same(&x, &y), "normals");
    own->normals(stream, slt_real_of(1), &x);
    floats->normals(stream, slt_real_of(1), &y);
    TAP_OK(nets_same(&x, &y), "of standard deviation 1");
    slt_tensor_free(&x);
    slt_tensor_free(&y);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    if (slt_num_available(SLT_F64, NULL) == SLT_OK) {
        const slt_kernels *floats = slt_kernels_of(SLT_F64);
        test_products(floats);
        test_rows(floats);
        test_elements(floats);
        test_normalize(floats);
        test_losses(floats);
        test_draws(floats);
    } else {
        tap_skip("the bits of floats", "no floats on this CPU");
    }
    return tap_done();
}
#else
int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    TAP_OK(slt_kernels_of(SLT_F64) == own, "without floats they are in use");
    return tap_done();
}
#endif
