# Instruction sets that kernels come in: SLT_VARIANTS lists this target's, <variant>_isa
# holds what turns each on.  Where there are kernels of a variant, SLT_HAVE_<VARIANT> is
# defined for the table of kernels.
set(SLT_VARIANTS scalar)
set(scalar_isa)
# A Debug build keeps its -O0 in the kernels too: levels must not change a bit.
set(vector_flags $<$<NOT:$<CONFIG:Debug>>:-O3> -fopenmp-simd)
if(SLT_SCALAR) # no others
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    list(APPEND SLT_VARIANTS avx2 avx512)
    set(avx2_isa -mavx2 -mfma)
    set(avx512_isa -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl
        -mprefer-vector-width=512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    list(APPEND SLT_VARIANTS neon)
    set(neon_isa)
endif()
if(SLT_ISA) # and the definition
    list(FILTER SLT_VARIANTS INCLUDE REGEX "^(scalar|${SLT_ISA})$")
endif()
foreach(variant ${SLT_VARIANTS})
    string(TOUPPER ${variant} VARIANT)
    target_compile_definitions(slt_objects PRIVATE SLT_HAVE_${VARIANT})
endforeach()
