//! One request on its way through the fault proxy: passed on, spoiled as its rule says, recorded.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::{Fault, Record, Shared};
use crate::support::http::{Plain, lock, reset};
use crate::support::wire::{self, Framing, Head, Headers};

/// Passes one request and its answer; whether the connection can carry another. `carried` counts the bytes of request
/// bodies on it.
pub(super) fn relay(
    shared: &Arc<Shared>,
    client: &mut BufReader<Plain>,
    socket: &Arc<TcpStream>,
    carried: &mut u64,
) -> io::Result<bool> {
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
    let rules = lock(&shared.rules).clone();
    let fault = rules.iter().find_map(|rule| rule.take(&record));
    record.spoiled = fault.is_some();
    // On the record from the first moment: a client that has its answer may look at once.
    let record = Arc::new(Mutex::new(record));
    lock(&shared.log).push(Arc::clone(&record));
    let most = shared.limits.connection_carries;
    let mut passage = Passage {
        shared,
        socket,
        fault,
        room: most.map(|most| most.saturating_sub(*carried)),
        record: &record,
    };
    let result = passage.pass(client, head);
    *carried += lock(&record).received;
    if result.is_err() {
        // Whatever broke on one side must break on the other, or a length-less body would look complete.
        reset(socket);
    }
    result
}

/// One request on its way.
struct Passage<'a> {
    shared: &'a Arc<Shared>,
    socket: &'a Arc<TcpStream>,
    fault: Option<Fault>,
    /// How many bytes the connection still carries to the registry, if that is limited.
    room: Option<u64>,
    record: &'a Mutex<Record>,
}

impl Passage<'_> {
    fn pass(&mut self, client: &mut BufReader<Plain>, head: Head) -> io::Result<bool> {
        std::thread::sleep(self.shared.limits.latency);
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
        let upstream = TcpStream::connect(&self.shared.upstream)?;
        let _ = upstream.set_nodelay(true);
        let upstream = Arc::new(upstream);
        lock(&self.shared.connections).push(Arc::downgrade(&upstream));
        let mut upstream = BufReader::with_capacity(64 << 10, Plain(upstream));
        let early = self.send_request(client, &mut upstream, head, framing)?;
        let kept = self.send_response(client, &mut upstream)?;
        Ok(kept && !early)
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
        head.headers.set("Connection", "close");
        if matches!(self.fault, Some(Fault::IgnoreRange)) {
            head.headers.remove("Range");
        }
        head.write(upstream.get_mut())?;
        let cut = match self.fault {
            Some(Fault::CutRequest(after)) => Some(after),
            _ => self.room,
        };
        let mut deaf = false;
        let (shared, record) = (self.shared, self.record);
        let mut received = 0;
        wire::read_body(client, framing, &mut |piece| {
            shared.wait(piece.len());
            received += piece.len() as u64;
            lock(record).received = received;
            shared
                .received
                .fetch_add(piece.len() as u64, Ordering::SeqCst);
            let keep = cut.map_or(piece.len(), |cut| {
                let before = received - piece.len() as u64;
                let left = cut.saturating_sub(before);
                piece
                    .len()
                    .min(usize::try_from(left).unwrap_or(piece.len()))
            });
            // A registry may answer before it has read everything; what it says is passed on all the same.
            deaf = deaf || wire::write_piece(upstream.get_mut(), framing, &piece[..keep]).is_err();
            if keep < piece.len() {
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            Ok(())
        })?;
        deaf = deaf || wire::write_end(upstream.get_mut(), framing).is_err();
        Ok(deaf)
    }

    /// Sends the answer back; whether the client's connection can carry another request.
    fn send_response(
        &mut self,
        client: &mut BufReader<Plain>,
        upstream: &mut BufReader<Plain>,
    ) -> io::Result<bool> {
        let mut head = wire::read_head(upstream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        while head.status() == 100 {
            head = wire::read_head(upstream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        }
        let framing = Framing::of_response(&lock(self.record).method, head.status(), &head.headers);
        if matches!(self.fault, Some(Fault::DropAfterCommit)) {
            wire::read_body(upstream, framing, &mut |_| Ok(()))?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
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
        Ok(!stopped && framing != Framing::Close)
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
            _ => None,
        };
        let flip = match self.fault {
            Some(Fault::Flip(at)) => Some(at),
            _ => None,
        };
        let mut stopped = false;
        let (shared, record) = (self.shared, self.record);
        let mut sent = 0;
        let result = wire::read_body(upstream, framing, &mut |piece| {
            shared.wait(piece.len());
            let mut piece = piece.to_vec();
            let within = |at: u64| usize::try_from(at.checked_sub(sent)?).ok();
            if let Some(byte) = flip.and_then(within).and_then(|at| piece.get_mut(at)) {
                *byte ^= 1;
            }
            if let Some(left) = stop.and_then(within).filter(|&left| left <= piece.len()) {
                piece.truncate(left);
                stopped = true;
            }
            sent += piece.len() as u64;
            lock(record).sent = sent;
            shared.sent.fetch_add(piece.len() as u64, Ordering::SeqCst);
            if !piece.is_empty() {
                wire::write_piece(client.get_mut(), framing, &piece)?;
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
            (Some(Fault::Cut(_)), true) => reset(self.socket),
            _ => client.get_mut().flush()?,
        }
        Ok(stopped)
    }
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
