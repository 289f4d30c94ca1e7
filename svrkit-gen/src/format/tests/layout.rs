//! The rules by example: before and after.

use super::formatted;
use crate::diagnostic::Code;
use crate::format;
use crate::limits::FILE_LEN_MAX;

/// What stands between the declaration and the end.
#[track_caller]
fn check(before: &str, after: &str) {
    let formatted = formatted(before);
    let body = formatted.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    assert_eq!(body, after, "\nbefore:\n{before}\nbut is:\n{body}");
}

/// The same for what stands in the root, each line of it two spaces further out.
#[track_caller]
fn check_content(before: &str, after: &str) {
    let lines =
        after.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
    let after: String = lines.collect();
    check(
        &format!("<protocol package='a'>{before}</protocol>"),
        &format!("<protocol package=\"a\">\n{after}</protocol>\n"),
    );
}

#[test]
fn a_file_has_one_beginning_and_one_end() {
    for before in [
        "<protocol package='a'/>",
        "\u{feff}<?xml version='1.1'?>\r\n\r\n\r\n<protocol package='a'></protocol>\r\n\r\n",
        "<?xml version=\"1.0\" encoding='utf-8' standalone='yes'?><protocol package='a'>\t</protocol>",
        " \n <protocol\n\tpackage = 'a'\n>&#32;<![CDATA[\n]]></protocol >",
    ] {
        check(before, "<protocol package=\"a\"/>\n");
    }
}

#[test]
fn attributes_have_one_order_and_one_kind_of_quotes() {
    check("<protocol version='3'\n  package='a'/>", "<protocol package=\"a\" version=\"3\"/>\n");
    check_content(
        "<message name='M'><field repeated=\"true\" type = 'u32' name=\"n\" packed='false' tag='1'/>\
         <reserved names='a\n\tb' tags='1 2'/></message>",
        "<message name=\"M\">\n  <field tag=\"1\" name=\"n\" type=\"u32\" repeated=\"true\" packed=\"false\"/>\n  \
         <reserved tags=\"1 2\" names=\"a  b\"/>\n</message>",
    );
    check_content(
        "<import path='a\"b&apos;&amp;&#x43;.xml'/>",
        "<import path=\"a&quot;b&apos;&amp;&#x43;.xml\"/>",
    );
}

#[test]
fn a_tag_of_110_characters_is_one_line_and_a_longer_one_goes_on_four_further_in() {
    let method = |len: usize| {
        let request = "R".repeat(len);
        format!(
            "<service name='S'><method timeout='1s' response='A' request='{request}' id='1' name='M'/></service>"
        )
    };
    let inner = |len: usize, line_break: &str| {
        let request = "R".repeat(len);
        format!(
            "<service name=\"S\">\n  <method name=\"M\" id=\"1\" request=\"{request}\" \
             response=\"A\"{line_break}timeout=\"1s\"/>\n</service>"
        )
    };
    // Four for the indentation, 62 for the rest of the tag.
    check_content(&method(44), &inner(44, " "));
    check_content(&method(45), &inner(45, "\n      "));
    // The first attribute stays with the name, however long it is; each line is as full as it can be.
    let (long, path) = ("x".repeat(128), "R".repeat(60));
    check_content(
        &format!(
            "<service name='S'><method name='{long}' id='1' request='{path}' response='{path}'><doc>d</doc></method></service>"
        ),
        &format!(
            "<service name=\"S\">\n  <method name=\"{long}\"\n      id=\"1\" request=\"{path}\"\n      \
             response=\"{path}\">\n    <doc>d</doc>\n  </method>\n</service>"
        ),
    );
}

#[test]
fn an_element_of_one_short_doc_is_one_line() {
    let value = |doc: &str| format!("<enum name='E'><value name='A' number='0'>\n{doc}</value></enum>");
    let line =
        |doc: &str| format!("<enum name=\"E\">\n  <value name=\"A\" number=\"0\">{doc}</value>\n</enum>");
    check_content(&value("<doc>\n  Short.\n </doc>"), &line("<doc>Short.</doc>"));
    check_content(&value("<doc> \n </doc>"), &line("<doc/>"));
    // 4 + 27 + 5 + 60 + 6 + 8 characters.
    let fits = "d".repeat(60);
    check_content(&value(&format!("<doc>{fits}</doc>")), &line(&format!("<doc>{fits}</doc>")));
    let too_long = "d".repeat(61);
    check_content(
        &value(&format!("<doc>{too_long}</doc>")),
        &format!(
            "<enum name=\"E\">\n  <value name=\"A\" number=\"0\">\n    <doc>{too_long}</doc>\n  </value>\n</enum>"
        ),
    );
    // The root is never one line, and neither is what holds a comment.
    check(
        "<protocol package='a'><doc>d</doc></protocol>",
        "<protocol package=\"a\">\n  <doc>d</doc>\n</protocol>\n",
    );
    check_content(
        "<message name='M'>\n<doc>d</doc> <!-- c --></message>",
        "<message name=\"M\">\n  <doc>d</doc> <!-- c -->\n</message>",
    );
}

#[test]
fn a_doc_of_110_characters_is_one_line_and_a_longer_one_stands_between_its_tags() {
    // Two for the indentation, eleven for the tags.
    let fits = "d é".repeat(33)[..].chars().take(97).collect::<String>();
    check_content(&format!("<doc>\n{fits}\n</doc>"), &format!("<doc>{fits}</doc>"));
    check_content(&format!("<doc>{fits}d</doc>"), &format!("<doc>\n  {fits}d\n</doc>"));
}

#[test]
fn lines_of_a_doc_keep_their_places_among_themselves() {
    for (before, after) in [
        ("<doc>One\n     two</doc>", "<doc>\n  One\n  two\n</doc>"),
        ("<doc>\nOne\n\n\n   - a\n     b\n   </doc>", "<doc>\n  One\n\n\n     - a\n       b\n</doc>"),
        ("<doc>One\n   - a\n     b\n   </doc>", "<doc>\n  One\n  - a\n    b\n</doc>"),
        ("<doc>\n     One\n   two\n    three\n   </doc>", "<doc>\n  One\n  two\n   three\n</doc>"),
        ("<doc>\n\n\tOne  \r\n\t\ttwo\r\n\tthree</doc>", "<doc>\n  One\n  \ttwo\n  three\n</doc>"),
        ("<doc>One&#10;  two &amp; &#x41;</doc>", "<doc>\n  One\n  two &amp; &#x41;\n</doc>"),
        ("<doc>One\n  &#32;two\n  three</doc>", "<doc>\n  One\n  &#32;two\n  three\n</doc>"),
        ("<doc>One\n&#32;  two\n  three</doc>", "<doc>\n  One\n   two\n  three\n</doc>"),
        ("<doc>&#x3000;</doc>", "<doc>&#x3000;</doc>"),
        ("<doc>&#10;</doc>", "<doc/>"),
        (
            "<doc>One\r two\r\n  three&#13;&#10;   four</doc>",
            "<doc>\n  One\n  two\n   three\n    four\n</doc>",
        ),
        // Of the first line only the blanks that stand there as such tell how far in it is.
        ("<doc>\n  &#32;x\n    y\n</doc>", "<doc>\n  &#32;x\n    y\n</doc>"),
        ("<doc>\n<![CDATA[ x]]>\n  y</doc>", "<doc>\n  <![CDATA[ x]]>\n    y\n</doc>"),
    ] {
        check_content(before, after);
    }
}

#[test]
fn wide_blanks_of_a_doc_are_text() {
    for (before, after) in [
        ("<doc>\n&#xA0;a\n\n    code</doc>", "<doc>\n  &#xA0;a\n\n      code\n</doc>"),
        ("<doc>\n\u{3000}a\n  b\u{2003} </doc>", "<doc>\n  \u{3000}a\n    b\u{2003}\n</doc>"),
        (
            "<doc>a<![CDATA[\n  y\n\n]]>\u{3000}b</doc>",
            "<doc>\n  a<![CDATA[\n    y\n\n  ]]>\u{3000}b\n</doc>",
        ),
    ] {
        check_content(before, after);
    }
}

#[test]
fn cdata_and_comments_stay_in_the_text() {
    for (before, after) in [
        ("<doc> <![CDATA[<b> & c]]> </doc>", "<doc><![CDATA[<b> & c]]></doc>"),
        (
            "<doc><![CDATA[\n    One\n      <b>\n    ]]>two</doc>",
            "<doc>\n  <![CDATA[\n  One\n    <b>\n  ]]>two\n</doc>",
        ),
        ("<doc><!-- why --> One</doc>", "<doc><!-- why --> One</doc>"),
        ("<doc>One <!-- why --></doc>", "<doc>One <!-- why --></doc>"),
        (
            "<doc>\n      <!-- why\n           not -->\n      One\n      two <!-- so --> three\n   </doc>",
            "<doc>\n  <!-- why\n       not -->\n  One\n  two <!-- so --> three\n</doc>",
        ),
        (
            "<doc>One\n    <!-- why -->    two\n    three</doc>",
            "<doc>\n  One\n  <!-- why -->    two\n  three\n</doc>",
        ),
        ("<doc><!-- a\n  b --></doc>", "<doc>\n  <!-- a\n  b -->\n</doc>"),
    ] {
        check_content(before, after);
    }
}

#[test]
fn neighbours_keep_one_blank_line_and_definitions_have_one() {
    check_content(
        "\n\n<doc>d</doc>\n\n\n<import path='a'/>\n<import path='b'/>\n\n \n<import path='c'/>\
         <enum name='E'>\n\n\n<value name='A' number='0'/>\n\n\n<value name='B' number='1'/>\n\n</enum>\
         <message name='M'/><service name='S'/>\n\n\n\n",
        "<doc>d</doc>\n\n<import path=\"a\"/>\n<import path=\"b\"/>\n\n<import path=\"c\"/>\n\n\
         <enum name=\"E\">\n  <value name=\"A\" number=\"0\"/>\n\n  <value name=\"B\" number=\"1\"/>\n</enum>\n\n\
         <message name=\"M\"/>\n\n<service name=\"S\"/>",
    );
    // Within a definition nothing is pulled apart.
    check_content(
        "<message name='M'><enum name='E'/><message name='N'/></message>",
        "<message name=\"M\">\n  <enum name=\"E\"/>\n  <message name=\"N\"/>\n</message>",
    );
}

#[test]
fn comments_right_above_a_definition_go_with_it() {
    let imported = |between: &str| format!("<import path='a'/>{between}<message name='M'/>");
    for (between, expected) in [
        ("\n<!-- c -->\n", "\n\n<!-- c -->\n"),
        ("\n<!-- b -->\n<!-- c -->\n", "\n\n<!-- b -->\n<!-- c -->\n"),
        ("\n<!-- b -->\n\n<!-- c -->\n", "\n<!-- b -->\n\n<!-- c -->\n"),
        ("\n<!-- c -->\n\n", "\n<!-- c -->\n\n"),
        (" <!-- c -->\n", " <!-- c -->\n\n"),
    ] {
        let expected = format!("<import path=\"a\"/>{expected}<message name=\"M\"/>");
        check_content(&imported(between), &expected);
    }
    // After a definition there is a blank line, whatever follows.
    check_content("<enum name='E'/>\n<!-- c -->\n<!-- d -->", "<enum name=\"E\"/>\n\n<!-- c -->\n<!-- d -->");
}

#[test]
fn comments_stay_on_their_lines() {
    check(
        "<!-- a --><!-- b -->\n\n\n<!-- c --><protocol package='a'><!-- d -->\n<!-- e\n     f -->\
         <import path='x'/><!-- g --> <!-- h --><import path='y'/>\n   <!-- i --></protocol><!-- j -->\n<!-- k -->",
        "<!-- a --> <!-- b -->\n\n<!-- c -->\n<protocol package=\"a\"> <!-- d -->\n  <!-- e\n       f -->\n  \
         <import path=\"x\"/> <!-- g --> <!-- h -->\n  <import path=\"y\"/>\n  <!-- i -->\n</protocol> <!-- j -->\n\
         <!-- k -->\n",
    );
    check(
        "<?xml version='1.0'?> <!-- a -->\n<protocol package='a'/>",
        "<!-- a -->\n<protocol package=\"a\"/>\n",
    );
}

#[test]
fn a_comment_of_several_lines_ends_the_last_of_them() {
    check_content(
        "<import path='x'/><!-- a\n b --><!-- c --> <!-- d -->\n<import path='y'/><!-- e --><!-- f\ng -->\n\n<!-- h -->",
        "<import path=\"x\"/> <!-- a\n                   b -->\n<!-- c --> <!-- d -->\n\
         <import path=\"y\"/> <!-- e --> <!-- f\n                              g -->\n\n<!-- h -->",
    );
    check_content(
        "<message name='M'><!-- a\n  b --><!-- c\nd --><!-- e --></message>",
        "<message name=\"M\"> <!-- a\n                   b -->\n  <!-- c\n  d -->\n  <!-- e -->\n</message>",
    );
}

#[test]
fn a_line_of_comments_grows_no_more_than_each_of_them() {
    const COUNT: usize = 2000;
    let comments = "<!--\na-->".repeat(COUNT);
    for (content, room) in
        [(format!("<message name='M'/>{comments}"), 16), (format!("<doc>{comments}</doc>"), 128)]
    {
        let formatted = formatted(&format!("<protocol package='a'>{content}</protocol>"));
        assert!(formatted.len() < COUNT * room, "{}", formatted.len());
    }
}

#[test]
fn what_does_not_parse_is_refused_with_all_its_findings() {
    for (bytes, code, count) in [
        (&b"<protocol package='a'><mesage/><import/></protocol>"[..], Code::UNKNOWN_ELEMENT, 2),
        (b"<protocol package='a'>", Code::MALFORMED_XML, 1),
        (b"", Code::MALFORMED_XML, 1),
        (b"<protocol package='a'/>\xff", Code::NOT_UTF8, 1),
        (b"<protocol package='a'><message name='M'><field tag='x' name='n' type='u8'/></message></protocol>", Code::BAD_VALUE, 1),
    ] {
        let report = format("shop.xml", bytes).unwrap_err();
        assert_eq!((report.findings()[0].code(), report.error_count()), (code, count), "{report}");
        assert!(report.render().contains("--> shop.xml:1:"), "{report}");
    }
    // What parses is laid out, whatever else is wrong with it.
    check_content(
        "<message name='M'><field tag='0' name='n' type='u8'/></message>",
        "<message name=\"M\">\n  <field tag=\"0\" name=\"n\" type=\"u8\"/>\n</message>",
    );
}

#[test]
fn a_file_that_is_or_becomes_too_large_is_refused() {
    let filled =
        |len: usize| format!("<protocol package='a'><doc><![CDATA[{}]]></doc></protocol>", "\n".repeat(len));
    let max = FILE_LEN_MAX as usize;
    let report = format("shop.xml", filled(1 + max - filled(0).len())).unwrap_err();
    assert_eq!(report.findings()[0].code(), Code::LIMIT_EXCEEDED);
    assert!(report.render().contains("`shop.xml` is larger than 8388608 bytes (FILE_LEN_MAX)"), "{report}");
    // What fits before the tags have lines of their own may be too large after.
    let room = 1 + max - format("shop.xml", filled(1)).unwrap().len();
    assert_eq!(format("shop.xml", filled(room)).unwrap().len(), max);
    let report = format("shop.xml", filled(room + 1)).unwrap_err();
    assert!(report.render().contains("`shop.xml` would be larger than 8388608 bytes"), "{report}");
    // Each line break takes some hundred blanks: what is not there yet is not made.
    let comment = format!(
        "<protocol package='a'><import path='{}'/><!--{}--></protocol>",
        "x".repeat(100),
        "\na".repeat(max / 4)
    );
    let report = format("shop.xml", comment).unwrap_err();
    assert!(report.render().contains("help: split it into files that import one another"), "{report}");
}
