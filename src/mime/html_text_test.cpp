#include "mime/html_text.hpp"

#include <gtest/gtest.h>

namespace postroom::mime {
namespace {

struct Case {
  std::string html, text;
};

class HtmlToText : public testing::TestWithParam<Case> {};

TEST_P(HtmlToText, Reads) { EXPECT_EQ(html_to_text(GetParam().html), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Pages, HtmlToText,
    testing::Values(
        Case{"", ""}, Case{"plain  words\n here", "plain words here"},
        Case{"<p>a</p><p>b</p>", "a\n\nb"}, Case{"a<br>b<br/>c", "a\nb\nc"},
        Case{"a<br><br>b", "a\n\nb"}, Case{"<div>a</div><div>b</div>", "a\nb"},
        Case{"<b>bo</b>ld", "bold"},
        Case{"a&amp;b &lt;c&gt; &eacute;&#233;&#xE9; &nbsp;x", "a&b <c> ééé x"},
        Case{"&unknown; & &", "&unknown; & &"},
        Case{"<a href=\"https://x.y/z\">here</a>", "here (https://x.y/z)"},
        Case{"<a href='https://x.y'>https://x.y</a>", "https://x.y"},
        Case{"<a href=\"mailto:a@b\">a@b</a>", "a@b"},
        Case{"x<script>var a = '<p>';</script>y", "xy"}, Case{"<style>p{}</style>a", "a"},
        Case{"<html><head><title>T</title></head><body>b</body></html>", "b"},
        Case{"a<!-- c > d -->b", "ab"}, Case{"a<!-- never closed", "a never closed"},
        Case{"<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
        Case{"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
        Case{"<pre>a\n  b</pre>c", "a\n  b\n\nc"}, Case{"1 < 2 > 0", "1 < 2 > 0"},
        Case{"<img alt=\"logo\">", "logo"},
        Case{"<a title=\"a>b\" href=\"https://q\">t</a>", "t (https://q)"}, Case{"<scr", ""},
        Case{"<script>x", "x"}, Case{"&amp &copy 5 &nbsp;&eacute", "& © 5 é"},
        Case{"&euro 5 &hellip", "&euro 5 &hellip"}, Case{"&#8364; &#x20AC &#233x", "€ € éx"},
        Case{"&#146;&#x80;", "’€"},
        Case{"&#0;&#x1B;&#xD800;&#99999999;a",
             "\xEF\xBF\xBD\xEF\xBF\xBD"
             "a"},
        Case{"&#; &#x; &; &#a", "&#; &#x; &; &#a"},
        Case{"<a href=\"https://x.y/?a=1&copy=2&amp;b=3\">q</a>",
             "q (https://x.y/?a=1&copy=2&b=3)"},
        Case{"<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>",
             "1. a\n2. b\n\n  - c\n\n3. d"},
        Case{"a<blockquote>b<blockquote>c</blockquote>d</blockquote>e",
             "a\n\n> b\n>\n> > c\n>\n> d\n\ne"},
        Case{"<blockquote><pre>a\nb</pre></blockquote>", "> a\n> b"},
        Case{"</blockquote></ul>a", "a"},
        Case{"<div style=\"display:none\">Save 20 %</div>Dear Ann", "Save 20 %\nDear Ann"},
        Case{"<STYLE>p{}</STYLE><P>A</P>", "A"}, Case{"<p>a<p>b", "a\n\nb"},
        Case{"a<o:p></o:p>b", "ab"}, Case{"<![CDATA[x]]>y", "y"},
        Case{"<?xml version=\"1.0\"?>y", "y"}));

TEST(HtmlToTextTest, IsLinearOnHostileInput) {
  for (std::string_view piece :
       {"<", "<!--", "<script>", "<a href=", "&", "<a \"", "</a>", "<p", "<a  href    ",
        "<blockquote>", "<ul><li>", "<pre>\n", "&#", "<ol>", "<div>"}) {
    std::string html;
    while (html.size() < 1'000'000) html += piece;
    html_to_text(html);
    html_to_text(html + ">");
  }
}

TEST(TextToHtmlTest, Escapes) {
  EXPECT_EQ(text_to_html("a<b>&\"\r\nc"), "a&lt;b&gt;&amp;&quot;<br>\nc");
}

}  // namespace
}  // namespace postroom::mime
