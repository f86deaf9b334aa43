//! The bodies of answers, also of those that do not come as they should.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::dispatch::Dropped;
use crate::fault::FaultKind;

/// The body of an answer, in the pieces in which it comes.
pub(crate) struct Body {
    piece: Bytes,
    pieces: usize,
    end: End,
    is_announced: bool,
}

/// What comes after the last piece.
enum End {
    Proper,
    /// The connection is dropped.
    Cut,
    /// Nothing, for ever.
    Stall,
}

impl Body {
    /// The body of an answer as the fault that hits its request has it.
    pub(crate) fn of(body: Bytes, fault: Option<&FaultKind>) -> Self {
        /// What a server writes at once.
        const PIECE: usize = 64 * 1024;
        let half = |end| Self {
            piece: body.slice(..body.len() / 2),
            pieces: 1,
            end,
            is_announced: false,
        };
        match fault {
            Some(FaultKind::Cut) => half(End::Cut),
            Some(FaultKind::Stall) => half(End::Stall),
            Some(FaultKind::Huge { bytes, announced }) => Self {
                piece: Bytes::from(vec![b' '; PIECE]),
                pieces: bytes / PIECE,
                end: End::Proper,
                is_announced: *announced,
            },
            _ => Self {
                piece: body,
                pieces: 1,
                end: End::Proper,
                is_announced: true,
            },
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        let body = self.get_mut();
        if body.pieces > 0 && !body.piece.is_empty() {
            body.pieces -= 1;
            return Poll::Ready(Some(Ok(Frame::data(body.piece.clone()))));
        }
        match body.end {
            End::Proper => Poll::Ready(None),
            End::Cut => Poll::Ready(Some(Err(Dropped))),
            End::Stall => Poll::Pending,
        }
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_announced {
            SizeHint::with_exact((self.piece.len() * self.pieces) as u64)
        } else {
            SizeHint::default()
        }
    }
}
