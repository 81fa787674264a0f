/* The schema table itself: every row is sound; suggestions. */
#include "learn/spec.h"
#include "manifest/figure_spec.h"
#include "manifest/schema.h"
#include "manifest/schema_rows.h"
#include "manifest/suggest.h"

#include "tap.h"

static int rows, presets;

static void check_row(const slt_schema *row, const char *where)
{
    const slt_schema_walk walk = {.file = "table"};
    const slt_schema_path path = {NULL, where, 0};
    rows++;
    if (row->key && !row->meaning && !row->meaning_of)
        TAP_OK(false, "%s.%s has no meaning", where, row->key);
    if (row->preset && row->optional)
        TAP_OK(false, "%s.%s has a default and is optional", where, row->key);
    if (row->preset) {
        presets++;
        if (slt_schema_check(&walk, row, &path, row->preset))
            TAP_OK(false, "%s.%s: the default breaks its own row", where, row->key);
    }
    if (!row->when != !row->is)
        TAP_OK(false, "%s.%s: when without is", where, row->key);
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));)
        check_row(field, row->key ? row->key : where);
}

/* Whether a key finds its field, or that of another kind, which has the same key. */
static bool is_found(const slt_schema *row, const slt_schema *field)
{
    const slt_schema *found = slt_schema_field(row, field->key);
    return found == field ||
           (!strcmp(found->key, field->key) && slt_schema_conditional(row, found) &&
            slt_schema_conditional(row, field));
}

/* No key may be another's alias, or a suggestion would mislead. */
static void check_keys(const slt_schema *row)
{
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));) {
        if (row->type == SLT_SCHEMA_MAP && !is_found(row, field))
            TAP_OK(false, "key %s stands twice", field->key);
        check_keys(field);
    }
}

static void test_table(void)
{
    check_row(&slt_schema_run, "run");
    check_row(&slt_schema_manifest, "manifest");
    check_keys(&slt_schema_run);
    check_keys(&slt_schema_manifest);
    TAP_OK(rows > 100 && presets > 30, "%d rows, %d defaults", rows, presets);
}

static const slt_schema *row_at(const char *path)
{
    const slt_schema *row = &slt_schema_run;
    char copy[128];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *key = strtok(copy, "."); key && row; key = strtok(NULL, ".")) {
        if (row->type == SLT_SCHEMA_LIST)
            row = &row->fields[0];
        row = slt_schema_field(row, key);
    }
    return row;
}

static void preset_reads(const char *path, size_t item, const char *text)
{
    const slt_schema *row = row_at(path);
    slt_real want = {0};
    if (!TAP_OK(row && row->preset && slt_real_parse(text, &want), "%s has a default",
                path))
        return;
    const slt_value *value =
        row->preset->kind == SLT_VALUE_LIST ? &row->preset->items[item] : row->preset;
    TAP_EQ_U64(value->real.bits, want.bits, path);
}

/* The frozen defaults, in the decimals that people write. */
static void test_presets(void)
{
    preset_reads("data.teacher_std", 0, "1");
    preset_reads("data.noise_std", 0, "0");
    preset_reads("data.x_value", 0, "1");
    preset_reads("data.target_value", 0, "0");
    preset_reads("data.scale", 0, "1");
    preset_reads("data.amplitudes", 0, "1");
    preset_reads("train.optimizer.momentum", 0, "0");
    preset_reads("train.optimizer.betas", 0, "0.9");
    preset_reads("train.optimizer.betas", 1, "0.999");
    preset_reads("train.optimizer.eps", 0, "1e-8");
    preset_reads("train.optimizer.weight_decay", 0, "0");
}

static void suggests(const char *wanted, const char *best)
{
    slt_suggestion near = slt_suggestion_for(wanted);
    slt_suggestion_offer(&near, "momentum", NULL);
    slt_suggestion_offer(&near, "lr", "learning_rate|step_size");
    slt_suggestion_offer(&near, "weight_decay", "wd");
    slt_suggestion_offer(&near, "num_draws", "draws");
    slt_suggestion_refuse(&near, "anneal|moments", "none here");
    TAP_OK(best ? near.best && strcmp(near.best, best) == 0 : !near.best,
           "'%s' suggests %s", wanted, best ? best : "nothing");
}

/* A word that is none, before or behind one that is. */
static void test_refusals(void)
{
    slt_suggestion near = slt_suggestion_for("momentun");
    slt_suggestion_refuse(&near, "anneal|moments", "none here");
    TAP_OK(!near.best && strcmp(near.why, "none here") == 0, "the nearest is none");
    slt_suggestion_offer(&near, "momentum", NULL);
    TAP_OK(near.best && !near.why, "a nearer word is one");
    slt_suggestion_refuse(&near, "moments", "none here");
    TAP_OK(near.best && !near.why, "and stays the nearest");
}

static void test_suggestions(void)
{
    suggests("momentun", "momentum");
    suggests("mometnum", "momentum");
    suggests("lerning_rate", "lr");
    suggests("LR", "lr");
    suggests("lr_", "lr");
    suggests("weight-decay", "weight_decay");
    suggests("wd", "weight_decay");
    suggests("draws", "num_draws");
    suggests("num_drwas", "num_draws");
    suggests("zebra", NULL);
    suggests("x", NULL);
    suggests("", NULL);
    suggests("a_name_so_long_that_no_key_of_any_map_can_be_near_it", NULL);
}

/* Two kinds whose settings share a member, a list, and a place. */
typedef struct filled {
    unsigned kind;
    uint64_t size;
    bool has_other;
    unsigned form;
    slt_manifest_place place;
} filled;

static const slt_schema filled_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, AT(filled, kind), WORDS("a", "b")},
    {.key = "first",
     .type = SLT_SCHEMA_INT,
     .most = 9,
     .when = "kind",
     .is = "a",
     AT(filled, size),
     TAG(filled, form, 1)},
    {.key = "second",
     .type = SLT_SCHEMA_INT,
     .most = 9,
     .when = "kind",
     .is = "b",
     AT(filled, size),
     .shared = true},
    {.key = "third",
     .type = SLT_SCHEMA_INT,
     .most = 9,
     .when = "kind",
     .is = "b",
     AT(filled, size),
     TAG(filled, form, 3),
     FLAG(filled, has_other),
     PLACE(filled, place)},
};

/* What a map fills, in memory that held something else. */
static void test_fill(void)
{
    static const slt_schema row = {.type = SLT_SCHEMA_MAP, FIELDS(filled_fields)};
    const slt_schema_walk walk = {.file = "x"};
    char a[] = "a", b[] = "b", kind[] = "kind", first[] = "first", third[] = "third";
    slt_value of_a[] = {{.kind = SLT_VALUE_TEXT, .text = a},
                        {.kind = SLT_VALUE_INT, .magnitude = 5, .line = 7, .column = 8}};
    slt_value of_b[] = {{.kind = SLT_VALUE_TEXT, .text = b}, of_a[1]};
    const slt_value map_a = {.kind = SLT_VALUE_MAP,
                             .count = 2,
                             .items = of_a,
                             .keys = (char *[]){kind, first}};
    const slt_value map_b = {.kind = SLT_VALUE_MAP,
                             .count = 2,
                             .items = of_b,
                             .keys = (char *[]){kind, third}};
    filled to;
    memset(&to, 0xff, sizeof to);
    slt_schema_fill(&walk, &row, &map_a, &to);
    TAP_OK(to.kind == 0 && to.size == 5 && to.form == 1,
           "the setting of one kind stays where another kind has its own");
    TAP_OK(!to.has_other && to.place.line == 0 && to.place.column == 0,
           "what is not there has no place and no flag");
    memset(&to, 0xff, sizeof to);
    slt_schema_fill(&walk, &row, &map_b, &to);
    TAP_OK(to.kind == 1 && to.size == 5 && to.form == 3 && to.has_other,
           "the other kind's");
    TAP_OK(to.place.line == 7 && to.place.column == 8, "with its place");
    memset(&to, 0xff, sizeof to);
    slt_schema_fill(&walk, &row, NULL, &to);
    TAP_OK(!to.kind && !to.size && !to.form && !to.has_other && !to.place.line &&
               !to.place.column,
           "nothing fills zeros");
}

static const char *const kinds_of_two[] = {"a", "b", NULL};
static const slt_schema field_of_a = {.key = "deep",
                                      .type = SLT_SCHEMA_INT,
                                      .most = 9,
                                      .when = "form",
                                      .is = "long",
                                      .meaning = "how deep"};

static const slt_schema *const *fields_of_kind(size_t kind)
{
    static const slt_schema *const of_a[] = {&field_of_a, NULL}, *const none[] = {NULL};
    return kind == 0 ? of_a : kind == 1 ? none : NULL;
}

static const slt_schema conditional_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, .words = kinds_of_two, .meaning = "which"},
    {.key = "form", .type = SLT_SCHEMA_WORD, WORDS("short", "long"), .meaning = "how"},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = fields_of_kind},
};

/* A field of one kind that also needs another word. */
static void test_conditions(void)
{
    static const slt_schema row = {.type = SLT_SCHEMA_MAP, FIELDS(conditional_fields)};
    slt_buffer out = {0};
    TAP_OK(slt_schema_conditional(&row, &field_of_a), "a field of some maps");
    slt_schema_print_when(&row, &field_of_a, &out);
    TAP_EQ_TEXT(slt_buffer_text(&out), "kind=a and form=long", "of which is said");
    slt_buffer_free(&out);
}

static const slt_schema behind_of_a = {
    .key = "more", .type = SLT_SCHEMA_INT, .behind = true, .meaning = "how many more"};
static const slt_schema first_of_b = {
    .key = "less", .type = SLT_SCHEMA_INT, .meaning = "how many less"};

static const slt_schema *const *fields_in_order(size_t kind)
{
    static const slt_schema *const of_a[] = {&behind_of_a, &field_of_a, NULL},
                                   *const of_b[] = {&field_of_a, &first_of_b, NULL};
    return kind == 0 ? of_a : kind == 1 ? of_b : NULL;
}

static void keys_in_order(const slt_schema *row, const slt_value *map, slt_buffer *out)
{
    const slt_schema_walk walk = {.file = "x"};
    const slt_schema *field;
    slt_buffer_clear(out);
    for (slt_schema_fields at = {.row = row, .walk = &walk, .map = map};
         (field = slt_schema_next(&at));)
        slt_buffer_printf(out, "%s ", field->key);
}

static const slt_schema ordered_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, .words = kinds_of_two},
    {.key = "form", .type = SLT_SCHEMA_WORD, WORDS("short", "long")},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = fields_in_order},
    {.key = "last", .type = SLT_SCHEMA_INT},
};

/* Fields of kinds come once, in the order in which the kinds first name them, those that
 * stand behind after the others; and each is found by its key. */
static void test_order(void)
{
    static const slt_schema row = {.type = SLT_SCHEMA_MAP, FIELDS(ordered_fields)};
    const slt_schema_walk walk = {.file = "x"};
    char kind[] = "kind", form[] = "form", a[] = "a", b[] = "b", whole[] = "long";
    char *keys[] = {kind, form};
    slt_value items[] = {{.kind = SLT_VALUE_TEXT, .text = a},
                         {.kind = SLT_VALUE_TEXT, .text = whole}};
    const slt_value map = {
        .kind = SLT_VALUE_MAP, .count = 2, .keys = keys, .items = items};
    slt_buffer out = {0};
    keys_in_order(&row, NULL, &out);
    TAP_EQ_TEXT(slt_buffer_text(&out), "kind form deep less more last ", "of all kinds");
    keys_in_order(&row, &map, &out);
    TAP_EQ_TEXT(slt_buffer_text(&out), "kind form deep more last ", "of kind a");
    items[0].text = b;
    keys_in_order(&row, &map, &out);
    TAP_EQ_TEXT(slt_buffer_text(&out), "kind form deep less last ", "of kind b");
    TAP_OK(slt_schema_field(&row, "more") == &behind_of_a &&
               slt_schema_field(&row, "less") == &first_of_b &&
               slt_schema_field(&row, "last") == &ordered_fields[3] &&
               !slt_schema_field(&row, "kin"),
           "each is found by its key");
    TAP_OK(slt_schema_field_in(&walk, &row, &map, "deep") == &field_of_a &&
               slt_schema_field_in(&walk, &row, &map, "more") == &behind_of_a &&
               !slt_schema_field_in(&walk, &row, &map, "lesser"),
           "and in a map, of another kind too");
    slt_buffer_free(&out);
}

/* Kinds call different fields alike: that of the map's kind is found; of all kinds the
 * first that does not stand behind. */
static const slt_schema alike[] = {
    {.key = "width", .type = SLT_SCHEMA_INT, .behind = true},
    {.key = "width", .type = SLT_SCHEMA_REAL, .behind = true},
    {.key = "width", .type = SLT_SCHEMA_BOOL},
};

static const slt_schema *const *fields_alike(size_t kind)
{
    static const slt_schema *const lists[][2] = {{&alike[0]}, {&alike[1]}, {&alike[2]}};
    return kind < 3 ? lists[kind] : NULL;
}

static const slt_schema alike_fields[] = {
    {.key = "kind", .type = SLT_SCHEMA_WORD, WORDS("a", "b", "c")},
    {.key = "kind", .type = SLT_SCHEMA_OWN, .own_of = fields_alike},
};

static void test_alike(void)
{
    static const slt_schema row = {.type = SLT_SCHEMA_MAP, FIELDS(alike_fields)};
    const slt_schema_walk walk = {.file = "x"};
    char kind[] = "kind", word[] = "a";
    char *keys[] = {kind};
    slt_value items[] = {{.kind = SLT_VALUE_TEXT, .text = word}};
    const slt_value map = {
        .kind = SLT_VALUE_MAP, .count = 1, .keys = keys, .items = items};
    TAP_OK(slt_schema_field(&row, "width") == &alike[2], "of all kinds");
    for (size_t i = 0; i < 3; i++) {
        word[0] = (char)('a' + i);
        TAP_OK(slt_schema_field_in(&walk, &row, &map, "width") == &alike[i], "of kind %s",
               word);
    }
}

/* A text that is no UTF-8, which readers of files refuse before. */
static void test_no_text(void)
{
    static const slt_schema row = {.type = SLT_SCHEMA_TEXT, .most = 9};
    slt_error err = {0};
    const slt_schema_walk walk = {.file = "x", .err = &err};
    const slt_schema_path path = {NULL, "run", 0};
    char text[] = "a\xff";
    const slt_value value = {.kind = SLT_VALUE_TEXT, .text = text};
    TAP_OK(slt_schema_check(&walk, &row, &path, &value) == SLT_FORMAT, "is refused");
    TAP_EQ_TEXT(err.text,
                "x: run: expected text of 1 to 9 bytes without control characters, found "
                "the text 'a\\xff'",
                "and shown byte by byte");
}

static void test_paths(void)
{
    const slt_schema_path run = {NULL, "run", 0}, llc = {&run, "llc", 0},
                          item = {&llc, NULL, 2}, lr = {&item, "lr", 0};
    slt_buffer out = {0};
    slt_schema_path_print(&lr, &out);
    TAP_EQ_TEXT(slt_buffer_text(&out), "run.llc[2].lr", "a path");
    slt_buffer_free(&out);
}

/* Filling NULL zeroes every member, whatever was there. */
static void test_zero_fill(void)
{
    const slt_schema_walk walk = {.file = "table"};
    slt_run_spec *spec = malloc(sizeof *spec);
    if (!spec)
        return;
    memset(spec, 0xa5, sizeof *spec);
    slt_schema_fill(&walk, &slt_schema_run, NULL, spec);
    TAP_OK(spec->seed == 0 && spec->model.weight_count == 0 && spec->llc_count == 0 &&
               spec->train.steps == 0 && !spec->train.stop.given &&
               spec->train.batch.order == SLT_BATCH_FULL &&
               spec->train.optimizer.schedule_count == 0 && spec->train.at_count == 0,
           "nothing fills zeros");
    free(spec);
}

int main(void)
{
    test_table();
    test_fill();
    test_presets();
    test_suggestions();
    test_refusals();
    test_conditions();
    test_order();
    test_alike();
    test_no_text();
    test_paths();
    test_zero_fill();
    return tap_done();
}
