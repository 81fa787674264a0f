# Commands run inside the test, so it has the program but for its main.
file(GLOB SLT_INJECT_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fault/inject/*.c)
target_sources(test-fault-inject PRIVATE ${SLT_INJECT_SOURCES})
target_link_libraries(test-fault-inject PRIVATE slt_commands)
