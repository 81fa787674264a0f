# Bench programs: -DSLT_BENCH=ON.  They need OpenBLAS, the speed to beat.
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
file(GLOB SLT_BENCH_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/bench/bench-*.c)
foreach(source ${SLT_BENCH_SOURCES})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE slt_objects PkgConfig::OPENBLAS)
endforeach()
