//! The constraints of an element, whichever there are.

use super::attributes::Attribute;
use super::element::Element;
use super::{Context, value};
use crate::constraint::{Constraint, Form, Operand, Place, Rule, rules_of};

pub(super) fn constraints(element: &Element<'_>, place: Place, context: &mut Context<'_>) -> Vec<Constraint> {
    let given = rules_of(place).filter_map(|rule| Some((rule, element.attribute(rule.word)?)));
    let read = given.filter_map(|(rule, attribute)| constraint(rule, attribute, context));
    read.collect()
}

/// `None` for one that could not be read, and for `false`.
fn constraint(
    rule: &'static Rule,
    attribute: &Attribute<'_>,
    context: &mut Context<'_>,
) -> Option<Constraint> {
    let operand = match rule.form {
        Form::Number => value::any_number(attribute, context)?,
        Form::Count => Operand::Count(value::number(attribute, 0..=u32::MAX, context)?.value),
        Form::Flag => value::flag(attribute, context)?.value.then_some(Operand::Flag)?,
    };
    Some(Constraint { rule, operand, span: attribute.span })
}
