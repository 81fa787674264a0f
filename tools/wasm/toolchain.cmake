# CMake toolchain for WebAssembly: emscripten's clang compiles, with the flags that emcc names,
# as emcc itself takes longer to start than a file takes to compile; emcc links.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(EMSCRIPTEN ON)
execute_process(COMMAND emcc --cflags OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND em-config LLVM_ROOT OUTPUT_VARIABLE llvm
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
find_program(SLT_WASM_CLANG NAMES clang clang-14 HINTS ${llvm} NO_DEFAULT_PATH REQUIRED)
set(CMAKE_C_COMPILER ${SLT_WASM_CLANG})
set(CMAKE_C_FLAGS_INIT ${flags})
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_EXECUTABLE_SUFFIX_C .js)
set(CMAKE_C_LINK_EXECUTABLE
    "emcc <CMAKE_C_LINK_FLAGS> -O2 <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
