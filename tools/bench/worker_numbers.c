/* Matrix products and normals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/draw.h"
#include "num/ops.h"
#include "worker.h"

static slt_arithmetic parse_arithmetic(const char *name)
{
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++)
        if (!strcmp(name, slt_arithmetic_name(a)))
            return a;
    give_up("no such arithmetic: %s", name);
}

static slt_tensor make_operand(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    slt_tensor tensor;
    slt_error err;
    need(slt_tensor_create(&tensor, arithmetic, rows, cols, &err), &err);
    for (size_t e = 0; e < rows * cols; e++)
        slt_tensor_set(&tensor, e, slt_real_of((double)(e * 7919 % 2003) / 1001 - 1));
    return tensor;
}

/* ---- product ARITHMETIC TT M N K: TT of N and T, as BLAS has them ----------------- */

typedef struct product {
    slt_transpose ta, tb;
    slt_tensor a, b, c;
} product;

static double time_product(void *self, uint64_t count)
{
    product *p = self;
    double start = cpu_seconds();
    for (uint64_t i = 0; i < count; i++)
        slt_num_product(p->ta, p->tb, &p->a, &p->b, &p->c);
    return cpu_seconds() - start;
}

task make_product(const words *asked)
{
    product *p = take_memory(sizeof *p);
    slt_arithmetic arithmetic = parse_arithmetic(asked->word[1]);
    bool ta = asked->word[2][0] == 'T', tb = asked->word[3][0] == 'T';
    size_t m = strtoul(asked->word[4], NULL, 10), n = strtoul(asked->word[5], NULL, 10),
           k = strtoul(asked->word[6], NULL, 10);
    p->ta = ta ? SLT_TRANSPOSED : SLT_PLAIN;
    p->tb = tb ? SLT_TRANSPOSED : SLT_PLAIN;
    p->a = make_operand(arithmetic, ta ? k : m, ta ? m : k);
    p->b = make_operand(arithmetic, tb ? n : k, tb ? k : n);
    p->c = make_operand(arithmetic, m, n);
    return (task){p, time_product};
}

/* ---- normals ARITHMETIC N: a tensor of them --------------------------------------- */

static double time_normals(void *self, uint64_t count)
{
    slt_tensor *tensor = self;
    double start = cpu_seconds();
    for (uint64_t i = 0; i < count; i++)
        slt_draw_normal(slt_stream_of(1, SLT_DRAW_SGLD, 0, 0, (uint32_t)i, 1), tensor,
                        slt_real_of(1));
    return cpu_seconds() - start;
}

task make_normals(const words *asked)
{
    slt_tensor *tensor = take_memory(sizeof *tensor);
    *tensor = make_operand(parse_arithmetic(asked->word[1]), 1,
                           strtoul(asked->word[2], NULL, 10));
    return (task){tensor, time_normals};
}
