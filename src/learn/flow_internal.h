/* What flow.c, flow_modes.c and flow_path.c share. */
#ifndef SLT_LEARN_FLOW_INTERNAL_H
#define SLT_LEARN_FLOW_INTERNAL_H

#include "learn/flow.h"
#include "net/second.h"

/* Without l1, and with it of a weight of one number, the flow is its modes.  Column k of
 * `vectors` is a direction in which it goes by itself: z' = drift_k - rate_k z - l1 with
 * the sign of z, z being the coordinate there, at first first_k.  What is orthogonal to
 * all of them only decays, by l2. */
typedef struct slt_flow_modes {
    size_t count;
    slt_tensor vectors; /* numbers x count */
    slt_real *rate, *drift, *first;
    bool whole;      /* they span all */
    slt_tensor rest; /* the first weight without its part in the modes */
    slt_tensor at;   /* coordinates of a time */
} slt_flow_modes;

/* Where the path stands after so many whole steps. */
typedef struct slt_flow_point {
    uint64_t steps;
    slt_tensor weight;
} slt_flow_point;

/* With l1 otherwise, it goes in steps of `size`, each the least of the loss plus half the
 * squared distance from where it begins over its size. */
typedef struct slt_flow_path {
    slt_real size;
    slt_tensor gram;            /* with 1 / size on its diagonal */
    slt_tensor pull;            /* of a step */
    slt_flow_point kept, ahead; /* two of its points, for shorter ways */
} slt_flow_path;

struct slt_flow {
    size_t weight;     /* which weight moves */
    size_t numbers;    /* its elements */
    const char *value; /* the loss's, by name */
    slt_net *net;
    slt_second *second;
    slt_params origin, direction; /* all weights, that one 0; one number of it 1 */
    slt_real curvature, l1, l2;
    slt_tensor features; /* rows x numbers, binary64 like all here */
    slt_tensor targets;  /* a column, less the values at weight 0 */
    slt_tensor first;    /* a column, the weight at time 0 */
    slt_flow_modes modes;
    /* The loss is w'(gram)w / 2 - pull'w and what no weight changes; l2 is in the
     * diagonal. */
    slt_tensor gram, pull, room;
    slt_flow_path path;
    bool has_end;
    slt_tensor end; /* where the flow ends, if the modes do not say */
    slt_tensor now; /* the weight of a time */
};

slt_status slt_flow_modes_make(slt_flow *flow, slt_arithmetic arithmetic, slt_error *err);
void slt_flow_modes_free(slt_flow_modes *modes);
/* flow->now at a time. */
void slt_flow_modes_reach(slt_flow *flow, slt_real time);

/* gram and pull. */
slt_status slt_flow_gram_make(slt_flow *flow, slt_error *err);
/* The end of the flow by gram and pull; has_end tells whether it was found. */
slt_status slt_flow_end_make(slt_flow *flow, slt_error *err);
/* SLT_FORMAT where steps of tolerance `tolerance` to time `last` are too many. */
slt_status slt_flow_path_make(slt_flow *flow, slt_real tolerance, slt_real last,
                              slt_error *err);
void slt_flow_path_free(slt_flow_path *path);
/* flow->now at a time; false where a step failed or too many are needed. */
bool slt_flow_path_reach(slt_flow *flow, slt_real time);

#endif
