//! What an expression may use: functions, types, and the variables that are bound when it is evaluated.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use foldhash::fast::RandomState;

use crate::{check, library::Library, program::Compiled, source::Issues, static_type::Type, syntax};

/// Declares what expressions may use.
///
/// ```
/// use crdgen_cel::{Arena, Environment, Type, Value};
///
/// let environment = Environment::standard().variable("replicas", Type::Int);
/// let compiled = environment.compile("replicas <= 5").unwrap();
/// assert_eq!(*compiled.output(), Type::Bool);
/// let program = compiled.program().unwrap();
/// let arena = Arena::new();
/// let evaluation = program.evaluate(&arena, &[Value::Int(7)], 1_000);
/// assert!(matches!(evaluation.outcome, Ok(Value::Bool(false))));
/// ```
#[derive(Clone, Debug)]
pub struct Environment {
    library: Arc<Library>,
    variables: Vec<(Arc<str>, Type)>,
    objects: Arc<HashMap<Arc<str>, Fields, RandomState>>,
}

/// The fields of a structure, of which few are ever asked for; of those with the same name the last counts.
type Fields = Box<[(Arc<str>, Type)]>;

impl Environment {
    /// An environment with the functions and types of a library.
    pub fn new(library: Arc<Library>) -> Self {
        Self { library, variables: Vec::new(), objects: Arc::default() }
    }

    /// An environment with [`Library::standard`].
    pub fn standard() -> Self {
        static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| Arc::new(Library::standard()));
        Self::new(LIBRARY.clone())
    }

    /// Declares a variable. Values are given in the order of the declarations.
    #[must_use]
    pub fn variable(mut self, name: &str, declared: Type) -> Self {
        self.variables.push((name.into(), declared));
        self
    }

    /// Declares a structure, [`Type::Object`], with the types of its fields.
    #[must_use]
    pub fn object(mut self, name: &str, fields: impl IntoIterator<Item = (Arc<str>, Type)>) -> Self {
        Arc::make_mut(&mut self.objects).insert(name.into(), fields.into_iter().collect());
        self
    }

    /// Parses and checks an expression.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn compile(&self, source: &str) -> Result<Compiled, Issues> {
        let (expression, positions) = syntax::parse(source)?;
        let checked = check::check(source, expression, positions, self)?;
        Ok(Compiled::new(checked, self.variables.iter().map(|(name, _)| name.clone()).collect()))
    }

    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    pub(crate) fn find_variable(&self, name: &str) -> Option<&(Arc<str>, Type)> {
        self.variables.iter().find(|(declared, _)| &**declared == name)
    }

    pub(crate) fn find_type(&self, name: &str) -> Option<&Type> {
        self.library.named_type(name)
    }

    /// Whether the fields of a structure are known. Those of a library's types are not.
    pub(crate) fn is_declared(&self, object: &str) -> bool {
        self.objects.contains_key(object)
    }

    pub(crate) fn find_field(&self, object: &str, field: &str) -> Option<&Type> {
        let fields = self.objects.get(object)?;
        fields.iter().rfind(|(name, _)| **name == *field).map(|(_, found)| found)
    }
}
