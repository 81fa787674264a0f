# The gradient test once more, with the backward of each op and loss in turn wrong by one
# part in a thousand: build/tests/fault-backward-each.t passes where it notices each.  Only
# net_backward.c is compiled anew; everything else comes from the library.
set(target test-fault-backward-each)
add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/property/gradients.c
    ${PROJECT_SOURCE_DIR}/src/net/net_backward.c)
target_link_libraries(${target} PRIVATE slt_flags sltrace_static)
target_link_options(${target} PRIVATE ${SLT_TEST_LINKER})
target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
target_compile_definitions(${target} PRIVATE SLT_FAULT_BACKWARD)
set_target_properties(${target} PROPERTIES OUTPUT_NAME fault-backward-each.t
    RUNTIME_OUTPUT_DIRECTORY ${SLT_TEST_DIR})
slt_list_test(fault backward-each $<TARGET_FILE:${target}>)
