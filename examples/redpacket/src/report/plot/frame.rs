//! What every plot has: its size, where a value is in it, grid, ticks, and the peak behind it all.
//!
//! A plot is as wide as it may be on the page, and its text with it: at 400 units on a phone's 360 pixels it can still be read.

use std::fmt::Write as _;

use crate::report::model::Setting;
use crate::report::numbers::short;

const WIDTH: f64 = 400.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 6.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 20.0;

/// Steps between two ticks of time, in seconds: the first that makes no more ticks than there is room for.
const TIME_STEPS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0];
const TIME_TICKS_MAX: f64 = 8.0;

/// What steps between two ticks of values begin with.
const ROUND: [f64; 7] = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0];

/// How values become heights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    /// From 0 up to this.
    Linear(f64),
    /// From the first up to the second, equal distances for equal factors.
    Log(f64, f64),
}

/// A plot over the time of a night.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    setting: &'a Setting,
    seconds: f64,
    height: f64,
    scale: Scale,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(setting: &'a Setting, seconds: usize, height: f64, scale: Scale) -> Self {
        Self { setting, seconds: seconds.max(1) as f64, height, scale: scale.sound() }
    }

    /// The picture: the frame, and `marks` in it, which are SVG. `title` is what it shows, in words, for those who do not see it.
    pub(crate) fn svg(&self, title: &str, ticks: &[(f64, String)], marks: &str) -> String {
        let mut svg = format!(
            r#"<svg viewBox="0 0 {WIDTH} {:.0}" role="img" aria-label="{}">"#,
            self.height + TOP + BOTTOM,
            escaped(title)
        );
        self.peak(&mut svg);
        for (value, word) in ticks {
            let y = self.y(*value);
            push(
                &mut svg,
                format_args!(
                    r#"<line class="grid" x1="{LEFT}" y1="{y:.1}" x2="{}" y2="{y:.1}"/><text class="tick" x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
                    WIDTH - RIGHT,
                    LEFT - 5.0,
                    y + 3.5,
                    escaped(word)
                ),
            );
        }
        svg.push_str(marks);
        self.times(&mut svg);
        svg.push_str("</svg>");
        svg
    }

    pub(crate) fn x(&self, second: f64) -> f64 {
        LEFT + sound(second / self.seconds) * (WIDTH - LEFT - RIGHT)
    }

    pub(crate) fn y(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear(max) => value / max,
            Scale::Log(min, max) => (value.max(min) / min).ln() / (max / min).ln(),
        };
        TOP + (1.0 - sound(share)) * self.height
    }

    /// The ticks of a plot whose values are plain numbers.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        let values = match self.scale {
            Scale::Linear(max) => {
                let step = step_of(max / 4.0);
                (0..=4).map(|tick| f64::from(tick) * step).filter(|tick| *tick <= max * 1.001).collect()
            }
            Scale::Log(min, max) => {
                let powers = std::iter::successors(Some(min), |power| Some(power * 10.0));
                powers.take_while(|power| *power <= max * 1.001).collect::<Vec<_>>()
            }
        };
        values.into_iter().map(|value| (value, short(value))).collect()
    }

    fn peak(&self, svg: &mut String) {
        for part in self.setting.parts.iter().filter(|part| part.name == PEAK) {
            let (from, to) = (self.x(part.from), self.x(part.to));
            push(
                svg,
                format_args!(
                    r#"<rect class="peak" x="{from:.1}" y="{TOP}" width="{:.1}" height="{:.1}"/>"#,
                    to - from,
                    self.height
                ),
            );
        }
    }

    fn times(&self, svg: &mut String) {
        let most = TIME_STEPS.last().copied().unwrap_or(1.0);
        let fits = |step: &f64| self.seconds / step <= TIME_TICKS_MAX;
        let step = TIME_STEPS.into_iter().find(fits).unwrap_or(most);
        let bottom = TOP + self.height;
        push(
            svg,
            format_args!(
                r#"<line class="axis" x1="{LEFT}" y1="{bottom:.1}" x2="{}" y2="{bottom:.1}"/>"#,
                WIDTH - RIGHT
            ),
        );
        let mut second = 0.0;
        while second <= self.seconds && second / step <= 2.0 * TIME_TICKS_MAX {
            push(
                svg,
                format_args!(
                    r#"<text class="tick" x="{:.1}" y="{:.1}" text-anchor="middle">{second} s</text>"#,
                    self.x(second).min(WIDTH - 12.0),
                    bottom + 14.0
                ),
            );
            second += step;
        }
    }
}

/// The part of a night that plots show behind what they have.
pub(crate) const PEAK: &str = "peak";

impl Scale {
    /// Up to the first round number that is no less than `most`.
    pub(crate) fn up_to(most: f64) -> Self {
        Self::Linear(4.0 * step_of(most / 4.0))
    }

    /// One that divides by nothing that is zero.
    fn sound(self) -> Self {
        match self {
            Self::Linear(max) if max.is_finite() && max > 0.0 => self,
            Self::Log(min, max) if min.is_finite() && max.is_finite() && 0.0 < min && min < max => self,
            Self::Linear(_) => Self::Linear(1.0),
            Self::Log(..) => Self::Log(1.0, 10.0),
        }
    }
}

/// The first round number that is no less than `least`: one of [`ROUND`] times a power of ten.
fn step_of(least: f64) -> f64 {
    if !least.is_finite() || least <= 0.0 {
        return 0.25;
    }
    let power = 10_f64.powf(least.log10().floor());
    ROUND.map(|round| round * power).into_iter().find(|step| *step >= least).unwrap_or(10.0 * power)
}

/// Within the picture, whatever it was.
fn sound(share: f64) -> f64 {
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

/// As text and attributes of HTML and SVG have it.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(char),
        }
    }
    safe
}

pub(crate) fn push(svg: &mut String, mark: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = svg.write_fmt(mark);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_within_the_picture() {
        let setting = Setting::default();
        for scale in
            [Scale::Linear(100.0), Scale::Linear(0.0), Scale::Log(1.0, 1_000.0), Scale::Log(0.0, f64::NAN)]
        {
            let frame = Frame::new(&setting, 10, 100.0, scale);
            for value in [f64::NAN, f64::NEG_INFINITY, -1.0, 0.0, 50.0, 1e300, f64::INFINITY] {
                let (x, y) = (frame.x(value), frame.y(value));
                assert!(
                    (LEFT..=WIDTH).contains(&x) && (TOP..=TOP + 100.0).contains(&y),
                    "{scale:?} {value}: {x} {y}"
                );
            }
        }
    }

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        for (most, expected) in [
            (11_300.0, ["0", "3k", "6k", "9k", "12k"]),
            (17_300.0, ["0", "5k", "10k", "15k", "20k"]),
            (9.0, ["0", "2.5", "5", "7.5", "10"]),
            (0.0, ["0", "0.25", "0.5", "0.75", "1"]),
        ] {
            let setting = Setting::default();
            let frame = Frame::new(&setting, 10, 100.0, Scale::up_to(most));
            let words: Vec<String> = frame.ticks().into_iter().map(|(_, word)| word).collect();
            assert_eq!(words, expected);
        }
    }

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escaped(r#"<a href="x">'&'"#), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
    }
}
