#include "manifest/suggest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 40

slt_suggestion slt_suggestion_for(const char *wanted)
{
    /* Near: up to a third of the letters wrong; but two from four letters on, else
     * one. */
    size_t length = strlen(wanted);
    size_t near = length < 4 ? 1 : length / 3 > 2 ? length / 3 : 2;
    return (slt_suggestion){.wanted = wanted, .distance = near + 1};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int folded(char letter)
{
    return letter == '-' ? '_' : letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
}

/* The number of insertions, deletions, substitutions and swaps of neighbours (optimal
 * string alignment); upper and lower case are equal, and so are - and _. */
static size_t suggest_distance(const char *a, size_t a_length, const char *b,
                               size_t b_length)
{
    size_t rows[3][WORD_MAX + 1];
    if (a_length > WORD_MAX || b_length > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3],
               *higher = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            int x = folded(a[i - 1]), y = folded(b[j - 1]);
            row[j] = least(above[j - 1] + (x != y), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && y == folded(a[i - 2]))
                row[j] = least(row[j], higher[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

/* One of word and why is NULL. */
static void offer_spelling(slt_suggestion *suggestion, const char *spelling,
                           size_t length, const char *word, const char *why)
{
    size_t away = suggest_distance(suggestion->wanted, strlen(suggestion->wanted),
                                   spelling, length);
    if (away < suggestion->distance && away < length) {
        suggestion->distance = away;
        suggestion->best = word;
        suggestion->why = why;
    }
}

static void offer_spellings(slt_suggestion *suggestion, const char *spellings,
                            const char *word, const char *why)
{
    while (spellings) {
        const size_t length = strcspn(spellings, "|");
        offer_spelling(suggestion, spellings, length, word, why);
        spellings = spellings[length] ? spellings + length + 1 : NULL;
    }
}

void slt_suggestion_offer(slt_suggestion *suggestion, const char *word, const char *also)
{
    offer_spelling(suggestion, word, strlen(word), word, NULL);
    offer_spellings(suggestion, also, word, NULL);
}

void slt_suggestion_refuse(slt_suggestion *suggestion, const char *words, const char *why)
{
    offer_spellings(suggestion, words, NULL, why);
}
