# Fixed point is object libraries of its own, so that any flags can be tried on it alone:
# src/num/fixed/*.c once, and every src/num/fixed/kernels/*.c once per instruction set, with
# SLT_VARIANT (scalar, neon, avx2, avx512) and SLT_VARIANT_<VARIANT> as for floats.
# Where the compiler can, what is not written in vectors is kept out of their registers.
check_c_compiler_flag(-mgeneral-regs-only SLT_GENERAL_REGS_ONLY)
if(SLT_GENERAL_REGS_ONLY)
    set(SLT_FIXED_PORTABLE -mgeneral-regs-only)
endif()

# The last flags come by a library that is linked last: a target's own options would stand
# before those of its libraries.  SHELL: keeps options that occurred before.
add_library(slt_fixed_last INTERFACE)
if(SLT_FIXED_CFLAGS)
    list(JOIN SLT_FIXED_CFLAGS " " last)
    target_compile_options(slt_fixed_last INTERFACE "SHELL:${last}")
endif()

function(slt_add_fixed target)
    cmake_parse_arguments(PARSE_ARGV 1 fixed "" "" "SOURCES;OPTIONS;DEFINITIONS")
    add_library(${target} OBJECT ${fixed_SOURCES})
    target_compile_options(${target} PRIVATE ${fixed_OPTIONS})
    target_compile_definitions(${target} PRIVATE SLT_INTEGERS_ALONE
        ${fixed_DEFINITIONS})
    target_link_libraries(${target} PRIVATE slt_flags PkgConfig::XXHASH slt_fixed_last)
    target_sources(slt_objects INTERFACE $<TARGET_OBJECTS:${target}>)
endfunction()

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/num/fixed/*.c)
slt_add_fixed(slt_fixed SOURCES ${sources} OPTIONS ${SLT_FIXED_PORTABLE})

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/num/fixed/kernels/*.c)
if(sources)
    foreach(variant ${SLT_VARIANTS})
        string(TOUPPER ${variant} VARIANT)
        set(options ${vector_flags} ${${variant}_isa})
        if(variant STREQUAL scalar)
            set(options ${SLT_FIXED_PORTABLE})
        endif()
        slt_add_fixed(slt_kernels_fixed_${variant} SOURCES ${sources} OPTIONS ${options}
            DEFINITIONS SLT_VARIANT=${variant} SLT_VARIANT_${VARIANT})
    endforeach()
endif()
