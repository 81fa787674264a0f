/* The borders of libraries that the memory sanitizer has not instrumented.  The linker
 * puts these in front of their functions (fuzz.cmake): what a library reads must have
 * been written, and what it writes is.  msgpack-c is inline but for its version, SLEEF
 * returns numbers, and the sanitizer knows the C library but for what is here. */
#include <jansson.h>
#include <sanitizer/msan_interface.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>
#include <yaml.h>

#include "base/library.h"

#define BORDER(type, name, ...)                                                          \
    type __real_##name(__VA_ARGS__);                                                     \
    type __wrap_##name(__VA_ARGS__);                                                     \
    type __wrap_##name(__VA_ARGS__)

static void text_is_written(const void *text)
{
    if (text)
        __msan_unpoison_string(text);
}

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
    text_is_written(parser->problem);
    text_is_written(parser->context);
    if (!done)
        return done;
    if (event->type == YAML_SCALAR_EVENT) {
        __msan_unpoison(event->data.scalar.value, event->data.scalar.length + 1);
        text_is_written(event->data.scalar.anchor);
        text_is_written(event->data.scalar.tag);
    }
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        text_is_written(event->data.sequence_start.anchor);
        text_is_written(event->data.sequence_start.tag);
    }
    if (event->type == YAML_MAPPING_START_EVENT) {
        text_is_written(event->data.mapping_start.anchor);
        text_is_written(event->data.mapping_start.tag);
    }
    if (event->type == YAML_ALIAS_EVENT)
        text_is_written(event->data.alias.anchor);
    return done;
}

/* ---- jansson ----------------------------------------------------------------------- */

/* Macros of jansson.h read what is in it. */
static json_t *json_is_written(const json_t *json)
{
    if (json)
        __msan_unpoison(json, sizeof *json);
    return (json_t *)(uintptr_t)json;
}

BORDER(json_t *, json_loadb, const char *text, size_t size, size_t flags,
       json_error_t *error)
{
    __msan_check_mem_is_initialized(text, size);
    __msan_scoped_disable_interceptor_checks(); /* of what it compares, its own */
    json_t *json = __real_json_loadb(text, size, flags, error);
    __msan_scoped_enable_interceptor_checks();
    __msan_unpoison(&error->position, sizeof error->position);
    text_is_written(error->text);
    return json_is_written(json);
}

BORDER(json_t *, json_object_get, const json_t *object, const char *key)
{
    __msan_check_mem_is_initialized(key, strlen(key) + 1);
    __msan_scoped_disable_interceptor_checks();
    json_t *value = __real_json_object_get(object, key);
    __msan_scoped_enable_interceptor_checks();
    return json_is_written(value);
}

BORDER(json_t *, json_array_get, const json_t *array, size_t index)
{
    return json_is_written(__real_json_array_get(array, index));
}

BORDER(json_t *, json_object_iter_value, void *at)
{
    return json_is_written(__real_json_object_iter_value(at));
}

BORDER(const char *, json_object_iter_key, void *at)
{
    const char *key = __real_json_object_iter_key(at);
    text_is_written(key);
    return key;
}

BORDER(const char *, json_string_value, const json_t *string)
{
    const char *text = __real_json_string_value(string);
    text_is_written(text);
    return text;
}

/* ---- libzip ------------------------------------------------------------------------ */

/* It is looked up while the program runs: its functions, and ours before them. */
#define ZIP_BORDER(type, name, ...)                                                      \
    static type (*real_##name)(__VA_ARGS__);                                             \
    static type wrap_##name(__VA_ARGS__)

ZIP_BORDER(void *, zip_source_buffer_create, const void *bytes, uint64_t size, int owned,
           void *error)
{
    __msan_check_mem_is_initialized(bytes, size);
    return real_zip_source_buffer_create(bytes, size, owned, error);
}

ZIP_BORDER(void *, zip_open_from_source, void *source, int flags, void *error)
{
    __msan_scoped_disable_interceptor_checks(); /* of what it compares, its own */
    void *archive = real_zip_open_from_source(source, flags, error);
    __msan_scoped_enable_interceptor_checks();
    return archive;
}

ZIP_BORDER(const char *, zip_get_name, void *archive, uint64_t index, uint32_t flags)
{
    __msan_scoped_disable_interceptor_checks();
    const char *name = real_zip_get_name(archive, index, flags);
    __msan_scoped_enable_interceptor_checks();
    text_is_written(name);
    return name;
}

ZIP_BORDER(void *, zip_fopen_index, void *archive, uint64_t index, uint32_t flags)
{
    __msan_scoped_disable_interceptor_checks();
    void *entry = real_zip_fopen_index(archive, index, flags);
    __msan_scoped_enable_interceptor_checks();
    return entry;
}

ZIP_BORDER(int64_t, zip_fread, void *entry, void *to, uint64_t size)
{
    __msan_scoped_disable_interceptor_checks();
    const int64_t got = real_zip_fread(entry, to, size);
    __msan_scoped_enable_interceptor_checks();
    if (got > 0)
        __msan_unpoison(to, (size_t)got);
    return got;
}

#define ZIP_ROW(name)                                                                    \
    {                                                                                    \
#name, (void *)wrap_##name, (void *)&real_##name                                 \
    }

BORDER(slt_status, slt_library_find, const char *const *names,
       const slt_library_symbol *wanted, size_t count, const char *absent, slt_error *err)
{
    static const struct {
        const char *name;
        void *wrap, *real;
    } rows[] = {ZIP_ROW(zip_source_buffer_create), ZIP_ROW(zip_open_from_source),
                ZIP_ROW(zip_get_name), ZIP_ROW(zip_fopen_index), ZIP_ROW(zip_fread)};
    const slt_status status = __real_slt_library_find(names, wanted, count, absent, err);
    for (size_t i = 0; !status && i < count; i++)
        for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
            if (!strcmp(wanted[i].name, rows[j].name)) {
                memcpy(rows[j].real, wanted[i].function, sizeof(void *));
                memcpy(wanted[i].function, &rows[j].wrap, sizeof(void *));
            }
    return status;
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

BORDER(int, sodium_base642bin, unsigned char *bytes, size_t most, const char *text,
       size_t length, const char *passed, size_t *size, const char **end, int kind)
{
    __msan_check_mem_is_initialized(text, length);
    int wrong =
        __real_sodium_base642bin(bytes, most, text, length, passed, size, end, kind);
    __msan_unpoison(size, sizeof *size);
    __msan_unpoison(end, sizeof *end);
    __msan_unpoison(bytes, *size <= most ? *size : most);
    return wrong;
}

BORDER(int, crypto_generichash, unsigned char *digest, size_t length,
       const unsigned char *bytes, unsigned long long size, const unsigned char *key,
       size_t key_size)
{
    __msan_check_mem_is_initialized(bytes, size);
    int done = __real_crypto_generichash(digest, length, bytes, size, key, key_size);
    __msan_unpoison(digest, length);
    return done;
}

BORDER(int, crypto_sign_verify_detached, const unsigned char *signature,
       const unsigned char *bytes, unsigned long long size, const unsigned char *point)
{
    __msan_check_mem_is_initialized(signature, crypto_sign_BYTES);
    __msan_check_mem_is_initialized(bytes, size);
    __msan_check_mem_is_initialized(point, crypto_sign_PUBLICKEYBYTES);
    __msan_scoped_disable_interceptor_checks(); /* of what it compares, its own */
    int wrong = __real_crypto_sign_verify_detached(signature, bytes, size, point);
    __msan_scoped_enable_interceptor_checks();
    return wrong;
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
