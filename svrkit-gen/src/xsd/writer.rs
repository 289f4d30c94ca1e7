//! XML text, a line an element and indented by depth.

use std::fmt::Write;

/// Text that grows by elements.
pub(super) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 }
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">\n");
        self.depth += 1;
    }

    pub(super) fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.push(format_args!("</{name}>\n"));
    }

    /// An element with nothing in it.
    pub(super) fn leaf(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>\n");
    }

    /// What editors show of the element it stands in.
    pub(super) fn annotation(&mut self, text: &str) {
        self.indent();
        let text = escaped(text);
        self.push(format_args!(
            "<xs:annotation><xs:documentation>{text}</xs:documentation></xs:annotation>\n"
        ));
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.indent();
        self.push(format_args!("<{name}"));
        for (attribute, value) in attributes {
            let value = escaped(value);
            self.push(format_args!(" {attribute}=\"{value}\""));
        }
        self.text.push_str(end);
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        self.text.write_fmt(text).expect("a string takes any text");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_xml_is_escaped() {
        let mut writer = Writer::new();
        writer.open("a", &[("b", "<\"&\">")]);
        writer.annotation("1 < 2 & 3 > 2");
        writer.close("a");
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <a b=\"&lt;&quot;&amp;&quot;&gt;\">\n  \
            <xs:annotation><xs:documentation>1 &lt; 2 &amp; 3 &gt; 2</xs:documentation></xs:annotation>\n</a>\n";
        assert_eq!(writer.finish(), expected);
    }
}
