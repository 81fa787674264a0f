/* The audit of runs against other back ends: what its files share. */
#ifndef SLT_AUDIT_AGAINST_INTERNAL_H
#define SLT_AUDIT_AGAINST_INTERNAL_H

#include "audit/audit.h"
#include "audit/child.h"
#include "audit/estimate_pairs.h"
#include "audit/trajectory.h"
#include "run/files.h"

/* What one back end made of a run, and how far it is from ours. */
typedef struct slt_against_side {
    slt_child *child; /* of SLT_CHILD_DONE all that follows holds */
    slt_arithmetic arithmetic;
    slt_trace *trace;
    char sha256[SLT_SHA256_TEXT_MAX];
    size_t alike; /* the first back end that gave the same bytes */
    slt_run_status status;
    uint64_t end_step;
    slt_real loss; /* of the last checkpoint; not finite where it has none */
    slt_divergence divergence;
    slt_estimate_pairs pairs;
} slt_against_side;

/* One run of the manifest. */
struct slt_against_run {
    size_t run;
    const char *label;
    slt_run_spec *spec;
    const uint8_t *canonical;
    size_t size;
    slt_child *children; /* ours first */
    size_t left;         /* of them that have not ended */
    slt_against_side *sides;
    const char *golden; /* its path, NULL: none at hand */
    bool golden_same;   /* ours is its trace */
};

struct slt_against {
    slt_audit audit;
    const slt_audit_against_options *more;
    slt_manifest *manifest;
    slt_golden *golden; /* NULL: none at hand */
    slt_backend backends[SLT_BACKENDS_MAX];
    size_t backend_count;
    char folder[SLT_FILE_PATH_MAX]; /* of what is removed in the end; "" before */
    slt_against_run *runs;
    size_t run_count;
    slt_child *children;                      /* of all runs */
    size_t told;                              /* runs reported */
    size_t judged, differing;                 /* computations beside ours */
    size_t agreements[SLT_AGREE_UNKNOWN + 1]; /* theirs with ours */
    slt_status worst;
    slt_error error; /* its message */
};

/* What is known of a run once its children have ended. */
slt_status slt_against_find(slt_against *against, slt_against_run *run, slt_error *err);
void slt_against_forget(slt_against *against, slt_against_run *run);

/* The least agreement of a side's estimates, those at the last checkpoints of each. */
slt_agreement slt_against_worst(const slt_against_side *side);

#endif
