#include "manifest/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fpenv.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "num/scalar.h"

/* ---- Verdict ----------------------------------------------------------------------- */

bool slt_claim_holds(const slt_claim *claim)
{
    SLT_FPENV_ENTERED;
    slt_real away = slt_real_sub(claim->value, claim->expect);
    if (slt_real_less(away, slt_real_of(0)))
        away = slt_real_neg(away);
    return slt_real_finite(away) && !slt_real_less(claim->tolerance, away);
}

const char *slt_claim_verdict(const slt_claim *claim)
{
    SLT_FPENV_ENTERED;
    static const char *const words[SLT_CLAIM_KINDS][2] = {
        [SLT_CLAIM_RESULT] = {"not reproduced", "reproduced"},
        [SLT_CLAIM_SETTING] = {"not as printed", "as printed"},
        [SLT_CLAIM_CHECK] = {"does not hold", "holds"},
        [SLT_CLAIM_UNKNOWN] = {"outside its tolerance", "within its tolerance"}};
    bool holds = slt_claim_holds(claim);
    if (claim->question && claim->kind == SLT_CLAIM_RESULT)
        return holds ? "yes, as printed" : "no, other than printed";
    return words[claim->kind][holds];
}

const char *slt_claim_kind_name(slt_claim_kind kind)
{
    static const char *const names[SLT_CLAIM_KINDS] = {"result", "setting", "check",
                                                       "unknown"};
    return names[kind];
}

/* ---- Kind -------------------------------------------------------------------------- */

/* Skips a number such as 1e-3, whose first digit or point is at `at`. */
static const char *past_number(const char *at)
{
    at += strspn(at, "0123456789.");
    if (*at == 'e' || *at == 'E') {
        size_t sign = at[1] == '-' || at[1] == '+';
        size_t digits = strspn(at + 1 + sign, "0123456789");
        at += digits ? 1 + sign + digits : 0;
    }
    return at;
}

/* Skips the [PATH] of setting[PATH]; the path may itself contain brackets. */
static const char *past_setting(const char *at)
{
    int depth = 0;
    do {
        depth += *at == '[' ? 1 : *at == ']' ? -1 : 0;
    } while (*at && (*at++ != ']' || depth));
    return at;
}

typedef enum kind_of_names { NO_NAMES, SETTINGS_ALONE, FIGURE_DATA } kind_of_names;

/* What an expression (of the grammar in manifest/expression.h) names.  If it is settings
 * alone, its value was copied and not computed; without names it says nothing. */
static kind_of_names names_in(const char *at)
{
    kind_of_names found = NO_NAMES;
    while (*at) {
        size_t letters = strspn(at, "abcdefghijklmnopqrstuvwxyz"
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
        if (letters == 7 && !strncmp(at, "setting[", 8)) {
            found = SETTINGS_ALONE;
            at = past_setting(at + 7);
        } else if (letters && at[letters + strspn(at + letters, " ")] != '(') {
            return FIGURE_DATA;
        } else if (letters) {
            at += letters;
        } else if (strchr("0123456789.", *at)) {
            at = past_number(at);
        } else {
            at++;
        }
    }
    return found;
}

bool slt_claim_names_something(const char *expression)
{
    return names_in(expression) != NO_NAMES;
}

/* Whether the parenthesis that opens at `at` is closed by the last character. */
static bool spans_rest(const char *at)
{
    int depth = 0;
    for (; *at; at++) {
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        if (!depth)
            return !at[1 + strspn(at + 1, " ")];
    }
    return false;
}

/* Whether an expression is max(E, ...) or min(E, ...), E being a number. */
static bool is_bounded_by(const char *text, slt_real expect)
{
    char number[SLT_REAL_TEXT_MAX];
    slt_real bound;
    text += strspn(text, " ");
    if ((strncmp(text, "max(", 4) && strncmp(text, "min(", 4)) || !spans_rest(text + 3))
        return false;
    text += 4 + strspn(text + 4, " ");
    size_t size = strcspn(text, ", ");
    if (text[size + strspn(text + size, " ")] != ',')
        return false;
    return size < sizeof number &&
           snprintf(number, sizeof number, "%.*s", (int)size, text) > 0 &&
           slt_real_parse(number, &bound) && !slt_real_less(bound, expect) &&
           !slt_real_less(expect, bound);
}

/* ---- From a manifest --------------------------------------------------------------- */

void slt_claim_of_spec(const slt_claim_spec *spec, slt_claim *claim)
{
    *claim = (slt_claim){.kind = SLT_CLAIM_RESULT,
                         .expect = spec->expect,
                         .tolerance = spec->tolerance};
    snprintf(claim->id, sizeof claim->id, "%s", spec->id);
    snprintf(claim->says, sizeof claim->says, "%s", spec->says);
    snprintf(claim->basis, sizeof claim->basis, "%s", spec->basis);
    snprintf(claim->note, sizeof claim->note, "%s", spec->note ? spec->note : "");
    if (spec->by == SLT_CLAIM_BY_OURS)
        claim->kind = SLT_CLAIM_CHECK;
    else if (names_in(spec->value) == SETTINGS_ALONE)
        claim->kind = SLT_CLAIM_SETTING;
    claim->question = is_bounded_by(spec->value, spec->expect);
}

/* ---- From a golden ----------------------------------------------------------------- */

static const slt_claim_spec *find_claim_spec(const slt_manifest *manifest, const char *id)
{
    const slt_figure_spec *figure = manifest ? slt_manifest_figure(manifest) : NULL;
    for (size_t i = 0; figure && i < figure->claim_count; i++)
        if (!strcmp(figure->claims[i].id, id))
            return &figure->claims[i];
    return NULL;
}

static void claim_of_golden(const slt_golden_claim *golden, const slt_manifest *manifest,
                            slt_claim *claim)
{
    const slt_claim_spec *item = find_claim_spec(manifest, golden->id);
    slt_real value, expect, tolerance;
    value = expect = tolerance = slt_real_absent();
    slt_real_parse(golden->value, &value);
    slt_real_parse(golden->expect, &expect);
    slt_real_parse(golden->tolerance, &tolerance);
    if (item && item->expect.bits == expect.bits &&
        item->tolerance.bits == tolerance.bits) {
        slt_claim_of_spec(item, claim);
    } else {
        *claim = (slt_claim){
            .kind = SLT_CLAIM_UNKNOWN, .expect = expect, .tolerance = tolerance};
        snprintf(claim->id, sizeof claim->id, "%s", golden->id);
    }
    claim->value = value;
}

slt_claim *slt_claims_of_golden(const slt_golden *golden, const slt_manifest *manifest)
{
    slt_claim *claims = golden->claim_count
                            ? slt_world.calloc(golden->claim_count, sizeof *claims)
                            : NULL;
    for (size_t i = 0; claims && i < golden->claim_count; i++)
        claim_of_golden(&golden->claims[i], manifest, &claims[i]);
    return claims;
}

/* ---- Words ------------------------------------------------------------------------- */

char *slt_claim_expected(const slt_claim *claim)
{
    SLT_FPENV_ENTERED;
    char expect[SLT_REAL_TEXT_MAX], tolerance[SLT_REAL_TEXT_MAX];
    slt_buffer out = {0};
    slt_real_text(claim->expect, expect);
    slt_real_text(claim->tolerance, tolerance);
    if (!claim->question)
        slt_buffer_printf(&out, "%s within %s", expect, tolerance);
    else if (slt_real_less(slt_real_of(0), claim->tolerance))
        slt_buffer_printf(&out, "yes, %s beyond the bound allowed", tolerance);
    else
        slt_buffer_printf(&out, "yes");
    return slt_buffer_take(&out);
}

char *slt_claims_counted(const slt_claim *claims, size_t count)
{
    SLT_FPENV_ENTERED;
    static const struct {
        const char *one, *many, *verdict_of_one, *verdict;
    } words[SLT_CLAIM_KINDS] = {
        [SLT_CLAIM_RESULT] = {"result", "results", "reproduced", "reproduced"},
        [SLT_CLAIM_SETTING] = {"setting", "settings", "as printed", "as printed"},
        [SLT_CLAIM_CHECK] = {"check", "checks", "holds", "hold"},
        [SLT_CLAIM_UNKNOWN] = {"claim", "claims", "within its tolerance",
                               "within their tolerances"}};
    size_t of[SLT_CLAIM_KINDS] = {0}, fine[SLT_CLAIM_KINDS] = {0};
    slt_buffer out = {0};
    for (size_t i = 0; i < count; i++) {
        of[claims[i].kind]++;
        fine[claims[i].kind] += slt_claim_holds(&claims[i]);
    }
    for (size_t k = 0; k < SLT_CLAIM_KINDS; k++) {
        if (!of[k])
            continue;
        bool one = of[k] == 1;
        slt_buffer_printf(&out, "%s%zu of %zu %s %s", out.size ? ", " : "", fine[k],
                          of[k], one ? words[k].one : words[k].many,
                          one ? words[k].verdict_of_one : words[k].verdict);
    }
    if (!count)
        slt_buffer_printf(&out, "no claims");
    return slt_buffer_take(&out);
}
