//! One request on its way through the fault proxy: passed on, spoiled as its rule says, recorded.

use std::io::{self, BufReader, Read as _, Write as _};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::link::Link;
use super::{Fault, Record};
use crate::support::socket::{Plain, lock, reset};
use crate::support::wire::{self, Framing, Head, Headers};

/// Passes one request and its answer; whether the connection can carry another.
pub(super) fn relay(link: &mut Link, client: &mut BufReader<Plain>) -> io::Result<bool> {
    let Some(head) = wire::read_head(client)? else {
        return Ok(false);
    };
    let mut words = head.first.split(' ').map(str::to_owned);
    let mut record = Record {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        range: head.headers.get("Range").map(str::to_owned),
        ..Record::default()
    };
    let rules = lock(&link.shared.rules).clone();
    let fault = rules.iter().find_map(|rule| rule.take(&record));
    record.spoiled = fault.is_some();
    // On the record from the first moment: a client that has its answer may look at once.
    let record = Arc::new(Mutex::new(record));
    lock(&link.shared.log).push(Arc::clone(&record));
    let mut passage = Passage {
        link,
        fault,
        record: &record,
    };
    let result = passage.pass(client, head);
    if result.is_err() {
        // Whatever broke on one side must break on the other, or a length-less body would look complete.
        reset(&link.socket);
    }
    result
}

/// One request on its way.
struct Passage<'a> {
    link: &'a mut Link,
    fault: Option<Fault>,
    record: &'a Mutex<Record>,
}

/// What became of the two connections.
struct Outcome {
    /// The client's can carry another request.
    client: bool,
    /// The registry's can.
    upstream: bool,
}

impl Passage<'_> {
    fn pass(&mut self, client: &mut BufReader<Plain>, head: Head) -> io::Result<bool> {
        self.link.travel();
        let framing = Framing::of_request(&head.headers);
        match self.fault.clone() {
            Some(Fault::Answer(status, retry_after)) => {
                let mut headers = Headers::default();
                if let Some(after) = retry_after {
                    headers.set("Retry-After", &after);
                }
                return self.answer(client, framing, status, headers);
            }
            Some(Fault::Redirect(base)) => {
                let mut headers = Headers::default();
                headers.set("Location", &format!("{base}{}", lock(self.record).target));
                return self.answer(client, framing, 307, headers);
            }
            _ => {}
        }
        let last = closes(&head.headers);
        let mut upstream = self.link.upstream()?;
        let early = self.send_request(client, &mut upstream, head, framing)?;
        let kept = self.send_response(client, &mut upstream)?;
        // A registry that refused a body may close its connection without a word, a moment from now.
        let refused = lock(self.record).status >= 400 && framing != Framing::Length(0);
        if kept.upstream && !early && !refused {
            self.link.keep(upstream);
        }
        Ok(kept.client && !early && !last)
    }

    /// Answers without asking the registry, after taking in the body.
    fn answer(
        &mut self,
        client: &mut BufReader<Plain>,
        framing: Framing,
        status: u16,
        mut headers: Headers,
    ) -> io::Result<bool> {
        let received = wire::read_body(client, framing, &mut |_| Ok(()))?;
        let mut record = lock(self.record);
        (record.received, record.status) = (received, status);
        drop(record);
        headers.set("Content-Length", "0");
        let first = format!("HTTP/1.1 {status} Fault");
        Head { first, headers }.write(client.get_mut())?;
        Ok(true)
    }

    /// Sends the request on; whether the registry stopped listening before its end.
    fn send_request(
        &mut self,
        client: &mut BufReader<Plain>,
        upstream: &mut BufReader<Plain>,
        mut head: Head,
        framing: Framing,
    ) -> io::Result<bool> {
        head.headers.remove("Connection");
        if matches!(self.fault, Some(Fault::IgnoreRange)) {
            head.headers.remove("Range");
        }
        head.write(upstream.get_mut())?;
        let cut = match self.fault {
            Some(Fault::CutRequest(after)) => Some(after),
            _ => None,
        };
        let mut deaf = false;
        let record = self.record;
        let link = &mut *self.link;
        let mut received = 0;
        wire::read_body(client, framing, &mut |piece| {
            let left = cut.map_or(u64::MAX, |cut| cut - received);
            let wanted = usize::try_from(left).map_or(piece.len(), |left| left.min(piece.len()));
            let passed = link.admit(wanted);
            received += passed as u64;
            lock(record).received = received;
            link.shared
                .received
                .fetch_add(passed as u64, Ordering::SeqCst);
            // A registry may answer before it has read everything; what it says is passed on all the same.
            deaf =
                deaf || wire::write_piece(upstream.get_mut(), framing, &piece[..passed]).is_err();
            if passed < piece.len() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Ok(())
        })?;
        deaf = deaf || wire::write_end(upstream.get_mut(), framing).is_err();
        Ok(deaf)
    }

    /// Sends the answer back.
    fn send_response(
        &mut self,
        client: &mut BufReader<Plain>,
        upstream: &mut BufReader<Plain>,
    ) -> io::Result<Outcome> {
        let mut head = wire::read_head(upstream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        while head.status() == 100 {
            head = wire::read_head(upstream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        }
        let framing = Framing::of_response(&lock(self.record).method, head.status(), &head.headers);
        if matches!(self.fault, Some(Fault::DropAfterCommit)) {
            wire::read_body(upstream, framing, &mut |_| Ok(()))?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let closing = closes(&head.headers) || head.first.starts_with("HTTP/1.0");
        head.headers.remove("Connection");
        if framing == Framing::Close {
            head.headers.set("Connection", "close");
        }
        if matches!(self.fault, Some(Fault::WrongContentRange)) {
            shift_content_range(&mut head.headers);
        }
        lock(self.record).status = head.status();
        head.write(client.get_mut())?;
        let stopped = self.send_body(client, upstream, framing)?;
        let kept = !stopped && framing != Framing::Close;
        Ok(Outcome {
            client: kept,
            upstream: kept && !closing,
        })
    }

    /// Sends the body as far as the fault lets it; whether it stopped early.
    fn send_body(
        &mut self,
        client: &mut BufReader<Plain>,
        upstream: &mut BufReader<Plain>,
        framing: Framing,
    ) -> io::Result<bool> {
        let stop = match self.fault {
            Some(Fault::Cut(after) | Fault::Close(after) | Fault::Stall(after)) => Some(after),
            Some(Fault::CutAt(byte)) => Some(byte.saturating_sub(lock(self.record).asked().0)),
            _ => None,
        };
        let flip = match self.fault {
            Some(Fault::Flip(at)) => Some(at),
            _ => None,
        };
        let mut stopped = false;
        let record = self.record;
        let link = &mut *self.link;
        let mut sent = 0;
        let result = wire::read_body(upstream, framing, &mut |piece| {
            let within = |at: u64| usize::try_from(at.checked_sub(sent)?).ok();
            let end = stop.and_then(within).filter(|&end| end <= piece.len());
            stopped = end.is_some();
            let wanted = end.unwrap_or(piece.len());
            let passed = link.admit(wanted);
            let flipped = flip.and_then(within).filter(|&at| at < passed).map(|at| {
                let mut flipped = piece.to_vec();
                flipped[at] ^= 1;
                flipped
            });
            let piece = &flipped.as_deref().unwrap_or(piece)[..passed];
            sent += passed as u64;
            lock(record).sent = sent;
            link.shared.sent.fetch_add(passed as u64, Ordering::SeqCst);
            if !piece.is_empty() {
                wire::write_piece(client.get_mut(), framing, piece)?;
            }
            if passed < wanted {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            if stopped {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            Ok(())
        });
        match (&self.fault, stopped) {
            (_, false) => {
                result?;
                wire::write_end(client.get_mut(), framing)?;
            }
            (Some(Fault::Stall(_)), true) => {
                // Silent until the client hangs up or the proxy is dropped.
                let _ = client.get_mut().read(&mut [0]);
            }
            (Some(Fault::Cut(_) | Fault::CutAt(_)), true) => reset(&self.link.socket),
            _ => client.get_mut().flush()?,
        }
        Ok(stopped)
    }
}

/// Whether the sender of `headers` will close the connection after this.
fn closes(headers: &Headers) -> bool {
    let connection = headers.get("Connection").unwrap_or_default();
    connection.to_ascii_lowercase().contains("close")
}

fn shift_content_range(headers: &mut Headers) {
    let Some(value) = headers.get("Content-Range") else {
        return;
    };
    let Some((first, rest)) = value.trim_start_matches("bytes ").split_once('-') else {
        return;
    };
    let first: u64 = first.parse().unwrap_or(0);
    let value = format!("bytes {}-{rest}", first.saturating_sub(1));
    headers.set("Content-Range", &value);
}
