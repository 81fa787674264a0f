/* The table of what plants weights: a row each, whose NAME is slt_plant_kind_NAME of
 * plant_NAME.c, where all that the program knows of it stands. */
#ifndef SLT_NET_PLANT_KINDS_H
#define SLT_NET_PLANT_KINDS_H

/* X(CONSTANT, name), in the order of the manifest's words. */
#define SLT_PLANT_KINDS(X)                                                               \
    X(ZERO_LOSS, zero_loss)                                                              \
    X(LEAST_SQUARES, least_squares)

#endif
