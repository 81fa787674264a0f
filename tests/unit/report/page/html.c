/* report/page/html.c, picture/svg_inline.c: what text and pictures become in a page. */
#include "tap.h"

#include "base/escape.h"
#include "report/page/html.h"
#include "report/picture/svg_inline.h"

/* ---- Text -------------------------------------------------------------------------- */

static void escapes(const char *text, const char *expected, const char *name)
{
    slt_buffer out = {0};
    slt_escape_html(&out, text, strlen(text));
    TAP_EQ_TEXT(slt_buffer_text(&out), expected, name);
    slt_buffer_free(&out);
}

#define INSTEAD "\xef\xbf\xbd"

static void test_escaping(void)
{
    escapes("a \xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82\n\t",
            "a \xc3\xa9 \xe2\x82\xac "
            "\xf0\x9f\x99\x82\n\t",
            "what is no markup stays");
    escapes("<b a=\"x\" c='y'>&amp;", "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;",
            "markup becomes references");
    escapes("\x01|\x1b|\r|\x7f|\xc2\x9b",
            INSTEAD "|" INSTEAD "|" INSTEAD "|" INSTEAD "|" INSTEAD,
            "controls are replaced");
    escapes("\xff|\xc3|\xed\xa0\x80", INSTEAD "|" INSTEAD "|" INSTEAD INSTEAD INSTEAD,
            "and what is not UTF-8");
    escapes("\xe2\x80\xae|\xe2\x81\xa6|\xef\xbf\xbe|\xef\xb7\x90",
            INSTEAD "|" INSTEAD "|" INSTEAD "|" INSTEAD,
            "and marks that turn the direction of text, and no characters");
}

static void test_elements(void)
{
    slt_buffer out = {0};
    slt_html page = {.out = &out};
    slt_html_open(&page, "code", "class", "\"&", "id", NULL, NULL);
    slt_html_print(&page, "%s %d", "<", 7);
    slt_html_element(&page, "b", ">", NULL);
    slt_html_close(&page, "code");
    TAP_EQ_TEXT(slt_buffer_text(&out),
                "<code class=\"&quot;&amp;\">&lt; 7<b>&gt;</b></code>",
                "attributes and text are escaped, an absent attribute is left out");
    slt_buffer_free(&out);
}

/* ---- Pictures ---------------------------------------------------------------------- */

#define HEAD "<?xml version='1.0'?><svg viewBox='0 0 8 8' xmlns='x' onload='f()'>"
#define OURS                                                                             \
    "\n<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/"  \
    "xlink\" role=\"img\" aria-labelledby=\"f:title\" aria-describedby=\"f:description"  \
    "\" viewBox=\"0 0 8 8\">\n<title id=\"f:title\">T &lt;</title>\n<desc id=\"f:"       \
    "description\">D</desc>"

/* NULL: refused. */
static void inlines(const char *svg, const char *expected, const char *name)
{
    slt_buffer in = {0}, out = {0};
    slt_buffer_append(&in, svg, strlen(svg));
    bool fine = slt_svg_inline(&in, "f:", "T <", "D", &out);
    if (expected)
        TAP_EQ_TEXT(slt_buffer_text(&out), expected, name);
    else
        TAP_OK(!fine && out.size == 0, "%s", name);
    slt_buffer_free(&in);
    slt_buffer_free(&out);
}

static void test_kept(void)
{
    inlines(HEAD "<title>old<desc/></title><!-- no --><text fill='red'>a &lt;b> &amp;"
                 "</text></svg>\n",
            OURS "<text fill=\"red\">a &lt;b&gt; &amp;</text></svg>",
            "shapes and text, with the page's words and role");
    inlines(HEAD "<defs><path id='p' d='M0,0'/></defs><g id='q'><use xlink:href='#p'/>"
                 "<path fill='url(#p)'/></g></svg>",
            OURS "\n<defs>\n<path id=\"f:p\" d=\"M0,0\"/></defs>\n<g>\n<use xlink:href="
                 "\"#f:p\"/>\n<path fill=\"url(#f:p)\"/></g></svg>",
            "ids of definitions and what refers to them get the prefix");
    inlines(HEAD "<use xlink:href='https://example.org/#p' style='x' onclick='y'/>"
                 "<path fill='url(https://example.org)' class='z'/></svg>",
            OURS "\n<use/>\n<path/></svg>", "whatever leads out of the page is left out");
}

static void test_refused(void)
{
    inlines("", NULL, "nothing");
    inlines("<p/>", NULL, "another document");
    inlines(HEAD, NULL, "an end that is missing");
    inlines(HEAD "</g></svg>", NULL, "an end of something else");
    inlines(HEAD "</svg><svg/>", NULL, "two documents");
    inlines(HEAD "</svg>text", NULL, "text behind the document");
    inlines(HEAD "<script>f()</script></svg>", NULL, "a script");
    inlines(HEAD "<foreignObject/></svg>", NULL, "HTML inside");
    inlines(HEAD "<image xlink:href='x'/></svg>", NULL, "another picture");
    inlines(HEAD "<text>&evil;</text></svg>", NULL, "an entity of its own");
    inlines("<!DOCTYPE svg [<!ENTITY e 'x'>]><svg/>", NULL, "a document type");
    inlines(HEAD "<g a=b/></svg>", NULL, "an attribute without quotes");
    inlines(HEAD "<g a='<'", NULL, "an attribute without an end");
}

static void test_depth(void)
{
    slt_buffer in = {0}, out = {0};
    slt_buffer_printf(&in, "<svg>");
    for (size_t i = 0; i < 1000; i++)
        slt_buffer_printf(&in, "<g>");
    TAP_OK(!slt_svg_inline(&in, "f:", "", "", &out) && !out.size, "a thousand deep");
    slt_buffer_free(&in);
    slt_buffer_free(&out);
}

int main(void)
{
    test_escaping();
    test_elements();
    test_kept();
    test_refused();
    test_depth();
    return tap_done();
}
