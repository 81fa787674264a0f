/* automaton: an elementary cellular automaton on strings of -1 and +1.  A sample is a
 * site of a string: x is the whole string, `site` the site's number, the target what the
 * rule, applied `applications` times, makes of that site.  All strings of each `length`
 * train; those of the lengths of `test` validate.  Nothing is drawn. */
#include "data/kinds_internal.h"

#include <string.h>

#include "num/scalar.h"

enum { LENGTH_MAX = 19, LENGTHS_MAX = 16 };

/* All strings of each length, each as often as its weight says. */
typedef struct strings {
    size_t lengths, weights; /* how many are given */
    uint32_t weight[LENGTHS_MAX];
    uint8_t length[LENGTHS_MAX];
} strings;

typedef struct automaton {
    size_t rule, applications;
    strings train, test;
    bool closed;
} automaton;

_Static_assert(sizeof(automaton) <= sizeof((slt_data_spec){0}.own), "room in a spec");

static automaton automaton_of(const slt_data_spec *spec)
{
    automaton a;
    memcpy(&a, spec->own, sizeof a);
    return a;
}

static uint64_t count_sites(size_t length)
{
    return (uint64_t)length << length;
}

static uint64_t weight_of(const strings *of, size_t index)
{
    return of->weights ? of->weight[index] : 1;
}

/* Some have more samples than slt_data_check lets pass. */
static uint64_t count_samples(const strings *of)
{
    uint64_t sites = 0;
    for (size_t i = 0; i < of->lengths; i++)
        sites += weight_of(of, i) * count_sites(of->length[i]);
    return sites;
}

static size_t automaton_samples(const slt_data_spec *spec)
{
    const automaton a = automaton_of(spec);
    return (size_t)count_samples(&a.train);
}

static size_t automaton_validation(const slt_data_spec *spec)
{
    const automaton a = automaton_of(spec);
    return (size_t)count_samples(&a.test);
}

static size_t longest(const strings *of)
{
    size_t length = 0;
    for (size_t i = 0; i < of->lengths; i++)
        if (of->length[i] > length)
            length = of->length[i];
    return length;
}

static size_t automaton_width(const automaton *a)
{
    const size_t train = longest(&a->train), test = longest(&a->test);
    return train > test ? train : test;
}

static slt_status check_strings(const strings *of, const char *name, const char *key,
                                slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < of->lengths && !status; i++)
        status = slt_data_check_size(key, of->length[i], LENGTH_MAX, err);
    if (!status && count_samples(of) > SLT_SAMPLES_MAX)
        status = slt_fail(err, SLT_FORMAT,
                          "%s: expected at most %zu samples, found %llu", name,
                          SLT_SAMPLES_MAX, (unsigned long long)count_samples(of));
    return status;
}

static slt_status automaton_check(const slt_data_spec *spec, slt_error *err)
{
    const automaton a = automaton_of(spec);
    slt_status status = check_strings(&a.train, "data", "length", err);
    if (!status)
        status = check_strings(&a.test, "data.test", "test.lengths", err);
    if (!status)
        status = slt_data_check_table("samples x length", automaton_samples(spec),
                                      automaton_width(&a), err);
    if (!status && a.test.lengths)
        status = slt_data_check_table("test samples x length", automaton_validation(spec),
                                      automaton_width(&a), err);
    return status;
}

static slt_status automaton_fit(const slt_data_spec *spec, const char **field,
                                slt_error *err)
{
    const automaton a = automaton_of(spec);
    const strings *of[] = {&a.train, &a.test};
    static const char *const fields[] = {"weights", "test"};
    for (size_t i = 0; i < 2; i++)
        if (of[i]->weights && of[i]->weights != of[i]->lengths) {
            *field = fields[i];
            return slt_fail(err, SLT_FORMAT,
                            "one of weights for each of lengths, %zu; found %zu",
                            of[i]->lengths, of[i]->weights);
        }
    return SLT_OK;
}

static void automaton_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                            slt_batch *shape)
{
    const automaton a = automaton_of(spec);
    const size_t width = automaton_width(&a);
    slt_data_shape_numbers(shape, arithmetic, width, 1);
    slt_data_add_input(shape, SLT_INDEX, "site", 1);
    shape->input_range[1] = width;
}

/* One application: bit b of a string is site length - 1 - b, 1 is +1; outside of open
 * strings all is -1. */
static uint32_t apply_rule(const automaton *a, size_t length, uint32_t string)
{
    const uint32_t all = ((uint32_t)1 << length) - 1;
    uint32_t left = string >> 1, right = string << 1 & all, made = 0;
    if (a->closed) {
        left |= (string & 1) << (length - 1);
        right |= string >> (length - 1);
    }
    for (uint32_t three = 0; three < 8; three++)
        if (a->rule >> three & 1)
            made |= (three & 4 ? left : ~left) & (three & 2 ? string : ~string) &
                    (three & 1 ? right : ~right);
    return made & all;
}

static slt_real sign_of(uint32_t string, size_t bit)
{
    const slt_real one = slt_real_from_u64(1);
    return string >> bit & 1 ? one : slt_real_neg(one);
}

/* All sites of all strings of a length, from a row of the batch on; the next row. */
static size_t put_strings(const automaton *a, size_t length, size_t row, slt_batch *batch)
{
    slt_tensor *x = &batch->input[0];
    for (uint32_t string = 0; string >> length == 0; string++) {
        uint32_t made = string;
        for (size_t i = 0; i < a->applications; i++)
            made = apply_rule(a, length, made);
        for (size_t site = 0; site < length; site++, row++) {
            for (size_t j = 0; j < length; j++)
                slt_tensor_set(x, row * x->cols + j, sign_of(string, length - 1 - j));
            ((int32_t *)batch->input[1].data)[row] = (int32_t)site;
            slt_tensor_set(&batch->target, row, sign_of(made, length - 1 - site));
        }
    }
    return row;
}

static void put_all(const automaton *a, const strings *of, slt_batch *batch)
{
    size_t row = 0;
    for (size_t i = 0; i < of->lengths; i++)
        for (uint64_t times = weight_of(of, i); times > 0; times--)
            row = put_strings(a, of->length[i], row, batch);
}

static slt_status automaton_make(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                                 slt_error *err)
{
    const automaton a = automaton_of(spec);
    (void)seed;
    put_all(&a, &a.train, &data->train);
    if (!a.test.lengths)
        return SLT_OK;
    data->validation = (slt_batch){.rows = automaton_validation(spec)};
    automaton_shape(spec, data->train.target.arithmetic, &data->validation);
    slt_status status = slt_data_create_batch(&data->validation, err);
    if (!status)
        put_all(&a, &a.test, &data->validation);
    return status;
}

static const slt_schema field_rule = {
    .key = "rule",
    .type = SLT_SCHEMA_INT,
    OWN(slt_data_spec, automaton, rule),
    .least = 0,
    .most = 255,
    .also = "number|code",
    .meaning = "bit 4 l + 2 c + r of it, +1 counting as 1 and -1 as 0, says what becomes "
               "of a site c with the neighbours l and r"};

static const slt_schema field_applications = {.key = "applications",
                                              .type = SLT_SCHEMA_INT,
                                              OWN(slt_data_spec, automaton, applications),
                                              .least = 1,
                                              .most = 65536,
                                              PRESET(INT_VALUE(1)),
                                              .also = "times|iterations|k",
                                              .meaning =
                                                  "times that the rule is applied"};

#define LIST_AT(item, of, from, number)                                                  \
    .type = SLT_SCHEMA_LIST, ONE(item), .least = 1, .most = LENGTHS_MAX,                 \
    .offset = offsetof(slt_data_spec, own) + offsetof(automaton, of.from),               \
    .count_offset = offsetof(slt_data_spec, own) + offsetof(automaton, of.number),       \
    .count_size = sizeof(size_t)

static const slt_schema length_item = {
    .type = SLT_SCHEMA_INT, ITEM(uint8_t), .least = 1, .most = LENGTH_MAX};
static const slt_schema weight_item = {
    .type = SLT_SCHEMA_INT, ITEM(uint32_t), .least = 1, .most = SAMPLES_MAX};

static const slt_schema length_forms[] = {
    {.type = SLT_SCHEMA_INT,
     OWN(slt_data_spec, automaton, train.length[0]),
     .tag_offset = offsetof(slt_data_spec, own) + offsetof(automaton, train.lengths),
     .tag_size = sizeof(size_t),
     .tag = 1,
     .least = 1,
     .most = LENGTH_MAX},
    {LIST_AT(length_item, train, length, lengths)},
};

static const slt_schema field_length = {.key = "length",
                                        .type = SLT_SCHEMA_EITHER,
                                        FIELDS(length_forms),
                                        .also = "size|sites|lengths",
                                        .meaning =
                                            "sites of a string: all 2^length strings, "
                                            "and all of their sites, train; a list: "
                                            "those of each length"};

static const slt_schema field_weights = {
    .key = "weights",
    LIST_AT(weight_item, train, weight, weights),
    .optional = true,
    .also = "weight|counts|repeats",
    .meaning = "one for each length: times that its strings stand there; absent: 1"};

static const slt_schema field_ends = {
    .key = "ends",
    .type = SLT_SCHEMA_WORD,
    OWN(slt_data_spec, automaton, closed),
    WORDS("open", "closed"),
    PRESET(TEXT_VALUE("open")),
    .also = "boundary|boundaries",
    .meaning = "open: neighbours outside of the string are -1 at every application; "
               "closed: a string is a ring"};

static const slt_schema test_fields[] = {
    {.key = "lengths",
     LIST_AT(length_item, test, length, lengths),
     .also = "length|sizes",
     .meaning = "of the strings, all of each length and all of their sites"},
    {.key = "weights",
     LIST_AT(weight_item, test, weight, weights),
     .optional = true,
     .also = "weight|counts|repeats",
     .meaning = "one for each of lengths: times that its strings stand there; absent: 1"},
};

static const slt_schema field_test = {.key = "test",
                                      .type = SLT_SCHEMA_MAP,
                                      FIELDS(test_fields),
                                      .optional = true,
                                      .also = "validation|tests",
                                      .meaning = "strings for validation; absent: none"};

const slt_data_type slt_data_automaton = {
    .name = "automaton",
    .meaning = "strings of an elementary cellular automaton, a sample a site: inputs x "
               "and the index site, target what becomes of the site, +1 or -1",
    .fields = FIELD_LIST(&field_rule, &field_applications, &field_length, &field_weights,
                         &field_ends, &field_test),
    .fit = automaton_fit,
    .signs = true,
    .check = automaton_check,
    .samples = automaton_samples,
    .validation = automaton_validation,
    .shape = automaton_shape,
    .make = automaton_make,
};
