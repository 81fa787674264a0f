#include "num/openblas.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/world.h"
#include "num/kernels.h"
#include "num/math.h"

#define LIBRARY "libopenblas.so.0"

/* CBLAS's numbers and parameters, written out so that its header is not needed to build
 * this. */
enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };
#define GEMM(type)                                                                       \
    void (*)(int order, int ta, int tb, int m, int n, int k, type alpha, const type *a,  \
             int lda, const type *b, int ldb, type beta, type *c, int ldc)
typedef struct functions {
    __typeof__((GEMM(float))0) sgemm;
    __typeof__((GEMM(double))0) dgemm;
    __typeof__((char *(*)(void))0) corename, config;
} functions;

static functions openblas;

/* ---- Products ---------------------------------------------------------------------- */

/* CBLAS cannot say a matrix without rows or columns. */
static bool is_empty(const slt_tensor *a, slt_tensor *c)
{
    if (slt_tensor_count(a) > 0 && slt_tensor_count(c) > 0)
        return false;
    slt_tensor_zero(c);
    return true;
}

static void product_f32(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                        const slt_tensor *b, slt_tensor *c)
{
    if (!is_empty(a, c))
        openblas.sgemm(ROW_MAJOR, ta ? TRANSPOSED : PLAIN, tb ? TRANSPOSED : PLAIN,
                       (int)c->rows, (int)c->cols, (int)(ta ? a->rows : a->cols), 1,
                       a->data, (int)a->cols, b->data, (int)b->cols, 0, c->data,
                       (int)c->cols);
}

static void product_f64(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                        const slt_tensor *b, slt_tensor *c)
{
    if (!is_empty(a, c))
        openblas.dgemm(ROW_MAJOR, ta ? TRANSPOSED : PLAIN, tb ? TRANSPOSED : PLAIN,
                       (int)c->rows, (int)c->cols, (int)(ta ? a->rows : a->cols), 1,
                       a->data, (int)a->cols, b->data, (int)b->cols, 0, c->data,
                       (int)c->cols);
}

static void replace_products(void)
{
    static slt_kernels f32, f64;
    f32 = *slt_kernels_of(SLT_F32);
    f64 = *slt_kernels_of(SLT_F64);
    f32.product = product_f32;
    f64.product = product_f64;
    f32.affine = f64.affine = NULL;
    f32.product_on = f64.product_on = NULL;
    f32.members = f64.members = NULL; /* its products would not be OpenBLAS's */
    slt_kernels_replace(SLT_F32, &f32);
    slt_kernels_replace(SLT_F64, &f64);
}

/* ---- Loading ----------------------------------------------------------------------- */

/* ISO C has no conversion from an object's address to a function's. */
static slt_status find_symbol(void *library, const char *name, void *function,
                              slt_error *err)
{
    void *address = slt_world.dlsym(library, name);
    if (!address)
        return slt_fail(err, SLT_UNFIT, LIBRARY ": expected a function %s, found none",
                        name);
    memcpy(function, &address, sizeof address);
    return SLT_OK;
}

static slt_status find_all(void *library, slt_error *err)
{
    slt_status status = find_symbol(library, "cblas_sgemm", &openblas.sgemm, err);
    if (!status)
        status = find_symbol(library, "cblas_dgemm", &openblas.dgemm, err);
    if (!status)
        status = find_symbol(library, "openblas_get_corename", &openblas.corename, err);
    if (!status)
        status = find_symbol(library, "openblas_get_config", &openblas.config, err);
    return status;
}

/* OpenBLAS's constructor reads these variables, so they are set before it is loaded. */
static slt_status set_environment(const char *core, slt_error *err)
{
    bool set = slt_world.setenv("OPENBLAS_NUM_THREADS", "1", 1) == 0;
    if (*core)
        set = set && slt_world.setenv("OPENBLAS_CORETYPE", core, 1) == 0;
    else
        set = set && unsetenv("OPENBLAS_CORETYPE") == 0;
    return set ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for the environment");
}

static void copy_text(char *to, size_t size, const char *text)
{
    size_t length = strnlen(text ? text : "", size - 1);
    memcpy(to, text ? text : "", length);
    to[length] = 0;
}

static void openblas_look(slt_openblas *found)
{
    Dl_info info;
    void *address;
    memcpy(&address, &openblas.sgemm, sizeof address);
    copy_text(found->core, sizeof found->core, openblas.corename());
    copy_text(found->config, sizeof found->config, openblas.config());
    if (slt_world.dladdr(address, &info) && info.dli_fname) {
        char *path = slt_world.realpath(info.dli_fname, NULL);
        copy_text(found->path, sizeof found->path, path ? path : info.dli_fname);
        free(path);
    }
}

static slt_status load_library(const char *core, slt_openblas *found, slt_error *err)
{
    slt_status status = set_environment(core, err);
    if (status)
        return status;
    void *library = slt_world.dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return slt_fail(err, SLT_UNFIT,
                        "OpenBLAS cannot be loaded (Debian, Ubuntu: package "
                        "libopenblas0; Fedora: openblas): %s",
                        dlerror());
    status = find_all(library, err);
    if (status)
        return status;
    openblas_look(found);
    if (strstr(found->config, "USE64BITINT"))
        return slt_fail(err, SLT_UNFIT,
                        LIBRARY ": expected 32-bit integers, found a build with 64");
    if (*core && strcasecmp(core, found->core) != 0)
        return slt_fail(err, SLT_UNFIT, "OpenBLAS: asked for %s, got %s", core,
                        found->core);
    return SLT_OK;
}

slt_status slt_openblas_start(const char *core, slt_openblas *found, slt_error *err)
{
    *found = (slt_openblas){0};
    slt_status status = slt_num_available(SLT_F64, err);
    if (!status)
        status = load_library(strcmp(core, "auto") == 0 ? "" : core, found, err);
    if (!status)
        replace_products();
    return status;
}
