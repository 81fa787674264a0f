# build/tests/fault-simulate.t: commands on a simulated disk (simulate.c).  It has the
# program but for its main.
file(GLOB SLT_SIMULATE_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/simulate/*.c)
list(FILTER SLT_SIMULATE_SOURCES EXCLUDE REGEX "/simulate\\.c$")
set(SLT_SIMULATE_MAIN ${PROJECT_SOURCE_DIR}/tests/simulate/simulate.c)
add_library(slt_simulate OBJECT ${SLT_SIMULATE_SOURCES})
target_link_libraries(slt_simulate PRIVATE slt_flags)
target_include_directories(slt_simulate PRIVATE ${PROJECT_SOURCE_DIR}/tests)

function(slt_simulate_test name)
    set(target test-fault-${name})
    add_executable(${target} ${SLT_SIMULATE_MAIN} $<TARGET_OBJECTS:slt_simulate>
        $<TARGET_OBJECTS:slt_commands> ${ARGN})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME fault-${name}.t
        RUNTIME_OUTPUT_DIRECTORY ${SLT_TEST_DIR})
    slt_list_test(fault ${name} $<TARGET_FILE:${target}>)
endfunction()

slt_simulate_test(simulate)
target_link_libraries(test-fault-simulate PRIVATE ${SLT_TEST_LIBRARIES})

# The same program with one thing made wrong, which it must find by the numbers from `first`
# on: build/tests/fault-planted-NAME.t passes where it does.  Of the file that has the error
# a changed copy is compiled, with each of the texts given (TEXT BY, TEXT BY, ...) replaced;
# everything else comes from the library.
function(slt_plant name file what first)
    set(source ${PROJECT_SOURCE_DIR}/src/${file})
    set(copy ${PROJECT_BINARY_DIR}/planted/${name}.c)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(READ ${source} whole)
    math(EXPR last "${ARGC} - 1")
    foreach(i RANGE 4 ${last} 2)
        math(EXPR next "${i} + 1")
        string(FIND "${whole}" "${ARGV${i}}" found)
        if(found EQUAL -1)
            message(FATAL_ERROR "src/${file} has no longer: ${ARGV${i}}")
        endif()
        string(REPLACE "${ARGV${i}}" "${ARGV${next}}" whole "${whole}")
    endforeach()
    file(GENERATE OUTPUT ${copy} CONTENT "${whole}")
    set_source_files_properties(${copy} PROPERTIES COMPILE_OPTIONS -w)
    slt_simulate_test(planted-${name} ${copy})
    target_compile_definitions(test-fault-planted-${name} PRIVATE SLT_PLANTED="${what}"
        SLT_PLANTED_FIRST=${first})
    target_link_libraries(test-fault-planted-${name} PRIVATE slt_flags sltrace_static)
endfunction()

slt_plant(no-sync run/sync.c "no sync before the rename" 1
    "slt_world.syncfs(s->folder) == 0" "s->folder >= 0")
slt_plant(early-snapshot run/run_files.c "a snapshot before its part" 785
    "status = sync_part(files, err);\n    files->leftovers" "files->leftovers")
slt_plant(kept-lock run/store_lock.c "a lock that is not released" 20
    "unlock(store, LOOKING)" "(void)store")
slt_plant(stale-snapshot run/run_files.c "a stale snapshot that is taken" 105
    "status = slt_file_remove(files->snapshot, err);\n    if (status)\n        return status;\n    files->fd" "status = SLT_OK;\n    if (status)\n        return status;\n    files->fd"
    "!slt_digest_equal(place.experiment, experiment) || place" "place"
    "||\n        !slt_digest_equal(writer->hashes[place.records - 1], place.hash))" ")")
slt_plant(torn-header trace/trace_scan.c "a torn header that is taken" 744
    "if (!slt_digest_equal(found, record->hash))"
    "if (scan->order.records && !slt_digest_equal(found, record->hash))")
