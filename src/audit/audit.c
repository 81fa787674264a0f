#include "audit/audit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/assert.h"
#include "base/escape.h"
#include "codec/json.h"

/* ---- Beginning --------------------------------------------------------------------- */

/* Told before anything is computed: a file that is there stays as it is, a device or a
 * pipe may be written to, and a new file needs a folder. */
static slt_status refuse_path(const char *path, slt_error *err)
{
    struct stat info;
    if (strcmp(path, "-") == 0)
        return SLT_OK;
    if (lstat(path, &info) == 0)
        return S_ISCHR(info.st_mode) || S_ISFIFO(info.st_mode)
                   ? SLT_OK
                   : slt_fail(err, SLT_FILE, "%s: exists already; nothing is overwritten",
                              path);
    const char *slash = strrchr(path, '/');
    char *folder = strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
    bool fine = folder && access(slash ? folder : ".", W_OK | X_OK) == 0;
    int reason = errno;
    free(folder);
    return fine ? SLT_OK
                : slt_fail(err, SLT_FILE, "%s: cannot be written: %s", path,
                           strerror(reason));
}

slt_status slt_audit_begin(slt_audit *audit, const char *form,
                           const slt_audit_options *options, slt_error *err)
{
    char schema[40];
    *audit = (slt_audit){.options = options};
    audit->json = options->json ? options->json : &audit->unseen;
    snprintf(schema, sizeof schema, "sltrace.audit-%s/1", form);
    slt_json_begin(audit->json, schema);
    slt_json_key_text(audit->json, "audit", form);
    return options->attest ? refuse_path(options->attest, err) : SLT_OK;
}

/* ---- Adding ------------------------------------------------------------------------ */

void slt_audit_print(slt_audit *audit, const char *format, ...)
{
    const slt_audit_options *options = audit->options;
    slt_buffer raw = {0}, shown = {0};
    va_list arguments;
    if (!options->text)
        return;
    if (options->progress)
        options->progress(options->progress_context, NULL);
    va_start(arguments, format);
    slt_buffer_vprintf(&raw, format, arguments);
    va_end(arguments);
    slt_escape_lines(&shown, raw.data, raw.size);
    audit->failed |= raw.failed | shown.failed;
    fwrite(shown.data, 1, shown.size, options->text);
    fflush(options->text);
    slt_buffer_free(&raw);
    slt_buffer_free(&shown);
}

/* Room for one more of `size` bytes, zeroed; NULL without memory.  list: the address of
 * the pointer to the first. */
static void *grow(slt_audit *audit, void *list, size_t count, size_t size)
{
    void *old;
    memcpy(&old, list, sizeof old);
    uint8_t *longer = realloc(old, (count + 1) * size);
    if (!longer) {
        audit->failed = true;
        return NULL;
    }
    memcpy(list, &longer, sizeof longer);
    return memset(longer + count * size, 0, size);
}

const char *slt_audit_number(slt_real value, const char *format, char text[32])
{
    if (!slt_real_finite(value))
        return "-";
    snprintf(text, 32, format, slt_real_double(value));
    return text;
}

const char *slt_audit_llc_text(slt_real value, char text[32])
{
    return slt_audit_number(value, fabs(slt_real_double(value)) < 10 ? "%.4f" : "%.6g",
                            text);
}

void slt_audit_judge(slt_audit *audit, slt_audit_state state, const char *name,
                     const char *format, ...)
{
    slt_buffer message = {0};
    va_list arguments;
    slt_audit_result *result =
        grow(audit, &audit->results, audit->result_count, sizeof *result);
    if (!result)
        return;
    va_start(arguments, format);
    slt_buffer_vprintf(&message, format, arguments);
    va_end(arguments);
    slt_buffer_text(&message);
    audit->result_count++;
    *result = (slt_audit_result){strdup(name), (char *)message.data, state};
    audit->failed |= !result->name || message.failed;
}

/* A list of files by their names. */
typedef struct named {
    const slt_audit_file *files;
    const char *name;
} named;

static bool has_name(const void *context, size_t place)
{
    const named *wanted = context;
    const char *name = wanted->files[place].name;
    return name && strcmp(name, wanted->name) == 0;
}

static void add_file(slt_audit *audit, slt_audit_file **files, size_t *count,
                     slt_places *names, const char *name, const char *sha256)
{
    const named wanted = {*files, name};
    const uint64_t hash = slt_places_hash_text(name);
    if (slt_places_find(names, hash, has_name, &wanted))
        return;
    slt_audit_file *file = grow(audit, files, *count, sizeof *file);
    if (!file)
        return;
    audit->failed |= slt_places_add(names, hash, (*count)++, NULL) != SLT_OK;
    file->name = strdup(name);
    snprintf(file->sha256, sizeof file->sha256, "%s", sha256);
    audit->failed |= !file->name;
}

void slt_audit_add_subject(slt_audit *audit, const char *name, const char *sha256)
{
    add_file(audit, &audit->subjects, &audit->subject_count, &audit->subject_names, name,
             sha256);
}

void slt_audit_add_configuration(slt_audit *audit, const char *name, const char *sha256)
{
    add_file(audit, &audit->configuration, &audit->configuration_count,
             &audit->configuration_names, name, sha256);
}

/* ---- Results ----------------------------------------------------------------------- */

/* The worst of all. */
static slt_audit_state overall(const slt_audit *audit)
{
    slt_audit_state worst = SLT_AUDIT_PASSED;
    for (size_t i = 0; i < audit->result_count; i++)
        if (audit->results[i].state > worst)
            worst = audit->results[i].state;
    return worst;
}

void slt_audit_put_settled(slt_json *json, slt_settled settled)
{
    slt_json_key(json, "settled");
    if (settled == SLT_SETTLED_UNKNOWN)
        slt_json_null(json);
    else
        slt_json_bool(json, settled == SLT_SETTLED_YES);
}

static const char *const small_words[] = {"passed", "warned", "failed"};
static const char *const large_words[] = {"PASSED", "WARNED", "FAILED"};

static void print_results(const slt_audit *audit, slt_json *json)
{
    slt_json_key_text(json, "result", small_words[overall(audit)]);
    slt_json_key_open(json, "tests", '[');
    for (size_t i = 0; i < audit->result_count; i++) {
        const slt_audit_result *result = &audit->results[i];
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", result->name);
        slt_json_key_text(json, "status", small_words[result->state]);
        slt_json_key_text(json, "message", result->message);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}

/* ---- The statement ----------------------------------------------------------------- */

static void print_files(const slt_audit_file *files, size_t count, slt_json *json)
{
    slt_json_open(json, '[');
    for (size_t i = 0; i < count; i++) {
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", files[i].name);
        slt_json_key_open(json, "digest", '{');
        slt_json_key_text(json, "sha256", files[i].sha256);
        slt_json_close(json, '}');
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}

static void print_names(const slt_audit *audit, slt_audit_state state, const char *key,
                        slt_json *json)
{
    slt_json_key_open(json, key, '[');
    for (size_t i = 0; i < audit->result_count; i++)
        if (audit->results[i].state == state)
            slt_json_text(json, audit->results[i].name);
    slt_json_close(json, ']');
}

void slt_audit_print_statement(const slt_audit *audit, slt_json *json)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "_type", "https://in-toto.io/Statement/v1");
    slt_json_key(json, "subject");
    print_files(audit->subjects, audit->subject_count, json);
    slt_json_key_text(json, "predicateType",
                      "https://in-toto.io/attestation/test-result/v0.1");
    slt_json_key_open(json, "predicate", '{');
    slt_json_key_text(json, "result", large_words[overall(audit)]);
    slt_json_key(json, "configuration");
    print_files(audit->configuration, audit->configuration_count, json);
    print_names(audit, SLT_AUDIT_PASSED, "passedTests", json);
    print_names(audit, SLT_AUDIT_WARNED, "warnedTests", json);
    print_names(audit, SLT_AUDIT_FAILED, "failedTests", json);
    slt_json_close(json, '}');
    slt_json_close(json, '}');
}

/* ---- The end ----------------------------------------------------------------------- */

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the report of an audit");
}

static void end_json(slt_audit *audit, slt_status status, const slt_error *told)
{
    slt_json *json = audit->json;
    slt_json_key_uint(json, "exit", (uint64_t)slt_status_exit(status));
    slt_json_key_text(json, "message", status ? told->text : NULL);
    print_results(audit, json);
}

static slt_status write_statement(const slt_audit *audit, slt_error *err)
{
    slt_json json = {0};
    slt_buffer *bytes = &json.text;
    slt_audit_print_statement(audit, &json);
    slt_buffer_byte(bytes, '\n');
    slt_status status = bytes->failed ? no_memory(err)
                                      : slt_output_write(audit->options->attest,
                                                         bytes->data, bytes->size, true,
                                                         err);
    slt_buffer_free(bytes);
    return status;
}

static slt_status write_all(slt_audit *audit, slt_status status, const slt_error *told,
                            slt_error *err)
{
    if (audit->failed)
        return no_memory(err);
    bool judged = !status || status == SLT_DIFFERS;
    SLT_ASSERT(!judged ||
               (status == SLT_DIFFERS) == (overall(audit) == SLT_AUDIT_FAILED));
    slt_status written = SLT_OK;
    if (audit->options->attest && judged)
        written = write_statement(audit, err);
    if (!written)
        end_json(audit, status, told);
    return written;
}

static void free_all(slt_audit *audit)
{
    for (size_t i = 0; i < audit->result_count; i++) {
        free(audit->results[i].name);
        free(audit->results[i].message);
    }
    for (size_t i = 0; i < audit->subject_count; i++)
        free(audit->subjects[i].name);
    for (size_t i = 0; i < audit->configuration_count; i++)
        free(audit->configuration[i].name);
    free(audit->results);
    free(audit->subjects);
    free(audit->configuration);
    slt_places_free(&audit->subject_names);
    slt_places_free(&audit->configuration_names);
    slt_buffer_free(&audit->unseen.text);
    *audit = (slt_audit){0};
}

slt_status slt_audit_end(slt_audit *audit, slt_status status, slt_error *err)
{
    slt_error late = {0};
    slt_status written = SLT_OK;
    bool told = audit->result_count && status != SLT_INTERRUPTED;
    if (!status || status == SLT_DIFFERS || status == SLT_UNFIT || told)
        written = write_all(audit, status, err, &late);
    else
        slt_json_clear(audit->json);
    free_all(audit);
    if (written && err)
        *err = late;
    return slt_status_worse(status, written);
}

/* ---- Agreement --------------------------------------------------------------------- */

slt_agreement slt_agreement_of(slt_real a, slt_real mcse_a, slt_real b, slt_real mcse_b,
                               slt_real *apart)
{
    double x = slt_real_double(mcse_a), y = slt_real_double(mcse_b);
    double error = sqrt(x * x + y * y);
    double difference = slt_real_double(b) - slt_real_double(a);
    bool known = slt_real_finite(slt_real_of(error)) && error > 0 &&
                 slt_real_finite(slt_real_of(difference));
    *apart = slt_real_of(known ? difference / error : (double)NAN);
    if (a.bits == b.bits) {
        *apart = known ? *apart : (slt_real){0};
        return SLT_AGREE_IDENTICAL;
    }
    if (!known)
        return SLT_AGREE_UNKNOWN;
    return fabs(difference / error) <= SLT_AGREE_MCSE ? SLT_AGREE_WITHIN : SLT_AGREE_NOT;
}

slt_agreement slt_agreement_worse(slt_agreement a, slt_agreement b)
{
    static const int rank[] = {[SLT_AGREE_IDENTICAL] = 0,
                               [SLT_AGREE_WITHIN] = 1,
                               [SLT_AGREE_UNKNOWN] = 2,
                               [SLT_AGREE_NOT] = 3};
    return rank[a] >= rank[b] ? a : b;
}

slt_audit_state slt_agreement_state(slt_agreement agreement)
{
    return agreement == SLT_AGREE_NOT       ? SLT_AUDIT_FAILED
           : agreement == SLT_AGREE_UNKNOWN ? SLT_AUDIT_WARNED
                                            : SLT_AUDIT_PASSED;
}

const char *slt_agreement_text(slt_agreement agreement)
{
    static const char *const words[] = {"identical", "equal within Monte Carlo error",
                                        "different", "not known"};
    return words[agreement];
}
