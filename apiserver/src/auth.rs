//! Authentication and authorization. A request with the right token may do everything; a request without one is that of
//! `system:anonymous`, who may only read health and version.
//!
//! In: a request. Out: nothing, or the `Status` that refuses it (401 for a wrong token, 403 for none).
//! Source: `k8s.io/apiserver/pkg/authentication/request/bearertoken`, `pkg/endpoints/handlers/responsewriters`.

use http::{Method, StatusCode, header};

use crate::request::Request;
use crate::request::info::RequestInfo;
use crate::request::path::Route;
use crate::status::{Details, Result, Status};
use crate::warnings::Warnings;

/// The paths that the role `system:public-info-viewer` lets everybody read.
const PUBLIC: [&str; 5] = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

/// What an `Authorization` header says.
enum Credentials<'a> {
    Token(&'a str),
    /// There is no bearer token. The text is a warning about a header that looks like one and is ignored.
    None(Option<&'static str>),
}

/// Returns the refusal of a request that may not do what it asks for. Without a token in the settings, everybody may do
/// everything.
pub(crate) fn check(token: Option<&str>, request: &Request, info: &RequestInfo, warnings: &Warnings) -> Result<()> {
    let Some(token) = token else { return Ok(()) };
    match credentials(request) {
        Credentials::Token(given) if given == token => Ok(()),
        Credentials::Token(_) => Err(Status::failure(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")),
        Credentials::None(_) if PUBLIC.contains(&request.path.as_str()) && request.method == Method::GET => Ok(()),
        Credentials::None(warning) => {
            warnings.extend(warning.map(str::to_owned));
            Err(forbidden(request, info))
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

fn forbidden(request: &Request, info: &RequestInfo) -> Box<Status> {
    let verb = info.verb.name();
    let Route::Resource(path) = &info.route else {
        let message = format!("forbidden: User \"system:anonymous\" cannot {verb} path \"{}\"", request.path);
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
        "{plural}{group}{name} is forbidden: User \"system:anonymous\" cannot {verb} resource \
         \"{plural}{subresource}\" in API group {:?} {place}",
        path.group
    );
    let details = Details::kind(&path.group, plural, path.name.as_deref().unwrap_or_default());
    Status::failure(StatusCode::FORBIDDEN, "Forbidden", message).with(details)
}
