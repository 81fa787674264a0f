# SLT_FUZZ (preset fuzz): each target of tests/fuzz becomes a program of libFuzzer,
# BUILD/fuzz/NAME. Needs clang.
add_custom_target(fuzz)

# What the memory sanitizer must be told of libraries stands before their functions.
set(fuzz_borders "")
if(SLT_FUZZ_BORDERS)
    set(borders ${CMAKE_CURRENT_LIST_DIR}/borders/memory.c)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${borders})
    add_library(fuzz-borders OBJECT EXCLUDE_FROM_ALL ${borders})
    target_link_libraries(fuzz-borders PRIVATE slt_flags PkgConfig::YAML PkgConfig::JANSSON
        PkgConfig::SODIUM PkgConfig::XXHASH)
    file(STRINGS ${borders} lines REGEX "^BORDER\\(")
    set(fuzz_borders $<TARGET_OBJECTS:fuzz-borders>)
    foreach(line ${lines})
        string(REGEX REPLACE "^BORDER\\([^,]*, ([A-Za-z0-9_]*),.*" "\\1" name "${line}")
        list(APPEND fuzz_borders -Wl,--wrap=${name})
    endforeach()
endif()

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.c)
foreach(source ${fuzz_sources})
    file(STRINGS ${source} is_target REGEX "^FUZZ_MAIN")
    if(NOT is_target)
        continue()
    endif()
    get_filename_component(name ${source} NAME_WE)
    add_executable(fuzz-${name} EXCLUDE_FROM_ALL ${source})
    add_dependencies(fuzz fuzz-${name})
    target_link_libraries(fuzz-${name} PRIVATE ${SLT_TEST_LIBRARIES} ${fuzz_borders})
    target_include_directories(fuzz-${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(fuzz-${name} PRIVATE SLT_FUZZ
        $<$<BOOL:${SLT_FUZZ_SPARSE}>:SLT_FUZZ_SPARSE=${SLT_FUZZ_SPARSE}>)
    target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz-${name} PROPERTIES OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endforeach()
