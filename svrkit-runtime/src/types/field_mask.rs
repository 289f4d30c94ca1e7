//! Masks of fields: their paths as one text, with commas between.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::FieldMask;

/// Why a text is no mask: one of its paths is. Who wrote it mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldMaskError {
    /// The path that is none.
    pub path: String,
}

impl fmt::Display for FieldMaskError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` is no path of fields, which looks like `order.payer.name`", self.path)
    }
}

impl Error for FieldMaskError {}

impl FieldMask {
    /// Is the field at `path`, or one that it stands in, in the mask?
    ///
    /// ```
    /// use svrkit_runtime::types::FieldMask;
    ///
    /// let mask: FieldMask = "id,payer.name".parse()?;
    /// assert!(mask.covers("payer.name.first") && mask.covers("id"));
    /// assert!(!mask.covers("payer") && !mask.covers("payer.names"));
    /// # Ok::<(), svrkit_runtime::types::FieldMaskError>(())
    /// ```
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        self.paths.iter().any(|own| {
            path.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// Paths as they are, with commas between.
impl fmt::Display for FieldMask {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.paths.join(","))
    }
}

/// Nothing at all is the empty mask.
impl FromStr for FieldMask {
    type Err = FieldMaskError;

    fn from_str(text: &str) -> Result<Self, FieldMaskError> {
        let mut mask = Self::default();
        if text.is_empty() {
            return Ok(mask);
        }
        for path in text.split(',') {
            let is_name = |name: &str| {
                !name.is_empty()
                    && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
            };
            if !path.split('.').all(is_name) {
                return Err(FieldMaskError { path: path.to_owned() });
            }
            mask.paths.push(path.to_owned());
        }
        Ok(mask)
    }
}

impl<P: Into<String>> FromIterator<P> for FieldMask {
    fn from_iter<I: IntoIterator<Item = P>>(paths: I) -> Self {
        Self { paths: paths.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_its_paths_with_commas_between() {
        for (text, expected) in
            [("", &[][..]), ("id", &["id"]), ("id,payer.first_name", &["id", "payer.first_name"])]
        {
            let mask: FieldMask = text.parse().unwrap();
            assert_eq!(mask, expected.iter().copied().collect());
            assert_eq!(mask.to_string(), text);
        }
        for (text, path) in [(",", ""), ("a,,b", ""), ("a.", "a."), ("a,b c", "b c"), ("a,b..c", "b..c")] {
            assert_eq!(text.parse::<FieldMask>(), Err(FieldMaskError { path: path.to_owned() }));
        }
    }
}
