# The program of pages that verify themselves (tools/wasm/wasm): verify.js, which starts it,
# and verify.wasm.  Files are in memory; what it prints goes nowhere.
set(here ${PROJECT_SOURCE_DIR}/tools/wasm)
set_source_files_properties(src/base/io.c src/base/world.c src/run/provenance.c PROPERTIES
    COMPILE_OPTIONS "-I${here}/include;-include;missing.h")
set(SLT_REPORT tap.c verdict.c verify_json.c)
list(TRANSFORM SLT_REPORT PREPEND ${PROJECT_SOURCE_DIR}/src/report/)
add_executable(verify ${here}/verify.c ${here}/missing.c ${SLT_REPORT})
target_link_libraries(verify PRIVATE slt_flags slt_objects)
target_link_options(verify PRIVATE --no-entry --extern-post-js=${here}/driver.js -sMODULARIZE=1 -sEXPORT_NAME=sltrace
    -sENVIRONMENT=web,worker,node -sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=2GB
    -sTOTAL_STACK=2MB -sDYNAMIC_EXECUTION=0 -sINCOMING_MODULE_JS_API=wasmBinary,progress
    "-sEXPORTED_FUNCTIONS=_malloc,_free,_page_verify,_page_document"
    "-sEXPORTED_RUNTIME_METHODS=UTF8ToString,stringToUTF8,lengthBytesUTF8")
