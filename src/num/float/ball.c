/* The tail of a ball by hardware, where floats are available; compiled with fma. */
#include "num/float/real_hardware.h"
#include "num/ball_body.h"

slt_real slt_real_ball_tail_floats(size_t dimension, slt_real h)
{
    return real_bits(ball_tail(dimension, real_of(h)));
}
