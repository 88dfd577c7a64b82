//! Tokens of service accounts.
//!
//! In: who a token is for, and until when. Out: a JSON Web Token with the claims of Kubernetes. It is signed with a key of this
//! server (`HS256`), so that nobody but this server can verify it.
//!
//! Source: `k8s.io/kubernetes/pkg/serviceaccount`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rand::RngExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::object::{generate, key, text};
use crate::store::Store;
use crate::strategy::{ACCOUNTS, NODES, PODS};
use crate::user::User;

/// Who makes the tokens, and whom they are for unless somebody says otherwise.
pub(crate) const ISSUER: &str = "https://127.0.0.1";
/// What SHA-256 works on at a time, in bytes.
const BLOCK: usize = 64;

/// Makes and verifies tokens.
#[derive(Debug)]
pub(crate) struct Signer {
    key: [u8; 32],
}

/// What a token is bound to: it is valid as long as that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// `Pod`, `Secret` or `Node`
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
}

impl Default for Signer {
    fn default() -> Self {
        Self { key: rand::rng().random() }
    }
}

impl Signer {
    /// Makes a token for a service account.
    pub(crate) fn sign(
        &self,
        account: &Value,
        audiences: &Value,
        bound: Option<&Bound>,
        from: Timestamp,
        seconds: i64,
    ) -> String {
        let (namespace, name) = (text(account, "namespace"), text(account, "name"));
        let mut of = json!({"namespace": namespace, "serviceaccount": {"name": name, "uid": text(account, "uid")}});
        if let Some(bound) = bound {
            of[bound.kind.to_lowercase()] = json!({"name": bound.name, "uid": bound.uid});
        }
        let claims = json!({
            "aud": audiences,
            "exp": from.as_second() + seconds,
            "iat": from.as_second(),
            "iss": ISSUER,
            "jti": generate::uid(),
            "kubernetes.io": of,
            "nbf": from.as_second(),
            "sub": format!("system:serviceaccount:{namespace}:{name}"),
        });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let body = format!("{}.{}", encode(&json!({"alg": "HS256", "typ": "JWT"})), encode(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.authenticate(body.as_bytes()));
        format!("{body}.{signature}")
    }

    /// The user and the audiences of a token that is valid now.
    pub(crate) fn verify(&self, store: &Store, token: &str, now: Timestamp) -> Option<(User, Vec<String>)> {
        let (body, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if self.authenticate(body.as_bytes())[..] != signature[..] {
            return None;
        }
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body.split_once('.')?.1).ok()?).ok()?;
        if claims["exp"].as_i64()? < now.as_second() {
            return None;
        }
        let of = &claims["kubernetes.io"];
        let (namespace, account) = (of["namespace"].as_str()?, &of["serviceaccount"]);
        let (name, uid) = (account["name"].as_str()?, account["uid"].as_str()?);
        exists(store, ACCOUNTS, &key(Some(namespace), name), uid)?;
        for (kind, collection) in [("pod", PODS), ("secret", "/secrets"), ("node", NODES)] {
            if let Some(name) = of[kind]["name"].as_str() {
                let key = if kind == "node" { name.to_owned() } else { key(Some(namespace), name) };
                exists(store, collection, &key, of[kind]["uid"].as_str()?)?;
            }
        }
        let audiences = claims["aud"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let mut user = User::service_account(namespace, name, uid);
        let id = format!("JTI={}", claims["jti"].as_str()?);
        user.extra.insert("authentication.kubernetes.io/credential-id".to_owned(), vec![id]);
        if let Some(pod) = of["pod"]["name"].as_str() {
            let uid = of["pod"]["uid"].as_str()?.to_owned();
            user.extra.insert("authentication.kubernetes.io/pod-name".to_owned(), vec![pod.to_owned()]);
            user.extra.insert("authentication.kubernetes.io/pod-uid".to_owned(), vec![uid]);
        }
        Some((user, audiences))
    }

    /// HMAC with SHA-256 (RFC 2104).
    fn authenticate(&self, message: &[u8]) -> [u8; 32] {
        let pad = |with: u8| {
            let mut block = [with; BLOCK];
            block.iter_mut().zip(self.key).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
        Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
    }
}

fn exists(store: &Store, collection: &str, key: &str, uid: &str) -> Option<()> {
    let stored = store.get(collection, key)?;
    (text(stored.value(), "uid") == uid && !stored.is_being_deleted()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Write;

    #[test]
    fn a_token_is_valid_until_its_end_and_while_its_account_exists() {
        let (store, signer, now) = (Store::default(), Signer::default(), Timestamp::UNIX_EPOCH);
        let account = json!({"metadata": {"name": "a", "namespace": "n", "uid": "u"}});
        let token = signer.sign(&account, &json!(["x"]), None, now, 600);
        let verify = |seconds: i64| signer.verify(&store, &token, Timestamp::from_second(seconds).unwrap());
        assert_eq!(verify(0), None);
        let stored = store.write(ACCOUNTS, "n/a", Write::Create(account)).unwrap();
        let (user, audiences) = verify(600).unwrap();
        assert_eq!((user.name.as_str(), audiences), ("system:serviceaccount:n:a", vec!["x".to_owned()]));
        assert_eq!(verify(601), None);
        assert_eq!(signer.verify(&store, &format!("{token}x"), now), None);
        assert_eq!(Signer::default().verify(&store, &token, now), None);
        store.write(ACCOUNTS, "n/a", Write::Delete(stored.revision)).unwrap();
        assert_eq!(verify(0), None);
    }
}
