/* What was found of two traces, in words and as JSON. */
#include <inttypes.h>
#include <string.h>

#include "audit/finding.h"
#include "base/escape.h"
#include "codec/json.h"

/* A path for a terminal, and text before and after. */
static void put_path(slt_buffer *out, const char *before, const char *path,
                     const char *after)
{
    slt_buffer_printf(out, "%s", before);
    slt_escape_word(out, path, strlen(path));
    slt_buffer_printf(out, "%s", after);
}

static bool explained(const slt_audit_finding *finding, int side)
{
    return slt_audit_cause(finding, side) < SLT_FPENV_FAULTS;
}

/* ---- Words ------------------------------------------------------------------------- */

static void print_first(const slt_audit_finding *f, slt_buffer *out)
{
    if (f->has_draw) {
        slt_buffer_printf(out, "draw %" PRIu64 ", %" PRIu64 " ulp", f->draw, f->ulp);
        return;
    }
    slt_buffer_printf(out, "step %" PRIu64 ": ", f->first.step);
    if (!*f->first.first) {
        slt_buffer_printf(out, "the loss before it");
        return;
    }
    slt_buffer_printf(out, "tensor %s", f->first.first);
    if (f->has_element)
        slt_buffer_printf(out, ", element [%zu, %zu], %" PRIu64 " ulp", f->row, f->column,
                          f->ulp);
}

static void print_here(const slt_audit_finding *f, const slt_audit_side *const sides[2],
                       slt_buffer *out)
{
    bool a = f->by[0][SLT_FPENV_RIGHT], b = f->by[1][SLT_FPENV_RIGHT];
    if (f->stretch.from == SIZE_MAX)
        slt_buffer_printf(out, "  replayed from the start: ");
    else
        slt_buffer_printf(out, "  replayed from step %" PRIu64 ": ", f->from_step);
    if (a || b)
        put_path(out, "this machine agrees with ", sides[a ? 0 : 1]->path, "\n");
    else
        slt_buffer_printf(out, "this machine agrees with neither\n");
}

/* A side that does not come out right, and with what it does. */
static void print_cause(const slt_audit_finding *f, const slt_audit_side *side, int which,
                        slt_buffer *out)
{
    slt_fpenv_fault cause = slt_audit_cause(f, which);
    if (cause == SLT_FPENV_RIGHT)
        return;
    if (cause < SLT_FPENV_FAULTS) {
        put_path(out, "  ", side->path, " comes out with ");
        slt_buffer_printf(out, "%s", slt_fpenv_fault_text(cause));
        for (slt_fpenv_fault i = cause + 1; i < SLT_FPENV_FAULTS; i++)
            if (f->by[which][i])
                slt_buffer_printf(out, "; also with %s", slt_fpenv_fault_text(i));
        slt_buffer_byte(out, '\n');
    } else if (f->isa[which]) {
        put_path(out, "  ", side->path, " comes out with the kernels for ");
        slt_buffer_printf(out, "%s: a defect of sltrace, please report it\n",
                          f->isa[which]);
    } else if (f->run->arithmetic == SLT_FIXED) {
        put_path(out, "  no kernels here give ", side->path, "\n");
    } else {
        put_path(out, "  no rounding, no flushing and no kernels here give ", side->path,
                 "\n");
    }
}

static void print_where(const slt_audit_finding *f, slt_buffer *out)
{
    if (f->has_draw || f->has_step) {
        slt_buffer_printf(out, "  they part at ");
        print_first(f, out);
        if (f->has_step && f->first.tensors.size > strlen(f->first.first))
            slt_buffer_printf(out, " (all that differ then: %s)",
                              slt_buffer_text((slt_buffer *)&f->first.tensors));
        slt_buffer_byte(out, '\n');
    } else if (f->source && f->same_steps) {
        slt_buffer_printf(out, "  no step before it differs\n");
    }
}

/* The commands that would tell more. */
static void print_advice(const slt_audit_finding *f, const slt_audit_side *const sides[2],
                         slt_buffer *out)
{
    if (f->has_draw || f->has_element || !f->to_checkpoint)
        return;
    if (!f->source) {
        put_path(out, "  which step: where each was made, sltrace replay ",
                 sides[1]->path, "");
        if (f->stretch.from != SIZE_MAX)
            slt_buffer_printf(out, " --from %" PRIu64, f->from_step);
        slt_buffer_printf(out, " --to %" PRIu64 " --steps FILE", f->to_step);
        slt_buffer_printf(out, ", then audit with --steps FILE,FILE\n");
    }
    if (f->replayed && (!f->source || !strcmp(f->source, "steps")))
        put_path(out, "  which element: audit with --program and the build that made ",
                 sides[f->by[1][SLT_FPENV_RIGHT] ? 0 : 1]->path, "\n");
}

void slt_audit_print_finding(const slt_audit_finding *f,
                             const slt_audit_side *const sides[2], slt_buffer *out)
{
    if (f->replayed && f->stretch.end) {
        print_here(f, sides, out);
        print_cause(f, sides[0], 0, out);
        print_cause(f, sides[1], 1, out);
    } else if (!f->replayed) {
        slt_buffer_printf(out, "  not replayed: %s\n", f->refused.text);
    }
    if (f->source && !strcmp(f->source, "program"))
        slt_buffer_printf(out, "  the program given %s\n",
                          f->program_agrees ? "gives its records" : "does not either");
    print_where(f, out);
    print_advice(f, sides, out);
}

/* ---- JSON -------------------------------------------------------------------------- */

static void put_causes(const slt_audit_finding *f, int side, slt_json *json)
{
    slt_json_open(json, '[');
    for (slt_fpenv_fault i = 0; i < SLT_FPENV_FAULTS; i++)
        if (f->by[side][i])
            slt_json_text(json, slt_fpenv_fault_text(i));
    slt_json_close(json, ']');
}

static void put_replay(const slt_audit_finding *f, slt_json *json)
{
    static const char *const names[] = {"reference", "found"};
    slt_json_key_open(json, "replay", '{');
    slt_json_key_bool(json, "done", f->replayed);
    if (!f->replayed)
        slt_json_key_text(json, "reason", f->refused.text);
    for (int side = 0; side < 2 && f->replayed; side++) {
        slt_json_key_open(json, names[side], '{');
        slt_json_key_bool(json, "agrees", f->by[side][SLT_FPENV_RIGHT]);
        slt_json_key(json, "conditions");
        put_causes(f, side, json);
        if (f->isa[side])
            slt_json_key_text(json, "isa", f->isa[side]);
        slt_json_close(json, '}');
    }
    if (f->replayed && f->stretch.from != SIZE_MAX)
        slt_json_key_uint(json, "from", f->from_step);
    slt_json_close(json, '}');
}

static void put_tensors(const slt_audit_finding *f, slt_json *json)
{
    const char *at = slt_buffer_text((slt_buffer *)&f->first.tensors);
    slt_json_key_open(json, "tensors", '[');
    while (*at) {
        size_t size = strcspn(at, ",");
        slt_json_bytes(json, at, size);
        at += size + strspn(at + size, ", ");
    }
    slt_json_close(json, ']');
}

static void put_first(const slt_audit_finding *f, slt_json *json)
{
    slt_json_key(json, "first");
    if (!f->has_step && !f->has_draw) {
        slt_json_null(json);
        return;
    }
    slt_json_open(json, '{');
    slt_json_key_text(json, "source", f->source);
    if (f->has_step) {
        slt_json_key_uint(json, "step", f->first.step);
        slt_json_key_bool(json, "loss", f->first.loss);
        put_tensors(f, json);
    }
    if (*f->first.first)
        slt_json_key_text(json, "tensor", f->first.first);
    if (f->has_draw)
        slt_json_key_uint(json, "draw", f->draw);
    if (f->has_element) {
        slt_json_key_uint(json, "row", f->row);
        slt_json_key_uint(json, "column", f->column);
    }
    if (f->has_element || f->has_draw)
        slt_json_key_uint(json, "ulp", f->ulp);
    slt_json_close(json, '}');
}

void slt_audit_put_finding(const slt_audit_finding *f, slt_json *json)
{
    put_replay(f, json);
    put_first(f, json);
}

void slt_audit_print_reason(const slt_audit_finding *f, slt_buffer *out)
{
    for (int side = 0; side < 2; side++)
        if (explained(f, side) && slt_audit_cause(f, side) != SLT_FPENV_RIGHT)
            slt_buffer_printf(out, "; %s comes out with %s", side ? "it" : "the other",
                              slt_fpenv_fault_text(slt_audit_cause(f, side)));
    if (f->has_step || f->has_draw) {
        slt_buffer_printf(out, "; first at ");
        print_first(f, out);
    }
}
