//! The steps before a request, one at a time: DNS lookup, connection, TLS handshake.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use langfuse_blob_core::storage::Fault;
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use super::Transport;
use super::error::TransportError;

impl Transport {
    /// The addresses of `host`.
    ///
    /// # Errors
    /// [`Fault::NotFound`] if it can't be resolved, [`Fault::TimedOut`] if no response arrives.
    pub async fn resolve(&self, host: &str) -> Result<String, TransportError> {
        let looked_up = tokio::time::timeout(self.timeout, lookup_host((host, 0))).await;
        let found = looked_up.map_err(|_| TransportError::timed_out())?;
        let found = found.map_err(|e| TransportError { fault: Fault::NotFound, detail: e.to_string() })?;
        let addresses: BTreeSet<IpAddr> = found.map(|a| a.ip()).collect();
        if addresses.is_empty() {
            return Err(TransportError { fault: Fault::NotFound, detail: "it has no address".into() });
        }
        let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        Ok(addresses.join(", "))
    }

    /// Whether the port accepts connections.
    ///
    /// # Errors
    /// [`TransportError`].
    pub async fn connect(&self, host: &str, port: u16) -> Result<String, TransportError> {
        self.opened(host, port).await.map(|_| String::new())
    }

    /// The TLS version, if the server speaks TLS and its certificate is trusted.
    ///
    /// # Errors
    /// [`TransportError`].
    pub async fn handshake(&self, host: &str, port: u16) -> Result<String, TransportError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|e| TransportError { fault: Fault::Opaque, detail: e.to_string() })?;
        let stream = self.opened(host, port).await?;
        let connector = TlsConnector::from(Arc::new(self.tls.clone()));
        let shaken = tokio::time::timeout(self.timeout, connector.connect(name, stream)).await;
        let shaken = shaken.map_err(|_| TransportError::timed_out())?.map_err(|e| TransportError::of_io(&e))?;
        let version = shaken.get_ref().1.protocol_version().and_then(|v| v.as_str());
        Ok(version.unwrap_or("TLS").replace("TLSv1_", "TLS 1."))
    }

    async fn opened(&self, host: &str, port: u16) -> Result<TcpStream, TransportError> {
        let (host, port) = self.destination(host, port);
        let opened = tokio::time::timeout(self.timeout, TcpStream::connect((host.as_str(), port))).await;
        opened.map_err(|_| TransportError::timed_out())?.map_err(|e| TransportError::of_io(&e))
    }
}
