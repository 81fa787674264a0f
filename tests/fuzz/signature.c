/* Signatures of minisign: none holds but the two that the key made, whatever stands
 * around them that nobody signs. */
#include "fuzz.h"
#include "signed_sample.h"

#include <sltrace/signature.h>

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "untrusted comment: by minisign\n" SIGNED_SELF
        "\ntrusted comment: a trusted comment\n" SIGNED_GLOBAL "\n",
        "x\n" SIGNED_LEGACY "\ntrusted comment: legacy\n" SIGNED_LEGACY_GLOBAL "\n",
        "\r\n" SIGNED_SELF "\r\ntrusted comment: a trusted comment\r\n" SIGNED_GLOBAL,
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

/* The lines behind the first, with one kind of line end. */
static void lines_of(const uint8_t *bytes, size_t size, slt_buffer *lines)
{
    const uint8_t *at = size ? memchr(bytes, '\n', size) : NULL;
    for (at = at ? at + 1 : bytes + size; at < bytes + size; at++)
        if (*at != '\r' || (at + 1 < bytes + size && at[1] != '\n'))
            slt_buffer_byte(lines, *at);
    if (lines->size && lines->data[lines->size - 1] != '\n')
        slt_buffer_byte(lines, '\n');
}

static slt_status read_this(const uint8_t *bytes, size_t size, slt_signature *signature,
                            slt_error *err)
{
    slt_public_key key;
    if (slt_public_key_read(SIGNED_KEY, &key, err))
        tap_bail(err->text);
    return slt_signature_check_text("x", size ? (const char *)bytes : "", size, "hello\n",
                                    6, &key, signature, err);
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_signature signature;
    slt_error err = {0};
    const slt_status status = read_this(bytes, size, &signature, &err);
    slt_buffer_printf(said, "%s", status ? err.text : signature.comment);
    return status;
}

static bool check(const uint8_t *bytes, size_t size)
{
    static const struct {
        const char *lines, *comment;
    } own[] = {{SIGNED_SELF "\ntrusted comment: a trusted comment\n" SIGNED_GLOBAL "\n",
                "a trusted comment"},
               {SIGNED_LEGACY "\ntrusted comment: legacy\n" SIGNED_LEGACY_GLOBAL "\n",
                "legacy"}};
    slt_signature signature;
    slt_error err = {0};
    const slt_status status = read_this(bytes, size, &signature, &err);
    if (status) {
        FUZZ_REQUIRE(status == SLT_DIFFERS && !strncmp(err.text, "x: ", 3), "%s",
                     err.text);
        return false;
    }
    slt_buffer lines = {0};
    lines_of(bytes, size, &lines);
    const int which = strcmp(slt_buffer_text(&lines), own[0].lines) != 0;
    FUZZ_REQUIRE(!strcmp(slt_buffer_text(&lines), own[which].lines),
                 "another signature holds");
    FUZZ_REQUIRE(!strcmp(signature.comment, own[which].comment), "another comment");
    slt_buffer_free(&lines);
    return true;
}

static const fuzz_target fuzz_this = {.name = "signature",
                                      .mutants = 20000,
                                      .seeds = 3,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
