//! One HTTP/1.1 connection, its limits, and the requests that outlive it.
//!
//! A request that began is brought to its end even when its client goes away: what it was writing is then either
//! there or not, and every byte that arrived is counted. When the server stops, such requests have a bounded time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::stall::Stalling;

/// What a client may take, so that a few slow ones cannot hold every connection there is.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// How long the head of a request may take, counted from the connection or from the answer before it: also how
    /// long an idle connection is kept.
    head: Duration,
    /// How long a client may take nothing of an answer.
    unread: Duration,
    /// Bytes read ahead of a request: what the store takes at once of a blob.
    buffer: usize,
}

impl Limits {
    /// Those of every server.
    pub(super) const USUAL: Self = Self {
        head: Duration::from_secs(30),
        unread: Duration::from_secs(60),
        buffer: 256 << 10,
    };
}

/// The requests being answered, of all connections.
#[derive(Default)]
pub(super) struct Requests(Mutex<JoinSet<()>>);

impl Requests {
    /// Answers a request in a task of its own.
    fn start(
        &self,
        answer: impl Future<Output = Response> + Send + 'static,
    ) -> oneshot::Receiver<Response> {
        let (tell, told) = oneshot::channel();
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            let _ = tell.send(answer.await); // nobody listens any more: the client is gone
        });
        told
    }

    /// Waits until all are answered. Dropped before, it ends the rest.
    pub(super) async fn finish(&self) {
        let mut tasks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
    }
}

/// Serves one connection until its client has no more requests or, once `stopping` is true, the one it has is answered.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    requests: Arc<Requests>,
    mut stopping: watch::Receiver<bool>,
    limits: Limits,
) {
    // Answers are written in whole buffers: waiting for more to send would only delay the last one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request| {
        let answer = router.call(request);
        requests.start(async move {
            let Ok(response) = answer.await;
            response
        })
    });
    let io = TokioIo::new(Stalling::new(stream, limits.unread));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(limits.buffer)
        .serve_connection(io, service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = asked(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(?error, "a connection ended early");
    }
}

/// Waits until the server is asked to stop, or is no more.
async fn asked(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::sync::Notify;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(60);

    /// A client connected to a server of `router`; the server's part, and what stops it.
    async fn connect(
        router: Router,
        limits: Limits,
    ) -> (
        TcpStream,
        impl Future<Output = ()> + Send + 'static,
        watch::Sender<bool>,
        Arc<Requests>,
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        let stopping = watch::Sender::new(false);
        let requests = Arc::new(Requests::default());
        let served = serve(
            accepted.unwrap().0,
            router,
            Arc::clone(&requests),
            stopping.subscribe(),
            limits,
        );
        (client.unwrap(), served, stopping, requests)
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_given_up() {
        let limits = Limits {
            head: SHORT,
            ..Limits::USUAL
        };
        for sent in ["", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
            let (mut client, served, ..) = connect(Router::new(), limits).await;
            client.write_all(sent.as_bytes()).await.unwrap();
            served.await; // ends although the client keeps the connection open
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_given_up() {
        let limits = Limits {
            unread: SHORT,
            head: LONG,
            ..Limits::USUAL
        };
        let large = || async { vec![0; 64 << 20] };
        let (mut client, served, ..) = connect(Router::new().route("/", get(large)), limits).await;
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        served.await;
    }

    #[tokio::test]
    async fn an_idle_connection_ends_when_the_server_stops() {
        let limits = Limits {
            head: LONG,
            ..Limits::USUAL
        };
        let hello = Router::new().route("/", get(|| async { "hello" }));
        let (mut client, served, stopping, _) = connect(hello, limits).await;
        let served = tokio::spawn(served);
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let mut first = [0; 15];
        client.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        stopping.send_replace(true);
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_request_outlives_its_connection() {
        let (began, go_on, ended) = (
            Arc::new(Notify::new()),
            Arc::new(Notify::new()),
            Arc::new(Notify::new()),
        );
        let signals = (Arc::clone(&began), Arc::clone(&go_on), Arc::clone(&ended));
        let slow = move || async move {
            let (began, go_on, ended) = signals;
            began.notify_one();
            go_on.notified().await;
            ended.notify_one();
        };
        let router = Router::new().route("/", get(slow));
        let (mut client, served, _stopping, requests) = connect(router, Limits::USUAL).await;
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let served = tokio::spawn(served);
        began.notified().await;
        served.abort();
        assert!(served.await.unwrap_err().is_cancelled());
        go_on.notify_one();
        requests.finish().await;
        ended.notified().await;
    }
}
