/* The borders of libraries that the memory sanitizer has not instrumented.  The linker
 * puts these in front of their functions (fuzz.cmake): what a library reads must have
 * been written, and what it writes is.  msgpack-c is inline but for its version, SLEEF
 * returns numbers, and the sanitizer knows the C library but for what is here. */
#include <sanitizer/msan_interface.h>
#include <sodium/crypto_hash_sha256.h>
#include <stdint.h>
#include <sys/stat.h>
#include <xxhash.h>
#include <yaml.h>

#define BORDER(type, name, ...)                                                          \
    type __real_##name(__VA_ARGS__);                                                     \
    type __wrap_##name(__VA_ARGS__);                                                     \
    type __wrap_##name(__VA_ARGS__)

/* ---- The C library ----------------------------------------------------------------- */

/* glibc 2.33 gave these names of their own, which clang 14 has not heard of. */
BORDER(int, fstat64, int fd, struct stat *about)
{
    int failed = __real_fstat64(fd, about);
    __msan_unpoison(about, sizeof *about);
    return failed;
}

BORDER(int, lstat64, const char *path, struct stat *about)
{
    int failed = __real_lstat64(path, about);
    __msan_unpoison(about, sizeof *about);
    return failed;
}

BORDER(int, stat64, const char *path, struct stat *about)
{
    int failed = __real_stat64(path, about);
    __msan_unpoison(about, sizeof *about);
    return failed;
}

/* ---- libyaml ----------------------------------------------------------------------- */

static void yaml_text_is_written(const void *text)
{
    if (text)
        __msan_unpoison_string(text);
}

BORDER(int, yaml_parser_initialize, yaml_parser_t *parser)
{
    int done = __real_yaml_parser_initialize(parser);
    __msan_unpoison(parser, sizeof *parser);
    return done;
}

BORDER(void, yaml_parser_set_input_string, yaml_parser_t *parser,
       const unsigned char *text, size_t size)
{
    __msan_check_mem_is_initialized(text, size);
    __real_yaml_parser_set_input_string(parser, text, size);
}

BORDER(int, yaml_parser_parse, yaml_parser_t *parser, yaml_event_t *event)
{
    __msan_scoped_disable_interceptor_checks(); /* of what it compares, its own */
    int done = __real_yaml_parser_parse(parser, event);
    __msan_scoped_enable_interceptor_checks();
    __msan_unpoison(parser, sizeof *parser);
    __msan_unpoison(event, sizeof *event);
    yaml_text_is_written(parser->problem);
    yaml_text_is_written(parser->context);
    if (!done)
        return done;
    if (event->type == YAML_SCALAR_EVENT) {
        __msan_unpoison(event->data.scalar.value, event->data.scalar.length + 1);
        yaml_text_is_written(event->data.scalar.anchor);
        yaml_text_is_written(event->data.scalar.tag);
    }
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        yaml_text_is_written(event->data.sequence_start.anchor);
        yaml_text_is_written(event->data.sequence_start.tag);
    }
    if (event->type == YAML_MAPPING_START_EVENT) {
        yaml_text_is_written(event->data.mapping_start.anchor);
        yaml_text_is_written(event->data.mapping_start.tag);
    }
    if (event->type == YAML_ALIAS_EVENT)
        yaml_text_is_written(event->data.alias.anchor);
    return done;
}

/* ---- Hashes ------------------------------------------------------------------------ */

BORDER(int, crypto_hash_sha256, unsigned char *digest, const unsigned char *bytes,
       unsigned long long size)
{
    __msan_check_mem_is_initialized(bytes, size);
    int done = __real_crypto_hash_sha256(digest, bytes, size);
    __msan_unpoison(digest, crypto_hash_sha256_BYTES);
    return done;
}

BORDER(int, crypto_hash_sha256_update, crypto_hash_sha256_state *state,
       const unsigned char *bytes, unsigned long long size)
{
    __msan_check_mem_is_initialized(bytes, size);
    return __real_crypto_hash_sha256_update(state, bytes, size);
}

BORDER(int, crypto_hash_sha256_final, crypto_hash_sha256_state *state,
       unsigned char *digest)
{
    int done = __real_crypto_hash_sha256_final(state, digest);
    __msan_unpoison(digest, crypto_hash_sha256_BYTES);
    return done;
}

BORDER(XXH128_hash_t, XXH3_128bits, const void *bytes, size_t size)
{
    __msan_check_mem_is_initialized(bytes, size);
    return __real_XXH3_128bits(bytes, size);
}

BORDER(XXH64_hash_t, XXH3_64bits, const void *bytes, size_t size)
{
    __msan_check_mem_is_initialized(bytes, size);
    return __real_XXH3_64bits(bytes, size);
}

BORDER(XXH_errorcode, XXH3_128bits_update, XXH3_state_t *state, const void *bytes,
       size_t size)
{
    __msan_check_mem_is_initialized(bytes, size);
    return __real_XXH3_128bits_update(state, bytes, size);
}

BORDER(XXH_errorcode, XXH3_64bits_update, XXH3_state_t *state, const void *bytes,
       size_t size)
{
    __msan_check_mem_is_initialized(bytes, size);
    return __real_XXH3_64bits_update(state, bytes, size);
}

BORDER(void, XXH128_canonicalFromHash, XXH128_canonical_t *bytes, XXH128_hash_t hash)
{
    __real_XXH128_canonicalFromHash(bytes, hash);
    __msan_unpoison(bytes, sizeof *bytes);
}

/* ---- libFuzzer --------------------------------------------------------------------- */

BORDER(size_t, LLVMFuzzerMutate, uint8_t *bytes, size_t size, size_t max)
{
    size = __real_LLVMFuzzerMutate(bytes, size, max);
    __msan_unpoison(bytes, size);
    return size;
}
