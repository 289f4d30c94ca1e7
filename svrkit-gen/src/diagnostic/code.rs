//! The registry of finding codes: one row a rule.
//!
//! A code never changes its meaning and is never used again. `CODES.md` shows the same table to users; a test
//! holds the two together, and another that every code has an example among the schemas of the tests.

use std::fmt;

/// Whether a finding stops the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Code is generated all the same.
    Warning,
}

macro_rules! codes {
    ($($name:ident $text:literal $severity:ident $summary:literal)+) => {
        #[doc = include_str!("../../CODES.md")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $text, "`: ", $summary, ".")] $name,)+
        }

        impl Code {
            /// Every code, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it is printed: `SVK0104`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What the rule is about, in half a sentence.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$name => $summary),+ }
            }

            /// Whether a finding of this code stops the build. Of a lint, its level decides that: see
            /// [`Diagnostic::severity`](crate::Diagnostic::severity).
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),+ }
            }
        }
    };
}

codes! {
    UnreadableFile "SVK0001" Error "a schema file cannot be read"
    NotUtf8 "SVK0002" Error "a schema file is not encoded in UTF-8"
    MalformedXml "SVK0003" Error "the file is not well-formed XML"
    ForbiddenMarkup "SVK0004" Error "a document type or a processing instruction"
    UndefinedEntity "SVK0005" Error "an entity other than the five of XML"
    LimitExceeded "SVK0006" Error "a file is larger, deeper or busier than the limits allow"
    UnknownElement "SVK0007" Error "an element the dialect does not know"
    UnknownAttribute "SVK0008" Error "an attribute the element does not know"
    MissingAttribute "SVK0009" Error "an attribute that must be there is absent"
    BadValue "SVK0010" Error "the value of an attribute cannot be read"
    AttributeTwice "SVK0011" Error "one element carries an attribute twice"
    Misplaced "SVK0012" Error "an element or a text stands where it may not"
    MissingImport "SVK0013" Error "an imported file is not found"
    ImportCycle "SVK0014" Error "files import one another in a circle"
    UnwritableOutput "SVK0015" Error "the generated file cannot be written"
    NoFiles "SVK0016" Error "no schema file is named"
    ConfigFault "SVK0017" Error "a setting of `Config` cannot be meant"
    BadName "SVK0101" Error "a name is no identifier"
    DuplicateDefinition "SVK0102" Error "two definitions of a package have one name"
    DuplicateField "SVK0103" Error "two fields of a message have one name"
    TagReused "SVK0104" Error "two fields of a message have one tag"
    TagOutOfRange "SVK0105" Error "a tag is outside of what the wire can carry"
    ReservedTag "SVK0106" Error "a field uses a reserved tag"
    ReservedField "SVK0107" Error "a field uses a reserved name"
    UnknownType "SVK0108" Error "the type of a field is not defined or not imported"
    OptionalRepeated "SVK0109" Error "a field is optional and repeated"
    OptionalMessage "SVK0110" Warning "`optional` on a message says nothing"
    PackedUnpackable "SVK0111" Error "`packed` on a field that cannot be packed"
    EnumWithoutZero "SVK0112" Error "the first value of an enum is not number 0"
    EnumNumberTwice "SVK0113" Error "two values of an enum have one number"
    EnumValueTwice "SVK0114" Error "two values of an enum have one name"
    ReservedNumber "SVK0115" Error "an enum value uses a reserved number"
    ReservedValue "SVK0116" Error "an enum value uses a reserved name"
    RustCollision "SVK0117" Error "two names become one in Rust"
    BadDefault "SVK0118" Error "a default that its field cannot hold"
    DefaultWithoutOptional "SVK0119" Error "a default on a field that cannot be absent"
    DefaultForbidden "SVK0120" Error "a default that the constraints of its field refuse"
    ConstraintUnsuited "SVK0121" Error "a constraint on what cannot be held to it"
    ConstraintUnreachable "SVK0122" Error "a constraint that no value can break or none can keep"
    NotAKey "SVK0123" Error "the key of a map is no whole number, `bool` or `string`"
    EmptyOneof "SVK0124" Error "a oneof without fields"
    OneofMember "SVK0125" Error "a field of a oneof says what the oneof decides"
    SinceTooLate "SVK0126" Error "`since` names a version that is not there yet"
    ReplacedByUnknown "SVK0127" Error "`replaced-by` names nothing of its kind next to it"
    ReplacedNotDeprecated "SVK0128" Error "`replaced-by` on something that is not deprecated"
    NestedTooDeep "SVK0129" Error "messages contain one another deeper than a server decodes"
    ErrorCodeTwice "SVK0130" Error "two errors of a set have one code"
    DuplicateError "SVK0131" Error "two errors of a set have one name"
    ReservedErrorCode "SVK0132" Error "an error uses a reserved code"
    ReservedError "SVK0133" Error "an error uses a reserved name"
    EmptyErrors "SVK0134" Error "a set of errors without errors"
    SinceBeforeOwner "SVK0135" Error "something is there since before what it stands in"
    RequiredRecursion "SVK0136" Error "a message must hold itself without end"
    ServiceIdTwice "SVK0201" Error "two services have one id"
    DuplicateMethod "SVK0202" Error "two methods of a service have one name"
    MethodIdTwice "SVK0203" Error "two methods of a service have one id"
    KitServiceId "SVK0204" Error "a service id belongs to the kit"
    ReservedMethodId "SVK0205" Error "a method uses a reserved id"
    ReservedMethod "SVK0206" Error "a method uses a reserved name"
    NotAMessage "SVK0207" Error "a request, a response or a detail is no known message"
    NotErrors "SVK0208" Error "`errors` names no known set of errors"
    RouteKeyUnknown "SVK0209" Error "`route-key` names no field of the request to route by"
    RouteKeyOfStream "SVK0210" Error "`route-key` on a method whose requests are a stream"
    OnewayAnswer "SVK0211" Error "a oneway method promises an answer"
    BadAllowance "SVK0301" Error "a comment that should allow a lint does not"
    UnusedAllow "SVK0302" Warning "an allowance silences nothing"
    FieldCase "SVK0303" Warning "a field or a oneof is not in snake_case"
    TypeCase "SVK0304" Warning "a message, an enum, a service, a method or a set of errors is not in PascalCase"
    ValueCase "SVK0305" Warning "an enum value or an error is not in UPPER_CASE"
    ZeroValue "SVK0306" Warning "the value 0 of an enum means something"
    EnumPrefix "SVK0307" Warning "every value of an enum starts with the name of the enum"
    MissingDoc "SVK0308" Warning "a definition has no `<doc>`"
    UnusedImport "SVK0309" Warning "nothing of an imported file is used"
    HotTag "SVK0310" Warning "a field takes a tag of two bytes while one of one byte is free"
    LargeMessage "SVK0311" Warning "a message has more than 100 fields"
    SharedRequest "SVK0312" Warning "two methods have one request message"
    NoTimeout "SVK0313" Warning "a method says nothing of how long it may take"
    ImplicitId "SVK0314" Warning "the id of a service is computed from its name"
    Unbounded "SVK0315" Warning "what a caller may send has no upper bound"
    DeprecatedUse "SVK0316" Warning "something that is not deprecated uses something that is"
    ReservedWithoutName "SVK0317" Warning "numbers are reserved without the names they stood for"
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_none_is_used_twice() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
    }

    #[test]
    fn the_table_for_users_is_the_registry() {
        let mut table = String::new();
        // The lints have a table of their own.
        for code in Code::ALL.iter().filter(|code| crate::lint::Lint::of(**code).is_none()) {
            let severity = match code.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            table.push_str(&format!("| {code} | {severity} | {} |\n", code.summary()));
        }
        assert!(include_str!("../../CODES.md").contains(&table), "CODES.md should hold:\n{table}");
    }
}
