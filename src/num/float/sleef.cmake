# SLEEF 3.5.1, whose deterministic functions the float arithmetics are defined by.
if(SLT_SLEEF_ROOT)
    find_library(SLT_SLEEF_LIBRARY sleef PATHS ${SLT_SLEEF_ROOT}/lib
        ${SLT_SLEEF_ROOT}/lib64 ${SLT_SLEEF_ROOT}/${CMAKE_INSTALL_LIBDIR}
        NO_DEFAULT_PATH REQUIRED)
    set(SLT_SLEEF_INCLUDE ${SLT_SLEEF_ROOT}/include)
else()
    find_library(SLT_SLEEF_LIBRARY sleef REQUIRED)
    find_path(SLT_SLEEF_INCLUDE sleef.h REQUIRED)
endif()
add_library(slt_sleef INTERFACE)
target_link_libraries(slt_sleef INTERFACE ${SLT_SLEEF_LIBRARY})
target_include_directories(slt_sleef INTERFACE ${SLT_SLEEF_INCLUDE})
include(CheckLibraryExists)
set(CMAKE_REQUIRED_LIBRARIES m)
check_library_exists(${SLT_SLEEF_LIBRARY} Sleef_finz_expd1_u10purecfma "" SLT_SLEEF_FINZ)
unset(CMAKE_REQUIRED_LIBRARIES)
if(NOT SLT_SLEEF_FINZ)
    message(FATAL_ERROR "${SLT_SLEEF_LIBRARY} lacks Sleef_finz_expd1_u10purecfma: it is "
        "not SLEEF 3.5.1. Build its tag 3.5.1 and pass -DSLT_SLEEF_ROOT=DIR.")
endif()
