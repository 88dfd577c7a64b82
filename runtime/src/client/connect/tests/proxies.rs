//! Servers behind proxies.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

/// What a proxy was asked for.
type Asked = Arc<Mutex<Vec<String>>>;

#[derive(Clone, Copy)]
enum Speaks {
    Http,
    Socks,
}

/// A proxy on a free port that leads to `server`, whatever it is asked for.
async fn proxy(
    speaks: Speaks,
    tls: Option<TlsAcceptor>,
    server: std::net::SocketAddr,
) -> (std::net::SocketAddr, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Asked::default());
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (tls, log) = (tls.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                match tls {
                    Some(tls) => relay(speaks, tls.accept(stream).await.unwrap(), server, log).await,
                    None => relay(speaks, stream, server, log).await,
                }
            });
        }
    });
    (address, asked)
}

async fn relay(
    speaks: Speaks,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    server: std::net::SocketAddr,
    log: Asked,
) {
    let asked = match speaks {
        Speaks::Http => {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            String::from_utf8(head).unwrap()
        }
        Speaks::Socks => {
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting).await.unwrap();
            stream.write_all(&[5, 0]).await.unwrap();
            let mut head = [0; 5];
            stream.read_exact(&mut head).await.unwrap();
            assert_eq!(head[..4], [5, 1, 0, 3], "a name, to be looked up by the proxy");
            let mut name = vec![0; usize::from(head[4]) + 2];
            stream.read_exact(&mut name).await.unwrap();
            stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
            let port = name.split_off(name.len() - 2);
            format!("{}:{}", String::from_utf8(name).unwrap(), u16::from_be_bytes([port[0], port[1]]))
        }
    };
    log.lock().unwrap().push(asked);
    let mut server = TcpStream::connect(server).await.unwrap();
    let _ = copy_bidirectional(&mut stream, &mut server).await;
}

/// A request through this proxy to `https://server.test:6443`, and what the proxy was asked for.
async fn through(speaks: Speaks, secure: bool, url: impl Fn(std::net::SocketAddr) -> String) -> String {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let server = SocketServer::start(Some(authority.acceptor(&["server.test"])), |_| config_map("a")).await;
    let tls = secure.then(|| authority.acceptor(&["127.0.0.1"]));
    let (address, asked) = proxy(speaks, tls, server.address).await;
    let ca = folder.write("ca.crt", &authority.pem);
    let cluster = json!({ "certificate-authority": ca, "proxy-url": url(address) });
    let client = client(folder.kubeconfig("https://server.test:6443", cluster, &json!({}))).await;
    get(&client).await.unwrap();
    assert_eq!(server.seen()[0].version, Version::HTTP_2);
    let asked = asked.lock().unwrap();
    asked[0].clone()
}

#[tokio::test]
async fn a_proxy_of_the_kubeconfig_leads_to_the_server() {
    let asked = through(Speaks::Http, false, |address| format!("http://me:pass@{address}")).await;
    assert!(asked.starts_with("CONNECT server.test:6443 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains(&format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode("me:pass"))), "{asked}");
    let asked = through(Speaks::Http, true, |address| format!("https://{address}")).await;
    assert!(asked.starts_with("CONNECT server.test:6443 HTTP/1.1\r\n"), "{asked}");
    assert_eq!(through(Speaks::Socks, false, |address| format!("socks5://{address}")).await, "server.test:6443");
}

/// Connects to `url` with these variables.
async fn connected(folder: &Folder, url: &str, cluster: Value, variables: &[(&str, &str)]) -> Client<ConfigMap> {
    let environment = Environment::of_test(variables, folder.folder.path());
    let options = ConnectOptions::default().kubeconfig(folder.kubeconfig(url, cluster, &json!({})));
    Client::new(options.connect_from(&environment).await.unwrap()).namespaced("default")
}

#[tokio::test]
async fn the_proxy_of_the_environment_leads_to_all_servers_but_the_exempt() {
    let (authority, folder) = (Authority::new("authority"), Folder::new());
    let acceptor = authority.acceptor(&["server.test", "127.0.0.1"]);
    let server = SocketServer::start(Some(acceptor), |_| config_map("a")).await;
    let (address, asked) = proxy(Speaks::Http, None, server.address).await;
    let (proxy, ca) = (format!("http://{address}"), folder.write("ca.crt", &authority.pem));
    let cluster = json!({ "certificate-authority": ca });
    let variables = [("HTTPS_PROXY", proxy.as_str())];
    get(&connected(&folder, "https://server.test", cluster.clone(), &variables).await).await.unwrap();
    assert!(asked.lock().unwrap()[0].starts_with("CONNECT server.test:443 "));
    let local = format!("https://{}", server.address);
    get(&connected(&folder, &local, cluster.clone(), &variables).await).await.unwrap();
    let exempt = [variables[0], ("NO_PROXY", "server.test")];
    let error = get(&connected(&folder, "https://server.test", cluster, &exempt).await).await.unwrap_err();
    assert!(error.contains("dns error"), "asked for directly, and there is no such server: {error}");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_without_tls_is_asked_for_as_a_whole_address() {
    let folder = Folder::new();
    let proxy = SocketServer::start(None, |_| config_map("a")).await;
    let url = format!("me:pass@{}", proxy.address);
    let client = connected(&folder, "http://server.test:8080", json!({}), &[("http_proxy", &url)]).await;
    get(&client).await.unwrap();
    drop(client.watch(&WatchOptions::default()).await.unwrap());
    let seen = proxy.seen();
    assert_eq!(seen[0].path, "http://server.test:8080/api/v1/namespaces/default/configmaps/a");
    assert!(seen[1].path.starts_with("http://server.test:8080/api/v1/namespaces/default/configmaps?watch=true"));
    assert_eq!(seen[0].headers["proxy-authorization"], format!("Basic {}", STANDARD.encode("me:pass")));
}

#[tokio::test]
async fn a_proxy_that_does_not_answer_or_refuses_is_named() {
    let folder = Folder::new();
    let (_taken, address) = refusing();
    let absent = json!({ "proxy-url": format!("socks5://{address}") });
    let error = get(&client(folder.kubeconfig("https://server.test", absent, &json!({}))).await).await.unwrap_err();
    assert!(error.contains(&format!("cannot reach the proxy http://{address}/: ")), "{error}");
    assert!(error.contains("Connection refused"), "{error}");
    let refusing = SocketServer::start(None, |_| Reply::chunks(403, ["no"])).await;
    let refusing = json!({ "proxy-url": format!("http://{}", refusing.address) });
    let error = get(&client(folder.kubeconfig("https://server.test", refusing, &json!({}))).await).await.unwrap_err();
    assert!(error.contains("https://server.test: ") && error.contains("no connection through the proxy"), "{error}");
}
