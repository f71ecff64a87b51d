//! How a Postgres is reached: its URL, with libpq's meanings of `sslmode` and `sslrootcert` (PostgreSQL's page "SSL
//! Support", protection provided in different modes). Never connects.

use std::{str::FromStr as _, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{self, CryptoProvider},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// A process that is stopped in the middle of a transaction must not hold its locks for ever. No statement here runs for long
/// enough to be worth compiling.
const SETTINGS: &str = "-c idle_in_transaction_session_timeout=15s -c lock_timeout=10s -c jit=off";
/// So long an answer of a machine that is gone is waited for.
const SILENCE: Duration = Duration::from_secs(15);

/// What connects.
#[derive(Clone)]
pub(super) struct Dial {
    pub config: tokio_postgres::Config,
    pub tls: MakeRustlsConnect,
}

/// Reads `postgres://USER@HOST/NAME?sslmode=...&sslrootcert=...`.
///
/// # Errors
/// A sentence that names what is wrong.
pub(super) fn read(url: &str) -> Result<Dial, String> {
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut root, mut rest) = ("prefer", None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode" | "ssl-mode", value)) => mode = value,
            Some(("sslrootcert" | "ssl-root-cert" | "ssl-ca", value)) => root = Some(value),
            _ => rest.push(pair),
        }
    }
    let mut config = tokio_postgres::Config::from_str(&format!("{place}?{}", rest.join("&")))
        .map_err(|error| error.to_string())?;
    let (ssl, verified) = match mode {
        "disable" => (SslMode::Disable, false),
        "allow" | "prefer" => (SslMode::Prefer, false),
        // As libpq has it: with a root of its own, to require is to verify.
        "require" => (SslMode::Require, root.is_some()),
        "verify-ca" | "verify-full" => (SslMode::Require, true),
        other => {
            return Err(format!(
                "sslmode is {other:?}: it is disable, allow, prefer, require, verify-ca or verify-full"
            ));
        }
    };
    let options = config.get_options().map(|own| format!("{SETTINGS} {own}"));
    config.options(options.unwrap_or_else(|| SETTINGS.to_owned())).ssl_mode(ssl);
    config.keepalives_idle(SILENCE).tcp_user_timeout(SILENCE);
    Ok(Dial { config, tls: MakeRustlsConnect::new(tls(verified, root)?) })
}

fn tls(verified: bool, root: Option<&str>) -> Result<ClientConfig, String> {
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    if !verified {
        let anyone = Arc::new(Anyone(provider));
        return Ok(builder.dangerous().with_custom_certificate_verifier(anyone).with_no_client_auth());
    }
    Ok(builder.with_root_certificates(roots(root)?).with_no_client_auth())
}

/// Those of `file`, or the ones that browsers trust.
fn roots(file: Option<&str>) -> Result<RootCertStore, String> {
    let Some(file) = file else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let unread = |why: String| format!("sslrootcert {file}: {why}");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unread(error.to_string()))? {
        let certificate = certificate.map_err(|error| unread(error.to_string()))?;
        roots.add(certificate).map_err(|error| unread(error.to_string()))?;
    }
    if roots.is_empty() { Err(unread("it holds no certificate".to_owned())) } else { Ok(roots) }
}

/// Whoever holds the certificate that is shown: `prefer` and `require` encrypt and do not ask who it is.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_are_those_of_libpq() {
        let mode =
            |query: &str| read(&format!("postgres://a@host/db{query}")).map(|d| d.config.get_ssl_mode());
        assert_eq!(mode(""), Ok(SslMode::Prefer));
        assert_eq!(mode("?sslmode=disable"), Ok(SslMode::Disable));
        assert_eq!(mode("?application_name=x&sslmode=require"), Ok(SslMode::Require));
        assert_eq!(mode("?sslmode=verify-full"), Ok(SslMode::Require));
        assert!(mode("?sslmode=maybe").unwrap_err().contains("\"maybe\""));
        let missing = mode("?sslmode=verify-full&sslrootcert=/no/such/file.pem").unwrap_err();
        assert!(missing.contains("/no/such/file.pem"), "{missing}");
    }

    #[test]
    fn options_of_the_url_stand_beside_ours() {
        let dial = read("postgres://a:b%40c@host/db?options=-c%20work_mem%3D64MB").ok().unwrap();
        let options = dial.config.get_options().unwrap();
        assert!(options.contains("work_mem=64MB") && options.contains("lock_timeout=10s"), "{options}");
        assert_eq!(dial.config.get_password(), Some(b"b@c".as_slice()));
    }
}
