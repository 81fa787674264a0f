/* The tail of a ball by integers, and the choice between that and hardware. */
#include "num/math.h"
#include "num/real_integers.h"
#include "num/ball_body.h"

slt_real slt_real_ball_tail_integers(size_t dimension, slt_real h)
{
    return ball_tail(dimension, h);
}

slt_real slt_real_ball_tail(size_t dimension, slt_real h)
{
#ifdef SLT_FLOAT
    if (slt_num_by_hardware())
        return slt_real_ball_tail_floats(dimension, h);
#endif
    return slt_real_ball_tail_integers(dimension, h);
}
