#include "learn/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "learn/llc.h"

_Static_assert(SLT_QUANTITY_NAME_MAX <= SLT_NAME_MAX, "any name fits");

/* Of an estimate, perhaps at one checkpoint of several. */
#define OF_ESTIMATE .of_estimate = true, .at_steps = true

/* Of a tally, whose name stands between two texts. */
#define OF_TALLY(behind) .head = "tally/", .tail = "", .named = true, .part = behind

/* The text before and after an estimate's number, for kinds that have one. */
static const struct {
    const char *head, *tail;
    const char *part; /* text behind the name; NULL: none */
    bool of_estimate, at_steps;
    bool of_chain; /* a chain's number follows, or that of a pair of replicas */
    bool named;    /* a name follows */
    bool of_classes, of_signs, of_validation;
} rows[] = {
    [SLT_QUANTITY_LOSS] = {.head = "loss", .tail = ""},
    [SLT_QUANTITY_ACCURACY] = {.head = "accuracy", .tail = "", .of_classes = true},
    [SLT_QUANTITY_ERROR] = {.head = "error", .tail = "", .of_signs = true},
    [SLT_QUANTITY_VAL_LOSS] = {.head = "val/loss", .tail = "", .of_validation = true},
    [SLT_QUANTITY_VAL_ACCURACY] = {.head = "val/accuracy",
                                   .tail = "",
                                   .of_classes = true,
                                   .of_validation = true},
    [SLT_QUANTITY_VAL_ERROR] = {.head = "val/error",
                                .tail = "",
                                .of_signs = true,
                                .of_validation = true},
    [SLT_QUANTITY_METRIC] = {.head = "metric/", .tail = "", .named = true},
    [SLT_QUANTITY_VAL_METRIC] = {.head = "val/metric/",
                                 .tail = "",
                                 .named = true,
                                 .of_validation = true},
    [SLT_QUANTITY_STEP] = {.head = "step", .tail = ""},
    [SLT_QUANTITY_MARK] = {.head = "mark/", .tail = "", .named = true},
    [SLT_QUANTITY_LLC_MEAN] = {.head = "llc", .tail = "/mean", OF_ESTIMATE},
    [SLT_QUANTITY_LLC_STD] = {.head = "llc", .tail = "/std", OF_ESTIMATE},
    [SLT_QUANTITY_LLC_CHAIN] = {.head = "llc",
                                .tail = "-chain/",
                                .of_estimate = true,
                                .of_chain = true},
    [SLT_QUANTITY_MALA_ACCEPTANCE] = {.head = "mala", .tail = "/acceptance", OF_ESTIMATE},
    [SLT_QUANTITY_HMC_ACCEPTANCE] = {.head = "hmc", .tail = "/acceptance", OF_ESTIMATE},
    [SLT_QUANTITY_ADAPTED_LR] = {.head = "adapted", .tail = "/lr", OF_ESTIMATE},
    [SLT_QUANTITY_SWAP_PAIR] = {.head = "swap",
                                .tail = "-pair/",
                                OF_ESTIMATE,
                                .of_chain = true},
    [SLT_QUANTITY_STEIN_MEAN] = {.head = "stein", .tail = "/mean", OF_ESTIMATE},
    [SLT_QUANTITY_STEIN_DRIFT] = {.head = "stein", .tail = "/drift", OF_ESTIMATE},
    [SLT_QUANTITY_STEIN_PULL] = {.head = "stein", .tail = "/pull", OF_ESTIMATE},
    [SLT_QUANTITY_STEIN_STEP] = {.head = "stein", .tail = "/step", OF_ESTIMATE},
    [SLT_QUANTITY_STEIN_CHAIN] = {.head = "stein",
                                  .tail = "-chain/",
                                  .of_estimate = true,
                                  .of_chain = true},
    [SLT_QUANTITY_HESSIAN_TRACE] = {.head = "hessian", .tail = "/trace", OF_ESTIMATE},
    [SLT_QUANTITY_TRIALS_DONE] = {.head = "trials", .tail = "/done"},
    [SLT_QUANTITY_TRIALS_DIVERGED] = {.head = "trials", .tail = "/diverged"},
    [SLT_QUANTITY_TRIALS_OVERFLOW] = {.head = "trials", .tail = "/overflow"},
    [SLT_QUANTITY_TALLY_TRIALS] = {OF_TALLY("/trials"), .at_steps = true},
    [SLT_QUANTITY_TALLY_SHARE] = {OF_TALLY("/share")},
    [SLT_QUANTITY_TALLY_MEAN] = {OF_TALLY("/mean"), .at_steps = true},
    [SLT_QUANTITY_TALLY_STD] = {OF_TALLY("/std"), .at_steps = true},
    [SLT_QUANTITY_TALLY_BELOW] = {OF_TALLY("/below")},
    [SLT_QUANTITY_TALLY_ABOVE] = {OF_TALLY("/above")},
    [SLT_QUANTITY_TALLY_BIN] = {OF_TALLY("/bin"), .at_steps = true},
};
#define KINDS (sizeof rows / sizeof *rows)

/* ---- Kinds ------------------------------------------------------------------------- */

bool slt_quantity_is_metric(const slt_quantity *quantity)
{
    return quantity->kind <= SLT_QUANTITY_VAL_METRIC;
}

bool slt_quantity_is_of_training(const slt_quantity *quantity)
{
    return slt_quantity_is_metric(quantity) || quantity->kind == SLT_QUANTITY_STEP ||
           quantity->kind == SLT_QUANTITY_MARK;
}

bool slt_metric_of_classes(const slt_quantity *metric)
{
    return rows[metric->kind].of_classes;
}

bool slt_metric_of_signs(const slt_quantity *metric)
{
    return rows[metric->kind].of_signs;
}

bool slt_metric_of_validation(const slt_quantity *metric)
{
    return rows[metric->kind].of_validation;
}

slt_quantity slt_quantity_named(slt_quantity_kind kind, const char *name)
{
    slt_quantity quantity = {.kind = kind};
    SLT_ASSERT(rows[kind].named && strlen(name) < sizeof quantity.name);
    memcpy(quantity.name, name, strlen(name));
    return quantity;
}

bool slt_quantity_is_llc(const slt_quantity *quantity)
{
    return quantity->kind == SLT_QUANTITY_LLC_MEAN ||
           quantity->kind == SLT_QUANTITY_LLC_STD ||
           quantity->kind == SLT_QUANTITY_LLC_CHAIN;
}

bool slt_quantity_is_mean(const slt_quantity *quantity)
{
    return quantity->kind == SLT_QUANTITY_LLC_MEAN && !quantity->at_step;
}

slt_quantity slt_quantity_at(slt_quantity quantity, uint64_t step)
{
    SLT_ASSERT(rows[quantity.kind].at_steps && !quantity.at_step);
    quantity.at_step = true;
    quantity.step = step;
    return quantity;
}

bool slt_quantity_equal(const slt_quantity *a, const slt_quantity *b)
{
    return a->kind == b->kind && a->estimate == b->estimate && a->chain == b->chain &&
           a->at_step == b->at_step && a->step == b->step && !strcmp(a->name, b->name);
}

/* ---- Text -------------------------------------------------------------------------- */

void slt_quantity_text(const slt_quantity *quantity, char text[SLT_QUANTITY_TEXT_MAX])
{
    char number[12] = "", of[SLT_QUANTITY_NAME_MAX] = "", step[24] = "";
    if (quantity->estimate)
        snprintf(number, sizeof number, "%" PRIu32, quantity->estimate + 1);
    if (rows[quantity->kind].of_chain)
        snprintf(of, sizeof of, "%" PRIu32, quantity->chain);
    else if (rows[quantity->kind].named)
        snprintf(of, sizeof of, "%s", quantity->name);
    if (quantity->at_step)
        snprintf(step, sizeof step, "@%" PRIu64, quantity->step);
    const char *part = rows[quantity->kind].part ? rows[quantity->kind].part : "";
    int size =
        snprintf(text, SLT_QUANTITY_TEXT_MAX, "%s%s%s%s%s%s", rows[quantity->kind].head,
                 number, rows[quantity->kind].tail, of, part, step);
    SLT_ASSERT(size > 0 && size < SLT_QUANTITY_TEXT_MAX);
}

/* Skips `word` if it is at *at. */
static bool quantity_accept(const char **at, const char *word)
{
    size_t size = strlen(word);
    bool found = strncmp(*at, word, size) == 0;
    *at += found ? size : 0;
    return found;
}

/* Reads a number below 2^64; false if there is none at *at.  Leading zeros are refused at
 * the end. */
static bool quantity_accept_number(const char **at, uint64_t *number)
{
    bool found = false;
    for (*number = 0; **at >= '0' && **at <= '9'; ++*at) {
        uint64_t digit = (uint64_t)(**at - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = 10 * *number + digit;
        found = true;
    }
    return found;
}

static bool quantity_accept_name(const char **at, char name[SLT_QUANTITY_NAME_MAX])
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    size_t size = strspn(*at, letters);
    if (!size || size >= SLT_QUANTITY_NAME_MAX || (**at >= '0' && **at <= '9'))
        return false;
    memcpy(name, *at, size);
    name[size] = 0;
    *at += size;
    return true;
}

static bool read_as(const char *text, slt_quantity_kind kind, slt_quantity *quantity)
{
    uint64_t number;
    *quantity = (slt_quantity){.kind = kind};
    if (!quantity_accept(&text, rows[kind].head))
        return false;
    if (rows[kind].of_estimate && quantity_accept_number(&text, &number)) {
        if (number < 2 || number > SLT_LLC_MAX)
            return false;
        quantity->estimate = (uint32_t)number - 1;
    }
    if (!quantity_accept(&text, rows[kind].tail))
        return false;
    if (rows[kind].of_chain) {
        if (!quantity_accept_number(&text, &number) || number >= SLT_LLC_CHAINS_MAX)
            return false;
        quantity->chain = (uint32_t)number;
    }
    if (rows[kind].named && !quantity_accept_name(&text, quantity->name))
        return false;
    if (rows[kind].part && !quantity_accept(&text, rows[kind].part))
        return false;
    if (rows[kind].at_steps && quantity_accept(&text, "@")) {
        quantity->at_step = true;
        if (!quantity_accept_number(&text, &quantity->step))
            return false;
    }
    return !*text;
}

slt_status slt_quantity_read(const char *text, slt_quantity *quantity, slt_error *err)
{
    char again[SLT_QUANTITY_TEXT_MAX];
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (!read_as(text, (slt_quantity_kind)kind, quantity))
            continue;
        slt_quantity_text(quantity, again);
        if (strcmp(again, text) == 0) /* numbers without leading zeros */
            return SLT_OK;
    }
    return slt_fail(err, SLT_FORMAT,
                    "expected a metric or a result, such as loss, llc/mean or mark/NAME, "
                    "found '%s'",
                    text);
}

slt_status slt_quantity_read_open(const char *text, slt_quantity *quantity,
                                  slt_error *err)
{
    char name[SLT_QUANTITY_TEXT_MAX];
    size_t size = strlen(text);
    if (size && size <= sizeof name && text[size - 1] == '@') {
        snprintf(name, sizeof name, "%.*s", (int)size - 1, text);
        if (!slt_quantity_read(name, quantity, NULL) && rows[quantity->kind].at_steps &&
            !quantity->at_step)
            return SLT_OK;
    }
    return slt_fail(err, SLT_FORMAT,
                    "expected what an estimate gives at a checkpoint, such as llc/mean@, "
                    "found '%s'",
                    text);
}
