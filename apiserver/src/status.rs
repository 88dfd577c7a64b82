//! `metav1.Status`: every refusal of this server, with the words and codes of kube-apiserver.
//!
//! In: what went wrong. Out: a [`Status`], printed in the order of Go's struct.
//! Source: `k8s.io/apimachinery/pkg/api/errors`.

use crdgen_schema::{field, go};
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::group_resource::GroupResource;

/// The result of a function that may refuse a request.
pub(crate) type Result<T> = std::result::Result<T, Box<Status>>;

/// `metav1.Status`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    kind: &'static str,
    api_version: &'static str,
    pub(crate) metadata: ListMeta,
    #[serde(rename = "status")]
    outcome: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<Details>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) code: u16,
}

/// `metav1.ListMeta` of a Status. Only the refusal of an expired continue token has anything in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct ListMeta {
    /// A token with which the list can go on, inconsistently.
    #[serde(rename = "continue", skip_serializing_if = "String::is_empty")]
    pub(crate) continue_token: String,
}

/// `metav1.StatusDetails`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) group: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) uid: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) causes: Vec<Cause>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) retry_after_seconds: u16,
}

/// `metav1.StatusCause`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Cause {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) field: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &u16) -> bool {
    *number == 0
}

impl Details {
    /// Names an object of a resource, by its plural.
    pub(crate) fn object(of: GroupResource<'_>, name: &str) -> Self {
        Self::kind(of.group, of.resource, name)
    }

    /// Names an object of a kind.
    pub(crate) fn kind(group: &str, kind: &str, name: &str) -> Self {
        Self { name: name.to_owned(), group: group.to_owned(), kind: kind.to_owned(), ..Self::default() }
    }
}

impl Status {
    /// A refusal.
    pub(crate) fn failure(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            kind: "Status",
            api_version: "v1",
            metadata: ListMeta::default(),
            outcome: "Failure",
            message: message.into(),
            reason,
            details: None,
            code: code.as_u16(),
        })
    }

    /// The success that a deletion is answered with.
    pub(crate) fn success(details: Details) -> Box<Self> {
        let mut status = Self::failure(StatusCode::OK, "", "");
        status.outcome = "Success";
        status.code = 0;
        status.details = Some(details);
        status
    }

    /// The success of something that leaves no object.
    pub(crate) fn created() -> Box<Self> {
        let mut status = Self::failure(StatusCode::CREATED, "", "");
        status.outcome = "Success";
        status
    }

    /// Adds details to a refusal.
    pub(crate) fn with(mut self: Box<Self>, details: Details) -> Box<Self> {
        self.details = Some(details);
        self
    }

    /// The code to answer with.
    pub(crate) fn http_code(&self) -> StatusCode {
        match self.code {
            0 => StatusCode::OK,
            code => StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// 400.
    pub(crate) fn bad_request(message: impl Into<String>) -> Box<Self> {
        Self::failure(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 404 for one object.
    pub(crate) fn not_found(of: GroupResource<'_>, name: &str) -> Box<Self> {
        let message = format!("{of} {} not found", go::print_value(&Value::from(name)));
        Self::failure(StatusCode::NOT_FOUND, "NotFound", message).with(Details::object(of, name))
    }

    /// 404 for a path that no API serves.
    pub(crate) fn no_such_path() -> Box<Self> {
        let message = "the server could not find the requested resource";
        Self::failure(StatusCode::NOT_FOUND, "NotFound", message).with(Details::default())
    }

    /// 405 from a built-in resource.
    pub(crate) fn method_not_allowed() -> Box<Self> {
        let message = "the server does not allow this method on the requested resource";
        Self::failure(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).with(Details::default())
    }

    /// 405 from a custom resource.
    pub(crate) fn method_not_supported(of: GroupResource<'_>, action: &str) -> Box<Self> {
        let message = format!("{action} is not supported on resources of kind \"{of}\"");
        let details = Details { name: String::new(), ..Details::object(of, "") };
        Self::failure(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).with(details)
    }

    /// 409 for a creation whose name exists.
    pub(crate) fn already_exists(of: GroupResource<'_>, name: &str, being_deleted: bool) -> Box<Self> {
        let prefix = if being_deleted { "object is being deleted: " } else { "" };
        let message = format!("{prefix}{of} \"{name}\" already exists");
        Self::failure(StatusCode::CONFLICT, "AlreadyExists", message).with(Details::object(of, name))
    }

    /// The same for an object that has a `generateName`, whatever its name comes from: the client may try again.
    pub(crate) fn not_unique(mut self: Box<Self>) -> Box<Self> {
        self.message.push_str(", the server was not able to generate a unique name for the object");
        self.details.get_or_insert_default().retry_after_seconds = 1;
        self
    }

    /// 409 for a write that was computed from an older revision, or whose precondition does not hold.
    pub(crate) fn conflict(details: Details, why: &str) -> Box<Self> {
        let group = if details.group.is_empty() { String::new() } else { format!(".{}", details.group) };
        let message = format!("Operation cannot be fulfilled on {}{group} \"{}\": {why}", details.kind, details.name);
        Self::failure(StatusCode::CONFLICT, "Conflict", message).with(details)
    }

    /// 409 for a write that was computed from an older revision.
    pub(crate) fn modified(of: GroupResource<'_>, name: &str) -> Box<Self> {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        Self::conflict(Details::object(of, name), why)
    }

    /// 403 for an object.
    pub(crate) fn forbidden(of: GroupResource<'_>, name: &str, why: &str) -> Box<Self> {
        let message = format!("{of} \"{name}\" is forbidden: {why}");
        Self::failure(StatusCode::FORBIDDEN, "Forbidden", message).with(Details::object(of, name))
    }

    /// 422: field errors. Equal texts appear once in the message; the causes hold every error.
    pub(crate) fn invalid(mut details: Details, errors: &[field::Error]) -> Box<Self> {
        let mut told: Vec<String> = Vec::new();
        for error in errors {
            let text = error.to_string();
            if !told.contains(&text) {
                told.push(text);
            }
        }
        let all = if let [only] = &told[..] { only.clone() } else { format!("[{}]", told.join(", ")) };
        let group = if details.group.is_empty() { String::new() } else { format!(".{}", details.group) };
        let message = format!("{}{group} \"{}\" is invalid: {all}", details.kind, details.name);
        details.causes = errors.iter().map(Cause::from).collect();
        Self::failure(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message).with(details)
    }

    /// 422 for invalid options of a list, a deletion or a write.
    pub(crate) fn invalid_options(kind: &str, errors: &[field::Error]) -> Box<Self> {
        Self::invalid(Details::kind("meta.k8s.io", kind, ""), errors)
    }

    /// 422 without a reason in the message: the answer to a JSON patch that does not apply.
    pub(crate) fn unprocessable() -> Box<Self> {
        let message = "the server rejected our request due to an error in our request";
        Self::failure(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message).with(Details::default())
    }

    /// 406.
    pub(crate) fn not_acceptable(message: impl Into<String>) -> Box<Self> {
        Self::failure(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    }

    /// 415.
    pub(crate) fn unsupported_media_type(accepted: &str) -> Box<Self> {
        let message =
            format!("the body of the request was in an unknown format - accepted media types include: {accepted}");
        Self::failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// 415 from Go's router.
    pub(crate) fn unrouted_media_type() -> Box<Self> {
        let message = "415: Unsupported Media Type";
        Self::failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message).with(Details::default())
    }

    /// 413.
    pub(crate) fn too_large(what: &str) -> Box<Self> {
        let message = format!("Request entity too large: {what}");
        Self::failure(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
    }

    /// 429: the server holds as much as it may.
    pub(crate) fn too_many_requests() -> Box<Self> {
        let message = "Too many requests, please try again later.";
        let mut refusal = Self::failure(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
        refusal.details.get_or_insert_default().retry_after_seconds = 1;
        refusal
    }

    /// 504: the request took too long.
    pub(crate) fn timeout(message: &str) -> Box<Self> {
        Self::failure(StatusCode::GATEWAY_TIMEOUT, "Timeout", message)
    }

    /// 410: the revision is no longer remembered.
    pub(crate) fn expired(message: impl Into<String>) -> Box<Self> {
        Self::failure(StatusCode::GONE, "Expired", message)
    }

    /// 504: the revision lies in the future.
    pub(crate) fn too_large_resource_version(asked: u64, current: u64) -> Box<Self> {
        let message = format!("Too large resource version: {asked}, current: {current}");
        let cause = Cause {
            reason: "ResourceVersionTooLarge".to_owned(),
            message: "Too large resource version".to_owned(),
            field: String::new(),
        };
        Self::failure(StatusCode::GATEWAY_TIMEOUT, "Timeout", format!("Timeout: {message}")).with(Details {
            causes: vec![cause],
            retry_after_seconds: 1,
            ..Details::default()
        })
    }

    /// 500 with only a message, as kube-apiserver answers when its code returns a plain Go error.
    pub(crate) fn unclassified(message: impl Into<String>) -> Box<Self> {
        Self::failure(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// 500 with the reason `InternalError`.
    pub(crate) fn internal(message: &str) -> Box<Self> {
        let cause = Cause { message: message.to_owned(), ..Cause::default() };
        Self::failure(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", format!("Internal error occurred: {message}"))
            .with(Details { causes: vec![cause], ..Details::default() })
    }

    /// 501 for something that kube-apiserver serves and this server does not.
    pub(crate) fn not_implemented(what: &str) -> Box<Self> {
        let message = format!("crdgen-apiserver does not serve {what}");
        Self::failure(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }
}

impl From<&field::Error> for Cause {
    fn from(error: &field::Error) -> Self {
        Self { reason: error.kind.reason().to_owned(), message: error.body(), field: error.field.clone() }
    }
}
