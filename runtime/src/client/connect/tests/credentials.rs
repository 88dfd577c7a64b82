//! Credentials that change while a program runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::testing::Certified;

/// The user of a kubeconfig whose plugin is this script.
fn plugin(script: &str) -> Value {
    let version = "client.authentication.k8s.io/v1";
    json!({ "exec": { "apiVersion": version, "command": "sh", "args": ["-c", script], "interactiveMode": "Never" } })
}

/// A script that counts its runs in `file` and issues the token `t<run>`, beside these members.
fn counting(file: &std::path::Path, members: &str) -> String {
    let file = file.display();
    format!(
        r#"echo run >> {file}; n=$(wc -l < {file} | tr -d ' '); echo "{{\"status\":{{\"token\":\"t$n\"{members}}}}}""#
    )
}

fn runs(file: &std::path::Path) -> usize {
    std::fs::read_to_string(file).unwrap_or_default().lines().count()
}

/// A server that takes the bearer token with this number alone.
async fn server_of_token(number: Arc<AtomicUsize>) -> SocketServer {
    SocketServer::start(None, move |seen| {
        let wanted = format!("Bearer t{}", number.load(Ordering::Relaxed));
        if seen.headers.get("authorization").is_some_and(|value| *value == wanted) {
            config_map("a")
        } else {
            unauthorized()
        }
    })
    .await
}

#[tokio::test]
async fn a_plugin_runs_again_when_the_server_refuses_what_it_issued() {
    for members in ["", r#",\"expirationTimestamp\":\"2100-01-01T00:00:00Z\""#] {
        let (folder, number) = (Folder::new(), Arc::new(AtomicUsize::new(1)));
        let server = server_of_token(Arc::clone(&number)).await;
        let file = folder.folder.path().join("runs");
        let user = plugin(&counting(&file, members));
        let client = client(folder.kubeconfig(&format!("http://{}", server.address), json!({}), &user)).await;
        get(&client).await.unwrap();
        get(&client).await.unwrap();
        assert_eq!(runs(&file), 1, "what it issued is used as long as it works");
        number.store(2, Ordering::Relaxed);
        get(&client).await.unwrap();
        assert_eq!((runs(&file), server.seen().len()), (2, 4), "{members}");
        number.store(9, Ordering::Relaxed);
        assert!(get(&client).await.unwrap_err().contains("Unauthorized"));
        assert_eq!(runs(&file), 3, "once for a request");
    }
}

#[tokio::test]
async fn a_plugin_runs_again_when_what_it_issued_is_over() {
    let (folder, number) = (Folder::new(), Arc::new(AtomicUsize::new(1)));
    let server = server_of_token(Arc::clone(&number)).await;
    let file = folder.folder.path().join("runs");
    let user = plugin(&counting(&file, r#",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\""#));
    let client = client(folder.kubeconfig(&format!("http://{}", server.address), json!({}), &user)).await;
    get(&client).await.unwrap();
    number.store(2, Ordering::Relaxed);
    get(&client).await.unwrap();
    assert_eq!((runs(&file), server.seen().len()), (2, 2), "before the server refuses anything");
}

#[tokio::test]
async fn requests_that_are_refused_together_run_the_plugin_once() {
    let (folder, number) = (Folder::new(), Arc::new(AtomicUsize::new(1)));
    let server = server_of_token(Arc::clone(&number)).await;
    let file = folder.folder.path().join("runs");
    let user = plugin(&counting(&file, ""));
    let client = client(folder.kubeconfig(&format!("http://{}", server.address), json!({}), &user)).await;
    let together = || futures::future::join_all((0..8).map(|_| get(&client)));
    assert!(together().await.iter().all(Result::is_ok));
    assert_eq!(runs(&file), 1);
    number.store(2, Ordering::Relaxed);
    assert!(together().await.iter().all(Result::is_ok));
    assert_eq!(runs(&file), 2);
}

#[tokio::test]
async fn a_plugin_that_fails_is_named_with_what_it_said() {
    let folder = Folder::new();
    let user = plugin("echo please log in >&2; exit 7");
    let client = client(folder.kubeconfig("http://127.0.0.1:1", json!({}), &user)).await;
    let error = get(&client).await.unwrap_err();
    assert!(error.contains("the credential plugin \"sh\" failed: exit status: 7: please log in"), "{error}");
}

/// A server that takes the client certificate that is at present in `wanted`.
async fn server_of_certificate(authority: &Authority, wanted: Arc<std::sync::Mutex<Certified>>) -> SocketServer {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    SocketServer::start(Some(authority.acceptor(&["127.0.0.1"])), move |seen| {
        let wanted = CertificateDer::from_pem_slice(wanted.lock().unwrap().certificate.as_bytes()).unwrap();
        if seen.certificate.as_ref() == Some(&wanted) { config_map("a") } else { unauthorized() }
    })
    .await
}

#[tokio::test]
async fn a_certificate_that_is_refused_is_replaced_by_one_that_the_plugin_issues_then() {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let (first, second) = (authority.issue(&["client"]), authority.issue(&["client"]));
    let wanted = Arc::new(std::sync::Mutex::new(first.clone()));
    let server = server_of_certificate(&authority, Arc::clone(&wanted)).await;
    let issue = |certified: &Certified| {
        let status = json!({ "clientCertificateData": certified.certificate, "clientKeyData": certified.key });
        folder.write("issued", &json!({ "status": status }).to_string())
    };
    let user = plugin(&format!("cat {}", issue(&first).display()));
    let ca = folder.write("ca.crt", &authority.pem);
    let url = format!("https://{}", server.address);
    let client = client(folder.kubeconfig(&url, json!({ "certificate-authority": ca }), &user)).await;
    get(&client).await.unwrap();
    issue(&second);
    get(&client).await.unwrap();
    *wanted.lock().unwrap() = second;
    get(&client).await.unwrap();
    let connections: Vec<_> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [1, 1, 1, 2], "the old connection shows the old certificate");
}

#[tokio::test]
async fn certificates_in_files_are_read_again_when_they_are_refused() {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let (first, second) = (authority.issue(&["client"]), authority.issue(&["client"]));
    let wanted = Arc::new(std::sync::Mutex::new(first.clone()));
    let server = server_of_certificate(&authority, Arc::clone(&wanted)).await;
    let write = |certified: &Certified| {
        (folder.write("client.crt", &certified.certificate), folder.write("client.key", &certified.key))
    };
    let (certificate, key) = write(&first);
    let user = json!({ "client-certificate": certificate, "client-key": key });
    let ca = folder.write("ca.crt", &authority.pem);
    let url = format!("https://{}", server.address);
    let client = client(folder.kubeconfig(&url, json!({ "certificate-authority": ca }), &user)).await;
    get(&client).await.unwrap();
    *wanted.lock().unwrap() = second.clone();
    assert!(get(&client).await.is_err(), "there is no other one");
    write(&second);
    get(&client).await.unwrap();
    folder.write("client.crt", &first.certificate);
    *wanted.lock().unwrap() = first;
    assert!(get(&client).await.unwrap_err().contains("Unauthorized"), "a certificate without its key is of no use");
}

/// An address that leads to the server at `target`, whichever that is when somebody connects.
async fn way_to(target: Arc<std::sync::Mutex<std::net::SocketAddr>>) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut from, _) = listener.accept().await.unwrap();
            let server = *target.lock().unwrap();
            tokio::spawn(async move {
                let mut to = tokio::net::TcpStream::connect(server).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn an_authority_that_was_replaced_is_read_when_a_certificate_does_not_fit() {
    let (old, new, folder) = (Authority::new("old"), Authority::new("new"), Folder::new());
    let server = SocketServer::start(Some(old.acceptor(&["127.0.0.1"])), |_| config_map("a")).await;
    let ca = folder.write("ca.crt", &old.pem);
    let target = Arc::new(std::sync::Mutex::new(server.address));
    let address = way_to(Arc::clone(&target)).await;
    let user = json!({ "token": "t" });
    let client =
        client(folder.kubeconfig(&format!("https://{address}"), json!({ "certificate-authority": ca }), &user)).await;
    get(&client).await.unwrap();
    server.stop().await;
    let server = SocketServer::start(Some(new.acceptor(&["127.0.0.1"])), |_| config_map("a")).await;
    *target.lock().unwrap() = server.address;
    assert!(get(&client).await.unwrap_err().contains("UnknownIssuer"));
    folder.write("ca.crt", &new.pem);
    get(&client).await.unwrap();
    assert_eq!(server.seen()[0].headers["authorization"], "Bearer t");
}

#[tokio::test]
async fn a_certificate_of_the_server_that_does_not_fit_is_no_reason_to_run_the_plugin_again() {
    let (authority, other, folder) = (Authority::new("authority"), Authority::new("other"), Folder::new());
    let server = SocketServer::start(Some(authority.acceptor(&["127.0.0.1"])), |_| config_map("a")).await;
    let (ca, file) = (folder.write("ca.crt", &other.pem), folder.folder.path().join("runs"));
    let user = plugin(&counting(&file, ""));
    let url = format!("https://{}", server.address);
    let client = client(folder.kubeconfig(&url, json!({ "certificate-authority": ca }), &user)).await;
    for _ in 0..3 {
        get(&client).await.unwrap_err();
    }
    folder.write("ca.crt", &authority.pem);
    get(&client).await.unwrap();
    assert_eq!(runs(&file), 1);
}

/// Lets a minute pass at once.
async fn a_minute_later() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_file_that_is_just_being_written_keeps_what_was_read_before() {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let server = SocketServer::start(Some(authority.acceptor(&["127.0.0.1"])), |_| config_map("a")).await;
    let ca = folder.write("ca.crt", &authority.pem);
    let user = json!({ "tokenFile": folder.write("token", "t") });
    let url = format!("https://{}", server.address);
    let client = client(folder.kubeconfig(&url, json!({ "certificate-authority": ca }), &user)).await;
    get(&client).await.unwrap();
    for text in ["", &authority.pem[..authority.pem.len() / 2]] {
        folder.write("ca.crt", text);
        folder.write("token", "");
        a_minute_later().await;
        get(&client).await.unwrap();
    }
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.headers["authorization"] == "Bearer t" && seen.connection == 1), "{seen:?}");
}

#[tokio::test]
async fn a_token_file_is_read_each_minute_and_when_the_server_refuses_the_token() {
    let (folder, number) = (Folder::new(), Arc::new(AtomicUsize::new(1)));
    let server = server_of_token(Arc::clone(&number)).await;
    let user = json!({ "tokenFile": folder.write("token", "t1\n") });
    let client = client(folder.kubeconfig(&format!("http://{}", server.address), json!({}), &user)).await;
    get(&client).await.unwrap();
    folder.write("token", "t2");
    get(&client).await.unwrap();
    assert_eq!(server.seen()[1].headers["authorization"], "Bearer t1");
    number.store(2, Ordering::Relaxed);
    get(&client).await.unwrap();
    assert_eq!(server.seen().len(), 4, "refused, read, sent again");
    folder.write("token", "t3");
    number.store(3, Ordering::Relaxed);
    a_minute_later().await;
    get(&client).await.unwrap();
    assert_eq!(server.seen().len(), 5, "read because a minute has passed");
    std::fs::remove_file(folder.folder.path().join("token")).unwrap();
    a_minute_later().await;
    get(&client).await.unwrap();
}

#[tokio::test]
async fn credentials_that_cannot_change_are_tried_once() {
    let folder = Folder::new();
    let server = SocketServer::start(None, |_| unauthorized()).await;
    let user = json!({ "token": "t" });
    let client = client(folder.kubeconfig(&format!("http://{}", server.address), json!({}), &user)).await;
    get(&client).await.unwrap_err();
    assert_eq!(server.seen().len(), 1);
}
