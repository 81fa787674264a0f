/* codec/minisign.c: keys and signatures that minisign 0.11 made are read and checked,
 * ours are its own to the byte, and a signature with any byte changed, or of other bytes,
 * does not hold. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "codec/minisign.h"
#include "signed_sample.h"

#define COMMENT "untrusted comment: minisign encrypted secret key\n"
#define OTHER "RWTa+lvz+ENOalqdB9lXWzrRBMrXSaiBI4fQKD393VgDWT5LL77bUhjL"
#define NUMBER "27F5643E346A8B1D"

/* What minisign -G -W wrote. */
#define PLAIN                                                                            \
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHYtqND5k9S" \
    "eHGl"                                                                               \
    "lq8J7FCPiWs7fO+4NnWZs9q20nwOrsy8TUNJFWaClBQl9Qb/yoLtyi5xdlqepYzjoLxz2GY1r2/"        \
    "ZWemZORAA"                                                                          \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
/* The same key, encrypted with the password below by Python's hashlib (scrypt with N
 * 1024, r 8, p 1; minisign signs with it). */
#define PASSWORD "correct horse"
#define ENCRYPTED                                                                        \
    "RWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AgAAAAAAAAAAAAAEAAAAAAipevGrlf7" \
    "nJim"                                                                               \
    "66sdYSkwCYVHsGbud+wMyfDO5072pR8FO57bTTrEY23xUKmRjvuIaW2Ylyl4CX2g/"                  \
    "MCSywrcbrs6cyQ9C6JW"                                                                \
    "TY4aj0bLzm1i4Va/DFdb1bKTL6O+BfNdDiuwHzbkI="

static const char hello[] = "hello\n";
enum { HELLO = sizeof hello - 1 };

static char folder[] = "/tmp/sltrace-minisign-XXXXXX";
static char path[64];
static slt_error err;

static void put(const char *text)
{
    if (slt_io_replace(path, text, strlen(text), &err))
        abort();
}

static slt_status check(const char *text, const slt_public_key *key, slt_signature *s)
{
    return slt_signature_check_text("it", text, strlen(text), hello, HELLO, key, s, &err);
}

static void test_public(slt_public_key *key)
{
    char name[SLT_KEY_NAME_MAX];
    slt_public_key again;
    TAP_OK(!slt_public_key_read(SIGNED_KEY, key, &err), "a public key as text");
    slt_key_name(key->number, name);
    TAP_EQ_TEXT(name, NUMBER, "its number, as minisign prints it");
    put("untrusted comment: minisign public key " NUMBER "\n" SIGNED_KEY "\n");
    TAP_OK(!slt_public_key_read(path, &again, &err) && !memcmp(&again, key, sizeof again),
           "the same in a file");
    static const char *const wrong[] = {
        "",
        "untrusted comment: x\n",
        "untrusted comment: x\n" SIGNED_KEY "\nmore\n",
        SIGNED_KEY "\n",
        "untrusted comment: x\nRWQdi2o0PmT1JylB\n",
        "untrusted comment: x\n" SIGNED_KEY "AAAA\n",
        "untrusted comment: "
        "x\nRUQdi2o0PmT1JylBQl9Qb/yoLtyi5xdlqepYzjoLxz2GY1r2/ZWemZOR\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put(wrong[i]);
        TAP_OK(slt_public_key_read(path, &again, &err) == SLT_FORMAT &&
                   strstr(err.text, "not a public key of minisign"),
               "no key: file %zu", i);
    }
    TAP_OK(slt_public_key_read("/nonexistent/key", &again, &err) == SLT_FILE,
           "no file: %s", err.text);
    TAP_OK(slt_public_key_read(SIGNED_KEY "A", &again, &err) == SLT_FILE,
           "a text that is too long is a file's name");
}

static int asked;
static const char *answer;
static slt_status answers(void *context, const char *of, char password[SLT_PASSWORD_MAX],
                          slt_error *error)
{
    asked++;
    if (context != &asked || strcmp(of, path))
        return slt_fail(error, SLT_FILE, "called otherwise");
    if (!answer)
        return slt_fail(error, SLT_INTERRUPTED, "no answer");
    snprintf(password, SLT_PASSWORD_MAX, "%s", answer);
    return SLT_OK;
}

static slt_status read_secret(const char *text, slt_secret_key *key)
{
    put(text);
    return slt_secret_key_read(path, answers, &asked, key, &err);
}

/* A text with one character of its base64 changed. */
static char *changed(const char *text, size_t at)
{
    char *copy = strdup(text);
    copy[at] = copy[at] == 'B' ? 'C' : 'B';
    return copy;
}

static void test_secret(const slt_public_key *public, slt_secret_key *key)
{
    slt_secret_key again;
    TAP_OK(!read_secret(COMMENT PLAIN "\n", key) && !asked &&
               !memcmp(key->number, public->number, 8) &&
               !memcmp(key->pair + 32, public->point, 32),
           "a secret key without a password: %s", err.text);
    answer = PASSWORD;
    TAP_OK(!read_secret(COMMENT ENCRYPTED "\n", &again) && asked == 1 &&
               !memcmp(&again, key, sizeof again),
           "the same, encrypted");
    answer = "correct horst";
    TAP_OK(read_secret(COMMENT ENCRYPTED "\n", &again) == SLT_USAGE &&
               strstr(err.text, "the password is not the key's"),
           "with another password: %s", err.text);
    answer = NULL;
    TAP_OK(read_secret(COMMENT ENCRYPTED "\n", &again) == SLT_INTERRUPTED,
           "where none is given");
    TAP_OK(slt_secret_key_read(path, NULL, NULL, &again, &err) == SLT_USAGE,
           "nobody to ask: %s", err.text);
    answer = PASSWORD;
    size_t taken = 0, characters = strlen(PLAIN) - 1, other = 0;
    for (size_t i = 0; i < characters; i++) {
        char *text = changed(COMMENT PLAIN "\n", strlen(COMMENT) + i);
        const slt_status status = read_secret(text, &again);
        taken += status == SLT_OK && !memcmp(again.pair, key->pair, 64);
        other += status == SLT_OK && memcmp(again.pair, key->pair, 64);
        free(text);
    }
    TAP_EQ_U64(other, 0, "damaged it gives no other key");
    TAP_OK(taken > 0 && taken < characters / 2 + 40,
           "where it gives the same (%zu of %zu), what is unused or its number differs",
           taken, characters);
    TAP_OK(read_secret(COMMENT SIGNED_KEY "\n", &again) == SLT_FORMAT,
           "a public key is no secret one: %s", err.text);
    TAP_OK(read_secret(PLAIN "\n", &again) == SLT_FORMAT, "nor is one line");
    slt_secret_key_forget(&again);
    size_t set = 0;
    for (size_t i = 0; i < sizeof again; i++)
        set += ((uint8_t *)&again)[i] != 0;
    TAP_EQ_U64(set, 0, "forgotten");
}

static void test_signing(const slt_public_key *public, const slt_secret_key *key)
{
    char *text = NULL, line[1024];
    slt_signature s;
    TAP_OK(!slt_sign(key, hello, HELLO, "a trusted comment", &text, &err), "a signature");
    TAP_EQ_TEXT(text,
                "untrusted comment: signature by sltrace with key " NUMBER
                "\n" SIGNED_SELF "\ntrusted comment: a trusted comment\n" SIGNED_GLOBAL
                "\n",
                "is minisign's, but for what nobody signs");
    TAP_OK(!check(text, public, &s), "it holds");
    TAP_EQ_TEXT(s.comment, "a trusted comment", "its comment");
    TAP_EQ_TEXT(s.key, NUMBER, "its key");
    free(text);
    memset(line, 'x', sizeof line);
    line[SLT_SIGNATURE_COMMENT_MAX - 1] = 0;
    TAP_OK(!slt_sign(key, NULL, 0, line, &text, &err) &&
               !slt_signature_check_text("it", text, strlen(text), "", 0, public, &s,
                                         &err) &&
               !strcmp(s.comment, line),
           "of no bytes, with a long comment");
    free(text);
    line[SLT_SIGNATURE_COMMENT_MAX - 1] = 'x';
    line[SLT_SIGNATURE_COMMENT_MAX] = 0;
    TAP_OK(slt_sign(key, hello, HELLO, line, &text, &err) == SLT_USAGE && !text,
           "not with a longer one");
    TAP_OK(slt_sign(key, hello, HELLO, "two\nlines", &text, &err) == SLT_USAGE,
           "nor with two lines: %s", err.text);
}

#define FILE_OF(self, comment, global)                                                   \
    "untrusted comment: of minisign\n" self "\ntrusted comment: " comment "\n" global "\n"

static void test_checking(const slt_public_key *public)
{
    static const char whole[] = FILE_OF(SIGNED_SELF, "a trusted comment", SIGNED_GLOBAL);
    slt_signature s;
    slt_public_key other;
    TAP_OK(!check(whole, public, &s) && !check(whole, public, NULL),
           "what minisign signed");
    TAP_OK(!check(FILE_OF(SIGNED_LEGACY, "legacy", SIGNED_LEGACY_GLOBAL), public, &s) &&
               !strcmp(s.comment, "legacy"),
           "and as it once did, without a hash");
    TAP_OK(!check("x\r\n" SIGNED_SELF
                  "\r\ntrusted comment: a trusted comment\r\n" SIGNED_GLOBAL "\r\n",
                  public, &s) &&
               !strcmp(s.comment, "a trusted comment"),
           "with other line ends");
    slt_public_key_read(OTHER, &other, &err);
    TAP_OK(check(whole, &other, &s) == SLT_DIFFERS &&
               strstr(err.text,
                      "signed by another key: " NUMBER ", expected 6A4E43F8F35BFADA"),
           "another key: %s", err.text);
    memcpy(other.number, public->number, sizeof other.number);
    TAP_OK(check(whole, &other, &s) == SLT_DIFFERS && strstr(err.text, "forged"),
           "another key of the same number: %s", err.text);
    TAP_OK(slt_signature_check_text("it", whole, strlen(whole), "hello", 5, public, &s,
                                    &err) == SLT_DIFFERS &&
               strstr(err.text, "forged: not the signature of these bytes"),
           "other bytes: %s", err.text);
    TAP_OK(check(FILE_OF(SIGNED_SELF, "a trusted commenT", SIGNED_GLOBAL), public, &s) ==
                   SLT_DIFFERS &&
               strstr(err.text, "its trusted comment"),
           "another comment: %s", err.text);
    TAP_OK(check(FILE_OF(SIGNED_SELF, "legacy", SIGNED_LEGACY_GLOBAL), public, &s) ==
               SLT_DIFFERS,
           "a comment of another signature");
}

/* No byte behind the comment that nobody signs may change or lack. */
static void test_forging(const slt_public_key *public)
{
    static const char whole[] = FILE_OF(SIGNED_SELF, "a trusted comment", SIGNED_GLOBAL);
    const size_t first = (size_t)(strchr(whole, '\n') - whole) + 1, size = strlen(whole);
    size_t held = 0, other = 0, same_bits = 0;
    for (size_t i = first; i < size; i++)
        for (int bit = 0; bit < 8; bit++) {
            char copy[sizeof whole];
            memcpy(copy, whole, sizeof whole);
            copy[i] ^= (char)(1 << bit);
            const slt_status status = slt_signature_check_text("it", copy, size, hello,
                                                               HELLO, public, NULL, &err);
            held += status == SLT_OK;
            other += status != SLT_OK && status != SLT_DIFFERS;
        }
    TAP_EQ_U64(held, 0, "no bit can be changed");
    TAP_EQ_U64(other, 0, "each change says differs");
    for (size_t cut = 0; cut < size - 1; cut++)
        same_bits += slt_signature_check_text("it", whole, cut, hello, HELLO, public,
                                              NULL, &err) != SLT_DIFFERS;
    TAP_EQ_U64(same_bits, 0, "nor can any end be cut off");
    char longer[sizeof whole + 1];
    snprintf(longer, sizeof longer, "%sx", whole);
    TAP_OK(check(longer, public, NULL) == SLT_DIFFERS, "nor added");
}

static void test_files(const slt_public_key *public)
{
    char beside[80];
    snprintf(beside, sizeof beside, "%s.minisig", path);
    slt_signature s;
    unlink(beside);
    TAP_OK(slt_signature_check(path, hello, HELLO, public, &s, &err) == SLT_DIFFERS &&
               strstr(err.text, "unsigned: there is no"),
           "no signature: %s", err.text);
    slt_io_replace(beside, "", 0, &err);
    TAP_OK(slt_signature_check(path, hello, HELLO, public, &s, &err) == SLT_DIFFERS &&
               strstr(err.text, "forged: not a signature"),
           "an empty one: %s", err.text);
    static const char whole[] = FILE_OF(SIGNED_SELF, "a trusted comment", SIGNED_GLOBAL);
    slt_io_replace(beside, whole, strlen(whole), &err);
    TAP_OK(!slt_signature_check(path, hello, HELLO, public, &s, &err), "one that holds");
    unlink(beside);
    mkdir(beside, 0700);
    TAP_OK(slt_signature_check(path, hello, HELLO, public, &s, &err) == SLT_FILE,
           "a folder in its place: %s", err.text);
    rmdir(beside);
}

int main(void)
{
    slt_public_key public;
    slt_secret_key key;
    if (!mkdtemp(folder))
        return 2;
    snprintf(path, sizeof path, "%s/file", folder);
    test_public(&public);
    test_secret(&public, &key);
    test_signing(&public, &key);
    test_checking(&public);
    test_forging(&public);
    test_files(&public);
    unlink(path);
    rmdir(folder);
    return tap_done();
}
