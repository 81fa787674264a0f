/* The table of first values of weights: a row each, whose NAME is slt_init_kind_NAME of
 * init_NAME.c, where all that the program knows of it stands. */
#ifndef SLT_NET_INIT_KINDS_H
#define SLT_NET_INIT_KINDS_H

/* X(CONSTANT, name), in the order of the manifest's words. */
#define SLT_INIT_KINDS(X)                                                                \
    X(ZERO, zero)                                                                        \
    X(CONSTANT, constant)                                                                \
    X(NORMAL, normal)                                                                    \
    X(UNIFORM, uniform)                                                                  \
    X(FAN_IN, fan_in)                                                                    \
    X(TEACHER, teacher)                                                                  \
    X(FILE, file)                                                                        \
    X(POLYGON, polygon)                                                                  \
    X(FOURIER, fourier)                                                                  \
    X(VALUES, values)

#endif
