/* OpenBLAS as a bench worker: worker.h has the protocol.  It knows "product" of f32 and
 * f64, "vector" (the same by gemv, where m or n is 1), and "info".  OpenBLAS takes its
 * kernels by CPU, and knows no CPU newer than itself: whoever starts this forces a core
 * type by OPENBLAS_CORETYPE. */
#include <cblas.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct product {
    bool f64, vector;
    CBLAS_TRANSPOSE ta, tb;
    int m, n, k, row_a, row_b;
    void *a, *b, *c;
} product;

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *make_operand(bool f64, size_t count)
{
    void *data = aligned_alloc(64, (count * (f64 ? 8 : 4) + 63) / 64 * 64);
    if (!data) {
        fputs("bench-blas: no memory\n", stderr);
        exit(2);
    }
    for (size_t e = 0; e < count; e++) {
        double value = (double)(e * 7919 % 2003) / 1001 - 1;
        if (f64)
            ((double *)data)[e] = value;
        else
            ((float *)data)[e] = (float)value;
    }
    return data;
}

static bool make_product(const char *text, product *p)
{
    char name[8], type[4], ta[2], tb[2];
    if (sscanf(text, "%7s %3s %1s %1s %d %d %d", name, type, ta, tb, &p->m, &p->n,
               &p->k) != 7)
        return false;
    p->vector = !strcmp(name, "vector");
    p->f64 = !strcmp(type, "f64");
    p->ta = ta[0] == 'T' ? CblasTrans : CblasNoTrans;
    p->tb = tb[0] == 'T' ? CblasTrans : CblasNoTrans;
    p->row_a = ta[0] == 'T' ? p->m : p->k;
    p->row_b = tb[0] == 'T' ? p->k : p->n;
    p->a = make_operand(p->f64, (size_t)p->m * (size_t)p->k);
    p->b = make_operand(p->f64, (size_t)p->k * (size_t)p->n);
    p->c = make_operand(p->f64, (size_t)p->m * (size_t)p->n);
    return true;
}

static void multiply(const product *p)
{
    if (p->f64)
        cblas_dgemm(CblasRowMajor, p->ta, p->tb, p->m, p->n, p->k, 1, p->a, p->row_a,
                    p->b, p->row_b, 0, p->c, p->n);
    else
        cblas_sgemm(CblasRowMajor, p->ta, p->tb, p->m, p->n, p->k, 1, p->a, p->row_a,
                    p->b, p->row_b, 0, p->c, p->n);
}

/* c = op(a) b for one column, c = op(b)' a for one row: a matrix as it lies times a
 * vector. */
static void multiply_vector(const product *p)
{
    bool column = p->n == 1;
    CBLAS_TRANSPOSE turned = column                ? p->ta
                             : p->tb == CblasTrans ? CblasNoTrans
                                                   : CblasTrans;
    int outputs = column ? p->m : p->n, row = column ? p->row_a : p->row_b;
    int rows = turned == CblasTrans ? p->k : outputs;
    int cols = turned == CblasTrans ? outputs : p->k;
    const void *matrix = column ? p->a : p->b, *vector = column ? p->b : p->a;
    if (p->f64)
        cblas_dgemv(CblasRowMajor, turned, rows, cols, 1, matrix, row, vector, 1, 0, p->c,
                    1);
    else
        cblas_sgemv(CblasRowMajor, turned, rows, cols, 1, matrix, row, vector, 1, 0, p->c,
                    1);
}

static double time_product(const product *p, uint64_t count)
{
    double start = cpu_seconds();
    for (uint64_t i = 0; i < count; i++)
        (p->vector ? multiply_vector : multiply)(p);
    return cpu_seconds() - start;
}

/* The product of that text, kept while the same one is asked for. */
static const product *find_product(const char *text)
{
    static char *known;
    static product p;
    if (known && !strcmp(known, text))
        return &p;
    free(p.a), free(p.b), free(p.c);
    free(known);
    known = strdup(text);
    if (make_product(text, &p))
        return &p;
    fprintf(stderr, "bench-blas: no such task: %s\n", text);
    exit(2);
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        char *text;
        uint64_t count = strtoull(line, &text, 10);
        line[strcspn(line, "\n")] = 0;
        if (!strcmp(line, "info"))
            printf("{\"corename\": \"%s\", \"config\": \"%s\", \"threads\": %d}\n",
                   openblas_get_corename(), openblas_get_config(),
                   openblas_get_num_threads());
        else
            printf("%.9g\n", time_product(find_product(text + 1), count));
        fflush(stdout);
    }
    free(line);
    return 0;
}
