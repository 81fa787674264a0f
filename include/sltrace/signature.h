/* Signatures of files: Ed25519, in the files of minisign (its format's description:
 * jedisct1.github.io/minisign), which signs and checks the same ones.  A signature of
 * FILE lies beside it as FILE.minisig.  The same key and the same bytes always give the
 * same signature. */
#ifndef SLTRACE_SIGNATURE_H
#define SLTRACE_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include <sltrace/export.h>
#include <sltrace/status.h>

SLT_C_BEGIN

#define SLT_SIGNATURE_SUFFIX ".minisig"
#define SLT_KEY_NAME_MAX 17           /* 16 hexadecimal digits and NUL */
#define SLT_SIGNATURE_COMMENT_MAX 512 /* with its NUL */
#define SLT_PASSWORD_MAX 1024         /* with its NUL */

typedef struct slt_public_key {
    uint8_t number[8]; /* which key, as files name it; says nothing by itself */
    uint8_t point[32];
} slt_public_key;

/* To be kept secret; slt_secret_key_forget clears it. */
typedef struct slt_secret_key {
    uint8_t number[8];
    uint8_t pair[64]; /* the seed and the point */
} slt_secret_key;

/* What a signature that holds says. */
typedef struct slt_signature {
    char key[SLT_KEY_NAME_MAX]; /* the signing key's number, as minisign has it */
    char
        comment[SLT_SIGNATURE_COMMENT_MAX]; /* the trusted comment, which is signed too */
} slt_signature;

/* A key's number as minisign prints it. */
SLT_API void slt_key_name(const uint8_t number[8], char text[SLT_KEY_NAME_MAX]);

/* Reads a public key: `given` is the key's 56 characters of base64, or else the name of a
 * file that minisign made.  SLT_USAGE where a text is no key, SLT_FORMAT where a file is
 * none, SLT_FILE where it cannot be read. */
SLT_API slt_status slt_public_key_read(const char *given, slt_public_key *key,
                                       slt_error *err);

/* Puts the password of the key in this file into `password`, or fails, as by
 * SLT_INTERRUPTED. */
typedef slt_status slt_password_call(void *context, const char *path,
                                     char password[SLT_PASSWORD_MAX], slt_error *err);

/* Reads a secret key that minisign made; `ask` (NULL: nobody) is called where the file is
 * encrypted.  That takes as much memory and time as the file says, a gigabyte and seconds
 * by minisign's choice.  SLT_FORMAT where the file is no key or its halves do not belong
 * together, SLT_USAGE where the password is not the key's. */
SLT_API slt_status slt_secret_key_read(const char *path, slt_password_call *ask,
                                       void *context, slt_secret_key *key,
                                       slt_error *err);
SLT_API void slt_secret_key_forget(slt_secret_key *key);

/* The signature of `size` bytes as the text of a .minisig file, malloc'ed and
 * NUL-terminated.  `comment` is signed along: one line of printable characters, shorter
 * than SLT_SIGNATURE_COMMENT_MAX. */
SLT_API slt_status slt_sign(const slt_secret_key *key, const void *bytes, size_t size,
                            const char *comment, char **text, slt_error *err);

/* Whether `path`.minisig holds a signature of these bytes by this key.  SLT_DIFFERS where
 * it does not: "unsigned", where there is no such file, "signed by another key", or
 * "forged", where the signature or its comment is not this key's; SLT_FILE where the file
 * cannot be read.  `signature` may be NULL. */
SLT_API slt_status slt_signature_check(const char *path, const void *bytes, size_t size,
                                       const slt_public_key *key,
                                       slt_signature *signature, slt_error *err);
/* The same of a .minisig file's text, which messages call `name`. */
SLT_API slt_status slt_signature_check_text(const char *name, const char *text,
                                            size_t text_size, const void *bytes,
                                            size_t size, const slt_public_key *key,
                                            slt_signature *signature, slt_error *err);

SLT_C_END

#endif
