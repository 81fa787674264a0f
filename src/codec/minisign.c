#include "codec/minisign.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/system.h>

#include "base/endian.h"
#include "base/io.h"
#include "base/world.h"

#define FILE_MAX ((size_t)1 << 14)
#define TRUSTED "trusted comment: "

_Static_assert(sizeof(((slt_public_key *)0)->point) == crypto_sign_PUBLICKEYBYTES, "");
_Static_assert(sizeof(((slt_secret_key *)0)->pair) == crypto_sign_SECRETKEYBYTES, "");
_Static_assert(SLT_SIGNATURE_BYTES == crypto_sign_BYTES, "");

static slt_status ready(slt_error *err)
{
    return sodium_init() < 0
               ? slt_fail(err, SLT_RESOURCE, "libsodium cannot start on this machine")
               : SLT_OK;
}

/* ---- Lines ------------------------------------------------------------------------- */

/* The next line of a text, without its end; false where there is none. */
static bool next_line(const char **text, const char *end, const char **line, size_t *size)
{
    if (*text == end)
        return false;
    const char *stop = memchr(*text, '\n', (size_t)(end - *text));
    *line = *text;
    *text = stop ? stop + 1 : end;
    stop = stop ? stop : end;
    stop -= stop > *line && stop[-1] == '\r';
    *size = (size_t)(stop - *line);
    return true;
}

/* Whether a line is exactly `size` bytes in base64.  libsodium 1.0.18 takes some bytes
 * above 127 for characters of it. */
static bool read_base64(const char *line, size_t length, uint8_t *bytes, size_t size)
{
    size_t found = 0;
    const char *end = NULL;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] > 127)
            return false;
    return sodium_base642bin(bytes, size, line, length, NULL, &found, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           found == size && end == line + length;
}

static const char *text_of(const slt_buffer *file)
{
    return file->size ? (const char *)file->data : "";
}

/* The second line of a text of two: a comment that nobody signed, and bytes. */
static bool read_second(const slt_buffer *file, uint8_t *bytes, size_t size)
{
    const char *text = text_of(file), *end = text + file->size;
    const char *line;
    size_t length;
    return next_line(&text, end, &line, &length) &&
           next_line(&text, end, &line, &length) &&
           read_base64(line, length, bytes, size) && text == end;
}

void slt_base64(slt_buffer *out, const void *bytes, size_t size)
{
    const size_t length = sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL);
    char *text = (char *)slt_buffer_extend(out, length);
    if (!text)
        return;
    sodium_bin2base64(text, length, bytes, size, sodium_base64_VARIANT_ORIGINAL);
    out->size--; /* the NUL */
}

bool slt_base64_read(const char *text, slt_buffer *out)
{
    const size_t length = strlen(text);
    const size_t padding =
        length < 2 ? 0 : (text[length - 1] == '=') + (text[length - 2] == '=');
    const size_t size = length / 4 * 3 - (length % 4 ? 0 : padding);
    uint8_t *bytes = slt_buffer_extend(out, size);
    if (!bytes)
        return false;
    if (read_base64(text, length, bytes, size))
        return true;
    out->size -= size;
    return false;
}

/* ---- Public keys ------------------------------------------------------------------- */

enum { PUBLIC_BYTES = 2 + 8 + 32, PUBLIC_TEXT = 56 };

void slt_key_name(const uint8_t number[8], char text[SLT_KEY_NAME_MAX])
{
    snprintf(text, SLT_KEY_NAME_MAX, "%016" PRIX64, slt_load_le64(number));
}

static bool take_public(const uint8_t bytes[PUBLIC_BYTES], slt_public_key *key)
{
    memcpy(key->number, bytes + 2, sizeof key->number);
    memcpy(key->point, bytes + 10, sizeof key->point);
    return memcmp(bytes, "Ed", 2) == 0;
}

slt_status slt_public_key_read(const char *given, slt_public_key *key, slt_error *err)
{
    uint8_t bytes[PUBLIC_BYTES];
    const size_t length = strlen(given);
    slt_buffer file = {0};
    if (length == PUBLIC_TEXT && read_base64(given, length, bytes, sizeof bytes) &&
        take_public(bytes, key))
        return SLT_OK;
    slt_status status = slt_io_read(given, FILE_MAX, &file, err);
    if (!status && !(read_second(&file, bytes, sizeof bytes) && take_public(bytes, key)))
        status = slt_fail(err, SLT_FORMAT,
                          "%s: not a public key of minisign: expected a comment and, in "
                          "the second line, %d characters of base64",
                          given, PUBLIC_TEXT);
    slt_buffer_free(&file);
    return status;
}

/* ---- Secret keys ------------------------------------------------------------------- */

/* Where things lie in the bytes of a secret key's file. */
enum {
    SECRET_KDF = 2,
    SECRET_SALT = 6,
    SECRET_EFFORT = 38,
    SECRET_MEMORY = 46,
    SECRET_NUMBER = 54,
    SECRET_PAIR = 62,
    SECRET_SUM = 126,
    SECRET_BYTES = 158
};

_Static_assert(SECRET_EFFORT - SECRET_SALT ==
                   crypto_pwhash_scryptsalsa208sha256_SALTBYTES,
               "");

/* Undoes the encryption, by a stream that the password gives. */
static slt_status decrypt(const char *path, slt_password_call *ask, void *context,
                          uint8_t bytes[SECRET_BYTES], slt_error *err)
{
    char password[SLT_PASSWORD_MAX];
    uint8_t stream[SECRET_BYTES - SECRET_NUMBER];
    if (!ask)
        return slt_fail(err, SLT_USAGE,
                        "%s: the key is encrypted, and there is nobody "
                        "to ask for its password",
                        path);
    slt_status status = ask(context, path, password, err);
    if (!status && crypto_pwhash_scryptsalsa208sha256(
                       stream, sizeof stream, password, strlen(password),
                       bytes + SECRET_SALT, slt_load_le64(bytes + SECRET_EFFORT),
                       (size_t)slt_load_le64(bytes + SECRET_MEMORY)))
        status =
            slt_fail(err, SLT_RESOURCE,
                     "%s: no memory to decrypt the key: it asks for %" PRIu64 " bytes",
                     path, slt_load_le64(bytes + SECRET_MEMORY));
    for (size_t i = 0; i < sizeof stream && !status; i++)
        bytes[SECRET_NUMBER + i] ^= stream[i];
    sodium_memzero(password, sizeof password);
    sodium_memzero(stream, sizeof stream);
    return status;
}

/* Whether a decrypted key's sum is that of its bytes: the password was right. */
static bool sum_holds(const uint8_t bytes[SECRET_BYTES])
{
    uint8_t sum[SECRET_BYTES - SECRET_SUM];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof sum);
    crypto_generichash_update(&state, bytes, 2);
    crypto_generichash_update(&state, bytes + SECRET_NUMBER, SECRET_SUM - SECRET_NUMBER);
    crypto_generichash_final(&state, sum, sizeof sum);
    return sodium_memcmp(sum, bytes + SECRET_SUM, sizeof sum) == 0;
}

/* Whether the key's second half is the point of its first. */
static bool halves_belong(const uint8_t pair[64])
{
    uint8_t point[32], again[64];
    crypto_sign_seed_keypair(point, again, pair);
    const bool same = sodium_memcmp(again, pair, sizeof again) == 0;
    sodium_memzero(again, sizeof again);
    return same;
}

static slt_status take_secret(const char *path, slt_password_call *ask, void *context,
                              uint8_t bytes[SECRET_BYTES], slt_secret_key *key,
                              slt_error *err)
{
    const bool plain = memcmp(bytes + SECRET_KDF, "\0\0", 2) == 0;
    if (memcmp(bytes, "Ed", 2) || memcmp(bytes + SECRET_KDF + 2, "B2", 2) ||
        (!plain && memcmp(bytes + SECRET_KDF, "Sc", 2)))
        return slt_fail(err, SLT_FORMAT, "%s: a secret key of a kind that is not known",
                        path);
    slt_status status = plain ? SLT_OK : decrypt(path, ask, context, bytes, err);
    if (!status && !plain && !sum_holds(bytes))
        status = slt_fail(err, SLT_USAGE, "%s: the password is not the key's", path);
    if (!status && !halves_belong(bytes + SECRET_PAIR))
        status = slt_fail(err, SLT_FORMAT,
                          "%s: damaged: the key's halves do not belong together", path);
    if (status)
        return status;
    memcpy(key->number, bytes + SECRET_NUMBER, sizeof key->number);
    memcpy(key->pair, bytes + SECRET_PAIR, sizeof key->pair);
    return SLT_OK;
}

slt_status slt_secret_key_read(const char *path, slt_password_call *ask, void *context,
                               slt_secret_key *key, slt_error *err)
{
    uint8_t bytes[SECRET_BYTES];
    slt_buffer file = {0};
    slt_status status = ready(err);
    if (!status)
        status = slt_io_read(path, FILE_MAX, &file, err);
    if (!status && !read_second(&file, bytes, sizeof bytes))
        status = slt_fail(err, SLT_FORMAT,
                          "%s: not a secret key of minisign: expected a comment and, in "
                          "the second line, %d bytes in base64",
                          path, SECRET_BYTES);
    if (!status)
        status = take_secret(path, ask, context, bytes, key, err);
    sodium_memzero(bytes, sizeof bytes);
    if (file.data)
        sodium_memzero(file.data, file.size);
    slt_buffer_free(&file);
    return status;
}

void slt_secret_key_forget(slt_secret_key *key)
{
    sodium_memzero(key, sizeof *key);
}

/* ---- Signing ----------------------------------------------------------------------- */

/* Where things lie in the bytes of a signature. */
enum { SIGNATURE_NUMBER = 2, SIGNATURE_SELF = 10, SIGNATURE_LENGTH = 74 };

/* What is signed in place of long bytes: their BLAKE2b. */
enum { HASH_BYTES = 64 };

static void hash(const void *bytes, size_t size, uint8_t digest[HASH_BYTES])
{
    crypto_generichash(digest, HASH_BYTES, bytes, size, NULL, 0);
}

slt_status slt_sign_bytes(const slt_secret_key *key, const void *bytes, size_t size,
                          uint8_t signature[SLT_SIGNATURE_BYTES], slt_error *err)
{
    slt_status status = ready(err);
    if (!status)
        crypto_sign_detached(signature, NULL, bytes, size, key->pair);
    return status;
}

static bool is_line(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 127)
            return false;
    return strlen(text) < SLT_SIGNATURE_COMMENT_MAX;
}

/* A signature and its comment, which are signed together. */
static void join(slt_buffer *whole, const uint8_t signature[SLT_SIGNATURE_BYTES],
                 const char *comment, size_t length)
{
    slt_buffer_append(whole, signature, SLT_SIGNATURE_BYTES);
    slt_buffer_append(whole, comment, length);
}

slt_status slt_sign(const slt_secret_key *key, const void *bytes, size_t size,
                    const char *comment, char **text, slt_error *err)
{
    char name[SLT_KEY_NAME_MAX];
    uint8_t self[SIGNATURE_LENGTH] = "ED", global[SLT_SIGNATURE_BYTES],
            digest[HASH_BYTES];
    slt_buffer whole = {0}, out = {0};
    *text = NULL;
    if (!is_line(comment))
        return slt_fail(err, SLT_USAGE,
                        "a signature's comment: expected one line of fewer than %d bytes",
                        SLT_SIGNATURE_COMMENT_MAX);
    memcpy(self + SIGNATURE_NUMBER, key->number, sizeof key->number);
    hash(bytes, size, digest);
    slt_status status =
        slt_sign_bytes(key, digest, sizeof digest, self + SIGNATURE_SELF, err);
    join(&whole, self + SIGNATURE_SELF, comment, strlen(comment));
    if (!status && !whole.failed)
        status = slt_sign_bytes(key, whole.data, whole.size, global, err);
    slt_key_name(key->number, name);
    slt_buffer_printf(&out, "untrusted comment: signature by sltrace with key %s\n",
                      name);
    slt_base64(&out, self, sizeof self);
    slt_buffer_printf(&out, "\n" TRUSTED "%s\n", comment);
    slt_base64(&out, global, sizeof global);
    slt_buffer_byte(&out, '\n');
    if (!status && !whole.failed)
        *text = slt_buffer_take(&out);
    if (!status && !*text)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a signature");
    slt_buffer_free(&whole);
    slt_buffer_free(&out);
    return status;
}

/* ---- Checking ---------------------------------------------------------------------- */

/* The four lines of a .minisig file. */
typedef struct signed_text {
    uint8_t self[SIGNATURE_LENGTH], global[SLT_SIGNATURE_BYTES];
    const char *comment; /* in the text */
    size_t comment_size;
} signed_text;

static bool read_signature(const char *text, size_t size, signed_text *s)
{
    const char *end = text + size, *line;
    size_t length;
    if (!next_line(&text, end, &line, &length) ||
        !next_line(&text, end, &line, &length) ||
        !read_base64(line, length, s->self, sizeof s->self) ||
        !next_line(&text, end, &s->comment, &s->comment_size) ||
        s->comment_size < strlen(TRUSTED) || memcmp(s->comment, TRUSTED, strlen(TRUSTED)))
        return false;
    s->comment += strlen(TRUSTED);
    s->comment_size -= strlen(TRUSTED);
    return s->comment_size < SLT_SIGNATURE_COMMENT_MAX &&
           !memchr(s->comment, 0, s->comment_size) &&
           next_line(&text, end, &line, &length) &&
           read_base64(line, length, s->global, sizeof s->global) && text == end;
}

bool slt_signs(const uint8_t signature[SLT_SIGNATURE_BYTES], const void *bytes,
               size_t size, const slt_public_key *key)
{
    return !ready(NULL) &&
           crypto_sign_verify_detached(signature, bytes, size, key->point) == 0;
}

/* Whether the bytes are signed: they themselves, as minisign did once, or their hash. */
static bool self_holds(const signed_text *s, const void *bytes, size_t size,
                       const slt_public_key *key)
{
    uint8_t digest[HASH_BYTES];
    if (!memcmp(s->self, "Ed", 2))
        return slt_signs(s->self + SIGNATURE_SELF, bytes, size, key);
    hash(bytes, size, digest);
    return !memcmp(s->self, "ED", 2) &&
           slt_signs(s->self + SIGNATURE_SELF, digest, sizeof digest, key);
}

static slt_status check_comment(const char *name, const signed_text *s,
                                const slt_public_key *key, slt_error *err)
{
    slt_buffer whole = {0};
    join(&whole, s->self + SIGNATURE_SELF, s->comment, s->comment_size);
    slt_status status = SLT_OK;
    if (whole.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory to check a signature");
    else if (!slt_signs(s->global, whole.data, whole.size, key))
        status =
            slt_fail(err, SLT_DIFFERS,
                     "%s: forged: its trusted comment is not signed by this key", name);
    slt_buffer_free(&whole);
    return status;
}

slt_status slt_signature_check_text(const char *name, const char *text, size_t text_size,
                                    const void *bytes, size_t size,
                                    const slt_public_key *key, slt_signature *signature,
                                    slt_error *err)
{
    signed_text s;
    char ours[SLT_KEY_NAME_MAX], theirs[SLT_KEY_NAME_MAX];
    slt_status status = ready(err);
    if (status)
        return status;
    if (!read_signature(text, text_size, &s))
        return slt_fail(err, SLT_DIFFERS, "%s: forged: not a signature of minisign",
                        name);
    slt_key_name(key->number, ours);
    slt_key_name(s.self + SIGNATURE_NUMBER, theirs);
    if (strcmp(ours, theirs))
        return slt_fail(err, SLT_DIFFERS, "%s: signed by another key: %s, expected %s",
                        name, theirs, ours);
    if (!self_holds(&s, bytes, size, key))
        return slt_fail(err, SLT_DIFFERS,
                        "%s: forged: not the signature of these bytes by key %s", name,
                        ours);
    status = check_comment(name, &s, key, err);
    if (status || !signature)
        return status;
    memcpy(signature->key, ours, sizeof ours);
    memcpy(signature->comment, s.comment, s.comment_size);
    signature->comment[s.comment_size] = 0;
    return SLT_OK;
}

slt_status slt_signature_check(const char *path, const void *bytes, size_t size,
                               const slt_public_key *key, slt_signature *signature,
                               slt_error *err)
{
    slt_buffer name = {0}, text = {0};
    bool there = false;
    slt_buffer_printf(&name, "%s" SLT_SIGNATURE_SUFFIX, path);
    slt_status status =
        name.failed ? slt_fail(err, SLT_RESOURCE, "no memory to check a signature")
                    : slt_files_look(slt_buffer_text(&name), &there, err);
    if (!status && !there)
        status = slt_fail(err, SLT_DIFFERS, "%s: unsigned: there is no %s", path,
                          slt_buffer_text(&name));
    if (!status)
        status = slt_io_read(slt_buffer_text(&name), FILE_MAX, &text, err);
    if (!status)
        status = slt_signature_check_text(slt_buffer_text(&name), text_of(&text),
                                          text.size, bytes, size, key, signature, err);
    slt_buffer_free(&name);
    slt_buffer_free(&text);
    return status;
}
