//! HTTP/1.1 on the wire, as much as scripted servers and the fault proxy need: heads, header lists, body framing.
//!
//! Messages are kept as text so that a test can send what no HTTP library would. RFC 9112 is followed where bytes are
//! read; nothing here judges them.

use std::io::{self, BufRead, BufReader, Read, Write};

/// Longest head accepted, in bytes: far above what any client or registry sends, low enough to stop a runaway test.
const MAX_HEAD: usize = 256 << 10;

/// Bytes handed on at once when a body streams through.
const PIECE: usize = 64 << 10;

/// Headers in the order and spelling they came in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers(pub(crate) Vec<(String, String)>);

impl Headers {
    /// The first value of `name`, whatever its case.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Replaces every `name` by one with `value`.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Drops every `name`.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }
}

/// The first line and the headers of a message.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// Request line or status line, without its line ending.
    pub(crate) first: String,
    /// What follows it.
    pub(crate) headers: Headers,
}

impl Head {
    /// The status of a response head; 0 when there is none to read.
    pub(crate) fn status(&self) -> u16 {
        let code = self.first.split(' ').nth(1).unwrap_or_default();
        code.parse().unwrap_or(0)
    }

    /// Writes the head and the empty line after it, in one piece.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        use std::fmt::Write as _;
        let mut text = format!("{}\r\n", self.first);
        for (name, value) in &self.headers.0 {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        to.write_all(text.as_bytes())?;
        to.flush()
    }
}

/// What a server of plain HTTP says to a client that begins with TLS, as real ones do.
const NOT_TLS: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// The first byte of a TLS handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// Whether the client on a fresh connection speaks TLS; it is told that this is the wrong place.
pub(crate) fn turns_away_tls<S: Read + Write>(stream: &mut BufReader<S>) -> io::Result<bool> {
    if stream.fill_buf()?.first() != Some(&TLS_HANDSHAKE) {
        return Ok(false);
    }
    stream.consume(stream.buffer().len());
    stream.get_mut().write_all(NOT_TLS)?;
    stream.get_mut().flush()?;
    Ok(true)
}

/// Reads one head; `None` when the other side closed before the first byte.
pub(crate) fn read_head(from: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut lines = Vec::new();
    let mut taken = 0;
    loop {
        let mut line = Vec::new();
        taken += from.read_until(b'\n', &mut line)?;
        if line.is_empty() && lines.is_empty() {
            return Ok(None);
        }
        if !line.ends_with(b"\n") || taken > MAX_HEAD {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        if !text.is_empty() {
            lines.push(text);
        } else if !lines.is_empty() {
            break;
        }
    }
    let mut lines = lines.into_iter();
    let first = lines.next().unwrap_or_default();
    let headers = lines
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        })
        .collect();
    Ok(Some(Head {
        first,
        headers: Headers(headers),
    }))
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By its length in bytes.
    Length(u64),
    /// By a chunk of size zero.
    Chunked,
    /// By the end of the connection.
    Close,
}

impl Framing {
    /// Of a request: without a length there is no body.
    pub(crate) fn of_request(headers: &Headers) -> Self {
        Self::stated(headers).unwrap_or(Self::Length(0))
    }

    /// Of the response with `status` to a request by `method`.
    pub(crate) fn of_response(method: &str, status: u16, headers: &Headers) -> Self {
        if method == "HEAD" || status == 204 || status == 304 || status < 200 {
            return Self::Length(0);
        }
        Self::stated(headers).unwrap_or(Self::Close)
    }

    fn stated(headers: &Headers) -> Option<Self> {
        let coding = headers.get("Transfer-Encoding").unwrap_or_default();
        if coding.to_ascii_lowercase().contains("chunked") {
            return Some(Self::Chunked);
        }
        let length = headers.get("Content-Length")?.parse().ok()?;
        Some(Self::Length(length))
    }
}

/// Reads a body to its end and gives its bytes, unframed, to `take`. Returns how many there were.
pub(crate) fn read_body(
    from: &mut impl BufRead,
    framing: Framing,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    match framing {
        Framing::Length(length) => read_exactly(from, length, take),
        Framing::Chunked => read_chunks(from, take),
        Framing::Close => {
            let mut total = 0;
            loop {
                let piece = from.fill_buf()?;
                let length = piece.len().min(PIECE);
                if length == 0 {
                    return Ok(total);
                }
                take(&piece[..length])?;
                from.consume(length);
                total += length as u64;
            }
        }
    }
}

fn read_exactly(
    from: &mut impl BufRead,
    length: u64,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let mut left = length;
    while left > 0 {
        let piece = from.fill_buf()?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let most = usize::try_from(left).unwrap_or(PIECE);
        let length = piece.len().min(most).min(PIECE);
        take(&piece[..length])?;
        from.consume(length);
        left -= length as u64;
    }
    Ok(length)
}

fn read_chunks(
    from: &mut impl BufRead,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let mut total = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(digits, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        total += read_exactly(from, size, take)?;
        let mut end = String::new();
        from.read_line(&mut end)?;
        if size == 0 {
            return Ok(total);
        }
    }
}

/// Writes a piece of a body under `framing`.
pub(crate) fn write_piece(to: &mut impl Write, framing: Framing, piece: &[u8]) -> io::Result<()> {
    if framing == Framing::Chunked {
        write!(to, "{:x}\r\n", piece.len())?;
        to.write_all(piece)?;
        to.write_all(b"\r\n")?;
    } else {
        to.write_all(piece)?;
    }
    to.flush()
}

/// Writes what ends a body under `framing`.
pub(crate) fn write_end(to: &mut impl Write, framing: Framing) -> io::Result<()> {
    if framing == Framing::Chunked {
        to.write_all(b"0\r\n\r\n")?;
    }
    to.flush()
}

/// The value of `key` in the query of `target`, percent-decoded.
pub(crate) fn query(target: &str, key: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let found = pairs.find(|(name, _)| name == key);
    found.map(|(_, value)| value.into_owned())
}

/// The path of `target`, without its query.
pub(crate) fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}
