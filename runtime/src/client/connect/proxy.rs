//! Which proxy leads to a server: the one that the kubeconfig names, or that of the environment, by the rules of Go's
//! `golang.org/x/net/http/httpproxy`.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use ipnet::IpNet;
use percent_encoding::percent_decode_str;

use super::super::Error;
use super::environment::Environment;

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
    Socks5,
}

/// A proxy.
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) protocol: Protocol,
    /// Its address, with a port and without credentials.
    pub(super) address: Uri,
    /// User and password.
    pub(super) credentials: Option<(String, String)>,
}

/// An entry of `NO_PROXY`.
enum Exemption {
    Everything,
    Network(IpNet),
    Address(IpAddr, Option<u16>),
    /// A name and all below it (`.name`); `true` if the name itself is meant as well.
    Domain(String, bool, Option<u16>),
}

impl Proxy {
    /// The proxy to `server`. One that is `named` is used whatever the environment says. Else it is `HTTPS_PROXY`, or
    /// `HTTP_PROXY` for a server without TLS, or the same in small letters, unless `NO_PROXY` exempts the server or it is
    /// on this machine.
    pub(super) fn to(server: &Uri, named: Option<&Uri>, environment: &Environment) -> Result<Option<Self>, Error> {
        if let Some(url) = named {
            return Self::parse(&url.to_string()).map(Some).map_err(|why| Error::Config(format!("proxy-url {why}")));
        }
        let secure = server.scheme_str() == Some("https");
        let variables = if secure { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
        let found = variables.iter().find_map(|name| environment.variable(name).map(|url| (name, url)));
        let Some((name, url)) = found else { return Ok(None) };
        let exempt = ["NO_PROXY", "no_proxy"].iter().find_map(|name| environment.variable(name)).unwrap_or_default();
        if is_exempt(server, &exempt) {
            return Ok(None);
        }
        if !secure && environment.variable("REQUEST_METHOD").is_some() {
            let why = "is not used in a CGI program, because whoever sends a request can set it";
            return Err(Error::Config(format!("{name} {why}")));
        }
        Self::parse(&url).map(Some).map_err(|why| Error::Config(format!("{name} {why}")))
    }

    /// Reads the URL of a proxy. Without a scheme it is one for HTTP.
    fn parse(url: &str) -> Result<Self, String> {
        let shown = without_credentials(url);
        let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let uri: Uri = with_scheme.parse().map_err(|error| format!("is {shown:?}: {error}"))?;
        let (protocol, port) = match uri.scheme_str() {
            Some("http") => (Protocol::Http, 80),
            Some("https") => (Protocol::Https, 443),
            Some("socks5" | "socks5h") => (Protocol::Socks5, 1080),
            _ => return Err(format!("is {shown:?}: only http, https and socks5 are known")),
        };
        let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = authority.rsplit_once('@').map(|(credentials, _)| {
            let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
            (decoded(user), decoded(password))
        });
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| format!("is {shown:?}, without a host"))?;
        let scheme = if protocol == Protocol::Https { "https" } else { "http" };
        let address = format!("{scheme}://{host}:{}", uri.port_u16().unwrap_or(port));
        let address = address.parse().map_err(|error| format!("is {shown:?}: {error}"))?;
        Ok(Self { protocol, address, credentials })
    }

    /// The header that shows an HTTP proxy who asks.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        if self.protocol == Protocol::Socks5 {
            return None;
        }
        let (user, password) = self.credentials.as_ref()?;
        let mut value =
            HeaderValue::try_from(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// A URL as it may be logged.
fn without_credentials(url: &str) -> String {
    match (url.find("://").map_or(0, |scheme| scheme + 3), url.rfind('@')) {
        (start, Some(end)) if start <= end => format!("{}…{}", &url[..start], &url[end..]),
        _ => url.to_owned(),
    }
}

/// Whether a server is reached without a proxy: one on this machine always is.
fn is_exempt(server: &Uri, no_proxy: &str) -> bool {
    let host = server.host().unwrap_or_default().to_lowercase();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    let port = server.port_u16().unwrap_or(if server.scheme_str() == Some("https") { 443 } else { 80 });
    no_proxy.split(',').filter_map(Exemption::parse).any(|exemption| exemption.covers(host, address, port))
}

impl Exemption {
    fn parse(entry: &str) -> Option<Self> {
        let entry = entry.trim().to_lowercase();
        if entry == "*" {
            return Some(Self::Everything);
        }
        if let Ok(network) = entry.parse() {
            return Some(Self::Network(network));
        }
        let (host, port) = match entry.rsplit_once(':') {
            // An address of version 6 without brackets has colons, and no port.
            Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, Some(port.parse().ok()?)),
            _ => (entry.as_str(), None),
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = host.parse() {
            return Some(Self::Address(address, port));
        }
        let below = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        match below.strip_prefix('.') {
            _ if below.is_empty() => None,
            Some(_) => Some(Self::Domain(below.to_owned(), false, port)),
            None => Some(Self::Domain(format!(".{below}"), true, port)),
        }
    }

    fn covers(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        let here = |of: &Option<u16>| of.is_none_or(|of| of == port);
        match (self, address) {
            (Self::Everything, _) => true,
            (Self::Network(network), Some(address)) => network.contains(&address),
            (Self::Address(exempt, of), Some(address)) => *exempt == address && here(of),
            (Self::Domain(below, itself, of), None) => {
                (host.ends_with(below.as_str()) || (*itself && host == &below[1..])) && here(of)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn proxy(server: &'static str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let environment = Environment::of_test(variables, Path::new(""));
        let proxy = Proxy::to(&Uri::from_static(server), None, &environment);
        proxy.map(|found| found.map(|proxy| proxy.address.to_string())).map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_names_the_proxy_for_each_scheme() {
        let both = [("HTTPS_PROXY", "http://secure:3128"), ("http_proxy", "plain:8080")];
        assert_eq!(proxy("https://example.com", &both).unwrap().as_deref(), Some("http://secure:3128/"));
        assert_eq!(proxy("http://example.com", &both).unwrap().as_deref(), Some("http://plain:8080/"));
        assert_eq!(proxy("https://example.com", &both[1..]).unwrap(), None);
        assert_eq!(proxy("https://example.com", &[("ALL_PROXY", "http://all")]).unwrap(), None, "Go does not know it");
        let cgi = [both[1], ("REQUEST_METHOD", "GET")];
        assert!(proxy("http://example.com", &cgi).unwrap_err().contains("CGI"));
        let unknown = proxy("https://example.com", &[("HTTPS_PROXY", "ftp://me:secret@proxy")]).unwrap_err();
        assert!(
            unknown.contains("HTTPS_PROXY is \"ftp://…@proxy\": only http, https and socks5 are known"),
            "{unknown}"
        );
    }

    #[test]
    fn no_proxy_exempts_hosts_domains_addresses_networks_and_ports_as_in_go() {
        let exempt = |no_proxy: &str, server: &'static str| {
            proxy(server, &[("HTTPS_PROXY", "http://proxy"), ("NO_PROXY", no_proxy)]).unwrap().is_none()
        };
        for (no_proxy, server, expected) in [
            ("", "https://localhost:6443", true),
            ("", "https://127.8.9.1", true),
            ("", "https://[::1]:6443", true),
            ("", "https://10.0.0.1", false),
            ("*", "https://10.0.0.1", true),
            ("example.com", "https://example.com", true),
            ("example.com", "https://API.Example.com:6443", true),
            ("example.com", "https://notexample.com", false),
            (".example.com", "https://example.com", false),
            (".example.com", "https://api.example.com", true),
            ("*.example.com", "https://api.example.com", true),
            ("*.example.com", "https://example.com", false),
            ("example.com:6443", "https://example.com:6443", true),
            ("example.com:6443", "https://example.com", false),
            ("example.com:443", "https://example.com", true),
            ("a.org, 10.0.0.0/8 ", "https://10.1.2.3:6443", true),
            ("10.0.0.0/8", "https://11.1.2.3", false),
            ("10.0.0.1", "https://10.0.0.1:6443", true),
            ("10.0.0.1:443", "https://10.0.0.1:6443", false),
            ("fd00::1", "https://[fd00::1]:6443", true),
            ("[fd00::1]:6443", "https://[fd00::1]:6443", true),
            ("[fd00::1]:443", "https://[fd00::1]:6443", false),
            ("fd00::/8", "https://[fd00::1]", true),
            (",,:80,example.com:port", "https://example.com", false),
            ("1.2.3.4", "https://x.1.2.3.4.example.com", false),
        ] {
            assert_eq!(exempt(no_proxy, server), expected, "NO_PROXY={no_proxy} {server}");
        }
    }

    #[test]
    fn a_named_proxy_is_used_for_every_server() {
        let environment = Environment::of_test(&[("NO_PROXY", "*")], Path::new(""));
        let named = Uri::from_static("socks5://me:p%40ss@proxy");
        let proxy = Proxy::to(&Uri::from_static("https://localhost"), Some(&named), &environment).unwrap().unwrap();
        assert_eq!((proxy.protocol, proxy.address.to_string().as_str()), (Protocol::Socks5, "http://proxy:1080/"));
        assert_eq!(proxy.credentials, Some(("me".to_owned(), "p@ss".to_owned())));
        assert_eq!(proxy.authorization(), None, "it has a way of its own to ask");
        let http = Proxy::parse("me:p%40ss@proxy").unwrap();
        assert_eq!(http.authorization().unwrap(), "Basic bWU6cEBzcw==");
        let unknown = Proxy::to(&named, Some(&Uri::from_static("quic://proxy")), &environment).err().unwrap();
        assert!(unknown.to_string().contains("proxy-url is \"quic://proxy/\""), "{unknown}");
    }
}
