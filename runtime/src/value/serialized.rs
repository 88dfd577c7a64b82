//! Values that only serde can look into: the types of `k8s_openapi`.
//!
//! In: a value that serializes as an object. Out: a view of what it would be written as, which is laid out in the arena when
//! somebody looks into it.

use std::{
    cell::OnceCell,
    fmt::{self, Display},
    ops::ControlFlow,
};

use crdgen_schema::view::{Arena, ListView, ObjectView, View};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct},
};
use serde_json::Error;

/// The view of an object. What JSON cannot hold is not in it.
pub(super) fn view<'a, T: Serialize>(value: &'a T, arena: &'a Arena) -> View<'a> {
    View::Object(arena.alloc(Lazy { value, arena, laid_out: OnceCell::new() }))
}

/// A value laid out as it would be written; none if JSON cannot hold it.
pub(super) fn lay_out<'a, T: Serialize>(value: &T, arena: &'a Arena) -> Option<View<'a>> {
    value.serialize(InArena(arena)).ok()
}

/// An object that is laid out when somebody looks into it: most are passed by.
struct Lazy<'t, T> {
    value: &'t T,
    arena: &'t Arena,
    laid_out: OnceCell<&'t dyn ObjectView>,
}

impl<'t, T: Serialize> Lazy<'t, T> {
    fn members(&self) -> &'t dyn ObjectView {
        *self.laid_out.get_or_init(|| match self.value.serialize(InArena(self.arena)) {
            Ok(View::Object(members)) => members,
            _ => &Members(&[]),
        })
    }
}

impl<T> fmt::Debug for Lazy<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazy").finish_non_exhaustive()
    }
}

impl<T: Serialize> ObjectView for Lazy<'_, T> {
    fn len(&self) -> usize {
        self.members().len()
    }

    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        self.members().get(name, arena)
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        self.members().each(arena, visit);
    }
}

/// Items that lie in the arena.
#[derive(Clone, Copy, Debug)]
struct Items<'a>(&'a [View<'a>]);

impl ListView for Items<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get<'a>(&'a self, index: usize, _: &'a Arena) -> Option<View<'a>> {
        self.0.get(index).copied()
    }
}

/// Members that lie in the arena.
#[derive(Clone, Copy, Debug)]
struct Members<'a>(&'a [(&'a str, View<'a>)]);

impl ObjectView for Members<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get<'a>(&'a self, name: &str, _: &'a Arena) -> Option<View<'a>> {
        self.0.iter().find(|(member, _)| *member == name).map(|(_, value)| *value)
    }

    fn each<'a>(&'a self, _: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let _ = self.0.iter().try_for_each(|(name, value)| visit(name, *value));
    }
}

/// Lays a value out in the arena.
#[derive(Clone, Copy)]
struct InArena<'a>(&'a Arena);

/// For what the types of Kubernetes do not write.
fn never<T>() -> Result<T, Error> {
    Err(Error::custom("not a value of JSON"))
}

/// A method for each of these types of serde, which all are one kind of view.
macro_rules! scalars {
    ($($method:ident($value:ident: $Type:ty) => $view:expr;)*) => {$(
        fn $method(self, $value: $Type) -> Result<View<'a>, Error> {
            Ok($view)
        }
    )*};
}

impl<'a> Serializer for InArena<'a> {
    type Ok = View<'a>;
    type Error = Error;
    type SerializeSeq = List<'a>;
    type SerializeTuple = Impossible<View<'a>, Error>;
    type SerializeTupleStruct = Impossible<View<'a>, Error>;
    type SerializeTupleVariant = Impossible<View<'a>, Error>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Impossible<View<'a>, Error>;

    scalars! {
        serialize_bool(value: bool) => View::Bool(value);
        serialize_i8(value: i8) => View::Int(value.into());
        serialize_i16(value: i16) => View::Int(value.into());
        serialize_i32(value: i32) => View::Int(value.into());
        serialize_i64(value: i64) => View::Int(value);
        serialize_u8(value: u8) => View::Int(value.into());
        serialize_u16(value: u16) => View::Int(value.into());
        serialize_u32(value: u32) => View::Int(value.into());
        serialize_f32(value: f32) => View::Float(value.into());
        serialize_f64(value: f64) => View::Float(value);
    }

    fn serialize_u64(self, value: u64) -> Result<View<'a>, Error> {
        i64::try_from(value).map_or_else(|_| never(), |value| Ok(View::Int(value)))
    }

    fn serialize_char(self, value: char) -> Result<View<'a>, Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<View<'a>, Error> {
        Ok(View::Text(self.0.alloc_str(text)))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<View<'a>, Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<View<'a>, Error> {
        never()
    }

    fn serialize_none(self) -> Result<View<'a>, Error> {
        Ok(View::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<View<'a>, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<View<'a>, Error> {
        Ok(View::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<View<'a>, Error> {
        Ok(View::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<View<'a>, Error> {
        Ok(View::Text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<View<'a>, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<View<'a>, Error> {
        never()
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List<'a>, Error> {
        Ok(List { arena: self, items: Vec::with_capacity(length.unwrap_or_default()) })
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        never()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        never()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        never()
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Object<'a>, Error> {
        Ok(Object { arena: self, members: Vec::with_capacity(length.unwrap_or_default()), name: "" })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Object<'a>, Error> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        never()
    }
}

/// The items of an array so far.
struct List<'a> {
    arena: InArena<'a>,
    items: Vec<View<'a>>,
}

impl<'a> SerializeSeq for List<'a> {
    type Ok = View<'a>;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.items.push(item.serialize(self.arena)?);
        Ok(())
    }

    fn end(self) -> Result<View<'a>, Error> {
        let arena = self.arena.0;
        Ok(View::List(arena.alloc(Items(arena.alloc_slice_copy(&self.items)))))
    }
}

/// The members of an object so far.
struct Object<'a> {
    arena: InArena<'a>,
    members: Vec<(&'a str, View<'a>)>,
    /// The key of the next value of a map.
    name: &'a str,
}

impl<'a> Object<'a> {
    fn finished(self) -> View<'a> {
        let arena = self.arena.0;
        View::Object(arena.alloc(Members(arena.alloc_slice_copy(&self.members))))
    }
}

impl<'a> SerializeStruct for Object<'a> {
    type Ok = View<'a>;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.members.push((name, value.serialize(self.arena)?));
        Ok(())
    }

    fn end(self) -> Result<View<'a>, Error> {
        Ok(self.finished())
    }
}

impl<'a> SerializeMap for Object<'a> {
    type Ok = View<'a>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name = key.serialize(self.arena)?.as_text().ok_or_else(|| Error::custom("a key is not a text"))?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.members.push((self.name, value.serialize(self.arena)?));
        Ok(())
    }

    fn end(self) -> Result<View<'a>, Error> {
        Ok(self.finished())
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Affinity;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_seen_as_it_is_written() {
        let term =
            json!({"weight": 3, "preference": {"matchFields": [{"key": "k", "operator": "In", "values": ["v"]}]}});
        let written = json!({"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}});
        let affinity: Affinity = serde_json::from_value(written.clone()).unwrap();
        let arena = Arena::new();
        let seen = view(&affinity, &arena);
        assert_eq!(seen.to_json(), written);
        assert!(seen.get("nodeAffinity", &arena).is_some_and(|part| part.as_object().is_some()));
        assert!(seen.get("podAffinity", &arena).is_none());
    }
}
