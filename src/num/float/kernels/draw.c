/* Tensors of uniforms and normals. */
#include "num/float/kernels/normals.h"

void SLT_KERNEL(uniforms)(slt_stream stream, slt_real lo, slt_real hi, slt_tensor *z)
{
    double low = slt_real_double(lo), width = slt_real_double(hi) - low;
    double unit[DRAWN_BLOCKS];
    real *to = z->data, drawn[DRAWN];
    size_t count = slt_tensor_count(z);
    for (size_t e = 0; e < count; e += DRAWN) {
        philox_lanes words = draw_words(stream, (uint32_t)(e / 4));
        for (size_t j = 0; j < 4; j++) {
            lanes_f64 u = unit_of(words.word[j]);
            memcpy(unit, &u, sizeof unit);
            for (size_t b = 0; b < DRAWN_BLOCKS; b++)
                drawn[4 * b + j] = (real)__builtin_fma(width, unit[b], low);
        }
        memcpy(to + e, drawn, sizeof *to * (count - e < DRAWN ? count - e : DRAWN));
    }
}

void SLT_KERNEL(normals)(slt_stream stream, slt_real std, slt_tensor *z)
{
    size_t count = slt_tensor_count(z), whole = count - count % DRAWN;
    vec scale = vec_broadcast(real_of(std)), drawn[DRAWN_VECTORS];
    real *to = z->data;
    for (size_t e = 0; e < whole; e += DRAWN) {
        draw_normals(stream, (uint32_t)(e / 4), drawn);
        for (size_t v = 0; v < DRAWN_VECTORS; v++)
            vec_store(to + e + v * LANES, drawn[v] * scale);
    }
    if (whole == count)
        return;
    draw_normals(stream, (uint32_t)(whole / 4), drawn);
    for (size_t v = 0, e = whole; e < count; v++, e += LANES)
        vec_store_part(to + e, drawn[v] * scale, count - e < LANES ? count - e : LANES);
}
