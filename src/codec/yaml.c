#include "codec/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/world.h"
#include "codec/keys.h"

typedef struct reader {
    yaml_parser_t parser;
    const char *path;
    size_t nodes;
    slt_error *err;
} reader;

static int line_of(yaml_mark_t mark)
{
    return (int)mark.line + 1;
}

static int column_of(yaml_mark_t mark)
{
    return (int)mark.column + 1;
}

static slt_status fail_at(reader *r, yaml_mark_t mark, const char *what)
{
    return slt_fail(r->err, SLT_FORMAT, "%s:%d:%d: %s", r->path, line_of(mark),
                    column_of(mark), what);
}

static slt_status out_of_memory(reader *r)
{
    return slt_fail(r->err, SLT_RESOURCE, "%s: out of memory for the manifest", r->path);
}

static slt_status next_event(reader *r, yaml_event_t *event)
{
    const yaml_parser_t *parser = &r->parser;
    if (yaml_parser_parse(&r->parser, event))
        return SLT_OK;
    if (parser->error == YAML_MEMORY_ERROR)
        return out_of_memory(r);
    if (parser->error == YAML_READER_ERROR)
        return slt_fail(r->err, SLT_FORMAT, "%s: byte %zu: %s (YAML)", r->path,
                        parser->problem_offset, parser->problem);
    return slt_fail(r->err, SLT_FORMAT, "%s:%d:%d: %s%s%s (YAML)", r->path,
                    line_of(parser->problem_mark), column_of(parser->problem_mark),
                    parser->context ? parser->context : "", parser->context ? ", " : "",
                    parser->problem ? parser->problem : "no YAML");
}

static slt_status count_node(reader *r, const yaml_event_t *event)
{
    if (++r->nodes <= SLT_YAML_NODES_MAX)
        return SLT_OK;
    return fail_at(r, event->start_mark, "more than 100000 values");
}

static slt_status refuse_extras(reader *r, const yaml_event_t *event, const void *anchor,
                                const void *tag)
{
    if (anchor)
        return fail_at(r, event->start_mark, "anchors (&name) are not used in manifests");
    if (tag)
        return fail_at(r, event->start_mark, "tags (!name) are not used in manifests");
    return SLT_OK;
}

static slt_status read_scalar(reader *r, const yaml_event_t *event, slt_value *value)
{
    const char *text = (const char *)event->data.scalar.value;
    slt_status status =
        refuse_extras(r, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (status)
        return status;
    if (strlen(text) != event->data.scalar.length)
        return fail_at(r, event->start_mark, "text must not hold a NUL byte");
    value->kind = SLT_VALUE_TEXT;
    value->text = slt_world.strdup(text);
    if (!value->text)
        return out_of_memory(r);
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        slt_value_resolve_plain(value);
    return SLT_OK;
}

static slt_status read_value(reader *r, const yaml_event_t *event, int depth,
                             slt_value *value);

static slt_status read_list(reader *r, int depth, slt_value *list)
{
    list->kind = SLT_VALUE_LIST;
    for (;;) {
        yaml_event_t event;
        slt_status status = next_event(r, &event);
        if (status)
            return status;
        bool ended = event.type == YAML_SEQUENCE_END_EVENT;
        slt_value *item = ended ? NULL : slt_value_append(list);
        if (item)
            status = read_value(r, &event, depth, item);
        else if (!ended)
            status = out_of_memory(r);
        yaml_event_delete(&event);
        if (ended || status)
            return status;
    }
}

static slt_status read_key(reader *r, const yaml_event_t *event, slt_value *map,
                           slt_value **item)
{
    slt_status status = count_node(r, event);
    if (status)
        return status;
    if (event->type == YAML_ALIAS_EVENT)
        return fail_at(r, event->start_mark, "aliases (*name) are not used in manifests");
    if (event->type != YAML_SCALAR_EVENT)
        return fail_at(r, event->start_mark, "a key must be a name, not a list or map");
    slt_value key = {0};
    status = read_scalar(r, event, &key);
    if (!status && strcmp(key.text, "<<") == 0)
        status =
            fail_at(r, event->start_mark, "merge keys (<<) are not used in manifests");
    if (!status) {
        *item = slt_value_append_key(map, key.text, line_of(event->start_mark),
                                     column_of(event->start_mark));
        if (!*item)
            status = out_of_memory(r);
    }
    slt_value_free(&key);
    return status;
}

static slt_status add_key(reader *r, slt_keys *keys, const slt_value *map)
{
    size_t i = map->count - 1;
    slt_pack_span key = {(const uint8_t *)map->keys[i], strlen(map->keys[i])};
    bool is_new = slt_keys_add(keys, key);
    if (keys->failed)
        return out_of_memory(r);
    if (is_new)
        return SLT_OK;
    return slt_fail(r->err, SLT_FORMAT, "%s:%d:%d: key '%.60s' is given twice", r->path,
                    map->key_lines[i], map->key_columns[i], map->keys[i]);
}

static slt_status read_entry(reader *r, const yaml_event_t *key, int depth,
                             slt_keys *keys, slt_value *map)
{
    yaml_event_t event;
    slt_value *item = NULL;
    slt_status status = read_key(r, key, map, &item);
    if (!status)
        status = add_key(r, keys, map);
    if (!status)
        status = next_event(r, &event);
    if (status)
        return status;
    status = read_value(r, &event, depth, item);
    yaml_event_delete(&event);
    return status;
}

static slt_status read_map(reader *r, int depth, slt_value *map)
{
    slt_keys keys = {0};
    slt_status status;
    bool ended = false;
    map->kind = SLT_VALUE_MAP;
    do {
        yaml_event_t event;
        status = next_event(r, &event);
        if (status)
            break;
        ended = event.type == YAML_MAPPING_END_EVENT;
        if (!ended)
            status = read_entry(r, &event, depth, &keys, map);
        yaml_event_delete(&event);
    } while (!ended && !status);
    slt_keys_free(&keys);
    return status;
}

static slt_status enter_container(reader *r, const yaml_event_t *event, int depth)
{
    if (depth > SLT_YAML_DEPTH_MAX)
        return fail_at(r, event->start_mark, "nested more than 32 deep");
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return refuse_extras(r, event, event->data.sequence_start.anchor,
                             event->data.sequence_start.tag);
    return refuse_extras(r, event, event->data.mapping_start.anchor,
                         event->data.mapping_start.tag);
}

static slt_status read_value(reader *r, const yaml_event_t *event, int depth,
                             slt_value *value)
{
    value->line = line_of(event->start_mark);
    value->column = column_of(event->start_mark);
    slt_status status = count_node(r, event);
    if (status)
        return status;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r, event, value);
    case YAML_SEQUENCE_START_EVENT:
        status = enter_container(r, event, depth + 1);
        return status ? status : read_list(r, depth + 1, value);
    case YAML_MAPPING_START_EVENT:
        status = enter_container(r, event, depth + 1);
        return status ? status : read_map(r, depth + 1, value);
    default:
        return fail_at(r, event->start_mark, "aliases (*name) are not used in manifests");
    }
}

static slt_status expect_event(reader *r, yaml_event_type_t type, yaml_event_t *event,
                               const char *otherwise)
{
    slt_status status = next_event(r, event);
    if (!status && event->type != type) {
        status = fail_at(r, event->start_mark, otherwise);
        yaml_event_delete(event);
    }
    return status;
}

static slt_status open_document(reader *r)
{
    yaml_event_t event;
    slt_status status = expect_event(r, YAML_STREAM_START_EVENT, &event, "no YAML");
    if (status)
        return status;
    yaml_event_delete(&event);
    status = expect_event(r, YAML_DOCUMENT_START_EVENT, &event,
                          "nothing here; expected a manifest");
    if (status)
        return status;
    if (event.data.document_start.version_directive ||
        event.data.document_start.tag_directives.start !=
            event.data.document_start.tag_directives.end)
        status = fail_at(r, event.start_mark, "directives (%) are not used in manifests");
    yaml_event_delete(&event);
    return status;
}

static slt_status close_document(reader *r)
{
    yaml_event_t event;
    slt_status status = expect_event(r, YAML_DOCUMENT_END_EVENT, &event, "no YAML");
    if (status)
        return status;
    yaml_event_delete(&event);
    status = expect_event(r, YAML_STREAM_END_EVENT, &event,
                          "a second document begins; a manifest is one");
    if (!status)
        yaml_event_delete(&event);
    return status;
}

static slt_status read_document(reader *r, slt_value *value)
{
    yaml_event_t event;
    slt_status status = open_document(r);
    if (!status)
        status = next_event(r, &event);
    if (status)
        return status;
    status = read_value(r, &event, 0, value);
    yaml_event_delete(&event);
    return status ? status : close_document(r);
}

/* ---- byte order marks ------------------------------------------------------------- */

static const char bom[] = "\xef\xbb\xbf";

static bool has_mark(const char *at, const char *end)
{
    return end - at >= 3 && memcmp(at, bom, 3) == 0;
}

/* Whether the first key cannot be on this line: blank, a comment, a document's begin. */
static bool is_before_content(const char *at, const char *end)
{
    bool begins = end - at >= 3 && memcmp(at, "---", 3) == 0;
    at += begins ? 3 : 0;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end || *at == '#';
}

/* A byte order mark is allowed at the beginning of any line up to the first content, and
 * nowhere after.  These are removed, so that the columns in messages are right: *clean
 * is malloc'ed where there are any, else NULL. */
static slt_status drop_marks(reader *r, const char *text, size_t *size, char **clean)
{
    const char *end = text + *size;
    size_t kept = 0;
    *clean = NULL;
    if (!memmem(text, *size, bom, 3))
        return SLT_OK;
    *clean = slt_world.malloc(*size);
    if (!*clean)
        return out_of_memory(r);
    for (bool before = true; text < end && before;) {
        const char *line = memchr(text, '\n', (size_t)(end - text));
        const char *next = line ? line + 1 : end;
        text += has_mark(text, end) ? 3 : 0;
        before = is_before_content(text, line ? line : end);
        memcpy(*clean + kept, text, (size_t)(next - text));
        kept += (size_t)(next - text);
        text = next;
    }
    memcpy(*clean + kept, text, (size_t)(end - text));
    *size = kept + (size_t)(end - text);
    return SLT_OK;
}

/* ---- line ends -------------------------------------------------------------------- */

/* YAML knows more line ends than editors do: what a reader takes for the rest of a
 * comment would be a key.  So only LF and CR LF are allowed. */
static const char *hidden_line_end(const char *at, const char *end)
{
    if (*at == '\r')
        return at + 1 < end && at[1] == '\n' ? NULL : "CR without LF";
    if (end - at >= 2 && memcmp(at, "\xc2\x85", 2) == 0)
        return "U+0085";
    if (end - at >= 3 && memcmp(at, "\xe2\x80\xa8", 3) == 0)
        return "U+2028";
    return end - at >= 3 && memcmp(at, "\xe2\x80\xa9", 3) == 0 ? "U+2029" : NULL;
}

static slt_status check_line_ends(reader *r, const char *text, size_t size)
{
    const char *end = text + size, *line = text;
    int number = 1;
    for (const char *at = text; at < end; at++) {
        const char *found = hidden_line_end(at, end);
        if (found)
            return slt_fail(r->err, SLT_FORMAT,
                            "%s:%d:%td: expected lines that end in LF or CR LF, found %s "
                            "within one",
                            r->path, number, at - line + 1, found);
        if (*at == '\n') {
            number++;
            line = at + 1;
        }
    }
    return SLT_OK;
}

/* In UTF-16 every second byte of ASCII text is zero. */
static bool is_utf16(const char *text, size_t size)
{
    return size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 ||
                         memcmp(text, "\xfe\xff", 2) == 0 || !text[0] != !text[1]);
}

slt_status slt_yaml_parse(const char *text, size_t size, const char *path,
                          slt_value *value, slt_error *err)
{
    reader r = {.path = path, .err = err};
    *value = (slt_value){0};
    if (size > SLT_YAML_BYTES_MAX)
        return slt_fail(err, SLT_FORMAT, "%s: larger than 1 MiB", path);
    if (size == 0)
        return slt_fail(err, SLT_FORMAT, "%s:1:1: empty; expected a manifest", path);
    if (is_utf16(text, size))
        return slt_fail(err, SLT_FORMAT,
                        "%s: UTF-16 text; expected UTF-8 (iconv -f UTF-16 -t UTF-8)",
                        path);
    char *clean;
    slt_status status = check_line_ends(&r, text, size);
    if (!status)
        status = drop_marks(&r, text, &size, &clean);
    if (status)
        return status;
    if (yaml_parser_initialize(&r.parser)) {
        yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&r.parser,
                                     (const unsigned char *)(clean ? clean : text), size);
        status = read_document(&r, value);
        yaml_parser_delete(&r.parser);
    } else
        status = out_of_memory(&r);
    free(clean);
    if (status)
        slt_value_free(value);
    return status;
}
