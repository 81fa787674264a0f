/* Tensors of random numbers from streams side by side, a stream in each lane. */
#include "num/float/kernels/normals.h"

/* Block `block` of the streams of columns t, t + 1, ... */
SLT_INLINE philox_lanes words_abreast(slt_stream first, uint32_t block, size_t t)
{
    return philox_lanes_at(first, lanes_of(block), lanes_from(first.c1 + (uint32_t)t));
}

SLT_INLINE size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

void SLT_KERNEL(exponentials_abreast)(slt_stream first, slt_real from, slt_tensor *z)
{
    const double low = slt_real_double(from);
    double square[DRAWN_BLOCKS];
    real drawn[DRAWN_BLOCKS], *to = z->data;
    for (size_t e = 0; e < z->rows; e += 4)
        for (size_t t = 0; t < z->cols; t += DRAWN_BLOCKS) {
            const philox_lanes words = words_abreast(first, (uint32_t)(e / 4), t);
            const size_t streams = least_of(z->cols - t, DRAWN_BLOCKS);
            for (size_t j = 0; j < least_of(z->rows - e, 4); j++) {
                const lanes_f64 q = square_of(words.word[j]);
                memcpy(square, &q, sizeof square);
                for (size_t b = 0; b < DRAWN_BLOCKS; b++)
                    drawn[b] = (real)(low + square[b] / 2);
                memcpy(to + (e + j) * z->cols + t, drawn, sizeof *to * streams);
            }
        }
}

void SLT_KERNEL(normals_abreast)(slt_stream first, slt_tensor *z)
{
    vec drawn[DRAWN / LANES];
    real normal[DRAWN], *to = z->data;
    for (size_t e = 0; e < z->rows; e += 4)
        for (size_t t = 0; t < z->cols; t += DRAWN_BLOCKS) {
            const philox_lanes words = words_abreast(first, (uint32_t)(e / 4), t);
            const size_t streams = least_of(z->cols - t, DRAWN_BLOCKS);
            normals_of(&words, squares_of(&words), drawn);
            memcpy(normal, drawn, sizeof normal);
            for (size_t j = 0; j < least_of(z->rows - e, 4); j++)
                for (size_t b = 0; b < streams; b++)
                    to[(e + j) * z->cols + t + b] = normal[4 * b + j];
        }
}
