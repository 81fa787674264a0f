#include "theory/grokking_internal.h"

#include <math.h>
#include <string.h>

#include "base/fpenv.h"

static const struct {
    const char *symbol;
    double least, most;
    bool whole;
} parameters[SLT_GROKKING_PARAMETERS] = {
    [SLT_GROKKING_N] = {"N", 1, 1e6, true},
    [SLT_GROKKING_D] = {"D", 2, 1e4, true},
    [SLT_GROKKING_EPS] = {"eps", 1e-6, 1e6, false},
    [SLT_GROKKING_L1] = {"l1", 0, 1e6, false},
    [SLT_GROKKING_L2] = {"l2", 0, 1e6, false},
    [SLT_GROKKING_T] = {"t", 0, 1e6, false},
    [SLT_GROKKING_TAU] = {"tau", 0, 1e6, false},
    [SLT_GROKKING_B0] = {"b0", 0, 1e6, false},
    [SLT_GROKKING_MEAN] = {"xbar", -1e6, 1e6, false},
    [SLT_GROKKING_XMIN] = {"x_min", 0, 1e6, false},
    [SLT_GROKKING_H] = {"h", -1e6, 1e6, false},
    [SLT_GROKKING_R] = {"r", 0, 1e6, false},
    [SLT_GROKKING_XI] = {"xi", 0, 1, false},
};

const slt_grokking_group *slt_grokking_group_at(size_t i)
{
    static const slt_grokking_group *const models[] = {slt_grokking_exp1d,
                                                       slt_grokking_ball};
    for (size_t m = 0; m < sizeof models / sizeof *models; m++)
        for (const slt_grokking_group *group = models[m]; group->model; group++)
            if (!i--)
                return group;
    return NULL;
}

const slt_grokking_formula *slt_grokking_formula_of(const char *model, const char *name,
                                                    const slt_grokking_group **group)
{
    for (size_t i = 0; (*group = slt_grokking_group_at(i)); i++)
        for (size_t k = 0; !strcmp((*group)->model, model) && k < (*group)->count; k++)
            if (!strcmp((*group)->formulas[k].name, name))
                return &(*group)->formulas[k];
    return NULL;
}

const char *slt_grokking_symbol(slt_grokking_parameter parameter)
{
    return parameters[parameter].symbol;
}

bool slt_grokking_reads_given(const slt_grokking_formula *formula, const slt_grokking *at)
{
    SLT_FPENV_ENTERED;
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        if (formula->reads >> i & 1 && isnan(at->value[i]))
            return false;
    return true;
}

slt_status slt_grokking_check(const slt_grokking *at, slt_error *err)
{
    SLT_FPENV_ENTERED;
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++) {
        const double value = at->value[i];
        if (isnan(value) ||
            (value >= parameters[i].least && value <= parameters[i].most &&
             (!parameters[i].whole || value == floor(value))))
            continue;
        return slt_fail(err, SLT_USAGE,
                        "theory grokking: %s must be a %snumber from %g to %g; it is %g",
                        parameters[i].symbol, parameters[i].whole ? "whole " : "",
                        parameters[i].least, parameters[i].most, value);
    }
    return SLT_OK;
}

unsigned slt_grokking_reads(const slt_grokking_group *group)
{
    SLT_FPENV_ENTERED;
    unsigned reads = group->drawn_reads;
    for (size_t i = 0; i < group->count; i++)
        reads |= group->formulas[i].reads;
    return reads;
}

slt_grokking slt_grokking_presets(const slt_grokking_group *group)
{
    SLT_FPENV_ENTERED;
    const unsigned preset = slt_grokking_reads(group) & ~group->asks;
    slt_grokking at = group->presets;
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        if (!(preset >> i & 1))
            at.value[i] = NAN;
    return at;
}

double slt_grokking_log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}
