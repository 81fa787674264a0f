/* Rows of the schema for what a figure measures and counts over runs. */
#ifndef SLT_MANIFEST_SCHEMA_FIGURE_H
#define SLT_MANIFEST_SCHEMA_FIGURE_H

#include "manifest/schema.h"

/* Items of figure.measures (a map of names), transitions, checkpoints, points,
 * histograms, curves, chains, statistics, clusters, bootstrap, references and
 * comparisons. */
extern const slt_schema slt_schema_measure;
extern const slt_schema slt_schema_transitions;
extern const slt_schema slt_schema_checkpoints;
extern const slt_schema slt_schema_points;
extern const slt_schema slt_schema_histogram;
extern const slt_schema slt_schema_curve;
extern const slt_schema slt_schema_chains;
extern const slt_schema slt_schema_statistic;
extern const slt_schema slt_schema_cluster;
extern const slt_schema slt_schema_bootstrap;
extern const slt_schema slt_schema_reference;
extern const slt_schema slt_schema_comparison;

#endif
