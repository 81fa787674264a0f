/* The colours of all pictures: of series, of what stands beside them, and of maps. */
#ifndef SLT_REPORT_PICTURE_COLOURS_H
#define SLT_REPORT_PICTURE_COLOURS_H

/* Series: contrast on white of at least 3, and neighbours that differ clearly in grey. */
#define SLT_COLOUR_BLUE "#0e4c92"
#define SLT_COLOUR_ORANGE "#d97706"
#define SLT_COLOUR_BLACK "#000000"
#define SLT_COLOUR_PINK "#be185d"
#define SLT_COLOUR_GREEN "#059669"
#define SLT_COLOUR_VIOLET "#7c3aed"

/* What accompanies the data; its contrast on white is 7. */
#define SLT_COLOUR_GREY "#595959"
#define SLT_COLOUR_GRID "#dddddd"
#define SLT_COLOUR_PAPER "#ffffff"

/* Maps: from light to dark in equal parts, and for differences to either side of 0. */
#define SLT_COLOUR_LIGHT "#e8f0fa"
#define SLT_COLOUR_MIDDLE "#4a90c8"
#define SLT_COLOUR_DARK "#0b2545"
#define SLT_COLOUR_BELOW "#e6853a"
#define SLT_COLOUR_FAR_BELOW "#7f2704"
#define SLT_COLOUR_ZERO "#f7f7f7"

/* gnuplot's commands of these maps. */
#define SLT_PALETTE                                                                      \
    "set palette defined (0 '" SLT_COLOUR_LIGHT "', 1 '" SLT_COLOUR_MIDDLE               \
    "', 2 '" SLT_COLOUR_DARK "')\n"
#define SLT_PALETTE_OF_DIFFERENCES                                                       \
    "set palette defined (-2 '" SLT_COLOUR_FAR_BELOW "', -1 '" SLT_COLOUR_BELOW          \
    "', 0 '" SLT_COLOUR_ZERO "', 1 '" SLT_COLOUR_MIDDLE "', 2 '" SLT_COLOUR_DARK "')\n"

#endif
