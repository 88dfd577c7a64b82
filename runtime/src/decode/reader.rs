//! Reads a list while it arrives.
//!
//! In: the answer in pieces. Out: the text of each object as soon as it is complete. What was handed out is dropped, so a
//! list takes no more memory than its objects, however long it is.

use std::borrow::Cow;

use bytes::{Buf, BytesMut};
use serde::Deserialize;
use serde::de::{Error as _, Unexpected};
use serde_json::value::RawValue;
use serde_json::{Deserializer, Error};

/// A list of which a part has arrived.
pub(crate) struct ListReader {
    /// What was not handed out yet.
    text: BytesMut,
    place: Place,
    /// Whether the list has a member `items`.
    has_items: bool,
    metadata: ListMeta,
    /// The length that `text` must have before it is worth another look.
    worth: usize,
    /// Whether everything has arrived.
    complete: bool,
}

/// Where in the list the text goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Member { first: bool },
    Item { first: bool },
    End,
}

/// What can be had from the text that has arrived.
pub(crate) enum Next {
    /// The text of an object.
    Object(BytesMut),
    /// Nothing before more has arrived.
    More,
    /// The list is complete.
    End,
}

/// The metadata of a list.
#[derive(Default, Deserialize)]
pub(crate) struct ListMeta {
    #[serde(rename = "resourceVersion")]
    pub(crate) resource_version: Option<String>,
    #[serde(rename = "continue")]
    pub(crate) continue_token: Option<String>,
}

/// Why the text cannot be read on yet, or at all.
enum Stop {
    Incomplete,
    NoList(Error),
}

impl ListReader {
    pub(crate) fn new() -> Self {
        Self {
            text: BytesMut::new(),
            place: Place::Start,
            has_items: false,
            metadata: ListMeta::default(),
            worth: 0,
            complete: false,
        }
    }

    /// Takes the next piece of the answer.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.text.extend_from_slice(piece);
    }

    /// How many bytes wait for the rest of the object that they belong to.
    pub(crate) fn waiting(&self) -> usize {
        self.text.len()
    }

    /// Notes that everything has arrived.
    pub(crate) fn complete(&mut self) {
        self.complete = true;
        self.worth = 0;
    }

    /// The metadata, once all objects were read.
    pub(crate) fn into_metadata(self) -> ListMeta {
        self.metadata
    }

    /// The next object. The error is an answer that is not a list, or one that was cut.
    pub(crate) fn next(&mut self) -> Result<Next, Error> {
        while self.place != Place::End {
            if self.text.len() < self.worth {
                return Ok(Next::More);
            }
            let mut cursor = Cursor { text: &self.text, at: 0 };
            match step(self.place, &mut cursor) {
                Ok((place, found)) => {
                    let at = cursor.at;
                    self.place = place;
                    self.worth = 0;
                    self.text.advance(at);
                    match found {
                        Found::Nothing => {}
                        Found::Items => self.has_items = true,
                        Found::Metadata(metadata) => self.metadata = metadata,
                        Found::Object(length) => return Ok(Next::Object(self.text.split_to(length))),
                    }
                }
                Err(Stop::Incomplete) if self.complete => return Err(Error::custom("the list is cut off")),
                // Twice as much each time, so that an object in many pieces is not read over and over.
                Err(Stop::Incomplete) => self.worth = self.text.len().saturating_mul(2).max(1),
                Err(Stop::NoList(error)) => return Err(error),
            }
        }
        if self.has_items { Ok(Next::End) } else { Err(Error::missing_field("items")) }
    }
}

/// What a step came upon.
enum Found {
    Nothing,
    /// The member `items`, of which null is an empty list: Go writes a nil slice that way.
    Items,
    Metadata(ListMeta),
    /// An object of this length, before which the cursor stands.
    Object(usize),
}

/// Reads from one place to the next.
fn step(place: Place, cursor: &mut Cursor<'_>) -> Result<(Place, Found), Stop> {
    match place {
        Place::Start => {
            cursor.punctuation(b'{')?;
            Ok((Place::Member { first: true }, Found::Nothing))
        }
        Place::Member { first } => {
            if cursor.peek()? == b'}' {
                cursor.at += 1;
                return Ok((Place::End, Found::Nothing));
            }
            if !first {
                cursor.punctuation(b',')?;
            }
            let found = member(cursor)?;
            let items_follow = matches!(found, Found::Items) && cursor.text[..cursor.at].ends_with(b"[");
            Ok((if items_follow { Place::Item { first: true } } else { Place::Member { first: false } }, found))
        }
        Place::Item { first } => {
            if cursor.peek()? == b']' {
                cursor.at += 1;
                return Ok((Place::Member { first: false }, Found::Nothing));
            }
            if !first {
                cursor.punctuation(b',')?;
            }
            cursor.peek()?;
            let start = cursor.at;
            let length = cursor.value()?.get().len();
            cursor.at = start;
            Ok((Place::Item { first: false }, Found::Object(length)))
        }
        Place::End => Ok((Place::End, Found::Nothing)),
    }
}

/// Reads a member of the list; of `items` only the opening bracket.
fn member(cursor: &mut Cursor<'_>) -> Result<Found, Stop> {
    let name: Cow<'_, str> = serde_json::from_str(cursor.value()?.get()).map_err(Stop::NoList)?;
    cursor.punctuation(b':')?;
    match &*name {
        "items" if cursor.peek()? == b'[' => {
            cursor.at += 1;
            Ok(Found::Items)
        }
        "items" if cursor.value()?.get() == "null" => Ok(Found::Items),
        "items" => Err(Stop::NoList(Error::invalid_type(Unexpected::Other("something else"), &"a list"))),
        "metadata" => serde_json::from_str(cursor.value()?.get()).map(Found::Metadata).map_err(Stop::NoList),
        _ => cursor.value().map(|_| Found::Nothing),
    }
}

/// A place in the text that has arrived.
struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    /// The next byte that is not a space.
    fn peek(&mut self) -> Result<u8, Stop> {
        let rest = &self.text[self.at..];
        let spaces = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += spaces;
        rest.get(spaces).copied().ok_or(Stop::Incomplete)
    }

    fn punctuation(&mut self, wanted: u8) -> Result<(), Stop> {
        let found = self.peek()?;
        if found != wanted {
            let (found, wanted) = (char::from(found), char::from(wanted));
            return Err(Stop::NoList(Error::custom(format_args!("expected {wanted:?}, found {found:?}"))));
        }
        self.at += 1;
        Ok(())
    }

    /// The next value. One that ends with the text may go on in the next piece, unless it ends with a bracket or quote.
    fn value(&mut self) -> Result<&'t RawValue, Stop> {
        let mut values = Deserializer::from_slice(&self.text[self.at..]).into_iter::<&RawValue>();
        let value = match values.next() {
            Some(Ok(value)) => value,
            Some(Err(error)) if !error.is_eof() => return Err(Stop::NoList(error)),
            _ => return Err(Stop::Incomplete),
        };
        self.at += values.byte_offset();
        let closed = value.get().ends_with(['}', ']', '"']);
        if self.at == self.text.len() && !closed { Err(Stop::Incomplete) } else { Ok(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The objects of a list that arrives in pieces of `size` bytes, and its metadata.
    fn read(text: &str, size: usize) -> Result<(Vec<String>, ListMeta), Error> {
        let mut reader = ListReader::new();
        let mut objects = Vec::new();
        let mut pieces = text.as_bytes().chunks(size);
        loop {
            match reader.next()? {
                Next::Object(object) => objects.push(String::from_utf8_lossy(&object).into_owned()),
                Next::More => match pieces.next() {
                    Some(piece) => reader.push(piece),
                    None => reader.complete(),
                },
                Next::End => return Ok((objects, reader.into_metadata())),
            }
        }
    }

    #[test]
    fn objects_are_found_however_the_text_is_cut_and_wherever_the_members_stand() {
        let text = r#" {"kind":"L", "items" : [{"a":"}]\""} , [1,2],3 , "x"],"n":12,"metadata":{"resourceVersion":"7","continue":"c"}}"#;
        for size in 1..=text.len() {
            let (objects, metadata) = read(text, size).unwrap();
            assert_eq!(objects, [r#"{"a":"}]\""}"#, "[1,2]", "3", r#""x""#], "in pieces of {size}");
            assert_eq!(metadata.resource_version.as_deref(), Some("7"));
            assert_eq!(metadata.continue_token.as_deref(), Some("c"));
        }
    }

    #[test]
    fn a_list_may_be_empty_or_null_but_not_absent() {
        assert_eq!(read(r#"{"items":[]}"#, 3).unwrap().0, [""; 0]);
        assert_eq!(read(r#"{"items":null}"#, 3).unwrap().0, [""; 0]);
        for (text, wanted) in [
            (r#"{"kind":"Status"}"#, "missing field `items`"),
            (r#"{"items":{}}"#, "invalid type: something else, expected a list"),
            (r#"{"items":[{}"#, "the list is cut off"),
            (r#"{"items":[{} {}]}"#, "expected ',', found '{'"),
            (r#"["items"]"#, "expected '{', found '['"),
            ("", "the list is cut off"),
        ] {
            assert_eq!(read(text, 4).map(|_| ()).unwrap_err().to_string(), wanted, "{text}");
        }
    }

    #[test]
    fn an_object_in_many_pieces_is_not_read_over_and_over() {
        let text = format!(r#"{{"items":["{}"]}}"#, "x".repeat(1 << 20));
        // Read over for each piece, this would be eight thousand million bytes.
        assert_eq!(read(&text, 64).unwrap().0.len(), 1);
    }
}
