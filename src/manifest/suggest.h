/* The nearest known word to a misspelt one. */
#ifndef SLT_MANIFEST_SUGGEST_H
#define SLT_MANIFEST_SUGGEST_H

#include <stddef.h>

/* Keeps the best of the words offered.  `also`: other spellings "a|b" of the same word,
 * or NULL. */
typedef struct slt_suggestion {
    const char *wanted;
    const char *best; /* NULL if none is near so far */
    const char *why;  /* instead of best: what is said of a word that is none */
    size_t distance;
} slt_suggestion;

slt_suggestion slt_suggestion_for(const char *wanted);
void slt_suggestion_offer(slt_suggestion *suggestion, const char *word, const char *also);
/* Words "a|b" that are none, and why. */
void slt_suggestion_refuse(slt_suggestion *suggestion, const char *words,
                           const char *why);

#endif
