# The gradient test once more for each op and loss, with that one's backward wrong by one
# part in a thousand: build/tests/fault-backward-OP.t passes where the test notices.  Only
# net_backward.c is compiled anew; everything else comes from the library.
set(SLT_FAULT_OPS linear relu gelu silu softplus square sigmoid tanh add subtract multiply scale concat
    softmax dot-attention rotary embedding attention reshape flatten select mean position conv2d
    maxpool meanpool affine layernorm rmsnorm mse cross-entropy mse-classes bce bce-classes)
foreach(op ${SLT_FAULT_OPS})
    set(target test-fault-backward-${op})
    add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/property/gradients.c
        ${PROJECT_SOURCE_DIR}/src/net/net_backward.c)
    target_link_libraries(${target} PRIVATE slt_flags sltrace_static)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${target} PRIVATE SLT_FAULT_BACKWARD="${op}")
    set_target_properties(${target} PROPERTIES OUTPUT_NAME fault-backward-${op}.t
        RUNTIME_OUTPUT_DIRECTORY ${SLT_TEST_DIR})
    slt_list_test(fault backward-${op} $<TARGET_FILE:${target}>)
endforeach()
string(JOIN " " SLT_FAULT_OPS_TEXT ${SLT_FAULT_OPS})
if(TARGET test-property-gradients)
    target_compile_definitions(test-property-gradients PRIVATE
        SLT_FAULT_OPS="${SLT_FAULT_OPS_TEXT}")
endif()
