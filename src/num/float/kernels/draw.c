/* Tensors of uniforms, normals and exponentials. */
#include "num/float/kernels/normals.h"

/* fma(scale, x, low), x a number of each word. */
SLT_INLINE void draw_numbers(slt_stream stream, lanes_f64 (*number_of)(lanes),
                             double scale, double low, slt_tensor *z)
{
    double number[DRAWN_BLOCKS];
    real *to = z->data, drawn[DRAWN];
    size_t count = slt_tensor_count(z);
    for (size_t e = 0; e < count; e += DRAWN) {
        philox_lanes words = draw_words(stream, (uint32_t)(e / 4));
        for (size_t j = 0; j < 4; j++) {
            lanes_f64 x = number_of(words.word[j]);
            memcpy(number, &x, sizeof number);
            for (size_t b = 0; b < DRAWN_BLOCKS; b++)
                drawn[4 * b + j] = (real)__builtin_fma(scale, number[b], low);
        }
        memcpy(to + e, drawn, sizeof *to * (count - e < DRAWN ? count - e : DRAWN));
    }
}

void SLT_KERNEL(uniforms)(slt_stream stream, slt_real lo, slt_real hi, slt_tensor *z)
{
    const double low = slt_real_double(lo), width = slt_real_double(hi) - low;
    draw_numbers(stream, unit_of, width, low, z);
}

void SLT_KERNEL(normals)(slt_stream stream, slt_real std, slt_tensor *z)
{
    vec scale = vec_broadcast(real_of(std)), drawn[DRAWN_MAX / LANES];
    size_t count = slt_tensor_count(z), n;
    real *to = z->data;
    for (size_t e = 0; e < count; e += n) {
        n = count - e < DRAWN_MAX ? count - e : DRAWN_MAX;
        draw_normals(stream, (uint32_t)(e / 4), n, drawn);
        for (size_t i = 0; i < n; i += LANES)
            vec_store_some(to + e + i, drawn[i / LANES] * scale, n - i);
    }
}

/* Half of what the square of a normal's radius is: an exact product. */
void SLT_KERNEL(exponentials)(slt_stream stream, slt_real from, slt_tensor *z)
{
    draw_numbers(stream, square_of, 0.5, slt_real_double(from), z);
}
