/* Auditing runs against other back ends: what its files share with each other and with
 * their reports. */
#ifndef SLT_AUDIT_AGAINST_INTERNAL_H
#define SLT_AUDIT_AGAINST_INTERNAL_H

#include "audit/audit.h"
#include "audit/child.h"
#include "audit/estimate_pairs.h"
#include "audit/trajectory.h"
#include "run/files.h"

/* What one back end computed for a run, and how far that is from our own result. */
typedef struct slt_against_side {
    slt_child *child; /* only if it is SLT_CHILD_DONE does what follows hold */
    slt_arithmetic arithmetic;
    slt_trace *trace;
    char sha256[SLT_SHA256_TEXT_MAX];
    size_t alike; /* the first back end that gave the same bytes */
    slt_run_status status;
    uint64_t end_step;
    slt_real loss; /* at the last checkpoint; not finite if there is none */
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
    size_t left;         /* how many of them have not ended */
    slt_against_side *sides;
    const char *golden; /* path of the golden; NULL if there is none */
    bool golden_same;   /* our trace is the golden's */
};

struct slt_against {
    slt_audit audit;
    const slt_audit_against_options *more;
    slt_manifest *manifest;
    slt_golden *golden; /* NULL if there is none */
    slt_backend backends[SLT_BACKENDS_MAX];
    size_t backend_count;
    char folder[SLT_FILE_PATH_MAX]; /* of files that are removed at the end; "" before it
                                       is made */
    slt_against_run *runs;
    size_t run_count;
    slt_child *children;                      /* of all runs */
    size_t told;                              /* how many runs were reported */
    size_t judged, differing;                 /* computations compared with ours */
    size_t agreements[SLT_AGREE_UNKNOWN + 1]; /* of their estimates with ours */
    slt_status worst;
    slt_error error; /* its message */
};

/* Fills in what is known of a run once all its children have ended. */
slt_status slt_against_find(slt_against *against, slt_against_run *run, slt_error *err);
void slt_against_forget(slt_against *against, slt_against_run *run);

/* The worst agreement among a side's estimates, counting each estimate at its last
 * checkpoint. */
slt_agreement slt_against_worst(const slt_against_side *side);

#endif
