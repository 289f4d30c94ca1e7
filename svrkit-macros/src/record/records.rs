//! The records of a message: in which order its fields stand, and the code that reads them into a message or its view.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand::{as_field, as_oneof};
use super::{Field, Oneof, Record};

/// What is written at one place of a message.
pub(super) enum Piece<'r, 'a> {
    Field(&'r Field<'a>),
    /// The members of a oneof whose tags lie between those of two fields.
    Members {
        oneof: &'r Oneof<'a>,
        from: u32,
        to: u32,
    },
}

/// By ascending tags.
pub(super) fn pieces<'r, 'a>(record: &'r Record<'a>) -> Vec<Piece<'r, 'a>> {
    let fields = record.fields.iter().map(|field| (field.tag, Piece::Field(field)));
    let members = record.oneofs.iter().flat_map(|oneof| {
        oneof.tags.iter().map(move |tag| (*tag, Piece::Members { oneof, from: *tag, to: *tag }))
    });
    let mut by_tag: Vec<_> = fields.chain(members).collect();
    by_tag.sort_by_key(|(tag, _)| *tag);
    let mut pieces: Vec<Piece<'_, '_>> = Vec::new();
    for (_, piece) in by_tag {
        match (pieces.last_mut(), piece) {
            (Some(Piece::Members { oneof: last, to: end, .. }), Piece::Members { oneof, to, .. })
                if std::ptr::eq(*last, oneof) =>
            {
                *end = to;
            }
            (_, piece) => pieces.push(piece),
        }
    }
    pieces
}

/// How the records of a field are read: into a message, or into its view.
pub(super) struct Readers {
    /// The function of `Field` and `OneofField` that reads what comes next in the order of the tags.
    pub(super) next: TokenStream,
    /// The function of `Field` that reads one record, compiled for each type.
    pub(super) small: TokenStream,
    /// Reads the member of `key`.
    pub(super) member: fn(&Oneof<'_>) -> TokenStream,
}

/// Each field of `place` by ascending tags, as every encoder writes them. Nothing in a message that is to be small.
pub(super) fn in_order(
    record: &Record<'_>,
    message: &TokenStream,
    readers: &Readers,
    place: &TokenStream,
    decoder: &TokenStream,
) -> TokenStream {
    let next = &readers.next;
    let shape = shape(message);
    let fields = pieces(record).into_iter().map(|piece| match piece {
        Piece::Field(field @ Field { ident, tag, .. }) => {
            let as_field = as_field(field);
            quote!(#as_field::#next(&mut #place.#ident, #tag, #shape, #decoder)?;)
        }
        Piece::Members { oneof, .. } => {
            let ident = oneof.ident;
            let as_oneof = as_oneof(oneof);
            quote!(#as_oneof::#next(&mut #place.#ident, #shape, #decoder)?;)
        }
    });
    if record.is_small { quote!() } else { quote!(#(#fields)*) }
}

/// The loop over all records of `message` that are left, each by its tag, through code that the fields of a type share; `other`
/// takes those of no field.
pub(super) fn by_tag(
    record: &Record<'_>,
    message: &TokenStream,
    readers: &Readers,
    begin: &TokenStream,
    other: &TokenStream,
) -> TokenStream {
    let Readers { small, member, .. } = readers;
    let shape = shape(message);
    let arms = record.fields.iter().map(|field| {
        let Field { ident, tag, .. } = field;
        let as_field = as_field(field);
        quote!(#tag if #as_field::takes(key) => #as_field::#small(&mut self.#ident, key, decoder),)
    });
    let members = record.oneofs.iter().filter(|oneof| !oneof.tags.is_empty()).map(|oneof| {
        let tags = &oneof.tags;
        let as_oneof = as_oneof(oneof);
        let member = member(oneof);
        quote!(#(#tags)|* if #as_oneof::takes(key) => #member,)
    });
    let mut arms = arms.chain(members).peekable();
    let read = if arms.peek().is_none() {
        quote!(#other;)
    } else {
        // One way out for all errors, which finds out itself what the field is called.
        quote! {
            let read = match key.tag() {
                #(#arms)*
                _ => {
                    #other;
                    continue;
                }
            };
            if let ::core::result::Result::Err(error) = read {
                return ::core::result::Result::Err(error.in_field_of(#shape, key.tag()));
            }
        }
    };
    quote! {
        loop {
            #begin
            let ::core::option::Option::Some(key) = decoder.key()? else {
                return ::core::result::Result::Ok(());
            };
            #read
        }
    }
}

fn shape(message: &TokenStream) -> TokenStream {
    quote!(<#message as ::svrkit_runtime::wire::tlv::Tlv>::SHAPE)
}
