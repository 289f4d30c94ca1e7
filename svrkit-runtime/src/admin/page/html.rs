//! A document as HTML, for browsers: no script, no style but the sheet of its own, nothing from elsewhere.

use crate::admin::style::SHEET;

use super::document::{Align, Block, Column, Document, Field, Link};

/// Text that has no meaning in HTML.
struct Html(String);

impl Html {
    /// Markup, which is this file's own.
    fn markup(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text of anybody, also within the quotes of an attribute.
    fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    fn element(&mut self, name: &str, text: &str) -> &mut Self {
        self.markup("<").markup(name).markup(">").text(text).markup("</").markup(name).markup(">")
    }
}

pub(super) fn write(document: &Document, pages: &[Link]) -> String {
    let mut html = Html(String::new());
    html.markup(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n",
    );
    html.element("title", &document.title);
    // Between the two tags nothing but what the policy has the hash of.
    html.markup("\n<style>").markup(SHEET).markup("</style>\n<link rel=\"icon\" href=\"/favicon.ico\">\n");
    html.markup("</head>\n<body>\n");
    navigation(&mut html, pages);
    html.markup("<main>\n").element("h1", &document.title).markup("\n");
    for block in &document.blocks {
        write_block(&mut html, block);
    }
    html.markup("</main>\n</body>\n</html>\n");
    html.0
}

fn navigation(html: &mut Html, pages: &[Link]) {
    if pages.is_empty() {
        return;
    }
    html.markup("<nav>\n");
    for Link { path, about } in pages {
        html.markup("<a href=\"").text(path).markup("\" title=\"").text(about).markup("\">");
        html.text(path).markup("</a>\n");
    }
    html.markup("</nav>\n");
}

fn write_block(html: &mut Html, block: &Block) {
    match block {
        Block::Words(words) => {
            html.element("p", words).markup("\n");
        }
        Block::Facts(facts) => {
            html.markup("<dl>\n");
            for (name, value) in facts {
                html.element("dt", name).element("dd", value).markup("\n");
            }
            html.markup("</dl>\n");
        }
        Block::Table { caption, columns, rows, empty } => {
            html.element("h2", caption).markup("\n");
            match rows.is_empty() {
                true => drop(html.element("p", empty).markup("\n")),
                false => write_table(html, columns, rows),
            }
        }
        Block::Links(links) => {
            html.markup("<dl>\n");
            for Link { path, about } in links {
                html.markup("<dt><a href=\"").text(path).markup("\">").text(path).markup("</a></dt>");
                html.element("dd", about).markup("\n");
            }
            html.markup("</dl>\n");
        }
        Block::Form { action, button, field } => {
            html.markup("<form method=\"post\" action=\"").text(action).markup("\">\n");
            match field {
                Field::Nothing => {}
                Field::Secret(secret) => {
                    html.markup("<label>").text(secret);
                    html.markup(" <input type=\"password\" name=\"").text(secret);
                    html.markup("\" autocomplete=\"current-password\" required></label>\n");
                }
                Field::Fixed(name, value) => {
                    html.markup("<input type=\"hidden\" name=\"").text(name);
                    html.markup("\" value=\"").text(value).markup("\">\n");
                }
            }
            html.markup("<button>").text(button).markup("</button>\n</form>\n");
        }
    }
}

/// Each cell has its column's name with it: on a phone a row is a card.
fn write_table(html: &mut Html, columns: &[Column], rows: &[Vec<String>]) {
    let class = |column: &Column| match column.align {
        Align::Left => "",
        Align::Right => " class=\"number\"",
    };
    html.markup("<table>\n<thead><tr>");
    for column in columns {
        html.markup("<th").markup(class(column)).markup(">").text(column.name).markup("</th>");
    }
    html.markup("</tr></thead>\n<tbody>\n");
    for row in rows {
        html.markup("<tr>");
        for (column, cell) in columns.iter().zip(row) {
            html.markup("<td").markup(class(column)).markup(" data-label=\"").text(column.name).markup("\">");
            html.text(cell).markup("</td>");
        }
        html.markup("</tr>\n");
    }
    html.markup("</tbody>\n</table>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIL: &str = "</td><script>alert('1' & \"2\")</script>";
    const TAMED: &str = "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;";

    #[test]
    fn what_peers_say_is_text_wherever_it_stands() {
        let document = Document::new(EVIL).words(EVIL).facts([("name", EVIL.into())]).table(
            EVIL,
            &[Column::left("peer")],
            [vec![EVIL.into()]],
            "",
        );
        let html = write(&document, &[]);
        assert!(!html.contains("<script"), "{html}");
        // The title twice, the words, the fact, the caption, the cell.
        assert_eq!(html.matches(TAMED).count(), 6, "{html}");
    }

    #[test]
    fn a_page_does_something_by_a_button_alone() {
        let document = Document::new("drain").button("/drain", "stop").secret("/login", "token", "enter");
        let html = write(&document, &[Link { path: "/drain", about: "stops" }]);
        assert!(html.contains("<form method=\"post\" action=\"/drain\">\n<button>stop</button>"), "{html}");
        assert!(html.contains("<input type=\"password\" name=\"token\""), "{html}");
        assert!(html.contains("<a href=\"/drain\" title=\"stops\">/drain</a>"), "{html}");
        for word in ["style=", "onclick", "javascript", "<script", "http:"] {
            assert!(!html.contains(word), "{word} in {html}");
        }
    }
}
