# Every src/num/float/kernels/*.c is one body, compiled once per instruction set and type:
# SLT_VARIANT (scalar, neon, avx2, avx512) names the copy, SLT_TYPE_F32 or SLT_TYPE_F64 is
# defined, and body.h turns SLT_KERNEL(name) into slt_<name>_<type>_<variant>.  Loops are
# vectorised by the compiler (SLT_SIMD), products by hand on top of vector.h.
foreach(variant ${SLT_VARIANTS})
    set(${variant}_flags ${vector_flags} ${${variant}_isa})
endforeach()
set(scalar_flags -fno-tree-vectorize)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(APPEND scalar_flags -mfma)
endif()

file(GLOB SLT_FLOAT_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/num/float/*.c)
target_sources(slt_objects PRIVATE ${SLT_FLOAT_SOURCES})
target_link_libraries(slt_objects PUBLIC slt_sleef)
# Beside the kernels these are the units with hardware fma; they ask for it before they run.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    set_source_files_properties(src/num/float/abreast.c src/num/float/ball.c
        src/num/float/dominant.c src/num/float/eigenvalues.c src/num/float/lasso.c
        src/num/float/least_norm.c src/num/float/svd.c PROPERTIES COMPILE_OPTIONS -mfma)
endif()

file(GLOB SLT_KERNEL_SOURCES CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/src/num/float/kernels/*.c)
set(unwatched) # no kernel reads what is fuzzed, but it writes memory
if(SLT_FUZZ AND NOT SLT_FUZZ_BORDERS)
    set(unwatched -fno-sanitize=all)
endif()
foreach(variant ${SLT_VARIANTS})
    string(TOUPPER ${variant} VARIANT)
    foreach(type f32 f64)
        string(TOUPPER ${type} TYPE)
        set(kernels slt_kernels_${type}_${variant})
        add_library(${kernels} OBJECT ${SLT_KERNEL_SOURCES})
        target_link_libraries(${kernels} PRIVATE slt_flags slt_sleef)
        target_compile_options(${kernels} PRIVATE ${${variant}_flags}
            ${unwatched} ${SLT_KERNEL_CFLAGS})
        target_compile_definitions(${kernels} PRIVATE SLT_VARIANT=${variant}
            SLT_VARIANT_${VARIANT} SLT_TYPE=${type} SLT_TYPE_${TYPE})
        target_sources(slt_objects INTERFACE $<TARGET_OBJECTS:${kernels}>)
    endforeach()
endforeach()
