//! What is drawn in a frame: lines, areas that stand on one another, and bands of colour. Values belong to seconds, and stand in their middle.

use super::frame::{Frame, push};

/// A line through the values; where there is none, it is interrupted.
pub(crate) fn line(frame: &Frame<'_>, class: &str, values: impl IntoIterator<Item = Option<f64>>) -> String {
    let mut svg = String::new();
    let mut points = Vec::new();
    let values = values.into_iter().map(|value| value.filter(|value| value.is_finite()));
    for (second, value) in values.chain([None]).enumerate() {
        match value {
            Some(value) => points.push((frame.x(second as f64 + 0.5), frame.y(value))),
            None => draw(&mut svg, class, &std::mem::take(&mut points)),
        }
    }
    svg
}

fn draw(svg: &mut String, class: &str, points: &[(f64, f64)]) {
    match points {
        [] => {}
        // A line of one point is not seen.
        [(x, y)] => {
            push(svg, format_args!(r#"<circle class="dot {class}" cx="{x:.1}" cy="{y:.1}" r="1.5"/>"#))
        }
        points => {
            push(svg, format_args!(r#"<polyline class="line {class}" points=""#));
            coordinates(svg, points.iter().copied());
            svg.push_str(r#""/>"#);
        }
    }
}

/// Areas, each on those before it: a class, and a value for each second.
pub(crate) fn stack(frame: &Frame<'_>, layers: &[(&str, Vec<f64>)]) -> String {
    let mut svg = String::new();
    let longest = layers.iter().map(|(_, values)| values.len()).max().unwrap_or_default();
    let mut below = vec![0.0; longest];
    for (class, values) in layers {
        if values.iter().all(|value| *value <= 0.0) {
            continue;
        }
        let value =
            |second: usize| values.get(second).copied().filter(|value| value.is_finite()).unwrap_or_default();
        let above: Vec<f64> = below.iter().enumerate().map(|(second, below)| below + value(second)).collect();
        let edge = |edge: &[f64]| -> Vec<(f64, f64)> {
            let points = edge.iter().enumerate();
            points.map(|(second, value)| (frame.x(second as f64 + 0.5), frame.y(*value))).collect()
        };
        push(&mut svg, format_args!(r#"<polygon class="area {class}" points=""#));
        coordinates(&mut svg, edge(&above).into_iter().chain(edge(&below).into_iter().rev()));
        svg.push_str(r#""/>"#);
        below = above;
    }
    svg
}

/// A band of colour between two values, of which each second has its class; seconds without one have none.
pub(crate) fn band<'a>(
    frame: &Frame<'_>,
    (low, high): (f64, f64),
    classes: impl IntoIterator<Item = Option<&'a str>>,
) -> String {
    let mut svg = String::new();
    let (top, bottom) = (frame.y(high), frame.y(low));
    let mut draw = |class: Option<&str>, from: usize, to: usize| {
        if let Some(class) = class {
            let (left, right) = (frame.x(from as f64), frame.x(to as f64));
            push(
                &mut svg,
                format_args!(
                    r#"<rect class="area {class}" x="{left:.1}" y="{top:.1}" width="{:.1}" height="{:.1}"/>"#,
                    right - left,
                    bottom - top
                ),
            );
        }
    };
    let mut current = (None, 0);
    let mut end = 0;
    for (second, class) in classes.into_iter().enumerate() {
        if class != current.0 {
            draw(current.0, current.1, second);
            current = (class, second);
        }
        end = second + 1;
    }
    draw(current.0, current.1, end);
    svg
}

fn coordinates(svg: &mut String, points: impl IntoIterator<Item = (f64, f64)>) {
    for (number, (x, y)) in points.into_iter().enumerate() {
        let space = if number == 0 { "" } else { " " };
        push(svg, format_args!("{space}{x:.1},{y:.1}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::Setting;
    use crate::report::plot::frame::Scale;

    fn in_frame(draw: impl FnOnce(&Frame<'_>) -> String) -> String {
        let setting = Setting::default();
        draw(&Frame::new(&setting, 4, 100.0, Scale::Linear(10.0)))
    }

    #[test]
    fn a_line_stops_where_nothing_is_known() {
        let svg = in_frame(|frame| line(frame, "a", [Some(1.0), Some(2.0), None, Some(f64::NAN), Some(3.0)]));
        assert_eq!((svg.matches("<polyline").count(), svg.matches("<circle").count()), (1, 1), "{svg}");
        assert_eq!(in_frame(|frame| line(frame, "a", [])), "");
    }

    #[test]
    fn areas_stand_on_one_another() {
        let layers = [("a", vec![5.0, 5.0]), ("empty", vec![0.0, 0.0]), ("b", vec![5.0, f64::NAN])];
        let svg = in_frame(|frame| stack(frame, &layers));
        let top = in_frame(|frame| format!("{:.1},{:.1}", frame.x(0.5), frame.y(10.0)));
        let middle = in_frame(|frame| format!("{:.1},{:.1}", frame.x(1.5), frame.y(5.0)));
        assert_eq!((svg.matches("<polygon").count(), svg.contains("NaN")), (2, false), "{svg}");
        assert!(svg.contains(&top) && svg.matches(&middle).count() == 3, "{svg}");
    }

    #[test]
    fn a_band_has_one_piece_for_what_is_alike_and_follows_itself() {
        let svg = in_frame(|frame| band(frame, (0.0, 5.0), [Some("a"), Some("a"), None, Some("b")]));
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
    }
}
