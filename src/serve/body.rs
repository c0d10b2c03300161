//! The body of a request, piece by piece, never waited for without bound.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use http::StatusCode;

use super::error::{Code, Refusal};

/// How long a client may send nothing in the middle of a body before its connection is given up, so that a few slow
/// ones cannot hold every connection there is.
const IDLE: Duration = Duration::from_secs(60);

/// A body being received.
pub(super) struct Chunks {
    stream: BodyDataStream,
    patience: Duration,
}

impl Chunks {
    pub(super) fn of(body: Body) -> Self {
        Self {
            stream: body.into_data_stream(),
            patience: IDLE,
        }
    }

    /// The next bytes, `None` at the end that was announced. A body that was cut is an error, never an end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        match tokio::time::timeout(self.patience, self.stream.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
            Ok(Some(Err(error))) => {
                tracing::debug!(?error, "a request was cut in its body");
                Err(Refusal::invalid(
                    Code::SizeInvalid,
                    "the body ended before its announced end",
                ))
            }
            Err(_) => Err(Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                Code::Unknown,
                "the body did not come",
            )),
        }
    }

    /// All of it, if that is at most `most` bytes; `None` when it is more.
    pub(super) async fn collect(mut self, most: usize) -> Result<Option<Bytes>, Refusal> {
        let mut all = BytesMut::new();
        while let Some(bytes) = self.next().await? {
            if all.len() + bytes.len() > most {
                return Ok(None);
            }
            all.extend_from_slice(&bytes);
        }
        Ok(Some(all.freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse as _;
    use futures_util::stream;

    fn body(pieces: &[&'static str]) -> Body {
        let pieces: Vec<Result<Bytes, std::io::Error>> = pieces
            .iter()
            .map(|piece| Ok(Bytes::from_static(piece.as_bytes())))
            .collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_is_collected_up_to_its_limit() {
        let collected = |most| Chunks::of(body(&["abc", "", "de"])).collect(most);
        assert_eq!(collected(5).await.unwrap().unwrap(), "abcde");
        assert_eq!(collected(4).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_cut_is_no_end() {
        let cut = stream::iter([Ok("abc"), Err(std::io::Error::other("reset"))]);
        let mut chunks = Chunks::of(Body::from_stream(cut));
        assert_eq!(chunks.next().await.unwrap().unwrap(), "abc");
        let refusal = chunks.next().await.unwrap_err();
        assert_eq!(refusal.into_response().status(), StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        let never = stream::pending::<Result<Bytes, std::io::Error>>();
        let mut chunks = Chunks {
            stream: Body::from_stream(never).into_data_stream(),
            patience: Duration::from_millis(10),
        };
        let refusal = chunks.next().await.unwrap_err();
        assert_eq!(
            refusal.into_response().status(),
            StatusCode::REQUEST_TIMEOUT
        );
    }
}
