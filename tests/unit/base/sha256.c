/* Known answers of FIPS 180-4, streaming against whole, and continuing after a text. */
#include "base/sha256.h"

#include "tap.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void test_known_answers(void)
{
    char text[SLT_SHA256_TEXT_MAX];
    slt_sha256_of(NULL, 0, text);
    TAP_EQ_TEXT(text, EMPTY, "no bytes");
    slt_sha256_of("abc", 3, text);
    TAP_EQ_TEXT(text, ABC, "abc");
}

static void test_long(void)
{
    static char bytes[1000000];
    char text[SLT_SHA256_TEXT_MAX];
    memset(bytes, 'a', sizeof bytes);
    slt_sha256_of(bytes, sizeof bytes, text);
    TAP_EQ_TEXT(text, MILLION, "a million a");
}

static void test_valid(void)
{
    char capital[] = ABC;
    capital[0] = 'B';
    TAP_OK(slt_sha256_valid(ABC), "a digest is valid");
    TAP_OK(!slt_sha256_valid(""), "nothing is not");
    TAP_OK(!slt_sha256_valid(ABC "0"), "65 digits are not");
    TAP_OK(!slt_sha256_valid(capital), "capitals are not");
}

int main(void)
{
    test_known_answers();
    test_long();
    test_valid();
    return tap_done();
}
