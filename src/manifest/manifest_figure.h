/* What the files that check `figure` share. */
#ifndef SLT_MANIFEST_MANIFEST_FIGURE_H
#define SLT_MANIFEST_MANIFEST_FIGURE_H

#include "manifest/figure_names.h"
#include "manifest/manifest_internal.h"

typedef struct slt_figure_check {
    const slt_manifest *manifest;
    const slt_schema_walk *walk;
    const slt_value *figure;
    /* The sweep's axes; "" in place of one whose values are no numbers. */
    const char *axes[SLT_GOLDEN_AXES_MAX];
} slt_figure_check;

/* An expression that may use the first `measures` measures; adds to *found. */
slt_status slt_figure_check_expression(const slt_figure_check *check,
                                       const slt_schema_path *path,
                                       const slt_value *expression, size_t measures,
                                       slt_figure_expression *found);
/* The name of a measure or result (NULL: none), as a golden's columns can have it. */
slt_status slt_figure_check_result(const slt_figure_check *check,
                                   const slt_schema_path *path, const slt_value *name);
/* That every axis of `where` (inside map, which may lack it) has the value named. */
slt_status slt_figure_check_where(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *map);
/* That no two items of a list (NULL: none) have one text under key; path: of the list. */
slt_status slt_figure_check_names(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *list,
                                  const char *key);

slt_status slt_manifest_check_measures(const slt_figure_check *check);
/* Points, histograms, curves, statistics, clusters. */
slt_status slt_manifest_check_lists(const slt_figure_check *check);
/* Fits and bootstraps. */
slt_status slt_manifest_check_fits(const slt_figure_check *check);
/* Panels, and theory. */
slt_status slt_manifest_check_panels(const slt_figure_check *check);

#endif
