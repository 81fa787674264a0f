# Every src/num/kernels/*.c is one body, compiled once per instruction set and type:
# SLT_VARIANT (scalar, neon, avx2, avx512) names the copy, SLT_TYPE_F32 or SLT_TYPE_F64 is
# defined, and kernels.h turns SLT_KERNEL(name) into slt_<name>_<type>_<variant>.
# Vectorisation comes from the compiler: the bodies say `#pragma omp simd`.
set(SLT_VARIANTS scalar)
set(scalar_flags -O2 -fno-tree-vectorize)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(APPEND SLT_VARIANTS avx2 avx512)
    set(scalar_flags ${scalar_flags} -mfma)
    set(avx2_flags -O3 -fopenmp-simd -mavx2 -mfma)
    set(avx512_flags -O3 -fopenmp-simd -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl
        -mprefer-vector-width=512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    list(APPEND SLT_VARIANTS neon)
    set(neon_flags -O3 -fopenmp-simd)
endif()

file(GLOB SLT_KERNEL_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/num/kernels/*.c)
if(NOT SLT_KERNEL_SOURCES)
    return()
endif()
foreach(variant ${SLT_VARIANTS})
    string(TOUPPER ${variant} VARIANT)
    target_compile_definitions(slt_objects PRIVATE SLT_HAVE_${VARIANT})
    foreach(type f32 f64)
        string(TOUPPER ${type} TYPE)
        set(kernels slt_kernels_${type}_${variant})
        add_library(${kernels} OBJECT ${SLT_KERNEL_SOURCES})
        target_link_libraries(${kernels} PRIVATE slt_flags slt_sleef)
        target_compile_options(${kernels} PRIVATE ${${variant}_flags})
        target_compile_definitions(${kernels} PRIVATE SLT_VARIANT=${variant}
            SLT_VARIANT_${VARIANT} SLT_TYPE=${type} SLT_TYPE_${TYPE})
        target_sources(slt_objects INTERFACE $<TARGET_OBJECTS:${kernels}>)
    endforeach()
endforeach()
