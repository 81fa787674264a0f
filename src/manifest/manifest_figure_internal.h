/* What the files that check `figure` share. */
#ifndef SLT_MANIFEST_MANIFEST_FIGURE_INTERNAL_H
#define SLT_MANIFEST_MANIFEST_FIGURE_INTERNAL_H

#include "manifest/figure_names.h"
#include "manifest/manifest_internal.h"

typedef struct slt_figure_check {
    const slt_manifest *manifest;
    const slt_schema_walk *walk;
    const slt_value *figure;
    /* The sweep's axes; "" instead of one whose values are not numbers. */
    const char *axes[SLT_GOLDEN_AXES_MAX];
} slt_figure_check;

/* Checks an expression that may use the first `measures` measures; adds to *found. */
slt_status slt_figure_check_expression(const slt_figure_check *check,
                                       const slt_schema_path *path,
                                       const slt_value *expression, size_t measures,
                                       slt_figure_expression *found);
/* Checks an expression at a checkpoint, over all measures, axes and `step`. */
slt_status slt_figure_check_along(const slt_figure_check *check,
                                  const slt_schema_path *path,
                                  const slt_value *expression);
/* Checks that the name of a measure or result (NULL if there is none) can be a column of
 * a golden. */
slt_status slt_figure_check_result(const slt_figure_check *check,
                                   const slt_schema_path *path, const slt_value *name);
/* Checks that every axis in the map's `where` and `less`, if it has them, takes the value
 * named. */
slt_status slt_figure_check_where(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *map);
/* Checks that no two items of a list (NULL if there is none) have the same text under
 * key; path: of the list. */
slt_status slt_figure_check_names(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *list,
                                  const char *key);

slt_status slt_manifest_check_measures(const slt_figure_check *check);
/* Points, histograms, curves, chains, statistics, clusters. */
slt_status slt_manifest_check_lists(const slt_figure_check *check);
/* Fits and bootstraps. */
slt_status slt_manifest_check_fits(const slt_figure_check *check);
slt_status slt_manifest_check_references(const slt_figure_check *check);
/* Panels, and theory. */
slt_status slt_manifest_check_panels(const slt_figure_check *check);

#endif
