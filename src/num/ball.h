/* The unit ball: how much of it lies beyond a plane. */
#ifndef SLT_NUM_BALL_H
#define SLT_NUM_BALL_H

#include <stddef.h>

#include <sltrace/real.h>

#define SLT_BALL_DIMENSIONS_MAX 256

/* The share of the unit ball in that many dimensions, 1 to SLT_BALL_DIMENSIONS_MAX, whose
 * first coordinate is at least h: I_{1 - h^2}((D + 1) / 2, 1/2) / 2 for 0 <= h < 1, I the
 * regularised incomplete beta function; 0 from h = 1 on, and 1 less the share of -h
 * below 0.  h is finite.  docs/spec/04-functions.md has the order of operations; relative
 * error below 2e-14 from 0 on, unless the share is below 1e-290.  By hardware where
 * slt_num_by_hardware, else by integers; the bits are the same. */
slt_real slt_real_ball_tail(size_t dimension, slt_real h);
/* The same by integers alone. */
slt_real slt_real_ball_tail_integers(size_t dimension, slt_real h);
#ifdef SLT_FLOAT
/* The same by hardware alone, which must be available. */
slt_real slt_real_ball_tail_floats(size_t dimension, slt_real h);
#endif

#endif
