#include "trace_sample.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sltrace/numerics.h>
#include <sltrace/show.h>

#include "array/safetensors.h"
#include "base/io.h"

static char folder[] = "/tmp/sltrace-export-XXXXXX";
static slt_error err;

static const char *in_folder(const char *name)
{
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void empty_folder(void)
{
    DIR *dir = opendir(folder);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        if (entry->d_name[0] != '.')
            unlink(in_folder(entry->d_name));
    closedir(dir);
}

static void write_trace(const char *name)
{
    sample s = {0};
    sample_agree(&s);
    sample_whole(&s);
    slt_io_replace(in_folder(name), s.bytes.data, s.bytes.size, NULL);
    sample_free(&s);
}

static const char *content(const char *name, size_t *size)
{
    static slt_buffer bytes;
    slt_buffer_clear(&bytes);
    slt_io_read(in_folder(name), 1 << 20, &bytes, NULL);
    if (size)
        *size = bytes.size;
    return slt_buffer_text(&bytes);
}

static void test_csv(void)
{
    write_trace("a,b.trace");
    const char *traces[] = {in_folder("a,b.trace")};
    TAP_OK(slt_export_csv(traces, 1, in_folder("x.csv"), true, &err) == SLT_OK,
           "write CSV");
    char want[2048];
    snprintf(want, sizeof want,
             "trace,record,kind,step,llc,chain,draw,name,value\n"
             "\"%1$s\",1,checkpoint,0,,,,loss,0.25\n"
             "\"%1$s\",2,checkpoint,1,,,,loss,0.25\n"
             "\"%1$s\",3,chain,1,0,0,,nbeta,10.5\n"
             "\"%1$s\",3,chain,1,0,0,,init_loss,0.25\n"
             "\"%1$s\",3,chain,1,0,0,,acceptance,0.875\n"
             "\"%1$s\",3,chain,1,0,0,0,loss,0.25\n"
             "\"%1$s\",3,chain,1,0,0,1,loss,0.375\n"
             "\"%1$s\",4,chain,1,0,1,,nbeta,10.5\n"
             "\"%1$s\",4,chain,1,0,1,,init_loss,0.25\n"
             "\"%1$s\",4,chain,1,0,1,0,loss,0.25\n"
             "\"%1$s\",5,table,,,,,loss,0.25\n"
             "\"%1$s\",5,table,,,,,step,1\n"
             "\"%1$s\",5,table,,,,,llc/mean,\n",
             traces[0]);
    TAP_EQ_TEXT(content("x.csv", NULL), want, "its rows");
    empty_folder();
}

static void test_npy(void)
{
    uint8_t data[12];
    size_t files = 0, size = 0;
    sample_data(data);
    write_trace("000057.trace");
    const char *traces[] = {in_folder("000057.trace")};
    TAP_OK(slt_export_npy(traces, 1, folder, &files, &err) == SLT_OK, "write NumPy");
    TAP_EQ_U64(files, 5, "three tensors and two chains");
    TAP_EQ_U64(count_files(), 6, "nothing else");
    const char *bytes = content("000057-step1-m.W1.npy", &size);
    TAP_EQ_U64(size, 128 + 12, "size");
    TAP_OK(memcmp(bytes, "\x93NUMPY\x01\x00\x76\x00", 10) == 0, "magic");
    TAP_OK(strncmp(bytes + 10,
                   "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }  ",
                   60) == 0,
           "header");
    TAP_OK(bytes[127] == '\n', "elements begin at a multiple of 64");
    TAP_EQ_BYTES(bytes + 128, data, 12, "elements");
    bytes = content("000057-llc0-chain0.npy", &size);
    TAP_OK(strstr(bytes + 10, "'<f8', 'fortran_order': False, 'shape': (2,), }") != NULL,
           "losses");
    TAP_EQ_U64(slt_load_le64(bytes + 128 + 8), slt_real_of(0.375).bits, "the second");
    empty_folder();
}

static void test_safetensors(void)
{
    uint8_t data[12];
    size_t files = 0, size = 0;
    slt_safetensors file;
    slt_array array;
    sample_data(data);
    write_trace("000057.trace");
    const char *traces[] = {in_folder("000057.trace")};
    TAP_OK(slt_export_safetensors(traces, 1, folder, &files, &err) == SLT_OK,
           "write safetensors");
    TAP_EQ_U64(files, 1, "one checkpoint has its state");
    const char *bytes = content("000057-step1.safetensors", &size);
    TAP_OK(!slt_safetensors_read((const uint8_t *)bytes, size, &file, &err) &&
               file.count == 1 && !slt_safetensors_find(&file, "W1", &array, &err) &&
               !strcmp(array.type, "F32") && array.shape[array.dimensions - 1] == 3,
           "its weight, and no moments: %s", err.text);
    TAP_EQ_BYTES(array.elements, data, 12, "elements");
    TAP_EQ_U64((size_t)(array.elements - (const uint8_t *)bytes) % 8, 0,
               "they begin at a multiple of 8");
    slt_safetensors_free(&file);
    const char *same[] = {traces[0], traces[0]}, *absent[] = {in_folder("b.trace")};
    TAP_OK(slt_export_safetensors(same, 2, folder, &files, &err) == SLT_USAGE, "%s",
           err.text);
    TAP_OK(slt_export_safetensors(absent, 1, folder, &files, &err) == SLT_FILE, "%s",
           err.text);
    TAP_OK(slt_export_safetensors(traces, 1, "/nonexistent", &files, &err) == SLT_FILE,
           "%s", err.text);
    empty_folder();
}

/* A trace with one fixed-point tensor of a hostile name. */
static void write_fixed_trace(const char *name)
{
    sample s = {0};
    uint8_t data[16];
    slt_store_le64(data, 40);
    slt_store_le64(data + 8, (uint64_t)-3);
    sample_begin(&s);
    sample_header(&s);
    sample_record(&s, 0);
    slt_pack_map(&s.body, 3);
    sample_key_uint(&s, "step", 0);
    slt_pack_text(&s.body, "metrics");
    slt_pack_map(&s.body, 0);
    slt_pack_text(&s.body, "tensors");
    slt_pack_array(&s.body, 1);
    slt_pack_map(&s.body, 6);
    sample_key_text(&s, "name", "../x .W");
    sample_key_text(&s, "type", "fixed");
    sample_key_uint(&s, "rows", 1);
    sample_key_uint(&s, "cols", 1);
    sample_key_digest(&s, "hash", slt_digest_of(data, 16));
    slt_pack_text(&s.body, "data");
    slt_pack_bin(&s.body, data, 16);
    sample_record(&s, 1);
    sample_end(&s, "done");
    sample_record(&s, 4);
    slt_io_replace(in_folder(name), s.bytes.data, s.bytes.size, NULL);
    sample_free(&s);
}

/* No run has such a tensor: nothing of it is written. */
static void test_hostile(void)
{
    write_fixed_trace("f");
    const char *traces[] = {in_folder("f")};
    TAP_OK(slt_export_npy(traces, 1, folder, NULL, &err) == SLT_FORMAT, "%s", err.text);
    TAP_EQ_U64(count_files(), 1, "nothing is written");
    empty_folder();
}

static void test_refusals(void)
{
    write_trace("a.trace");
    const char *same[] = {"x/a.trace", in_folder("a.trace")};
    const char *absent[] = {in_folder("a.trace"), in_folder("b.trace")};
    const char *one[] = {in_folder("a.trace")};
    TAP_OK(slt_export_npy(same, 2, folder, NULL, &err) == SLT_USAGE, "%s", err.text);
    TAP_OK(slt_export_csv(absent, 2, in_folder("x.csv"), true, &err) == SLT_FILE, "%s",
           err.text);
    TAP_EQ_U64(count_files(), 1, "no part of a CSV is left");
    TAP_OK(slt_export_npy(one, 1, "/nonexistent", NULL, &err) == SLT_FILE, "%s",
           err.text);
    TAP_OK(slt_export_csv(one, 1, "/nonexistent/x.csv", true, &err) == SLT_FILE, "%s",
           err.text);
}

/* A limit on the file size stands in for a full disk. */
static void test_full_disk(void)
{
    const char *traces[] = {in_folder("a.trace")};
    struct rlimit was;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){60, was.rlim_max});
    slt_status csv = slt_export_csv(traces, 1, in_folder("x.csv"), true, &err);
    slt_status npy = slt_export_npy(traces, 1, folder, NULL, &err);
    setrlimit(RLIMIT_FSIZE, &was);
    TAP_OK(csv == SLT_FILE && npy == SLT_FILE, "%s", err.text);
    TAP_EQ_U64(count_files(), 1, "no part of a file is left");
}

int main(void)
{
    if (slt_start(NULL, NULL) || !mkdtemp(folder))
        tap_bail("cannot start");
    test_csv();
    test_npy();
    test_safetensors();
    test_hostile();
    test_refusals();
    test_full_disk();
    empty_folder();
    rmdir(folder);
    return tap_done();
}
