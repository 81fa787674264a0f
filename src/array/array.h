/* Arrays in the files of others, as their bytes lie there. */
#ifndef SLT_ARRAY_ARRAY_H
#define SLT_ARRAY_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>

#define SLT_ARRAY_DIMENSIONS_MAX 4
#define SLT_ARRAY_TYPE_MAX 8
#define SLT_ARRAY_SHAPE_TEXT_MAX 100

typedef enum slt_array_form {
    SLT_ARRAY_UNSIGNED, /* 1, 2, 4 or 8 bytes */
    SLT_ARRAY_SIGNED,   /* two's complement, 1, 2, 4 or 8 bytes */
    SLT_ARRAY_FLOAT,    /* IEEE 754, 2, 4 or 8 bytes */
    SLT_ARRAY_BFLOAT    /* the first 2 bytes of a binary32 */
} slt_array_form;

/* Element e stands at row-major place e of the shape, of which the first axis is the
 * slowest; one without dimensions has one element. */
typedef struct slt_array {
    char type[SLT_ARRAY_TYPE_MAX]; /* as the file names it: "<f4" */
    slt_array_form form;
    size_t size;       /* of an element, in bytes */
    bool big, columns; /* byte order; in the file the last axis is the slowest */
    int dimensions;
    size_t shape[SLT_ARRAY_DIMENSIONS_MAX];
    const uint8_t *elements; /* borrowed: slt_array_count of them */
} slt_array;

/* The number of elements; SIZE_MAX where that is more than memory can hold. */
size_t slt_array_count(const slt_array *array);
/* Element e in binary64: exact, but for integers of more than 53 bits, which are rounded
 * to the nearest, ties to even.  Infinities and NaN stay what they are. */
slt_real slt_array_get(const slt_array *array, size_t e);
/* The bits of element e, the first byte lowest whatever the byte order. */
uint64_t slt_array_bits(const slt_array *array, size_t e);
/* Whether element e is a whole number from 0 to below - 1, below being at most 2^31;
 * *whole: that number. */
bool slt_array_whole(const slt_array *array, size_t e, size_t below, size_t *whole);
/* "[60000, 28, 28]". */
void slt_array_shape_text(const slt_array *array, char text[SLT_ARRAY_SHAPE_TEXT_MAX]);

#endif
