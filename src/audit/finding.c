#include "audit/finding.h"

#include <inttypes.h>
#include <stdlib.h>

slt_fpenv_fault slt_audit_cause(const slt_audit_finding *finding, int side)
{
    slt_fpenv_fault fault = SLT_FPENV_RIGHT;
    while (fault < SLT_FPENV_FAULTS && !finding->by[side][fault])
        fault++;
    return fault;
}

void slt_audit_finding_free(slt_audit_finding *finding)
{
    if (finding->has_step)
        slt_buffer_free(&finding->first.tensors);
    free(finding->run);
    *finding = (slt_audit_finding){0};
}

void slt_audit_note_element(slt_audit_finding *finding, const slt_tensor *ours,
                            const slt_tensor *theirs)
{
    for (size_t e = 0; e < slt_tensor_count(ours) && !finding->has_element; e++) {
        finding->ulp = slt_tensor_ulp(ours, theirs, e);
        finding->has_element = finding->ulp != 0;
        finding->row = e / ours->cols;
        finding->column = e % ours->cols;
    }
}

bool slt_audit_explained(const slt_audit_finding *finding, int side)
{
    return slt_audit_cause(finding, side) < SLT_FPENV_FAULTS;
}

/* ---- Words ------------------------------------------------------------------------- */

void slt_audit_first_words(const slt_audit_finding *f, slt_buffer *out)
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

void slt_audit_reason_words(const slt_audit_finding *f, slt_buffer *out)
{
    for (int side = 0; side < 2; side++)
        if (slt_audit_explained(f, side) && slt_audit_cause(f, side) != SLT_FPENV_RIGHT)
            slt_buffer_printf(out, "; %s comes out with %s", side ? "it" : "the other",
                              slt_fpenv_fault_text(slt_audit_cause(f, side)));
    if (f->has_step || f->has_draw) {
        slt_buffer_printf(out, "; first at ");
        slt_audit_first_words(f, out);
    }
}
