//! Who makes a request, and whether they may.
//!
//! The token of the settings is that of an administrator, who may do everything; so may everybody if there is no such token. A
//! token of a service account, which this server made, and a user that an administrator acts for (`Impersonate-User`) may do what
//! the roles in the store allow. A request without a token is that of `system:anonymous`.
//!
//! In: a request. Out: its user, or the `Status` that refuses it (401 for a wrong token, 403 for what may not be done).
//! Source: `k8s.io/apiserver/pkg/authentication/request/bearertoken`, `pkg/endpoints/filters/impersonation`,
//! `pkg/endpoints/handlers/responsewriters`.

use http::{HeaderName, StatusCode, header};

use crate::authorization::{self, Action};
use crate::request::Request;
use crate::request::info::RequestInfo;
use crate::request::path::Route;
use crate::state::State;
use crate::status::{Details, Result, Status};
use crate::user::User;
use crate::warnings::Warnings;

/// What an `Authorization` header says.
enum Credentials<'a> {
    Token(&'a str),
    /// There is no bearer token. The text is a warning about a header that looks like one and is ignored.
    None(Option<&'static str>),
}

/// The user of a request, if they may do what it asks for.
pub(crate) fn check(state: &State, request: &Request, info: &RequestInfo, warnings: &Warnings) -> Result<User> {
    let user = impersonated(state, request, user(state, request, warnings)?)?;
    if authorization::allows(&state.store, &user, &Action::of(request, info)).is_some() {
        return Ok(user);
    }
    Err(forbidden(&user, request, info))
}

/// The user that a token belongs to.
pub(crate) fn user_of_token(state: &State, token: &str) -> Option<User> {
    if state.token.as_deref() == Some(token) {
        return Some(User::administrator());
    }
    state.signer.verify(&state.store, token, state.now()).map(|(user, _)| user)
}

fn user(state: &State, request: &Request, warnings: &Warnings) -> Result<User> {
    match credentials(request) {
        Credentials::Token(token) => match user_of_token(state, token) {
            Some(user) => Ok(user),
            None if state.token.is_none() => Ok(User::administrator()),
            None => Err(Status::failure(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")),
        },
        Credentials::None(_) if state.token.is_none() => Ok(User::administrator()),
        Credentials::None(warning) => {
            warnings.extend(warning.map(str::to_owned));
            Ok(User::anonymous())
        }
    }
}

fn credentials(request: &Request) -> Credentials<'_> {
    let mut parts = request.header(header::AUTHORIZATION).unwrap_or_default().trim().splitn(3, ' ');
    let bearer = parts.next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    match (bearer, parts.next(), parts.next()) {
        (true, Some(""), Some(_)) => Credentials::None(Some(
            "the provided Authorization header contains extra space before the bearer token, and is ignored",
        )),
        (true, Some(token), _) if !token.is_empty() => Credentials::Token(token),
        _ => Credentials::None(None),
    }
}

/// The user that another one acts for, if they ask to and may.
fn impersonated(state: &State, request: &Request, by: User) -> Result<User> {
    let of = |name: &'static str| request.header(HeaderName::from_static(name)).unwrap_or_default();
    let (name, uid) = (of("impersonate-user"), of("impersonate-uid"));
    let groups: Vec<String> = request
        .headers
        .get_all("impersonate-group")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .map(str::to_owned)
        .collect();
    if name.is_empty() {
        if groups.is_empty() && uid.is_empty() {
            return Ok(by);
        }
        return Err(Status::internal(&format!(
            "requested [{{Group  {} authentication.k8s.io/v1   }}] without impersonating a user",
            groups.first().map_or(uid, String::as_str)
        )));
    }
    let action = Action::on("impersonate", "", "users", name);
    if authorization::allows(&state.store, &by, &action).is_none() {
        let message = format!(
            "users \"{name}\" is forbidden: User \"{}\" cannot impersonate resource \"users\" in API group \"\" at the \
             cluster scope",
            by.name
        );
        let details = Details::kind("", "users", name);
        return Err(Status::failure(StatusCode::FORBIDDEN, "Forbidden", message).with(details));
    }
    Ok(User::impersonated(name, uid, groups))
}

fn forbidden(user: &User, request: &Request, info: &RequestInfo) -> Box<Status> {
    let (verb, user) = (info.verb.name(), &user.name);
    let Route::Resource(path) = &info.route else {
        let message = format!("forbidden: User \"{user}\" cannot {verb} path \"{}\"", request.path);
        return Status::failure(StatusCode::FORBIDDEN, "Forbidden", message).with(Details::default());
    };
    let group = if path.group.is_empty() { String::new() } else { format!(".{}", path.group) };
    let name = path.name.as_ref().map_or_else(String::new, |name| format!(" {name:?}"));
    let subresource = path.subresource.as_ref().map_or_else(String::new, |name| format!("/{name}"));
    // The namespace of a namespace is itself.
    let own = path.name.as_ref().filter(|_| path.group.is_empty() && path.plural == "namespaces");
    let place = match path.namespace.as_ref().or(own) {
        Some(namespace) => format!("in the namespace {namespace:?}"),
        None => "at the cluster scope".to_owned(),
    };
    let plural = &path.plural;
    let message = format!(
        "{plural}{group}{name} is forbidden: User \"{user}\" cannot {verb} resource \"{plural}{subresource}\" in API \
         group {:?} {place}",
        path.group
    );
    let details = Details::kind(&path.group, plural, path.name.as_deref().unwrap_or_default());
    Status::failure(StatusCode::FORBIDDEN, "Forbidden", message).with(details)
}
