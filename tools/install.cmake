# What `cmake --install` puts where: both libraries, the program, headers, the CMake
# package, pkg-config, man pages and completion.

set(SLT_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sltrace)

# The archive carries its objects; whoever links it needs what they call.  Set here, and
# not through slt_objects, so that the package names libraries and not build targets.
set(static_needs PkgConfig::YAML PkgConfig::JANSSON PkgConfig::SODIUM PkgConfig::XXHASH
    ${SLT_MSGPACK} Threads::Threads m)
if(SLT_FLOAT)
    list(APPEND static_needs slt_sleef)
endif()
list(TRANSFORM static_needs REPLACE "(.+)" "$<BUILD_INTERFACE:\\1>")
set_property(TARGET sltrace_static PROPERTY INTERFACE_LINK_LIBRARIES ${static_needs}
    "$<INSTALL_INTERFACE:sltrace::static_needs>")

install(TARGETS sltrace_shared EXPORT sltrace-shared
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS sltrace_static EXPORT sltrace-static
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/sltrace
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
foreach(form shared static)
    install(EXPORT sltrace-${form} NAMESPACE sltrace:: DESTINATION ${SLT_PACKAGE_DIR}
        FILE sltrace-${form}.cmake)
endforeach()

if(SLT_FLOAT)
    get_filename_component(SLT_SLEEF_FOLDER ${SLT_SLEEF_LIBRARY} DIRECTORY)
    set(SLT_PC_SLEEF "-L${SLT_SLEEF_FOLDER} -lsleef ")
endif()
configure_package_config_file(${PROJECT_SOURCE_DIR}/tools/sltrace-config.cmake.in
    ${PROJECT_BINARY_DIR}/package/sltrace-config.cmake
    INSTALL_DESTINATION ${SLT_PACKAGE_DIR})
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/package/sltrace-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/sltrace-config.cmake
    ${PROJECT_BINARY_DIR}/package/sltrace-config-version.cmake
    DESTINATION ${SLT_PACKAGE_DIR})

file(RELATIVE_PATH SLT_PREFIX_FROM_PC /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(${PROJECT_SOURCE_DIR}/tools/sltrace.pc.in
    ${PROJECT_BINARY_DIR}/package/sltrace.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/package/sltrace.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Pages that verify themselves carry these, where tools/wasm/wasm made them.
install(DIRECTORY ${PROJECT_BINARY_DIR}/share/sltrace/
    DESTINATION ${CMAKE_INSTALL_DATADIR}/sltrace OPTIONAL)

# A page of the manual for each header, and one for each function that leads there.
find_program(SLT_PERL perl)
if(SLT_PERL)
    set(pages3 ${PROJECT_BINARY_DIR}/pages3)
    file(MAKE_DIRECTORY ${pages3})
    file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/sltrace/*.h)
    add_custom_command(OUTPUT ${pages3}/sltrace-core.3
        COMMAND ${CMAKE_COMMAND} -E rm -rf ${pages3}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${pages3}
        COMMAND ${SLT_PERL} ${PROJECT_SOURCE_DIR}/tools/man3 ${pages3} ${headers}
        DEPENDS ${headers} ${PROJECT_SOURCE_DIR}/tools/man3
        VERBATIM COMMENT "Writing the library's pages")
    add_custom_target(pages3 ALL DEPENDS ${pages3}/sltrace-core.3)
    install(DIRECTORY ${pages3}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
endif()

if(TARGET sltrace)
    install(TARGETS sltrace RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    # The program writes its own pages; a foreign one needs an emulator for that.
    if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
        set(pages ${PROJECT_BINARY_DIR}/pages)
        file(MAKE_DIRECTORY ${pages})
        add_custom_command(OUTPUT ${pages}/sltrace.1 ${pages}/sltrace.bash
            COMMAND sltrace --generate ${pages}
            DEPENDS sltrace VERBATIM COMMENT "Writing man pages and completion")
        add_custom_target(pages ALL DEPENDS ${pages}/sltrace.1 ${pages}/sltrace.bash)
        install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
            FILES_MATCHING PATTERN "*.1")
        install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5
            FILES_MATCHING PATTERN "*.5")
        install(FILES ${pages}/sltrace.bash RENAME sltrace
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
        install(FILES ${pages}/sltrace.fish
            DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
        install(FILES ${pages}/_sltrace
            DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    endif()
endif()
