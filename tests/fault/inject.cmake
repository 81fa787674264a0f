# Commands run inside the test, so it has the program but for its main.
file(GLOB SLT_COMMAND_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cli/*.c)
list(FILTER SLT_COMMAND_SOURCES EXCLUDE REGEX "/cli/main\\.c$")
file(GLOB SLT_INJECT_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fault/inject/*.c)
target_sources(test-fault-inject PRIVATE ${SLT_INJECT_SOURCES} ${SLT_COMMAND_SOURCES})
