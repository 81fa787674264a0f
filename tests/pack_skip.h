/* Skips one item of msgpack with everything in it. */
#ifndef TESTS_PACK_SKIP_H
#define TESTS_PACK_SKIP_H

#include "codec/pack.h"

static inline void pack_skip(slt_pack_reader *reader)
{
    size_t depth = reader->depth;
    slt_pack_read(reader);
    while (!reader->failed && reader->depth > depth)
        slt_pack_read(reader);
}

#endif
