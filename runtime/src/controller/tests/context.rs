//! What a reconciler does by its context.

use super::*;
use crate::client::Client;
use crate::events::EventRecorder;
use crate::lister::Lister;
use crate::store::Writer;
use crate::testing::DatabaseStatus;

fn status(phase: &str) -> DatabaseStatus {
    DatabaseStatus { phase: phase.to_owned(), observed_generation: None }
}

#[tokio::test]
async fn a_status_is_sent_unless_the_object_has_it_already() {
    let (connection, requests) = connection_with(|_, _| Reply::json(200, &json!(database("a", "2"))));
    let (recorder, _events) = EventRecorder::new(connection.clone(), "databases");
    let client = Client::new(connection).field_manager("databases");
    let context: Context<Database> = Context::new(client, Lister::new(Writer::new().store()), recorder);
    let object = Database { status: Some(status("Ready")), ..database("a", "1") };
    assert!(!context.apply_status(&object, &status("Ready")).await.unwrap());
    assert_eq!(requests.lock().unwrap().len(), 0);
    assert!(context.apply_status(&object, &status("Failed")).await.unwrap());
    let requests = requests.lock().unwrap();
    let [(line, body)] = &requests[..] else { panic!("{requests:?}") };
    assert!(line.starts_with("PATCH") && line.contains("/databases/a/status?"), "{line}");
    let sent: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((&sent["status"]["phase"], &sent["metadata"]["uid"]), (&json!("Failed"), &json!(object.metadata.uid)));
}
