#include "audit/finding.h"

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
