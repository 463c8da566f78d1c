//! The listening socket and its connections, each of which can be cut like a cable: no goodbye, no close frame, no rest of
//! a response; the peer sees a reset.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// The scissors for one connection.
#[derive(Clone, Default)]
pub struct Cut(Arc<Blade>);

#[derive(Default)]
struct Blade {
    done: AtomicBool,
    reader: Mutex<Option<Waker>>,
}

impl Cut {
    /// Resets the connection. What was not yet sent is lost.
    pub fn cut(&self) {
        self.0.done.store(true, Ordering::SeqCst);
        if let Some(waker) = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner).take() {
            waker.wake();
        }
    }

    fn is_done(&self) -> bool {
        self.0.done.load(Ordering::SeqCst)
    }

    fn wake_with(&self, waker: &Waker) {
        *self.0.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }
}

/// Every connection that may still be open, so that the end of the fake ends them all.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<Weak<Blade>>>>);

impl Lines {
    fn add(&self, cut: &Cut) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(&cut.0));
    }

    pub fn cut_all(&self) {
        for blade in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            if let Some(blade) = blade.upgrade() {
                Cut(blade).cut();
            }
        }
    }
}

/// Accepts connections as [`Line`]s.
pub struct Door {
    pub listener: TcpListener,
    pub lines: Lines,
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            if let Ok((stream, from)) = self.listener.accept().await {
                // Small frames go out at once, or a test would measure Nagle's algorithm.
                let _ = stream.set_nodelay(true);
                let cut = Cut::default();
                self.lines.add(&cut);
                return (Line { stream, cut }, from);
            }
            tokio::task::yield_now().await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().cut.clone()
    }
}

/// One TCP connection and its scissors.
pub struct Line {
    stream: TcpStream,
    cut: Cut,
}

impl Line {
    fn broken(&self) -> io::Result<()> {
        if self.cut.is_done() {
            // With no linger the kernel sends a reset instead of the rest of the buffer.
            let _ = self.stream.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.cut.wake_with(cx.waker());
        self.broken()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.broken()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.broken()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.broken()?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
