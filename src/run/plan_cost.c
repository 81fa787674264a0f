#include "run/plan_cost.h"

/* Measured with one processor on the figures here, and good for a factor of 2: a call of
 * an op; a row in an op; a number that an op makes or a batch holds, and one of those
 * that take a function. */
enum { CALL_PS = 80000, ROW_PS = 800, NUMBER_PS = 70, FUNCTION_PS = 1200 };

slt_status slt_plan_rates_of(const slt_run_spec *run, slt_plan_rates *rates,
                             slt_error *err)
{
    slt_batch shape;
    const slt_model_spec *model = &run->model;
    const slt_arithmetic arithmetic = run->arithmetic;
    slt_data_shape(&run->data, arithmetic, &shape);
    *rates = (slt_plan_rates){.calls = model->op_count + 2};
    slt_status status =
        slt_net_cost(model, &shape, arithmetic, true, false, &rates->gradient, err);
    if (!status)
        status = slt_net_cost(model, &shape, arithmetic, true, true,
                              &rates->gradient_picked, err);
    if (!status)
        status = slt_net_cost(model, &shape, arithmetic, false, false, &rates->loss, err);
    return status;
}

static uint64_t times_rows(uint64_t each, uint64_t rows)
{
    uint64_t all;
    return __builtin_mul_overflow(each, rows, &all) ? UINT64_MAX : all;
}

static slt_plan_cost cost_of(const slt_cost *each, size_t calls, uint64_t rows)
{
    uint64_t row =
        each->rows * ROW_PS + each->numbers * NUMBER_PS + each->functions * FUNCTION_PS;
    uint64_t ps = times_rows(row, rows), fixed = calls * CALL_PS;
    return (slt_plan_cost){.madds = times_rows(each->madds, rows),
                           .ps = ps > UINT64_MAX - fixed ? UINT64_MAX : ps + fixed};
}

slt_plan_cost slt_plan_gradient(const slt_plan_rates *rates, uint64_t rows, bool picked)
{
    return cost_of(picked ? &rates->gradient_picked : &rates->gradient, rates->calls,
                   rows);
}

slt_plan_cost slt_plan_loss(const slt_plan_rates *rates, uint64_t rows)
{
    return cost_of(&rates->loss, rates->calls, rows);
}

slt_plan_cost slt_plan_cost_of(const slt_cost *cost)
{
    return cost_of(cost, 0, 1);
}
