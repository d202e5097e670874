//! Addresses that a server listens on.

/// The parts of `HOST:PORT`, `[HOST]:PORT`, `HOST`, `PORT` or `SCHEME://HOST:PORT/…`.
pub(super) struct Address<'v> {
    before: &'v str,
    pub(super) host: &'v str,
    colon: &'v str,
    pub(super) port: &'v str,
    after: &'v str,
}

impl<'v> Address<'v> {
    /// The address, unless it is a socket, has quotes inside or is a list of several URLs, of which another can be right.
    pub(super) fn of(value: &'v str) -> Option<Self> {
        let start = value.find("://").map_or(0, |at| at + "://".len());
        let (before, address) = value.split_at(start);
        if !matches!(before, "" | "http://" | "https://" | "ssl://" | "tcp://") || value.contains([';', ',', '\'', '"'])
        {
            return None;
        }
        let (address, after) = address.split_at(address.find(['/', '?']).unwrap_or(address.len()));
        let (host, colon, port) = match split_port(address) {
            // Without brackets, more than one colon is an IPv6 address without a port.
            Some((host, port)) if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) => {
                (host, ":", port)
            }
            _ if is_port(address) => ("", "", address),
            _ => (address, "", ""),
        };
        Some(Self { before, host, colon, port, after })
    }

    /// The same without a scheme and a path, if it is a URL of HTTP.
    pub(super) fn without_scheme(self) -> Option<Self> {
        self.before.starts_with("http").then_some(Self { before: "", after: "", ..self })
    }

    /// The address that works in a container: every interface, and the port that the platform gives.
    pub(super) fn fixed(&self) -> String {
        let Self { before, colon, after, .. } = self;
        format!("{before}{}{colon}{}{after}", self.fixed_host(), self.fixed_port())
    }

    /// Its host, or every interface.
    pub(super) fn fixed_host(&self) -> &str {
        if is_loopback(self.host) { "0.0.0.0" } else { self.host }
    }

    /// Its port, as the platform gives it.
    pub(super) fn fixed_port(&self) -> String {
        if is_port(self.port) { variable(self.port) } else { self.port.to_string() }
    }
}

/// What is before and after the last colon. Those in `${PORT:-8000}` at the end belong to a port.
fn split_port(address: &str) -> Option<(&str, &str)> {
    let expansion = if address.ends_with('}') { address.rfind("${") } else { None };
    let colon = address[..expansion.unwrap_or(address.len())].rfind(':')?;
    Some((&address[..colon], &address[colon + 1..]))
}

/// Whether a host cannot be reached from outside the container.
pub(super) fn is_loopback(host: &str) -> bool {
    let is_ipv4 = host.strip_prefix("127.").is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b.is_ascii_digit()));
    is_ipv4 || matches!(host, "localhost" | "::1" | "[::1]")
}

/// Whether a text is a port. 0 is not one, because it means any port.
pub(super) fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The platform's port, or else this one.
pub(super) fn variable(port: &str) -> String {
    format!("${{PORT:-{port}}}")
}
