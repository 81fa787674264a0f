#!/bin/bash
# What conda-build runs: SLEEF as an archive into a folder of sltrace's own, then sltrace
# with it into PREFIX.
set -euo pipefail

own=$PREFIX/lib/sltrace/sleef
# shellcheck disable=SC2086
cmake ${CMAKE_ARGS-} -S "$SRC_DIR/sleef" -B "$SRC_DIR/sleef-build" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTS=OFF -DBUILD_DFT=OFF -DBUILD_GNUABI_LIBS=OFF \
    -DCMAKE_INSTALL_PREFIX="$own" -DCMAKE_INSTALL_LIBDIR=lib
cmake --build "$SRC_DIR/sleef-build" --target install -j "${CPU_COUNT-1}"

# shellcheck disable=SC2086
PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH} \
    cmake ${CMAKE_ARGS-} -S "$SRC_DIR" -B "$SRC_DIR/sltrace-build" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DSLT_TESTS=OFF -DSLT_SLEEF_ROOT="$own" \
    -DCMAKE_PREFIX_PATH="$PREFIX" -DCMAKE_INSTALL_PREFIX="$PREFIX" \
    -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_RPATH="\$ORIGIN/../lib"
cmake --build "$SRC_DIR/sltrace-build" --target install -j "${CPU_COUNT-1}"
