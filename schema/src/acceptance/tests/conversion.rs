//! Conversion webhooks.

use serde_json::json;

use super::*;

#[test]
fn a_webhook_is_said_where_it_is() {
    let webhook = |client: Value| json!({"strategy": "Webhook", "webhook": {"clientConfig": client, "conversionReviewVersions": ["v1"]}});
    let path = "spec.conversion.webhookClientConfig";
    check_with("/spec/conversion", webhook(json!({"url": "https://a.example.com/p"})), &[]);
    check_with("/spec/conversion", webhook(json!({})), &[(path, "Required value: exactly one of url or service")]);
    check_with(
        "/spec/conversion",
        webhook(json!({"url": "http://u@/?q#f"})),
        &[
            (&format!("{path}.url"), "Invalid value: \"http\": 'https' is the only"),
            (&format!("{path}.url"), "Invalid value: \"\": host must be specified"),
            (&format!("{path}.url"), "Invalid value: \"u\": user information"),
            (&format!("{path}.url"), "Invalid value: \"f\": fragments"),
            (&format!("{path}.url"), "Invalid value: \"q\": query"),
        ],
    );
    check_with(
        "/spec/conversion",
        webhook(json!({"service": {"name": "n", "namespace": "", "path": "/a//B", "port": 0}})),
        &[
            (&format!("{path}.service.name"), "Required value"),
            (&format!("{path}.service.port"), "Invalid value: 0: port is not valid"),
            (&format!("{path}.service.path"), "Invalid value: \"/a//B\": segment[1] may not be empty"),
            (&format!("{path}.service.path"), "Invalid value: \"/a//B\": segment[2]:"),
        ],
    );
    check_with(
        "/spec/conversion",
        json!({"strategy": "Magic", "webhook": {"clientConfig": {}}}),
        &[("spec.conversion.strategy", "Unsupported value: \"Magic\""), (path, "Forbidden: should not be set")],
    );
}
