/* The heat maps of a calibration. */
#ifndef SLT_REPORT_PICTURE_SVG_CALIBRATE_H
#define SLT_REPORT_PICTURE_SVG_CALIBRATE_H

#include "audit/calibrate.h"

/* Writes the picture of each grid to its path, as SVG. */
slt_status slt_svg_calibrate(const slt_calibration *found, slt_error *err);

#endif
