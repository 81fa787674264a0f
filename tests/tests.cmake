# Every tests/KIND/NAME.c becomes the TAP program build/tests/KIND-NAME.t, linked with the
# library's objects so that it can reach internal functions; `prove -e '' build/tests` runs
# them all.  Files tests/*.h are shared by tests.
set(SLT_TEST_DIR ${PROJECT_BINARY_DIR}/tests)
set(SLT_TEST_KINDS unit kat variants property golden fault fuzz)
if(SLT_TESTS_ONLY)
    set(SLT_TEST_KINDS ${SLT_TESTS_ONLY})
endif()
# Without floats (SLT_FLOAT=OFF): those of fixed point, of scalars, and of what lies under
# them; the others run networks in f32 and f64.
if(NOT SLT_FLOAT)
    set(SLT_TESTS_LEFT "/(fixed[a-z_]*|[a-z]+_fixed|scalar|tensor|linalg|pool|cpu|doctor|text|philox)\\.c$")
    list(REMOVE_ITEM SLT_TEST_KINDS fault)
endif()
foreach(kind ${SLT_TEST_KINDS})
    file(GLOB kind_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${kind}/*.c)
    if(NOT SLT_FLOAT)
        list(FILTER kind_sources INCLUDE REGEX "${SLT_TESTS_LEFT}")
    endif()
    foreach(source ${kind_sources})
        get_filename_component(name ${source} NAME_WE)
        set(target test-${kind}-${name})
        add_executable(${target} ${source})
        target_link_libraries(${target} PRIVATE slt_objects)
        target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
        target_compile_definitions(${target} PRIVATE
            SLT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        set_target_properties(${target} PROPERTIES OUTPUT_NAME ${kind}-${name}.t
            RUNTIME_OUTPUT_DIRECTORY ${SLT_TEST_DIR})
    endforeach()
endforeach()

# OpenBLAS is a second opinion on products, in this test only.
if(TARGET test-variants-openblas)
    pkg_check_modules(OPENBLAS IMPORTED_TARGET openblas)
    if(OPENBLAS_FOUND)
        target_link_libraries(test-variants-openblas PRIVATE PkgConfig::OPENBLAS)
        target_compile_definitions(test-variants-openblas PRIVATE SLT_HAVE_OPENBLAS)
    endif()
endif()

# LAPACK is a second opinion on least squares and singular values, in this test only.
if(TARGET test-unit-linalg)
    pkg_check_modules(LAPACKE IMPORTED_TARGET lapacke)
    if(LAPACKE_FOUND)
        target_link_libraries(test-unit-linalg PRIVATE PkgConfig::LAPACKE)
        target_compile_definitions(test-unit-linalg PRIVATE SLT_HAVE_LAPACKE)
    endif()
endif()

# Builds with one thing made wrong, which a test must notice.
if("fault" IN_LIST SLT_TEST_KINDS)
    file(GLOB fault_scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fault/*.cmake)
    foreach(script ${fault_scripts})
        include(${script})
    endforeach()
endif()
