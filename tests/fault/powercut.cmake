# The library that test-fault-powercut preloads.
add_library(slt-powercut MODULE ${PROJECT_SOURCE_DIR}/tests/fault/preload/powercut.c)
target_compile_definitions(slt-powercut PRIVATE _GNU_SOURCE)
target_link_libraries(slt-powercut PRIVATE Threads::Threads)
set_target_properties(slt-powercut PROPERTIES C_VISIBILITY_PRESET default
    LIBRARY_OUTPUT_DIRECTORY ${SLT_TEST_DIR} PREFIX "")
target_compile_definitions(test-fault-powercut PRIVATE
    SLT_POWERCUT="$<TARGET_FILE:slt-powercut>")
target_include_directories(test-fault-powercut PRIVATE
    ${PROJECT_SOURCE_DIR}/tests/fault/preload)
add_dependencies(test-fault-powercut slt-powercut)
