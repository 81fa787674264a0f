# Workers of tools/bench/bench: -DSLT_BENCH=ON.  Ours is the library's own objects; the
# functions that write traces are wrapped to be timed (worker_share.c).  OpenBLAS, where
# it is installed, is the rival in products.
file(GLOB SLT_BENCH_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/bench/worker*.c)
list(FILTER SLT_BENCH_SOURCES EXCLUDE REGEX worker_blas)
add_executable(bench-worker ${SLT_BENCH_SOURCES})
target_link_libraries(bench-worker PRIVATE slt_objects)
target_compile_definitions(bench-worker PRIVATE
    BENCH_COMPILER="${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION} ${SLT_FLAGS_TEXT}")
foreach(name trace_write_header trace_write_checkpoint trace_write_chain trace_write_table
        trace_write_end execution_note run_files_open run_files_append run_files_snapshot
        run_files_finish train_metrics)
    target_link_options(bench-worker PRIVATE -Wl,--wrap=slt_${name})
endforeach()

pkg_check_modules(OPENBLAS IMPORTED_TARGET openblas)
if(OPENBLAS_FOUND)
    add_executable(bench-blas ${PROJECT_SOURCE_DIR}/tools/bench/worker_blas.c)
    target_link_libraries(bench-blas PRIVATE slt_flags PkgConfig::OPENBLAS)
endif()
