# Every tests/KIND/NAME.c becomes the TAP program build/tests/KIND-NAME.t, linked with the
# library's objects so that it can reach internal functions; tests/unit/ROOM/FILE.c, which
# tests src/ROOM/FILE.c, becomes unit-ROOM-FILE.t.  Files tests/*.h are shared by tests.
# `ctest -N` lists what prove runs, by name, with its kind for a label; prove judges there too.
set(SLT_TEST_DIR ${PROJECT_BINARY_DIR}/tests)
set(SLT_TEST_KINDS unit kat variants property golden fault fuzz)
if(SLT_TESTS_ONLY)
    set(SLT_TEST_KINDS ${SLT_TESTS_ONLY})
endif()
# Without floats (SLT_FLOAT=OFF): those of fixed point, of scalars, and of what lies under
# them; the others run networks in f32 and f64.
if(NOT SLT_FLOAT)
    set(SLT_TESTS_LEFT "/(fixed[a-z_]*|[a-z]+_fixed|scalar|tensor|linalg|pool|cpu|doctor|real|philox)\\.c$|/unit/num/fixed/")
    list(REMOVE_ITEM SLT_TEST_KINDS fault)
endif()
# Some 350 programs with the library in each: half of the time of linking them goes where
# lld or gold is at hand.  (Foreign CPUs keep their compiler's.)
set(SLT_TEST_LINKER "")
if(NOT CMAKE_CROSSCOMPILING AND NOT SLT_SHARED)
    include(CheckLinkerFlag)
    check_linker_flag(C -fuse-ld=lld SLT_HAS_LLD)
    check_linker_flag(C -fuse-ld=gold SLT_HAS_GOLD)
    if(SLT_HAS_LLD)
        set(SLT_TEST_LINKER -fuse-ld=lld)
    elseif(SLT_HAS_GOLD)
        set(SLT_TEST_LINKER -fuse-ld=gold)
    endif()
endif()
function(slt_list_test kind name command)
    add_test(NAME ${kind}-${name} COMMAND prove --verbose --exec "" ${command}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${kind}-${name} PROPERTIES LABELS ${kind} ENVIRONMENT
        "SLTRACE=${PROJECT_BINARY_DIR}/sltrace;SLT_BUILD=${PROJECT_BINARY_DIR}")
endfunction()
foreach(kind ${SLT_TEST_KINDS})
    set(kind_folder ${PROJECT_SOURCE_DIR}/tests/${kind})
    file(GLOB_RECURSE kind_sources CONFIGURE_DEPENDS ${kind_folder}/*.c)
    list(FILTER kind_sources EXCLUDE REGEX "/(fault/inject|fuzz/borders)/")
    if(NOT SLT_FLOAT)
        list(FILTER kind_sources INCLUDE REGEX "${SLT_TESTS_LEFT}")
    endif()
    foreach(source ${kind_sources})
        file(RELATIVE_PATH name ${kind_folder} ${source})
        string(REGEX REPLACE "\\.c$" "" name ${name})
        string(REPLACE "/" "-" name ${name})
        set(target test-${kind}-${name})
        add_executable(${target} ${source})
        target_link_libraries(${target} PRIVATE ${SLT_TEST_LIBRARIES})
        target_link_options(${target} PRIVATE ${SLT_TEST_LINKER})
        target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
        target_compile_definitions(${target} PRIVATE
            SLT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        # A unit's test spends its time in the library: compiled in half of the time.
        if(kind STREQUAL unit)
            target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
        endif()
        set_target_properties(${target} PROPERTIES OUTPUT_NAME ${kind}-${name}.t
            RUNTIME_OUTPUT_DIRECTORY ${SLT_TEST_DIR})
        slt_list_test(${kind} ${name} $<TARGET_FILE:${target}>)
    endforeach()
endforeach()
# Scripts, tests/KIND/NAME.t, are KIND-NAME to ctest.
foreach(kind tidy mutate fuzz kat cli fault golden second peer package docs)
    file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${kind}/*.t)
    foreach(script ${scripts})
        get_filename_component(name ${script} NAME_WE)
        slt_list_test(${kind} ${name} ${script})
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
if(TARGET test-unit-num-linalg)
    pkg_check_modules(LAPACKE IMPORTED_TARGET lapacke)
    if(LAPACKE_FOUND)
        target_link_libraries(test-unit-num-linalg PRIVATE PkgConfig::LAPACKE)
        target_compile_definitions(test-unit-num-linalg PRIVATE SLT_HAVE_LAPACKE)
    endif()
endif()

# Builds with one thing made wrong, which a test must notice.
if("fault" IN_LIST SLT_TEST_KINDS)
    file(GLOB fault_scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fault/*.cmake)
    foreach(script ${fault_scripts})
        include(${script})
    endforeach()
    include(${PROJECT_SOURCE_DIR}/tests/simulate/simulate.cmake)
endif()

# Programs of tests that have been moved or removed.
file(GLOB programs ${SLT_TEST_DIR}/*.t)
foreach(program ${programs})
    get_filename_component(name ${program} NAME_WE)
    if(NOT TARGET test-${name})
        file(REMOVE ${program})
    endif()
endforeach()

# What tests/second/readers.t holds against Python's readers.
if(NOT SLT_TESTS_ONLY)
    add_executable(test-readers ${PROJECT_SOURCE_DIR}/tests/second/readers.c)
    target_link_libraries(test-readers PRIVATE ${SLT_TEST_LIBRARIES})
    set_target_properties(test-readers PROPERTIES OUTPUT_NAME readers
        RUNTIME_OUTPUT_DIRECTORY ${SLT_TEST_DIR})
    # What the second implementation calls, where it is there.
    add_library(test-chains MODULE ${PROJECT_SOURCE_DIR}/tests/second/chains.c)
    target_link_libraries(test-chains PRIVATE slt_flags m)
    set_target_properties(test-chains PROPERTIES OUTPUT_NAME chains PREFIX ""
        LIBRARY_OUTPUT_DIRECTORY ${SLT_TEST_DIR} C_VISIBILITY_PRESET default)
endif()
