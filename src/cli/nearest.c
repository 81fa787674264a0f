#include "cli/cli.h"

#include <string.h>

enum { WORD_MAX = 48 };

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, changes and swaps of neighbours. */
static size_t nearest_distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1];
    size_t width = strlen(b);
    for (size_t j = 0; j <= width; j++)
        rows[0][j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t *now = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= width; j++) {
            now[j] = least_of(above[j - 1] + (a[i - 1] != b[j - 1]),
                              1 + least_of(above[j], now[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least_of(now[j], two[j - 2] + 1);
        }
    }
    return rows[strlen(a) % 3][width];
}

const char *cli_nearest(const char *word, const void *table, size_t count,
                        cli_name_at name_at)
{
    const char *best = NULL;
    size_t best_distance = 1 + (strlen(word) + 1) / 3;
    if (strlen(word) > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const char *name = name_at(table, i);
        if (strlen(name) > WORD_MAX)
            continue;
        size_t away = nearest_distance(word, name);
        if (away < best_distance) {
            best_distance = away;
            best = name;
        }
    }
    return best;
}
